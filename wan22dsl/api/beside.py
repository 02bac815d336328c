"""What works beside a server for drivers elsewhere: the process of `wan worker`.

A run goes on whatever becomes of its driver, of the scheduler and of the connection. Its record is on the
disk here from before its first prompt is sent, so that whoever asks is told what became of it.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.api.batch_files import BatchFile
from wan22dsl.api.batch_tasks import Look, LookFor, Order, Outcome, TakeBack
from wan22dsl.api.carrying import ServerAgent
from wan22dsl.api.parcels import Answer, Made, Parcel, made, names
from wan22dsl.errors import CommandError, WanError
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.fleet import models
    from wan22dsl.fleet.servers import Server
    from wan22dsl.run.earlier import Remains

#: How long the end of a run that is taken back is waited for, in seconds.
_END_S = 25.0


class _Run:
    """A run that goes on, in a thread of its own."""

    def __init__(
        self, work: Callable[[Callable[[Any], None], Callable[[], bool]], Outcome]
    ) -> None:
        self.stopped = threading.Event()
        self.tell: Callable[[Any], None] = lambda value: None
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None
        self._work = work
        self.thread = threading.Thread(target=self._run, name="wan-run", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.outcome = self._work(lambda value: self.tell(value), self.stopped.is_set)
        except BaseException as error:  # it is the driver's to say
            self.error = error


class _Agent(ServerAgent):
    """The agent of one driver. The files of its jobs are in a folder here."""

    def __init__(self, server: Server, models: str) -> None:
        super().__init__(server, models=models)
        self.inputs: Path | None = None

    def file(self, source: models.Source) -> BatchFile:
        """The file of a job, which finds its inputs where they were unpacked."""
        if source.file.startswith("<") or self.inputs is None:
            return super().file(source)
        place = self.inputs / Path(source.file.replace("\\", "/")).name
        return BatchFile(Source(source.text, source.file, place), source.uses)


class Beside:
    """Works for a server. What it keeps is in `folder`, by batch; `models` is a folder to check files in."""

    def __init__(self, server: Server, folder: Path, models: str = "") -> None:
        self._server, self._folder, self._models = server, folder, models
        self._agents: dict[str, _Agent] = {}
        self._runs: dict[str, _Run] = {}
        self._lock = threading.Lock()

    def do(
        self,
        driver: str,
        task: Any,
        tell: Callable[[Any], None],
        is_stopped: Callable[[], bool],
    ) -> Any:
        """Does a task of a driver."""
        assert isinstance(task, Parcel)
        agent = self._agent(driver)
        order = task.task
        if isinstance(order, Order):
            return self._order(agent, task, order, tell, is_stopped)
        if isinstance(order, LookFor):
            return self._look_for(agent, order, tell, is_stopped)
        if isinstance(order, TakeBack) and (run := self._running(order.remains.run)) is not None:
            run.stopped.set()
            run.thread.join(_END_S)
            return Answer("the run does not end" if run.thread.is_alive() else "")
        if isinstance(order, Look):
            order = order._replace(runs=(*order.runs, *self._all_running()))
        return Answer(agent.do(order, tell, is_stopped))

    def tidy(self, driver: str, what: str) -> None:
        """The driver has what a run made: it is not kept twice."""
        from wan22dsl.fleet.store import record_file
        from wan22dsl.run import here
        from wan22dsl.run import store as records

        batch, _, run = what.partition("/")
        folder = self._of(batch)
        try:
            record = records.load(record_file(folder, run))
            for output in record.outputs:
                place = here.place_of(output, folder)
                if place is not None and place.parent == folder:
                    place.unlink(missing_ok=True)
            record_file(folder, run).unlink(missing_ok=True)
        except (CommandError, OSError):
            return  # it stays; nobody asks for it again

    def leave(self, driver: str) -> None:
        """Nothing more comes from a driver; its lease is given back."""
        with self._lock:
            agent = self._agents.pop(driver, None)
        if agent is not None:
            agent.close()

    def close(self, *, wait_s: float = _END_S) -> None:
        """Ends the runs, and gives the leases back."""
        with self._lock:
            runs, drivers = list(self._runs.values()), list(self._agents)
        for run in runs:
            run.stopped.set()
        for run in runs:
            run.thread.join(wait_s)
        for driver in drivers:
            self.leave(driver)

    def _agent(self, driver: str) -> _Agent:
        with self._lock:
            if driver not in self._agents:
                self._agents[driver] = _Agent(self._server, self._models)
            return self._agents[driver]

    def _of(self, batch: str) -> Path:
        from wan22dsl.run.download import plain

        return self._folder / plain(batch)

    def _running(self, run: str) -> _Run | None:
        with self._lock:
            found = self._runs.get(run)
            return found if found is not None and found.thread.is_alive() else None

    def _all_running(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(id for id, run in self._runs.items() if run.thread.is_alive())

    # --- runs ---

    def _order(
        self,
        agent: _Agent,
        parcel: Parcel,
        order: Order,
        tell: Callable[[Any], None],
        is_stopped: Callable[[], bool],
    ) -> Answer:
        run = self._running(order.record)
        is_ours = run is None
        if run is None:
            if others := self._all_running():
                return Answer(
                    Outcome("stopped", f"nothing was sent: the run {others[0]} goes on there")
                )
            ended = self._ended(agent, order) if order.remains is not None else None
            if isinstance(ended, Outcome):
                return self._answer(order, ended)
            try:
                order = self._unpacked(agent, parcel, order._replace(remains=ended))
            except CommandError as error:
                return Answer(Outcome("stopped", f"nothing was sent: {error}"[:600]))
            run = _Run(lambda told, stopped: agent.do(order, told, stopped))
            with self._lock:
                self._runs = {id: each for id, each in self._runs.items() if each.thread.is_alive()}
                self._runs[order.record] = run
        run.tell = tell
        while run.thread.is_alive():
            if is_stopped():
                run.stopped.set()
            run.thread.join(0.2)
        if run.error is not None:
            raise run.error
        assert run.outcome is not None
        outcome = run.outcome if is_ours else run.outcome._replace(adopted=True)
        return self._answer(order, outcome)

    def _ended(self, agent: _Agent, order: Order) -> Outcome | Remains:
        """What is left of a run that was begun before, by now; its end, where it has one here."""
        from wan22dsl.fleet.ends import end_of, is_kept
        from wan22dsl.fleet.reconcile import record_of

        assert order.remains is not None
        folder = self._of(order.batch)
        record = record_of(folder, order.record) or order.remains.record
        end = end_of(record) if record is not None else None
        if record is not None and end is not None:
            is_whole = end.how == "success" and is_kept(record, folder)
            if is_whole or end.how not in ("success", "lost"):
                return Outcome(
                    end.how,
                    end.reason,
                    record.id,
                    end.seconds,
                    end.load_s,
                    was_cached=True,
                    adopted=True,
                )
        found = agent.do(LookFor(((order.record, record),)), lambda value: None, lambda: False)
        remains: Remains = found[0]
        is_there = remains.state in ("ended", "runs", "waits") or remains.can_go_on
        if is_there:
            return remains
        return Outcome("lost", remains.reason or "its server has nothing of it", order.record)

    def _unpacked(self, agent: _Agent, parcel: Parcel, order: Order) -> Order:
        """The order as it is carried out here, with its files on the disk. Raises CommandError."""
        from wan22dsl.run import store as records

        folder = self._of(order.batch)
        inputs = folder / "inputs" / names(parcel.inputs)
        for inside, data in parcel.inputs:
            place = inputs / inside
            if not place.resolve().is_relative_to(inputs.resolve()):
                raise CommandError(f"{inside} is outside the folder of the job")
            if not place.exists():
                records.put(place.parent, place.name, data)
        handed = []
        for (name, _), (file, data) in zip(order.handed, parcel.handed):
            place = folder / "handed" / Path(file).name
            if not place.exists():
                records.put(place.parent, place.name, data)
            handed.append((name, place.as_posix()))
        agent.inputs = inputs
        return order._replace(folder=folder.as_posix(), handed=tuple(handed))

    def _answer(self, order: Order, outcome: Outcome) -> Answer:
        """The outcome with what was made."""
        if outcome.record is None:
            return Answer(outcome)
        try:
            return Answer(outcome, (made(self._of(order.batch), outcome.record),))
        except (WanError, OSError) as error:
            if outcome.how == "success":
                outcome = outcome._replace(how="error", reason=str(error)[:600])
            return Answer(outcome._replace(record=None, files=()))

    # --- what is left ---

    def _look_for(
        self,
        agent: _Agent,
        task: LookFor,
        tell: Callable[[Any], None],
        is_stopped: Callable[[], bool],
    ) -> Answer:
        """What is left of runs; what the disk here has whole is brought along."""
        from wan22dsl.fleet.ends import is_kept
        from wan22dsl.fleet.reconcile import record_of
        from wan22dsl.run.earlier import Remains

        folder = self._of(task.batch)
        going = {run for run, _ in task.runs if self._running(run) is not None}
        runs = tuple((run, record_of(folder, run) or record) for run, record in task.runs)
        asked = LookFor(tuple(each for each in runs if each[0] not in going), task.over)
        looked: dict[str, Remains] = {
            remains.run: remains for remains in agent.do(asked, tell, is_stopped)
        }
        brought: list[Made] = []
        found: list[Remains] = []
        for run, record in runs:
            if run in going:
                found.append(Remains(run, "runs", (), record))
                continue
            found.append(looked[run])
            own = record_of(folder, run)
            if own is not None and is_kept(own, folder):
                try:
                    brought.append(made(folder, run))
                except (WanError, OSError) as error:
                    found[-1] = looked[run]._replace(state="unknown", reason=str(error))
        return Answer(tuple(found), tuple(brought))
