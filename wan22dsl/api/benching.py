"""Runs a bench: starts ComfyUI in each profile, measures every cell, and leaves a folder that can be resumed.

result = run_bench("attention.wan", BenchOptions(simulate=True))
print(result.outcome.verdict)
"""

from __future__ import annotations

import math
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.api.bench_options import BenchOptions, BenchResult, BenchWatcher, How
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.api.bench_context import Context
    from wan22dsl.api.bench_places import Place
    from wan22dsl.api.bench_plan import Planned
    from wan22dsl.api.benches import FoundBench
    from wan22dsl.bench.measured import Measured
    from wan22dsl.bench.models import Plan, Session
    from wan22dsl.bench.plan import Step, Time
    from wan22dsl.bench.store import AnyLine, Store, Stored
    from wan22dsl.source import Source

_DEFAULT = BenchOptions()


def run_bench(
    file: Source | Path | str,
    options: BenchOptions = _DEFAULT,
    *,
    name: str | None = None,
    values: Mapping[str, Any] | None = None,
    watcher: BenchWatcher | None = None,
) -> BenchResult:
    """Plans a bench, measures all its cells, and says what can be said of them.

    Everything is in a folder: the plan, a line for each thing that happened, a record of each run. Ctrl-C
    ends the run in progress and the bench, which `resume` goes on with.

    Raises CommandError for options that are wrong, UnreadableFile.
    """
    from wan22dsl.api.benches import find_bench
    from wan22dsl.lint.policy.config import Configs

    options.check()
    watcher = watcher or BenchWatcher()
    source = compiler.source_of(file)
    config = Configs().of_file("" if source.file is None else str(source.file))
    found = find_bench(source, name, values)
    watcher.found(found.findings)
    if any(finding.is_error for finding in found.findings):
        result = BenchResult("not started", None, None, None, found.findings)
        watcher.ends(result)
        return result
    from wan22dsl.api import bench_plan

    if found.bench.quality:
        from wan22dsl.quality import libraries

        libraries.look()
    places = _places(options, config, source, _card_of(found))
    folder = _earlier_folder(options, found.bench.name) if options.resume else None
    plan = bench_plan.planned(
        found, source, places, [Path(options.folder)], {"repeat": options.repeat}
    )
    _look_at_faults(plan)
    bench = _Bench(plan, places, options, watcher, found, source)
    result = bench.run(folder)._replace(findings=found.findings)
    watcher.ends(result)
    return result


def _card_of(found: FoundBench) -> str:
    """The card that the profiles of a bench name; empty where they name none."""
    return next((profile.card for profile in found.bench.profiles if profile.card), "")


def _places(options: BenchOptions, config: Any, source: Source, card: str) -> tuple[Place, ...]:
    """The places that the options name; without any, the server that `wan run` would take.

    The card of a simulation is that of the options, else that of the profiles, else the configuration's.
    """
    import os

    from wan22dsl.api import bench_places, targets
    from wan22dsl.api.installs import install_of
    from wan22dsl.api.node_files import node_files_of
    from wan22dsl.network import address

    servers, fleet = tuple(options.servers), None
    if options.fleet is not None:
        from wan22dsl.fleet.servers import fleet_of

        fleet = fleet_of(config, options.fleet, is_allowed=options.allow_project)
    elif not (servers or options.installs or options.simulate):
        named = os.environ.get("WAN_SERVER") or targets.server_of(config) or address.DEFAULT
        servers = (named,)
    shown = "" if source.file is None else str(source.file)
    installs = [
        install_of(named, options.python, shown, is_allowed=options.allow_project)
        for named in options.installs
    ]
    return bench_places.places_of(
        servers=servers,
        fleet=fleet,
        installs=installs,
        cards=tuple(options.cards) or tuple(filter(None, (card or config.text("card"),))),
        is_simulated=options.simulate,
        speed=options.speed if options.speed is not None else math.inf,
        faults=options.faults,
        disturbances=options.disturbances,
        nodes=node_files_of(config),
        timeout_s=options.start_s,
        is_allowed=options.allow_project,
    )


