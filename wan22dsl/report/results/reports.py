"""A report of all that was gathered: each bench, batch and run, and an overview where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import __version__
from wan22dsl.bench import store
from wan22dsl.bench.outcome import outcome_of
from wan22dsl.fleet import store as batch_folders
from wan22dsl.report.results import batch_words, guide, of_batch, of_bench, of_run, of_runs, shown
from wan22dsl.report.results.batch import batch_of
from wan22dsl.report.results.bench import Bench
from wan22dsl.report.results.contents import Column, Report, Table, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.report.results.batch import Batch
    from wan22dsl.report.results.contents import Block, Result
    from wan22dsl.report.results.gathering import Gathered


#: So many runs are shown one by one; of more there is only the overview.
_MOST_RUNS = 12


def report(found: Gathered) -> Report:
    """The report. Raises CommandError where a bench or a batch cannot be read."""
    benches, batches = _benches(found), _batches(found)
    results = [of_bench.result(bench) for bench in benches]
    results += [of_batch.result(batch) for batch in batches]
    overview: list[Block] = []
    if len(benches) > 1:
        overview.append(_overview(benches))
    if len(batches) > 1:
        overview.append(_overview_of_batches(batches))
    if len(found.runs) > 1:
        overview += of_runs.overview(found.runs, _MOST_RUNS)
    for number, run in enumerate(found.runs[-_MOST_RUNS:], 1):
        results.append(of_run.result(run.record, run.folder, f"run-{number}"))
    title = _title(found, results)
    return Report(title, f"wan22dsl {__version__}", tuple(overview), tuple(results))


def guide_page(found: Gathered) -> str:
    """The guide, in Markdown. Raises CommandError where a bench cannot be read."""
    return guide.page(_benches(found), found.runs)


def _benches(found: Gathered) -> list[Bench]:
    benches = []
    for number, folder in enumerate(found.benches, 1):
        stored = store.load(folder)
        benches.append(Bench(f"bench-{number}", stored, outcome_of(stored)))
    return benches


def _batches(found: Gathered) -> list[Batch]:
    return [
        batch_of(batch_folders.load(folder, with_records=False), f"batch-{number}")
        for number, folder in enumerate(found.batches, 1)
    ]


def _overview_of_batches(batches: Sequence[Batch]) -> Table:
    columns = (
        Column("batch"),
        Column("servers"),
        Column("jobs", is_number=True),
        Column("verdict"),
    )
    rows = []
    for batch in batches:
        plan = batch.seen.plan
        rows.append(
            (
                Value(shown.name(plan.id), note="simulated" if plan.simulated else ""),
                Value(shown.listed(batch.cards(), 3)),
                Value(f"{len(plan.jobs):,}", float(len(plan.jobs))),
                Value(shown.sentence(batch_words.verdict(batch.seen))),
            )
        )
    return Table("overview-batches", "The batches", columns, tuple(rows))


def _overview(benches: Sequence[Bench]) -> Table:
    columns = (
        Column("bench"),
        Column("card"),
        Column("cells", is_number=True),
        Column("verdict"),
    )
    rows = []
    for bench in benches:
        plan = bench.plan
        cells = Value(str(len(plan.cells)), float(len(plan.cells)))
        cards = Value(shown.listed(bench.cards()), note="simulated" if plan.simulated else "")
        verdict = Value(shown.sentence(bench.outcome.verdict))
        rows.append((Value(shown.name(plan.id)), cards, cells, verdict))
    notes = ("Benches are not compared with each other here: `wan bench compare A B` does that.",)
    return Table("overview-benches", "The benches", columns, tuple(rows), notes)


def _title(found: Gathered, results: list[Result]) -> str:
    if len(results) == 1:
        return results[0].title
    number = len(found.benches)
    words = [f"{number} bench{'es' if number > 1 else ''}"] if number else []
    number = len(found.batches)
    words += [f"{number} batch{'es' if number > 1 else ''}"] if number else []
    words += [shown.count(len(found.runs), "run")] if found.runs else []
    return shown.listed(words)
