"""What the design of a bench sees: planted slowdowns under the noise of real cards, and the words for them.

Each bench has two cells, A and B, B slower by what is planted. Its sessions, rounds, figures, reasons and
words are those of `wan22dsl.bench`. The records are one record of a simulated run with its times multiplied,
run for run, by what `server.disturbances` plants; a few benches are also really run on simulated servers, by
the executor, to show that both come to the same.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.executor import TEXT
from wan22dsl.api import compiler
from wan22dsl.bench import plan as planning
from wan22dsl.bench.figures import figures_of, reasons_of
from wan22dsl.bench.models import Cell, Plan, RunEnded, SessionStarted
from wan22dsl.bench.outcome import close_cells, outcome_of
from wan22dsl.bench.store import Stored
from wan22dsl.graph.passes import plan
from wan22dsl.network import address
from wan22dsl.run import record, seeds
from wan22dsl.run.client import Client
from wan22dsl.run.execute import Run
from wan22dsl.run.job import Job, Options
from wan22dsl.run.record import Host, Subject
from wan22dsl.server.disturbances import Disturbances, Slowdown
from wan22dsl.server.embedded import EmbeddedServer
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wan22dsl.bench.between_cells import Comparison
    from wan22dsl.bench.models import Session
    from wan22dsl.bench.plan import Step
    from wan22dsl.run.models.record import RunRecord

#: The noise of real cards, as docs/benches.md has it with its sources.
NOISE = Disturbances(within=0.01, between=0.015, drift=0.004, outliers=0.05)

PLANTED = (0.0, 0.03, 0.05, 0.08, 0.10)
BENCHES = 200
SERVED = 5
STAMP = "2026-12-01T10:00:00Z"


class Measured(NamedTuple):
    """A bench that is over: its comparison of B with A, and how many measured runs it took."""

    comparison: Comparison
    runs: int


def main(benches: int = BENCHES, served: int = SERVED) -> None:
    """Prints the table, and how benches on servers compare."""
    with tempfile.TemporaryDirectory() as folder:
        usual = one_record(Path(folder))
        print(
            f"{benches} benches for each slowdown of B; words in percent, and measured runs of a bench"
        )
        print("planted  slower  faster  same  unclear   runs")
        for planted in PLANTED:
            print(row(planted, [bench(usual, planted, seed) for seed in range(benches)]))
        for planted in (0.0, 0.08):
            print(agreement(usual, planted, range(served), Path(folder)))


def row(planted: float, found: list[Measured]) -> str:
    """A line of the table."""
    words: Counter[str] = Counter(each.comparison.word for each in found)
    shares = [100 * words[word] / len(found) for word in ("slower", "faster", "same", "unclear")]
    runs = sum(each.runs for each in found) / len(found)
    return "{:5.0f} %  {:6.1f}  {:6.1f}  {:4.1f}  {:7.1f}  {:5.1f}".format(
        100 * planted, *shares, runs
    )


def one_record(folder: Path) -> RunRecord:
    """The record of a run without any disturbance."""
    with EmbeddedServer(speed=float("inf")) as server:
        return run_on(server, 0, folder)


def run_on(server: EmbeddedServer, shift: int, folder: Path) -> RunRecord:
    """A run on a simulated server, with other seeds."""
    compiled = compiler.compile(Source(TEXT, "clip.wan"))
    assert compiled.graph is not None and compiled.prompt is not None
    graph = compiled.graph.graph
    prompt = seeds.raised(compiled.prompt, graph, shift)
    subject = Subject("clip.wan", TEXT, graph.name, {}, graph.catalogue.target, prompt)
    client = Client(address.read(server.url))
    host = Host(client.shown, True, client.system_stats())
    job = Job(subject, prompt, graph, plan.plan(graph), {}, shift)
    done = Run(client, host, job, Options(folder), lambda event: None).run()
    return record.model_of(done.record)


def bench(usual: RunRecord, planted: float, seed: int) -> Measured:
    """A bench on records with planted times."""

    def session(own: Session, steps: list[Step], disturbances: Disturbances) -> Iterator[RunRecord]:
        for number, _ in enumerate(steps):
            factor = disturbances.factor(number)
            for slowdown in disturbances.slowdowns:
                factor *= slowdown.factor
            yield slower(usual, factor)

    return measured(planted, seed, session)


def served(planted: float, seed: int, folder: Path) -> Measured:
    """The same bench on simulated servers: one for each session."""

    def session(own: Session, steps: list[Step], disturbances: Disturbances) -> Iterator[RunRecord]:
        with EmbeddedServer(speed=float("inf"), disturbances=disturbances) as server:
            for step in steps:
                yield run_on(server, step.seed_shift, folder)

    return measured(planted, seed, session)


def measured(
    planted: float,
    seed: int,
    session: Callable[[Session, list[Step], Disturbances], Iterator[RunRecord]],
) -> Measured:
    """A whole bench, both rounds as far as they are needed. `session` makes the records of one."""
    own = plan_of_two()
    lines: list[SessionStarted | RunEnded] = []
    todo = list(own.sessions)
    started = 0
    while todo:
        each = todo.pop(0)
        slowdowns = (Slowdown(1 + planted),) if each.profile == "B" and planted else ()
        disturbances = NOISE._replace(seed=seed, session=started, slowdowns=slowdowns)
        started += 1
        lines.append(start_of(each))
        steps = list(planning.steps_of(own, each))
        for step, found in zip(steps, session(each, steps, disturbances), strict=True):
            lines.append(line_of(step, found))
        if not todo and each.round == 1:
            todo += planning.second_round(own, close_cells(Stored(Path(), own, tuple(lines))))
    outcome = outcome_of(Stored(Path(), own, tuple(lines)))
    counted = sum(line.line == "run" and line.role == "measured" for line in lines)
    return Measured(outcome.comparisons[0], counted)


def slower(usual: RunRecord, factor: float) -> RunRecord:
    """The record of a run that took so many times as long."""
    timing = usual.timing
    assert timing is not None
    passes = tuple(
        own.model_copy(
            update={
                **{key: getattr(own, key) * factor for key in ("total_s", "load_s", "sampling_s")},
                **{key: getattr(own, key) * factor for key in ("decode_s", "rest_s")},
                "steps_s": tuple(step_s * factor for step_s in own.steps_s),
            }
        )
        for own in timing.passes
    )
    stages = tuple(
        own.model_copy(update={"seconds": own.seconds * factor}) for own in timing.stages
    )
    changes = {"total_s": timing.total_s * factor, "passes": passes, "stages": stages}
    return usual.model_copy(update={"timing": timing.model_copy(update=changes)})


def plan_of_two() -> Plan:
    """A bench of two profiles, A and B."""
    cells = tuple(
        Cell(
            id=name,
            place="simulated RTX 4090",
            profile=name,
            values=(),
            is_baseline=name == "A",
            recipe=None,
            workload="",
        )
        for name in "AB"
    )
    return Plan(
        bench=1,
        id="design",
        name="design",
        file="clip.wan",
        pipeline="clip",
        source=TEXT,
        uses={},
        wan22dsl="",
        made=STAMP,
        simulated=True,
        design=planning.design(),
        cells=cells,
        sessions=planning.sessions(cells),
    )


def start_of(session: Session) -> SessionStarted:
    """The line of a start."""
    return SessionStarted(
        line="session",
        number=session.number,
        round=session.round,
        place=session.place,
        profile=session.profile,
        started=STAMP,
        ready_s=None,
        snapshot=None,
        comfyui="",
        pytorch="",
        card="RTX 4090",
        flags=(),
        findings=(),
        reason=None,
    )


def line_of(step: Step, found: RunRecord) -> RunEnded:
    """The line of a run."""
    return RunEnded(
        line="run",
        session=step.session.number,
        cell=step.cell.id,
        number=step.number,
        role=step.role,
        record=None,
        started=STAMP,
        seconds=0.0,
        figures=figures_of(found),
        reasons=reasons_of(found, simulated=True),
    )


def agreement(usual: RunRecord, planted: float, numbers: range, folder: Path) -> str:
    """How the same benches compare on records and on servers: words, and by how much ratios are apart."""
    pairs = [(bench(usual, planted, seed), served(planted, seed, folder)) for seed in numbers]
    same = sum(left.comparison.word == right.comparison.word for left, right in pairs)
    apart = max(
        abs((left.comparison.ratio or 0.0) - (right.comparison.ratio or 0.0))
        for left, right in pairs
    )
    return (
        f"{len(pairs)} benches at {planted:.0%} on servers: {same} have the same word as on records; ratios "
        f"differ by at most {apart:.4f}"
    )


if __name__ == "__main__":
    main()
