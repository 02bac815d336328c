"""The card while a prompt runs: memory, load, temperature, power, clocks, throttling, other processes.

NVML tells all of it, where the card is on this machine; a server elsewhere tells only its memory. Without
either it is said why there is nothing, and the rest works.
"""

from __future__ import annotations

import threading
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.errors import ServerError
from wan22dsl.run.events import Health
from wan22dsl.run.nvml import Nvml
from wan22dsl.run.wire import number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.run.client import Client
    from wan22dsl.run.clocks import NodeTime

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
            self.missing = "the server computes on its CPU: there is no card to look at"
            return None, 0.0, _nothing
        if client.address.is_loopback:
            nvml = Nvml.open(self.device)
            if nvml is not None:
                self.source = "nvml"
                return nvml.read, _EVERY_S, nvml.close
        if device:
            self.source = "server"
            return lambda: _from_server(client), _EVERY_SERVER_S, _nothing
        self.missing = "the server names no card"
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
        one
        for one in samples
        if one.used_bytes is not None and any(start <= one.at_s <= end for start, end in spans)
    ]
    if not found:
        return None
    start_s = min(start for start, _ in spans) if start_s is None else start_s
    busy = [one.utilisation_percent for one in found if one.utilisation_percent is not None]
    return Usage(
        peak_bytes=max(one.used_bytes or 0 for one in found),
        total_bytes=found[-1].total_bytes,
        curve=tuple((round(one.at_s - start_s, 2), one.used_bytes or 0) for one in found),
        utilisation_percent=round(sum(busy) / len(busy)) if busy else None,
        temperature_c=_most(one.temperature_c for one in found),
        power_w=_most(one.power_w for one in found),
        clock_mhz=min((one.clock_mhz for one in found if one.clock_mhz), default=None),
        throttled=tuple(sorted({reason for one in found for reason in one.throttled})),
        others_bytes=_most(one.others_bytes for one in found),
    )


def stretches(nodes: Sequence[NodeTime], owned: set[str]) -> list[tuple[float, float]]:
    """When the nodes of an owner ran."""
    return [(one.start_s, one.start_s + one.seconds) for one in nodes if one.node in owned]


def _most(values: Any) -> Any:
    return max((one for one in values if one is not None), default=None)


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
