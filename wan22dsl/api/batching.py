"""Runs a batch: many jobs on a fleet of servers, none lost and none made twice.

result = batch(BatchOptions(files=("portrait.wan",), each="prompts.csv", simulate=True, simulated_servers=8))
print(result.how, result.done)
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.api.batch_options import BatchOptions, BatchResult, BatchWatcher
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.api.batch_engine import Everywhere
    from wan22dsl.api.batch_files import BatchFile
    from wan22dsl.api.batch_options import How, Preview
    from wan22dsl.api.batch_places import Opened
    from wan22dsl.api.batch_recipes import Recipes
    from wan22dsl.api.batch_rows import Wrong
    from wan22dsl.api.batch_tasks import Seen
    from wan22dsl.api.batch_unsettled import Place
    from wan22dsl.fleet.board import Board, BoardJob
    from wan22dsl.fleet.engine import Engine
    from wan22dsl.fleet.expected import CostModel, Expectations
    from wan22dsl.fleet.models import Job, Plan
    from wan22dsl.fleet.store import Store
    from wan22dsl.lint.policy.config import Config

#: How long the first look at all servers may take, in seconds.
_FIRST_LOOK_S = 20.0


def batch(options: BatchOptions, watcher: BatchWatcher | None = None) -> BatchResult:
    """Plans a batch, runs its jobs, and says what became of them.

    Everything is in a folder: the plan, a line for each thing that happened, records and outputs. Ctrl-C
    ends the runs in progress, and nobody else's; `resume` goes on.

    Raises CommandError for options that are wrong and where no server answers, UnreadableFile.
    """
    from wan22dsl.api.batch_told import Telling

    options.check()
    metrics = None
    if options.metrics is not None:
        from wan22dsl.monitor.metrics import look_for_library

        look_for_library()
        metrics = Path(options.metrics)
    return _Batch(options, Telling(watcher or BatchWatcher(), metrics)).run()


class _Planned:
    """A batch with what its jobs are made of. `earlier` is its folder where it is resumed."""

    def __init__(
        self,
        plan: Plan,
        files: Sequence[BatchFile],
        recipes: Recipes,
        costs: CostModel,
        earlier: Path | None = None,
    ) -> None:
        self.plan, self.files, self.recipes, self.costs = plan, tuple(files), recipes, costs
        self.earlier = earlier


class _Batch:
    def __init__(self, options: BatchOptions, watcher: BatchWatcher) -> None:
        from wan22dsl.lint.policy.config import Configs

        self._options, self._watcher = options, watcher
        first = next(iter(options.files), "")
        named = getattr(first, "path", first)
        self._config: Config = Configs().of_file(str(named))
        self._zero_s = monotonic()
        self._rate = 1.0
        self._workers: Everywhere | None = None

    def run(self) -> BatchResult:
        from wan22dsl.api import batch_places
        from wan22dsl.api.node_files import node_files_of

        options = self._options
        if options.quality:
            from wan22dsl.quality import libraries

            libraries.look()
        earlier = self._earlier() if options.resume else None
        fleet = (
            batch_places.fleet(options, self._config)
            if earlier is None
            else batch_places.fleet_again(options, self._config, *earlier)
        )
        opened = batch_places.Opened(fleet, options, node_files_of(self._config))
        planned, result = self._planned(opened) if earlier is None else self._resumed(*earlier)
        if planned is None:
            self._watcher.ends(result)
            return result
        with ExitStack() as stack:
            opened.begin(stack)
            self._rate = opened.rate
            result = self._on(planned, opened, stack)
        self._watcher.ends(result)
        return result

    # --- the plan ---

    def _planned(self, opened: Opened) -> tuple[_Planned | None, BatchResult]:
        from wan22dsl.api.batch_jobs import JobOptions, jobs_of

        options = self._options
        made, wrong = jobs_of(
            JobOptions(
                options.files,
                options.each,
                options.each_data,
                options.values,
                options.vary,
                options.repeat,
                options.pipeline,
                options.bench,
            )
        )
        recipes, costs = self._recipes(made.jobs, made.files)
        wrong += _broken(recipes, made.places, made.rows_file)
        if wrong:
            return self._refused(wrong)
        self._watcher.found(recipes.found)
        plan = self._plan(made.files, _with_recipes(made.jobs, recipes, costs), opened)
        return _Planned(plan, made.files, recipes, costs), BatchResult("not started")

    def _refused(self, wrong: Sequence[Wrong]) -> tuple[None, BatchResult]:
        self._watcher.wrong(wrong)
        return None, BatchResult("not started", wrong=tuple(wrong))

    def _recipes(self, jobs: Any, files: Sequence[BatchFile]) -> tuple[Recipes, CostModel]:
        from wan22dsl.api import targets
        from wan22dsl.api.batch_recipes import recipes_of
        from wan22dsl.api.node_files import node_files_of, with_node_files
        from wan22dsl.fleet.expected import CostModel

        target, found = with_node_files(
            targets.target_of(self._config), node_files_of(self._config)
        )
        self._watcher.found(found)
        costs = CostModel()

        def told(done: int, of: int) -> None:
            self._watcher.working("compiling", done, of)

        recipes = recipes_of(jobs, files, target, costs, told)
        return recipes, costs

    def _plan(self, files: Sequence[BatchFile], jobs: Any, opened: Opened) -> Plan:
        from wan22dsl import __version__
        from wan22dsl.fleet import models
        from wan22dsl.run import store as records

        options = self._options
        moment = datetime.now(timezone.utc)
        name = self._name(files)
        return models.Plan(
            batch=1,
            id=records.new_id(records.now(), name),
            name=name,
            wan22dsl=__version__,
            made=moment.isoformat(timespec="seconds"),
            fleet=opened.fleet.name,
            scheduler=opened.fleet.scheduler,
            simulated=opened.is_simulated,
            servers=tuple(
                models.ServerOfBatch(
                    name=server.name, address=server.shown, card=server.card, tags=server.tags
                )
                for server in opened.fleet.servers
            ),
            sources=tuple(file.model() for file in files),
            jobs=jobs,
            options=models.Options(
                staged=options.staged,
                cold=options.cold,
                retry=options.retry,
                quality=options.quality,
                most_attempts=options.most_attempts,
            ),
        )

    def _name(self, files: Sequence[BatchFile]) -> str:
        """What people know the batch by: its rows, else its file."""
        if self._options.each not in (None, "-"):
            return Path(str(self._options.each)).stem
        return Path(files[0].source.path).stem if files else "batch"

    # --- going on ---

    def _resumed(self, plan: Plan, folder: Path) -> tuple[_Planned | None, BatchResult]:
        from wan22dsl.api import batch_files

        files = [batch_files.of_plan(source) for source in plan.sources]
        for file in files:
            self._watcher_of_changes(file)
        recipes, costs = self._recipes(plan.jobs, files)
        self._watcher.found(recipes.found)
        return _Planned(plan, files, recipes, costs, folder), BatchResult("not started")

    def _watcher_of_changes(self, file: BatchFile) -> None:
        """Says that a file is not as it was: a batch goes on as it was planned."""
        from wan22dsl.errors import UnreadableFile
        from wan22dsl.source import Source

        if file.source.file is None:
            return
        try:
            is_same = Source.read(file.source.file).text == file.source.text
        except UnreadableFile:
            is_same = False
        if not is_same:
            self._watcher.said(
                f"{file.source.path} has changed since the batch was planned: it goes on with the file as "
                "it was"
            )

    def _earlier(self) -> tuple[Plan, Path]:
        from wan22dsl.fleet import store

        folder = self._earlier_folder()
        return store.load_plan(folder), folder

    def _earlier_folder(self) -> Path:
        options = self._options
        if options.out is not None:
            return Path(options.out)
        first = options.files[0]
        name = Path(str(getattr(first, "path", first))).stem
        folders = Path(options.folder)
        found = [
            each for each in sorted(folders.glob("batch-*/batch.json")) if _is_of(each.parent, name)
        ]
        if not found:
            raise CommandError(
                f"{folders.as_posix()}: has no batch of `{name}` to resume",
                "Leave out --resume to begin one, or name its folder with --out.",
            )
        return max(found, key=lambda file: file.stat().st_mtime).parent

    # --- on the servers ---

    def _on(self, planned: _Planned, opened: Opened, stack: ExitStack) -> BatchResult:
        from wan22dsl.api.batch_driver import Driver
        from wan22dsl.fleet import store
        from wan22dsl.fleet.servers import drained_now

        engine = self._engine(opened, planned.plan.id, stack)
        places = _places(opened, engine)
        seen = self._first_look(engine, places)
        if self._options.dry_run:
            shown = self._preview(planned, places, seen, None)
            self._watcher.planned(planned.plan, shown)
            return BatchResult("planned", planned.plan, preview=shown)
        if all(each.state == "away" for each in seen.values()):
            reasons = "; ".join(dict.fromkeys(each.reason for each in seen.values()))
            raise CommandError(
                f"no server answers: {reasons[:500]}",
                "Start ComfyUI, or name servers with --server or --fleet. `--simulate` needs none.",
            )
        folder = planned.earlier or self._fresh_folder(planned.plan)
        taken = store.resume(folder) if planned.earlier else store.create(folder, planned.plan)
        open_store = stack.enter_context(taken)
        if self._workers is not None:
            self._workers.folder = folder
        self._watcher.folder(folder, planned.earlier is not None)
        shown = self._preview(planned, places, seen, open_store)
        self._watcher.planned(planned.plan, shown)
        self._zero_s = monotonic()
        board = self._board(planned, places, seen, open_store)
        driver = Driver(
            open_store,
            board,
            engine,
            places,
            planned.recipes.of,
            self._options,
            self._watcher,
            self._now_s,
            partial(drained_now, opened.fleet),
            is_open=self._workers is not None,
        )
        driver.set_aside_broken(planned.recipes.broken)
        return _result(open_store, driver.drive())

    def _now_s(self) -> float:
        """The clock of the batch: this machine's, or that of simulated cards."""
        return (monotonic() - self._zero_s) * self._rate

    def _engine(self, opened: Opened, batch: str, stack: ExitStack) -> Engine:
        """What works for the servers; it is closed with the stack. Raises CommandError."""
        if opened.fleet.scheduler:
            from wan22dsl.api.batch_engine import Everywhere

            scheduler, said = opened.fleet.scheduler, self._watcher.said
            self._workers = Everywhere(scheduler, opened.servers, opened.agents(), batch, said)
            stack.callback(self._workers.close)
            self._workers.wait()
            return self._workers
        from wan22dsl.fleet.engine import Threads

        engine = Threads(opened.agents())
        stack.callback(engine.close)
        return engine

    def _first_look(self, engine: Engine, places: Sequence[Place]) -> dict[str, Seen]:
        """What all servers are, as far as they say it in time."""
        from wan22dsl.api.batch_tasks import Look, Seen

        for number, place in enumerate(places, start=1):
            engine.give(place.name, -number, Look())
        seen: dict[str, Seen] = {}
        until_s = monotonic() + _FIRST_LOOK_S
        while len(seen) < len(places) and monotonic() < until_s:
            for news in engine.news(0.2):
                if news.kind == "done" and isinstance(news.value, Seen):
                    seen[news.server] = news.value
                    self._watcher.working("looking at servers", len(seen), len(places))
                elif news.kind == "failed":
                    seen[news.server] = Seen("away", str(news.value))
                elif news.kind == "lost":
                    seen[news.server] = Seen("away", "its worker is gone")
        for place in places:
            found = seen.setdefault(place.name, Seen("away", "does not answer yet"))
            if place.drained and found.state != "away":
                seen[place.name] = found._replace(state="drained", reason=place.drained)
        return {place.name: seen[place.name] for place in places}

    def _board(
        self,
        planned: _Planned,
        places: Sequence[Place],
        seen: Mapping[str, Seen],
        open_store: Store | None,
    ) -> Board:
        """The board as things are: what earlier drivers have done is done."""
        from wan22dsl.fleet.board import Board, BoardServer

        servers = [
            BoardServer(
                place.name,
                seen[place.name].card or place.server.card,
                tuple(place.server.tags),
                seen[place.name].vram_bytes,
            )
            for place in places
        ]
        due_s = _due_s(planned.plan)
        jobs = [job for job in planned.plan.jobs if job.id in planned.recipes.of]
        board = Board(
            [_board_job(job, planned.recipes.of[job.id], due_s.get(job.id)) for job in jobs],
            servers,
            planned.costs.needs,
            self._expectations(planned),
        )
        for place in places:
            board.server_state(place.name, seen[place.name].state, 0.0)
        if open_store is not None:
            for job in jobs:
                _as_before(board, open_store, job.id)
        return board

    def _expectations(self, planned: _Planned) -> Expectations:
        """What jobs take: by what earlier batches beside this one have measured, else by the cost model."""
        from wan22dsl.fleet.earlier_times import earlier_times
        from wan22dsl.fleet.expected import Expectations

        found = Expectations(planned.costs)
        out = self._options.out
        folder = Path(self._options.folder) if out is None else Path(out).parent
        recipes = {job.recipe for job in planned.plan.jobs if job.recipe}
        for each in earlier_times(folder, recipes, simulated=planned.plan.simulated):
            found.learned(each.recipe, each.card, each.seconds, each.load_s)
        return found

    def _preview(
        self,
        planned: _Planned,
        places: Sequence[Place],
        seen: Mapping[str, Seen],
        open_store: Store | None,
    ) -> Preview:
        from wan22dsl.api.batch_preview import preview

        board = self._board(planned, places, seen, open_store)
        for place in places:  # a server that is busy now will be ready some time
            if seen[place.name].state in ("busy", "held"):
                board.server_state(place.name, "ready", 0.0)
        needs = planned.costs.needs
        labels = {job: needs[recipe].label for job, recipe in planned.recipes.of.items()}
        return preview(board, labels, _due_s(planned.plan))._replace(servers=seen)

    def _fresh_folder(self, plan: Plan) -> Path:
        if self._options.out is not None:
            return Path(self._options.out)
        from wan22dsl.run.download import plain

        stamp = plan.id.partition("-")[0]
        base = Path(self._options.folder) / f"batch-{plain(plan.name)}-{stamp}"
        folder, number = base, 1
        while folder.exists():
            number += 1
            folder = base.with_name(f"{base.name}-{number}")
        return folder


