"""The frames in words: from the pass that made them to what is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.description import words
from wan22dsl.formats.description.layout import Items, Section

if TYPE_CHECKING:
    from wan22dsl.graph.analysis.model import Analysis, Output, Step

#: Nodes that change nothing about frames that is worth a word.
_SILENT = ("VAEDecode", "CreateVideo", "GetVideoComponents", "Reroute", "ImagePass")


def frames_section(one: Analysis) -> Section:
    """What is saved or shown, each with the way of its frames."""
    passes = words.pass_names(one)
    rows = tuple((each.file or each.node, _way(each, passes)) for each in one.outputs)
    return Section("Frames, and what is saved", 2, (Items(rows),))


def _way(one: Output, passes: dict[str, str]) -> tuple[str, ...]:
    """What there is at first, each change, and how it ends."""
    start = passes.get(one.from_pass or "", one.from_file or "frames")
    parts: list[str] = []
    before: Step | None = None
    for step in one.steps:
        if before is None:
            parts.append(f"{start}: {_state(step)}".rstrip(": "))
        elif not step.class_name.startswith(_SILENT) or _changed(before, step):
            parts.append(_change(before, step))
        before = step
    return words.arrows(parts), _saved(one)


def _state(one: Step) -> str:
    return ", ".join(
        part for part in (words.size(one), words.clip_of_frames(one.frames, one.fps)) if part
    )


def _change(before: Step, one: Step) -> str:
    name = f"{one.name} ×{one.times}" if one.times is not None else one.name
    told = []
    if words.size(one) != words.size(before):
        told.append(words.size(one) or "size not known")
    if (one.frames, one.fps) != (before.frames, before.fps):
        told.append(words.clip_of_frames(one.frames, one.fps) or "frames not known")
    if before.fps is not None and one.fps is None:
        told.append("at a rate that is not known")
    return f"{name}: {', '.join(told)}" if told else name


def _changed(before: Step, one: Step) -> bool:
    return (before.frames, before.fps, words.size(before)) != (one.frames, one.fps, words.size(one))


def _saved(one: Output) -> str:
    """The class that saves it, the format, and how long it plays."""
    told = [words.size(one), words.clip_of_frames(one.frames, one.fps)]
    if one.duration_s is not None and one.frames != 1:
        told.append(f"{one.duration_s:.2f} s")
    known = ", ".join(part for part in told if part)
    as_what = f" as {one.format}" if one.format and one.format != "auto" else ""
    return f"{one.class_name}{as_what}: {known}" if known else f"{one.class_name}{as_what}"
