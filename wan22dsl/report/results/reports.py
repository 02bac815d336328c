"""A report of all that was gathered: each bench and each run, and an overview where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import __version__
from wan22dsl.report.results import of_run, of_runs, shown
from wan22dsl.report.results.contents import Report

if TYPE_CHECKING:
    from wan22dsl.report.results.contents import Block, Result
    from wan22dsl.report.results.gathering import Gathered


#: So many runs are shown one by one; of more there is only the overview.
_MOST_RUNS = 12


def report(found: Gathered) -> Report:
    """The report. Raises CommandError where a bench cannot be read."""
    results: list[Result] = []
    overview: list[Block] = []
    if len(found.runs) > 1:
        overview += of_runs.overview(found.runs, _MOST_RUNS)
    for number, run in enumerate(found.runs[-_MOST_RUNS:], 1):
        results.append(of_run.result(run.record, run.folder, f"run-{number}"))
    return Report(
        _title(found, results), f"wan22dsl {__version__}", tuple(overview), tuple(results)
    )


def _title(found: Gathered, results: list[Result]) -> str:
    if len(results) == 1:
        return results[0].title
    kinds = [(len(found.benches), "bench"), (len(found.runs), "run")]
    words = [shown.count(number, noun) for number, noun in kinds if number]
    return shown.listed([word.replace("benchs", "benches") for word in words])
