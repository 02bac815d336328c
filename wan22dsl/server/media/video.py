"""Videos of a simulated clip, encoded by PyAV: H.264, and VP9 in WebM.

ComfyUI's own savers are PyAV too (comfy_extras/nodes_video.py, comfy_api/latest/_input_impl/video_types.py):
the same containers, pixel format and tags. AV1 is not written, since its encoder prints to the terminal;
a WebM that was to hold AV1 holds VP9.
"""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.server.media.drawing import Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.server.media.drawing import Clip

Container = Literal["mp4", "mov", "matroska", "webm"]

#: The quickest settings of each encoder. What is drawn looks good with any.
_H264 = ("libx264", {"preset": "ultrafast", "crf": "28"})
_VP9 = ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "crf": "40", "b": "0"})

#: So many frames are encoded, the first of them on its own; they repeat until the clip is full. So a long
#: clip takes no longer than a short one.
PERIOD_FRAMES = 16

#: FFmpeg leaves out what differs between two runs: times of creation, random numbers, its own version.
_SAME_BYTES = {"fflags": "+bitexact"}
#: Tags of any name, as ComfyUI's savers have them.
_ANY_TAGS = {"movflags": "use_metadata_tags"}

#: Luma of letters in limited range (ITU-R BT.601).
_LETTER_LUMA = 235


def video(clip: Clip, container: Container, tags: Mapping[str, str]) -> bytes:
    """The bytes of the file. Raises av.error.FFmpegError, such as for H.264 with an odd side."""
    import av

    codec, settings = _VP9 if container == "webm" else _H264
    options = _SAME_BYTES | (_ANY_TAGS if container in ("mp4", "mov") else {})
    data = io.BytesIO()
    with av.open(data, "w", format=container, options=options) as file:
        file.metadata.update(tags)
        stream: Any = file.add_stream(codec, rate=_rate(clip.fps), options=settings)
        stream.width, stream.height, stream.pix_fmt = clip.width_px, clip.height_px, "yuv420p"
        stream.codec_context.thread_count = 1  # more of them may share out the work differently
        packets = _period(clip, stream)
        for number in range(clip.frames):
            packet = packets[number % len(packets)]
            packet.pts = packet.dts = number
            packet.time_base = 1 / _rate(clip.fps)
            file.mux(packet)
    return data.getvalue()


def _period(clip: Clip, stream: Any) -> list[Any]:
    """The frames that repeat, each as one packet. There are none that need a later one."""
    import av

    luma, *chroma = _colours(clip)
    drawing = Drawing(clip, PERIOD_FRAMES)
    packets: list[Any] = []
    for number in range(min(clip.frames, PERIOD_FRAMES)):
        frame = av.VideoFrame(clip.width_px, clip.height_px, "yuv420p")
        _fill(frame, drawing.frame(number).point(luma), chroma)
        frame.pts = number
        packets += stream.encode(frame)
    packets += stream.encode(None)
    return packets


def _rate(fps: float) -> Fraction:
    """Frames in a second to three places, as ComfyUI rounds them."""
    return Fraction(max(round(fps * 1000), 1), 1000)


def _colours(clip: Clip) -> tuple[list[int], int, int]:
    """Luma by shade of the drawing, and both chromas, in limited range (ITU-R BT.601)."""
    red, green, blue = clip.colour
    ground = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    luma = [round(ground + (_LETTER_LUMA - ground) * shade / 255) for shade in range(256)]
    cb = round(128 - 0.148 * red - 0.291 * green + 0.439 * blue)
    cr = round(128 + 0.439 * red - 0.368 * green - 0.071 * blue)
    return luma, cb, cr


def _fill(frame: Any, image: Any, chroma: list[int]) -> None:
    """Writes luma from an image and two constant chromas; rows in a frame may be longer than the picture."""
    luma, *others = frame.planes
    if luma.line_size != image.width:
        image = image.crop((0, 0, luma.line_size, image.height))
    luma.update(image.tobytes().ljust(luma.buffer_size, b"\0"))
    for plane, value in zip(others, chroma, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
