"""The noise schedules in words: what each step starts from, where the experts change, and how passes meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.description import words
from wan22dsl.formats.description.layout import Lines, Section, Table
from wan22dsl.graph.handoffs import level, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.graph.analysis.model import Clip, HandOver, PassFacts, Schedule

#: With more steps than this there are no bars, and of the numbers only the first and the last.
_MOST_BARS, _MOST_NUMBERS, _ENDS = 60, 8, 3

_BARS = "▁▂▃▄▅▆▇█"


def noise_section(clip: Clip, whose: str) -> Section | None:
    """The noise of a clip; None where none is known."""
    by_id = {one.id: one for one in clip.passes}
    known = [one for one in clip.passes if one.sigmas and len(one.sigmas) > 1]
    lines = [line for one in clip.schedules for line in _told(one, by_id)]
    if not known and not lines:
        return None
    parts: list[Table | Lines] = []
    if known:
        rows = tuple(_row(one, known, clip) for one in known)
        parts.append(Table(("", "noise", "sigma before each step, and at the end"), rows))
    return Section(f"Noise{whose}", 2, (*parts, Lines(tuple(lines))))


def _row(one: PassFacts, known: list[PassFacts], clip: Clip) -> tuple[str, str, str]:
    """A bar for each step of a pass, and a dot for each step of the others on its schedule."""
    sigmas = one.sigmas or ()
    shared = next(each.passes for each in clip.schedules if one.id in each.passes)
    bars = ""
    for each in known:
        if each.id == one.id:
            bars += "".join(_BARS[min(int(sigma * 8), 7)] for sigma in sigmas[:-1])
        elif each.id in shared:
            bars += "·" * (len(each.sigmas or ()) - 1)
    return one.name, bars if len(bars) <= _MOST_BARS else words.NONE, _numbers(sigmas)


def _numbers(sigmas: Sequence[float]) -> str:
    shown = [level(one) for one in sigmas[:-1]]
    if len(shown) > _MOST_NUMBERS:
        shown = [*shown[:_ENDS], "…", *shown[-_ENDS:]]
    return f"{'  '.join(shown)} → {level(sigmas[-1])}"


def _told(one: Schedule, by_id: dict[str, PassFacts]) -> Iterator[str]:
    """Where the experts should change, where they do, and what each hand-over loses."""
    for each in one.hand_overs:
        before, after = by_id[each.before].name, by_id[each.after].name
        if each.boundary_step is not None and one.boundary is not None:
            yield _change(one, each, before, after)
        told = _noise(each, after)
        if told:
            yield f"{before} → {after}: {told}"


def _change(one: Schedule, each: HandOver, before: str, after: str) -> str:
    expected = f"after step {each.boundary_step} of {one.steps}"
    head = f"The experts should change at sigma {level(one.boundary or 0)}, which is {expected}"
    if each.end_step is None:
        return f"{head}; the sampler finds that out by itself."
    off = each.end_step - (each.boundary_step or 0)
    if off == 0:
        return f"{head}, and there they do."
    side = "later" if off > 0 else "earlier"
    count = words.counted(abs(off), "step")
    return f"{head}; {before} hands over to {after} after step {each.end_step}, {count} {side}."


def _noise(one: HandOver, after: str) -> str:
    """How much noise one pass hands to the next, against what that one expects."""
    if one.end_sigma is None or one.start_sigma is None:
        return ""
    if one.cause is None and one.factor is not None:
        return "the noise is handed over exactly."
    if one.factor is None:
        return ""
    return (
        f"it is handed over at sigma {level(one.end_sigma)} where sigma {level(one.start_sigma)} is "
        f"expected, so {after} starts with {share(one.factor)}."
    )
