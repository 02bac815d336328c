"""What the records of a batch say that its lines do not: loads, memory, and what the servers are.

A record is read once, also by a page that shows a batch while it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.fleet.store import record_file
from wan22dsl.run import store as records
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from wan22dsl.run.models.record import RunRecord


class Facts(NamedTuple):
    """Of a run. `loads` counts the passes whose model was read; None where nothing was timed.

    `card` is as people call it, `snapshot` the digest of the machine, `outputs` are names of files.
    """

    loads: int | None = None
    peak_bytes: int | None = None
    card: str = ""
    comfyui: str = ""
    snapshot: str = ""
    outputs: tuple[str, ...] = ()
    is_simulated: bool = False
    is_cached: bool = False


def facts_of(record: RunRecord) -> Facts:
    """The facts of a record."""
    from wan22dsl.run.comparing import card_name

    timing, usage, devices = record.timing, record.memory.usage, record.server.devices
    was_run = timing is not None and not timing.all_cached
    return Facts(
        sum(each.cold for each in timing.passes) if timing is not None and was_run else None,
        usage.peak_bytes if usage is not None else None,
        card_name(devices[0].name) if devices else "",
        record.server.comfyui,
        record.snapshot or "",
        tuple(each.path.replace("\\", "/").rpartition("/")[2] for each in record.outputs),
        record.simulated,
        timing is not None and timing.all_cached,
    )


class FactsOf:
    """The facts of the records in a folder, each read once it is whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[str, Facts] = {}

    def of(self, ids: Iterable[str]) -> Mapping[str, Facts]:
        """The facts of ended runs, by the ids of their records; those that cannot be read are left out."""
        for id in ids:
            if id not in self._found:
                try:
                    record = records.load(record_file(self._folder, id))
                except CommandError:
                    continue
                self._found[id] = facts_of(record)
        return self._found
