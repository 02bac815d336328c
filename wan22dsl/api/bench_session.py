"""A session of a bench: ComfyUI is started, its cells are measured one after the other, it is stopped."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from wan22dsl.api.bench_places import NotStarted
from wan22dsl.errors import CommandError, ServerError
from wan22dsl.run.ending import Limits
from wan22dsl.run.job import Options
from wan22dsl.run.store import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.api.bench_context import Context
    from wan22dsl.api.bench_options import BenchWatcher
    from wan22dsl.api.bench_places import Up
    from wan22dsl.api.bench_plan import Subject
    from wan22dsl.api.on_server import Ready
    from wan22dsl.bench.models import Cause, Reason, RunEnded, Session
    from wan22dsl.bench.plan import Step
    from wan22dsl.bench.store import Stored
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done


class Stopped(Exception):
    """Ctrl-C has ended a run: the bench goes no further."""


class NotKept(CommandError):
    """The disk of this machine did not take a run: it counts as not made, and the bench ends."""


#: After these the server is started again for the next cell: what it holds, or whether it lives, is unknown.
_NEEDS_RESTART: frozenset[Cause] = frozenset({"out of memory", "stuck", "server died"})

#: A snapshot is there after so many goes of 0.3 s, or not at all.
_SNAPSHOT_GOES = 20


class BenchSession:
    """One session. `rest` are the runs of all sessions behind it."""

    def __init__(
        self,
        context: Context,
        session: Session,
        steps: Sequence[Step],
        rest: Sequence[Step],
    ) -> None:
        self._context, self._session = context, session
        self._store, self._watcher = context.store, context.watcher
        self._steps, self._rest = list(steps), list(rest)
        first = context.subjects[steps[0].cell.id]
        self._place, self._profile = first.place, first.profile
        self._done = 0

    def run(self) -> None:
        """Runs all of it. Raises Stopped, BudgetSpent, KeyboardInterrupt, CommandError."""
        from wan22dsl.bench.models import SessionEnded

        self._context.undone = [*self._steps, *self._rest]
        self._context.require_time(self._steps[0], starts=True)
        self._watcher.session_begins(self._session, self._context.sessions)
        while self._done < len(self._steps):
            before = self._done
            self._one_start()
            assert self._done > before, "each start measures something, or ends what is left"
        number = self._session.number
        self._context.add(SessionEnded(line="session_end", number=number, ended=now()))

    def _one_start(self) -> None:
        """From a start of ComfyUI to its end: as many cells as it survives."""
        try:
            with self._place.start(self._profile, self._context.log_of(self._session)) as up:
                self._add_start(up)
                if up.reason is not None:
                    self._done = len(self._steps)
                    return
                self._cells(up)
        except NotStarted as error:
            self._add_session(error.reason)
            self._done = len(self._steps)
        except NotKept:
            raise
        except CommandError as error:
            # The port is taken, a package is missing, the server does not answer, nothing was allowed.
            if self._context.is_fresh:
                raise
            self._add_session(reason("not started", " ".join(str(error).split("\n"))))
            self._done = len(self._steps)

    def _cells(self, up: Up) -> None:
        """The cells one after the other, until the server has to be started again."""
        while self._done < len(self._steps):
            cell = self._steps[self._done].cell
            own = [step for step in self._steps[self._done :] if step.cell.id == cell.id]
            wrong = self._cell(up, self._context.subjects[cell.id], own)
            self._done += len(own)
            if wrong & _NEEDS_RESTART and self._done < len(self._steps):
                return

    def _cell(self, up: Up, subject: Subject, steps: Sequence[Step]) -> set[Cause]:
        """The runs of a cell; why it ended before the last one, if it did."""
        from wan22dsl.bench.plan import ends_cell

        found: list[Diagnostic] = []
        try:
            ready = self._prepared(up, subject, found)
        except (CommandError, ServerError) as error:
            ready, why = None, str(error).split("\n")[0]
            cause: Cause = "server died" if isinstance(error, ServerError) else "failed"
        else:
            cause, why = "does not compile", _errors(found)
        if ready is None:
            self._add_run(steps[0], None, 0.0, now(), (reason(cause, why),))
            return {cause}
        for number, step in enumerate(steps):
            later = self._steps[self._done + len(steps) :]
            self._context.undone = [*steps[number:], *later, *self._rest]
            self._context.require_time(step)
            line = self._run(up, ready, step)
            if ends_cell(line.reasons):
                return {each.cause for each in line.reasons}
        return set()

    def _prepared(self, up: Up, subject: Subject, found: list[Diagnostic]) -> Ready | None:
        from wan22dsl.api.benches import compile_case
        from wan22dsl.api.on_server import prepare

        declared = self._context.found
        return prepare(
            up.server,
            self._context.source,
            found=found.extend,
            compiled=compile_case(declared, subject.case, target=up.server.target),
            values=dict(subject.case.values),
        )

    def _run(self, up: Up, ready: Ready, step: Step) -> RunEnded:
        """One run, with its line. Raises Stopped where it was ended from outside."""
        from wan22dsl.bench import figures
        from wan22dsl.run.record import OfBench

        plan = self._store.plan
        number = self._session.number
        bench = OfBench(plan.id, step.cell.id, step.role, number, step.number)
        job = ready.job(step.seed_shift, bench)
        others = _Others(self._watcher)
        began, began_s = now(), monotonic()
        left = self._context.time_of(self._context.undone)
        self._watcher.run_begins(step, job, up.server.host, left)
        try:
            done = ready.run(job, self._options(step), others.event)
        except ServerError as error:
            why = (reason("server died", f"{error}. Look into its log, then measure again."),)
            line = self._add_run(step, None, monotonic() - began_s, began, why)
            self._watcher.run_ends(line, None)
            return line
        seconds = monotonic() - began_s
        if not done.is_written:
            raise NotKept(_not_kept(done), "Free space on the disk, then resume with `--resume`.")
        model = self._context.record_of(done)
        found = [*figures.reasons_of(model, simulated=plan.simulated)]
        if others.text and not found:
            found.append(reason("shared card", others.text))
        found = [_with_log(each, up) for each in found]
        line = self._add_run(step, done, seconds, began, found)
        self._context.spend(line)
        self._watcher.run_ends(line, done)
        if done.record.result == "stopped":
            raise Stopped
        return line

    def _options(self, step: Step) -> Options:
        options = self._context.options
        return Options(
            folder=self._store.folder,
            cold=step.clears,
            retry=False,
            limits=Limits(silence_s=options.silence_s),
            quality=self._store.plan.design.quality and step.role == "measured",
        )

    # What is written.

    def _add_run(
        self,
        step: Step,
        done: Done | None,
        seconds: float,
        began: str,
        reasons: Sequence[Reason],
    ) -> RunEnded:
        from wan22dsl.bench import figures
        from wan22dsl.bench.models import RunEnded

        kept = done is not None and done.file is not None
        line = RunEnded(
            line="run",
            session=self._session.number,
            cell=step.cell.id,
            number=step.number,
            role=step.role,
            record=done.record.id if done is not None and kept else None,
            started=began,
            seconds=seconds,
            figures=figures.figures_of(self._context.record_of(done)) if done is not None else None,
            reasons=tuple(reasons),
        )
        self._context.add(line)
        return line

    def _add_start(self, up: Up) -> None:
        from wan22dsl.run.stats import device_of, system_of

        stats = up.server.host.stats
        system = system_of(stats)
        self._add_session(
            up.reason,
            ready_s=up.ready_s,
            snapshot=self._snapshot(up),
            comfyui=_short(system.get("comfyui_version")),
            pytorch=_short(system.get("pytorch_version")),
            card=_short(device_of(stats).get("name")),
            flags=() if up.server.host.simulated else _flags(system),
            findings=up.findings,
        )

    def _add_session(
        self,
        why: Reason | None,
        *,
        ready_s: float | None = None,
        snapshot: str | None = None,
        comfyui: str = "",
        pytorch: str = "",
        card: str = "",
        flags: tuple[str, ...] = (),
        findings: tuple[str, ...] = (),
    ) -> None:
        """The line of a start; of one that failed only `why` is known."""
        from wan22dsl.bench.models import SessionStarted

        line = SessionStarted(
            line="session",
            number=self._session.number,
            round=self._session.round,
            place=self._session.place,
            profile=self._session.profile,
            started=now(),
            ready_s=ready_s,
            snapshot=snapshot,
            comfyui=comfyui,
            pytorch=pytorch,
            card=card,
            flags=flags,
            findings=findings,
            reason=why,
        )
        self._context.add(line)
        self._watcher.session(line)

    def _snapshot(self, up: Up) -> str | None:
        """The digest of the machine's snapshot, which is then in the folder."""
        for _ in range(_SNAPSHOT_GOES):
            digest = up.server.machine.digest(self._store.folder)
            if digest is not None or up.server.machine.is_over:
                return digest
        return None


