"""What a batch is asked for, what it gives, and who watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wan22dsl.api.batch_rows import Wrong
    from wan22dsl.api.batch_tasks import Progress, Seen
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.fleet.board import Counts
    from wan22dsl.fleet.forecast import Forecast
    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import Plan
    from wan22dsl.source import Source

#: How a batch came to its end. "full": the disk takes nothing more.
How = Literal["complete", "stopped", "no servers", "full", "planned", "not started"]


class BatchOptions(NamedTuple):
    """What to run, where and how; as the options of `wan batch`."""

    files: Sequence[Source | Path | str] = ()
    #: CSV or JSON Lines with a row for each job; `each_data` are its bytes where it is not on the disk.
    each: str | None = None
    each_data: bytes | None = None
    #: Values for all jobs, as after `--set`.
    values: Mapping[str, Any] = {}
    #: `cfg=1,3.5`: every row with each of these values.
    vary: Sequence[str] = ()
    #: Runs of each job, each with a fresh seed.
    repeat: int = 1
    pipeline: str | None = None
    #: Bench of the file whose cells are jobs.
    bench: str | None = None
    #: Folder of the batch; else a fresh one in `folder`.
    out: str | Path | None = None
    folder: str | Path = "wan_output"
    #: A configured fleet.
    fleet: str | None = None
    #: URLs of servers.
    servers: Sequence[str] = ()
    #: Address of a Dask scheduler whose workers take jobs, besides `servers`.
    scheduler: str | None = None
    #: Run on simulated servers of this process, so many of them, with these cards in turn.
    simulate: bool = False
    simulated_servers: int | None = None
    cards: Sequence[str] = ()
    #: Factor by which simulated time is faster.
    speed: float | None = None
    #: Faults to inject into the simulation.
    faults: Sequence[str] = ()
    #: Show the plan, and send nothing.
    dry_run: bool = False
    #: Go on with the newest batch of this name, or with the one in `out`.
    resume: bool = False
    staged: bool = False
    cold: bool = False
    retry: bool = True
    quality: bool = False
    #: Failures on different servers before a job is set aside.
    most_attempts: int = 3
    #: Seconds without progress before a server counts as stuck.
    silence_s: float = 600.0
    #: Seconds that a server may be out of reach before the run on it is given up, and then looked for.
    gone_s: float = 180.0
    #: Seconds that are waited for servers that do not answer, before their jobs are given up.
    wait_s: float = 600.0
    allow_project: bool = False
    #: File for the metrics of the batch, as the text-file collector of Prometheus reads them.
    metrics: str | Path | None = None

    @property
    def names_servers(self) -> bool:
        """Whether they say on which servers."""
        return bool(self.simulate or self.servers or self.scheduler or self.fleet)

    def check(self) -> None:
        """Raises CommandError where options contradict each other."""
        reached = "--scheduler" if self.scheduler else "--server"
        places = {
            "--fleet": self.fleet,
            reached: self.scheduler or self.servers,
            "--simulate": self.simulate,
        }
        named = [name for name, given in places.items() if given]
        if len(named) > 1:
            raise CommandError(f"{' and '.join(named)} exclude each other: name places of one kind")
        of_simulation = (
            self.cards,
            self.faults,
            self.speed is not None,
            self.simulated_servers is not None,
        )
        if not self.simulate and any(of_simulation):
            raise CommandError("--servers, --card, --speed and --fault belong to --simulate")
        if self.resume:
            self._check_resumed()
        elif not self.files:
            raise CommandError("name a .wan file, or go on with a batch: --resume --out DIR")
        if self.each is not None and self.bench is not None:
            raise CommandError("--each and --bench exclude each other: both say what the jobs are")

    def _check_resumed(self) -> None:
        new = {
            "--each": self.each,
            "--set": self.values,
            "--vary": self.vary,
            "--repeat": self.repeat > 1,
            "--pipeline": self.pipeline,
            "--bench": self.bench,
        }
        given = [name for name, value in new.items() if value]
        if given:
            raise CommandError(
                f"--resume goes on with the jobs that were planned: leave out {', '.join(given)}",
                "To run other jobs, begin a new batch: leave out --resume.",
            )
        if not self.files and self.out is None:
            raise CommandError("--resume: name the folder of the batch with --out, or its file")


class Usage(NamedTuple):
    """What a server is expected to do, by a plan ahead; times from now, in seconds."""

    server: str
    jobs: int
    ends_s: float | None
    loads: int


class Preview(NamedTuple):
    """What is expected of a batch before it begins. `impossible` has jobs with the reason.

    `late` are jobs with the seconds by which they miss their deadlines; `ends_s` is None where it is not
    known. `unknown` counts the jobs of which no time is known, `labels` the jobs by what they make.
    `servers` is what the servers said.
    """

    usages: tuple[Usage, ...]
    impossible: Mapping[str, str]
    late: Mapping[str, float]
    ends_s: float | None
    unknown: int = 0
    labels: Mapping[str, int] = {}
    servers: Mapping[str, Seen] = {}


class BatchResult(NamedTuple):
    """What a batch came to. `plan` is None where something was wrong in the files, or in the rows."""

    how: How
    plan: Plan | None = None
    folder: Path | None = None
    done: int = 0
    set_aside: Mapping[str, str] = {}
    left: int = 0
    wrong: tuple[Wrong, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    preview: Preview | None = None

    @property
    def exit_code(self) -> int:
        """That of `wan batch`: 0 all jobs succeeded, 1 some did not or something is wrong, 2 full disk,
        130 stopped.
        """
        if self.how == "stopped":
            return 130
        if self.how == "full":
            return 2
        if self.how == "planned":
            return 1 if self.preview is not None and self.preview.impossible else 0
        return 0 if self.how == "complete" and not self.set_aside and not self.left else 1


class BatchWatcher:
    """Gets what happens, when it happens; here every method does nothing."""

    def found(self, findings: Sequence[Diagnostic]) -> None:
        """What was found in the files."""

    def wrong(self, wrong: Sequence[Wrong]) -> None:
        """What is wrong in the rows."""

    def working(self, text: str, done: int, of: int) -> None:
        """Something before the start takes a while."""

    def planned(self, plan: Plan, preview: Preview) -> None:
        """The plan, before anything is sent."""

    def folder(self, folder: Path, is_resumed: bool) -> None:
        """Where everything goes."""

    def server(self, name: str, seen: Seen) -> None:
        """A server was looked at."""

    def progress(self, server: str, progress: Progress) -> None:
        """A run goes on."""

    def counts(self, counts: Counts, forecast: Forecast | None, now_s: float) -> None:
        """How many jobs are where; `forecast` and `now_s` are by the clock of the batch."""

    def said(self, text: str) -> None:
        """Something that people should know."""

    def line(self, line: AnyLine) -> None:
        """Something has happened: `batch.jsonl` has a line for it."""

    def ends(self, result: BatchResult) -> None:
        """The batch is over."""
