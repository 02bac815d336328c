"""Experts and LoRAs in wrong places."""

from __future__ import annotations

from tests.lint.rules.mutations.suite import Mutation, other, without

HIGH = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"
LOW = "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors"
T2V_HIGH, T2V_LOW = (name.replace("i2v", "t2v") for name in (HIGH, LOW))
SMALL = "wan2.2_ti2v_5B_fp16.safetensors"
LORA_HIGH = "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors"
LORA_LOW = "wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise.safetensors"
T2V_LORA = "wan2.2_t2v_lightx2v_4steps_lora_v1.1_low_noise.safetensors"

_MODELS = (
    ("pass first", "first_model", "second_model"),
    ("pass second", "second_model", "first_model"),
)
_LORAS = (
    ("pass first", "fast_first", "fast_second"),
    ("pass second", "fast_second", "fast_first"),
)
_STYLE = 'lora style { file = "jump_i2v_14b_high_noise.safetensors", noise = "high" }\n\npass first'
_PLAIN_STYLE = 'lora grain {{ file = "grain.safetensors", strength = {strength} }}\n\npass first'


def _files(prompt, **files):
    for id, file in files.items():
        name = "unet_name" if id.endswith("model") else "lora_name"
        prompt = other(prompt, id.replace("_lora", ".lora.1"), **{name: file})
    return prompt


def _more(prompt, where, file, strength):
    """One LoRA more, behind the first."""
    lora = {
        "class_type": "LoraLoaderModelOnly",
        "inputs": {
            "model": prompt[f"{where}.shift"]["inputs"]["model"],
            "lora_name": file,
            "strength_model": strength,
        },
    }
    return other({**prompt, "more": lora}, f"{where}.shift", model=("more", 0))


