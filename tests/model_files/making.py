"""Model files with the key names and shapes of real ones, and without weights: the rest of a file is a hole.

Keys and shapes: Wan-Video/Wan2.2, wan/modules; comfy/ldm/wan of ComfyUI; those of LoRAs as their trainers and
publishers write them (see `wan22dsl/model_files/loras.py`).
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Shapes = dict[str, tuple[str, tuple[int, ...]]]

_BYTES = {"F8_E4M3": 1, "U8": 1, "F16": 2, "BF16": 2, "F32": 4}


def document(tensors: Shapes, metadata: Mapping[str, str] | None = None) -> tuple[bytes, int]:
    """The header of a safetensors file, and the bytes of its weights."""
    entries: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    at = 0
    for name, (dtype, shape) in tensors.items():
        size = _BYTES[dtype]
        for length in shape:
            size *= length
        entries[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    data = json.dumps(entries, separators=(",", ":")).encode()
    return data + b" " * (-len(data) % 8), at


def safetensors(
    path: Path,
    tensors: Shapes,
    metadata: Mapping[str, str] | None = None,
    *,
    size_bytes: int | None = None,
) -> Path:
    """Writes a file, whose weights take no place on the disk. `size_bytes`: cut to that."""
    header, weights = document(tensors, metadata)
    return raw(path, header, weights, size_bytes=size_bytes)


def raw(
    path: Path,
    header: bytes,
    weights: int = 0,
    *,
    length: int | None = None,
    size_bytes: int | None = None,
) -> Path:
    """Writes a file with these bytes as its header; `length` is what is written as the header's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header) if length is None else length) + header)
        file.truncate(8 + len(header) + weights if size_bytes is None else size_bytes)
    return path


def wan(
    width: int = 5120,
    channels: int = 36,
    *,
    latent: int = 16,
    blocks: int | None = None,
    ffn: int | None = None,
    embeds: bool = False,
    dtype: str = "BF16",
    scaled: bool = False,
    more: Shapes | None = None,
) -> Shapes:
    """The tensors of a diffusion model of Wan."""
    count = blocks if blocks is not None else {5120: 40, 3072: 30, 1536: 30}[width]
    inner = ffn or {5120: 13824, 3072: 14336, 1536: 8960}[width]
    linear = "F8_E4M3" if scaled else dtype
    found: Shapes = {"scaled_fp8": ("F8_E4M3", (2,))} if scaled else {}

    def layer(name: str, rows: int, columns: int) -> None:
        found[f"{name}.weight"] = (linear, (rows, columns))
        found[f"{name}.bias"] = (dtype, (rows,))
        if scaled:
            found[f"{name}.scale_weight"] = ("F32", ())

    found["patch_embedding.weight"] = (dtype, (width, channels, 1, 2, 2))
    found["patch_embedding.bias"] = (dtype, (width,))
    layer("text_embedding.0", width, 4096)
    layer("text_embedding.2", width, width)
    layer("time_embedding.0", width, 256)
    layer("time_embedding.2", width, width)
    layer("time_projection.1", width * 6, width)
    layer("head.head", latent * 4, width)
    found["head.modulation"] = ("F32", (1, 2, width))
    for block in range(count):
        at = f"blocks.{block}"
        found[f"{at}.modulation"] = ("F32", (1, 6, width))
        for attention in ("self_attn", "cross_attn"):
            names = (
                "qkvo"
                if attention == "self_attn" or not embeds
                else ("q", "k", "v", "o", "k_img", "v_img")
            )
            for name in names:
                layer(f"{at}.{attention}.{name}", width, width)
            for name in ("norm_q", "norm_k", *(("norm_k_img",) if len(names) > 4 else ())):
                found[f"{at}.{attention}.{name}.weight"] = (dtype, (width,))
        found[f"{at}.norm3.weight"] = (dtype, (width,))
        found[f"{at}.norm3.bias"] = (dtype, (width,))
        layer(f"{at}.ffn.0", inner, width)
        layer(f"{at}.ffn.2", width, inner)
    if embeds:
        for name, rows in (("0", 1280), ("4", width)):
            found[f"img_emb.proj.{name}.weight"] = (dtype, (rows,))
            found[f"img_emb.proj.{name}.bias"] = (dtype, (rows,))
        layer("img_emb.proj.1", 1280, 1280)
        layer("img_emb.proj.3", width, 1280)
    found.update(more or {})
    return found


