"""Whether a file is what its folder and its name say: for `wan models check` and the rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name, size_of
from wan22dsl.model_files.kinds import (
    AUDIO_ENCODER,
    CHECKPOINT,
    CLIP_VISION,
    LORA,
    MODEL,
    TEXT_ENCODER,
    UNKNOWN,
    VAE,
    WIDTHS,
)

if TYPE_CHECKING:
    from wan22dsl.model_files.kinds import Identity

#: What the files of a folder are. Other folders are not judged.
KINDS = {
    "diffusion_models": (MODEL, CHECKPOINT),
    "unet": (MODEL, CHECKPOINT),
    "unet_gguf": (MODEL, CHECKPOINT),
    "loras": (LORA,),
    "vae": (VAE, CHECKPOINT),
    "text_encoders": (TEXT_ENCODER,),
    "clip": (TEXT_ENCODER,),
    "clip_gguf": (TEXT_ENCODER,),
    "clip_vision": (CLIP_VISION,),
    "audio_encoders": (AUDIO_ENCODER,),
    "checkpoints": (CHECKPOINT, MODEL),
}

#: What else loaders of packs take from a folder: kijai/ComfyUI-WanVideoWrapper has its CLIP Vision model
#: there (LoadWanVideoClipTextEncoder).
_ALSO_OF_PACKS = dict.fromkeys(("text_encoders", "clip"), (CLIP_VISION,))

#: Families that are one: the Fun models of VACE have the layers of VACE.
_SAME = {"fun_vace_14b": "vace_14b"}

#: Families that are told apart by a header.
_TOLD_APART = frozenset(
    {
        *("i2v_14b", "t2v_14b", "vace_14b", "s2v_14b", "animate_14b", "ti2v_5b", "1_3b"),
        *("fun_control_14b", "fun_inpaint_14b", "fun_camera_14b"),
    }
)

#: Families that have models of 14B or 17B, and of 1.3B or 1.7B (Phantom-video/Phantom, Phantom-video/HuMo).
_OF_SEVERAL_SIZES = frozenset({"humo", "phantom"})

#: The versions of a VAE by its name, as in `wan_2.1_vae` and `Wan2_2_VAE_bf16`.
_VAE = re.compile(r"wan[ ._-]?2[ ._-]?([12])[ ._-]?vae")

#: The two text encoders by their names, as in `umt5_xxl_fp16` and `t5xxl_fp16`.
_T5 = re.compile(r"(?<![a-z])(um)?t5[ ._-]?(?:v1[ ._-]?1[ ._-]?)?xxl")
_VAE_CHANNELS = {"1": 16, "2": 48}


def wrong_kind(identity: Identity, folder: str, *, of_pack: bool = False) -> str | None:
    """The kind of a file that is of another kind than its folder is for.

    `of_pack`: the node that loads it is, or may be, that of a pack.
    """
    kinds = KINDS.get(folder)
    if of_pack and kinds is not None:
        kinds += _ALSO_OF_PACKS.get(folder, ())
    if kinds is None or identity.kind == UNKNOWN or identity.kind in kinds:
        return None
    return identity.kind


def is_family(identity: Identity, family: str) -> bool | None:
    """Whether a diffusion model can be one of a family; None where nothing tells."""
    wanted = _SAME.get(family, family)
    if family in _OF_SEVERAL_SIZES:
        return None
    if identity.width in WIDTHS and WIDTHS[identity.width] != size_of(family):
        return False
    if not identity.families or wanted not in _TOLD_APART:
        return None
    return wanted in {_SAME.get(each, each) for each in identity.families}


def lora_is_for(identity: Identity, family: str) -> bool | None:
    """Whether a LoRA was made for models of a family; None where nothing tells.

    A LoRA for i2v is for the Fun models too, and one for t2v for VACE and S2V (workflow templates of
    Comfy-Org).
    """
    if identity.width in WIDTHS and WIDTHS[identity.width] != size_of(family):
        return False
    if not identity.families:
        return None
    made_for = {_SAME.get(each, each) for each in identity.families}
    wanted = _SAME.get(family, family)
    if wanted in made_for:
        return True
    if wanted == "t2v_14b" and "i2v_14b" in made_for:
        return False
    if wanted == "i2v_14b" and "t2v_14b" in made_for:
        return False
    return None


def against_name(identity: Identity, folder: str, file: str) -> str | None:
    """What a file is, where its name says something else; None where the two agree or nothing tells."""
    said = read_name(file)
    if identity.kind == VAE:
        match = _VAE.search(file.replace("\\", "/").rpartition("/")[2].lower())
        channels = _VAE_CHANNELS[match[1]] if match else None
        if channels is not None and identity.latent_channels not in (None, channels):
            return f"a VAE whose latent has {identity.latent_channels} channels"
        return None
    if identity.kind == TEXT_ENCODER:
        match = _T5.search(file.replace("\\", "/").rpartition("/")[2].lower())
        named = None if match is None else "umt5_xxl" if match[1] else "t5_xxl"
        return identity.words() if named and identity.family not in (None, named) else None
    if identity.kind not in (MODEL, LORA, CHECKPOINT):
        return None
    if said.noise and identity.noise and said.noise != identity.noise:
        return f"the file for {identity.noise} noise"
    if said.family is None:
        return None
    fits = (
        lora_is_for(identity, said.family)
        if identity.kind == LORA
        else is_family(identity, said.family)
    )
    if fits is False:
        return identity.words()
    if identity.kind == MODEL and said.generation == "2.2" and identity.generation == "2.1":
        return "a model of Wan 2.1"
    return None
