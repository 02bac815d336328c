"""Nodes that load pictures, videos and latents: what their files say, and what the nodes make of it.

ComfyUI: nodes.py, comfy_extras/nodes_video.py; ComfyUI-VideoHelperSuite: videohelpersuite/load_video_nodes.py
and nodes.py. The file is known where it is the user's own, beside the `.wan` file.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.latents_saved import latent_in
from wan22dsl.comfyui.nodes.media import video_facts
from wan22dsl.comfyui.nodes.pictures import size_of
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.nodes.reading import Reading

#: Pictures of one frame. A GIF or WebP may be animated, and then LoadImage gives all of its frames.
_STILL = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")

#: Where the facts of the file itself are asked for, before the node has made anything of it.
OF_THE_FILE = -1

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


def _loaded_image(reading: Reading) -> Facts:
    name = reading.value("image")
    own = reading.node.own_files.get("image")
    if reading.slot != 0:
        return NOTHING_KNOWN
    if own is not None and own.facts is not None:
        return own.facts
    if not isinstance(name, str) or not name.partition(" [")[0].lower().endswith(_STILL):
        return NOTHING_KNOWN
    width, height = (size_of(own.file) if own is not None else None) or (None, None)
    return Facts(frames=1, width=width, height=height)


def _file(reading: Reading, name: str) -> Facts:
    """What the file of an input says."""
    own = reading.node.own_files.get(name)
    if own is None:
        return NOTHING_KNOWN
    return own.facts if own.facts is not None else video_facts(own.file)


def _loaded_video(reading: Reading) -> Facts:
    return _file(reading, "file") if reading.slot in (0, OF_THE_FILE) else NOTHING_KNOWN


def _loaded_latent(reading: Reading) -> Facts:
    own = reading.node.own_files.get("latent")
    if own is None or reading.slot != 0:
        return NOTHING_KNOWN
    return own.facts if own.facts is not None else latent_in(own.file).facts


def _frames_of_video(reading: Reading) -> Facts:
    """VHS_LoadVideo and VHS_LoadVideoPath, which drop and repeat frames to get to `force_rate`."""
    source = _file(reading, "video")
    if reading.slot == OF_THE_FILE:
        return source
    if reading.slot not in (0, 1, 3) or reading.linked("vae"):
        return NOTHING_KNOWN
    every = reading.whole("select_every_nth")
    rate = reading.number("force_rate")
    fps = rate or source.fps if rate is not None else None
    ratio, kept = _FORMATS.get(str(reading.node.inputs.get("format", "None")), (1, None))
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
    source = _file(reading, "video")
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
        ratio = _FORMATS.get(str(reading.node.inputs.get("format", "None")), (1, None))[0]
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


def _sliced(reading: Reading) -> Facts:
    """Video Slice: the frames from `start_time` on, for `duration` seconds; 0 is to the end."""
    video = reading.facts("video")
    start_s, duration_s = reading.number("start_time"), reading.number("duration")
    if start_s is None or duration_s is None or start_s < 0 or not video.frames or not video.fps:
        return video._replace(frames=None)
    first = math.ceil(start_s * video.fps - 1e-6)
    end = math.ceil((start_s + duration_s) * video.fps - 1e-6) if duration_s else video.frames
    left = min(end, video.frames) - first
    return video._replace(frames=left if left > 0 else None)


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


#: Nodes that load a video, and the input that names the file.
LOADERS: dict[str, str] = {
    "LoadVideo": "file",
    "VHS_LoadVideo": "video",
    "VHS_LoadVideoPath": "video",
    "VHS_LoadVideoFFmpeg": "video",
    "VHS_LoadVideoFFmpegPath": "video",
}

TABLE: dict[str, Callable[[Reading], Facts]] = {
    "LoadImage": _loaded_image,
    "LoadVideo": _loaded_video,
    "LoadLatent": _loaded_latent,
    "VHS_LoadVideo": _frames_of_video,
    "VHS_LoadVideoPath": _frames_of_video,
    "VHS_LoadVideoFFmpeg": _frames_by_ffmpeg,
    "VHS_LoadVideoFFmpegPath": _frames_by_ffmpeg,
    "Video Slice": _sliced,
    "VHS_VideoInfo": _info(of_file=True, of_loaded=True),
    "VHS_VideoInfoSource": _info(of_file=True, of_loaded=False),
    "VHS_VideoInfoLoaded": _info(of_file=False, of_loaded=True),
}
