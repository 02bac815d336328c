"""What the nodes that save give to the user: files in the output folder, and what the page shows of them."""

from __future__ import annotations

import json
import math
import random
import string
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.latents_saved import CELLS_PX
from wan22dsl.graph.model import NOTHING_KNOWN, Facts
from wan22dsl.server.calls import NodeFault
from wan22dsl.server.flow import Flow
from wan22dsl.server.media import pictures
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.latent import Shape, latent
from wan22dsl.server.media.reading import mark
from wan22dsl.server.media.video import video
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.nodes.record import Writes
    from wan22dsl.server.calls import Call
    from wan22dsl.server.folders import Folders
    from wan22dsl.server.media.video import Container

#: A guess: what an encoder takes for a megapixel of video, and the least that a saver takes.
_SAVE_S_PER_MEGAPIXEL = 0.01
_LEAST_SAVE_S = 0.1

#: A batch of frames is saved one by one, and so is what has no end; these are enough to look at.
MOST_FRAMES = 2000


class Save(NamedTuple):
    """One saver's work: its node, the prompt, and what of it is embedded beside the prompt."""

    call: Call
    prompt: Mapping[str, Any]
    extra_pnginfo: Mapping[str, Any]
    folders: Folders
    temp_prefix: str

    def source(self) -> Flow:
        """What is to be saved."""
        found = self.call.flow("video", "images", "samples", "image", "frames")
        return found if found is not None else Flow("IMAGE", width_px=64, height_px=64, frames=1)

    def saved(self) -> Facts:
        """What the file is to have."""
        flow, facts = self.source(), self.call.saved or NOTHING_KNOWN
        return Facts(
            frames=facts.frames or max(flow.frames, 1) * flow.batch,
            fps=facts.fps,
            width=facts.width or max(flow.width_px, 16),
            height=facts.height or max(flow.height_px, 16),
        )

    def metadata(self, frame: int | None = None) -> dict[str, str]:
        """What a file carries: the prompt, everything of extra_pnginfo, and that it is simulated."""
        kept = {"prompt": self.prompt, **self.extra_pnginfo}
        texts = {name: json.dumps(value) for name, value in kept.items()}
        return {**texts, "simulated": mark(self.source(), self.saved(), frame)}


def temp_prefix() -> str:
    """What the files of the temp folder begin with: another one at every start of a server."""
    return "ComfyUI_temp_" + "".join(random.choices(string.ascii_lowercase, k=5))


def save_s(call: Call) -> float:
    """Seconds that saving takes; none for a class that saves nothing."""
    if record_of(call.node_class.name).saving is None:
        return 0.0
    found = Save(call, {}, {}, None, "").saved()  # type: ignore[arg-type]
    megapixels = (found.width or 0) * (found.height or 0) * (found.frames or 1) / 1e6
    return _LEAST_SAVE_S + _SAVE_S_PER_MEGAPIXEL * megapixels


def save(work: Save) -> dict[str, Any] | None:
    """Writes the files of a saver and gives what its `executed` shows; None for other nodes."""
    saving = record_of(work.call.node_class.name).saving
    return None if saving is None else _SAVERS[saving.what](work)


def _clip(work: Save) -> Clip:
    found = work.saved()
    fps = found.fps if found.fps and math.isfinite(found.fps) else 16.0
    frames = min(found.frames or 1, MOST_FRAMES)
    return Clip(found.width or 16, found.height or 16, frames, fps, work.source().digest)


def _write(work: Save, data: bytes, ending: str, folder: str = "output") -> dict[str, str]:
    """Writes one file under the node's prefix, and gives its name as the page wants it."""
    flow = work.source()
    prefix = str(work.call.value("filename_prefix", "ComfyUI"))
    if folder == "temp":
        prefix = work.temp_prefix
    try:
        path, below = work.folders.next_file(folder, _filled(prefix, flow), ending)
    except ValueError:
        said = "**** ERROR: Saving image outside the output folder is not allowed.\n"
        raise NodeFault("Exception", said) from None
    path.write_bytes(data)
    return {"filename": path.name, "subfolder": below, "type": folder}


