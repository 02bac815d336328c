"""How a bench was measured: its design, its words, its sessions and all of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import shown
from wan22dsl.report.results.contents import Column, Item, Items, Prose, Source, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.bench.models import RunEnded
    from wan22dsl.report.results.bench import Bench
    from wan22dsl.report.results.contents import Block


def blocks(bench: Bench) -> Iterator[Block]:
    """All of it."""
    yield Prose(_design(bench))
    yield Prose(_smallest(bench))
    yield Prose("What the words mean:")
    yield Items(tuple(_words(bench)))
    if bench.stored.sessions:
        yield _sessions(bench)
    if bench.stored.runs:
        yield _runs(bench)
    yield Source(f"{file_of(bench.plan.file)}, as it was measured", shown.text(bench.plan.source))


def file_of(path: str) -> str:
    """The name of a file without its folder."""
    return shown.name(path.replace("\\", "/").rpartition("/")[2])


def _design(bench: Bench) -> str:
    design = bench.plan.design
    warm = shown.count(design.warmups, "discarded run")
    if design.compile_warmups != design.warmups:
        warm += f" ({design.compile_warmups} where something compiles)"
    cold = f" Each cell also had {shown.count(design.cold, 'cold run')}." if design.cold else ""
    return (
        "A session is one start of ComfyUI with one profile, or a stretch on a running server. In each "
        f"session a cell had {warm}, then {shown.count(design.repeat, 'measured run')} with new seeds.{cold} "
        f"Cells that differ from the baseline by more than {design.suspicious_percent:g} % are measured in a "
        "second round, after a restart and in reverse order, so that a drift of the machine does not look "
        "like a difference. The figure of a cell is the mean of the medians of its sessions."
    )


def _smallest(bench: Bench) -> str:
    found = [
        each.smallest_percent
        for each in bench.outcome.comparisons
        if each.smallest_percent is not None
    ]
    if not found:
        return "Nothing was compared, so there is no smallest difference that could be seen."
    low, high = min(found), max(found)
    span = f"{low:.1f} %" if high - low < 0.1 else f"{low:.1f} to {high:.1f} %, by cell"
    return (
        f"The smallest difference that can be seen here is {span}. "
        "What is smaller cannot be told from noise."
    )


def _words(bench: Bench) -> Iterator[Item]:
    design = bench.plan.design
    least = f"{design.threshold_percent:g} % and more than {design.threshold_s:g} s"
    yield Item(
        f"in two rounds that agree, the total differs by more than {least}, and by more than the runs of "
        "one session do.",
        "faster, slower",
    )
    yield Item(
        f"the total differs by at most {design.suspicious_percent:g} % or {design.threshold_s:g} s. It may "
        "still differ by less than can be seen.",
        "same",
    )
    yield Item(
        "it is between those, a round is missing, the rounds disagree, or the runs differ too much.",
        "unclear",
    )
    yield Item(
        "one of both was not measured, or was not what was to be measured.", "not comparable"
    )
    yield Item("the bench has no baseline, or it was not measured.", "no baseline")


def _sessions(bench: Bench) -> Table:
    columns = (
        Column("session"),
        Column("round", is_number=True),
        Column("profile"),
        Column("place"),
        Column("ready after, s", is_number=True),
        Column("ComfyUI"),
        Column("torch"),
        Column("flags"),
        Column("result"),
    )
    rows = []
    for each in bench.stored.sessions:
        result = Value("measured") if each.reason is None else Value(each.reason.cause, tone="bad")
        rows.append(
            (
                Value(str(each.number), float(each.number)),
                Value(str(each.round), float(each.round)),
                Value(shown.name(each.profile) or shown.NOTHING),
                Value(shown.name(each.place)),
                shown.seconds(each.ready_s),
                Value(shown.name(each.comfyui) or shown.NOTHING),
                Value(shown.name(each.pytorch) or shown.NOTHING),
                Value(shown.name(" ".join(each.flags)) or shown.NOTHING),
                result,
            )
        )
    return Table(f"{bench.id}-sessions", "The sessions, in order", columns, tuple(rows))


def _runs(bench: Bench) -> Table:
    columns = (
        Column("run"),
        Column("session", is_number=True),
        Column("cell"),
        Column("kind"),
        Column("total, s", is_number=True),
        Column("peak, GiB", is_number=True),
        Column("counts"),
    )
    labels = {cell.id: bench.label(cell) for cell in bench.plan.cells}
    rows = tuple(
        (
            Value(str(number), float(number)),
            Value(str(run.session), float(run.session)),
            Value(labels.get(run.cell, shown.name(run.cell))),
            Value(run.role),
            shown.seconds(run.figures.total_s if run.figures else None),
            shown.gib(run.figures.peak_bytes if run.figures else None),
            _counts(run),
        )
        for number, run in enumerate(bench.stored.runs, 1)
    )
    return Table(f"{bench.id}-runs", "All runs, in order", columns, rows, is_folded=True)


def _counts(run: RunEnded) -> Value:
    if run.reasons:
        return Value(
            "no", tone="warn", note="; ".join(shown.sentence(reason.text) for reason in run.reasons)
        )
    return Value(
        "yes" if run.role == "measured" else "apart" if run.role == "cold" else "no, a warm-up"
    )
