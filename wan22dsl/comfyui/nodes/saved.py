"""What the files of nodes that save have: frames, rate and size, as a player shows them.

ComfyUI: comfy_extras/nodes_video.py, nodes_images.py, nodes.py; ComfyUI-VideoHelperSuite:
videohelpersuite/nodes.py, video_formats/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.model import NOTHING_KNOWN, Facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.nodes.reading import Reading

#: Sides of what VHS_VideoCombine writes through FFmpeg are made multiples of this by repeating the edge.
_VHS_STEP_PX = 2


def facts_of(reading: Reading) -> Facts | None:
    """The facts of what a node writes; None for a class that is not known to write frames."""
    saver = _TABLE.get(reading.node.class_name)
    return None if saver is None else saver(reading)


def _video(reading: Reading) -> Facts:
    return reading.facts("video")


def _pictures(reading: Reading) -> Facts:
    """Files of one picture each: as many as there are frames, and no rate."""
    return reading.facts("images")._replace(fps=None)


def _latent(reading: Reading) -> Facts:
    """A latent has no rate; frames and size are those that it decodes to."""
    return reading.facts("samples")._replace(fps=None, vae=None, model_fps=None)


def _played(reading: Reading) -> Facts:
    return reading.facts("images")._replace(fps=_rate(reading, "fps"))


def _rate(reading: Reading, name: str) -> float | None:
    rate = reading.number(name)
    return rate if rate is not None and rate > 0 else None


def _combined(reading: Reading) -> Facts:
    """VHS_VideoCombine: forth and back with `pingpong`, `loop_count` more times, with even sides."""
    facts = reading.facts("images")
    frames, form, loops = facts.frames, reading.value("format"), reading.whole("loop_count")
    back = reading.value("pingpong")
    if not isinstance(form, str) or not isinstance(back, bool) or loops is None:
        return facts._replace(
            frames=None, width=None, height=None, fps=_rate(reading, "frame_rate")
        )
    if frames is not None and back:
        frames += max(frames - 2, 0)
    width, height = facts.width, facts.height
    if not form.startswith("image/"):
        frames = None if frames is None else frames * (max(loops, 0) + 1)
        width, height = (None if px is None else px + px % _VHS_STEP_PX for px in (width, height))
    if reading.linked("meta_batch") or reading.linked("vae"):
        return NOTHING_KNOWN._replace(fps=_rate(reading, "frame_rate"))
    fps = _rate(reading, "frame_rate")
    return facts._replace(frames=frames, fps=fps, width=width, height=height)


_TABLE: dict[str, Callable[[Reading], Facts]] = {
    "SaveVideo": _video,
    "SaveWEBM": _played,
    "SaveAnimatedWEBP": _played,
    "SaveAnimatedPNG": _played,
    "SaveImage": _pictures,
    "SaveLatent": _latent,
    "PreviewImage": _pictures,
    "VHS_VideoCombine": _combined,
}