def _filled(prefix: str, flow: Flow) -> str:
    """A prefix with its words filled in: `%width%`, `%year%`. Dates such as `%date:…%` are the page's."""
    now = datetime.now()
    words = {"width": flow.width_px, "height": flow.height_px, "year": now.year}
    two = {"month": now.month, "day": now.day, "hour": now.hour, "minute": now.minute}
    for name, value in words.items():
        prefix = prefix.replace(f"%{name}%", str(value))
    for name, value in {**two, "second": now.second}.items():
        prefix = prefix.replace(f"%{name}%", f"{value:02}")
    return prefix


def _video(work: Save) -> dict[str, Any]:
    container = work.call.value("format", "auto")
    codec = work.call.value("format.codec", work.call.value("codec", "auto"))
    if container not in ("auto", "mp4"):
        raise NodeFault("ValueError", f"'{container}' is not a valid VideoContainer\n")
    if codec not in ("auto", "h264"):
        raise NodeFault("ValueError", "Only H264 codec is supported for now\n")
    clip = _clip(work)
    if clip.width_px % 2 or clip.height_px % 2:
        said = "[Errno 542398533] Generic error in an external library: 'avcodec_open2(libx264)'\n"
        raise NodeFault("av.error.ExternalError", said)
    file = _write(work, video(clip, "mp4", work.metadata()), "_.mp4")
    return {"images": [file], "animated": [True]}


def _webm(work: Save) -> dict[str, Any]:
    file = _write(work, video(_clip(work), "webm", work.metadata()), "_.webm")
    return {"images": [file], "animated": [True]}


def _webp(work: Save) -> dict[str, Any]:
    clip = _clip(work)
    file = _write(work, pictures.webp(clip, work.metadata()), "_.webp")
    return {"images": [file], "animated": [clip.frames != 1]}


def _animated_png(work: Save) -> dict[str, Any]:
    file = _write(work, pictures.animated_png(_clip(work), work.metadata()), "_.png")
    return {"images": [file], "animated": [True]}


def _images(work: Save, folder: str = "output") -> dict[str, Any]:
    clip = _clip(work)
    return {
        "images": [
            _write(work, pictures.png(clip, number, work.metadata(number)), "_.png", folder)
            for number in range(clip.frames)
        ]
    }


def _preview(work: Save) -> dict[str, Any]:
    return _images(work, "temp")


def _latent(work: Save) -> dict[str, Any]:
    flow = work.source()
    channels = flow.channels if flow.channels in CELLS_PX else 16
    shape = Shape(flow.width_px, flow.height_px, flow.frames, flow.batch, channels)
    return {"latents": [_write(work, latent(shape, work.metadata()), "_.latent")]}


def _any(work: Save) -> dict[str, Any]:
    value = work.call.values.get("source")
    if isinstance(value, Flow):
        value = value.constant if value.constant is not None else f"<simulated {value.type}>"
    return {"text": [str(value)]}


def _combine(work: Save) -> dict[str, Any]:
    """VHS_VideoCombine: its files have no underscore after the number, and are under `gifs`."""
    clip, form = _clip(work), str(work.call.value("format", "video/h264-mp4"))
    folder = "output" if work.call.value("save_output", True) else "temp"
    if form in ("image/gif", "video/ffmpeg-gif"):
        data, ending = pictures.gif(clip), ".gif"
    elif form == "image/webp":
        data, ending = pictures.webp(clip, work.metadata()), ".webp"
    else:
        container, ending = _container(form)
        data = video(clip, container, {"comment": json.dumps(work.metadata())})
    file = _write(work, data, ending, folder)
    path = str(work.folders.place / folder / file["subfolder"] / file["filename"])
    rate = {"format": form, "frame_rate": clip.fps, "workflow": "", "fullpath": path}
    return {"gifs": [{**file, **rate}]}


def _container(form: str) -> tuple[Container, str]:
    """The container and the ending of a format of VideoHelperSuite (its `video_formats/`)."""
    if form == "video/ProRes":
        return "mov", ".mov"
    if form.endswith("-mkv"):
        return "matroska", ".mkv"
    return ("webm", ".webm") if form.endswith("webm") else ("mp4", ".mp4")


_SAVERS: dict[Writes, Callable[[Save], dict[str, Any]]] = {
    "video": _video,
    "webm": _webm,
    "webp": _webp,
    "apng": _animated_png,
    "pictures": _images,
    "temp_pictures": _preview,
    "latent": _latent,
    "text": _any,
    "combined": _combine,
}
