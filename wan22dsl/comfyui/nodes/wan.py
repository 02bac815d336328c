"""Conditioning and empty latents of the Wan models: how many frames and pixels they really make.

The latent has ((length - 1) // 4) + 1 steps in time and height // 8 by width // 8 pixels (// 16 for the
5B model's VAE); the diffusion model pads it to its patches and crops the result back (ComfyUI:
comfy_extras/nodes_wan.py, nodes_hunyuan.py, comfy/ldm/wan/model.py). So 833x1217 with 80 frames makes
832x1216 with 77.
"""

from __future__ import annotations

from types import MappingProxyType

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, Reading, added
from wan22dsl.comfyui.nodes.record import Conditioning, LatentShape, NodeRecord


def made_frames(length: int) -> int:
    """How many frames a Wan latent of that `length` decodes to."""
    return (max(length, 1) - 1) // 4 * 4 + 1


def made_px(size_px: int, cell_px: int) -> int:
    """How many pixels a Wan latent of that width or height decodes to."""
    return size_px // cell_px * cell_px


def _latent(reading: Reading) -> Facts:
    shape = reading.record.latent
    if shape is None or reading.slot != shape.slot:
        return NOTHING_KNOWN
    length, width, height = (reading.whole(name) for name in ("length", "width", "height"))
    return Facts(
        frames=None if length is None else made_frames(length),
        fps=_driving_fps(reading) or shape.fps,
        width=None if width is None else made_px(width, shape.cell_px),
        height=None if height is None else made_px(height, shape.cell_px),
        vae=reading.link("vae"),
        clips=_clips(reading),
        empty=shape.empty,
    )


#: The videos that a class follows, in the order in which they decide the rate.
_DRIVING = ("control_video", "pose_video", "face_video", "background_video")


def _driving_fps(reading: Reading) -> float | None:
    """The rate of the video that the clip follows."""
    rates = (reading.facts(name).fps for name in _DRIVING if reading.linked(name))
    return next((rate for rate in rates if rate), None)


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


def _animate(reading: Reading) -> Facts:
    """The reference comes in front of the latent; `trim_latent` says how much of it to cut off."""
    if reading.slot == 2:
        return _longer(_latent(reading), _reference_frames(reading, "reference_image", 1))
    if reading.slot == 3:
        return Facts(value=_reference_frames(reading, "reference_image", 1))
    if reading.slot == 4 and not reading.linked("continue_motion"):
        return Facts(value=0)
    if reading.slot == 5 and not reading.linked("continue_motion"):
        return Facts(value=added(reading.whole("video_frame_offset"), reading.whole("length")))
    return NOTHING_KNOWN


def _vace(reading: Reading) -> Facts:
    """One reference picture comes in front of the latent."""
    steps = 1 if reading.linked("reference_image") else 0
    if reading.slot == 2:
        return _longer(_latent(reading), steps)
    return Facts(value=steps) if reading.slot == 3 else NOTHING_KNOWN


def _sound_extend(reading: Reading) -> Facts:
    """The next chunk has the size of the one before."""
    if reading.slot != 2:
        return NOTHING_KNOWN
    before, length = reading.facts("video_latent"), reading.whole("length")
    return Facts(
        frames=None if length is None else made_frames(length),
        fps=before.fps or 16.0,
        width=before.width,
        height=before.height,
        vae=reading.link("vae"),
    )


def _camera(reading: Reading) -> Facts:
    """WanCameraEmbedding hands its size and length on."""
    names = {1: "width", 2: "height", 3: "length"}
    if reading.slot not in names:
        return NOTHING_KNOWN
    return Facts(value=reading.whole(names[reading.slot]))


#: The families whose models take pictures beside the latent as WanImageToVideo puts them there
#: (Comfy-Org/ComfyUI, comfy/model_base.py, WAN21.concat_cond).
_TAKE_PICTURES = ("i2v_14b", "fun_inpaint_14b", "fun_camera_14b", "animate_14b")

#: The conditionings for a family, the usual one first. What families take that are not here is not known.
CONDITIONINGS = MappingProxyType(
    {
        "i2v_14b": ("WanImageToVideo", "WanFirstLastFrameToVideo", "WanFunInpaintToVideo"),
        "fun_inpaint_14b": ("WanFunInpaintToVideo", "WanImageToVideo", "WanFirstLastFrameToVideo"),
        "fun_control_14b": ("Wan22FunControlToVideo",),
        "fun_camera_14b": ("WanCameraImageToVideo",),
        "t2v_14b": ("EmptyHunyuanLatentVideo",),
        "ti2v_5b": ("Wan22ImageToVideoLatent",),
        "s2v_14b": ("WanSoundImageToVideo",),
    }
)

RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "EmptyHunyuanLatentVideo",
        role="latent",
        facts=_latent,
        latent=LatentShape(slot=0, empty=True),
        conditioning=Conditioning(
            kind="text_to_video",
            families=("t2v_14b",),
            with_others="it gets no picture, and expects one",
        ),
    ),
    NodeRecord(
        "Wan22ImageToVideoLatent",
        role="latent",
        facts=_latent,
        latent=LatentShape(
            slot=0,
            fps=24.0,
            cell_px=16,
            grid_px=32,
            channels=48,
            holds="start_image",
        ),
        conditioning=Conditioning(
            by_pictures=True,
            encodes=("start_image",),
            families=("ti2v_5b",),
            with_others="the video comes out at half the size",
            cropped=("start_image",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanImageToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            by_pictures=True,
            encodes=("start_image",),
            families=_TAKE_PICTURES,
            with_others="the picture is ignored",
            cropped=("start_image",),
            laid_over=("start_image",),
            needs=("start_image",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanFirstLastFrameToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            by_pictures=True,
            encodes=("start_image", "end_image"),
            families=_TAKE_PICTURES,
            with_others="the pictures are ignored",
            cropped=("start_image", "end_image"),
            laid_over=("start_image",),
            needs=("start_image", "end_image"),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanFunControlToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            kind="control_video",
            encodes=("start_image", "control_video"),
            families=("fun_control_14b",),
            with_others="the control video is not followed",
            cropped=("start_image", "control_video"),
            laid_over=("control_video",),
            needs=("control_video",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "Wan22FunControlToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            kind="control_video",
            encodes=("ref_image", "start_image", "control_video"),
            channels=48,
            families=("fun_control_14b",),
            with_others="the control video is not followed",
            cropped=("ref_image", "control_video"),
            laid_over=("control_video",),
            needs=("control_video",),
        ),
        work="encode_pictures",
        undocumented=(("start_image", "IMAGE"),),
    ),
    NodeRecord(
        "WanFunInpaintToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            by_pictures=True,
            encodes=("start_image", "end_image"),
            families=_TAKE_PICTURES,
            with_others="the pictures are ignored",
            cropped=("start_image", "end_image"),
            laid_over=("start_image",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanCameraImageToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            kind="camera_move",
            encodes=("start_image",),
            families=("fun_camera_14b",),
            with_others="the camera is ignored",
            cropped=("start_image",),
            needs=("camera_conditions",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanTrackToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            by_pictures=True,
            encodes=("start_image",),
            families=_TAKE_PICTURES,
            with_others="the picture and its tracks are ignored",
            cropped=("start_image",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanMoveTrackToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            by_pictures=True,
            encodes=("start_image",),
            families=_TAKE_PICTURES,
            with_others="the picture and its tracks are ignored",
            cropped=("start_image",),
            laid_over=("start_image",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanSoundImageToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            kind="sound",
            encodes=("ref_image", "control_video"),
            families=("s2v_14b",),
            with_others="the sound is ignored",
            cropped=("ref_image", "control_video"),
            laid_over=("control_video",),
            needs=("audio_encoder_output",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanVaceToVideo",
        role="conditioning",
        facts=_vace,
        latent=LatentShape(slot=2, fps=16.0),
        conditioning=Conditioning(
            kind="vace",
            encodes=("reference_image", "control_video"),
            families=("vace_14b",),
            with_others="the control video is ignored",
            cropped=("reference_image", "control_video"),
            laid_over=("control_video",),
            trim_output=3,
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanAnimateToVideo",
        role="conditioning",
        facts=_animate,
        latent=LatentShape(slot=2),
        conditioning=Conditioning(
            kind="character",
            encodes=("reference_image",),
            families=("animate_14b",),
            with_others="pose and face are ignored",
            cropped=("reference_image", "pose_video", "background_video"),
            trim_output=3,
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanHuMoImageToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=2, fps=25.0),
        conditioning=Conditioning(
            kind="sound",
            encodes=("ref_image",),
            families=("humo",),
            with_others="the sound is ignored",
            cropped=("ref_image",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanInfiniteTalkToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=3, fps=25.0),
        conditioning=Conditioning(
            kind="sound",
            encodes=("start_image",),
            cropped=("start_image",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanPhantomSubjectToVideo",
        role="conditioning",
        facts=_latent,
        latent=LatentShape(slot=3),
        conditioning=Conditioning(
            cropped=("images",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanSoundImageToVideoExtend",
        role="conditioning",
        facts=_sound_extend,
        latent=LatentShape(slot=2, fps=16.0, follows="video_latent"),
        conditioning=Conditioning(
            kind="sound",
            encodes=("ref_image", "control_video"),
            families=("s2v_14b",),
            with_others="the sound is ignored",
            laid_over=("control_video",),
            needs=("audio_encoder_output",),
        ),
        work="encode_pictures",
    ),
    NodeRecord(
        "WanCameraEmbedding",
        role="conditioning",
        facts=_camera,
    ),
    NodeRecord(
        "CLIPTextEncode",
        role="text",
        work="encode_text",
    ),
)