def _with_recipes(jobs: Sequence[Job], recipes: Recipes, costs: CostModel) -> tuple[Job, ...]:
    """The jobs with what they have in common: their times are compared by it."""
    needs = costs.needs
    return tuple(
        job.model_copy(update={"recipe": recipe, "workload": needs[recipe].label})
        for job in jobs
        for recipe in (recipes.of[job.id],)
    )


def _places(opened: Opened, engine: Engine) -> list[Place]:
    """The servers of the fleet, and those whose workers are there."""
    from wan22dsl.api.batch_unsettled import DRAINED, Place
    from wan22dsl.fleet.servers import Server

    more = sorted(engine.servers - {server.name for server in opened.servers})
    return [
        Place(server, drained=(server.reason or DRAINED) if server.drained else "")
        for server in (*opened.servers, *(Server(name, "") for name in more))
    ]


def _due_s(plan: Plan) -> dict[str, float]:
    """The deadlines in seconds from now."""
    moment = datetime.now(timezone.utc)
    found = {}
    for job in plan.jobs:
        if job.due is not None:
            due = datetime.fromisoformat(job.due.replace("Z", "+00:00"))
            found[job.id] = (due - moment).total_seconds()
    return found


def _board_job(job: Job, recipe: str, due_s: float | None) -> BoardJob:
    from wan22dsl.fleet.board import BoardJob

    return BoardJob(job.id, recipe, job.after, job.priority, due_s, job.tags)


