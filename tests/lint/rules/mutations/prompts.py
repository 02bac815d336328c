"""Prompts, conditionings, chains of clips and decoders that are joined the wrong way."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.conftest import ROOT
from tests.lint.rules.mutations.suite import Mutation, other

if TYPE_CHECKING:
    from tests.lint.rules.mutations.suite import Prompt

_FIRST, _SECOND = "first.sampler", "second.sampler"
_TEXTS = ("image_to_video.positive", "image_to_video.negative")


def _joined(positive: tuple[str, int], negative: tuple[str, int], *samplers: str):
    """The prompt with other conditionings for some samplers."""

    def made(prompt: Prompt) -> Prompt:
        for sampler in samplers or (_FIRST, _SECOND):
            prompt = other(prompt, sampler, positive=positive, negative=negative)
        return prompt

    return made


def _titled(prompt: Prompt) -> Prompt:
    """The two texts change places, and their titles say what they are for."""
    for id, title in zip(_TEXTS, ("Positive Prompt", "Negative Prompt")):
        prompt = {**prompt, id: {**prompt[id], "_meta": {"title": title}}}
    return other(prompt, "image_to_video", positive=(_TEXTS[1], 0), negative=(_TEXTS[0], 0))


def chained(frames: str | None):
    """The prompt with a second clip behind the first, from these frames of it; None: from all."""

    def made(prompt: Prompt) -> Prompt:
        start = dict(prompt["image_to_video"]["inputs"], start_image=["second.decode", 0])
        more: Prompt = {"again": {"class_type": "WanImageToVideo", "inputs": start}}
        if frames is not None:
            first, count = map(int, frames.split("+"))
            inputs = {"image": ["second.decode", 0], "batch_index": first, "length": count}
            more["last"] = {"class_type": "ImageFromBatch", "inputs": inputs}
            start["start_image"] = ["last", 0]
        for name, latent in ((_FIRST, ["again", 2]), (_SECOND, ["again.first", 0])):
            inputs = dict(prompt[name]["inputs"], positive=["again", 0], negative=["again", 1])
            inputs["latent_image"] = latent
            more[name.replace("sampler", "").join(("again.", ""))[:-1]] = {
                "class_type": "KSamplerAdvanced",
                "inputs": inputs,
            }
        decode = {"samples": ["again.second", 0], "vae": ["vae_2_1", 0]}
        more["again.decode"] = {"class_type": "VAEDecode", "inputs": decode}
        joined = {"image1": ["second.decode", 0], "image2": ["again.decode", 0]}
        more["joined"] = {"class_type": "ImageBatch", "inputs": joined}
        return other({**prompt, **more}, "save.video", images=("joined", 0))

    return made


@cache
def _example(name: str) -> str:
    folder = ROOT / "tests" / "examples" / "goldens"
    return (folder / f"{name}.json").read_text(encoding="utf-8")


def _of(name: str, change):
    """A change of what an example compiles to, whatever the base is."""
    return lambda _: change(json.loads(_example(name)))


def _untrimmed(prompt: Prompt) -> Prompt:
    """VACE without what cuts its reference picture off."""
    prompt = other(prompt, "trim_vace.decode", samples=("vace_low.sampler", 0))
    return {id: node for id, node in prompt.items() if id != "trim_vace"}


def _stretched(prompt: Prompt) -> Prompt:
    scale = {
        "image": ["second.decode", 0],
        "upscale_method": "lanczos",
        "width": 1024,
        "height": 1024,
        "crop": "disabled",
    }
    node = {"class_type": "ImageScale", "inputs": scale}
    return other({**prompt, "square": node}, "save.video", images=("square", 0))


def _patched(class_type: str, **inputs: Any):
    """The prompt with a patch behind both LoRAs, or behind both models."""

    def made(prompt: Prompt) -> Prompt:
        for name in ("first", "second"):
            before = prompt[f"{name}.shift"]["inputs"]["model"]
            node = {"class_type": class_type, "inputs": {"model": before, **inputs}}
            prompt = other(
                {**prompt, f"{name}.patch": node}, f"{name}.shift", model=(f"{name}.patch", 0)
            )
        return prompt

    return made


def _flux_guided(prompt: Prompt) -> Prompt:
    inputs = {"conditioning": [_TEXTS[0], 0], "guidance": 3.5}
    node = {"class_type": "FluxGuidance", "inputs": inputs}
    return other({**prompt, "more": node}, "image_to_video", positive=("more", 0))


def _short_control(prompt: Prompt) -> Prompt:
    """A control video that is cut to fewer frames than are made."""
    inputs = {
        "video": "dance.mp4",
        "force_rate": 16,
        "custom_width": 0,
        "custom_height": 0,
        "frame_load_cap": 49,
        "skip_first_frames": 0,
        "select_every_nth": 1,
    }
    prompt = {**prompt, "source": {"class_type": "VHS_LoadVideo", "inputs": inputs}}
    del prompt["source.video"], prompt["save.video"]["inputs"]["audio"]
    return prompt


_NAG = {"conditioning": [_TEXTS[1], 0], "nag_scale": 0.0, "nag_alpha": 0.25, "nag_tau": 2.5}
_SMILES = '"She smiles'
_TAG = " <lora:wan22_style:0.8>"

MUTATIONS = [
    Mutation(
        "prompt and negative prompt change places at both samplers",
        "657",
        (),
        _joined(("image_to_video", 1), ("image_to_video", 0)),
    ),
    Mutation(
        "prompt and negative prompt change places at the second sampler",
        "657",
        (),
        _joined(("image_to_video", 1), ("image_to_video", 0), _SECOND),
    ),
    Mutation("the texts change places, and their titles tell", "657", (), _titled, base="plain"),
    Mutation(
        "the prompt as the negative one too",
        "658",
        (),
        _joined(("image_to_video", 0), ("image_to_video", 0)),
        base="plain",
    ),
    Mutation(
        "the prompt as the negative one too, at cfg 1, where nobody looks",
        "",
        (),
        _joined(("image_to_video", 0), ("image_to_video", 0)),
    ),
    Mutation(
        "both samplers take the texts, past the picture",
        "659",
        (),
        _joined((_TEXTS[0], 0), (_TEXTS[1], 0)),
    ),
    Mutation(
        "the second sampler takes the texts, past the picture",
        "659",
        (),
        _joined((_TEXTS[0], 0), (_TEXTS[1], 0), _SECOND),
    ),
    Mutation(
        "only the negative prompt goes past the picture",
        "659",
        (),
        _joined(("image_to_video", 0), (_TEXTS[1], 0)),
        base="plain",
    ),
    Mutation(
        "a LoRA in the words of the prompt",
        "661",
        (("pipeline", _SMILES, _SMILES + _TAG),),
        lambda prompt: other(prompt, _TEXTS[0], text=_SMILES[1:] + _TAG),
    ),
    Mutation(
        "the second pass takes the empty latent",
        "714",
        (),
        lambda prompt: other(prompt, _SECOND, latent_image=("image_to_video", 2)),
    ),
    Mutation(
        "what the first pass makes is decoded",
        "712",
        (),
        lambda prompt: other(prompt, "second.decode", samples=(_FIRST, 0)),
    ),
    Mutation("the next clip begins with the whole one before", "816", (), chained(None)),
    Mutation("the next clip begins with the last frame", "", (), chained("80+1")),
    Mutation("the next clip begins with the last five frames", "", (), chained("76+5")),
    Mutation(
        "a camera move of another length",
        "660",
        (),
        _of("fun_camera/closer", lambda prompt: other(prompt, "fun_camera.move", length=49)),
    ),
    Mutation(
        "a camera move of another size",
        "660",
        (),
        _of("fun_camera/closer", lambda prompt: other(prompt, "fun_camera.move", width=640)),
    ),
    Mutation("the reference is decoded with the video", "813", (), _of("vace/puppet", _untrimmed)),
    Mutation("a wide video made square", "814", (), _stretched),
    Mutation("a correction of the guidance at cfg 1", "727", (), _patched("CFGZeroStar")),
    Mutation(
        "a correction of the guidance, where there is some",
        "",
        (),
        _patched("CFGZeroStar"),
        base="plain",
    ),
    Mutation("negative guidance at a scale of 0", "727", (), _patched("WanVideoNAG", **_NAG)),
    Mutation("the guidance of Flux", "727", (), _flux_guided, base="plain"),
    Mutation(
        "VACE at a strength of 0",
        "727",
        (),
        _of("vace/puppet", lambda prompt: other(prompt, "vace", strength=0.0)),
    ),
    Mutation(
        "a control video that is too short", "807", (), _of("fun_control/dance", _short_control)
    ),
    Mutation(
        "the model of Flux",
        "607",
        (),
        lambda prompt: other(prompt, "first_model", unet_name="flux1-dev-fp8.safetensors"),
        base="plain",
    ),
]
