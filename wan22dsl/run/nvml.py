"""A card of this machine, as NVIDIA's library tells of it."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import Any

from wan22dsl.run.events import Health

#: Why NVML says that clocks are lowered (nvmlClocksEventReasons); idle and user settings are no throttling.
_REASONS = {
    0x4: "power limit",
    0x8: "hardware slowdown",
    0x20: "too hot (software limit)",
    0x40: "too hot (hardware limit)",
    0x80: "power brake",
}


class Nvml:
    """NVIDIA's library for one card of this machine."""

    def __init__(self, nvml: Any, handle: Any, name: str) -> None:
        self._nvml, self._handle, self._name = nvml, handle, name

    @classmethod
    def open(cls, device: str) -> Nvml | None:
        """The card that the server names, else the only or first one; None where there is no NVML."""
        try:
            import pynvml

            pynvml.nvmlInit()
        except Exception:  # NVMLError, or whatever a broken driver library raises
            return None
        try:
            cards = []
            for index in range(pynvml.nvmlDeviceGetCount()):
                handle = pynvml.nvmlDeviceGetHandleByIndex(index)
                name = pynvml.nvmlDeviceGetName(handle)
                cards.append((handle, name.decode() if isinstance(name, bytes) else name))
            named = [one for one in cards if one[1] in device] or cards
            if named:
                return cls(pynvml, *named[0])
        except Exception:
            pass
        with suppress(Exception):
            pynvml.nvmlShutdown()
        return None

    def close(self) -> None:
        """Lets go of the library."""
        with suppress(Exception):
            self._nvml.nvmlShutdown()

    def read(self) -> Health:
        """The card now; what it does not tell is None."""
        nvml, card = self._nvml, self._handle
        memory = self._ask(nvml.nvmlDeviceGetMemoryInfo, card)
        busy = self._ask(nvml.nvmlDeviceGetUtilizationRates, card)
        power = self._ask(nvml.nvmlDeviceGetPowerUsage, card)
        reasons = self._ask(nvml.nvmlDeviceGetCurrentClocksThrottleReasons, card) or 0
        return Health(
            monotonic(),
            "nvml",
            self._name,
            None if memory is None else int(memory.used),
            None if memory is None else int(memory.total),
            None if busy is None else int(busy.gpu),
            self._ask(nvml.nvmlDeviceGetTemperature, card, nvml.NVML_TEMPERATURE_GPU),
            None if power is None else power / 1000,
            self._ask(nvml.nvmlDeviceGetClockInfo, card, nvml.NVML_CLOCK_SM),
            tuple(text for bit, text in _REASONS.items() if reasons & bit),
            self._others(),
        )

    def _ask(self, question: Any, *about: Any) -> Any:
        try:
            return question(*about)
        except Exception:  # not every card and driver answers every question
            return None

    def _others(self) -> int | None:
        """What all processes but the largest, which is ComfyUI, hold on the card."""
        found: dict[int, int] = {}
        for name in ("Compute", "Graphics"):
            question = getattr(self._nvml, f"nvmlDeviceGet{name}RunningProcesses")
            for one in self._ask(question, self._handle) or ():
                if one.usedGpuMemory is not None:
                    found[one.pid] = max(found.get(one.pid, 0), int(one.usedGpuMemory))
        return sum(sorted(found.values())[:-1]) if found else None
