"""Conditioning and empty latents of the Wan models: what they are for, and what becomes of their inputs.

ComfyUI: comfy_extras/nodes_wan.py, nodes_scail.py, nodes_wandancer.py, nodes_hunyuan.py, comfy/model_base.py.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.record import Conditioning, LatentShape, NodeRecord, Reading
from wan22dsl.comfyui.nodes.wan_latents import (
    animate,
    animate_2,
    camera,
    following,
    latent,
    scail,
    vace,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.nodes.facts import Facts

#: The families whose models take pictures beside the latent as WanImageToVideo puts them there
#: (Comfy-Org/ComfyUI, comfy/model_base.py, WAN21.concat_cond).
_TAKE_PICTURES = ("i2v_14b", "fun_inpaint_14b", "fun_camera_14b")

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
        "animate_14b": ("WanAnimateToVideo",),
    }
)

#: The same for samplers that take their conditioning by one link (kijai/ComfyUI-WanVideoWrapper).
WRAPPER_CONDITIONINGS = MappingProxyType(
    {
        "i2v_14b": ("WanVideoImageToVideoEncode",),
        "t2v_14b": ("WanVideoEmptyEmbeds",),
        "ti2v_5b": ("WanVideoEmptyEmbeds", "WanVideoImageToVideoEncode"),
    }
)


def _encoding(
    class_name: str,
    conditioning: Conditioning,
    *,
    facts: Callable[[Reading], Facts] = latent,
    slot: int = 2,
    fps: float | None = 16.0,
) -> NodeRecord:
    """A class that encodes pictures for a model; its empty latent is behind the prompts."""
    return NodeRecord(
        class_name,
        role="conditioning",
        facts=facts,
        latent=LatentShape(slot=slot, fps=fps),
        conditioning=conditioning,
        work="encode_pictures",
    )


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "EmptyHunyuanLatentVideo",
        role="latent",
        facts=latent,
        latent=LatentShape(slot=0, empty=True),
        conditioning=Conditioning(
            kind="text_to_video",
            families=("t2v_14b",),
            with_others="it expects a picture and gets none",
        ),
    ),
    NodeRecord(
        "Wan22ImageToVideoLatent",
        role="latent",
        facts=latent,
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
        adds_mask=True,
    ),
    _encoding(
        "WanImageToVideo",
        Conditioning(
            by_pictures=True,
            encodes=("start_image",),
            families=_TAKE_PICTURES,
            with_others="the picture is ignored",
            cropped=("start_image",),
            laid_over=("start_image",),
            needs=("start_image",),
        ),
    ),
    _encoding(
        "WanFirstLastFrameToVideo",
        Conditioning(
            by_pictures=True,
            encodes=("start_image", "end_image"),
            families=_TAKE_PICTURES,
            with_others="the pictures are ignored",
            cropped=("start_image", "end_image"),
            laid_over=("start_image",),
            needs=("start_image", "end_image"),
        ),
    ),
    _encoding(
        "WanFunControlToVideo",
        Conditioning(
            kind="control_video",
            encodes=("start_image", "control_video"),
            families=("fun_control_14b",),
            with_others="the control video is not followed",
            cropped=("start_image", "control_video"),
            laid_over=("control_video",),
            needs=("control_video",),
        ),
    ),
    _encoding(
        "Wan22FunControlToVideo",
        Conditioning(
            kind="control_video",
            encodes=("ref_image", "start_image", "control_video"),
            channels=48,
            families=("fun_control_14b",),
            with_others="the control video is not followed",
            cropped=("ref_image", "control_video"),
            laid_over=("control_video",),
            needs=("control_video",),
        ),
    )._replace(undocumented=(("start_image", "IMAGE"),)),
    _encoding(
        "WanFunInpaintToVideo",
        Conditioning(
            by_pictures=True,
            encodes=("start_image", "end_image"),
            families=_TAKE_PICTURES,
            with_others="the pictures are ignored",
            cropped=("start_image", "end_image"),
            laid_over=("start_image",),
        ),
    ),
    _encoding(
        "WanCameraImageToVideo",
        Conditioning(
            kind="camera_move",
            encodes=("start_image",),
            families=("fun_camera_14b",),
            with_others="the camera is ignored",
            cropped=("start_image",),
            needs=("camera_conditions",),
        ),
    ),
    _encoding(
        "WanTrackToVideo",
        Conditioning(
            by_pictures=True,
            encodes=("start_image",),
            families=_TAKE_PICTURES,
            with_others="the picture and its tracks are ignored",
            cropped=("start_image",),
        ),
    ),
    _encoding(
        "WanMoveTrackToVideo",
        Conditioning(
            by_pictures=True,
            encodes=("start_image",),
            families=_TAKE_PICTURES,
            with_others="the picture and its tracks are ignored",
            cropped=("start_image",),
            laid_over=("start_image",),
        ),
    ),
    _encoding(
        "WanSoundImageToVideo",
        Conditioning(
            kind="sound",
            encodes=("ref_image", "control_video"),
            families=("s2v_14b",),
            with_others="the sound is ignored",
            cropped=("ref_image", "control_video"),
            laid_over=("control_video",),
            needs=("audio_encoder_output",),
        ),
    ),
    _encoding(
        "WanVaceToVideo",
        Conditioning(
            kind="vace",
            encodes=("reference_image", "control_video"),
            families=("vace_14b",),
            with_others="the control video is ignored",
            cropped=("reference_image", "control_video"),
            laid_over=("control_video",),
            trim_output=3,
        ),
        facts=vace,
    )._replace(idle_at=("strength", 0)),
    _encoding(
        "WanAnimateToVideo",
        Conditioning(
            kind="character",
            encodes=("reference_image",),
            families=("animate_14b",),
            with_others="pose and face are ignored",
            cropped=("reference_image", "pose_video", "background_video"),
            trim_output=3,
        ),
        facts=animate,
        fps=None,
    ),
    NodeRecord(
        "WanAnimate2ToVideo",
        role="conditioning",
        facts=animate_2,
        latent=LatentShape(slot=2),
        conditioning=Conditioning(
            kind="character",
            encodes=("reference_image", "pose_video", "continue_motion"),
            trim_output=3,
        ),
    ),
    NodeRecord(
        "WanSCAILToVideo",
        role="conditioning",
        facts=scail,
        latent=LatentShape(slot=2, grid_px=32),
        conditioning=Conditioning(
            kind="character",
            encodes=("reference_image", "pose_video", "previous_frames"),
            cropped=("reference_image", "pose_video", "previous_frames"),
        ),
        work="encode_pictures",
    ),
    _encoding(
        "WanDancerVideo",
        Conditioning(
            kind="sound",
            encodes=("start_image",),
            cropped=("start_image",),
        ),
        fps=None,
    ),
    _encoding(
        "WanHuMoImageToVideo",
        Conditioning(
            kind="sound",
            encodes=("ref_image",),
            families=("humo",),
            with_others="the sound is ignored",
            cropped=("ref_image",),
        ),
        fps=25.0,
    ),
    _encoding(
        "WanInfiniteTalkToVideo",
        Conditioning(
            kind="sound",
            encodes=("start_image",),
            cropped=("start_image",),
        ),
        slot=3,
        fps=25.0,
    ),
    NodeRecord(
        "WanPhantomSubjectToVideo",
        role="conditioning",
        facts=latent,
        latent=LatentShape(slot=3),
        conditioning=Conditioning(
            cropped=("images",),
        ),
    ),
    NodeRecord(
        "WanSoundImageToVideoExtend",
        role="conditioning",
        facts=following,
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
        role="camera",
        facts=camera,
    ),
    NodeRecord(
        "CLIPTextEncode",
        role="text",
        work="encode_text",
    ),
)