def _look_at_faults(planned: Planned) -> None:
    """Raises CommandError for a fault at a node that no cell has."""
    from wan22dsl.api.on_server import look_at_faults
    from wan22dsl.graph.passes.plan import plan as plan_of

    prompts = [
        (each.compiled.prompt, plan_of(each.compiled.graph.graph))
        for each in planned.subjects.values()
        if each.compiled.prompt is not None and each.compiled.graph is not None
    ]
    for place in {each.place.name: each.place for each in planned.subjects.values()}.values():
        if place.faults is not None and prompts:
            look_at_faults(place.faults, prompts)


def _earlier_folder(options: BenchOptions, name: str) -> Path:
    """The folder to go on with. Raises CommandError where there is none."""
    if options.out is not None:
        return Path(options.out)
    from wan22dsl.run.download import plain

    found = sorted(Path(options.folder).glob(f"bench-{plain(name)}-*/bench.json"))
    if not found:
        raise CommandError(
            f"{Path(options.folder).as_posix()}: has no bench `{name}` to resume",
            "Leave out --resume to begin one, or name its folder with --out.",
        )
    return max(found, key=lambda file: file.stat().st_mtime).parent


def _accepted(options: BenchOptions) -> Measured | None:
    """The accepted baseline that the options name, if one was accepted yet. Raises CommandError."""
    if options.baseline is None or not Path(options.baseline).exists():
        return None
    from wan22dsl.bench import baseline

    file = str(options.baseline)
    return baseline.measured(baseline.load(file), file)


