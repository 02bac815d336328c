"""What the header of a LoRA says: how its keys are written, its rank, and the shapes of its model.

Keys as trainers write them, and as ComfyUI reads them: comfy/lora.py, comfy/lora_convert.py and
comfy/weight_adapter/ of ComfyUI; kohya-ss/musubi-tuner, src/musubi_tuner/networks/lora_wan.py and
convert_lora.py; huggingface/diffusers, src/diffusers/loaders/lora_conversion_utils.py; ostris/ai-toolkit,
extensions_built_in/diffusion_models/wan22; and the keys in the logs of kijai/ComfyUI-WanVideoWrapper#940 and
tdrussell/diffusion-pipe#114.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.model_files.header import Tensor

#: How the key of a tensor of a LoRA ends, and what the tensor is.
_ENDINGS = (
    *(
        (f".lora_{name}{adapter}.weight", "down")
        for name in ("A", "down")
        for adapter in ("", ".default")
    ),
    *(
        (f".lora_{name}{adapter}.weight", "up")
        for name in ("B", "up")
        for adapter in ("", ".default")
    ),
    (".lora.down.weight", "down"),
    (".lora.up.weight", "up"),
    ("_lora.down.weight", "down"),
    ("_lora.up.weight", "up"),
    (".lora_linear_layer.down.weight", "down"),
    (".lora_linear_layer.up.weight", "up"),
    (".lora_A", "down"),
    (".lora_B", "up"),
    (".lora_mid.weight", "other"),
    (".alpha", "other"),
    (".dora_scale", "other"),
    *((f".hada_{name}", "other") for name in ("t1", "t2", "w2_a", "w2_b")),
    (".hada_w1_a", "up"),
    (".hada_w1_b", "down"),
    *((f".lokr_{name}", "lokr") for name in ("w1", "w2", "w1_a", "w1_b", "w2_a", "w2_b", "t2")),
    (".diff", "diff"),
    (".diff_b", "other"),
    (".set_weight", "other"),
    (".w_norm", "other"),
    (".b_norm", "other"),
)

#: How the key of a module begins: what is cut off, and the name of the format.
_BEGINNINGS = (
    ("model.diffusion_model.", "model.diffusion_model"),
    ("base_model.model.", "PEFT"),
    ("diffusion_model.", "ComfyUI"),
    ("transformer.", "diffusers"),
    ("lora_unet__", "Fun"),
    ("lora_unet_", "kohya"),
    ("lycoris_", "LyCORIS"),
    ("unet.", "unet"),
)

#: The formats that ComfyUI's own loaders read for Wan (comfy/lora.py: model_lora_keys_unet).
_READ = frozenset({"ComfyUI", "kohya", "Fun"})

#: Modules of kohya's names, in which every dot is an underscore.
_KOHYA = re.compile(
    r"((?:vace_)?blocks)_([0-9]+)_(self_attn|cross_attn|ffn)_((?:norm_)?(?:q|k|v|o)(?:_img)?|0|2)$"
)

#: Names of diffusers for what Wan's own models have.
_DIFFUSERS = (
    (re.compile(r"\.attn1\.to_(q|k|v)$"), r".self_attn.\1"),
    (re.compile(r"\.attn1\.to_out\.0$"), ".self_attn.o"),
    (re.compile(r"\.attn2\.to_(q|k|v)$"), r".cross_attn.\1"),
    (re.compile(r"\.attn2\.to_out\.0$"), ".cross_attn.o"),
    (re.compile(r"\.attn2\.add_(k|v)_proj$"), r".cross_attn.\1_img"),
    (re.compile(r"\.ffn\.net\.0\.proj$"), ".ffn.0"),
    (re.compile(r"\.ffn\.net\.2$"), ".ffn.2"),
)

_BLOCK = re.compile(r"blocks\.([0-9]{1,4})\.")
_SQUARE = re.compile(r"(?:^|\.)blocks\.[0-9]+\.self_attn\.[qkvo]$")

#: Parts of a model that a LoRA changes where the model has them: they tell which model it was made for.
_PARTS = (
    ("image embeddings", re.compile(r"(?:\.[kv]_img$|^img_emb\.)")),
    ("vace", re.compile(r"^vace_")),
    ("camera", re.compile(r"^control_adapter\.")),
    ("face", re.compile(r"^face_adapter\.|^motion_encoder\.")),
    ("audio", re.compile(r"^audio_injector\.|^casual_audio_encoder\.|^audio_proj\.")),
)


class LoraFacts(NamedTuple):
    """What the keys and shapes of a LoRA say. `width` is that of the model's layers; None: not told.

    `channels` are those that the model's patch_embedding takes, where the LoRA changes it. `is_read` tells
    whether ComfyUI's own loaders read keys of this format. `parts` are those in `_PARTS`.
    """

    format: str
    is_read: bool
    of_wan: bool
    width: int | None
    blocks: int | None
    rank: int | None
    ranks: tuple[int, int] | None
    channels: int | None
    parts: tuple[str, ...]
    modules: int
    both_experts: bool


def is_lora(tensors: Mapping[str, Tensor]) -> bool:
    """Whether the tensors of a file are those of a LoRA, or of another kind of change to a model."""
    changes = sum(1 for name in tensors if _ending(name) is not None)
    return changes > 0 and changes * 2 > len(tensors)


def facts_of(tensors: Mapping[str, Tensor]) -> LoraFacts:
    """What the tensors of a LoRA say."""
    ranks: Counter[int] = Counter()
    widths: Counter[int] = Counter()
    formats: Counter[str] = Counter()
    channels: Counter[int] = Counter()
    modules: set[str] = set()
    lokr: dict[str, dict[str, tuple[int, ...]]] = {}
    both = False
    for key, tensor in tensors.items():
        ending = _ending(key)
        if ending is None:
            continue
        suffix, role = ending
        module, form = _module(key[: -len(suffix)])
        if module.startswith(
            ("transformer_1.", "transformer_2.")
        ):  # ai-toolkit: two experts in one file
            both, module, form = True, module[14:], "both experts"
        modules.add(module)
        formats[form] += 1
        shape = tensor.shape
        if role == "lokr":
            lokr.setdefault(module, {})[suffix[6:]] = shape
        if role == "down" and len(shape) >= 2:
            ranks[shape[0]] += 1
            if _SQUARE.search(module):
                widths[shape[1]] += 1
        elif role in ("up", "diff") and len(shape) >= 2 and _SQUARE.search(module):
            widths[shape[0]] += 1
        if module == "patch_embedding" and role in ("down", "diff"):
            found = _channels(role, shape)
            if found is not None:
                channels[found] += 1
    for module, shapes in lokr.items():
        if _SQUARE.search(module):
            widths[_lokr_rows(shapes)] += 1
    del widths[0]
    blocks = [int(match[1]) for match in map(_BLOCK.search, modules) if match]
    form = formats.most_common(1)[0][0] if formats else ""
    wan = [module for module in modules if _is_of_wan(module)]
    parts = [name for name, pattern in _PARTS if any(map(pattern.search, modules))]
    return LoraFacts(
        format=form,
        is_read=form in _READ and not both,
        of_wan=2 * len(wan) > len(modules),
        width=widths.most_common(1)[0][0] if widths else None,
        blocks=max(blocks) + 1 if blocks else None,
        rank=ranks.most_common(1)[0][0] if ranks else None,
        ranks=(min(ranks), max(ranks)) if len(ranks) > 1 else None,
        channels=channels.most_common(1)[0][0] if len(channels) == 1 else None,
        parts=tuple(parts),
        modules=len(modules),
        both_experts=both,
    )


def _ending(key: str) -> tuple[str, str] | None:
    for suffix, role in _ENDINGS:
        if key.endswith(suffix):
            return suffix, role
    return None


def _module(name: str) -> tuple[str, str]:
    """The module of Wan's model that is changed, and the format of the key."""
    form = "bare"
    for beginning, named in _BEGINNINGS:
        if name.startswith(beginning):
            name, form = name[len(beginning) :], named
            break
    if form in ("kohya", "Fun", "LyCORIS"):
        match = _KOHYA.match(name)
        if match:
            name = ".".join(match.groups())
        elif name.startswith("img_emb_"):
            name = name.replace("img_emb_proj_", "img_emb.proj.")
        return name, form
    for pattern, instead in _DIFFUSERS:
        name, count = pattern.subn(instead, name)
        if count:
            return name, "diffusers"
    return name, form


def _is_of_wan(module: str) -> bool:
    return re.search(
        r"blocks\.[0-9]+\.(self_attn|cross_attn|ffn|modulation|norm3)", module
    ) is not None or (
        module.startswith(("patch_embedding", "text_embedding.", "time_", "head.head", "img_emb."))
    )


def _channels(role: str, shape: tuple[int, ...]) -> int | None:
    """The channels that the patch_embedding takes: of its kernel of 1 x 2 x 2, or flattened."""
    if len(shape) == 5 and shape[2:] == (1, 2, 2):
        return shape[1]
    if role == "down" and len(shape) == 2 and shape[1] % 4 == 0:
        return shape[1] // 4
    return None


def _lokr_rows(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """The rows of the product that LoKr stores in parts; 0 where a part is missing."""
    rows = 1
    for name in ("w1", "w2"):
        shape = shapes.get(name) or shapes.get(f"{name}_a") or ()
        rows *= shape[0] if shape else 0
    return rows
