"""An analysis in words, in sections, with the way of the frames; text and Markdown lay them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.formats.description import words
from wan22dsl.formats.description.cost import cost_section
from wan22dsl.formats.description.layout import Items, Lines, Section
from wan22dsl.formats.description.passes import manner_of, noise_section, passes_section
from wan22dsl.graph.analysis.starts import moves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.formats.description import Bench, Description, Finding
    from wan22dsl.graph.analysis.model import (
        Analysis,
        Clip,
        Deviation,
        Input,
        LeftOut,
        LoopFacts,
        Output,
        Step,
    )


def frames_section(analysis: Analysis) -> Section:
    """What is saved or shown, each with the way of its frames."""
    passes = words.pass_names(analysis)
    rows = tuple((each.file or each.node, _way(each, passes)) for each in analysis.outputs)
    return Section("Frames and outputs", 2, (Items(rows),))


def _way(output: Output, passes: dict[str, str]) -> tuple[str, ...]:
    """What there is at first, each change, and how it ends."""
    start = passes.get(output.from_pass or "", output.from_file or "frames")
    parts: list[str] = []
    before: Step | None = None
    for at, step in enumerate(output.steps):
        if output.steps_left_out and at == len(output.steps) // 2:
            parts.append(words.counted(output.steps_left_out, "more step"))
        if before is None:
            parts.append(f"{start}: {_state(step)}".rstrip(": "))
        elif not _is_silent(step) or _changed(before, step):
            parts.append(_change(before, step))
        before = step
    return words.arrows(parts), _saved(output)


def _is_silent(step: Step) -> bool:
    """Whether a node changes nothing about frames that is worth a word."""
    record = record_of(step.class_name)
    return record.role in {"decode", "pass_on"} or record.work in {"make_video", "take_apart"}


def _state(step: Step) -> str:
    return ", ".join(
        part for part in (words.size(step), words.clip_of_frames(step.frames, step.fps)) if part
    )


def _change(before: Step, step: Step) -> str:
    name = f"{step.name} ×{step.times}" if step.times is not None else step.name
    told = []
    if words.size(step) != words.size(before):
        told.append(words.size(step) or "size unknown")
    if (step.frames, step.fps) != (before.frames, before.fps):
        told.append(words.clip_of_frames(step.frames, step.fps) or "frames unknown")
    if before.fps is not None and step.fps is None:
        told.append("at an unknown rate")
    return f"{name}: {', '.join(told)}" if told else name


def _changed(before: Step, step: Step) -> bool:
    return (before.frames, before.fps, words.size(before)) != (
        step.frames,
        step.fps,
        words.size(step),
    )


def _saved(output: Output) -> str:
    """The class that saves it, the format, and how long it plays."""
    told = [words.size(output), words.clip_of_frames(output.frames, output.fps)]
    if output.duration_s is not None and output.frames != 1:
        told.append(f"{output.duration_s:.2f} s")
    known = ", ".join(part for part in told if part)
    as_what = f" as {output.format}" if output.format and output.format != "auto" else ""
    return f"{output.class_name}{as_what}: {known}" if known else f"{output.class_name}{as_what}"


#: So many nodes that do not run are named.
_NAMED = 6

#: Inputs that say nothing new: the same picture is there as another input.
_ALSO = frozenset({"clip_vision_output"})

#: Inputs for any frames: a picture or a video.
_FRAMES = frozenset({"image", "pixels"})


def sections(description: Description) -> Iterator[Section]:
    """All sections of a description, in the order in which they are read."""
    for analysis in description.pipelines:
        yield from _pipeline(analysis)
    for bench in description.benches:
        yield _bench(bench)
    yield from _findings(description)


#: So many cells of a bench are listed.
_CELLS = 12


def _bench(bench: Bench) -> Section:
    """What a bench compares: each cell with its baseline."""
    rows = tuple(
        (cell.name, ("the baseline" if cell.baseline == cell.name else f"with {cell.baseline}",))
        for cell in bench.cells[:_CELLS]
    )
    more = len(bench.cells) - _CELLS
    parts: list[Items | Lines] = [Items(rows)]
    if more > 0:
        parts.append(Lines((f"and {words.counted(more, 'more cell')}",)))
    cells = words.counted(len(bench.cells), "cell")
    runs = "" if bench.repeat is None else f", {words.counted(bench.repeat, 'measured run')} each"
    return Section(f"Bench {bench.name}: {cells} of {bench.pipeline}{runs}", 1, tuple(parts))


def _pipeline(analysis: Analysis) -> Iterator[Section]:
    passes = words.pass_names(analysis)
    if len(analysis.clips) == 1:
        yield _clip(f"{analysis.name}: {_headline(analysis.clips[0])}", passes, analysis.clips[0])
        yield from _sampling(analysis.clips[0], "")
    else:
        yield Section(f"{analysis.name}: {_several_clips(analysis)}", 1, ())
        firsts: dict[tuple[object, ...], str] = {}
        for number, clip in enumerate(analysis.clips):
            name = words.clip_name(clip, number)
            manner = manner_of(clip)
            same = firsts.get(manner)
            yield _clip(f"{name}: {_headline(clip)}", passes, clip, level=2, same=same)
            if same is None:
                firsts[manner] = name
                yield from _sampling(clip, f" of {name}")
    if analysis.loops:
        yield Section("Loops", 2, (Items(tuple(map(_loop, analysis.loops))),))
    if analysis.outputs:
        yield frames_section(analysis)
    if analysis.clips:
        yield cost_section(analysis)
    yield from _unusual(analysis)


def _sampling(clip: Clip, whose: str) -> Iterator[Section]:
    yield passes_section(clip, whose)
    noise = noise_section(clip, whose)
    if noise is not None:
        yield noise


def _loop(loop: LoopFacts) -> tuple[str, tuple[str, ...]]:
    """A loop by its start: what runs in it, and how often."""
    nodes = words.counted(loop.nodes, "node")
    verb = "runs" if loop.nodes == 1 else "run"
    often = (
        "an unknown number of times" if loop.times is None else words.counted(loop.times, "time")
    )
    return loop.start, (f"{nodes} up to {loop.end} {verb} {often}",)


def _several_clips(analysis: Analysis) -> str:
    if not analysis.clips:
        names = analysis.unknown_samplers
        return (
            f"sampling by {words.several(names)}, whose passes are not known"
            if names
            else "no sampling"
        )
    return f"{words.counted(len(analysis.clips), 'clip')}, sampled one after the other"


def _headline(clip: Clip) -> str:
    return f"{words.kind(clip)} with {words.family(clip)}"


def _clip(
    title: str, names: dict[str, str], clip: Clip, level: int = 1, same: str | None = None
) -> Section:
    told = _manner(clip) if same is None else f"The same passes as {same}."
    rows = []
    inputs = tuple(_input(each, names) for each in clip.inputs if each.role not in _ALSO)
    if inputs:
        rows.append(("from", inputs))
    if clip.prompt is not None:
        rows.append(("prompt", (words.quoted(clip.prompt),)))
    if clip.negative:
        rows.append(("negative", (_negative(clip),)))
    return Section(title, level, (Lines((told,)), Items(tuple(rows))))


def _input(input_: Input, names: dict[str, str]) -> str:
    what = input_.role.replace("_", " ")
    if what in _FRAMES and moves(input_):
        what = "video"
    if input_.file is not None:
        return f"{input_.file} ({what})"
    if input_.from_pass is not None:
        return f"the result of {names.get(input_.from_pass, input_.from_pass)} ({what})"
    return what


def _negative(clip: Clip) -> str:
    cfgs = {facts.cfg for facts in clip.passes}
    if cfgs == {1.0}:
        return "not used: at cfg 1 no pass reads it"
    return words.quoted(clip.negative, 60)


def _manner(clip: Clip) -> str:
    """How the passes go together, in a sentence."""
    name = {facts.id: facts.name for facts in clip.passes}
    flow = [words.arrows([name[id] for id in schedule.passes]) for schedule in clip.schedules]
    steps = [
        words.counted(schedule.steps, "step") if schedule.steps else "steps not known"
        for schedule in clip.schedules
    ]
    if clip.manner == "single":
        return f"One pass of {_own_steps(clip)}, {flow[0]}."
    if clip.manner == "split":
        count = words.counted(len(clip.passes), "pass")
        totals = {facts.of_steps for facts in clip.passes}
        total = totals.pop() if len(totals) == 1 else None
        if not clip.schedules[0].steps and total is not None:
            many = words.counted(total, "step")
            known = all(facts.sigmas for facts in clip.passes)
            differ = ", on noise schedules that differ" if known else ""
            return f"Split: {count} over {many}{differ}, {flow[0]}."
        if not clip.schedules[0].steps:
            return f"{count.capitalize()} work on one latent, {flow[0]}."
        return f"Split: {count} share one noise schedule of {steps[0]}, {flow[0]}."
    if clip.manner == "refine":
        listed = " → ".join(f"{item} ({many})" for item, many in zip(flow, steps))
        return f"Refine: each pass runs its own schedule, {listed}.{_handed(clip)}"
    first = f"Split, {flow[0]} ({steps[0]})"
    rest = words.several(f"{item} ({many})" for item, many in zip(flow[1:], steps[1:]))
    return f"{first}, then refined by {rest}.{_handed(clip)}"


def _own_steps(clip: Clip) -> str:
    facts = clip.passes[0]
    return words.counted(facts.steps, "step") if facts.steps is not None else "unknown steps"


def _handed(clip: Clip) -> str:
    """How a schedule gets what the one before it made."""
    first = {schedule.passes[0] for schedule in clip.schedules[1:]}
    ways = {facts.handoff for facts in clip.passes if facts.id in first}
    if ways == {"latent"}:
        return " The latent is handed off, with new noise."
    if ways == {"frames"}:
        return " The frames are handed off, as the picture of the next pass."
    return " The frames are handed off, encoded again." if ways == {"encoded"} else ""


def _unusual(analysis: Analysis) -> Iterator[Section]:
    if analysis.deviations:
        lines = tuple(_deviation(analysis, each) for each in analysis.deviations)
        yield Section("Differs from the usual recipe", 2, (Lines(lines),))
    if analysis.left_out:
        yield Section("Muted or bypassed", 2, (Lines((_left_out(analysis.left_out),)),))


def _is_sampler(class_name: str) -> bool:
    """Whether a class samples, or is called as those that do."""
    return record_of(class_name).role == "sampler" or written.SAMPLER in class_name


def _left_out(nodes: tuple[LeftOut, ...]) -> str:
    """The nodes that do not run, samplers first, those of one name together."""
    counts: dict[str, int] = {}
    for each in sorted(nodes, key=lambda each: not _is_sampler(each.class_name)):
        counts[each.name] = counts.get(each.name, 0) + 1
    named = list(counts.items())[:_NAMED]
    listed = ", ".join(f"{many} {name}" if many > 1 else name for name, many in named)
    more = len(nodes) - sum(many for _, many in named)
    verb = "does" if len(nodes) == 1 else "do"
    rest = f" and {more} more" if more else ""
    return f"{words.counted(len(nodes), 'node')} {verb} not run: {listed}{rest}."


def _deviation(analysis: Analysis, each: Deviation) -> str:
    passes = {own.id: own.name for clip in analysis.clips for own in clip.passes}
    names = dict.fromkeys(passes[id] for id in each.passes)
    usual = words.several((_value(value) for value in each.usual), "or")
    return f"{words.several(names)}: {each.setting} {_value(each.value)}; the recipe has {usual}."


def _value(value: object) -> str:
    return words.number(value) if isinstance(value, (int, float)) else str(value)


def _findings(description: Description) -> Iterator[Section]:
    title = "Linter findings"
    if not description.findings:
        yield Section(title, 2, (Lines(("None: no error, no warning, no note.",)),))
        return
    rows = tuple((each.code, (_finding(each),)) for each in description.findings)
    more = "`wan explain CODE` shows why it matters and what to do."
    yield Section(title, 2, (Items(rows), Lines((more,))))


def _finding(finding: Finding) -> str:
    place = "" if finding.line is None else f" (line {finding.line})"
    return f"{finding.severity}: {finding.message}{place}"
