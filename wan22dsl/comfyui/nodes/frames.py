"""Nodes that make, join, cut, change and interpolate frames, and videos made of them.

ComfyUI: nodes.py, comfy_extras/nodes_images.py, nodes_post_processing.py, nodes_video.py,
nodes_frame_interpolation.py.
"""

from __future__ import annotations

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, added
from wan22dsl.comfyui.nodes.record import (
    COMFYUI,
    Automatic,
    Interpolation,
    NodeRecord,
    Player,
    Reading,
    Stretch,
    Versions,
)


def _empty_image(reading: Reading) -> Facts:
    return Facts(
        frames=reading.whole("batch_size"),
        width=reading.whole("width"),
        height=reading.whole("height"),
    )


def stretch(frames: int | None, start: int | None, count: int | None) -> int | None:
    """How many frames a stretch has; negative starts count from the end."""
    if frames is None or start is None or count is None:
        return 1 if count == 1 else None
    first = max(0, min(frames - 1, start + frames if start < 0 else start))
    return min(frames - first, count)


def _from_batch(reading: Reading) -> Facts:
    facts = reading.facts("image")
    frames = stretch(facts.frames, reading.whole("batch_index"), reading.whole("length"))
    return facts._replace(frames=frames)


def _repeated(reading: Reading) -> Facts:
    facts, amount = reading.facts("image"), reading.whole("amount")
    frames = None if facts.frames is None or amount is None else facts.frames * amount
    return facts._replace(frames=frames)


def _joined(reading: Reading) -> Facts:
    """ImageBatch: one after the other, in the size of the first."""
    facts, other = reading.facts("image1"), reading.facts("image2")
    return facts._replace(frames=added(facts.frames, other.frames), fps=one_fps(facts, other))


def one_fps(facts: Facts, other: Facts) -> float | None:
    """The rate of two clips together; a still has none and takes that of the other."""
    if other.frames == 1 and other.fps is None:
        return facts.fps
    if facts.frames == 1 and facts.fps is None:
        return other.fps
    return facts.fps if facts.fps == other.fps else None


def _stitched(reading: Reading) -> Facts:
    """ImageStitch: side by side; the shorter clip is held at its last frame."""
    facts, other = reading.facts("image1"), reading.facts("image2")
    if not reading.linked("image2"):
        return facts
    frames = (
        None if facts.frames is None or other.frames is None else max(facts.frames, other.frames)
    )
    width, height = _stitched_size(reading, facts, other)
    return Facts(frames=frames, fps=one_fps(facts, other), width=width, height=height)


def _stitched_size(reading: Reading, facts: Facts, other: Facts) -> tuple[int | None, int | None]:
    sizes = (facts.width, facts.height, other.width, other.height)
    spacing = reading.whole("spacing_width")
    if any(not px for px in sizes) or spacing is None:
        return None, None
    width_1, height_1, width_2, height_2 = (px or 0 for px in sizes)
    gap = spacing + spacing % 2 if spacing > 0 else 0
    beside, match = (
        reading.value("direction") in ("left", "right"),
        reading.value("match_image_size"),
    )
    if match:
        ratio = width_2 / height_2
        width_2, height_2 = (
            (int(height_1 * ratio), height_1) if beside else (width_1, int(width_1 / ratio))
        )
    if beside:
        return width_1 + gap + width_2, max(height_1, height_2)
    return max(width_1, width_2), height_1 + gap + height_2


def _video(reading: Reading) -> Facts:
    """CreateVideo: the frames, at the rate that is written."""
    return reading.facts("images")._replace(fps=reading.number("fps"))


def _components(reading: Reading) -> Facts:
    """GetVideoComponents: the frames, and the rate as a number."""
    video = reading.facts("video")
    if reading.slot == 0:
        return video
    return Facts(value=video.fps) if reading.slot == 2 else NOTHING_KNOWN


def same_shape(class_name: str, name: str, pack: str = COMFYUI) -> NodeRecord:
    """A class that changes the pictures of one input, not how many there are, their rate or their size."""
    return NodeRecord(class_name, pack, role="picture", facts=_same_shape, same_shape=name)


def _same_shape(reading: Reading) -> Facts:
    return reading.facts(reading.record.same_shape or "") if reading.slot == 0 else NOTHING_KNOWN


def same_length(reading: Reading) -> Facts:
    """Of a class that changes the size of the pictures of one input, and nothing else that is known here."""
    facts = reading.facts(reading.record.same_length or "")
    return Facts(frames=facts.frames, fps=facts.fps) if reading.slot == 0 else NOTHING_KNOWN


def interpolated(reading: Reading) -> Facts:
    """n frames become (n - 1) m + 1 that play for as long as before; one frame stays one."""
    how = reading.record.interpolation
    assert how is not None
    before = reading.facts(how.frames)
    factor = how.factor or reading.whole(how.times)
    if factor is None or factor < 1 or reading.linked("optional_interpolation_states"):
        return before._replace(frames=None, fps=None)
    frames = None if before.frames is None else (before.frames - 1) * factor + 1
    return before._replace(frames=frames, fps=before.fps and before.fps * factor)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "EmptyImage",
        role="frames",
        facts=_empty_image,
    ),
    NodeRecord(
        "ImageFromBatch",
        role="frames",
        facts=_from_batch,
        stretch=Stretch("image", "batch_index", "length"),
    ),
    NodeRecord(
        "RepeatImageBatch",
        role="frames",
        facts=_repeated,
    ),
    NodeRecord(
        "ImageBatch",
        role="frames",
        facts=_joined,
    ),
    NodeRecord(
        "ImageStitch",
        role="frames",
        facts=_stitched,
    ),
    NodeRecord(
        "CreateVideo",
        role="video",
        facts=_video,
        player=Player("images", "fps"),
        work="make_video",
        # ComfyUI 0.39, comfy_extras/nodes_video.py, CreateVideo.execute
        versions=Versions(
            automatic=(
                Automatic(
                    "bit_depth", "auto", "color_space", (("sRGB", 8), ("HDR", 10), ("HDR PQ", 10))
                ),
            ),
            added=(("bit_depth", "auto"), ("color_space", "sRGB"), ("codec", "none")),
        ),
    ),
    NodeRecord(
        "GetVideoComponents",
        role="video",
        facts=_components,
        same_length="video",
        work="take_apart",
    ),
    NodeRecord(
        "FrameInterpolate",
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("images", by_film=None),
        work="interpolate",
    ),
    same_shape("Canny", "image"),
    same_shape("ColorTransfer", "image_target"),
    same_shape("ImageAddNoise", "image"),
    same_shape("ImageBlur", "image"),
    same_shape("ImageCompositeMasked", "destination"),
    same_shape("ImageFlip", "image"),
    same_shape("ImageInvert", "image"),
    same_shape("ImageQuantize", "image"),
    same_shape("ImageSharpen", "image"),
    same_shape("Morphology", "image"),
)