#: What models of Wan have beside its layers.
CAMERA: Shapes = {"control_adapter.conv.weight": ("BF16", (5120, 1536, 2, 2))}
REFERENCE: Shapes = {"ref_conv.weight": ("BF16", (5120, 16, 2, 2))}
VACE: Shapes = {"vace_patch_embedding.weight": ("BF16", (5120, 96, 1, 2, 2))}
SOUND: Shapes = {"casual_audio_encoder.encoder.final_linear.weight": ("BF16", (5120, 5120))}
FACE: Shapes = {"face_adapter.fuser_blocks.0.k_norm.weight": ("BF16", (128,))}


def lora(
    width: int = 5120,
    *,
    rank: int = 64,
    form: str = "comfyui",
    embeds: bool = False,
    channels: int | None = None,
    blocks: int | None = None,
    dtype: str = "BF16",
) -> Shapes:
    """The tensors of a LoRA: `form` is comfyui, lightx2v, kohya, fun, diffusers, bare or aitk."""
    count = blocks if blocks is not None else {5120: 40, 3072: 30, 1536: 30}[width]
    inner = {5120: 13824, 3072: 14336, 1536: 8960}[width]
    found: Shapes = {}

    def module(name: str, rows: int, columns: int) -> None:
        if form in ("kohya", "fun"):
            start = "lora_unet_" if form == "kohya" else "lora_unet__"
            key = start + name.replace(".", "_")
            down, up = f"{key}.lora_down.weight", f"{key}.lora_up.weight"
            found[f"{key}.alpha"] = (dtype, ())
        elif form == "diffusers":
            key = "transformer." + name
            for before, after in (
                ("self_attn.o", "attn1.to_out.0"),
                ("cross_attn.o", "attn2.to_out.0"),
                ("cross_attn.k_img", "attn2.add_k_proj"),
                ("cross_attn.v_img", "attn2.add_v_proj"),
                ("self_attn.", "attn1.to_"),
                ("cross_attn.", "attn2.to_"),
                ("ffn.0", "ffn.net.0.proj"),
                ("ffn.2", "ffn.net.2"),
            ):
                if before in key:
                    key = key.replace(before, after)
                    break
            down, up = f"{key}.lora_A.weight", f"{key}.lora_B.weight"
        else:
            start = {"bare": "", "aitk": "diffusion_model.transformer_1."}.get(
                form, "diffusion_model."
            )
            key = start + name
            pair = ("lora_down", "lora_up") if form == "lightx2v" else ("lora_A", "lora_B")
            down, up = f"{key}.{pair[0]}.weight", f"{key}.{pair[1]}.weight"
            if form == "lightx2v":
                found[f"{key}.diff_b"] = (dtype, (rows,))
        found[down] = (dtype, (rank, columns))
        found[up] = (dtype, (rows, rank))

    for block in range(count):
        for attention in ("self_attn", "cross_attn"):
            names = [*"qkvo", *(("k_img", "v_img") if embeds and attention == "cross_attn" else ())]
            for name in names:
                module(f"blocks.{block}.{attention}.{name}", width, width)
        module(f"blocks.{block}.ffn.0", inner, width)
        module(f"blocks.{block}.ffn.2", width, inner)
    if channels is not None:
        found["diffusion_model.patch_embedding.diff"] = (dtype, (width, channels, 1, 2, 2))
        found["diffusion_model.patch_embedding.diff_b"] = (dtype, (width,))
    return found


def vae(channels: int = 16, *, diffusers: bool = False) -> Shapes:
    """Some of the tensors of a VAE, the telling ones among them."""
    width = 384 if channels == 16 else 1024
    if diffusers:
        return {
            "decoder.conv_in.weight": ("BF16", (width, channels, 3, 3, 3)),
            "decoder.mid_block.resnets.0.norm1.gamma": ("BF16", (width, 1, 1, 1)),
            "encoder.conv_in.weight": ("BF16", (96, 3, 3, 3, 3)),
        }
    found: Shapes = {
        "conv1.weight": ("BF16", (channels * 2, channels * 2, 1, 1, 1)),
        "conv2.weight": ("BF16", (channels, channels, 1, 1, 1)),
        "decoder.conv1.weight": ("BF16", (width, channels, 3, 3, 3)),
        "decoder.middle.0.residual.0.gamma": ("BF16", (width, 1, 1, 1)),
        "encoder.conv1.weight": ("BF16", (96, 3, 3, 3, 3)),
    }
    if channels == 48:
        found["decoder.upsamples.0.upsamples.0.residual.2.weight"] = ("BF16", (1024, 1024, 3, 3, 3))
    return found


