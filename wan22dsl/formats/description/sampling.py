"""The passes in words: their settings in a table, and below what each one runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.description import words
from wan22dsl.formats.description.layout import Items, Section, Table

if TYPE_CHECKING:
    from wan22dsl.graph.analysis.model import Clip, PassFacts, Patch


def passes_section(clip: Clip, whose: str) -> Section:
    """The passes of a clip. `whose` goes behind the title."""
    sizes = {words.size(one) for one in clip.passes}
    head = ["", "expert", "steps", "sampler", "cfg", "shift", "seed", "denoise", "size"]
    rows = [_row(one) for one in clip.passes]
    drop = set()
    if all(one.denoise in (1.0, None) for one in clip.passes):
        drop.add("denoise")
    if len(sizes) == 1:
        drop.add("size")
    if not any(one.noise for one in clip.passes):
        drop.add("expert")
    kept = [at for at, name in enumerate(head) if name not in drop]
    table = Table(
        tuple(head[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows)
    )
    models = Items(tuple((one.name, _models(one)) for one in clip.passes))
    return Section(f"Passes{whose}", 2, (table, models))


def same_passes(one: Clip, other: Clip) -> bool:
    """Whether two clips are sampled alike, but for the seed and what they start from."""
    if one.manner != other.manner or len(one.passes) != len(other.passes):
        return False
    return [_alike(each) for each in one.passes] == [_alike(each) for each in other.passes]


def _alike(one: PassFacts) -> PassFacts:
    patches = tuple(each._replace(node="") for each in one.patches)
    return one._replace(id="", seed=None, before=None, handoff=None, patches=patches)


def _row(one: PassFacts) -> tuple[str, ...]:
    sampler = one.sampler or words.NONE
    return (
        one.name,
        one.noise or words.NONE,
        _steps(one),
        f"{sampler}/{one.scheduler}" if one.scheduler else sampler,
        words.number(one.cfg),
        words.number(one.shift) + (" (default)" if one.shift_is_default else ""),
        words.NONE if one.seed is None or one.adds_noise is False else str(one.seed),
        words.number(one.denoise),
        words.size(one) or words.NONE,
    )


def _steps(one: PassFacts) -> str:
    if one.start_step is None or one.end_step is None:
        return words.NONE if one.of_steps is None else f"some of {one.of_steps}"
    if one.start_step == 0 and one.end_step == one.of_steps:
        return str(one.of_steps)
    return f"{one.start_step}..{one.end_step} of {one.of_steps}"


def _models(one: PassFacts) -> tuple[str, ...]:
    """The model file, and what is put on it."""
    lines = [one.model or "a model that is not known here"]
    for lora in one.loras:
        told = f" ({lora.distilled_steps}-step)" if lora.distilled_steps else ""
        lines.append(f"+ LoRA {lora.file} at {words.number(lora.strength)}{told}")
    lines += [f"+ {_patch(each)}" for each in one.patches]
    return tuple(lines)


def _patch(one: Patch) -> str:
    settings = ", ".join(f"{name} {_value(value)}" for name, value in one.settings.items())
    return f"{one.class_name} ({settings})" if settings else one.class_name


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return words.number(value) if isinstance(value, (int, float)) else str(value)
