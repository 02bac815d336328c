"""VAEs, text encoders, CLIP Vision models and audio encoders, by their tensors.

As ComfyUI tells them apart: comfy/sd.py, comfy/clip_vision.py, comfy/audio_encoders/audio_encoders.py; and
the names in Wan's own code: Wan-Video/Wan2.2, wan/modules/t5.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.model_files.kinds import (
    AUDIO_ENCODER,
    CLIP_VISION,
    MODEL,
    TEXT_ENCODER,
    UNKNOWN,
    VAE,
    Identity,
    length_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.model_files.header import Header, Tensor


def _vae(tensors: Mapping[str, Tensor], header: Header) -> Identity | None:
    prefixes = ("first_stage_model.", "vae.", "model.", "")
    for prefix in prefixes:
        if f"{prefix}decoder.middle.0.residual.0.gamma" in tensors:
            larger = f"{prefix}decoder.upsamples.0.upsamples.0.residual.2.weight" in tensors
            channels = length_of(tensors, f"{prefix}decoder.conv1.weight", 1)
            return _vae_of(channels if channels is not None else 48 if larger else 16, True)
    if "decoder.conv_in.weight" in tensors and len(tensors["decoder.conv_in.weight"].shape) == 5:
        if "decoder.mid_block.resnets.0.norm1.gamma" in tensors:
            return _vae_of(length_of(tensors, "decoder.conv_in.weight", 1), False)
    if any(key.startswith(("decoder.", "encoder.")) for key in tensors) and (
        "decoder.conv_in.weight" in tensors or "decoder.conv1.weight" in tensors
    ):
        name = (
            "decoder.conv_in.weight"
            if "decoder.conv_in.weight" in tensors
            else "decoder.conv1.weight"
        )
        channels = length_of(tensors, name, 1)
        return Identity(
            VAE, latent_channels=channels, evidence=("its layers are not those of Wan's VAEs",)
        )
    return None


def _vae_of(channels: int | None, native: bool) -> Identity:
    generation = {16: "2.1", 48: "2.2"}.get(channels or 0)
    family = {16: "vae_2_1", 48: "vae_2_2"}.get(channels or 0)
    evidence = [f"its latent has {channels} channels"]
    if not native:
        evidence.append("its keys are those of diffusers, which ComfyUI does not read")
    return Identity(
        VAE,
        family=family,
        families=(family,) if family else (),
        generation=generation,
        latent_channels=channels,
        format="ComfyUI" if native else "diffusers",
        loads=native,
        evidence=tuple(evidence),
    )


def _text_encoder(tensors: Mapping[str, Tensor], header: Header) -> Identity | None:
    words = length_of(tensors, "shared.weight", 0)
    if words is not None and "encoder.block.0.layer.0.SelfAttention.q.weight" in tensors:
        width = length_of(tensors, "shared.weight", 1)
        multilingual = words == 256_384
        large = (width == 4096 and
                 "encoder.block.23.layer.1.DenseReluDense.wi_1.weight" in tensors)  # fmt: skip
        evidence = [f"it knows {words:,} words", f"its layers are {width:,} wide"]
        own = "spiece_model" in tensors
        if multilingual:
            evidence.append(
                "its tokenizer is in the file" if own
                else "it has no tokenizer (spiece_model), without which ComfyUI cannot use it"
            )  # fmt: skip
        return Identity(
            TEXT_ENCODER,
            family=("umt5_xxl" if multilingual else "t5_xxl") if large else None,
            families=(("umt5_xxl" if multilingual else "t5_xxl"),) if large else (),
            width=width,
            format="ComfyUI",
            loads=own if multilingual else True,
            evidence=tuple(evidence),
        )
    if "token_embedding.weight" in tensors and "blocks.0.attn.q.weight" in tensors:
        words = length_of(tensors, "token_embedding.weight", 0)
        width = length_of(tensors, "token_embedding.weight", 1)
        is_umt5 = words == 256_384 and width == 4096
        return Identity(
            TEXT_ENCODER,
            family="umt5_xxl" if is_umt5 else None,
            families=("umt5_xxl",) if is_umt5 else (),
            width=width,
            format="Wan",
            loads=False,
            evidence=(
                "its keys are those of Wan's own code (token_embedding, blocks)",
                "WanVideoWrapper reads such keys, ComfyUI's CLIPLoader does not",
            ),
        )
    if "token_embd.weight" in tensors and "enc.blk.0.attn_q.weight" in tensors:
        words, width = (
            length_of(tensors, "token_embd.weight", 0),
            length_of(tensors, "token_embd.weight", 1),
        )
        is_umt5 = words == 256_384 and width == 4096
        name = "umt5_xxl" if is_umt5 else "t5_xxl" if width == 4096 else None
        return Identity(
            TEXT_ENCODER, family=name, families=(name,) if name else (), width=width, format="gguf",
            loads=None, evidence=(f"it knows {words:,} words",),
        )  # fmt: skip
    others = (
        ("text_model.encoder.layers.0.self_attn.q_proj.weight", "it is a CLIP text encoder"),
        ("model.layers.0.self_attn.q_proj.weight", "it is a language model"),
        ("model.language_model.layers.0.self_attn.q_proj.weight", "it is a language model"),
    )
    for key, evidence_of in others:
        if key in tensors:
            return Identity(TEXT_ENCODER, evidence=(evidence_of,))
    return None


def _clip_vision(tensors: Mapping[str, Tensor], header: Header) -> Identity | None:
    for key in (
        "vision_model.embeddings.position_embedding.weight",
        "vision_model.post_layernorm.weight",
    ):
        if key in tensors:
            width = length_of(tensors, "vision_model.encoder.layers.0.layer_norm1.weight", 0)
            layers = _count(tensors, "vision_model.encoder.layers.")
            family = "clip_vision_h" if width == 1280 and layers == 32 else None
            return Identity(
                CLIP_VISION, family=family, families=(family,) if family else (), width=width,
                format="ComfyUI", loads=True, evidence=(f"it has {layers} layers, {width} wide",),
            )  # fmt: skip
    for prefix in ("visual.", ""):
        if f"{prefix}transformer.resblocks.0.attn.in_proj_weight" in tensors or (
            f"{prefix}transformer.0.attn.to_qkv.weight" in tensors
        ):
            return Identity(
                CLIP_VISION,
                format="OpenCLIP",
                loads=None,
                evidence=("its keys are those of OpenCLIP",),
            )
    return None


def _audio_encoder(tensors: Mapping[str, Tensor], header: Header) -> Identity | None:
    for prefix in ("", "wav2vec2."):
        if (
            f"{prefix}encoder.layer_norm.bias" in tensors
            and f"{prefix}feature_projection.projection.weight" in tensors
        ):
            width = length_of(tensors, f"{prefix}encoder.layer_norm.bias", 0)
            family = {1024: "wav2vec2_large", 768: "wav2vec2_base"}.get(width or 0)
            return Identity(
                AUDIO_ENCODER, family=family, families=(family,) if family else (), width=width,
                format="ComfyUI", loads=family is not None, evidence=(f"its layers are {width} wide",),
            )  # fmt: skip
    if "model.encoder.embed_positions.weight" in tensors:
        return Identity(AUDIO_ENCODER, evidence=("its layers are those of Whisper",))
    return None


def _part_of_wan(tensors: Mapping[str, Tensor], header: Header) -> Identity | None:
    """A part of a model: a shard of diffusers, or the VACE layers alone."""
    if "vace_patch_embedding.weight" in tensors:
        width = length_of(tensors, "vace_patch_embedding.weight", 0)
        return Identity(
            UNKNOWN, width=width, loads=False,
            evidence=("it has the layers of VACE without a model; WanVideoWrapper adds them to one",),
        )  # fmt: skip
    if re.search(r"-[0-9]{5}-of-[0-9]{5}\.", header.path):
        return Identity(
            UNKNOWN, loads=False, evidence=("it is a part of a model in several files",)
        )
    if any(
        key.startswith(("double_blocks.", "transformer_blocks.", "joint_blocks."))
        for key in tensors
    ):
        return Identity(MODEL, evidence=("its layers are not those of Wan",))
    return None


def _count(tensors: Mapping[str, Tensor], prefix: str) -> int:
    length = len(prefix)
    numbers = {key[length:].partition(".")[0] for key in tensors if key.startswith(prefix)}
    return len([number for number in numbers if number.isdecimal()])


DETECTORS = (_vae, _text_encoder, _clip_vision, _audio_encoder, _part_of_wan)
