"""The card while a prompt runs: memory, load, temperature, power, clocks, throttling."""

from __future__ import annotations

import threading
from contextlib import suppress
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import ServerError
from wan22dsl.machine.cards import REASONS
from wan22dsl.run.events import Health
from wan22dsl.run.wire import number
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.run.client import Client
    from wan22dsl.run.clocks import NodeTime


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
            named = [card for card in cards if card[1] in device] or cards
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
            tuple(text for bit, text in REASONS.items() if reasons & bit),
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
            for item in self._ask(question, self._handle) or ():
                if item.usedGpuMemory is not None:
                    found[item.pid] = max(found.get(item.pid, 0), int(item.usedGpuMemory))
        return sum(sorted(found.values())[:-1]) if found else None


_EVERY_S = 0.5
_EVERY_SERVER_S = 2.0


class Usage(NamedTuple):
    """The card during a pass or a run. `curve` is (seconds from its start, bytes used)."""

    peak_bytes: int
    total_bytes: int | None
    curve: tuple[tuple[float, int], ...]
    utilisation_percent: int | None = None
    temperature_c: int | None = None
    power_w: float | None = None
    clock_mhz: int | None = None
    throttled: tuple[str, ...] = ()
    others_bytes: int | None = None


class Meter:
    """Reads the card in a thread of its own. Use it as a context. `missing` says why it has nothing."""

    def __init__(
        self,
        client: Client,
        stats: Mapping[str, Any],
        speed: float | None = 1.0,
        *,
        is_told: bool = False,
    ) -> None:
        self.missing = ""
        self.source = ""
        self.device = ""
        self.samples: list[Health] = []
        self._told = 0
        self._read, self._every_s, self._close = self._choose(client, stats)
        if is_told:  # the samples come with the messages of a simulated server
            self._read, self.source = None, "server"
        self._every_s = max(0.1, self._every_s / (speed or inf))  # a simulation is faster
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wan-meter", daemon=True)

    def __enter__(self) -> Meter:
        if self._read is not None:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=15)
        self._close()

    def news(self) -> list[Health]:
        """The samples since this was asked last."""
        found = self.samples[self._told :]
        self._told += len(found)
        return found

    def _choose(
        self, client: Client, stats: Mapping[str, Any]
    ) -> tuple[Callable[[], Health | None] | None, float, Callable[[], None]]:
        device = _first_device(stats)
        self.device = str(device.get("name", ""))[:120]
        if device.get("type") == "cpu":
            self.missing = "the server computes on its CPU: there is no card to monitor"
            return None, 0.0, _nothing
        if client.address.is_loopback:
            nvml = Nvml.open(self.device)
            if nvml is not None:
                self.source = "nvml"
                return nvml.read, _EVERY_S, nvml.close
        if device:
            self.source = "server"
            return lambda: _from_server(client), _EVERY_SERVER_S, _nothing
        self.missing = "the server reports no card"
        return None, 0.0, _nothing

    def _run(self) -> None:
        assert self._read is not None
        while not self._stop.is_set():
            try:
                sample = self._read()
            except Exception:  # a driver of another shape; the run does not depend on it
                return
            if sample is not None:
                self.samples.append(sample)
            self._stop.wait(self._every_s)


def usage(
    samples: Sequence[Health],
    spans: Sequence[tuple[float, float]],
    start_s: float | None = None,
) -> Usage | None:
    """The card within stretches of time; None where no sample falls into them.

    The curve counts from `start_s`, or from where the first stretch begins.
    """
    found = [
        health
        for health in samples
        if health.used_bytes is not None
        and any(start <= health.at_s <= end for start, end in spans)
    ]
    if not found:
        return None
    start_s = min(start for start, _ in spans) if start_s is None else start_s
    busy = [
        health.utilisation_percent for health in found if health.utilisation_percent is not None
    ]
    return Usage(
        peak_bytes=max(health.used_bytes or 0 for health in found),
        total_bytes=found[-1].total_bytes,
        curve=tuple((round(health.at_s - start_s, 2), health.used_bytes or 0) for health in found),
        utilisation_percent=round(sum(busy) / len(busy)) if busy else None,
        temperature_c=_most(health.temperature_c for health in found),
        power_w=_most(health.power_w for health in found),
        clock_mhz=min((health.clock_mhz for health in found if health.clock_mhz), default=None),
        throttled=tuple(sorted({reason for health in found for reason in health.throttled})),
        others_bytes=_most(health.others_bytes for health in found),
    )


def stretches(nodes: Sequence[NodeTime], owned: set[str]) -> list[tuple[float, float]]:
    """When the nodes of an owner ran."""
    return [
        (node_time.start_s, node_time.start_s + node_time.seconds)
        for node_time in nodes
        if node_time.node in owned
    ]


def _most(values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


def _nothing() -> None:
    return None


def _first_device(stats: Mapping[str, Any]) -> Mapping[str, Any]:
    devices = stats.get("devices")
    first = devices[0] if isinstance(devices, list) and devices else {}
    return first if isinstance(first, dict) else {}


def _from_server(client: Client) -> Health | None:
    try:
        device = _first_device(client.system_stats())
    except ServerError:
        return None
    total, free = device.get("vram_total"), device.get("vram_free")
    total, free = number(total), number(free)
    if total is None or free is None or not 0 <= free <= total:
        return None
    return Health(monotonic(), "server", str(device.get("name", ""))[:120], total - free, total)
