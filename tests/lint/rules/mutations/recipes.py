"""Files, strengths, cfg and sampling that belong to another model, or to none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.lint.rules.mutations.suite import Mutation, both, other

if TYPE_CHECKING:
    from tests.lint.rules.mutations.suite import Prompt


def _of_both(old: str, new: str) -> tuple[tuple[str, str, str], ...]:
    return (("pass first", old, new), ("pass second", old, new))


def _shifted(class_type: str, **inputs: Any):
    """The prompt with another node in the place of both shifts."""

    def made(prompt: Prompt) -> Prompt:
        for name in ("first", "second"):
            before = prompt[f"{name}.shift"]["inputs"]["model"]
            node = {"class_type": class_type, "inputs": {"model": before, **inputs}}
            prompt = {**prompt, f"{name}.shift": node}
        return prompt

    return made


def _shifted_again(prompt: Prompt) -> Prompt:
    for name in ("first", "second"):
        inputs = {"model": [f"{name}.shift", 0], "shift": 8.0}
        node = {"class_type": "ModelSamplingSD3", "inputs": inputs}
        prompt = other(
            {**prompt, f"{name}.more": node}, f"{name}.sampler", model=(f"{name}.more", 0)
        )
    return prompt


def _empty(class_type: str, **inputs: Any):
    """The prompt with another node in the place of the empty latent."""
    return lambda prompt: {**prompt, "text_to_video": {"class_type": class_type, "inputs": inputs}}


def _encoder(file: str) -> Mutation:
    return Mutation(
        f"the text encoder {file}",
        "616",
        (
            (
                "pipeline clip",
                "pipeline clip",
                f'text_encoder odd {{ file = "{file}" }}\n\npipeline clip',
            ),
            ("pipeline clip", "seed   =", "text_encoder = odd\n    seed   ="),
        ),
        lambda prompt: other(prompt, "umt5", clip_name=file),
    )


def _vae(file: str) -> Mutation:
    return Mutation(
        f"the VAE {file}",
        "651",
        (
            ("pipeline clip", "pipeline clip", f'vae odd {{ file = "{file}" }}\n\npipeline clip'),
            ("pipeline clip", "seed   =", "vae    = odd\n    seed   ="),
        ),
        lambda prompt: other(prompt, "vae_2_1", vae_name=file),
    )


def _strength(value: float, codes: str, name: str) -> Mutation:
    return Mutation(
        name,
        codes,
        (("pass first", "[fast_first]", f"[fast_first(strength = {value})]"),),
        lambda prompt: other(prompt, "first.lora.1", strength_model=value),
    )


def _more(prompt: Prompt, file: str, where: str = "first") -> Prompt:
    """One LoRA more, behind the others."""
    before = prompt[f"{where}.shift"]["inputs"]["model"]
    inputs = {"model": before, "lora_name": file, "strength_model": 0.3}
    node = {"class_type": "LoraLoaderModelOnly", "inputs": inputs}
    return other({**prompt, f"{where}.more": node}, f"{where}.shift", model=(f"{where}.more", 0))


def _sampled(class_name: str, inputs: str) -> tuple[tuple[str, str, str], ...]:
    """The text with a node around both models, and without the shifts of the library."""
    around = [
        (f"pass {each}", f"{each}_model", f"{class_name}(model = {each}_model, {inputs})")
        for each in ("first", "second")
    ]
    family = ("pipeline", "seed   =", "family = wan22.i2v_14b\n    seed   =")
    return (*around, family, *_of_both("    shift   = 5.0\n", ""))


MUTATIONS = [
    _encoder("umt5-xxl-enc-bf16.safetensors"),
    _encoder("t5xxl_fp8_e4m3fn_scaled.safetensors"),
    _encoder("clip_l.safetensors"),
    _vae("ae.safetensors"),
    _vae("hunyuan_video_vae_bf16.safetensors"),
    _vae("vae-ft-mse-840000-ema-pruned.safetensors"),
    _strength(0.3, "617", "the LoRA too weak for four steps"),
    _strength(-1.0, "617", "the LoRA below 0"),
    _strength(10.0, "617", "the LoRA ten times too strong"),
    _strength(80.0, "617", "the LoRA at 80 per cent, as a number"),
    _strength(0.8, "", "the LoRA a little weaker, which is in use"),
    Mutation(
        "no guidance, and nothing distilled",
        "722",
        _of_both("cfg     = 3.5", "cfg     = 1.0"),
        lambda prompt: both(prompt, "sampler", cfg=1.0),
        base="plain",
    ),
    Mutation(
        "no guidance on the first pass",
        "722",
        (("pass first", "cfg     = 3.5", "cfg     = 1.0"),),
        lambda prompt: other(prompt, "first.sampler", cfg=1.0),
        base="plain",
    ),
    Mutation(
        "cfg 12",
        "722",
        _of_both("cfg     = 3.5", "cfg     = 12.0"),
        lambda prompt: both(prompt, "sampler", cfg=12.0),
        base="plain",
    ),
    Mutation(
        "cfg 6.5",
        "722",
        _of_both("cfg     = 3.5", "cfg     = 6.5"),
        lambda prompt: both(prompt, "sampler", cfg=6.5),
        base="plain",
    ),
    Mutation(
        "cfg 6, which is published for another model",
        "",
        _of_both("cfg     = 3.5", "cfg     = 6.0"),
        lambda prompt: both(prompt, "sampler", cfg=6.0),
        base="plain",
    ),
    Mutation(
        "cfg 0",
        "722",
        _of_both("cfg     = 1.0", "cfg     = 0.0"),
        lambda prompt: both(prompt, "sampler", cfg=0.0),
    ),
    Mutation(
        "cfg 5, which is in use",
        "",
        _of_both("cfg     = 3.5", "cfg     = 5.0"),
        lambda prompt: both(prompt, "sampler", cfg=5.0),
        base="plain",
    ),
    Mutation(
        "the shift node of AuraFlow",
        "724",
        _sampled("ModelSamplingAuraFlow", "shift = 5.0"),
        _shifted("ModelSamplingAuraFlow", shift=5.0),
    ),
    Mutation(
        "the shift node of Flux",
        "724",
        _sampled(
            "ModelSamplingFlux", "max_shift = 1.15, base_shift = 0.5, width = 832, height = 480"
        ),
        _shifted("ModelSamplingFlux", max_shift=1.15, base_shift=0.5, width=832, height=480),
    ),
    Mutation(
        "the sampling of Stable Diffusion",
        "724",
        _sampled("ModelSamplingDiscrete", 'sampling = "eps", zsnr = false'),
        _shifted("ModelSamplingDiscrete", sampling="eps", zsnr=False),
    ),
    Mutation(
        "two shifts in a row",
        "723",
        _sampled("ModelSamplingSD3", "shift = 8.0")[:3],
        _shifted_again,
    ),
    Mutation(
        "shift 0",
        "704",
        _of_both("shift   = 8.0", "shift   = 0.0"),
        lambda prompt: both(prompt, "shift", shift=0.0),
        base="plain",
    ),
    Mutation(
        "a LoRA of Flux",
        "606",
        (),
        lambda prompt: other(prompt, "first.lora.1", lora_name="flux_realism_lora.safetensors"),
    ),
    Mutation(
        "a distilled LoRA of the 1.3B model",
        "606",
        (),
        lambda prompt: other(
            prompt, "first.lora.1", lora_name="Wan21_T2V_1.3B_lightx2v_lora.safetensors"
        ),
    ),
    Mutation(
        "a LoRA of Wan that is named after the look of another model",
        "",
        (),
        lambda prompt: _more(prompt, "wan22_flux_look.safetensors"),
    ),
    Mutation(
        "the model in the place of its LoRA",
        "521",
        (),
        lambda prompt: other(
            prompt, "vae_2_1", vae_name="wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors"
        ),
    ),
    Mutation(
        "the eyes of another model in the place of its text encoder",
        "521",
        (),
        lambda prompt: other(prompt, "umt5", clip_name="clip_vision_h.safetensors"),
    ),
    Mutation(
        "a video in the place of a picture",
        "521",
        (),
        lambda prompt: other(prompt, "image", image="clip.mp4"),
    ),
    Mutation(
        "the empty latent of one picture",
        "815",
        (),
        _empty("EmptyLatentImage", width=832, height=480, batch_size=1),
        base="text",
    ),
    Mutation(
        "81 empty latents of one picture each",
        "815",
        (),
        _empty("EmptySD3LatentImage", width=832, height=480, batch_size=81),
        base="text",
    ),
    Mutation(
        "much too small",
        "805",
        (("pipeline", "832x480", "192x128"),),
        lambda prompt: other(prompt, "image_to_video", width=192, height=128),
    ),
    Mutation(
        "the same LoRA on both passes, and both weak, at twenty steps",
        "",
        (),
        lambda prompt: _more(
            _more(prompt, "look.safetensors", "first"), "look.safetensors", "second"
        ),
        base="plain",
    ),
]
