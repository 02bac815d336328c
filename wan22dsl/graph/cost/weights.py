"""How large the files of models are, by their names; and what of them comes onto the card.

The official files of Wan 2.2 have the sizes that Comfy-Org's builds on Hugging Face have. Of others the
name tells the precision; where it tells nothing, nothing is said.
"""

from __future__ import annotations

import re

_SIZES = {
    "umt5_xxl_fp8_e4m3fn_scaled.safetensors": 6_735_906_897,
    "umt5_xxl_fp16.safetensors": 11_366_399_385,
    "wan2.2_ti2v_5B_fp16.safetensors": 9_999_658_848,
    "wan2.2_vae.safetensors": 1_409_400_960,
    "wan_2.1_vae.safetensors": 253_815_318,
}
#: A 14B expert in fp8, and a LoRA of rank 128 for one.
_EXPERT_BYTES = 14_294_742_832
_LORA_BYTES = 1_226_977_424

#: Bytes by those of fp8, by what a name says of the precision. GGUF: bits by a weight, with the scales
#: (ggml-org/llama.cpp, quantize).
_PRECISIONS = (
    (re.compile(r"fp8|e4m3|e5m2|int8"), 1.0),
    (re.compile(r"bf16|fp16|f16"), 2.0),
    (re.compile(r"fp32|f32"), 4.0),
    (re.compile(r"(?<![a-z])q8"), 1.06),
    (re.compile(r"(?<![a-z])q6"), 0.82),
    (re.compile(r"(?<![a-z])q5"), 0.71),
    (re.compile(r"(?<![a-z])q4"), 0.6),
    (re.compile(r"(?<![a-z])q3"), 0.48),
    (re.compile(r"(?<![a-z])q2"), 0.36),
)


def precision(file: str) -> float | None:
    """The bytes of a weight by what the name of its file says; None where it says nothing."""
    name = _name(file).lower()
    return next((factor for word, factor in _PRECISIONS if word.search(name)), None)


def size_bytes(file: str) -> int:
    """The size of a model file: as published, else what its name lets one expect of a Wan model."""
    name = _name(file)
    if name in _SIZES:
        return _SIZES[name]
    share = 5 / 14 if "5b" in name.lower() else 1.0
    return int(_EXPERT_BYTES * share * (precision(name) or 1.0))


def known_bytes(file: str) -> int | None:
    """The size of a model file where it is published, or where its name tells what it is; else None."""
    name = _name(file)
    is_wan = "wan" in name.lower() and precision(name) is not None
    return size_bytes(name) if name in _SIZES or is_wan else None


def on_card_bytes(file: str, weight_dtype: str | None) -> int | None:
    """What of a diffusion model comes onto the card; None where neither name nor dtype tells.

    A `weight_dtype` of fp8 turns weights into fp8 as they are loaded; those of a scaled file are so
    already and stay (Comfy-Org/ComfyUI: nodes.py, UNETLoader; comfy/ops.py).
    """
    name = _name(file)
    size = size_bytes(name)
    written = 2.0 if name in _SIZES else precision(name)
    if weight_dtype is not None and weight_dtype.startswith("fp8"):
        return size if written is None else int(size / max(written, 1.0))
    return size if written is not None else None


def lora_bytes(file: str) -> int:
    """The size of a LoRA. All of one rank are the same size."""
    return _LORA_BYTES // 2 if "rank64" in file else _LORA_BYTES


def _name(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]
