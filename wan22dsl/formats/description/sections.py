"""An analysis in words, in sections; text and Markdown lay them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.description import words
from wan22dsl.formats.description.cost import cost_section
from wan22dsl.formats.description.frames import frames_section
from wan22dsl.formats.description.layout import Items, Lines, Section
from wan22dsl.formats.description.noise import noise_section
from wan22dsl.formats.description.sampling import passes_section, same_passes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.formats.description import Description, Finding
    from wan22dsl.graph.analysis.model import Analysis, Clip, Deviation, Input, LeftOut

#: So many nodes that do not run are named.
_NAMED = 6

#: Inputs that say nothing new: the same picture is there as another input.
_ALSO = frozenset({"clip_vision_output"})


def sections(one: Description) -> Iterator[Section]:
    """All sections of a description, in the order in which they are read."""
    for analysis in one.pipelines:
        yield from _pipeline(analysis)
    yield from _findings(one)


def _pipeline(one: Analysis) -> Iterator[Section]:
    if len(one.clips) == 1:
        yield _clip(f"{one.name}: {_headline(one.clips[0])}", one, one.clips[0])
        yield from _sampling(one.clips[0], "")
    else:
        yield Section(f"{one.name}: {_several_clips(one)}", 1, ())
        for number, clip in enumerate(one.clips):
            before = next((each for each in one.clips[:number] if same_passes(each, clip)), None)
            name = words.clip_name(one, clip)
            same = None if before is None else words.clip_name(one, before)
            yield _clip(f"{name}: {_headline(clip)}", one, clip, level=2, same=same)
            if before is None:
                yield from _sampling(clip, f" of {name}")
    if one.outputs:
        yield frames_section(one)
    if one.clips:
        yield cost_section(one)
    yield from _unusual(one)


def _sampling(clip: Clip, whose: str) -> Iterator[Section]:
    yield passes_section(clip, whose)
    noise = noise_section(clip, whose)
    if noise is not None:
        yield noise


def _several_clips(one: Analysis) -> str:
    if not one.clips:
        return "no sampling"
    return f"{words.counted(len(one.clips), 'clip')} that are sampled one after the other"


def _headline(clip: Clip) -> str:
    return f"{words.KINDS[clip.kind]} with {words.family(clip)}"


def _clip(
    title: str, one: Analysis, clip: Clip, level: int = 1, same: str | None = None
) -> Section:
    told = _manner(clip) if same is None else f"The same passes as {same}."
    names = words.pass_names(one)
    rows = []
    inputs = tuple(_input(each, names) for each in clip.inputs if each.role not in _ALSO)
    if inputs:
        rows.append(("from", inputs))
    if clip.prompt is not None:
        rows.append(("prompt", (words.quoted(clip.prompt),)))
    if clip.negative:
        rows.append(("negative", (_negative(clip),)))
    return Section(title, level, (Lines((told,)), Items(tuple(rows))))


def _input(one: Input, names: dict[str, str]) -> str:
    what = one.role.replace("_", " ")
    if one.file is not None:
        return f"{one.file} ({what})"
    if one.from_pass is not None:
        return f"what {names.get(one.from_pass, one.from_pass)} has made ({what})"
    return what


def _negative(clip: Clip) -> str:
    cfgs = {one.cfg for one in clip.passes}
    if cfgs == {1.0}:
        return "not used: at cfg 1 no pass looks at it"
    return words.quoted(clip.negative, 60)


def _manner(clip: Clip) -> str:
    """How the passes go together, in a sentence."""
    name = {one.id: one.name for one in clip.passes}
    flow = [words.arrows([name[id] for id in one.passes]) for one in clip.schedules]
    steps = [words.counted(one.steps, "step") if one.steps else "steps" for one in clip.schedules]
    if clip.manner == "single":
        return f"One pass of {_own_steps(clip)}, {flow[0]}."
    if clip.manner == "split":
        count = words.counted(len(clip.passes), "pass")
        return f"Split: {count} share one noise schedule of {steps[0]}, {flow[0]}."
    if clip.manner == "refine":
        listed = " → ".join(f"{one} ({many})" for one, many in zip(flow, steps))
        return f"Refine: each pass runs a schedule of its own, {listed}.{_handed(clip)}"
    first = f"Split, {flow[0]} ({steps[0]})"
    rest = words.several(f"{one} ({many})" for one, many in zip(flow[1:], steps[1:]))
    return f"{first}, then refined by {rest}.{_handed(clip)}"


def _own_steps(clip: Clip) -> str:
    one = clip.passes[0]
    return words.counted(one.steps, "step") if one.steps is not None else "unknown steps"


def _handed(clip: Clip) -> str:
    """How a schedule gets what the one before it made."""
    first = {one.passes[0] for one in clip.schedules[1:]}
    ways = {one.handoff for one in clip.passes if one.id in first}
    if ways == {"latent"}:
        return " The latent is handed on, and new noise is put on it."
    if ways == {"frames"}:
        return " The frames are handed on, as the picture of the next."
    return " The frames are handed on, encoded again." if ways == {"encoded"} else ""


def _unusual(one: Analysis) -> Iterator[Section]:
    if one.deviations:
        lines = tuple(_deviation(one, each) for each in one.deviations)
        yield Section("Differs from the usual recipe", 2, (Lines(lines),))
    if one.left_out:
        yield Section("Muted or bypassed", 2, (Lines((_left_out(one.left_out),)),))


def _left_out(nodes: tuple[LeftOut, ...]) -> str:
    """The nodes that do not run, samplers first, those of one name together."""
    counts: dict[str, int] = {}
    for each in sorted(nodes, key=lambda each: "KSampler" not in each.class_name):
        counts[each.name] = counts.get(each.name, 0) + 1
    named = list(counts.items())[:_NAMED]
    listed = ", ".join(f"{many} {name}" if many > 1 else name for name, many in named)
    more = len(nodes) - sum(many for _, many in named)
    verb = "does" if len(nodes) == 1 else "do"
    rest = f" and {more} more" if more else ""
    return f"{words.counted(len(nodes), 'node')} {verb} not run: {listed}{rest}."


def _deviation(one: Analysis, each: Deviation) -> str:
    passes = {own.id: own.name for clip in one.clips for own in clip.passes}
    names = dict.fromkeys(passes[id] for id in each.passes)
    usual = words.several((_value(value) for value in each.usual), "or")
    return f"{words.several(names)}: {each.setting} {_value(each.value)}; the recipe has {usual}."


def _value(value: object) -> str:
    return words.number(value) if isinstance(value, (int, float)) else str(value)


def _findings(one: Description) -> Iterator[Section]:
    title = "What the linter says"
    if not one.findings:
        yield Section(title, 2, (Lines(("Nothing: no error, no warning, no note.",)),))
        return
    rows = tuple((each.code, (_finding(each),)) for each in one.findings)
    more = "`wan explain CODE` tells why it matters and what to do."
    yield Section(title, 2, (Items(rows), Lines((more,))))


def _finding(one: Finding) -> str:
    place = "" if one.line is None else f" (line {one.line})"
    return f"{one.severity}: {one.message}{place}"
