"""Latents of the Wan models: how many frames and pixels they really make.

The latent has ((length - 1) // 4) + 1 steps in time and height // 8 by width // 8 pixels (// 16 for the
5B model's VAE); the diffusion model pads it to its patches and crops the result back (ComfyUI:
comfy_extras/nodes_wan.py, nodes_hunyuan.py, comfy/ldm/wan/model.py). So 833x1217 with 80 frames makes
832x1216 with 77.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, added

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import LatentShape, Reading


def made_frames(length: int) -> int:
    """How many frames a Wan latent of that `length` decodes to."""
    return (max(length, 1) - 1) // 4 * 4 + 1


def made_px(size_px: int, cell_px: int) -> int:
    """How many pixels a Wan latent of that width or height decodes to."""
    return size_px // cell_px * cell_px


def latent(reading: Reading) -> Facts:
    shape = reading.record.latent
    return NOTHING_KNOWN if shape is None else of_shape(reading, shape)


def of_shape(reading: Reading, shape: LatentShape) -> Facts:
    """The latent of a node by its length, width and height."""
    if reading.slot != shape.slot:
        return NOTHING_KNOWN
    length, width, height = (_given(reading, name) for name in (shape.length, "width", "height"))
    driven = _driven(reading)
    return Facts(
        frames=1 if shape.one_picture else None if length is None else made_frames(length),
        fps=shape.fps if driven is None else driven.fps,
        width=None if width is None else made_px(width, shape.cell_px),
        height=None if height is None else made_px(height, shape.cell_px),
        vae=reading.link("vae"),
        clips=_clips(reading),
        empty=shape.empty and driven is None,
    )


def _given(reading: Reading, name: str) -> int | None:
    """A number that is written, or that need not be; of one that is missing nothing is known."""
    if name not in reading.inputs and reading.requires(name):
        return None
    return reading.whole(name)


#: The videos that a class follows, in the order in which they decide the rate.
_DRIVING = (
    *("control_video", "pose_video", "face_video", "background_video"),
    *("input_frames", "control_embeds", "pose_images", "face_images", "bg_images"),
)


def _driven(reading: Reading) -> Facts | None:
    """What is known of the video that the clip follows; None where it follows none, or a picture."""
    videos = [reading.facts(name) for name in _DRIVING if reading.linked(name)]
    moving = [video for video in videos if video.fps or video.frames != 1]
    return next((video for video in moving if video.fps), moving[0] if moving else None)


def _clips(reading: Reading) -> int | None:
    """How many clips a latent of that node holds; of a class without `batch_size` one."""
    count = reading.whole("batch_size")
    unknown = count is None and "batch_size" in reading.inputs
    return None if unknown else max(count or 1, 1)


def _reference_frames(reading: Reading, name: str, empty: int) -> int | None:
    """How many latent steps a reference picture puts in front; `empty` where there is none."""
    if not reading.linked(name):
        return empty
    frames, length = reading.facts(name).frames, reading.whole("length")
    if frames is None or length is None:
        return None
    return (min(frames, length) - 1) // 4 + 1


def _longer(facts: Facts, steps: int | None) -> Facts:
    """The facts of a latent with latent steps put in front of it."""
    return facts._replace(frames=added(facts.frames, None if steps is None else steps * 4))


def animate(reading: Reading) -> Facts:
    """The reference comes in front of the latent; `trim_latent` says how much of it to cut off."""
    if reading.slot == 2:
        return _longer(latent(reading), _reference_frames(reading, "reference_image", 1))
    if reading.slot == 3:
        return Facts(value=_reference_frames(reading, "reference_image", 1))
    if reading.slot == 4 and not reading.linked("continue_motion"):
        return Facts(value=0)
    if reading.slot == 5 and not reading.linked("continue_motion"):
        return Facts(value=added(reading.whole("video_frame_offset"), reading.whole("length")))
    return NOTHING_KNOWN


def animate_2(reading: Reading) -> Facts:
    """The reference comes in front of the latent too: one picture is one step, else it is not known."""
    steps = 1 if reading.facts("reference_image").frames == 1 else None
    if reading.slot == 2:
        return _longer(latent(reading), steps)
    return Facts(value=steps) if reading.slot == 3 else NOTHING_KNOWN


def scail(reading: Reading) -> Facts:
    """The first chunk begins at `video_frame_offset`; a later one some frames before."""
    if reading.slot == 3 and not reading.linked("previous_frames"):
        return Facts(value=added(reading.whole("video_frame_offset"), reading.whole("length")))
    return latent(reading)


def vace(reading: Reading) -> Facts:
    """One reference picture comes in front of the latent."""
    steps = 1 if reading.linked("reference_image") else 0
    if reading.slot == 2:
        return _longer(latent(reading), steps)
    return Facts(value=steps) if reading.slot == 3 else NOTHING_KNOWN


def following(reading: Reading) -> Facts:
    """A latent with the size of another one: of the chunk before, or of a picture."""
    shape = reading.record.latent
    if shape is None or shape.follows is None or reading.slot != shape.slot:
        return NOTHING_KNOWN
    before, length = reading.facts(shape.follows), reading.whole("length")
    return Facts(
        frames=None if length is None else made_frames(length),
        fps=before.fps or shape.fps,
        width=before.width,
        height=before.height,
        vae=reading.link("vae") or before.vae,
        empty=shape.empty,
    )


def camera(reading: Reading) -> Facts:
    """WanCameraEmbedding hands its size and length on."""
    names = {1: "width", 2: "height", 3: "length"}
    if reading.slot not in names:
        return NOTHING_KNOWN
    return Facts(value=reading.whole(names[reading.slot]))