def umt5(*, tokenizer: bool = True, scaled: bool = False, words: int = 256_384) -> Shapes:
    """The tensors of umt5-xxl, as ComfyUI packs it."""
    linear = "F8_E4M3" if scaled else "F16"
    found: Shapes = {"shared.weight": (linear, (words, 4096))}
    if tokenizer:
        found["spiece_model"] = ("U8", (4_548_313,))
    if scaled:
        found["scaled_fp8"] = ("F8_E4M3", (2,))
    for block in range(24):
        at = f"encoder.block.{block}.layer"
        names = {f"{at}.0.SelfAttention.{name}": (4096, 4096) for name in "qkvo"}
        names |= {f"{at}.1.DenseReluDense.{name}": (10240, 4096) for name in ("wi_0", "wi_1")}
        names[f"{at}.1.DenseReluDense.wo"] = (4096, 10240)
        for name, shape in names.items():
            found[f"{name}.weight"] = (linear, shape)
            if scaled:
                found[f"{name}.scale_weight"] = ("F32", ())
        found[f"{at}.0.SelfAttention.relative_attention_bias.weight"] = ("F16", (32, 64))
    found["encoder.final_layer_norm.weight"] = ("F16", (4096,))
    return found


def umt5_of_wan() -> Shapes:
    """The tensors of umt5-xxl with the names of Wan's own code, as for WanVideoWrapper."""
    found: Shapes = {"token_embedding.weight": ("BF16", (256_384, 4096))}
    for block in range(24):
        for name in "qkvo":
            found[f"blocks.{block}.attn.{name}.weight"] = ("BF16", (4096, 4096))
        found[f"blocks.{block}.pos_embedding.embedding.weight"] = ("BF16", (32, 64))
    return found


def clip_vision(layers: int = 32, width: int = 1280) -> Shapes:
    """Some of the tensors of a CLIP Vision model."""
    found: Shapes = {"vision_model.embeddings.position_embedding.weight": ("F16", (257, width))}
    for layer in range(layers):
        found[f"vision_model.encoder.layers.{layer}.layer_norm1.weight"] = ("F16", (width,))
    return found


def wav2vec2(width: int = 1024) -> Shapes:
    """Some of the tensors of an audio encoder."""
    return {
        "encoder.layer_norm.bias": ("F16", (width,)),
        "feature_projection.projection.weight": ("F16", (width, 512)),
    }


#: Numbers of GGUF's formats: number, weights in a block, bytes of a block.
_GGUF = {"F32": (0, 1, 4), "F16": (1, 1, 2), "Q4_K": (12, 256, 144), "Q8_0": (8, 32, 34)}


def gguf(
    path: Path,
    tensors: Mapping[str, tuple[str, tuple[int, ...]]],
    metadata: Mapping[str, Any] | None = None,
    *,
    version: int = 3,
    size_bytes: int | None = None,
) -> Path:
    """Writes a GGUF file; metadata values are texts, whole numbers, or lists of them."""
    out = [b"GGUF", struct.pack("<IQQ", version, len(tensors), len(metadata or {}))]
    for name, value in (metadata or {}).items():
        out += [_string(name), *_value(value)]
    at = 0
    for name, (dtype, shape) in tensors.items():
        number, block, block_bytes = _GGUF[dtype]
        elements = 1
        for length in shape:
            elements *= length
        out.append(_string(name))
        out.append(
            struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", n) for n in shape[::-1])
        )
        out.append(struct.pack("<IQ", number, at))
        at += -(-(elements // block * block_bytes) // 32) * 32
    header = b"".join(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(-(-len(header) // 32) * 32 + at if size_bytes is None else size_bytes)
    return path


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Any) -> list[bytes]:
    if isinstance(value, str):
        return [struct.pack("<I", 8), _string(value)]
    if isinstance(value, int):
        return [struct.pack("<II", 4, value)]
    kind = 8 if isinstance(value[0], str) else 5
    items = [_string(item) if kind == 8 else struct.pack("<i", item) for item in value]
    return [struct.pack("<IIQ", 9, kind, len(value)), *items]
