"""The driver of a batch: takes what the board chooses, has it carried out, and writes down what happens.

Each thing is on the disk before the next is done. What a server does is known from its agent alone.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from wan22dsl.api.carrying import Look, Order, Outcome, Progress, Seen
from wan22dsl.errors import CommandError, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.api.batch_options import BatchOptions, BatchWatcher, How
    from wan22dsl.api.batch_recipes import Broken
    from wan22dsl.fleet.board import Board, Choice
    from wan22dsl.fleet.engine import Engine, News
    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import How as Ended
    from wan22dsl.fleet.models import Job, Placed
    from wan22dsl.fleet.servers import Server
    from wan22dsl.fleet.store import Store

#: How often an idle server is looked at, by what is known of it, in seconds.
_LOOK_S: Mapping[str, float] = {
    "ready": 10.0,
    "busy": 2.0,
    "held": 5.0,
    "away": 3.0,
    "drained": 60.0,
}

#: How often the board is asked when all will be done, and how many jobs make that too slow to ask often.
_FORECAST_S = 5.0

#: A server may be left idle because another is expected to be sooner: it is asked again this often.
_CHOOSE_S = 15.0

#: So often a job may be lost with its server before it is taken to be the reason.
_MOST_LOST = 3

#: How long the ends of runs are waited for after Ctrl-C, and how long a full disk is waited for.
_STOP_S, _FULL_S = 25.0, 600.0

#: Between two looks at a disk that is full.
_AGAIN_S = 3.0


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
        self.is_known = False

    def wants_look(self, now_s: float) -> bool:
        """Whether it is time to look at it again."""
        if self.task is not None:
            return False
        return self.looked_s is None or now_s - self.looked_s >= _LOOK_S[self.state]


class Driver:
    """Drives a batch to its end. `now_s` is the clock of the board: of a simulation, that of its cards."""

    def __init__(
        self,
        store: Store,
        board: Board,
        engine: Engine,
        places: Sequence[Place],
        recipes: Mapping[str, str],
        options: BatchOptions,
        watcher: BatchWatcher,
        now_s: Callable[[], float],
    ) -> None:
        self._store, self._board, self._engine = store, board, engine
        self._places = {place.name: place for place in places}
        self._jobs: dict[str, Job] = {job.id: job for job in store.plan.jobs}
        self._recipes, self._options, self._watcher = recipes, options, watcher
        self._now_s = now_s
        self._id = uuid4().hex[:12]
        self._number = 0
        self._is_stopping = False
        self._is_full_told = False
        self._chosen_s = self._forecast_s = 0.0
        self._changed = True
        self._said: set[str] = set()

    # --- from beginning to end ---

    def set_aside_broken(self, broken: Sequence[Broken]) -> None:
        """Sets jobs aside that do not compile, which were planned by another version. Raises CommandError."""
        from wan22dsl.fleet.models import SetAside

        for each in broken:
            for id in each.jobs:
                if not self._store.jobs[id].is_over:
                    self._add(SetAside(at=now(), job=id, reason=f"does not compile: {each.text}"))

    def drive(self) -> How:
        """Drives it until every job has an end, or it is stopped. Raises CommandError."""
        from wan22dsl import __version__
        from wan22dsl.fleet.models import BatchEnded, DriverStarted

        how: How = "stopped"
        try:
            self._add(DriverStarted(at=now(), driver=self._id, wan22dsl=__version__))
            how = self._loop()
        except KeyboardInterrupt:
            self._stop()
        except DiskFull:
            self._stop(add=False)
            return "full"
        ends: Any = {"complete": "complete", "no servers": "no servers"}
        with suppress(CommandError, KeyboardInterrupt):
            line = BatchEnded(at=now(), driver=self._id, how=ends.get(how, "stopped"))
            self._store.add(line)
            self._watcher.line(line)
        return how

    def _loop(self) -> How:
        while True:
            for news in self._engine.news(0.2):
                self._take(news)
            if self._is_over():
                return "complete"
            self._look()
            self._choose()
            if self._nothing_goes_on() and self._is_hopeless():
                return "no servers"
            self._show()

    def _is_over(self) -> bool:
        return all(state.is_over for state in self._store.jobs.values()) and not any(
            place.placed is not None for place in self._places.values()
        )

    def _nothing_goes_on(self) -> bool:
        return not any(place.placed is not None for place in self._places.values())

    def _show(self) -> None:
        now_s = monotonic()
        if now_s - self._forecast_s < _FORECAST_S and not self._changed:
            return
        self._changed = False
        forecast = None
        if now_s - self._forecast_s >= _FORECAST_S or self._forecast_s == 0.0:
            began_s = monotonic()
            forecast = self._board.forecast(self._now_s())
            # One of a large batch takes a second: it must not take a tenth of the time.
            self._forecast_s = monotonic() + 10 * (monotonic() - began_s)
        self._watcher.counts(self._board.counts, forecast, self._now_s())

    # --- looking at servers ---

    def _look(self) -> None:
        now_s = monotonic()
        for place in self._places.values():
            if place.name not in self._engine.servers:
                self._saw(place, Seen("away", "no worker for it is there"))
            elif place.wants_look(now_s):
                place.looked_s = now_s
                self._give(place, Look())

    def _give(self, place: Place, task: Any) -> None:
        self._number += 1
        place.task = self._number
        self._engine.give(place.name, self._number, task)

    def _saw(self, place: Place, seen: Seen) -> None:
        """What is known of a server now."""
        from wan22dsl.fleet.board import BoardServer
        from wan22dsl.fleet.models import ServerChanged

        if place.drained and seen.state in ("ready", "busy"):
            seen = seen._replace(state="drained", reason=place.drained)
        if seen.state != "away":
            place.is_known = True
            card = seen.card or place.server.card
            known = BoardServer(place.name, card, tuple(place.server.tags), seen.vram_bytes)
            self._board.add_server(known, self._now_s())
        if seen.others:
            self._board.cold(place.name)
        if seen.state == place.state:
            self._watcher.server(place.name, seen)
            return
        if seen.state == "away":
            place.away_since_s = monotonic()
            self._board.cold(place.name)
        place.state, place.reason = seen.state, seen.reason
        self._board.server_state(place.name, seen.state, self._now_s())
        self._watcher.server(place.name, seen)
        self._changed = True
        line = ServerChanged(
            at=now(), server=place.name, state=seen.state, reason=seen.reason[:300]
        )
        self._add(line)

    # --- placing jobs ---

    def _choose(self) -> None:
        now_s = monotonic()
        if not self._changed and now_s - self._chosen_s < _CHOOSE_S:
            return
        self._chosen_s = now_s
        self._hold_looking()
        for choice in self._board.choose(self._now_s()):
            self._place(choice)

    def _hold_looking(self) -> None:
        """A server that is being looked at gets its job when that is over."""
        for place in self._places.values():
            if place.state == "ready" and place.placed is None:
                state: Any = "busy" if place.task is not None else "ready"
                self._board.server_state(place.name, state, self._now_s())

    def _place(self, choice: Choice) -> None:
        from wan22dsl.fleet.models import Placed
        from wan22dsl.run import store as records

        place, job = self._places[choice.server], self._jobs[choice.job]
        try:
            handed = self._handed(job)
        except (CommandError, UnreadableFile) as error:
            self._set_aside(job.id, f"what it needs of another job is not there: {error}")
            return
        expected = choice.expected
        line = Placed(
            at=now(),
            job=job.id,
            attempt=self._store.jobs[job.id].attempts + 1,
            server=place.name,
            record=records.new_id(now(), job.id),
            expected_s=expected.whole_s if expected.whole_s is not None else expected.seconds,
            basis=expected.basis,
            is_warm=choice.is_warm,
            why=choice.why,
        )
        self._add(line)
        place.placed = line
        place.jobs += 1
        options = self._store.plan.options
        order = Order(
            batch=self._store.plan.id,
            job=job,
            source=self._store.plan.sources[job.source],
            attempt=line.attempt,
            record=line.record,
            folder=self._store.folder.as_posix(),
            handed=handed,
            staged=options.staged or choice.staged,
            cold=options.cold,
            retry=options.retry,
            quality=options.quality,
            silence_s=self._options.silence_s,
            gone_s=self._options.gone_s,
        )
        self._give(place, order)
        self._changed = True

    def _handed(self, job: Job) -> tuple[tuple[str, str], ...]:
        """The files that other jobs have given for it. Raises CommandError, UnreadableFile."""
        from wan22dsl.api.batch_handed import handed
        from wan22dsl.run import store as records

        found = []
        for value in job.values:
            if not value.of:
                continue
            success = self._store.jobs[value.of].success
            if success is None or success.record is None:
                raise CommandError(f"job {value.of} has no record")
            record = records.load(self._store.folder / f"run-{success.record}.json")
            found.append((value.name, handed(self._store.folder, record, value.take).as_posix()))
        return tuple(found)

    # --- what comes back ---

    def _take(self, news: News) -> None:
        place = self._places[news.server]
        if news.kind == "told":
            if isinstance(news.value, Progress) and news.task == place.task:
                self._watcher.progress(place.name, news.value)
            return
        if news.task != place.task:
            return
        place.task = None
        self._changed = True
        value = news.value
        if news.kind == "lost":
            value = Outcome("lost", "its worker is gone")
        elif news.kind == "failed":
            value = Outcome("error", f"internal error: {type(value).__name__}: {value}"[:600])
        if place.placed is not None:
            placed, place.placed = place.placed, None
            if news.kind == "lost":
                value = value._replace(record=placed.record)
            self._ended(place, placed, value)
        else:
            if not isinstance(value, Seen):
                value = Seen("away", value.reason)
            self._saw(place, value)
            if place.state == "ready":
                self._board.server_state(place.name, "ready", self._now_s())

    def _ended(self, place: Place, placed: Placed, outcome: Outcome) -> None:
        """An attempt is over."""
        from wan22dsl.fleet.models import JobEnded

        job = placed.job
        line = JobEnded(
            at=now(),
            job=job,
            attempt=placed.attempt,
            server=place.name,
            record=outcome.record,
            how=outcome.how,
            reason=outcome.reason,
            seconds=outcome.seconds,
            load_s=outcome.load_s,
        )
        self._add(line)
        if outcome.how != "success":
            place.looked_s = None  # what it is now has to be seen before it gets another job
            self._board.server_state(place.name, "busy", self._now_s())
        self._tell_board(place, job, outcome)
        most = place.server.most_jobs
        if most is not None and place.jobs >= most and not place.drained:
            place.drained = f"it has had {most} jobs of this batch, as configured"
            place.looked_s = None
        if outcome.how not in ("success", "stopped"):
            self._look_at_failures(job)

    def _tell_board(self, place: Place, job: str, outcome: Outcome) -> None:
        board, now_s = self._board, self._now_s()
        if outcome.others:
            board.cold(place.name)
        how: Ended = outcome.how
        if how == "stopped":
            board.put_back(job, now_s)
            return
        seconds = None if outcome.was_cached else outcome.seconds
        board.ended(job, place.name, how, now_s, seconds=seconds, load_s=outcome.load_s)
        if outcome.lacks and job in self._recipes:
            board.lacks(place.name, self._recipes[job], outcome.reason)

    def _look_at_failures(self, job: str) -> None:
        """Sets a job aside that has failed too often."""
        state = self._store.jobs[job]
        if state.is_over:
            return
        failures = state.failures
        servers = {end.server for end in failures if end.how != "lost"}
        lost = [end for end in failures if end.how == "lost"]
        last = failures[-1] if failures else None
        if last is None:
            return
        if len(servers) >= self._store.plan.options.most_attempts:
            names = ", ".join(sorted(servers))
            self._set_aside(
                job, f"failed on {len(servers)} servers ({names}); the last time: {last.reason}"
            )
        elif len(lost) >= _MOST_LOST:
            self._set_aside(
                job, f"was lost {len(lost)} times with its server; the last time: {last.reason}"
            )

    def _set_aside(self, job: str, reason: str) -> None:
        from wan22dsl.fleet.models import SetAside

        for id in self._board.set_aside(job, reason, self._now_s()):
            if self._store.jobs[id].is_over:
                continue
            why = reason if id == job else f"needs `{job}`, which was set aside: {reason}"
            self._add(SetAside(at=now(), job=id, reason=why[:1000]))
        self._changed = True

    # --- when nothing goes on ---

    def _is_hopeless(self) -> bool:
        """Nothing runs: sets aside what no server can ever take; whether no server is there any more."""
        coming = [place for place in self._places.values() if self._may_come(place)]
        usable = [
            place for place in self._places.values() if place.state in ("ready", "busy", "held")
        ]
        if coming or any(place.task is not None for place in usable):
            return False
        if not usable:
            return True
        if any(place.state == "busy" or place.state == "held" for place in usable):
            return False
        for job, reason in self._board.impossible().items():
            if not self._store.jobs[job].is_over:
                self._set_aside(job, reason)
        return False

    def _may_come(self, place: Place) -> bool:
        """Whether a server is away, and not for so long that nobody waits for it."""
        if place.state != "away":
            return False
        return monotonic() - place.away_since_s < self._options.wait_s

    # --- stopping ---

    def _stop(self, *, add: bool = True) -> None:
        """Ends our prompts and nobody else's. A second Ctrl-C waits for nothing."""
        self._is_stopping = True
        with suppress(KeyboardInterrupt, DiskFull, CommandError):
            running = [place for place in self._places.values() if place.placed is not None]
            for place in running:
                self._engine.stop(place.name)
            if running:
                self._watcher.said(f"stopping {len(running)} runs; Ctrl-C again to leave at once")
            until_s = monotonic() + _STOP_S
            while monotonic() < until_s and not self._nothing_goes_on():
                for news in self._engine.news(0.2):
                    if add or news.kind == "told":
                        self._take(news)
                    else:
                        self._places[news.server].placed = None

    # --- the disk ---

    def _add(self, line: AnyLine) -> None:
        """Writes a line. A full disk is said once and waited for; nothing is done then. Raises DiskFull."""
        until_s = monotonic() + _FULL_S
        while True:
            try:
                self._store.add(line)
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
        self._watcher.line(line)


def now() -> str:
    """The time of day in UTC, in ISO 8601."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
