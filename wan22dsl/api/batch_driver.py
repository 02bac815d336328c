"""The driver of a batch: takes what the board chooses, has it carried out, and writes down what happens.

Each thing is on the disk before the next is done. What a server does is known from its agent alone.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from wan22dsl.api.batch_options import BatchWatcher
from wan22dsl.api.batch_tasks import Look, Order, Outcome, Progress, Seen
from wan22dsl.api.batch_unsettled import DRAINED, DiskFull, Place, Unsettled
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.fleet.lease import Holder
from wan22dsl.run.store import now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.api.batch_options import BatchOptions, How
    from wan22dsl.api.batch_recipes import Broken
    from wan22dsl.fleet.board import Board, Choice
    from wan22dsl.fleet.engine import Engine, News
    from wan22dsl.fleet.models import How as Ended
    from wan22dsl.fleet.models import Job, Placed
    from wan22dsl.fleet.store import Store
    from wan22dsl.run.earlier import Remains

#: How often the board is asked when all will be done, and how many jobs make that too slow to ask often.
_FORECAST_S = 5.0

#: A server may be left idle because another is expected to be sooner: it is asked again this often.
_CHOOSE_S = 15.0

#: The configuration is looked at this often for servers that are drained.
_DRAINED_S = 10.0

#: So often a job may be lost with its server before it is taken to be the reason.
_MOST_LOST = 3

#: How long the ends of runs are waited for after Ctrl-C.
_STOP_S = 25.0


class Driver(Unsettled):
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
        drained: Callable[[], Mapping[str, str]] = dict,
        *,
        is_open: bool = False,
    ) -> None:
        """`drained` says which servers get nothing more, with the reason; it is asked again and again.

        `is_open`: servers that are not known yet may come, with their workers.
        """
        self._is_open = is_open
        self._store, self._board, self._engine = store, board, engine
        self._places = {place.name: place for place in places}
        self._jobs: dict[str, Job] = {job.id: job for job in store.plan.jobs}
        self._recipes, self._options, self._watcher = recipes, options, watcher
        self._now_s, self._drained = now_s, drained
        self._id = uuid4().hex[:12]
        self._number = 0
        self._is_stopping = False
        self._is_full_told = False
        self._chosen_s = self._forecast_s = 0.0
        self._drained_s = monotonic()
        self._changed = True
        self._said: set[str] = set()
        self._holder = Holder(self._id, store.plan.id)
        # The store has one driver: those before this one are gone.
        lines = store.stored.lines
        self._before = tuple(line.driver for line in lines if line.line == "driver")

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
        from wan22dsl.fleet.models import DriverStarted

        how: How = "stopped"
        try:
            self._add(DriverStarted(at=now(), driver=self._id, wan22dsl=__version__))
            self._hold_unsettled()
            how = self._loop()
        except KeyboardInterrupt:
            self._stop()
        except DiskFull:
            self._stop(add=False)
            return "full"
        except BaseException:
            # Nobody reads what is told, or it is a fault of ours: nothing may go on running for it.
            self._watcher = BatchWatcher()
            self._stop()
            self._end("stopped")
            raise
        self._end(how)
        return how

    def _end(self, how: How) -> None:
        from wan22dsl.fleet.models import BatchEnded

        ends: Any = {"complete": "complete", "no servers": "no servers"}
        with suppress(CommandError, KeyboardInterrupt):
            line = BatchEnded(at=now(), driver=self._id, how=ends.get(how, "stopped"))
            self._store.add(line)
            self._watcher.line(line)

    def _loop(self) -> How:
        while True:
            for news in self._engine.news(0.2):
                self._take(news)
            if self._is_over():
                return "complete"
            self._look()
            self._settle()
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
        if now_s - self._drained_s > _DRAINED_S:
            self._drained_s = now_s
            self._look_at_configuration()
        there = self._engine.servers
        for name in sorted(there - self._places.keys()):
            self._comes(name)
        for place in self._places.values():
            if place.name not in there:
                self._saw(place, Seen("away", "no worker for it is there"))
                place.looked_s = now_s
            elif place.wants_look(now_s):
                place.looked_s = now_s
                runs = tuple(placed.record for _, placed in self._store.unsettled(place.name))
                self._give(place, Look(self._holder, runs, self._before))

    def _comes(self, name: str) -> None:
        """A server more, which is away until it has been looked at."""
        from wan22dsl.fleet.board import BoardServer
        from wan22dsl.fleet.servers import Server

        place = self._places[name] = Place(Server(name, ""))
        self._board.add_server(BoardServer(name, "", (), None), self._now_s())
        self._board.server_state(name, "away", self._now_s())
        self._watcher.server(name, Seen("away", place.reason))

    def _look_at_configuration(self) -> None:
        """Servers may be drained, and taken back, while the batch runs."""
        drained = self._drained()
        for place in self._places.values():
            is_drained = place.name in drained
            reason = (drained[place.name] or DRAINED) if is_drained else ""
            if place.drained != reason and not place.is_used_up:
                place.drained, place.looked_s = reason, None

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
        if seen.note and seen.note not in self._said:
            self._said.add(seen.note)
            self._watcher.said(seen.note)
        if seen.state != "away":
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
        """A server that is being looked at, or has something of ours to be settled, gets jobs after that."""
        for place in self._places.values():
            if place.placed is None:
                waits = place.task is not None or place.looked_s is None
                waits = waits or bool(self._store.unsettled(place.name))
                state: Any = "busy" if waits and place.state == "ready" else place.state
                self._board.server_state(place.name, state, self._now_s())

    def _place(self, choice: Choice) -> None:
        from wan22dsl.fleet.models import Placed
        from wan22dsl.run import store as records

        place, job = self._places[choice.server], self._jobs[choice.job]
        assert place.task is None, "one task at a time"
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
        place.jobs += 1
        self._send(place, line, handed, staged=choice.staged)

    def _send(
        self,
        place: Place,
        placed: Placed,
        handed: tuple[tuple[str, str], ...],
        *,
        staged: bool = False,
        remains: Remains | None = None,
    ) -> None:
        """Gives an attempt to a server; with `remains` one that was begun before."""
        job, options = self._jobs[placed.job], self._store.plan.options
        place.placed = placed
        order = Order(
            batch=self._store.plan.id,
            job=job,
            source=self._store.plan.sources[job.source],
            attempt=placed.attempt,
            record=placed.record,
            folder=self._store.folder.as_posix(),
            handed=handed,
            remains=remains,
            staged=options.staged or staged,
            cold=options.cold,
            retry=options.retry,
            quality=options.quality,
            silence_s=self._options.silence_s,
            gone_s=self._options.gone_s,
        )
        self._give(place, order)
        self._changed = True

    def _handed(self, job: Job) -> tuple[tuple[str, str], ...]:
        """The files that other jobs have given for it. Raises CommandError, UnreadableFile, DiskFull."""
        from wan22dsl.api.batch_handed import handed
        from wan22dsl.run import store as records

        folder = self._store.folder

        def write(name: str, data: bytes) -> Path:
            return self._writing(partial(records.put, folder, name, data))

        found = []
        for value in job.values:
            if not value.of:
                continue
            success = self._store.jobs[value.of].success
            if success is None or success.record is None:
                raise CommandError(f"job {value.of} has no record")
            record = records.load(folder / f"run-{success.record}.json")
            found.append((value.name, handed(folder, record, value.take, write).as_posix()))
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
            if place.placed is not None:
                self._worker_lost(place)
                return
            value = Outcome("lost", "its worker is gone")
        elif news.kind == "failed":
            value = Outcome("error", f"internal error: {type(value).__name__}: {value}"[:600])
        if place.placed is not None:
            placed, place.placed = place.placed, None
            self._ended(place, placed, value)
        elif place.asked_for is not None:
            self._answered(place, value)
        elif place.taken_back is not None:
            self._was_taken_back(place, value)
        else:
            self._saw(place, value if isinstance(value, Seen) else Seen("away", value.reason))

    def _worker_lost(self, place: Place) -> None:
        """The attempt has no end: nobody gets its job before the worker, or the server, says what it has of
        it, or has not answered for long.
        """
        assert place.placed is not None
        self._watcher.said(
            f"{place.placed.job}: the worker of {place.name} is gone; it is waited for"
        )
        place.placed, place.looked_s = None, None
        self._saw(place, Seen("away", "its worker is gone"))

    def _ended(self, place: Place, placed: Placed, outcome: Outcome) -> None:
        """An attempt is over."""
        from wan22dsl.fleet.models import JobEnded

        job = placed.job
        if outcome.how != "success":
            place.looked_s = None  # what it is now has to be seen before it gets another job
        if not outcome.is_written and outcome.how in ("success", "error"):
            self._not_written(place, outcome)
            return
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
            adopted=outcome.adopted,
        )
        self._add(line)
        self._tell_board(place, job, outcome)
        most = place.server.most_jobs
        if most is not None and place.jobs >= most and not place.drained:
            place.drained = f"it has had {most} jobs of this batch, as configured"
            place.is_used_up, place.looked_s = True, None
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
