"""Which model files lie on the simulated server, by the folder under `models/`.

The official files of Wan 2.2 (Comfy-Org's repackaged builds on Hugging Face) and what the standard
library names beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.catalogue.schema import Input

_EXPERTS = ("high", "low")
_KINDS = ("i2v", "t2v", "fun_control", "fun_inpaint", "fun_camera", "fun_vace")

FILES: dict[str, tuple[str, ...]] = {
    "diffusion_models": (
        *(
            f"wan2.2_{kind}_{noise}_noise_14B_fp8_scaled.safetensors"
            for kind in _KINDS
            for noise in _EXPERTS
        ),
        "Wan2_2-Animate-14B_fp8_e4m3fn_scaled_KJ.safetensors",
        "wan2.2_animate_14B_bf16.safetensors",
        "wan2.2_s2v_14B_fp8_scaled.safetensors",
        "wan2.2_ti2v_5B_fp16.safetensors",
    ),
    "loras": (
        "WanAnimate_relight_lora_fp16.safetensors",
        "lightx2v_I2V_14B_480p_cfg_step_distill_rank64_bf16.safetensors",
        *(f"wan2.2_i2v_lightx2v_4steps_lora_v1_{noise}_noise.safetensors" for noise in _EXPERTS),
        *(f"wan2.2_t2v_lightx2v_4steps_lora_v1.1_{noise}_noise.safetensors" for noise in _EXPERTS),
    ),
    "text_encoders": (
        "umt5_xxl_fp16.safetensors",
        "umt5_xxl_fp8_e4m3fn_scaled.safetensors",
    ),
    "vae": ("wan2.2_vae.safetensors", "wan_2.1_vae.safetensors"),
    "clip_vision": ("clip_vision_h.safetensors",),
    "audio_encoders": ("wav2vec2_large_english_fp16.safetensors",),
    "upscale_models": ("RealESRGAN_x2.pth", "RealESRGAN_x4plus.safetensors"),
    "frame_interpolation": ("film_net_fp16.safetensors", "rife_v4.26.safetensors"),
}


def input_channels(file: str) -> int:
    """How many channels a Wan 2.2 model takes; 0 where the name does not tell.

    16 of the latent itself; i2v and inpaint 20 more for the start image and its mask, fun control 36
    (src: the input of ComfyUI's model for Wan; 36 and 48 were seen in its messages).
    """
    name = file.lower()
    if "fun_control" in name:
        return 52
    if "fun_camera" in name or "i2v" in name or "inpaint" in name:
        return 36
    return 16 if "t2v" in name else 0


def choices(one: Input, files: Mapping[str, Iterable[str]]) -> tuple[str, ...] | None:
    """The choices of an input on this server; None where nothing is known of them."""
    if one.files is None:
        return one.options
    listed = files.get(one.files, ())
    return tuple(sorted({*listed, *(one.options or ())})) + tuple(one.fixed)


def with_files(extra: Mapping[str, Iterable[str]] | None) -> dict[str, tuple[str, ...]]:
    """The files of the simulated server, with some more."""
    found = {folder: list(names) for folder, names in FILES.items()}
    for folder, names in (extra or {}).items():
        found.setdefault(folder, []).extend(names)
    return {folder: tuple(sorted(set(names))) for folder, names in found.items()}