class _Bench:
    """A bench that is run."""

    def __init__(
        self,
        planned: Planned,
        places: Sequence[Place],
        options: BenchOptions,
        watcher: BenchWatcher,
        found: FoundBench,
        source: Source,
    ) -> None:
        self._planned, self._options, self._watcher = planned, options, watcher
        self._places = {place.name: place for place in places}
        self._found, self._source = found, source
        self._left_out: dict[str, None] = {}
        self._accepted = _accepted(options)

    def run(self, folder: Path | None) -> BenchResult:
        """Runs what is left of it, in a fresh folder or in that of an earlier one."""
        from wan22dsl.api import bench_plan
        from wan22dsl.bench import store

        plan = self._planned.plan
        if folder is not None:
            earlier = store.load_plan(folder)
            bench_plan.require_same(earlier, plan, folder)
            plan = earlier
        lines = store.load(folder, with_records=False).lines if folder is not None else ()
        left = self._left(plan, lines)
        notes = self._notes(left)
        if self._options.dry_run:
            self._watcher.planned(plan, self._time(left, lines), notes)
            return BenchResult("planned", plan, folder, None, ())
        with ExitStack() as stack:
            if folder is None:
                folder = self._fresh_folder(plan)
                opened = stack.enter_context(store.create(folder, plan))
            else:
                opened = stack.enter_context(store.resume(folder))
            self._watcher.folder(folder, plan is not self._planned.plan)
            self._watcher.planned(plan, self._time(left, lines), notes)
            how = self._measure(opened)
            return self._result(opened, how)

    def _left(self, plan: Plan, lines: Sequence[AnyLine]) -> list[Step]:
        from wan22dsl.bench import plan as order

        return [*order.left(plan, plan.sessions, lines)]

    def _notes(self, steps: Sequence[Step]) -> dict[int, str]:
        """Why sessions will not start as things are. Raises CommandError where a server does not answer."""
        notes: dict[int, str] = {}
        seen: set[int] = set()
        for step in steps:
            if step.session.number in seen:
                continue
            seen.add(step.session.number)
            subject = self._planned.subjects[step.cell.id]
            said = subject.place.note(subject.profile)
            if said:
                notes[step.session.number] = said
        return notes

    def _time(self, steps: Sequence[Step], lines: Sequence[AnyLine]) -> Time:
        from wan22dsl.bench import plan as order

        return order.time_of(order.by_lines(steps, lines), self._restart_s(lines))

    def _fresh_folder(self, plan: Plan) -> Path:
        if self._options.out is not None:
            return Path(self._options.out)
        from wan22dsl.run.download import plain

        stamp = plan.id.partition("-")[0]
        base = Path(self._options.folder) / f"bench-{plain(plan.name)}-{stamp}"
        number = 1
        folder = base
        while folder.exists():
            number += 1
            folder = base.with_name(f"{base.name}-{number}")
        return folder

    def _restart_s(self, lines: Sequence[Any]) -> float:
        from wan22dsl.bench import plan as order

        return order.restart_s_of(lines, max(place.restart_s for place in self._places.values()))

    def _measure(self, store: Store) -> How:
        """All sessions of both rounds; how it ended. The last line says it too."""
        from wan22dsl.bench.models import BenchEnded
        from wan22dsl.run import store as records

        how: How = "stopped"
        with suppress(KeyboardInterrupt):
            how = self._rounds(store)
        line = BenchEnded(line="end", ended=records.now(), how=_ENDS[how])
        store.add(line)
        self._watcher.line(line)
        return how

    def _rounds(self, store: Store) -> How:
        from wan22dsl.api.bench_context import BudgetSpent, Context
        from wan22dsl.api.bench_session import BenchSession, Stopped
        from wan22dsl.bench import plan as order

        context = Context(
            store,
            self._watcher,
            self._options,
            self._found,
            self._source,
            self._planned.subjects,
            self._restart_s(()),
        )
        steps: list[Step] = []
        try:
            for number in (1, 2):
                sessions = self._fitting(context, self._round(store, number))
                context.sessions = max([context.sessions, *(each.number for each in sessions)])
                for at, session in enumerate(sessions):
                    steps = [*order.left(store.plan, [session], store.stored.lines)]
                    if steps:
                        rest = [*order.left(store.plan, sessions[at + 1 :], store.stored.lines)]
                        BenchSession(context, session, steps, rest).run()
        except Stopped:
            return "stopped"
        except BudgetSpent:
            self._left_out.update(dict.fromkeys(step.cell.id for step in context.undone))
            return "budget"
        return "budget" if self._left_out else "finished"

    def _round(self, store: Store, number: int) -> Sequence[Session]:
        """The sessions of a round. The second one has what is too close to call, or what the file says."""
        from wan22dsl.api.bench_session import first_round
        from wan22dsl.bench import plan as order
        from wan22dsl.bench.outcome import close_cells

        if number == 1:
            return [session for session in store.plan.sessions if session.round == 1]
        rounds = self._found.bench.rounds
        if rounds == 1:
            return ()
        if rounds == 2:
            return order.second_round(store.plan, [cell.id for cell in store.plan.cells])
        first = first_round(store.stored)
        return order.second_round(store.plan, {*close_cells(first), *self._suspicious(first)})

    def _suspicious(self, first: Stored) -> list[str]:
        """The cells that differ from the accepted baseline."""
        if self._accepted is None:
            return []
        from wan22dsl.bench import cells, gate, measured

        bench = measured.of_bench(first, cells.outcomes(first))
        percent = first.plan.design.suspicious_percent
        return gate.suspicious(bench, self._accepted, gate.Options(), percent)

    def _fitting(self, context: Context, sessions: Sequence[Session]) -> Sequence[Session]:
        """What of the sessions fits into the time that was given."""
        from wan22dsl.bench import plan as order

        budget_s = self._options.budget_s
        if budget_s is None:
            return sessions
        left_s = max(0.0, budget_s - context.spent_s)
        fitting = order.within(context.store.plan, sessions, left_s, context.restart_s)
        self._left_out.update(dict.fromkeys(fitting.left_out))
        return fitting.sessions

    def _result(self, store: Store, how: How) -> BenchResult:
        from wan22dsl.bench.outcome import outcome_of

        outcome = outcome_of(store.stored)
        return BenchResult(how, store.plan, store.folder, outcome, (), tuple(self._left_out))


_ENDS: dict[str, Any] = {"finished": "finished", "stopped": "stopped", "budget": "budget"}
