"""Nodes that load pictures, videos and latents: what their files say, and what the nodes make of it.

ComfyUI: nodes.py, comfy_extras/nodes_video.py. The file is known where it is the user's own, beside
the `.wan` file.
"""

from __future__ import annotations

import math

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import File, NodeRecord, Reading
from wan22dsl.comfyui.nodes.widgets import Widgets

#: Pictures of one frame. A GIF or WebP may be animated, and then LoadImage gives all of its frames.
_STILL = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")

#: Where the facts of the file itself are asked for, before the node has made anything of it.
OF_THE_FILE = -1


def _loaded_image(reading: Reading) -> Facts:
    name = reading.value("image")
    own = reading.own_files.get("image")
    if reading.slot != 0:
        return NOTHING_KNOWN
    if own is not None and own.facts is not None:
        return own.facts
    if not isinstance(name, str) or not name.partition(" [")[0].lower().endswith(_STILL):
        return NOTHING_KNOWN
    if own is None:
        return Facts(frames=1)
    from wan22dsl.comfyui.nodes.pictures import size_of

    width, height = size_of(own.file) or (None, None)
    return Facts(frames=1, width=width, height=height)


def file_facts(reading: Reading, name: str) -> Facts:
    """What the file of an input says."""
    own = reading.own_files.get(name)
    if own is None:
        return NOTHING_KNOWN
    if own.facts is not None:
        return own.facts
    from wan22dsl.comfyui.nodes.media import video_facts

    return video_facts(own.file)


def _loaded_video(reading: Reading) -> Facts:
    return file_facts(reading, "file") if reading.slot in (0, OF_THE_FILE) else NOTHING_KNOWN


def _loaded_latent(reading: Reading) -> Facts:
    own = reading.own_files.get("latent")
    if own is None or reading.slot != 0:
        return NOTHING_KNOWN
    if own.facts is not None:
        return own.facts
    from wan22dsl.comfyui.nodes.latents_saved import latent_in

    return latent_in(own.file).facts


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


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "LoadImage",
        role="loader",
        facts=_loaded_image,
        file=File("image", "picture"),
        work="load_file",
        widgets=Widgets(upload=("IMAGEUPLOAD", "image")),
    ),
    NodeRecord(
        "LoadImageMask",
        role="loader",
        file=File("image", "picture"),
        work="load_file",
        widgets=Widgets(upload=("IMAGEUPLOAD", "image")),
    ),
    NodeRecord(
        "LoadImageOutput",
        role="loader",
        file=File("image", "picture"),
        work="load_file",
    ),
    NodeRecord(
        "LoadVideo",
        role="loader",
        facts=_loaded_video,
        file=File("file", "video"),
        work="load_file",
        widgets=Widgets(upload=("IMAGEUPLOAD", "image")),
    ),
    NodeRecord(
        "LoadAudio",
        role="loader",
        file=File("audio", "sound"),
        widgets=Widgets(upload=("AUDIOUPLOAD", "")),
    ),
    NodeRecord(
        "LoadLatent",
        role="loader",
        facts=_loaded_latent,
        file=File("latent", "latent"),
        work="load_file",
    ),
    NodeRecord(
        "Video Slice",
        role="video",
        facts=_sliced,
    ),
    NodeRecord(
        "Load3D",
        role="loader",
        file=File("model_file", "other"),
        widgets=Widgets(buttons=("upload3dmodel", "uploadExtraResources", "clear")),
    ),
)
