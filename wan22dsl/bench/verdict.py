"""A bench in sentences: what is fastest, what could not be measured, and what to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.bench.between_cells import parts_in_words
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wan22dsl.bench.between_cells import Comparison
    from wan22dsl.bench.cells import CellOutcome
    from wan22dsl.bench.models import Cell, Plan

    #: Compares a figure of two cells.
    Compare = Callable[[CellOutcome, CellOutcome, str], Comparison]

#: More or less memory than this is worth a word (as `comparison`).
_BYTES = 256 * 1024**2


class Recommendation(NamedTuple):
    """A cell that is worth using in place of another one. `text` is a sentence with its numbers."""

    text: str
    cell: Cell
    instead_of: Cell
    saved_s: float
    saved_percent: float
    more_bytes: float | None


def verdict(plan: Plan, cells: Sequence[CellOutcome], comparisons: Sequence[Comparison]) -> str:
    """The whole bench in one sentence."""
    measured = [own for own in cells if own.figures]
    if not measured:
        return "Nothing was measured."
    rest = _rest(cells, comparisons)
    decided = [each for each in comparisons if each.word in ("faster", "slower")]
    if len(cells) == 1:
        said = f"`{cells[0].cell.id}` takes {_seconds(measured[0])}"
    elif not any(each.baseline is not None for each in comparisons):
        said = f"Without a baseline nothing is compared: {_range(measured)}"
    elif not decided:
        said = _nothing_decided(comparisons, measured)
    else:
        return f"{_decided(decided)}{rest}."
    return f"{said}{_suffix(plan)}{rest}."


def _decided(decided: Sequence[Comparison]) -> str:
    """The fastest one, or, where nothing is faster, the slowest."""
    is_faster = any(each.word == "faster" for each in decided)
    shown = (min if is_faster else max)(
        (each for each in decided if not is_faster or each.word == "faster"),
        key=lambda each: each.ratio or 0.0,
    )
    said = in_words(shown)
    others = [
        f"{count} {'is' if count == 1 else 'are'} {word}"
        for word in ("faster", "slower")
        if (count := sum(each.word == word for each in decided if each is not shown))
    ]
    more = f"; of the others {' and '.join(others)}" if others else ""
    return f"{said}{more}"


def in_words(comparison: Comparison) -> str:
    """A comparison of `total_s` that has a word with numbers, as a clause."""
    assert comparison.baseline is not None and comparison.percent is not None
    more = [*(["simulated"] if comparison.simulated else []), parts_in_words(comparison)]
    within = "; ".join(filter(None, more))
    return (
        f"`{comparison.cell.id}` is {abs(comparison.percent):.1f} % {comparison.word} than "
        f"`{comparison.baseline.id}`, {comparison.value:.1f} instead of {comparison.baseline_value:.1f} s"
        f"{f' ({within})' if within else ''}"
    )


def _nothing_decided(comparisons: Sequence[Comparison], measured: Sequence[CellOutcome]) -> str:
    words = {each.word for each in comparisons}
    if words == {"no baseline"}:
        return f"The baseline was not measured, so nothing is compared: {_range(measured)}"
    if "same" not in words:
        return "No difference could be decided"
    same = [each for each in comparisons if each.word == "same"]
    smallest = max(each.smallest_percent or 0.0 for each in same)
    names = {each.baseline.id for each in same if each.baseline is not None}
    base = f"`{names.pop()}`" if len(names) == 1 else "its baseline"
    subject = f"`{same[0].cell.id}`" if len(same) == 1 else f"{len(same)} cells"
    verb = "takes" if len(same) == 1 else "take"
    values = sorted(each.value for each in same if each.value is not None)
    took = f"{values[0]:.1f}" + (f" to {values[-1]:.1f}" if len(values) > 1 else "")
    return (
        f"{subject} {verb} as long as {base}, {took} s, as far as can be seen: differences below "
        f"{smallest:.0f} % cannot"
    )


def _rest(cells: Sequence[CellOutcome], comparisons: Sequence[Comparison]) -> str:
    """What else there is: unclear cells, and those without numbers."""
    unclear = sum(each.word == "unclear" for each in comparisons)
    without = sum(not own.figures for own in cells)
    said = [f"{unclear} {'is' if unclear == 1 else 'are'} unclear"] if unclear else []
    said += [f"{without} of {len(cells)} cells could not be measured"] if without else []
    return f"; {', '.join(said)}" if said else ""


def not_measured(cells: Sequence[CellOutcome], *, is_spent: bool = False) -> Iterator[str]:
    """A sentence or two for cells without numbers, and for those that have only some of them.

    Each reason is said once, with its cells. `is_spent`: the bench ended as its time was spent.
    """
    found: dict[tuple[bool, str], list[str]] = {}
    for own in cells:
        if own.state == "measured":
            continue
        why = " ".join(reason.text for reason in own.reasons[:2])
        if not why and is_spent:
            why = "The budget was spent before: go on with `--resume`."
        if not why:
            why = "Some runs are missing: resume the bench with `--resume`."
        found.setdefault((own.state == "partly", why), []).append(own.cell.id)
    for (in_part, why), ids in found.items():
        verb = "was" if len(ids) == 1 else "were"
        how = "measured in part" if in_part else "not measured"
        yield f"{', '.join(f'`{id}`' for id in ids)} {verb} {how}. {why}"


def recommendations(
    plan: Plan,
    cells: Mapping[str, CellOutcome],
    comparisons: Sequence[Comparison],
    compare: Compare,
) -> Iterator[Recommendation]:
    """For each place, what is faster than its baseline for certain, and makes the same video."""
    places = dict.fromkeys(each.cell.place for each in comparisons)
    for place in places:
        faster = [
            each
            for each in comparisons
            if each.cell.place == place and each.word == "faster" and _is_same_work(each)
        ]
        if not faster:
            continue
        best = min(faster, key=lambda each: each.ratio or 1.0)
        assert best.baseline is not None
        own, base = cells[best.cell.id], cells[best.baseline.id]
        text = f"{_use(plan, best)}{_memory(own, base)}.{_looks(best)}"
        text += _lighter(plan, own, [cells[each.cell.id] for each in faster], compare)
        yield Recommendation(
            text,
            best.cell,
            best.baseline,
            -(best.difference or 0.0),
            -(best.percent or 0.0),
            _more_bytes(own, base),
        )


def _is_same_work(comparison: Comparison) -> bool:
    base = comparison.baseline
    return base is not None and comparison.cell.workload == base.workload


def _use(plan: Plan, best: Comparison) -> str:
    assert best.baseline is not None
    place = "" if len({cell.place for cell in plan.cells}) == 1 else f" on {best.cell.place}"
    return (
        f"Use `{best.cell.id}` instead of `{best.baseline.id}`{place}: {best.value:.1f} instead of "
        f"{best.baseline_value:.1f} s, {abs(best.percent or 0.0):.1f} % faster{_suffix(plan)}"
    )


def _memory(own: CellOutcome, base: CellOutcome) -> str:
    """The memory next to the time: a gain may be paid with it."""
    more = _more_bytes(own, base)
    if more is None:
        return "; its peak memory is not known"
    peak = own.figures["peak_bytes"].value / 1024**3
    if abs(more) < _BYTES:
        return f", with the same peak memory of {peak:.1f} GiB"
    how = "more" if more > 0 else "less"
    return f", with {abs(more) / 1024**3:.1f} GiB {how} memory (peak {peak:.1f} GiB)"


def _more_bytes(own: CellOutcome, base: CellOutcome) -> float | None:
    left, right = own.figures.get("peak_bytes"), base.figures.get("peak_bytes")
    return left.value - right.value if left is not None and right is not None else None


def _looks(best: Comparison) -> str:
    """The video of another prompt is another one."""
    base = best.baseline
    if base is None or (best.cell.recipe is not None and best.cell.recipe == base.recipe):
        return ""
    return " The video changes with it: compare both first."


def _lighter(plan: Plan, best: CellOutcome, faster: Sequence[CellOutcome], compare: Compare) -> str:
    """A cell that is as fast, as far as can be seen, and needs much less memory."""
    found = [
        (more, own)
        for own in faster
        if (more := _more_bytes(own, best)) is not None
        and more < -_BYTES
        and compare(own, best, "total_s").word == "same"
    ]
    if not found:
        return ""
    more, own = min(found, key=lambda item: item[0])
    return (
        f" `{own.cell.id}` is as fast, as far as can be seen, and needs {-more / 1024**3:.1f} GiB "
        f"less{_suffix(plan)}."
    )


def _seconds(own: CellOutcome) -> str:
    return f"{own.figures['total_s'].value:.1f} s"


def _range(measured: Sequence[CellOutcome]) -> str:
    values = sorted(own.figures["total_s"].value for own in measured)
    if len(values) == 1:
        return f"`{measured[0].cell.id}` takes {values[0]:.1f} s"
    return f"the cells take {values[0]:.1f} to {values[-1]:.1f} s"


def _suffix(plan: Plan) -> str:
    """Behind every number of a simulated bench."""
    return " (simulated)" if plan.simulated else ""
