"""Prompts that nobody drew: nodes of known classes, linked at random where the types fit."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wan22dsl.comfyui.catalogue.inputs import defaults_of
from wan22dsl.comfyui.catalogue.open import open_catalogue

Prompt = dict[str, Any]

_FILES = {
    "UNETLoader": (
        "unet_name",
        ["wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors", "my.safetensors"],
    ),
    "LoraLoaderModelOnly": ("lora_name", ["grain.safetensors", "a/b.safetensors"]),
    "VAELoader": ("vae_name", ["wan_2.1_vae.safetensors", "other.safetensors"]),
    "CLIPLoader": ("clip_name", ["umt5_xxl_fp8_e4m3fn_scaled.safetensors"]),
    "LoadImage": ("image", ["a.png", "b {x}.png"]),
    "UpscaleModelLoader": ("model_name", ["4x-UltraSharp.pth"]),
}

#: Classes whose inputs are values and the types below, so that graphs of all shapes can be made of them.
CLASSES = [
    *_FILES,
    *"ModelSamplingSD3 PathchSageAttentionKJ CLIPTextEncode WanImageToVideo KSampler".split(),
    "KSamplerAdvanced",
    *"VAEDecode VAEDecodeTiled VAEEncode ImageScaleBy ImageScale ImageFromBatch ImageBatch".split(),
    *"ImageUpscaleWithModel EmptyHunyuanLatentVideo LatentUpscaleBy ImageInvert CreateVideo".split(),
    *"SaveImage SaveAnimatedWEBP PreviewImage SaveVideo Canny CFGZeroStar EasyCache".split(),
    "RIFE VFI",
]

_TITLES = ["", "", "", "high pass", "Bild №1", "let", "save", "KSampler", '"#"\n{a}', "x" * 60]


@st.composite
def graphs(draw: st.DrawFn) -> Prompt:
    """A prompt that has an output."""
    catalogue = open_catalogue("0.33.0")
    made: dict[str, list[tuple[str, int]]] = {}
    prompt: Prompt = {}
    for number in range(draw(st.integers(3, 22))):
        name = draw(st.sampled_from(CLASSES))
        _add(draw, prompt, made, catalogue, name, str(number))
    _add(draw, prompt, made, catalogue, "LoadImage", "image")
    _add(draw, prompt, made, catalogue, "SaveImage", "end")
    return _needed(prompt) if draw(st.booleans()) else prompt


def _needed(prompt: Prompt) -> Prompt:
    """The prompt without what leads to no output."""
    catalogue = open_catalogue("0.33.0")
    waiting = [id for id, node in prompt.items() if catalogue.get(node["class_type"]).is_output]
    seen = set()
    while waiting:
        id = waiting.pop()
        if id not in seen:
            seen.add(id)
            waiting += [
                input_[0] for input_ in prompt[id]["inputs"].values() if isinstance(input_, list)
            ]
    return {id: node for id, node in prompt.items() if id in seen}


def _add(
    draw: st.DrawFn,
    prompt: Prompt,
    made: dict[str, list[tuple[str, int]]],
    catalogue: Any,
    name: str,
    id: str,
) -> None:
    node_class = catalogue.get(name)
    inputs: dict[str, Any] = {}
    for input_ in node_class.inputs:
        if input_.is_socket:
            there = made.get(input_.type, [])
            if there and (input_.required or draw(st.booleans())):
                inputs[input_.name] = list(draw(st.sampled_from(there)))
            elif input_.required:
                return
    if name in _FILES:
        key, files = _FILES[name]
        inputs[key] = draw(st.sampled_from(files))
    inputs = {**defaults_of(node_class, inputs), **inputs}
    for input_ in node_class.inputs:
        if input_.name in inputs or input_.is_socket or not input_.required:
            continue
        inputs[input_.name] = (
            input_.options[0] if input_.options else draw(st.sampled_from(["a", "b"]))
        )
    _vary(draw, inputs, node_class)
    prompt[id] = {
        "class_type": name,
        "inputs": inputs,
        "_meta": {"title": draw(st.sampled_from(_TITLES))},
    }
    for slot, output in enumerate(node_class.outputs):
        made.setdefault(output.type, []).append((id, slot))


def _vary(draw: st.DrawFn, inputs: dict[str, Any], node_class: Any) -> None:
    """Another value here and there, within the limits of the input."""
    for input_ in node_class.inputs:
        value = inputs.get(input_.name)
        if type(value) not in (int, float, str) or not draw(st.booleans()):
            continue
        if input_.options and input_.files is None:
            inputs[input_.name] = draw(st.sampled_from(input_.options))
        elif type(value) is int and input_.minimum is not None and input_.step in (None, 1):
            inputs[input_.name] = int(input_.minimum) + draw(st.integers(0, 9))
