"""The passes in words: their settings in a table, what each runs, and the noise schedule of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.description import words
from wan22dsl.formats.description.layout import Items, Lines, Section, Table
from wan22dsl.graph.passes.handoffs import level, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.graph.analysis.model import Clip, HandOver, PassFacts, Patch, Schedule


#: With more steps than this there are no bars, and of the numbers only the first and the last.
_MOST_BARS, _MOST_NUMBERS, _ENDS = 60, 8, 3

_BARS = "▁▂▃▄▅▆▇█"


def noise_section(clip: Clip, whose: str) -> Section | None:
    """The noise of a clip; None where none is known."""
    by_id = {facts.id: facts for facts in clip.passes}
    known = [facts for facts in clip.passes if facts.sigmas and len(facts.sigmas) > 1]
    lines = [line for schedule in clip.schedules for line in handoffs(schedule, by_id)]
    if not known and not lines:
        return None
    parts: list[Table | Lines] = []
    if known:
        schedules = _by_schedule(known, clip)
        rows = tuple(_noise_row(facts, *schedules[facts.id]) for facts in known)
        parts.append(Table(("", "noise", "sigma before each step, and at the end"), rows))
    return Section(f"Noise{whose}", 2, (*parts, Lines(tuple(lines))))


def _by_schedule(known: list[PassFacts], clip: Clip) -> dict[str, tuple[list[PassFacts], int]]:
    """For each pass: all passes on its schedule, and how many steps they have together."""
    numbers: dict[str, int] = {}
    for number, schedule in enumerate(clip.schedules):
        for id in schedule.passes:
            numbers.setdefault(id, number)
    members: dict[int, list[PassFacts]] = {}
    for facts in known:
        members.setdefault(numbers[facts.id], []).append(facts)
    steps = {
        number: sum(len(facts.sigmas or ()) - 1 for facts in passes)
        for number, passes in members.items()
    }
    return {
        facts.id: (passes, steps[number]) for number, passes in members.items() for facts in passes
    }


def _noise_row(facts: PassFacts, together: list[PassFacts], steps: int) -> tuple[str, str, str]:
    """A bar for each step of a pass, and a dot for each step of the others on its schedule."""
    sigmas = facts.sigmas or ()
    bars = ""
    for each in together if steps <= _MOST_BARS else ():
        if each.id == facts.id:
            bars += "".join(_BARS[min(int(sigma * 8), 7)] for sigma in sigmas[:-1])
        else:
            bars += "·" * (len(each.sigmas or ()) - 1)
    return facts.name, bars or words.NONE, numbers(sigmas)


def numbers(sigmas: Sequence[float]) -> str:
    """The noise before each step, and behind the last."""
    shown = [level(sigma) for sigma in sigmas[:-1]]
    if len(shown) > _MOST_NUMBERS:
        shown = [*shown[:_ENDS], "…", *shown[-_ENDS:]]
    return f"{'  '.join(shown)} → {level(sigmas[-1])}"


def handoffs(schedule: Schedule, by_id: dict[str, PassFacts]) -> Iterator[str]:
    """Where the experts should change, where they do, and what each hand-off loses."""
    for each in schedule.hand_overs:
        before, after = by_id[each.before].name, by_id[each.after].name
        if each.boundary_step is not None and schedule.boundary is not None:
            yield _change(schedule.boundary, each, before, after)
        told = _noise(each, after)
        if told:
            yield f"{before} → {after}: {told}"


def _change(boundary: float, each: HandOver, before: str, after: str) -> str:
    expected = f"after step {each.boundary_step} of {each.of_steps}"
    head = f"The experts should change at sigma {level(boundary)}, which is {expected}"
    if each.end_step is None:
        return f"{head}; the sampler finds that step by itself."
    off = each.end_step - (each.boundary_step or 0)
    if off == 0:
        return f"{head}, and there they do."
    side = "later" if off > 0 else "earlier"
    count = words.counted(abs(off), "step")
    return f"{head}; {before} hands off to {after} after step {each.end_step}, {count} {side}."


def _noise(hand_over: HandOver, after: str) -> str:
    """How much noise one pass hands to the next, against what that one expects."""
    if hand_over.end_sigma is None or hand_over.start_sigma is None:
        return ""
    if hand_over.cause is None and hand_over.renewed:
        return f"{after} adds noise of its own."
    if hand_over.cause is None and hand_over.factor is not None:
        return "the noise is handed off exactly."
    if hand_over.factor is None:
        return ""
    return (
        f"it is handed off at sigma {level(hand_over.end_sigma)} where sigma "
        f"{level(hand_over.start_sigma)} is expected, so {after} starts with "
        f"{share(hand_over.factor)}."
    )


def passes_section(clip: Clip, whose: str) -> Section:
    """The passes of a clip. `whose` goes behind the title."""
    sizes = {words.size(facts) for facts in clip.passes}
    head = ["", "expert", "steps", "sampler", "cfg", "shift", "seed", "denoise", "size", "runs"]
    rows = [_row(facts) for facts in clip.passes]
    drop = set()
    if all(facts.denoise in (1.0, None) for facts in clip.passes):
        drop.add("denoise")
    if len(sizes) == 1:
        drop.add("size")
    if not any(facts.noise for facts in clip.passes):
        drop.add("expert")
    if all(facts.times == 1 for facts in clip.passes):
        drop.add("runs")
    kept = [at for at, name in enumerate(head) if name not in drop]
    table = Table(
        tuple(head[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows)
    )
    models = Items(tuple((facts.name, models_of(facts)) for facts in clip.passes))
    return Section(f"Passes{whose}", 2, (table, models))


def manner_of(clip: Clip) -> tuple[object, ...]:
    """How a clip is sampled, but for the seed and what it starts from; equal for clips sampled alike."""
    return clip.manner, *map(_alike, clip.passes)


def _alike(facts: PassFacts) -> tuple[object, ...]:
    patches = tuple(
        (each.class_name, tuple(sorted(each.settings.items()))) for each in facts.patches
    )
    return facts._replace(id="", seed=None, before=None, handoff=None, patches=()), patches


def _row(facts: PassFacts) -> tuple[str, ...]:
    sampler = facts.sampler or words.NONE
    return (
        facts.name,
        facts.noise or words.NONE,
        steps_of(facts),
        f"{sampler}/{facts.scheduler}" if facts.scheduler else sampler,
        words.number(facts.cfg),
        words.number(facts.shift) + (" (default)" if facts.shift_is_default else ""),
        words.NONE if facts.seed is None or facts.adds_noise is False else str(facts.seed),
        words.number(facts.denoise),
        words.size(facts) or words.NONE,
        "in a loop" if facts.times is None else words.counted(facts.times, "time"),
    )


def steps_of(facts: PassFacts) -> str:
    """The steps of a pass: `0..2 of 4`."""
    if facts.start_step is None or facts.end_step is None:
        return words.NONE if facts.of_steps is None else f"some of {facts.of_steps}"
    if facts.start_step == 0 and facts.end_step == facts.of_steps:
        return str(facts.of_steps)
    return f"{facts.start_step}..{facts.end_step} of {facts.of_steps}"


def models_of(facts: PassFacts) -> tuple[str, ...]:
    """The model file, and what is put on it."""
    lines = [facts.model or "an unknown model"]
    for lora in facts.loras:
        told = f" ({lora.distilled_steps}-step)" if lora.distilled_steps else ""
        lines.append(f"+ LoRA {lora.file} at {words.number(lora.strength)}{told}")
    lines += [f"+ {_patch(each)}" for each in facts.patches]
    return tuple(lines)


def _patch(patch: Patch) -> str:
    settings = ", ".join(f"{name} {_value(value)}" for name, value in patch.settings.items())
    return f"{patch.class_name} ({settings})" if settings else patch.class_name


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return words.number(value) if isinstance(value, (int, float)) else str(value)
