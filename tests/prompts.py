"""Small prompts to begin with, and what is found in them: for the tests of graph, formats and rules."""

from __future__ import annotations

import json
from copy import deepcopy
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import defaults_of
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.prompt import read
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.passes.recognition import recognise
from wan22dsl.lint.rules.engine import judge
from wan22dsl.lint.rules.view import View
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes.recognition import Pass

Prompt = dict[str, Any]

HIGH = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"
LOW = "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors"
LORA_HIGH = "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors"
LORA_LOW = "wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise.safetensors"

T2V_HIGH, T2V_LOW = (name.replace("i2v", "t2v") for name in (HIGH, LOW))
T2V_LORA = "wan2.2_t2v_lightx2v_4steps_lora_v1.1_high_noise.safetensors"

#: Settings of `split` without a 4-step LoRA.
TWENTY_STEPS: dict[str, Any] = {
    "parts": ((0, 10, 20), (10, 20, 20)),
    "shifts": (8.0, 8.0),
    "cfgs": (3.5, 3.5),
}


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    """A node. An input that is a tuple of an id and a slot is a link."""
    return {
        "class_type": class_type,
        "inputs": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in inputs.items()
        },
    }


def complete(prompt: Prompt, target: str = "0.33.0") -> Prompt:
    """The prompt with the defaults of required inputs that are not written, as a client sends it."""
    catalogue = open_catalogue(target)
    full: Prompt = {}
    for id, made in prompt.items():
        node_class = catalogue.get(made["class_type"])
        more = {} if node_class is None else defaults_of(node_class, made["inputs"])
        full[id] = {**made, "inputs": {**made["inputs"], **more}}
    return full


def picture(**more: Any) -> Prompt:
    """The smallest prompt that runs: a picture, enlarged and saved. `more` are inputs of `scale`."""
    return {
        "load": node("LoadImage", image="start.png"),
        "scale": node(
            "ImageScaleBy",
            **{"image": ("load", 0), "upscale_method": "lanczos", "scale_by": 2.0, **more},
        ),
        "save": node("SaveImage", images=("scale", 0), filename_prefix="demo"),
    }


def _model(
    name: str, file: str, lora: str | None, shift: float | None, strength: float
) -> tuple[Prompt, str]:
    """A model with a LoRA and a shift, if there are any, and the last of these nodes."""
    made = {f"{name}_model": node("UNETLoader", unet_name=file, weight_dtype="default")}
    last = f"{name}_model"
    if lora is not None:
        made[f"{name}_lora"] = node(
            "LoraLoaderModelOnly", model=(last, 0), lora_name=lora, strength_model=strength
        )
        last = f"{name}_lora"
    if shift is not None:
        made[f"{name}_shift"] = node("ModelSamplingSD3", model=(last, 0), shift=shift)
        last = f"{name}_shift"
    return made, last


def conditioned(class_type: str = "WanImageToVideo", **more: Any) -> Prompt:
    """Loaders, prompts, and one conditioning for both passes."""
    shape = {"width": 832, "height": 1216, "length": 81, "batch_size": 1}
    given: dict[str, Any] = {
        "positive": ("positive", 0),
        "negative": ("negative", 0),
        "vae": ("vae", 0),
        "start_image": ("load", 0),
    }
    return {
        "clip": node("CLIPLoader", clip_name="umt5_xxl_fp8_e4m3fn_scaled.safetensors", type="wan"),
        "positive": node("CLIPTextEncode", clip=("clip", 0), text="She smiles"),
        "negative": node("CLIPTextEncode", clip=("clip", 0), text=""),
        "vae": node("VAELoader", vae_name="wan_2.1_vae.safetensors"),
        "load": node("LoadImage", image="start.png"),
        "start": node(class_type, **{**given, **shape, **more}),
    }


