"""What a model file is, by its header: kind, family, width, rank, number format, and the evidence for it.

Families are told apart as ComfyUI does it (comfy/model_detection.py, comfy/supported_models.py, comfy/sd.py,
comfy/clip_vision.py, comfy/audio_encoders/), by the shapes in Wan-Video/Wan2.1 and Wan2.2 (wan/modules,
wan/configs), and for the Fun models by modelscope/DiffSynth-Studio (diffsynth/models/wan_video_dit.py) and
aigc-apps/VideoX-Fun. What a header cannot tell is said, and not guessed: the experts for high and for low
noise have the same shapes, and so have most LoRAs for text and for image to video.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name, size_of
from wan22dsl.model_files import loras
from wan22dsl.model_files.encoders import DETECTORS
from wan22dsl.model_files.kinds import (
    CHECKPOINT,
    LORA,
    MODEL,
    UNKNOWN,
    WIDTHS,
    Identity,
    length_of,
)

__all__ = ["Identity", "of"]

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.model_files.header import Header, Tensor

_NUMBERS = {
    "F16": "fp16",
    "BF16": "bf16",
    "F32": "fp32",
    "F64": "fp64",
    "F8_E4M3": "fp8_e4m3fn",
    "F8_E5M2": "fp8_e5m2",
    "I8": "int8",
    "U8": "8-bit",
}

_NO_NOISE = "the experts for high and low noise have the same shapes"
_NO_FAMILY = "LoRAs for text to video and for image to video have the same shapes here"

#: Metadata that names the model that a LoRA was trained on: kohya-ss/musubi-tuner writes the file name of the
#: model (it may train both experts at once, and then names the one for low noise), ostris/ai-toolkit and
#: others the version; `modelspec` is Stability-AI/ModelSpec.
_FILE_NAME = "ss_sd_model_name"
_TRAINED_ON = (_FILE_NAME, "ss_base_model_version", "modelspec.architecture", "base_model")


def of(header: Header) -> Identity:
    """What a file is, by its header."""
    if header.format == "pickle":
        why = "a pickle: reading it would run code, so it is not read"
        return Identity(UNKNOWN, format="pickle", unknown=(why,))
    tensors = header.tensors
    dtype = _dtype(tensors)
    found = _by_tensors(header)
    return found._replace(dtype=dtype, quantised=_quantised(header, dtype))


def _by_tensors(header: Header) -> Identity:
    tensors = header.tensors
    if loras.is_lora(tensors):
        return _lora(header)
    inner, prefix = _without_prefix(
        tensors, ("model.diffusion_model.", "diffusion_model.", "model.")
    )
    parts = [name for name in ("vae.", "first_stage_model.", "text_encoders.", "cond_stage_model.")
             if any(key.startswith(name) for key in tensors)]  # fmt: skip
    if "head.modulation" in inner and "patch_embedding.weight" in inner:
        model = _diffusion_model(inner, header.metadata)
        if parts and prefix:
            return model._replace(kind=CHECKPOINT)
        return model
    if (
        "condition_embedder.time_embedder.linear_1.weight" in tensors
        and "patch_embedding.weight" in tensors
    ):
        model = _diffusers_model(tensors)
        return model._replace(loads=False, format="diffusers")
    for detect in DETECTORS:
        found = detect(tensors, header)
        if found is not None:
            return found
    return Identity(UNKNOWN, unknown=("its tensors are not those of a model known here",))


def _without_prefix(
    tensors: Mapping[str, Tensor], prefixes: tuple[str, ...]
) -> tuple[Mapping[str, Tensor], str]:
    for prefix in prefixes:
        if any(key.startswith(prefix) for key in tensors):
            length = len(prefix)
            inner = {key[length:]: each for key, each in tensors.items() if key.startswith(prefix)}
            if "head.modulation" in inner or prefix == prefixes[0]:
                return inner, prefix
    return tensors, ""


def _diffusion_model(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> Identity:
    width = length_of(tensors, "head.modulation", -1)
    channels = length_of(tensors, "patch_embedding.weight", 1)
    rows = length_of(tensors, "head.head.weight", 0)
    latent_channels = None if rows is None else rows // 4
    embeds = "img_emb.proj.0.bias" in tensors
    evidence = [f"patch_embedding takes {channels} channels", f"its layers are {width:,} wide"]
    marks = {
        "vace": "vace_patch_embedding.weight",
        "camera": "control_adapter.conv.weight",
        "s2v": "casual_audio_encoder.encoder.final_linear.weight",
        "humo": "audio_proj.audio_proj_glob_1.layer.bias",
        "animate": "face_adapter.fuser_blocks.0.k_norm.weight",
        "ref": "ref_conv.weight",
    }
    has = {name for name, key in marks.items() if key in tensors}
    evidence += [f"it has {marks[name].rpartition('.')[0]}" for name in marks if name in has]
    evidence.append("it has img_emb, as Wan 2.1" if embeds else "it has no img_emb")
    families, generation = _families(width, channels, has, embeds)
    noise, of_metadata = _noise_said(metadata)
    unknown = [] if noise else _unknown_noise(families, generation)
    if len(families) > 1:
        unknown.append(f"{' and '.join(families[:3])} have the same shapes")
    return Identity(
        MODEL,
        family=families[0] if len(families) == 1 else None,
        families=families,
        generation=generation,
        noise=noise,
        width=width,
        channels=channels,
        latent_channels=latent_channels,
        format="ComfyUI",
        loads=True,
        evidence=(*evidence, *of_metadata),
        unknown=tuple(unknown),
    )


def _families(
    width: int | None, channels: int | None, has: set[str], embeds: bool
) -> tuple[tuple[str, ...], str | None]:
    """The families that fit, and the generation where only one does."""
    if width == 1536:
        return ("1_3b",), None
    if width == 3072:
        if "camera" in has:
            return ("fun_camera_5b",), "2.2"
        return (("ti2v_5b",), "2.2") if channels == 48 and not has else ((), "2.2")
    if width != 5120:
        return (), None
    by_part = {
        "vace": (("fun_vace_14b", "vace_14b"), None),
        "camera": (("fun_camera_14b",), "2.1" if embeds else "2.2"),
        "s2v": (("s2v_14b",), "2.2"),
        "humo": (("humo",), "2.1"),
        "animate": (("animate_14b",), "2.2"),
    }
    for part, found in by_part.items():
        if part in has:
            return found
    if embeds:
        by_channels = {36: ("i2v_14b", "fun_inpaint_14b"), 48: ("fun_control_14b",)}
        return by_channels.get(channels or 0, ()), "2.1"
    if channels == 52 or (channels == 48 and "ref" in has):
        return ("fun_control_14b",), "2.2"
    if channels == 36 and "ref" not in has:
        return ("i2v_14b", "fun_inpaint_14b"), "2.2"
    if channels == 16 and "ref" not in has:
        return ("t2v_14b", "phantom"), None
    return (), None


def _unknown_noise(families: tuple[str, ...], generation: str | None) -> list[str]:
    of_two = {"i2v_14b", "t2v_14b", "fun_control_14b", "fun_inpaint_14b", "fun_camera_14b"}
    if generation != "2.1" and not of_two.isdisjoint(families):
        return [_NO_NOISE]
    return []


def _diffusers_model(tensors: Mapping[str, Tensor]) -> Identity:
    width = length_of(tensors, "patch_embedding.weight", 0)
    channels = length_of(tensors, "patch_embedding.weight", 1)
    rows = length_of(tensors, "proj_out.weight", 0)
    embeds = any(key.startswith("condition_embedder.image_embedder.") for key in tensors)
    has = {"vace"} if "vace_patch_embedding.weight" in tensors else set()
    families, generation = _families(width, channels, has, embeds)
    return Identity(
        MODEL,
        family=families[0] if len(families) == 1 else None,
        families=families,
        generation=generation,
        width=width,
        channels=channels,
        latent_channels=None if rows is None else rows // 4,
        evidence=(
            "its keys are those of diffusers, which ComfyUI does not read",
            f"patch_embedding takes {channels} channels",
        ),
        unknown=tuple(_unknown_noise(families, generation)),
    )


def _lora(header: Header) -> Identity:
    facts = loras.facts_of(header.tensors)
    evidence = []
    if facts.width is not None:
        evidence.append(f"its layers are {facts.width:,} wide")
    if facts.channels is not None:
        evidence.append(f"it changes a patch_embedding that takes {facts.channels} channels")
    evidence += [f"it changes {_PARTS[part]}" for part in facts.parts]
    if facts.both_experts:
        evidence.append("it holds the LoRAs of both experts, which ComfyUI does not read")
    elif not facts.is_read:
        evidence.append(f"its keys are {_FORMATS.get(facts.format, 'written in a way')} "
                        "that ComfyUI's own loaders do not read")  # fmt: skip
    families, generation = _lora_families(facts)
    said, generation_said, noise, of_metadata = _trained_on(header.metadata)
    evidence += of_metadata
    unknown = []
    if not families and said is not None and WIDTHS.get(facts.width or 0) == size_of(said):
        families = (said,)
    generation = generation or generation_said
    if not families and facts.width == 5120:
        unknown.append(_NO_FAMILY)
    if noise is None and facts.width == 5120 and generation != "2.1" and not facts.both_experts:
        unknown.append(_NO_NOISE)
    if facts.width == 3072:
        families = families or ("ti2v_5b",)
    if not facts.of_wan:
        return Identity(
            LORA, rank=facts.rank, ranks=facts.ranks, format=facts.format, loads=None,
            evidence=("it changes no layers that Wan's models have",),
        )  # fmt: skip
    return Identity(
        LORA,
        family=families[0] if len(families) == 1 else None,
        families=families,
        generation=generation,
        noise=noise,
        width=facts.width,
        channels=facts.channels,
        rank=facts.rank,
        ranks=facts.ranks,
        format=facts.format,
        loads=facts.is_read,
        evidence=tuple(evidence),
        unknown=tuple(unknown),
    )


_PARTS = {
    "image embeddings": "layers for image embeddings (k_img, img_emb), which Wan 2.2 i2v does not have",
    "vace": "layers of VACE",
    "camera": "the layers for camera moves",
    "face": "the layers for faces of the Animate model",
    "audio": "the layers for sound",
}

_FORMATS = {
    "diffusers": "those of diffusers",
    "PEFT": "those of PEFT",
    "bare": "without a prefix",
}


def _lora_families(facts: loras.LoraFacts) -> tuple[tuple[str, ...], str | None]:
    """The families that a LoRA was made for, where its keys and shapes tell."""
    by_part = {
        "vace": (("fun_vace_14b", "vace_14b"), None),
        "camera": (("fun_camera_14b",), None),
        "face": (("animate_14b",), "2.2"),
    }
    if facts.width not in (5120, None):
        return (), None
    for part, found in by_part.items():
        if part in facts.parts:
            return found
    embeds = "image embeddings" in facts.parts
    if embeds:
        return ("i2v_14b", "fun_inpaint_14b", "animate_14b"), None
    if facts.channels == 36:
        return ("i2v_14b", "fun_inpaint_14b", "fun_camera_14b"), "2.2"
    if facts.channels in (48, 52):
        return ("fun_control_14b",), None
    if facts.channels == 16:
        return ("t2v_14b", "vace_14b", "fun_vace_14b", "s2v_14b", "phantom"), None
    return (), None


def _trained_on(
    metadata: Mapping[str, str],
) -> tuple[str | None, str | None, str | None, list[str]]:
    """The family, generation and noise level of the model that the metadata names, and the words for it."""
    family = generation = noise = None
    evidence = []
    for key in _TRAINED_ON:
        value = metadata.get(key, "")
        if not value or len(value) > 300:
            continue
        said = read_name(value.replace("/lora", ""))
        if said.family or said.noise or (said.generation and not generation):
            evidence.append(f"its metadata names {value!r} as the model it was trained on")
        family = family or said.family
        if (key, said.noise) != (_FILE_NAME, "low"):
            noise = noise or said.noise
        # musubi-tuner writes "wan2.1" for every Wan model.
        if key != "modelspec.architecture" or said.generation == "2.2":
            generation = generation or said.generation
    return family, generation, noise, evidence


def _noise_said(metadata: Mapping[str, str]) -> tuple[str | None, list[str]]:
    """The noise level that the metadata of a diffusion model names."""
    for key in ("modelspec.title", "general.name", "modelspec.architecture"):
        value = metadata.get(key, "")
        noise = read_name(value).noise if 0 < len(value) <= 300 else None
        if noise is not None:
            return noise, [f"its metadata has the title {value!r}"]
    return None, []


def _dtype(tensors: Mapping[str, Tensor]) -> str | None:
    """The number format of most weights."""
    counts: Counter[str] = Counter()
    for tensor in tensors.values():
        elements = 1
        for length in tensor.shape:
            elements *= length
        counts[tensor.dtype] += elements
    if not counts:
        return None
    most = counts.most_common(1)[0][0]
    return _NUMBERS.get(most, most)


def _quantised(header: Header, dtype: str | None) -> str | None:
    """How the weights are quantised, where they are."""
    if header.format == "gguf":
        return None if dtype in ("fp16", "bf16", "fp32") else dtype
    if "_quantization_metadata" in header.metadata:
        return _by_metadata(header.metadata["_quantization_metadata"]) or "mixed"
    names = header.tensors
    scaled = "scaled_fp8" in names or any(
        name.endswith((".scale_weight", ".weight_scale", ".scaled_fp8")) for name in names
    )
    if dtype is not None and dtype.startswith("fp8"):
        return "fp8 scaled" if scaled else "fp8"
    return f"{dtype} scaled" if scaled else None


def _by_metadata(value: str) -> str | None:
    """The format in the metadata of ComfyUI's own quantisation; None where it is not readable."""
    try:
        document = json.loads(value)
    except (ValueError, RecursionError):
        return None
    layers = document.get("layers") if isinstance(document, dict) else None
    formats = {
        layer.get("format")
        for layer in (layers.values() if isinstance(layers, dict) else ())
        if isinstance(layer, dict)
    }
    names = sorted(name for name in formats if isinstance(name, str))
    return " and ".join(names) or None
