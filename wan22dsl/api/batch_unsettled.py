"""What may still be on the servers of a batch: runs of earlier drivers, and those that were lost.

Nothing is sent again before its server has said what it has of it.
"""

from __future__ import annotations

from functools import partial
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

from wan22dsl.api.batch_tasks import LookFor, TakeBack
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.run.store import now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.api.batch_options import BatchOptions, BatchWatcher
    from wan22dsl.api.batch_tasks import Outcome
    from wan22dsl.fleet.board import Board
    from wan22dsl.fleet.jobs import AnyLine, JobState
    from wan22dsl.fleet.models import Job, JobEnded, Placed
    from wan22dsl.fleet.reconcile import Decision
    from wan22dsl.fleet.servers import Server
    from wan22dsl.fleet.store import Store
    from wan22dsl.run.earlier import Remains

_Written = TypeVar("_Written")

#: Why a drained server gets nothing, where nobody has given a reason.
DRAINED = "drained in the configuration"

#: How often an idle server is looked at, by what is known of it, in seconds.
_LOOK_S: Mapping[str, float] = {
    "ready": 10.0,
    "busy": 2.0,
    "held": 5.0,
    "away": 3.0,
    "drained": 60.0,
}

#: How long a full disk is waited for, and between two looks at it.
_FULL_S, _AGAIN_S = 600.0, 3.0


class DiskFull(Exception):
    """The disk has taken nothing for a long time."""


class Place:
    """A server as the driver sees it. `task` is the number of its task, if it has one."""

    def __init__(self, server: Server, *, drained: str = "") -> None:
        self.server = server
        self.name = server.name
        self.drained = drained
        self.state = "away"
        self.reason = "not looked at yet"
        self.away_since_s = monotonic()
        self.looked_s: float | None = None
        self.task: int | None = None
        self.placed: Placed | None = None
        self.jobs = 0
        self.is_used_up = False
        self.is_swept = False
        self.asked_for: tuple[tuple[JobState, Placed], ...] | None = None
        self.taken_back: tuple[Placed, Remains, Decision] | None = None
        self.settle_s = 0.0

    def wants_look(self, now_s: float) -> bool:
        """Whether it is time to look at it again."""
        if self.task is not None or self.placed is not None:
            return False
        return self.looked_s is None or now_s - self.looked_s >= _LOOK_S[self.state]


