"""Loading, saving and cutting frames (Kosinkadink/ComfyUI-VideoHelperSuite: videohelpersuite/nodes.py,
load_video_nodes.py, video_formats/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, Link, added, times
from wan22dsl.comfyui.nodes.frames import one_fps
from wan22dsl.comfyui.nodes.loading import OF_THE_FILE, file_facts
from wan22dsl.comfyui.nodes.record import File, NodeRecord, Player, Reading, Saving, Versions
from wan22dsl.comfyui.nodes.saving import rate
from wan22dsl.comfyui.nodes.widgets import Widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PACK = "ComfyUI-VideoHelperSuite"

#: How its classes begin; they save the values of widgets by name, since a choice there brings others along.
KEPT_BY_NAME = "VHS_"

#: What sizes are rounded to by the `format` of VideoHelperSuite's loaders, and the frames that they keep:
#: multiples of the first number plus the second.
_FORMATS = {
    "AnimateDiff": (8, None),
    "Mochi": (16, (6, 1)),
    "LTXV": (32, (8, 1)),
    "Hunyuan": (16, (4, 1)),
    "Cosmos": (16, (8, 1)),
    "Wan": (8, (4, 1)),
}

#: Sides of what VHS_VideoCombine writes through FFmpeg are made multiples of this by repeating the edge.
_STEP_PX = 2


def _frames_of_video(reading: Reading) -> Facts:
    """VHS_LoadVideo and VHS_LoadVideoPath, which drop and repeat frames to get to `force_rate`."""
    source = file_facts(reading, "video")
    if reading.slot == OF_THE_FILE:
        return source
    if reading.slot not in (0, 1, 3) or reading.linked("vae"):
        return NOTHING_KNOWN
    every = reading.whole("select_every_nth")
    rate = reading.number("force_rate")
    fps = rate or source.fps if rate is not None else None
    ratio, kept = _FORMATS.get(str(reading.inputs.get("format", "None")), (1, None))
    frames = None if reading.linked("meta_batch") else _picked(reading, source, every)
    if frames is not None and kept is not None and frames % kept[0] != kept[1]:
        frames = (frames - kept[1]) // kept[0] * kept[0] + kept[1]
    width, height = _sized(reading, source, ratio)
    found = Facts(
        frames=frames or None,
        fps=fps / every if fps and every else None,
        width=width,
        height=height,
    )
    return Facts(value=found.frames) if reading.slot == 1 else found


def _frames_by_ffmpeg(reading: Reading) -> Facts:
    """VHS_LoadVideoFFmpeg and its Path: what FFmpeg's own filter drops or repeats is not counted here."""
    source = file_facts(reading, "video")
    if reading.slot == OF_THE_FILE:
        return source
    if reading.slot not in (0, 3) or reading.linked("vae"):
        return NOTHING_KNOWN
    rate, start_s, cap = (
        reading.number("force_rate"),
        reading.number("start_time"),
        reading.whole("frame_load_cap"),
    )
    frames = source.frames if rate == 0 and start_s == 0 else None
    if frames is not None and cap is not None:
        frames = min(frames, cap) if cap > 0 else frames
    elif cap and source.frames and source.fps and rate is not None and start_s is not None:
        least = (source.frames / source.fps - max(start_s, 0.0)) * (rate or source.fps) - 2
        frames = cap if cap <= least else None
    fps = rate or source.fps if rate is not None else None
    custom = (reading.whole("custom_width"), reading.whole("custom_height"))
    width, height = source.width, source.height
    if custom != (0, 0):
        ratio = _FORMATS.get(str(reading.inputs.get("format", "None")), (1, None))[0]
        width, height = _sized(reading, source, ratio)
    meta = reading.linked("meta_batch")
    return Facts(frames=None if meta else frames, fps=fps, width=width, height=height)


