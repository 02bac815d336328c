"""`wan bench show` and `wan bench compare`: what benches came to, over time and beside each other."""

from __future__ import annotations

import sys

from wan22dsl.cli import streams
from wan22dsl.cli.declare import Argument, Command, Option

DIRS = Argument("folders", "DIR", "Folder of a bench, or several of them: a history", many=True)
FIRST = Argument("first", "A", "Folder of a bench, or a baseline file")
SECOND = Argument("second", "B", "Another one")
FIGURE = Option(
    "figure", ("--figure",), "Figure to compare, such as `high.step_s`", "NAME", default="total_s"
)
MAY_DIFFER = Option(
    "may_differ",
    ("--may-differ",),
    "What may differ besides software, flags, power, design and recipe: workload, card; repeatable",
    "KIND",
    many=True,
)
JSON = Option("json", ("--json",), "Print JSON")


def show(folders: list[str], figure: str, json: bool) -> int:
    """Show what a bench came to; of several folders, since when a cell is slower or faster.

    Several benches are put in the order of time. Where a cell takes lastingly longer from a bench on, that is
    shown with what changed then: ComfyUI, torch, driver, flags, the recipe.
    """
    from pathlib import Path

    from wan22dsl.bench import history, reading, store
    from wan22dsl.bench.outcome import outcome_of
    from wan22dsl.cli import show as shows
    from wan22dsl.report.benches import json as jsons
    from wan22dsl.report.benches import outcome

    benches = [reading.bench(folder) for folder in folders]
    for bench in benches:
        for problem in bench.problems:
            streams.say(f"problem: {problem}")
        if bench.unfinished:
            streams.say(f"{bench.shown}: {bench.unfinished}")
    if len(benches) == 1:
        came = outcome_of(store.load(Path(folders[0])))
        if json:
            streams.json(jsons.bench(benches[0], came))
        else:
            shows.lines(list(outcome.lines(came)), sys.stdout)
        return 0
    found = history.of(benches, figure)
    if json:
        streams.json(jsons.histories(found, figure))
    else:
        shows.lines(list(outcome.histories(found, figure)), sys.stdout)
    return 0


def compare(first: str, second: str, figure: str, may_differ: list[str], json: bool) -> int:
    """Compare two benches, or a bench and a baseline, cell by cell, and what differs in their machines.

    Cells are the same by profile and values, wherever they were measured. Cells of different workloads or
    cards, or simulated and real ones, are not comparable.
    """
    from wan22dsl.bench import between_benches, reading, units
    from wan22dsl.cli import show as shows
    from wan22dsl.cli.bench_gate import kinds
    from wan22dsl.report.benches import json as jsons
    from wan22dsl.report.benches import text

    before, now = reading.either(first), reading.either(second)
    for bench in (before, now):
        for problem in (*bench.problems, *([bench.unfinished] if bench.unfinished else ())):
            streams.say(f"{bench.shown}: {problem}")
    cells = between_benches.compare(
        before,
        now,
        may_differ=kinds(may_differ, between_benches.MAY_DIFFER),
        figure=figure,
        limit=units.limit_of(figure),
    )
    machines = between_benches.machine_lines(before, now)
    if json:
        streams.json(jsons.comparison(before, now, cells, machines))
    else:
        shows.lines(list(text.comparison(before, now, cells, machines)), sys.stdout)
    return 0


SHOW = Command(show, (DIRS, FIGURE, JSON))
COMPARE = Command(compare, (FIRST, SECOND, FIGURE, MAY_DIFFER, JSON))
