"""Classes, inputs, values and links that are wrong in any graph."""

from __future__ import annotations

from typing import Any

from tests.lint.rules.mutations.suite import Mutation, Prompt, other


def _flow(new: str) -> tuple[tuple[str, str, str], ...]:
    return (("pipeline", '-> save("clip")', new),)


def _lost(id: str, *names: str):
    """The prompt without some inputs of a node."""

    def made(prompt: Prompt) -> Prompt:
        inputs = {key: value for key, value in prompt[id]["inputs"].items() if key not in names}
        return {**prompt, id: {**prompt[id], "inputs": inputs}}

    return made


def _named(id: str, class_type: str):
    return lambda prompt: {**prompt, id: {**prompt[id], "class_type": class_type}}


def _set(id: str, **inputs: Any):
    return lambda prompt: other(prompt, id, **inputs)


def _scaled(**more: Any):
    """The prompt with the frames scaled before they are saved."""

    def made(prompt: Prompt) -> Prompt:
        inputs = {"image": ["second.decode", 0], "upscale_method": "lanczos", "scale_by": 0.5}
        scale = {"class_type": "ImageScaleBy", "inputs": {**inputs, **more}}
        return other({**prompt, "scale": scale}, "save.video", images=("scale", 0))

    return made


MUTATIONS = [
    Mutation(
        "a class that is nearly one",
        "501",
        _flow('-> VAEDecod(samples = _, vae = wan22.vae_2_1)[0] -> save("clip", fps = 16fps)'),
        _named("second.decode", "VAE Decode (Video)"),
    ),
    Mutation("a seed is missing", "502", (), _lost("first.sampler", "noise_seed")),
    Mutation("a link is missing", "502", (), _lost("second.decode", "vae")),
    Mutation(
        "decoded frames where a latent is expected",
        "503",
        _flow(
            '-> decode -> VAEDecode(samples = _, vae = wan22.vae_2_1) -> save("clip", fps = 16fps)'
        ),
        lambda prompt: other(
            {**prompt, "again": prompt["second.decode"]},
            "second.decode",
            samples=("again", 0),
        ),
    ),
    Mutation(
        "a mask where frames are expected",
        "503",
        (),
        _set("image_to_video", start_image=("image", 1)),
    ),
    Mutation(
        "a strength that is too large",
        "504",
        (("lora fast_first", "noise ", "strength  = 200.0\n    noise "),),
        _set("first.lora.1", strength_model=200.0),
    ),
    Mutation(
        "a sampler that there is not",
        "505",
        (
            ("pass first", "euler/simple", "eulr/simple"),
            ("pass second", "euler/simple", "eulr/simple"),
        ),
        lambda prompt: other(
            other(prompt, "first.sampler", sampler_name="eulr"),
            "second.sampler",
            sampler_name="eulr",
        ),
    ),
    Mutation(
        "a choice that ComfyUI does not check",
        "505",
        (),
        _set("save", format="bogus"),
    ),
    Mutation("words for a number", "506", (), _set("image_to_video", width="wide")),
    Mutation("half a frame", "507", (), _set("image_to_video", length=81.5)),
    Mutation("a number as text", "507", (), _set("image_to_video", length="81")),
    Mutation("no number at all", "508", (), _set("first.lora.1", strength_model=float("nan"))),
    Mutation("a link to nothing", "509", (), _set("second.decode", vae=("lost", 0)), drawn="502"),
    Mutation(
        "the last output by a negative number",
        "510",
        (),
        _set("save.video", images=("second.decode", -1)),
    ),
    Mutation(
        "an output that there is not", "510", (), _set("save.video", images=("second.decode", 1))
    ),
    Mutation("a circle", "511", (), _set("first.sampler", latent_image=("second.sampler", 0))),
    Mutation(
        "nothing is saved",
        "512",
        (),
        lambda prompt: {k: v for k, v in prompt.items() if k != "save"},
    ),
    Mutation(
        "a node that nothing needs",
        "513",
        (),
        lambda prompt: {**prompt, "left": {**prompt["image"], "inputs": {"image": "other.png"}}},
    ),
    Mutation(
        "a setting that the node does not have",
        "514",
        _flow(
            '-> ImageScaleBy(image = _, scale = 2.0, scale_by = 1.0, upscale_method = "area") -> save("clip")'
        ),
        _scaled(scale=2.0),
        drawn="",
    ),
    Mutation(
        "a link that the node does not have",
        "515",
        (),
        _scaled(mask=["image", 1]),
    ),
    Mutation("what stops the server", "516", (), _scaled(note=["words", 3]), drawn=""),
    Mutation(
        "a file where a link belongs",
        "517",
        (),
        _set("image_to_video", start_image="portrait.png"),
    ),
    Mutation(
        "a linked number out of range",
        "518",
        _flow(
            '-> ImageScaleBy(image = _, upscale_method = "area", '
            'scale_by = PrimitiveFloat(value = 12.0)) -> save("clip")'
        ),
        lambda prompt: _scaled(scale_by=["number", 0])(
            {**prompt, "number": {"class_type": "PrimitiveFloat", "inputs": {"value": 12.0}}}
        ),
    ),
    Mutation(
        "saved outside of the output folder",
        "520",
        (("pipeline", '"clip"', '"../clip"'),),
        _set("save", filename_prefix="../clip"),
    ),
    Mutation(
        "a LoRA in the place of a model",
        "521",
        (),
        _set("first_model", unet_name="my_style_lora.safetensors"),
        "plain",
    ),
    Mutation(
        "GGUF weights in a loader that reads none",
        "521",
        (
            (
                "model first_model",
                "high_noise_14B_fp8_scaled.safetensors",
                "high_noise_14B_Q5_K_M.gguf",
            ),
        ),
        _set("first_model", unet_name="wan2.2_i2v_high_noise_14B_Q5_K_M.gguf"),
    ),
    Mutation(
        "a path of one machine",
        "531",
        (("pipeline", '"portrait.png"', '"/home/ada/portrait.png"'),),
        _set("image", image="C:\\Users\\ada\\portrait.png"),
    ),
]