def _not_kept(done: Done) -> str:
    """What the disk did not take of a run."""
    said = [finding.message for finding in done.record.found if finding.is_error]
    return (said or done.note.split("\n"))[0] or "a run could not be written"


_BUSY = "The server had prompts of others in its queue. Measure again while no one else uses it."


class _Others:
    """Passes events on, and sees whether the prompts of others are on the server."""

    def __init__(self, watcher: BenchWatcher) -> None:
        self._watcher = watcher
        self.text = ""

    def event(self, event: Event) -> None:
        """Takes an event in."""
        from wan22dsl.run.events import QueueChanged, Queued

        waits = isinstance(event, Queued) and event.ahead > 0
        if waits or (isinstance(event, QueueChanged) and event.remaining > 1):
            self.text = _BUSY
        self._watcher.event(event)


def reason(cause: Cause, text: str) -> Reason:
    """Why something is no measure."""
    from wan22dsl.bench.models import Reason

    return Reason(cause=cause, text=text)


def _with_log(why: Reason, up: Up) -> Reason:
    """A reason with the last lines of ComfyUI's log, where it died and this machine has them."""
    lines = " | ".join(line.strip() for line in up.tail()[-3:] if line.strip())
    if why.cause != "server died" or not lines:
        return why
    return reason(why.cause, f"{why.text} Its log ends with: {lines}")


def _errors(found: Sequence[Diagnostic]) -> str:
    errors = [finding for finding in found if finding.is_error]
    said = f"{errors[0].message} {errors[0].help}".strip() if errors else "It has errors."
    return f"{said} And {len(errors) - 1} more errors." if len(errors) > 1 else said


def _short(value: object) -> str:
    return str(value)[:200] if value is not None else ""


def _flags(system: Mapping[str, object]) -> tuple[str, ...]:
    """The flags that the server says it was started with, without those that say where something is."""
    from wan22dsl.machine import command_line

    argv = system.get("argv")
    if not isinstance(argv, list):
        return ()
    version = _short(system.get("comfyui_version"))
    kept = command_line.kept(argv, version)
    return tuple(flag.in_words for flag in kept if flag.name not in command_line.PLACES)


def first_round(bench: Stored) -> Stored:
    """A bench as it was before its second round: what that consists of does not change while it runs."""
    numbers = {session.number for session in bench.plan.sessions if session.round == 1}
    lines = tuple(
        line
        for line in bench.lines
        if (line.line == "run" and line.session in numbers)
        or (line.line == "session" and line.round == 1)
    )
    return bench._replace(lines=lines)
