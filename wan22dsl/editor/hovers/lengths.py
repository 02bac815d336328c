"""Numbers with units: the frames that a length comes to, the shape of a size, the time of frames."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any

from wan22dsl.editor import uses
from wan22dsl.editor.hovers.markdown import code, items, paragraphs
from wan22dsl.formats.description import words
from wan22dsl.language.program.values import Constant, frames_of, read_number
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.editor.uses import Given
    from wan22dsl.editor.view import View

#: The areas that Wan 2.2 14B is published for, in pixels.
_AREAS = ((832, 480), (1280, 720))


class Length(NamedTuple):
    """What a length comes to in a pipeline: the frames asked for, those that are made, and their rate."""

    pipeline: str
    asked: int
    made: int | None
    fps: float | None


def told(view: View, number: Any, given: Iterable[Given]) -> str:
    """A number of a text, with what it comes to where it is used."""
    constant = read_number(number.text)
    if constant is None:
        return ""
    if constant.type in ("seconds", "frames"):
        return _length(view, constant, given)
    if constant.type == "size":
        return _size(view, constant, given)
    return {"fps": _rate, "bytes": _bytes}.get(constant.type, _nothing)(constant)


def _nothing(constant: Constant) -> str:
    return ""


def _rate(constant: Constant) -> str:
    return f"**{code(str(constant))}**: {constant.data:g} frames per second"


def _bytes(constant: Constant) -> str:
    return f"**{code(str(constant))}**: {constant.data:,} bytes"


def lengths(view: View, given: Iterable[Given]) -> Iterator[Length]:
    """The lengths that inputs of nodes give, each pipeline once."""
    seen = set()
    for each in given:
        asked = each.node.inputs.get(each.input)
        if each.input not in _LENGTHS or type(asked) is not int or each.pipeline in seen:
            continue
        made, fps = None, None
        for slot in range(_slots(each)):
            facts = uses.facts_at(view, each.pipeline, each.node, slot)
            made, fps = facts.frames or made, facts.fps or fps
        seen.add(each.pipeline)
        yield Length(each.pipeline, asked, made, fps or _fps_of(view, each.pipeline))


#: What nodes call the number of frames that they are to make.
_LENGTHS = frozenset(("length", "num_frames", "video_length", "frames"))


def _slots(given: Given) -> int:
    node_class = given.graph.class_of(given.node)
    return len(node_class.outputs) if node_class is not None else 1


def _fps_of(view: View, pipeline: str) -> float | None:
    """The rate of the first pass of a pipeline."""
    analysis = view.analyses_of_all[pipeline]
    graph = view.graphs[pipeline]
    for clip in analysis.clips:
        for facts in clip.passes:
            node = graph.nodes.get(facts.id) or graph.nodes.get(facts.id.rpartition(":")[0])
            if node is not None:
                return uses.facts_at(view, pipeline, node).fps
    return None


def _length(view: View, constant: Constant, given: Iterable[Given]) -> str:
    found = list(lengths(view, given))
    lines = []
    for each in dict.fromkeys(length._replace(pipeline="") for length in found):
        names = [length.pipeline for length in found if length._replace(pipeline="") == each]
        where = "" if len(names) == len(found) else f"In {words.several(map(code, names))}: "
        lines.append(where + paragraphs(*_length_lines(constant, each)))
    if lines:
        return paragraphs(*lines)
    if constant.type == "frames":
        return f"**{code(str(constant))}**: {words.counted(constant.data, 'frame')}"
    return (
        f"**{code(str(constant))}**: seconds; as a length, seconds × fps + 1 frames: "
        f"{frames_of(constant.data, 16)} at 16 fps, {frames_of(constant.data, 24)} at 24 fps"
    )


def _length_lines(constant: Constant, length: Length) -> Iterator[str]:
    made = length.made if length.made is not None else length.asked
    yield f"**{words.clip_of_frames(made, length.fps)}**{_lasting(made, length.fps)}"
    if constant.type == "seconds" and length.fps:
        yield (
            f"{constant.data:g} s × {length.fps:g} fps + 1 = {words.counted(length.asked, 'frame')}"
        )
    if made == length.asked and (made - 1) % 4 == 0:
        yield f"{made} = 4·{(made - 1) // 4} + 1: a length that Wan makes"
    elif made != length.asked:
        yield f"Wan makes 4n + 1 frames: of {length.asked}, {made} (n = {(made - 1) // 4})"


def _lasting(frames: int, fps: float | None) -> str:
    return f", {frames / fps:.2f} s" if fps else ""


def _size(view: View, constant: Constant, given: Iterable[Given]) -> str:
    width, height = constant.data
    return paragraphs(
        f"**{code(str(constant))}**: {width} pixels wide, {height} high",
        items(shape(width, height)),
    )


def shape(width: int, height: int) -> Iterator[str]:
    """The aspect and the area of a size, and whether Wan makes it."""
    if not width or not height:
        return
    common = gcd(width, height)
    yield f"aspect {width // common}:{height // common} ({width / height:.3g})"
    area = f"{width * height / 1e6:.2f} megapixels"
    if any({width, height} == set(known) for known in _AREAS):
        area += ", a size that Wan 2.2 14B is published for"
    yield area
    if width % 16 or height % 16:
        made = f"{width // 16 * 16}x{height // 16 * 16}"
        yield f"no multiple of 16: Wan makes {made}"
