"""The report of a bench: what its outcome says, in the order in which people ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.report.results import (
    bench_charts,
    bench_method,
    bench_tables,
    environment,
    qualities,
    sheets,
    shown,
    timelines,
)
from wan22dsl.report.results.contents import Item, Items, Prose, Result, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.bench.outcome import Outcome
    from wan22dsl.report.results.bench import Bench
    from wan22dsl.report.results.contents import Block, Tone
    from wan22dsl.run.models.record import RunRecord


def result(bench: Bench) -> Result:
    """The report of a bench."""
    id, outcome = bench.id, bench.outcome
    sections = [
        Section(f"{id}-gaps", "What could not be measured", tuple(_gaps(bench))),
        Section(f"{id}-cells", "Results", tuple(bench_tables.results(bench))),
        Section(f"{id}-use", _use_title(bench), tuple(_recommendations(bench))),
        Section(f"{id}-charts", "Charts", tuple(bench_charts.charts(bench))),
        Section(f"{id}-time", "Timelines", tuple(_timelines(bench))),
        Section(f"{id}-pictures", "Pictures", sheets.of_bench(bench)),
        Section(f"{id}-quality", "Quality of the videos", qualities.of_bench(bench)),
        Section(f"{id}-environment", "Environment", tuple(_environment(bench))),
        Section(f"{id}-how", "How it was measured", tuple(bench_method.blocks(bench))),
    ]
    plan = outcome.plan
    number = shown.count(len(plan.cells), "configuration")
    return Result(
        id,
        f"{shown.name(plan.name)}: {number} of {shown.name(plan.pipeline)}",
        tuple(_facts(bench)),
        shown.sentence(outcome.verdict),
        _tone(outcome),
        _simulated(bench),
        tuple(section for section in sections if section.blocks),
        _data(bench),
    )


def _simulated(bench: Bench) -> str:
    if not bench.plan.simulated:
        return ""
    cards = shown.listed(bench.cards()) or "cards"
    return f"Simulated: no model was run. Times and memory are estimates for {cards}, not measurements."


def _tone(outcome: Outcome) -> Tone:
    words = {each.word for each in outcome.comparisons}
    if any(cell.state != "measured" for cell in outcome.cells) or "unclear" in words:
        return "warn"
    return "good" if words else ""


def _facts(bench: Bench) -> Iterator[tuple[str, str]]:
    plan = bench.plan
    sessions = bench.stored.sessions
    yield "card", shown.listed(bench.cards()) or "not known"
    workloads = list(dict.fromkeys(shown.name(cell.workload) for cell in plan.cells))
    yield "what is made", shown.listed(workloads, 3) or "not known"
    versions = list(dict.fromkeys(shown.name(each.comfyui) for each in sessions if each.comfyui))
    yield "ComfyUI", shown.listed(versions, 3) or "not known"
    yield (
        "planned",
        shown.name(plan.made.partition(".")[0].partition("+")[0].replace("T", " ") + " UTC"),
    )
    counted = sum(
        len(cell.figures["total_s"].numbers)
        for cell in bench.outcome.cells
        if "total_s" in cell.figures
    )
    runs = len(bench.stored.runs)
    yield (
        "measured",
        f"{shown.count(runs, 'run')} in {shown.count(len({s.number for s in sessions}), 'session')}"
        if counted or runs
        else "nothing",
    )
    yield "bench", shown.name(plan.id)


def _gaps(bench: Bench) -> Iterator[Block]:
    outcome = bench.outcome
    items: list[Item] = []
    for cell in outcome.cells:
        tone: Tone = "bad" if cell.state == "not measured" else "warn"
        reasons = [shown.sentence(reason.text) for reason in cell.reasons]
        if cell.state != "measured" and not reasons:
            reasons = [
                "It was not run." if cell.state == "not measured" else "Some runs are missing."
            ]
        items += [Item(text, f"{bench.label(cell.cell)}, {cell.state}", tone) for text in reasons]
    for session in bench.stored.sessions:
        if session.reason is not None:
            place = shown.name(session.profile or session.place)
            items.append(
                Item(
                    shown.sentence(session.reason.text),
                    f"session {session.number} ({place})",
                    "bad",
                )
            )
    items += [Item(shown.sentence(note), "note") for note in outcome.notes]
    if items:
        yield Items(tuple(items))
    else:
        yield Prose("Everything that was planned was measured.", "muted")


def _use_title(bench: Bench) -> str:
    cards = bench.cards()
    return f"Recommendations for the {cards[0]}" if len(cards) == 1 else "Recommendations"


def _recommendations(bench: Bench) -> Iterator[Block]:
    found = bench.outcome.recommendations
    if not found:
        yield Prose(
            "None: no cell that was measured is faster than the baseline by more than this bench can see.",
            "muted",
        )
        return
    yield Items(tuple(Item(shown.sentence(each.text), tone="good") for each in found))
    if bench.plan.simulated:
        yield Prose(
            "These follow from a simulation. Measure on the card before you rely on them.", "warn"
        )


#: So many timelines are shown: the baseline, and what differs most from it.
_MOST_TIMELINES = 3


def _timelines(bench: Bench) -> Iterator[Block]:
    """One run of the baseline and of the cells that differ most from it: that with the most usual total."""
    chosen = [cell for cell in bench.outcome.cells if cell.cell.is_baseline]
    measured = [each for each in bench.outcome.comparisons if each.ratio is not None]
    for comparison in sorted(measured, key=lambda each: -abs((each.ratio or 1.0) - 1.0)):
        chosen += [cell for cell in bench.outcome.cells if cell.cell.id == comparison.cell.id]
    if not chosen:
        chosen = list(bench.outcome.cells)
    runs = [(cell, record) for cell in chosen if (record := bench.usual_run(cell)) is not None]
    runs = runs[:_MOST_TIMELINES]
    longest_s = max((_total_s(record) for _, record in runs), default=0.0)
    found = 0
    for cell, record in runs:
        title = f"{bench.label(cell.cell)}: a run of {_total_s(record):.1f} s"
        chart = timelines.chart(record, f"{bench.id}-timeline-{found + 1}", title, longest_s)
        if chart is not None:
            found += 1
            yield chart
    if found and len(bench.outcome.cells) > found:
        yield Prose(
            "Shown are the baseline and the cells that differ most from it, each by the run whose total is "
            "nearest to the cell's.",
            "muted",
        )


def _total_s(record: RunRecord) -> float:
    return record.timing.total_s if record.timing is not None else 0.0


def _environment(bench: Bench) -> Iterator[Block]:
    sessions = bench.stored.sessions
    findings = [
        Item(
            shown.sentence(text),
            f"session {each.number} ({shown.name(each.profile or each.place)})",
            "warn",
        )
        for each in sessions
        for text in each.findings
    ]
    if findings:
        yield Items(tuple(findings))
    known = []
    for each in sessions:
        snapshot = environment.find(bench.stored.folder, each.snapshot)
        if snapshot is not None:
            known.append((f"session {each.number} ({each.profile or each.place})", snapshot))
    if not known:
        if sessions:
            yield Prose("No snapshot of the machine was kept that can be read.", "muted")
        return
    name, snapshot = known[0]
    yield from environment.of_snapshot(bench.id, f"The machine in {shown.name(name)}", snapshot)
    if len(known) > 1:
        yield from environment.differences(bench.id, known)


def _data(bench: Bench) -> dict[str, Any]:
    """The plan, the lines, and what was made of them."""
    plan = bench.plan.as_json()
    plan["file"] = bench_method.file_of(bench.plan.file)
    return {
        "plan": plan,
        "lines": [line.as_json() for line in bench.stored.lines],
        "verdict": bench.outcome.verdict,
        "cells": [
            {
                "id": cell.cell.id,
                "state": cell.state,
                "figures": {name: spread.value for name, spread in cell.figures.items()},
                "cold": {name: spread.value for name, spread in cell.cold.items()},
            }
            for cell in bench.outcome.cells
        ],
        "comparisons": [
            {
                "cell": each.cell.id,
                "baseline": each.baseline.id if each.baseline is not None else None,
                "figure": each.figure,
                "word": each.word,
                "ratio": each.ratio,
                "difference": each.difference,
                "smallest_percent": each.smallest_percent,
            }
            for each in bench.outcome.comparisons
        ],
    }