class Unsettled:
    """The part of a driver that deals with attempts whose prompts may still be on their servers."""

    _store: Store
    _board: Board
    _places: dict[str, Place]
    _jobs: dict[str, Job]
    _options: BatchOptions
    _watcher: BatchWatcher
    _now_s: Callable[[], float]
    _is_stopping: bool
    _is_open: bool
    _is_full_told: bool
    _changed: bool

    def _give(self, place: Place, task: Any) -> None:
        raise NotImplementedError

    def _comes(self, name: str) -> None:
        raise NotImplementedError

    def _send(
        self,
        place: Place,
        placed: Placed,
        handed: tuple[tuple[str, str], ...],
        *,
        staged: bool = False,
        remains: Remains | None = None,
    ) -> None:
        raise NotImplementedError

    def _handed(self, job: Job) -> tuple[tuple[str, str], ...]:
        raise NotImplementedError

    def _set_aside(self, job: str, reason: str) -> None:
        raise NotImplementedError

    def _look_at_failures(self, job: str) -> None:
        raise NotImplementedError

    # --- what is left ---

    def _hold_unsettled(self) -> None:
        """What may still be on a server is given to nobody until that server has said what it has of it."""
        for state in list(self._store.jobs.values()):
            placed = state.placed
            if placed is None or state.is_over:
                continue
            if placed.server not in self._places and self._is_open:
                self._comes(placed.server)
            if placed.server in self._places:
                self._board.given(placed.job, placed.server, self._now_s())
            else:
                self._give_up(placed, f"{placed.server} is no server of this batch any more")

    def _give_up(self, placed: Placed, reason: str) -> None:
        from wan22dsl.fleet.reconcile import give_up

        line = self._writing(partial(give_up, self._store, placed, reason, now()))
        self._watcher.line(line)
        self._board.put_back(placed.job, self._now_s())
        self._changed = True

    def _settle(self) -> None:
        """Asks servers that answer for what may still be there of ours; gives up what is away for long."""
        for place in self._places.values():
            if place.task is not None or place.placed is not None or place.looked_s is None:
                continue
            unsettled = self._store.unsettled(place.name)
            if place.state == "away":
                self._give_up_if_away(place, unsettled)
            elif monotonic() >= place.settle_s and (unsettled or not place.is_swept):
                self._ask_for(place, unsettled)

    def _give_up_if_away(self, place: Place, unsettled: Sequence[tuple[JobState, Placed]]) -> None:
        if monotonic() - place.away_since_s < self._options.gone_s:
            return
        for state, placed in unsettled:
            if state.placed is placed and not state.is_over:
                self._give_up(placed, f"{place.name} does not answer, and had it")

    def _ask_for(self, place: Place, unsettled: tuple[tuple[JobState, Placed], ...]) -> None:
        from wan22dsl.fleet.reconcile import record_of

        if place.state == "held":
            return
        over = () if place.is_swept else self._over_on(place)
        place.is_swept = True
        if not unsettled and not over:
            return
        place.asked_for = unsettled
        runs = tuple(
            (placed.record, record_of(self._store.folder, placed.record)) for _, placed in unsettled
        )
        self._give(place, LookFor(runs, over))

    def _over_on(self, place: Place) -> tuple[str, ...]:
        """The runs that have ended on a server, under this driver or an earlier one."""
        return tuple(
            end.record
            for state in self._store.jobs.values()
            for end in state.ended
            if end.server == place.name and end.record is not None and end.how != "lost"
        )

    def _answered(self, place: Place, value: Any) -> None:
        """What a server has of our attempts: one of them is dealt with, the others are asked for again."""
        from wan22dsl.fleet.reconcile import decide, settle

        asked, place.asked_for = place.asked_for or (), None
        if not isinstance(value, tuple):
            place.settle_s = monotonic() + _AGAIN_S
            return
        for (_, placed), remains in zip(asked, value):
            state = self._store.jobs[placed.job]
            decision = decide(state, placed, remains, self._store.folder)
            if decision.action == "wait":
                place.looked_s, place.settle_s = None, monotonic() + _AGAIN_S
                continue
            if decision.action == "adopt":
                self._adopt(place, placed, remains)
                return
            if decision.action == "cancel" and remains.is_on_server:
                place.taken_back = (placed, remains, decision)
                self._give(place, TakeBack(remains))
                return
            line = self._writing(partial(settle, self._store, placed, remains, decision, now()))
            self._was_settled(line)

    def _adopt(self, place: Place, placed: Placed, remains: Remains) -> None:
        try:
            handed = self._handed(self._jobs[placed.job])
        except (CommandError, UnreadableFile) as error:
            self._set_aside(placed.job, f"what it needs of another job is not there: {error}")
            return
        self._watcher.said(f"{placed.job}: {place.name} has it; it is taken over")
        self._send(place, placed, handed, remains=remains)

    def _was_taken_back(self, place: Place, value: Any) -> None:
        """A prompt that nobody needs was taken back, or was not."""
        from wan22dsl.fleet.reconcile import settle

        assert place.taken_back is not None
        (placed, remains, decision), place.taken_back = place.taken_back, None
        if value:
            place.settle_s = monotonic() + _AGAIN_S
            return
        line = self._writing(partial(settle, self._store, placed, remains, decision, now()))
        self._was_settled(line)

    def _was_settled(self, line: JobEnded) -> None:
        """An attempt has its end without having been carried out here."""
        self._watcher.line(line)
        self._changed = True
        state = self._store.jobs[line.job]
        if line.how == "success" or (not state.is_over and state.placed is None):
            self._board.ended(line.job, line.server, line.how, self._now_s())
        if line.how not in ("success", "stopped", "lost"):
            self._look_at_failures(line.job)

    # --- the disk ---

    def _not_written(self, place: Place, outcome: Outcome) -> None:
        """The server has made it, and the disk here did not take it: it is fetched when there is space."""
        place.settle_s = monotonic() + _AGAIN_S
        if not self._is_full_told:
            self._is_full_told = True
            self._watcher.said(
                f"{outcome.reason} The outputs stay on the server, and are fetched later."
            )

    def _add(self, line: AnyLine) -> None:
        """Writes a line. A full disk is said once and waited for; nothing is done then. Raises DiskFull."""
        self._writing(partial(self._store.add, line))
        self._watcher.line(line)

    def _writing(self, write: Callable[[], _Written]) -> _Written:
        until_s = monotonic() + _FULL_S
        while True:
            try:
                written = write()
                break
            except CommandError as error:
                if not self._is_full_told:
                    self._is_full_told = True
                    self._watcher.said(
                        f"{error}. Nothing more is sent until there is space; runs go on, and are kept "
                        "on their servers"
                    )
                if self._is_stopping or monotonic() > until_s:
                    raise DiskFull from error
                sleep(_AGAIN_S)
        self._is_full_told = False
        return written
