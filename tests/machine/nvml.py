"""NVIDIA's library with cards of our own: it answers as `pynvml` does, and raises where a driver refuses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

GIB = 1024**3

#: What NVML answers for an RTX 4090 in a desktop on Linux, while it is idle.
RTX_4090: dict[str, Any] = {
    "Name": "NVIDIA GeForce RTX 4090",
    "UUID": "GPU-2c1b7c43-9be8-4c2a-a5b1-2f1f4f0f5c11",
    "MemoryInfo": SimpleNamespace(total=25_757_220_864, used=611_319_808, free=25_145_901_056),
    "CudaComputeCapability": (8, 9),
    "MaxPcieLinkGeneration": 4,
    "MaxPcieLinkWidth": 16,
    "CurrPcieLinkGeneration": 1,
    "CurrPcieLinkWidth": 16,
    "PowerManagementLimit": 450_000,
    "PowerManagementDefaultLimit": 450_000,
    "PowerManagementLimitConstraints": [10_000, 600_000],
    "PowerUsage": 21_430,
    "MaxClockInfo": {0: 3120, 1: 3120, 2: 10_501},
    "ClockInfo": {0: 210, 1: 210, 2: 405},
    "TemperatureThreshold": 90,
    "Temperature": 38,
    "PersistenceMode": 0,
    "ComputeMode": 0,
    "PerformanceState": 8,
    "UtilizationRates": SimpleNamespace(gpu=2, memory=1),
    "CurrentClocksThrottleReasons": 0x1,
    "ComputeRunningProcesses": [],
    "GraphicsRunningProcesses": [SimpleNamespace(pid=1881, usedGpuMemory=310 * 1024**2)],
}

#: What it answers for an A100 with MIG switched on, in a server.
A100_MIG: dict[str, Any] = {
    **RTX_4090,
    "Name": "NVIDIA A100-SXM4-80GB",
    "UUID": "GPU-7d9f31aa-0000-4a55-8f0e-a8ad7a3a7b02",
    "MemoryInfo": SimpleNamespace(total=85_899_345_920, used=0, free=85_899_345_920),
    "CudaComputeCapability": (8, 0),
    "PowerManagementLimit": 400_000,
    "PowerManagementDefaultLimit": 400_000,
    "MaxClockInfo": {0: 1410, 1: 1410, 2: 1593},
    "EccMode": [1, 1],
    "MigMode": [1, 1],
    "PersistenceMode": 1,
    "GraphicsRunningProcesses": [],
}


class Nvml:
    """`pynvml`, with a driver and cards as given."""

    NVML_CLOCK_SM, NVML_CLOCK_MEM = 1, 2
    NVML_TEMPERATURE_GPU = 0
    NVML_TEMPERATURE_THRESHOLD_SLOWDOWN = 1

    def __init__(
        self, *cards: dict[str, Any], driver: str = "580.95.05", cuda: int = 13_000
    ) -> None:
        self.cards, self.driver, self.cuda = cards, driver, cuda

    def nvmlInit(self) -> None:
        """Starts."""

    def nvmlShutdown(self) -> None:
        """Ends."""

    def nvmlSystemGetDriverVersion(self) -> str:
        """The driver."""
        return self.driver

    def nvmlSystemGetCudaDriverVersion(self) -> int:
        """Its CUDA."""
        return self.cuda

    def nvmlDeviceGetCount(self) -> int:
        """How many cards."""
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> dict[str, Any]:
        """A card."""
        return self.cards[index]

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("nvmlDeviceGet"):
            raise AttributeError(name)
        key = name.removeprefix("nvmlDeviceGet")

        def answer(card: dict[str, Any], *about: Any) -> Any:
            if key not in card:
                raise RuntimeError("Not Supported")
            value = card[key]
            return value[about[0]] if isinstance(value, dict) else value

        return answer


class NoDriver(Nvml):
    """A computer on which NVIDIA's library does not start."""

    def nvmlInit(self) -> None:
        """Fails."""
        raise RuntimeError("NVML Shared Library Not Found")
