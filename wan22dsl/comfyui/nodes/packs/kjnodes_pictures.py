"""Kijai's nodes that put pictures together (kijai/ComfyUI-KJNodes: nodes/image_nodes.py)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.frames import one_fps
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.scaling import UNKNOWN, Size, resizer
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "ComfyUI-KJNodes"

#: More inputs than these are not counted.
_MOST_INPUTS = 1000

#: Behind the widgets of a node with `inputcount` is the button that makes so many inputs.
_BUTTON = Widgets(behind=(None,))


def _batch_of(reading: Reading) -> Facts:
    """ImageBatchMulti: `inputcount` clips in the size of the first; a missing one is as long as that."""
    count, first = reading.whole("inputcount"), reading.facts("image_1")
    if count is None or count > _MOST_INPUTS or reading.slot != 0:
        return NOTHING_KNOWN
    names = [f"image_{number}" for number in range(1, count + 1)]
    clips = [reading.facts(name) if name in reading.inputs else first for name in names]
    frames, fps = 0, first.fps
    for clip in clips:
        if clip.frames is None:
            return first._replace(frames=None, fps=None)
        frames += clip.frames
        fps = one_fps(first._replace(fps=fps), clip)
    return first._replace(frames=frames, fps=fps)


def _beside(reading: Reading) -> Facts:
    """ImageConcanate: two pictures side by side, the shorter clip held at its last frame."""
    facts, other = reading.facts("image1"), reading.facts("image2")
    if reading.slot != 0:
        return NOTHING_KNOWN
    width, height = _together(reading, facts, other, facts)
    frames, fps = _longer(facts, other), one_fps(facts, other)
    return Facts(frames=frames, fps=fps, width=width, height=height)


def _longer(facts: Facts, other: Facts) -> int | None:
    if facts.frames is None or other.frames is None:
        return None
    return max(facts.frames, other.frames)


def _together(reading: Reading, facts: Facts, other: Facts, first: Facts) -> Size:
    """The size of two pictures together, where the second may be scaled to the first of all."""
    match, direction = reading.value("match_image_size"), reading.value("direction")
    wide = direction in ("left", "right")
    if not (facts.width and facts.height and other.width and other.height):
        return UNKNOWN
    if not isinstance(match, bool) or direction not in ("left", "right", "up", "down"):
        return UNKNOWN
    width, height = other.width, other.height
    if match:
        ratio = width / height
        if wide:
            width, height = int((first.height or 0) * ratio), first.height or 0
        else:
            width, height = first.width or 0, int((first.width or 0) / ratio)
    if wide:
        return facts.width + width, max(facts.height, height)
    return max(facts.width, width), facts.height + height


def _all_beside(reading: Reading) -> Facts:
    """ImageConcatMulti: `inputcount` pictures side by side; a missing one is as large as the first."""
    count, first = reading.whole("inputcount"), reading.facts("image_1")
    if count is None or count > _MOST_INPUTS or reading.slot != 0:
        return NOTHING_KNOWN
    whole = first
    for number in range(2, count + 1):
        name = f"image_{number}"
        other = reading.facts(name) if name in reading.inputs else first
        width, height = _together(reading, whole, other, first)
        if width is None or height is None:
            return NOTHING_KNOWN
        frames, fps = _longer(whole, other), one_fps(whole, other)
        whole = Facts(frames=frames, fps=fps, width=width, height=height)
    return whole


def _padded(reading: Reading, before: Facts) -> Size:
    """ImagePadKJ: up to a size where both sides of one are linked, or so many pixels more on each side."""
    target = (reading.whole("target_width"), reading.whole("target_height"))
    if "target_width" in reading.inputs and "target_height" in reading.inputs:
        return target
    names = ("left", "right", "top", "bottom", "extra_padding")
    left, right, top, bottom, extra = map(reading.whole, names)
    if left is None or right is None or top is None or bottom is None or extra is None:
        return UNKNOWN
    width = None if before.width is None else before.width + left + right + 2 * extra
    height = None if before.height is None else before.height + top + bottom + 2 * extra
    return width, height


def _picked(reading: Reading) -> Facts:
    """GetImagesFromBatchIndexed: as many frames as there are numbers."""
    text = reading.value("indexes")
    frames = text.count(",") + 1 if isinstance(text, str) and text.strip() else None
    return reading.facts("images")._replace(frames=frames)


def _put_in(reading: Reading) -> Facts:
    """InsertImagesToBatchIndexed: the frames at some places are other ones, or there are more."""
    facts, text = reading.facts("original_images"), reading.value("indexes")
    mode = reading.value("mode") if "mode" in reading.inputs else "replace"
    if text == "" or mode == "replace":
        return facts
    if facts.frames is None or not isinstance(text, str) or mode != "insert":
        return facts._replace(frames=None)
    return facts._replace(frames=facts.frames + text.count(",") + 1)


def _extended(reading: Reading) -> Facts:
    """ImageBatchExtendWithOverlap: a clip, its end, and the clip with another one over its end."""
    facts, overlap = reading.facts("source_images"), reading.whole("overlap")
    new = reading.facts("new_images")
    if reading.slot == 0:
        return facts
    if reading.slot not in (1, 2) or (reading.slot == 2 and not reading.linked("new_images")):
        return NOTHING_KNOWN
    if overlap is None or facts.frames is None:
        return facts._replace(frames=None)
    if overlap > facts.frames:
        return facts
    if reading.slot == 1:
        return facts._replace(frames=overlap)
    if new.frames is None or new.frames < overlap:
        return facts._replace(frames=None)
    return facts._replace(frames=facts.frames + new.frames - overlap)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "ImageBatchMulti",
        _PACK,
        role="frames",
        facts=_batch_of,
        takes_anything=True,
        widgets=_BUTTON,
    ),
    NodeRecord(
        "ImageConcanate",
        _PACK,
        role="picture",
        facts=_beside,
    ),
    NodeRecord(
        "ImageConcatMulti",
        _PACK,
        role="picture",
        facts=_all_beside,
        takes_anything=True,
        widgets=_BUTTON,
    ),
    NodeRecord(
        "ImagePadKJ",
        _PACK,
        role="scaling",
        facts=resizer(_padded),
        same_length="image",
    ),
    NodeRecord(
        "GetImagesFromBatchIndexed",
        _PACK,
        role="frames",
        facts=_picked,
    ),
    NodeRecord(
        "InsertImagesToBatchIndexed",
        _PACK,
        role="frames",
        facts=_put_in,
    ),
    NodeRecord(
        "ImageBatchExtendWithOverlap",
        _PACK,
        role="frames",
        facts=_extended,
    ),
)
