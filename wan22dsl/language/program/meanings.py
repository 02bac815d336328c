"""What the words of the language mean, in a sentence each: kinds, settings, types, facts, annotations.

Editors show them. `docs/language.md` explains the same at length.
"""

from __future__ import annotations

#: What each declaration is for, by its word.
KINDS: dict[str, str] = {
    "model": "A model file of Wan 2.2: one of the two experts, or a model without experts.",
    "lora": "A LoRA file, or one file for each expert.",
    "vae": "A VAE file.",
    "text_encoder": "A text encoder file.",
    "clip_vision": "A CLIP Vision file.",
    "audio_encoder": "An audio encoder file.",
    "upscaler": "An upscale model, for `upscale`.",
    "interpolator": "A frame interpolation model, for `interpolate`.",
    "family": "What models of one build share: conditioning, VAE, text encoder, frame rate.",
    "pass": "One run of a sampler with one model.",
    "pipeline": "A video: its settings, and the flow that makes it.",
    "target": "Limits for the time and memory of a run.",
    "profile": "How ComfyUI is started: its flags and its environment.",
    "bench": "What `wan bench` compares, and how it measures.",
    "graph": "Plain ComfyUI nodes, as a workflow has them.",
    "let": "A named value. It cannot be set from outside.",
    "node": "What your project knows of a node class: its inputs, outputs and facts.",
    "param": "A named value that can be set from outside: `--set name=value`.",
    "stage": "A step of your own, made of nodes and of other stages.",
    "use": "Imports a module of the library, or another `.wan` file.",
    "wan": "The version of the language. It comes first.",
}

_FILE = "The file, as ComfyUI lists it; write `/` between folders."
_LOAD = "A node that loads it, instead of `file`."
_FAMILY = "The family that it belongs to."
_DISTILLED = "The number of steps that it was distilled for."
_SOURCE = "Where the file is published: `owner/repository/path` on the Hugging Face Hub."
_SHA256 = "The SHA-256 of the file."

_PASS: dict[str, str] = {
    "model": "The model that is sampled.",
    "steps": "The steps of the schedule: `0..2 of 4` is its first half, `4` the whole one.",
    "sampler": "Sampler and scheduler.",
    "cfg": "Guidance. At 1 the negative prompt has no effect, and a step takes half the time.",
    "loras": "The LoRAs of the pass, in order.",
    "add_loras": "LoRAs to add to those of the pass.",
    "loras_by": "The node class that loads all LoRAs of a pass, instead of one node for each.",
    "patches": "A flow from MODEL to MODEL, applied behind the LoRAs.",
    "shift": "Shift of the noise schedule: higher values spend more steps at high noise.",
    "denoise": "Part of the schedule that is sampled: below 1 the pass keeps some of what it gets.",
    "seed": "Seed of the noise.",
    "batch": "Number of videos that are made at once.",
    "prompt": "What the video shows.",
    "negative": "What the video avoids. It has no effect at cfg 1.",
    "image": "The first frame, or the reference image: a file, or frames of another flow.",
    "size": "Width and height of the video in pixels.",
    "length": "Length of the video: 4n + 1 frames, or seconds, which are rounded to frames.",
    "conditioning": "The stage that turns prompt and images into conditioning. Adds its settings.",
    "vae": "The VAE that encodes images and decodes the latent.",
    "text_encoder": "The text encoder for the prompts.",
    "fps": "Frame rate of the video.",
    "handoff": "What the pass takes from the one before it: its latent, or its decoded frames.",
    "add_noise": "Whether the pass adds noise before it samples.",
    "leftover_noise": "Whether the pass leaves noise for the next one.",
    "engine": "A stage that samples instead of KSampler, such as `samplers.guided`.",
    "schedule_model": "With an `engine`: the model that the noise schedule is computed for.",
}