def _as_before(board: Board, open_store: Store, job: str) -> None:
    """Tells the board what earlier drivers have come to with a job."""
    state = open_store.jobs[job]
    if state.state == "done" and state.success is not None:
        board.ended(job, state.success.server, "success", 0.0)
    elif state.state == "set aside":
        board.set_aside(job, state.reason, 0.0)
    else:
        for end in state.failures:
            board.ended(job, end.server, end.how, 0.0)


def _broken(recipes: Recipes, places: Mapping[str, str], file: str) -> list[Wrong]:
    """The jobs that do not compile, as what is wrong in the rows: each reason once."""
    from wan22dsl.api.batch_rows import Wrong

    found = []
    for broken in recipes.broken:
        rows = [*dict.fromkeys(places.get(job, "") for job in broken.jobs)]
        more = f" ({len(rows) - 1} more rows have this too)" if len(rows) > 1 else ""
        found.append(Wrong(file, rows[0], broken.name, f"{broken.text}{more}"))
    return found


def _result(open_store: Store, how: How) -> BatchResult:
    states = open_store.jobs
    return BatchResult(
        how,
        open_store.plan,
        open_store.folder,
        sum(state.state == "done" for state in states.values()),
        {id: state.reason for id, state in states.items() if state.state == "set aside"},
        sum(not state.is_over for state in states.values()),
    )


def _is_of(folder: Path, name: str) -> bool:
    """Whether a batch is of a file or of rows with this name."""
    from wan22dsl.fleet import store

    try:
        plan = store.load_plan(folder)
    except CommandError:
        return False
    return name in (plan.name, *(Path(source.file).stem for source in plan.sources))
