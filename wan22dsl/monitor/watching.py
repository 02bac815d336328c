"""A batch that is looked at while others write it: its folder is read again when it has changed."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from time import monotonic
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.fleet import now as now_file
from wan22dsl.fleet import store
from wan22dsl.fleet.facts import FactsOf
from wan22dsl.fleet.following import Following
from wan22dsl.fleet.overview import overview
from wan22dsl.fleet.pace import pace_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wan22dsl.fleet.facts import Facts
    from wan22dsl.fleet.models_page import Now
    from wan22dsl.fleet.models_status import FleetStatus
    from wan22dsl.fleet.overview import Overview
    from wan22dsl.fleet.pace import Pace
    from wan22dsl.fleet.store import Stored

#: A look at the folder may take a fifth of the time.
_LEAST_S, _TIMES = 1.0, 4.0

#: Servers are asked so often, and only while somebody looks.
_ASK_S = 15.0

#: A look reads so many records at most: a page of a batch of thousands is there at once.
_MOST_RECORDS = 300


class Seen(NamedTuple):
    """A batch at a moment. Nothing was written for `silent_s`; `unread` records are still to be read."""

    stored: Stored
    overview: Overview
    pace: Pace
    now: Now | None
    silent_s: float
    facts: Mapping[str, Facts]
    unread: int = 0


class Looked(NamedTuple):
    """What there is to show: of a batch, of a fleet, or of both. `problem` says why a batch is not there."""

    seen: Seen | None
    fleet: FleetStatus | None
    problem: str = ""


class Watch:
    """Looks at a folder and at servers. `ask` asks the servers; without it nobody does."""

    def __init__(self, folder: Path | None, ask: Callable[[], FleetStatus] | None = None) -> None:
        self.folder = folder
        self._ask = ask
        self._facts = FactsOf(folder) if folder is not None else None
        self._following = Following(folder) if folder is not None else None
        self._lock = threading.Lock()
        self._mark: tuple[object, ...] = ()
        self._changed_s: float | None = None
        self._stored: Stored | None = None
        self._looked: Looked | None = None
        self._until_s = 0.0
        self._fleet: FleetStatus | None = None
        self._unasked = ""
        self._asked_s: float | None = None
        self._asking: threading.Thread | None = None

    def look(self) -> Looked:
        """What there is now. It may be that of a moment ago."""
        with self._lock:
            if self._looked is not None and monotonic() < self._until_s:
                return self._looked._replace(fleet=self._fleet)
            began_s = monotonic()
            seen, problem = None, self._unasked
            if self.folder is not None:
                try:
                    seen = self._see(self.folder)
                except CommandError as error:
                    problem = str(error)
            self._looked = Looked(seen, self._fleet, problem)
            took_s = monotonic() - began_s
            self._until_s = monotonic() + max(_LEAST_S, took_s * _TIMES)
            return self._looked

    def ask_servers(self) -> None:
        """Asks the servers, in a thread of its own, unless that was done just now."""
        if self._ask is None or (self._asking is not None and self._asking.is_alive()):
            return
        if self._asked_s is None or monotonic() - self._asked_s >= _ASK_S:
            self._asked_s = monotonic()
            self._asking = threading.Thread(target=self._asked, name="wan-fleet-ui", daemon=True)
            self._asking.start()

    def _asked(self) -> None:
        assert self._ask is not None
        try:
            self._fleet, self._unasked = self._ask(), ""
        except CommandError as error:
            self._unasked = str(error)

    def _see(self, folder: Path) -> Seen:
        mark = _mark(folder)
        if self._stored is None or mark != self._mark:
            if self._mark and mark != self._mark:
                self._changed_s = monotonic()
            assert self._following is not None
            self._stored, self._mark = self._following.read(), mark
        stored, facts_of = self._stored, self._facts
        assert facts_of is not None
        ended = [end.record for state in stored.jobs.values() for end in state.ended if end.record]
        known = facts_of.of(())
        unread = [id for id in ended if id not in known]
        facts = facts_of.of(unread[:_MOST_RECORDS])
        present = datetime.now(timezone.utc)
        found = overview(stored, present, facts)
        now = now_file.read(folder, stored.plan.id)
        return Seen(
            stored,
            found,
            pace_of(found),
            now,
            self._silent_s(found, now),
            facts,
            max(0, len(unread) - _MOST_RECORDS),
        )

    def _silent_s(self, found: Overview, now: Now | None) -> float:
        """How long nothing was written. What this process has seen counts; clocks of others may differ."""
        if self._changed_s is not None:
            return monotonic() - self._changed_s
        silent_s = found.now_s - found.last_s
        if now is not None:
            try:
                said = datetime.fromisoformat(now.at)
                silent_s = min(silent_s, (datetime.now(timezone.utc) - said).total_seconds())
            except (TypeError, ValueError):
                pass
        return max(0.0, silent_s)


def _mark(folder: Path) -> tuple[object, ...]:
    """What differs when something was written."""
    found: list[object] = []
    for name in (store.LINES, now_file.FILE):
        try:
            state = (folder / name).stat()
            found.append((state.st_size, state.st_mtime_ns))
        except OSError:
            found.append(None)
    return tuple(found)