def with_camera(prompt: Prompt) -> Prompt:
    """The prompt with a camera move for its conditioning."""
    camera = node(
        "WanCameraEmbedding",
        camera_pose="Zoom In",
        width=832,
        height=1216,
        length=81,
        speed=1.0,
        fx=0.5,
        fy=0.5,
        cx=0.5,
        cy=0.5,
    )
    return changed({**prompt, "camera": camera}, "start", camera_conditions=("camera", 0))


def _saved(latent: str) -> Prompt:
    return {
        "decode": node("VAEDecode", samples=(latent, 0), vae=("vae", 0)),
        "video": node("CreateVideo", images=("decode", 0), fps=16.0),
        "save": node(
            "SaveVideo", video=("video", 0), filename_prefix="demo", format="mp4", codec="h264"
        ),
    }


_CONDITIONED = {"positive": ("start", 0), "negative": ("start", 1)}


def split(
    models: tuple[str, str] = (HIGH, LOW),
    loras: tuple[str | None, str | None] = (LORA_HIGH, LORA_LOW),
    *,
    parts: tuple[tuple[int, int, int], ...] = ((0, 2, 4), (2, 4, 4)),
    shifts: tuple[float | None, float | None] = (5.0, 5.0),
    cfgs: tuple[float, float] = (1.0, 1.0),
    scheduler: str = "simple",
    noise: tuple[bool, bool] = (True, False),
    leftover: bool = True,
    strengths: tuple[float, float] = (1.0, 1.0),
    start: Prompt | None = None,
) -> Prompt:
    """Two passes over one schedule, as the official templates have them."""
    made: Prompt = {}
    made.update(start or conditioned())
    before = ("start", 2)
    for number, name in enumerate(("high", "low")):
        nodes, last = _model(name, models[number], loras[number], shifts[number], strengths[number])
        made.update(nodes)
        begin, end, steps = parts[number]
        made[f"{name}_sampler"] = node(
            "KSamplerAdvanced",
            model=(last, 0),
            **_CONDITIONED,
            latent_image=before,
            add_noise="enable" if noise[number] else "disable",
            noise_seed=7,
            steps=steps,
            cfg=cfgs[number],
            sampler_name="euler",
            scheduler=scheduler,
            start_at_step=begin,
            end_at_step=end,
            return_with_leftover_noise="enable" if leftover and number == 0 else "disable",
        )
        before = (f"{name}_sampler", 0)
    return {**made, **_saved("low_sampler")}


def alone(
    model: str = LOW,
    lora: str | None = LORA_LOW,
    *,
    latent: tuple[str, int] = ("start", 2),
    start: Prompt | None = None,
    shift: float | None = 5.0,
    **settings: Any,
) -> Prompt:
    """One pass over a whole schedule."""
    made, last = _model("model", model, lora, shift, 1.0)
    given = {
        "seed": 7,
        "steps": 4,
        "cfg": 1.0,
        "sampler_name": "euler",
        "scheduler": "simple",
        "denoise": 1.0,
    }
    sampler = node(
        "KSampler", model=(last, 0), **_CONDITIONED, latent_image=latent, **{**given, **settings}
    )
    return {**(start or conditioned()), **made, "sampler": sampler, **_saved("sampler")}


def mixed_sampler(high: str, low: str, **more: Any) -> Prompt:
    """A WanMoeKSampler with these two models, which changes experts by itself."""
    given: dict[str, Any] = {
        "model_high_noise": (high, 0),
        "model_low_noise": (low, 0),
        "boundary": 0.9,
        "seed": 7,
        "steps": 4,
        "cfg_high_noise": 1.0,
        "cfg_low_noise": 1.0,
        "sampler_name": "euler",
        "scheduler": "simple",
        "sigma_shift": 5.0,
        **_CONDITIONED,
        "latent_image": ("start", 2),
        "denoise": 1.0,
    }
    return node("WanMoeKSampler", **{**given, **more})


