"""A run in time: what the card did from second to second, and its memory.

A record has how long each part took, not when it began. Passes and the stages behind them follow each other,
and within a pass come conditioning, loading, sampling and decoding: so the parts are laid end to end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import shown
from wan22dsl.report.results.contents import Chart, Column, Span, Table, Timeline, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.report.results.contents import Activity
    from wan22dsl.run.models.record import RunRecord
    from wan22dsl.run.models.timing import Pass, Timing

#: Up to so many steps of a pass are shown one by one.
_MOST_STEPS = 40

NOTE = "Parts are drawn one after the other: a record has how long each took, not when it began."


def chart(record: RunRecord, id: str, title: str, least_s: float = 0.0) -> Chart | None:
    """The timeline of a run, at least that long; None where nothing was timed."""
    timing = record.timing
    if timing is None:
        return None
    spans = tuple(span for span in _spans(timing) if span.end_s > span.start_s)
    if not spans:
        return None
    usage = record.memory.usage
    end_s = max(timing.total_s, spans[-1].end_s)
    curve: tuple[tuple[float, float], ...] = ()
    limit_gib = None
    if usage is not None and usage.curve:
        curve = tuple(
            (max(0.0, at_s), shown.in_gib(used)) for at_s, used in usage.curve if at_s <= end_s
        )
        limit_gib = shown.in_gib(usage.total_bytes) if usage.total_bytes else None
    drawing = Timeline(spans, curve, max(end_s, least_s), limit_gib if curve else None)
    notes = [NOTE]
    if not curve:
        notes.append("The memory of the card over time is not known.")
    elif limit_gib is not None:
        notes.append(f"The dashed line is all the memory of the card, {limit_gib:.1f} GiB.")
    return Chart(
        id,
        title,
        _description(record, timing),
        drawing,
        _table(id, timing),
        record.simulated,
        tuple(notes),
    )


def _spans(timing: Timing) -> Iterator[Span]:
    at_s = 0.0
    for pass_ in timing.passes:
        for span in _of_pass(pass_, at_s):
            yield span
            at_s = span.end_s
    for stage in timing.stages:
        yield Span(shown.name(stage.name, 40), at_s, at_s + stage.seconds, "stage")
        at_s += stage.seconds


def _of_pass(pass_: Pass, at_s: float) -> Iterator[Span]:
    name = shown.name(pass_.name, 40)
    steps = pass_.steps_s
    if not steps or len(steps) > _MOST_STEPS or sum(steps) > pass_.sampling_s * 1.01:
        steps = (pass_.sampling_s,)
    else:
        steps = (*steps[:-1], steps[-1] + pass_.sampling_s - sum(steps))
    parts: list[tuple[float, Activity]] = [(pass_.rest_s, "prepare"), (pass_.load_s, "load")]
    parts += [(step_s, "sampling") for step_s in steps]
    parts.append((pass_.decode_s, "decode"))
    for seconds, activity in parts:
        if seconds > 0:
            yield Span(name, at_s, at_s + seconds, activity)
            at_s += seconds


def _description(record: RunRecord, timing: Timing) -> str:
    parts = [f"{shown.name(each.name, 40)} {each.total_s:.1f} s" for each in timing.passes]
    parts += [f"{shown.name(each.name, 40)} {each.seconds:.1f} s" for each in timing.stages]
    usage = record.memory.usage
    memory = f" The memory of the card peaks at {shown.size(usage.peak_bytes)}." if usage else ""
    return f"Timeline of {timing.total_s:.1f} s: {', '.join(parts)}.{memory}"


def _table(id: str, timing: Timing) -> Table:
    columns = (
        Column("part"),
        Column("what"),
        *(Column(each, is_number=True) for each in ("from, s", "to, s", "takes, s")),
    )
    rows = []
    for (lane, activity), spans in _joined(timing).items():
        start_s, end_s = spans[0].start_s, spans[-1].end_s
        took_s = sum(span.end_s - span.start_s for span in spans)
        what = _WORDS[activity]
        if activity == "sampling" and len(spans) > 1:
            what = f"sampling, {len(spans)} steps"
        rows.append(
            (
                Value(lane),
                Value(what),
                shown.seconds(start_s),
                shown.seconds(end_s),
                shown.seconds(took_s),
            )
        )
    return Table(f"{id}-table", "The parts of the run in order", columns, tuple(rows))


_WORDS: dict[Activity, str] = {
    "prepare": "text, image, conditioning",
    "load": "loading the model",
    "sampling": "sampling",
    "decode": "decoding",
    "stage": "after the passes",
}


def _joined(timing: Timing) -> dict[tuple[str, Activity], list[Span]]:
    found: dict[tuple[str, Activity], list[Span]] = {}
    for span in _spans(timing):
        if span.end_s > span.start_s:
            found.setdefault((span.lane, span.activity), []).append(span)
    return found