MUTATIONS = [
    Mutation(
        "the models change places, the LoRAs stay",
        "609",
        _MODELS,
        lambda prompt: _files(prompt, first_model=LOW, second_model=HIGH),
    ),
    Mutation(
        "models and LoRAs change places",
        "609",
        _MODELS + _LORAS,
        lambda prompt: _files(
            prompt, first_model=LOW, second_model=HIGH, first_lora=LORA_LOW, second_lora=LORA_HIGH
        ),
    ),
    Mutation(
        "the links to the samplers change places",
        "609",
        _MODELS + _LORAS,
        lambda prompt: other(
            other(prompt, "first.sampler", model=("second.shift", 0)),
            "second.sampler",
            model=("first.shift", 0),
        ),
    ),
    Mutation(
        "the models change places, without LoRAs",
        "609",
        _MODELS,
        lambda prompt: _files(prompt, first_model=LOW, second_model=HIGH),
        base="plain",
    ),
    Mutation(
        "the models for text change places",
        "609",
        _MODELS,
        lambda prompt: _files(prompt, first_model=T2V_LOW, second_model=T2V_HIGH),
        base="text",
    ),
    Mutation(
        "the high-noise expert twice",
        "610",
        _MODELS[1:],
        lambda prompt: _files(prompt, second_model=HIGH),
    ),
    Mutation(
        "the low-noise expert twice",
        "610",
        _MODELS[:1],
        lambda prompt: _files(prompt, first_model=LOW),
    ),
    Mutation(
        "one loader for both passes",
        "610",
        _MODELS[:1],
        lambda prompt: {
            name: node
            for name, node in other(prompt, "first.shift", model=("second_model", 0)).items()
            if name != "first_model"
        },
        base="plain",
    ),
    Mutation(
        "one expert and its LoRA for both passes",
        "610",
        _MODELS[1:] + _LORAS[1:],
        lambda prompt: _files(prompt, second_model=HIGH, second_lora=LORA_HIGH),
    ),
    Mutation(
        "a low-noise expert for text behind a high-noise expert for pictures",
        "611",
        (
            ("model second_model", "wan2.2_i2v_low", "wan2.2_t2v_low"),
            ("model second_model", "wan22.i2v_14b", "wan22.t2v_14b"),
        ),
        lambda prompt: _files(prompt, second_model=T2V_LOW),
    ),
    Mutation(
        "a high-noise expert for text before a low-noise expert for pictures",
        "611",
        (
            ("model first_model", "wan2.2_i2v_high", "wan2.2_t2v_high"),
            ("model first_model", "wan22.i2v_14b", "wan22.t2v_14b"),
            ("pipeline", "seed   = 42", "seed   = 42\n    conditioning = wan22.image_to_video"),
        ),
        lambda prompt: _files(prompt, first_model=T2V_HIGH),
    ),
    Mutation(
        "the fun control expert behind the one for pictures",
        "611",
        (
            ("model second_model", "wan2.2_i2v_low", "wan2.2_fun_control_low"),
            ("model second_model", "wan22.i2v_14b", "wan22.fun_control_14b"),
            ("pass second", "shift   =", "conditioning = wan22.image_to_video\n    shift   ="),
        ),
        lambda prompt: _files(prompt, second_model=LOW.replace("i2v", "fun_control")),
    ),
    Mutation(
        "each LoRA on the other expert",
        "602",
        _LORAS,
        lambda prompt: _files(prompt, first_lora=LORA_LOW, second_lora=LORA_HIGH),
    ),
    Mutation(
        "the high-noise LoRA on both experts",
        "602",
        _LORAS[1:],
        lambda prompt: _files(prompt, second_lora=LORA_HIGH),
    ),
    Mutation(
        "the low-noise LoRA on both experts",
        "602",
        _LORAS[:1],
        lambda prompt: _files(prompt, first_lora=LORA_LOW),
    ),
    Mutation(
        "a LoRA for text on an expert for pictures",
        "606",
        (
            ("lora fast_second", "wan2.2_i2v_lightx2v_4steps_lora_v1", T2V_LORA[:-24]),
            ("lora fast_second", "wan22.i2v_14b", "wan22.t2v_14b"),
        ),
        lambda prompt: _files(prompt, second_lora=T2V_LORA),
    ),
    Mutation(
        "a LoRA of the 5B model on a 14B expert",
        "606",
        (
            (
                "pass first",
                "pass first",
                'lora odd { file = "wan2.2_5b_style.safetensors" }\n\npass first',
            ),
            ("pass second", "[fast_second]", "[fast_second, odd]"),
        ),
        lambda prompt: _more(prompt, "second", "wan2.2_5b_style.safetensors", 1.0),
    ),
    Mutation(
        "no LoRA on the first pass",
        "720",
        (("pass first", "[fast_first]", "[]"),),
        lambda prompt: without(prompt, "first.lora.1"),
    ),
    Mutation(
        "no LoRA on the second pass",
        "720",
        (("pass second", "[fast_second]", "[]"),),
        lambda prompt: without(prompt, "second.lora.1"),
    ),
    Mutation(
        "the LoRA on one pass only, with guidance on the other: a recipe",
        "612",
        (("pass first", "[fast_first]", "[]"), ("pass first", "cfg     = 1.0", "cfg     = 3.5")),
        lambda prompt: other(without(prompt, "first.lora.1"), "first.sampler", cfg=3.5),
    ),
    Mutation(
        "one half of a pair of LoRAs",
        "612",
        (
            ("pass first", "pass first", _STYLE),
            ("pass first {", "[fast_first]", "[fast_first, style]"),
        ),
        lambda prompt: _more(prompt, "first", "jump_i2v_14b_high_noise.safetensors", 1.0),
    ),
    Mutation(
        "the LoRA at strength 0",
        "614",
        (("pass first", "[fast_first]", "[fast_first(strength = 0.0)]"),),
        lambda prompt: other(prompt, "first.lora.1", strength_model=0.0),
    ),
    Mutation(
        "a style at strength 0",
        "614",
        (
            ("pass first", "pass first", _PLAIN_STYLE.format(strength="0.0")),
            ("pass second", "[fast_second]", "[fast_second, grain]"),
        ),
        lambda prompt: _more(prompt, "second", "grain.safetensors", 0.0),
    ),
    Mutation(
        "the same LoRA twice",
        "615",
        (("pass second", "[fast_second]", "[fast_second, fast_second]"),),
        lambda prompt: _more(prompt, "second", LORA_LOW, 1.0),
    ),
    Mutation(
        "a declaration that the file contradicts",
        "601",
        (("model second_model", '"low"', '"high"'),),
    ),
    Mutation(
        "a LoRA declared for the other expert",
        "601",
        (("lora fast_second", '"low"', '"high"'),),
    ),
    Mutation(
        "a LoRA that is loaded and not used",
        "613",
        (),
        lambda prompt: other(prompt, "first.shift", model=("first_model", 0)),
    ),
    Mutation(
        "a LoRA behind the shift that no sampler takes",
        "613",
        (),
        lambda prompt: other(
            other(prompt, "second.lora.1", model=("second.shift", 0)),
            "second.shift",
            model=("second_model", 0),
        ),
    ),
    Mutation(
        "the high-noise expert alone over the whole schedule",
        "604",
        (("pass first", "0..2 of 4", "4"), ("flow", " -> second", "")),
        lambda prompt: {
            name: node
            for name, node in other(
                other(prompt, "first.sampler", end_at_step=4, return_with_leftover_noise="disable"),
                "second.decode",
                samples=("first.sampler", 0),
            ).items()
            if not name.startswith("second") or name == "second.decode"
        },
    ),
    Mutation(
        "the low-noise expert alone over the whole schedule",
        "604",
        (("pass second", "2..4 of 4", "4"), ("flow", "first -> ", "")),
        lambda prompt: {
            name: node
            for name, node in other(
                prompt,
                "second.sampler",
                start_at_step=0,
                add_noise="enable",
                latent_image=("image_to_video", 2),
            ).items()
            if not name.startswith("first")
        },
    ),
]
