"""The snapshot of what a run is made on, taken in a thread while it goes on. No run fails for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.machine.difference import Difference
    from wan22dsl.machine.snapshot import Snapshot
    from wan22dsl.network.address import Address
    from wan22dsl.run.models.record import RunRecord
    from wan22dsl.run.record import Host

#: A snapshot takes about 0.1 s, and a run is over after minutes: hardly anybody waits.
_PATIENCE_S = 0.3


#: The most differences that a comparison of two runs shows.
_MOST_SHOWN = 6

#: What records have themselves, and a comparison of them shows.
_IN_RECORDS = {"ComfyUI version", "torch", "Python", "devices", "simulated"}


def differences(left: RunRecord, right: RunRecord, folders: tuple[Path, Path]) -> list[str]:
    """What differs between the machines of two runs, as far as the snapshots next to them have it."""
    from wan22dsl.machine import difference
    from wan22dsl.run import snapshots

    digests = (left.snapshot, right.snapshot)
    unknown = [name for name, digest in zip("AB", digests) if digest is None]
    if len(unknown) == 2 or digests[0] == digests[1]:
        return []
    if unknown:
        return [f"machine: {unknown[0]} has no snapshot of it"]
    found = []
    for name, digest, folder in zip("AB", digests, folders):
        snapshot = snapshots.find(folder, digest or "")
        if snapshot is None:
            file = snapshots.file_of(folder, digest or "").as_posix()
            return [f"machine: differs, but {file} of {name} is missing or damaged"]
        found.append(snapshot)
    compared = difference.compare(*found)
    shown = [item for item in compared.differences if not _is_in_records(item)]
    lines = [f"{item.effect.name}: {item.line}" for item in shown[:_MOST_SHOWN]]
    if len(shown) > _MOST_SHOWN:
        files = (
            snapshots.file_of(folder, digest or "").as_posix()
            for folder, digest in zip(folders, digests)
        )
        more = len(shown) - _MOST_SHOWN
        lines.append(f"and {more} more differences: wan snapshot diff {' '.join(files)}")
    return lines


def _is_in_records(item: Difference) -> bool:
    return item.name in _IN_RECORDS or item.name.startswith("--")


class MachineOfRun:
    """The machine of one or several runs on a server."""

    def __init__(self, address: Address, host: Host, made_by: str) -> None:
        self._snapshot: Snapshot | None = None
        self._about = address, host, made_by
        self._thread = threading.Thread(target=self._take, name="wan-snapshot", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the snapshot is taken, or cannot be."""
        return not self._thread.is_alive()

    def digest(self, folder: Path) -> str | None:
        """The digest of the snapshot, which then is in the folder; None where there is none."""
        self._thread.join(_PATIENCE_S)
        if self._snapshot is None:
            return None
        from wan22dsl.run import snapshots

        try:
            snapshots.keep(self._snapshot, folder)
        except Exception:  # a full disk: the run has its own message for it
            return None
        return self._snapshot.digest

    def _take(self) -> None:
        address, host, made_by = self._about
        try:
            from wan22dsl.machine import server, snapshot

            of_server = server.Server(address, host.stats)
            self._snapshot = snapshot.take(of_server, made_by=made_by, thorough=False)
        except Exception:  # whatever a machine may be like, the run goes on
            return