def _picked(reading: Reading, source: Facts, every: int | None) -> int | None:
    """How many frames are loaded; the steps in time are those of the loader, in its own floats."""
    rate, cap = reading.number("force_rate"), reading.whole("frame_load_cap")
    skipped = reading.whole("skip_first_frames")
    if source.frames is None or source.fps is None:
        return None
    if rate is None or cap is None or skipped is None or not every or every < 0:
        return None
    frames = source.frames if rate == 0 else _at_rate(source.frames, source.fps, rate)
    if frames is None:
        return None
    frames = max(0, frames - max(skipped, 0))
    frames = -(-frames // every)
    return min(frames, cap) if cap > 0 else frames


def _at_rate(frames: int, fps: float, rate: float) -> int | None:
    """How many frames come out when those of one rate are dropped or repeated for another."""
    if rate <= 0 or frames * rate / fps > 1_000_000:
        return None
    step_s, wanted_s = 1 / fps, 1 / rate
    offset_s, taken, given = wanted_s, 1, 0
    while True:
        if offset_s < wanted_s:
            if taken >= frames:
                return given
            taken += 1
            offset_s += step_s
        if offset_s >= wanted_s:
            offset_s -= wanted_s
            given += 1


def _sized(reading: Reading, source: Facts, ratio: int) -> tuple[int | None, int | None]:
    """The size by `custom_width` and `custom_height`, where 0 keeps the proportions, in steps of `ratio`."""
    width, height = reading.whole("custom_width"), reading.whole("custom_height")
    if width is None or height is None:
        return None, None
    if width and height:
        sides: tuple[float, float] = (width, height)
    elif not source.width or not source.height:
        return (_rounded(width, ratio) if width else None), (
            _rounded(height, ratio) if height else None
        )
    elif width:
        sides = (width, source.height * (width / source.width))
    elif height:
        sides = (source.width * (height / source.height), height)
    else:
        sides = (source.width, source.height)
    return _rounded(sides[0], ratio), _rounded(sides[1], ratio)


def _rounded(side_px: float, ratio: int) -> int:
    return int(side_px / ratio + 0.5) * ratio


def _info(of_file: bool, of_loaded: bool) -> Callable[[Reading], Facts]:
    """VHS_VideoInfo and its halves: rate, frames, seconds, width and height, of the file and as loaded."""
    places = ([OF_THE_FILE] if of_file else []) + ([3] if of_loaded else [])

    def facts(reading: Reading) -> Facts:
        link = reading.link("video_info")
        which, part = divmod(reading.slot, 5)
        if link is None or link.slot != 3 or not 0 <= which < len(places):
            return NOTHING_KNOWN
        found = reading.known(Link(link.node, places[which]))
        seconds = found.frames / found.fps if found.frames and found.fps else None
        return Facts(value=(found.fps, found.frames, seconds, found.width, found.height)[part])

    return facts


def _selected(reading: Reading) -> Facts:
    """VHS_SelectImages: frames in any order, as often as they are named."""
    return reading.facts("image")._replace(frames=None, fps=None)


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
    return Facts(frames=frames, fps=one_fps(facts, other), width=width, height=height)


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


def _combined(reading: Reading) -> Facts:
    """VHS_VideoCombine: forth and back with `pingpong`, `loop_count` more times, with even sides.

    With a `vae` it decodes a latent, whose clip it counts as one frame when it repeats frames.
    """
    facts = reading.facts("images")
    frames, form, loops = facts.frames, reading.value("format"), reading.whole("loop_count")
    back = reading.value("pingpong")
    if not isinstance(form, str) or not isinstance(back, bool) or loops is None:
        return facts._replace(frames=None, width=None, height=None, fps=rate(reading, "frame_rate"))
    if frames is not None and back:
        frames += max(frames - 2, 0)
    width, height = facts.width, facts.height
    if not form.startswith("image/"):
        frames = None if frames is None else frames * (max(loops, 0) + 1)
        width, height = (None if px is None else px + px % _STEP_PX for px in (width, height))
    if reading.linked("vae") and (back or loops):
        frames = None
    if reading.linked("meta_batch"):
        return NOTHING_KNOWN._replace(fps=rate(reading, "frame_rate"))
    fps = rate(reading, "frame_rate")
    return facts._replace(frames=frames, fps=fps, width=width, height=height)


def _as_list(*order: str) -> Widgets:
    """The order of the values in files of 2023, which had them as a list."""
    return Widgets(order=order, old_list=True, marks=("hidden", "paused", "params"))


def _without_force_size(values: Mapping[str, Any]) -> dict[str, Any]:
    """What became of `force_size`: the sides that it leaves as they are have 0, others what it says
    (web/js/VHS.core.js)."""
    chosen = values.get("force_size")
    if not isinstance(chosen, str):
        return {}
    found: dict[str, Any] = {"force_size": None}
    width, times, height = chosen.partition("x")
    if times:
        for name, px in (("custom_width", width), ("custom_height", height)):
            found[name] = int(px) if px.isdecimal() else 0
    if chosen in ("Disabled", "Custom Height"):
        found["custom_width"] = 0
    if chosen in ("Disabled", "Custom Width"):
        found["custom_height"] = 0
    return found


_SIZED = Widgets(brought_up_to_date=_without_force_size)
_VIDEO = _as_list(
    *("video", "force_rate", "force_size", "frame_load_cap", "skip_first_frames"),
    "select_every_nth",
)._replace(brought_up_to_date=_without_force_size)
_PICTURES = _as_list(
    "directory", "upload", "image_load_cap", "skip_first_images", "select_every_nth"
)
_COMBINED = _as_list(
    "frame_rate", "loop_count", "filename_prefix", "format", "pingpong", "save_output"
)

#: Rates may be whole numbers (videohelpersuite/utils.py: floatOrInt).
_RATES = (("force_rate", "INT"),)

RECORDS: tuple[NodeRecord, ...] = (
    *(
        NodeRecord(name, _PACK, widgets=_PICTURES)
        for name in ("VHS_LoadImages", "VHS_LoadImagesPath")
    ),
    NodeRecord("VHS_LoadImagePath", _PACK, widgets=_SIZED),
    NodeRecord(
        "VHS_LoadVideo",
        _PACK,
        role="loader",
        facts=_frames_of_video,
        file=File("video", "video"),
        work="load_file",
        widgets=_VIDEO,
        also_takes=_RATES,
    ),
    NodeRecord(
        "VHS_LoadVideoPath",
        _PACK,
        role="loader",
        facts=_frames_of_video,
        file=File("video", "video"),
        work="load_file",
        widgets=_VIDEO,
        also_takes=_RATES,
    ),
    NodeRecord(
        "VHS_LoadVideoFFmpeg",
        _PACK,
        role="loader",
        facts=_frames_by_ffmpeg,
        file=File("video", "video", also_pictures=True),
        work="load_file",
        widgets=_SIZED,
        also_takes=_RATES,
    ),
    NodeRecord(
        "VHS_LoadVideoFFmpegPath",
        _PACK,
        role="loader",
        facts=_frames_by_ffmpeg,
        file=File("video", "video", also_pictures=True),
        work="load_file",
        widgets=_SIZED,
        also_takes=_RATES,
    ),
    NodeRecord(
        "VHS_LoadAudioUpload",
        _PACK,
        role="loader",
        file=File("audio", "sound"),
    ),
    NodeRecord(
        "VHS_VideoInfo",
        _PACK,
        role="value",
        facts=_info(of_file=True, of_loaded=True),
    ),
    NodeRecord(
        "VHS_VideoInfoSource",
        _PACK,
        role="value",
        facts=_info(of_file=True, of_loaded=False),
    ),
    NodeRecord(
        "VHS_VideoInfoLoaded",
        _PACK,
        role="value",
        facts=_info(of_file=False, of_loaded=True),
    ),
    NodeRecord(
        "VHS_GetImageCount",
        _PACK,
        role="value",
        facts=_count,
    ),
    NodeRecord(
        "VHS_SelectImages",
        _PACK,
        role="frames",
        facts=_selected,
        splits=True,
    ),
    NodeRecord(
        "VHS_DuplicateImages",
        _PACK,
        role="frames",
        facts=_duplicated,
    ),
    NodeRecord(
        "VHS_MergeImages",
        _PACK,
        role="frames",
        facts=_merged,
    ),
    NodeRecord(
        "VHS_SelectEveryNthImage",
        _PACK,
        role="frames",
        facts=_every_nth,
    ),
    NodeRecord(
        "VHS_SplitImages",
        _PACK,
        role="frames",
        facts=_parted,
        splits=True,
    ),
    NodeRecord(
        "VHS_VAEDecodeBatched",
        _PACK,
        role="decode",
        no_formula=True,
    ),
    NodeRecord(
        "VHS_VAEEncodeBatched",
        _PACK,
        role="encode",
        no_formula=True,
    ),
    NodeRecord(
        "VHS_VideoCombine",
        _PACK,
        role="saving",
        player=Player("images", "frame_rate"),
        also_takes=(("frame_rate", "INT"), ("images", "LATENT")),
        # videohelpersuite/nodes.py, get_video_formats
        choices_of_files=(("format", "video/", "video_formats"),),
        saving=Saving("combined", _combined),
        replaces_words=("server",),
        widgets=_COMBINED,
        versions=Versions(choice_sent=True),
    ),
)
