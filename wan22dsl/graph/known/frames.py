"""Nodes that load, join, cut and resize frames.

ComfyUI: nodes.py, comfy_extras/nodes_images.py, nodes_frame_interpolation.py; packs as named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.known.pictures import size_of
from wan22dsl.graph.known.reading import Reading, added
from wan22dsl.graph.model import NOTHING_KNOWN, Facts

if TYPE_CHECKING:
    from collections.abc import Callable

#: Pictures of one frame. A GIF or WebP may be animated, and then LoadImage gives all of its frames.
_STILL = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")


def _loaded_image(reading: Reading) -> Facts:
    name = reading.value("image")
    still = isinstance(name, str) and name.partition(" [")[0].lower().endswith(_STILL)
    if reading.slot != 0 or not still:
        return NOTHING_KNOWN
    own = reading.node.own_files.get("image")
    width, height = (size_of(own.file) if own is not None else None) or (None, None)
    return Facts(frames=1, width=width, height=height)


def _empty_image(reading: Reading) -> Facts:
    return Facts(
        frames=reading.whole("batch_size"),
        width=reading.whole("width"),
        height=reading.whole("height"),
    )


def _loaded_video(reading: Reading) -> Facts:
    """VHS_LoadVideo and its kin (ComfyUI-VideoHelperSuite): `force_rate` is the rate, 0 keeps the file's."""
    if reading.slot != 0:
        return NOTHING_KNOWN
    return Facts(fps=reading.number("force_rate") or None)


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
    return facts._replace(frames=_range(facts.frames, start, count))


def _every_nth(reading: Reading) -> Facts:
    """VHS_SelectEveryNthImage: fewer frames. Whether they play faster or as long as before is not known."""
    facts = reading.facts("images")
    step, skipped = reading.whole("select_every_nth"), reading.whole("skip_first_images")
    frames = None
    if facts.frames is not None and step is not None and skipped is not None and step > 0:
        frames = max(0, -(-(facts.frames - max(skipped, 0)) // step)) or None
    return facts._replace(frames=frames, fps=None)


def _selected(reading: Reading) -> Facts:
    """VHS_SelectImages: frames in any order, as often as they are named."""
    return reading.facts("image")._replace(frames=None, fps=None)


def _repeated(reading: Reading) -> Facts:
    facts, amount = reading.facts("image"), reading.whole("amount")
    frames = None if facts.frames is None or amount is None else facts.frames * amount
    return facts._replace(frames=frames)


def _joined(reading: Reading) -> Facts:
    """ImageBatch: one after the other, in the size of the first."""
    one, other = reading.facts("image1"), reading.facts("image2")
    return one._replace(frames=added(one.frames, other.frames), fps=_one_fps(one, other))


def _one_fps(one: Facts, other: Facts) -> float | None:
    """The rate of two clips together; a still has none and takes that of the other."""
    if other.frames == 1 and other.fps is None:
        return one.fps
    if one.frames == 1 and one.fps is None:
        return other.fps
    return one.fps if one.fps == other.fps else None


def _stitched(reading: Reading) -> Facts:
    """ImageStitch: side by side; the shorter clip is held at its last frame."""
    one, other = reading.facts("image1"), reading.facts("image2")
    if not reading.linked("image2"):
        return one
    frames = None if one.frames is None or other.frames is None else max(one.frames, other.frames)
    width, height = _stitched_size(reading, one, other)
    return Facts(frames=frames, fps=_one_fps(one, other), width=width, height=height)


def _stitched_size(reading: Reading, one: Facts, other: Facts) -> tuple[int | None, int | None]:
    sizes = (one.width, one.height, other.width, other.height)
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
        times = 2 if multiplier is None else reading.whole(multiplier)
        if times is None or times < 1 or reading.linked("optional_interpolation_states"):
            return before._replace(frames=None, fps=None)
        frames = None if before.frames is None else (before.frames - 1) * times + 1
        return before._replace(frames=frames, fps=before.fps and before.fps * times)

    return facts


#: ComfyUI-Frame-Interpolation; those in the second row only know to double.
_VFI = ("RIFE", "FILM", "GMFSS Fortuna", "IFRNet", "IFUnet", "M2M", "Sepconv", "AMT", "CAIN")
_VFI_TWICE = ("STMFNet", "FLAVR", "ATM", "MOMO")

#: Nodes that put frames between frames, and the input that the frames go into.
INTERPOLATORS: dict[str, str] = {
    "FrameInterpolate": "images",
    **{f"{name} VFI": "frames" for name in (*_VFI, *_VFI_TWICE)},
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
    "LoadImage": _loaded_image,
    "EmptyImage": _empty_image,
    "VHS_LoadVideo": _loaded_video,
    "VHS_LoadVideoPath": _loaded_video,
    "VHS_LoadVideoFFmpeg": _loaded_video,
    "VHS_LoadVideoFFmpegPath": _loaded_video,
    "ImageFromBatch": _from_batch,
    "GetImageRangeFromBatch": _range_from_batch,
    "VHS_SelectEveryNthImage": _every_nth,
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
}
