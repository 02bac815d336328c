"""What a bench is asked for, what it gives, and who watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.errors import CommandError
from wan22dsl.run.ending import Limits
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wan22dsl.bench.models import Plan, RunEnded, Session, SessionStarted
    from wan22dsl.bench.outcome import Outcome
    from wan22dsl.bench.plan import Step, Time
    from wan22dsl.bench.store import AnyLine
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done
    from wan22dsl.run.job import Job
    from wan22dsl.run.record import Host

#: How a bench came to its end.
How = Literal["finished", "stopped", "budget", "planned", "not started"]


class BenchOptions(NamedTuple):
    """Where and how to measure."""

    #: Folder of the bench; else a fresh one in `folder`.
    out: str | Path | None = None
    #: Folder that fresh ones are made in, and that has earlier benches.
    folder: str | Path = "wan_output"
    #: URLs of running servers, each a place.
    servers: Sequence[str] = ()
    #: A configured fleet: each of its servers is a place.
    fleet: str | None = None
    #: Installs of ComfyUI by name or folder, each a place: they are started in each profile.
    installs: Sequence[str] = ()
    #: Python that runs ComfyUI, else the install's.
    python: str | None = None
    #: Measure on simulated cards, without ComfyUI or a GPU.
    simulate: bool = False
    #: GPUs to simulate, each a place; else the configuration's.
    cards: Sequence[str] = ()
    #: Factor by which simulated time is faster; all times are those of the card.
    speed: float | None = None
    #: Faults to inject into the simulation.
    faults: Sequence[str] = ()
    #: What makes the simulated card slower or noisier, in words: `8 % slower at low.sampler`.
    disturbances: Sequence[str] = ()
    #: Show the plan, and run nothing.
    dry_run: bool = False
    #: Go on with the newest bench of this name, or with the one in `out`.
    resume: bool = False
    #: Stop before a run that would not end within so many seconds.
    budget_s: float | None = None
    #: File of an accepted baseline: what differs from it gets a second round too.
    baseline: str | Path | None = None
    #: Measured runs of each cell and session, else the file's.
    repeat: int | None = None
    #: Allow programs and folders that project files name.
    allow_project: bool = False
    #: Seconds allowed for a start of ComfyUI.
    start_s: float = 600.0
    #: Seconds without progress before the server counts as stuck.
    silence_s: float = Limits().silence_s

    def check(self) -> None:
        """Raises CommandError where options contradict each other."""
        kinds = [name for name, given in self._places.items() if given]
        if len(kinds) > 1:
            raise CommandError(f"{' and '.join(kinds)} exclude each other: name places of one kind")
        if not self.simulate and (
            self.cards or self.faults or self.disturbances or self.speed is not None
        ):
            raise CommandError("--card, --speed, --fault and --disturb belong to --simulate")
        if self.python is not None and len(self.installs) != 1:
            raise CommandError("--python belongs to one --comfyui")

    @property
    def _places(self) -> dict[str, Any]:
        return {
            "--server": self.servers,
            "--fleet": self.fleet is not None,
            "--comfyui": self.installs,
            "--simulate": self.simulate,
        }


class BenchResult(NamedTuple):
    """What a bench came to. `outcome` is None where nothing was run: with errors, or with `dry_run`."""

    how: How
    plan: Plan | None
    folder: Path | None
    outcome: Outcome | None
    findings: tuple[Diagnostic, ...]
    left_out: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """That of `wan bench`: 0 all was measured, 1 something was not or there are errors, 130 stopped."""
        if self.how == "stopped":
            return 130
        if self.how == "not started" or self.plan is None:
            return 1
        if self.outcome is None:
            return 1 if any(cell.problem is not None for cell in self.plan.cells) else 0
        measured = all(each.state == "measured" for each in self.outcome.cells)
        return 0 if measured else 1


class BenchWatcher:
    """Gets what happens, when it happens; here every method does nothing."""

    def found(self, findings: Sequence[Diagnostic]) -> None:
        """What was found in the file."""

    def planned(self, plan: Plan, time: Time, notes: Mapping[int, str]) -> None:
        """The plan, before anything runs. `time` is what is left of it; `notes` says why a session, by its
        number, will not start as things are.
        """

    def folder(self, folder: Path, is_resumed: bool) -> None:
        """Where everything goes."""

    def session_begins(self, session: Session, of: int) -> None:
        """ComfyUI is being started; `of` is the number of sessions as known so far."""

    def session(self, line: SessionStarted) -> None:
        """It answers, or will not."""

    def run_begins(self, step: Step, job: Job, host: Host, left: Time) -> None:
        """A run begins; `left` is what is left of the bench, with this run."""

    def event(self, event: Event) -> None:
        """Something happens in the run."""

    def run_ends(self, line: RunEnded, done: Done | None) -> None:
        """A run has ended."""

    def line(self, line: AnyLine) -> None:
        """Something has happened: `bench.jsonl` has a line for it."""

    def ends(self, result: BenchResult) -> None:
        """The bench is over."""