#: What each setting does, by the word of the declaration and the setting.
SETTINGS: dict[str, dict[str, str]] = {
    "pass": _PASS,
    "pipeline": {
        **_PASS,
        "flow": "The order of the work: passes and stages, with arrows between them.",
        "family": "The family whose settings hold. By default that of the first model.",
    },
    "model": {
        "file": _FILE,
        "load": _LOAD,
        "noise": "The noise level that the expert was trained for.",
        "family": _FAMILY,
        "distilled": "The number of steps, if a distilled LoRA is merged in.",
        "dtype": "Data type of the weights, as in UNETLoader.",
        "source": _SOURCE,
        "sha256": _SHA256,
    },
    "lora": {
        "file": _FILE,
        "high": "The file for the high-noise expert, instead of `file`.",
        "low": "The file for the low-noise expert, instead of `file`.",
        "strength": "How strongly it is applied.",
        "on": "Whether it is applied; a LoRA that is off is kept in the workflow.",
        "noise": "The expert that it was trained for.",
        "family": _FAMILY,
        "distilled": _DISTILLED,
        "source": _SOURCE,
        "sha256": _SHA256,
    },
    "vae": {"file": _FILE, "load": _LOAD},
    "text_encoder": {
        "file": _FILE,
        "load": _LOAD,
        "type": "The kind of model that it is for, as in CLIPLoader.",
        "device": 'Where it runs: "cpu" saves memory of the card.',
    },
    "clip_vision": {"file": _FILE, "load": _LOAD},
    "audio_encoder": {"file": _FILE, "load": _LOAD},
    "upscaler": {"file": _FILE, "load": _LOAD, "scale": "How much larger it makes a picture."},
    "interpolator": {"file": _FILE, "load": _LOAD},
    "family": {
        "conditioning": "The stage that turns prompt and images into conditioning.",
        "vae": "The VAE of its models.",
        "text_encoder": "The text encoder of its models.",
        "fps": "The frame rate that its models were trained for.",
        "boundary": "The sigma at which the experts change.",
    },
    "target": {
        "of": "The pipelines that it applies to; all by default.",
        "size": "The sizes that it applies to.",
        "length": "The lengths that it applies to.",
        "steps": "The schedules that it applies to, by their number of steps.",
        "passes": "The number of passes that it applies to.",
        "each_pass": "Limit for the time of each pass.",
        "all_passes": "Limit for the time of all passes together.",
        "interpolation": "Limit for the time of an interpolation.",
        "with_interpolation": "Limit for the whole run, if it interpolates.",
        "whole": "Limit for the whole run.",
        "peak_vram": "Limit for the memory of the card at its peak.",
    },
    "profile": {
        "card": "The card that ComfyUI runs on.",
        "comfyui": "The version of ComfyUI.",
        "flags": "Flags of ComfyUI, with `_` for `-`.",
        "env": "Environment variables.",
        "packages": "Python packages that must be installed.",
    },
    "bench": {
        "of": "The pipeline that is measured, or a copy of it.",
        "profiles": "The profiles that ComfyUI is started with.",
        "vary": "What is varied: a record of lists is every combination, a list of records only those.",
        "baseline": "What each cell is compared with.",
        "repeat": "Measured runs of each cell.",
        "warmups": "Runs that are discarded first.",
        "cold": "Runs with nothing loaded.",
        "rounds": "2: every profile is started twice, the second time in reverse order.",
        "quality": "Whether the videos are compared too.",
    },
    "node": {
        "pack": "The pack that the class is from, as `owner/repository`.",
        "output_node": "Whether it ends a graph.",
        "links": "The inputs that take only links.",
    },
}

#: The settings whose value is left to ComfyUI, to the family or to the place of a pass, and to which.
LEFT_TO: dict[str, str] = {
    "shift": "no shift node; Wan's own 8",
    "conditioning": "that of the family",
    "vae": "that of the family",
    "text_encoder": "that of the family",
    "fps": "that of the family",
    "handoff": '"frames" for a whole schedule, else "latent"',
    "add_noise": "true where the pass begins the flow",
    "leftover_noise": "true where a part ends before the total",
    "engine": "ComfyUI's own sampler",
    "loras_by": "ComfyUI's own loader, one by one",
}

#: The types of values.
TYPES: dict[str, str] = {
    "int": "A whole number.",
    "float": "A number.",
    "bool": "`true` or `false`.",
    "text": "A string.",
    "seconds": "A time: `5s`.",
    "frames": "A number of frames: `81f`; seconds are accepted too.",
    "fps": "A frame rate: `16fps`.",
    "bytes": "Memory: `24GiB`, `512MiB`.",
    "size": "Width and height in pixels: `832x480`.",
    "sampler": "A sampler and a scheduler: `euler/simple`.",
    "steps": "A part of a schedule: `0..2 of 4`; or a whole one: `4`.",
    "flow": "Passes and stages in order.",
    "image": "An image file.",
    "video": "A video file.",
    "audio": "An audio file.",
    "family": "A family of models.",
    "IMAGE": "Frames, or one picture.",
    "LATENT": "A latent.",
    "MODEL": "A loaded model.",
    "CLIP": "A loaded text encoder.",
    "VAE": "A loaded VAE.",
    "CONDITIONING": "An encoded prompt.",
    "MASK": "A mask.",
    "AUDIO": "A sound.",
    "VIDEO": "A video.",
}

#: What a dot reads.
MEMBERS: dict[str, str] = {
    "fps": "Frame rate, known before the run.",
    "length": "Number of frames, known before the run.",
    "size": "Width and height, known before the run.",
    "width": "Width in pixels.",
    "height": "Height in pixels.",
    "vae": "The VAE that the latent belongs to.",
    "start": "The first step.",
    "end": "The step behind the last one.",
    "total": "The number of steps of the schedule.",
    "count": "The number of steps that the pass samples.",
    "left": "The number of steps that come after.",
    "name": "The sampler.",
    "scheduler": "The scheduler.",
}

#: What is said about a node, in the braces behind its call, besides facts.
ANNOTATIONS: dict[str, str] = {
    "title": "The title of the node.",
    "mode": '"bypass": it passes its input on; "mute": it is left out with all that needs it.',
    "on": "false: the node is bypassed.",
    "widgets": "The values of a node whose inputs have no known names, in the editor's order.",
}


def of_setting(word: str, name: str) -> str:
    """What a setting of a declaration does; empty where it is none of the language."""
    return SETTINGS.get(word, {}).get(name, "")


def of_type(name: str) -> str:
    """What values of a type are; empty for sockets that are not ComfyUI's usual ones."""
    return TYPES.get(name) or (KINDS.get(name, "") if name != "pass" else "")