def mixed(high: str = "high_lora", low: str = "low_lora", **more: Any) -> Prompt:
    """The prompt of `split` with one sampler that changes experts by itself."""
    ends = ("_sampler", "_shift")
    prompt = {name: made for name, made in split().items() if not name.endswith(ends)}
    prompt["moe"] = mixed_sampler(high, low, **more)
    return changed(prompt, "decode", samples=("moe", 0))


def rife(frames: str, **more: Any) -> Prompt:
    """RIFE, which doubles the frames of a node."""
    given: dict[str, Any] = {
        "frames": (frames, 0),
        "ckpt_name": "rife49.pth",
        "clear_cache_after_n_frames": 10,
        "multiplier": 2,
        "fast_mode": True,
        "ensemble": True,
        "scale_factor": 1.0,
        "dtype": "float32",
        "torch_compile": False,
        "batch_size": 1,
    }
    return node("RIFE VFI", **{**given, **more})


def sage(model: str, **more: Any) -> Prompt:
    """SageAttention on the model of a node."""
    return node("PathchSageAttentionKJ", model=(model, 0), **{"sage_attention": "auto", **more})


def changed(prompt: Prompt, name: str, **inputs: Any) -> Prompt:
    """The prompt with other inputs of one node; None takes an input away."""
    prompt = deepcopy(prompt)
    for key, value in inputs.items():
        prompt[name]["inputs"][key] = list(value) if isinstance(value, tuple) else value
        if value is None:
            del prompt[name]["inputs"][key]
    return prompt


def graph_of(prompt: Any, target: str = "0.33.0") -> Graph:
    """The graph of a prompt whose form is right."""
    text = prompt if isinstance(prompt, str) else json.dumps(prompt, indent=1)
    graph, diagnostics = read(Source(text, "prompt.json"), open_catalogue(target))
    assert graph is not None, [finding.message for finding in diagnostics]
    return graph


def passes_of(prompt: Prompt) -> list[Pass]:
    """The passes that are recognised in a prompt."""
    graph = graph_of(prompt)
    return recognise(graph, FactTable(graph))


def ranges(passes: list[Pass]) -> list[tuple[int | None, int | None, int | None]]:
    """The steps that passes run, and of how many."""
    settings = [pass_.settings for pass_ in passes]
    return [(each.start, each.end, each.steps) for each in settings]


def view_of(prompt: Prompt) -> View:
    """What the rules see of a prompt."""
    return View(graph_of(prompt))


def found(prompt: Any, target: str = "0.33.0") -> list[Diagnostic]:
    """All that is said of a prompt, by its form or by the rules."""
    text = prompt if isinstance(prompt, str) else json.dumps(prompt, indent=1)
    graph, diagnostics = read(Source(text, "prompt.json"), open_catalogue(target))
    return diagnostics if graph is None else judge(graph)[1]


def report(prompt: Any, target: str = "0.33.0") -> list[str]:
    """The same as lines: `error WAN504 …`."""
    return [
        f"{finding.severity.value} {finding.code} {finding.message}"
        for finding in found(prompt, target)
    ]


def codes(prompt: Any, target: str = "0.33.0") -> set[str]:
    """The codes of all that is said."""
    return {finding.code for finding in found(prompt, target)}


def meaning(prompt: dict[str, Any]) -> list[str]:
    """A prompt without its ids and titles: each node as what it is made of, down to the loaders.

    `codec` and `format.codec` are two spellings of one input of SaveVideo. The `device` of a text encoder
    is "default" where it is left out, too: the editor sends every field.
    """
    known: dict[str, str] = {}

    def of(id: str) -> str:
        if id not in known:
            node = prompt[id]
            inputs = {
                name.removeprefix("format."): (
                    f"<{of(value[0])}>[{value[1]}]" if isinstance(value, list) else repr(value)
                )
                for name, value in node["inputs"].items()
                if (node["class_type"], name, value) != ("CLIPLoader", "device", "default")
            }
            whole = f"{node['class_type']}{sorted(inputs.items())}"
            known[id] = sha256(whole.encode()).hexdigest()
        return known[id]

    return sorted(of(id) for id in prompt)
