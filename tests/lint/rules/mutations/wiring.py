"""Models, VAEs, text encoders and conditioning that do not belong together."""

from __future__ import annotations

from typing import Any

from tests.lint.rules.mutations.suite import Mutation, Prompt, other


def _without(id: str, name: str):
    def made(prompt: Prompt) -> Prompt:
        inputs = {key: value for key, value in prompt[id]["inputs"].items() if key != name}
        return {**prompt, id: {**prompt[id], "inputs": inputs}}

    return made


def _conditioned(class_type: str, rename: dict[str, str] | None = None, **more: Any):
    """The prompt with another class in the place of the conditioning."""

    def made(prompt: Prompt) -> Prompt:
        inputs = {
            (rename or {}).get(key, key): value
            for key, value in prompt["image_to_video"]["inputs"].items()
        }
        node = {"class_type": class_type, "inputs": {**inputs, **more}}
        return {**prompt, "image_to_video": node}

    return made


def _second_conditioning(**more: Any):
    def made(prompt: Prompt) -> Prompt:
        inputs = dict(prompt["image_to_video"]["inputs"], **more)
        prompt = {
            **prompt,
            "start_2": {"class_type": "WanImageToVideo", "inputs": inputs},
            "text_2": {
                "class_type": "CLIPTextEncode",
                "inputs": {"clip": ["umt5", 0], "text": "She waves"},
            },
            "image_2": {"class_type": "LoadImage", "inputs": {"image": "other.png"}},
        }
        used = {value[0] for value in more.values()}
        prompt = {
            key: node
            for key, node in prompt.items()
            if not key.endswith("_2") or key in {*used, "start_2"}
        }
        return other(prompt, "second.sampler", positive=("start_2", 0), negative=("start_2", 1))

    return made


def _seen(prompt: Prompt) -> Prompt:
    loader = {
        "class_type": "CLIPVisionLoader",
        "inputs": {"clip_name": "clip_vision_h.safetensors"},
    }
    encoder = {
        "class_type": "CLIPVisionEncode",
        "inputs": {"clip_vision": ["vision", 0], "image": ["image", 0], "crop": "none"},
    }
    prompt = {**prompt, "vision": loader, "seen": encoder}
    return other(prompt, "image_to_video", clip_vision_output=("seen", 0))


def _refined(prompt: Prompt) -> Prompt:
    """Another pass over the frames, at a low denoise."""
    start = dict(prompt["image_to_video"]["inputs"], start_image=["second.decode", 0])
    sampler = {
        "model": ["second.shift", 0],
        "positive": ["again", 0],
        "negative": ["again", 1],
        "latent_image": ["again", 2],
        "seed": 1,
        "steps": 4,
        "cfg": 1.0,
        "sampler_name": "euler",
        "scheduler": "simple",
        "denoise": 0.3,
    }
    made = {
        **prompt,
        "again": {"class_type": "WanImageToVideo", "inputs": start},
        "more": {"class_type": "KSampler", "inputs": sampler},
        "last": {
            "class_type": "VAEDecode",
            "inputs": {"samples": ["more", 0], "vae": ["vae_2_1", 0]},
        },
    }
    return other(made, "save.video", images=("last", 0))


MUTATIONS = [
    Mutation(
        "fun control with the models of i2v",
        "607",
        (
            (
                "pipeline",
                "image ",
                'conditioning = wan22.fun_control\n    control_video = "dance.mp4"\n    image ',
            ),
        ),
        _conditioned(
            "Wan22FunControlToVideo", {"start_image": "ref_image"}, control_video=["image", 0]
        ),
    ),
    Mutation(
        "the empty latent of t2v with the models of i2v",
        "607",
        (
            ("pipeline", '    image  = "portrait.png"\n', ""),
            ("pipeline", "prompt ", "conditioning = wan22.text_to_video\n    prompt "),
        ),
        lambda prompt: {
            key: node
            for key, node in other(
                other(
                    {
                        **prompt,
                        "empty": {
                            "class_type": "EmptyHunyuanLatentVideo",
                            "inputs": {"width": 832, "height": 480, "length": 81, "batch_size": 1},
                        },
                    },
                    "first.sampler",
                    latent_image=("empty", 0),
                    positive=("image_to_video.positive", 0),
                    negative=("image_to_video.negative", 0),
                ),
                "second.sampler",
                positive=("image_to_video.positive", 0),
                negative=("image_to_video.negative", 0),
            ).items()
            if key not in ("image_to_video", "image")
        },
    ),
    Mutation(
        "the text encoder of another model",
        "608",
        (),
        lambda prompt: other(prompt, "umt5", type="sd3"),
    ),
    Mutation(
        "the VAE of the 5B model",
        "651",
        (("pipeline", "seed ", "vae    = wan22.vae_2_2\n    seed "),),
        lambda prompt: other(prompt, "vae_2_1", vae_name="wan2.2_vae.safetensors"),
    ),
    Mutation(
        "decoding with the VAE of the 5B model",
        "651",
        (("pipeline", '-> save("clip")', '-> decode(vae = wan22.vae_2_2) -> save("clip")'),),
        lambda prompt: other(
            {
                **prompt,
                "other": {
                    "class_type": "VAELoader",
                    "inputs": {"vae_name": "wan2.2_vae.safetensors"},
                },
            },
            "second.decode",
            vae=("other", 0),
        ),
    ),
    Mutation(
        "no picture",
        "652",
        (("pipeline", '    image  = "portrait.png"\n', ""),),
        lambda prompt: {
            key: node
            for key, node in _without("image_to_video", "start_image")(prompt).items()
            if key != "image"
        },
    ),
    Mutation(
        "another picture for the second pass",
        "653",
        (("pass second", "shift ", 'image   = "other.png"\n    shift '),),
        _second_conditioning(start_image=["image_2", 0]),
    ),
    Mutation(
        "another prompt for the second pass",
        "653",
        (("pass second", "shift ", 'prompt  = "She waves"\n    shift '),),
        _second_conditioning(positive=["text_2", 0]),
    ),
    Mutation(
        "the same conditioning twice, which ComfyUI makes once", "", (), _second_conditioning()
    ),
    Mutation("CLIP Vision for a model of Wan 2.2", "654", (), _seen),
    Mutation(
        "a dtype for scaled weights",
        "655",
        (("model first_model", "noise ", 'dtype  = "fp8_e4m3fn"\n    noise '),),
        lambda prompt: other(prompt, "first_model", weight_dtype="fp8_e4m3fn"),
    ),
    Mutation(
        "fast arithmetic for scaled weights, which is for them",
        "",
        (),
        lambda prompt: other(prompt, "first_model", weight_dtype="fp8_e4m3fn_fast"),
    ),
    Mutation(
        "a low denoise over an empty latent",
        "656",
        (
            ("pipeline", "second ->", "second -> again ->"),
            (
                "pipeline",
                "pipeline",
                'pass again = second(steps = 4, denoise = 0.3, handoff = "frames")\n\npipeline',
            ),
        ),
        _refined,
    ),
]
