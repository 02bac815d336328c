"""Nodes that join, cut, scale and interpolate frames.

ComfyUI: nodes.py, comfy_extras/nodes_images.py, nodes_frame_interpolation.py; packs as named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.reading import Reading, added, times
from wan22dsl.graph.model import NOTHING_KNOWN, Facts

if TYPE_CHECKING:
    from collections.abc import Callable


def _empty_image(reading: Reading) -> Facts:
    return Facts(
        frames=reading.whole("batch_size"),
        width=reading.whole("width"),
        height=reading.whole("height"),
    )


def _range(frames: int | None, start: int | None, count: int | None) -> int | None:
    """How many frames a stretch has; negative starts count from the end."""
    if frames is None or start is None or count is None:
        return 1 if count == 1 else None
    first = max(0, min(frames - 1, start + frames if start < 0 else start))
    return min(frames - first, count)


def _from_batch(reading: Reading) -> Facts:
    facts = reading.facts("image")
    frames = _range(facts.frames, reading.whole("batch_index"), reading.whole("length"))
    return facts._replace(frames=frames)


def _range_from_batch(reading: Reading) -> Facts:
    """GetImageRangeFromBatch (ComfyUI-KJNodes): a start of -1 takes the last ones."""
    if reading.slot != 0:
        return NOTHING_KNOWN
    facts, start, count = (
        reading.facts("images"),
        reading.whole("start_index"),
        reading.whole("num_frames"),
    )
    if start == -1 and count is not None:
        start = -count
    elif start is not None and facts.frames is not None and start >= facts.frames:
        return facts._replace(frames=None)  # the node raises
    return facts._replace(frames=_range(facts.frames, start, count))


def _selected(reading: Reading) -> Facts:
    """VHS_SelectImages: frames in any order, as often as they are named."""
    return reading.facts("image")._replace(frames=None, fps=None)


def _repeated(reading: Reading) -> Facts:
    facts, amount = reading.facts("image"), reading.whole("amount")
    frames = None if facts.frames is None or amount is None else facts.frames * amount
    return facts._replace(frames=frames)


def _joined(reading: Reading) -> Facts:
    """ImageBatch: one after the other, in the size of the first."""
    facts, other = reading.facts("image1"), reading.facts("image2")
    return facts._replace(frames=added(facts.frames, other.frames), fps=_one_fps(facts, other))


def _one_fps(facts: Facts, other: Facts) -> float | None:
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
    return Facts(frames=frames, fps=_one_fps(facts, other), width=width, height=height)


def _stitched_size(reading: Reading, facts: Facts, other: Facts) -> tuple[int | None, int | None]:
    sizes = (facts.width, facts.height, other.width, other.height)
    spacing = reading.whole("spacing_width")
    if any(not px for px in sizes) or spacing is None:
        return None, None
    width_1, height_1, width_2, height_2 = (px or 0 for px in sizes)
    gap = spacing + spacing % 2 if spacing > 0 else 0
    beside, match = (
        reading.value("direction") in {"left", "right"},
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


def _scaled(reading: Reading) -> Facts:
    """ImageScale: a width or height of 0 keeps the proportions, rounded; both 0 change nothing."""
    facts, width, height = reading.facts("image"), reading.whole("width"), reading.whole("height")
    if width == 0 and height == 0:
        return facts
    if width == 0 or height == 0:
        width, height = _in_proportion(facts, width, height)
    return facts._replace(width=width, height=height)


def _in_proportion(
    facts: Facts, width: int | None, height: int | None
) -> tuple[int | None, int | None]:
    if not facts.width or not facts.height:
        return width or None, height or None
    if width:
        return width, max(1, round(facts.height * width / facts.width))
    return (max(1, round(facts.width * height / facts.height)), height) if height else (None, None)


def _scaled_by(reading: Reading) -> Facts:
    facts, factor = reading.facts("image"), reading.number("scale_by")
    width, height = (
        None if px is None or factor is None else round(px * factor)
        for px in (facts.width, facts.height)
    )
    return facts._replace(width=width, height=height)


def _cropped(reading: Reading) -> Facts:
    """ImageCrop: what lies past the edge is not there."""
    facts = reading.facts("image")
    edges = ((facts.width, "x", "width"), (facts.height, "y", "height"))
    sizes = [_crop(px, reading.whole(start), reading.whole(size)) for px, start, size in edges]
    return facts._replace(width=sizes[0], height=sizes[1])


def _crop(whole_px: int | None, start_px: int | None, size_px: int | None) -> int | None:
    if whole_px is None or start_px is None or size_px is None:
        return None
    return min(size_px, whole_px - min(start_px, whole_px - 1))


def _video(reading: Reading) -> Facts:
    """CreateVideo: the frames, at the rate that is written."""
    return reading.facts("images")._replace(fps=reading.number("fps"))


def _components(reading: Reading) -> Facts:
    """GetVideoComponents: the frames, and the rate as a number."""
    video = reading.facts("video")
    if reading.slot == 0:
        return video
    return Facts(value=video.fps) if reading.slot == 2 else NOTHING_KNOWN


def _interpolated(name: str, multiplier: str | None = "multiplier") -> Callable[[Reading], Facts]:
    """n frames become (n - 1) m + 1 that play for as long as before; one frame stays one."""

    def facts(reading: Reading) -> Facts:
        before = reading.facts(name)
        factor = 2 if multiplier is None else reading.whole(multiplier)
        if factor is None or factor < 1 or reading.linked("optional_interpolation_states"):
            return before._replace(frames=None, fps=None)
        frames = None if before.frames is None else (before.frames - 1) * factor + 1
        return before._replace(frames=frames, fps=before.fps and before.fps * factor)

    return facts


def _by_four(reading: Reading) -> Facts:
    """STMFNet and FLAVR look at four frames at a time, so the first and the last gap stay as they are.

    With `duplicate_first_last_frames` the two frames at the ends are there twice instead.
    """
    before, doubled = reading.facts("frames"), reading.value("duplicate_first_last_frames")
    if not isinstance(doubled, bool) or reading.linked("optional_interpolation_states"):
        return before._replace(frames=None, fps=None)
    enough = before.frames is not None and before.frames >= 4
    frames = 2 * before.frames - (1 if doubled else 3) if enough and before.frames else None
    return before._replace(frames=frames, fps=before.fps and before.fps * 2)


def _every_nth(reading: Reading) -> Facts:
    """VHS_SelectEveryNthImage: the frames, and how many. Whether they play faster or as long is not known."""
    before, every, skipped = (
        reading.facts("images"),
        reading.whole("select_every_nth"),
        reading.whole("skip_first_images"),
    )
    if not every or every < 0 or skipped is None or skipped < 0:
        found = before._replace(frames=None, fps=None)
    else:
        left = None if before.frames is None else max(0, before.frames - skipped)
        frames = None if left is None else -(-left // every) or None
        found = before._replace(frames=frames, fps=None)
    return found if reading.slot == 0 else Facts(value=found.frames)


def _duplicated(reading: Reading) -> Facts:
    """VHS_DuplicateImages: the frames again and again, and how many there are."""
    before, amount = reading.facts("images"), reading.whole("multiply_by")
    found = before._replace(frames=times(before.frames, amount))
    return found if reading.slot == 0 else Facts(value=found.frames)


def _merged(reading: Reading) -> Facts:
    """VHS_MergeImages: one after the other, in the size of the one that the strategy names."""
    facts, other = reading.facts("images_A"), reading.facts("images_B")
    sizes = [(each.width, each.height) for each in (facts, other)]
    areas = [None if None in size else (size[0] or 0) * (size[1] or 0) for size in sizes]
    how = reading.value("merge_strategy")
    takes_first = how == "match A" or sizes[0] == sizes[1]
    if how in ("match smaller", "match larger") and areas[0] is not None and areas[1] is not None:
        takes_first = (areas[0] <= areas[1]) == (how == "match smaller")
    elif how not in ("match A", "match B") and not takes_first:
        sizes = [(None, None), (None, None)]
    width, height = sizes[0 if takes_first else 1]
    frames = added(facts.frames, other.frames)
    if reading.slot == 1:
        return Facts(value=frames)
    return Facts(frames=frames, fps=_one_fps(facts, other), width=width, height=height)


def _parted(reading: Reading) -> Facts:
    """VHS_SplitImages: the frames before a place, those behind it, and how many they are."""
    before, at = reading.facts("images"), reading.whole("split_index")
    if not 0 <= reading.slot < 4:
        return NOTHING_KNOWN
    frames = None
    if before.frames is not None and at is not None:
        first = len(range(before.frames)[:at])
        frames = first if reading.slot < 2 else before.frames - first
    return Facts(value=frames) if reading.slot % 2 else before._replace(frames=frames or None)


def _count(reading: Reading) -> Facts:
    return Facts(value=reading.facts("images").frames)


#: ComfyUI-Frame-Interpolation; those in the second row only know to double.
_VFI = ("RIFE", "FILM", "GMFSS Fortuna", "IFRNet", "IFUnet", "M2M", "Sepconv", "AMT", "CAIN")
_VFI_TWICE = ("ATM", "MOMO")
_VFI_BY_FOUR = ("STMFNet", "FLAVR")

#: Nodes that put frames between frames, and the input that the frames go into.
INTERPOLATORS: dict[str, str] = {
    "FrameInterpolate": "images",
    **{f"{name} VFI": "frames" for name in (*_VFI, *_VFI_TWICE, *_VFI_BY_FOUR)},
}

#: Nodes that set the rate of frames: the input of the frames, and that of the rate.
PLAYERS: dict[str, tuple[str, str]] = {
    "CreateVideo": ("images", "fps"),
    "SaveAnimatedPNG": ("images", "fps"),
    "SaveAnimatedWEBP": ("images", "fps"),
    "SaveWEBM": ("images", "fps"),
    "VHS_VideoCombine": ("images", "frame_rate"),
}

#: Those of them that write nothing but animated pictures.
ANIMATED = frozenset({"SaveAnimatedPNG", "SaveAnimatedWEBP"})

TABLE: dict[str, Callable[[Reading], Facts]] = {
    "EmptyImage": _empty_image,
    "ImageFromBatch": _from_batch,
    "GetImageRangeFromBatch": _range_from_batch,
    "VHS_SelectImages": _selected,
    "RepeatImageBatch": _repeated,
    "ImageBatch": _joined,
    "ImageStitch": _stitched,
    "ImageScale": _scaled,
    "ImageScaleBy": _scaled_by,
    "ImageCrop": _cropped,
    "CreateVideo": _video,
    "GetVideoComponents": _components,
    **{name: _interpolated(frames) for name, frames in INTERPOLATORS.items()},
    **{f"{name} VFI": _interpolated("frames", None) for name in _VFI_TWICE},
    **{f"{name} VFI": _by_four for name in _VFI_BY_FOUR},
    "VHS_DuplicateImages": _duplicated,
    "VHS_GetImageCount": _count,
    "VHS_MergeImages": _merged,
    "VHS_SelectEveryNthImage": _every_nth,
    "VHS_SplitImages": _parted,
}
