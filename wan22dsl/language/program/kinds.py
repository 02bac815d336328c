"""What kinds of declarations there are, and which settings each has.

To add a kind such as `note x { text = "…" }`, give it a line in `FIXED_SETTINGS` and its name in `COPIED`,
and remove it from `RESERVED` where it is there. It is then parsed, checked and formatted. The grammar takes
any word there, so it stays as it is. What a kind does in a pipeline is in `graph/build/`; one that nothing
there reads has no effect.
"""

from __future__ import annotations

from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

TEXT, INT, FLOAT, BOOL, FLOW = Type("text"), Type("int"), Type("float"), Type("bool"), Type("flow")


class Asset(NamedTuple):
    """A kind of asset: the socket it becomes.

    `inputs` are the inputs of its usual loader beside the file, by our setting and what they are when it is
    not set (None: they are left out).
    """

    socket: str
    inputs: tuple[tuple[str, str, str | None], ...] = ()


ASSETS: dict[str, Asset] = {
    "model": Asset("MODEL", (("dtype", "weight_dtype", "default"),)),
    "lora": Asset(""),
    "vae": Asset("VAE"),
    "text_encoder": Asset("CLIP", (("type", "type", "wan"), ("device", "device", None))),
    "clip_vision": Asset("CLIP_VISION"),
    "audio_encoder": Asset("AUDIO_ENCODER"),
    "upscaler": Asset("UPSCALE_MODEL"),
    "interpolator": Asset("INTERP_MODEL"),
}

_FILE = {"file": TEXT}

#: Where a file is published, as `owner/repository/path` on the Hugging Face Hub, and its sha256.
_PUBLISHED = {"source": TEXT, "sha256": TEXT}

#: The experts of Wan 2.2 by their noise level. A LoRA may have a file for each of them.
EXPERTS = ("high", "low")

#: The settings of a pass, which a pipeline may have as well for all of its passes.
PASS_SETTINGS: dict[str, Type] = {
    "model": Type("MODEL"),
    "steps": Type("steps"),
    "sampler": Type("sampler"),
    "cfg": FLOAT,
    "loras": Type("list", Type("lora")),
    "add_loras": Type("list", Type("lora")),
    "loras_by": TEXT,
    "patches": FLOW,
    "shift": FLOAT,
    "denoise": FLOAT,
    "seed": INT,
    "batch": INT,
    "prompt": TEXT,
    "negative": TEXT,
    "image": Type("IMAGE"),
    "size": Type("size"),
    "length": Type("frames"),
    "conditioning": FLOW,
    "vae": Type("VAE"),
    "text_encoder": Type("CLIP"),
    "fps": Type("fps"),
    "handoff": TEXT,
    "add_noise": BOOL,
    "leftover_noise": BOOL,
    "engine": FLOW,
    "schedule_model": Type("MODEL"),
}

FAMILY_SETTINGS: dict[str, Type] = {
    "conditioning": FLOW,
    "vae": Type("vae"),
    "text_encoder": Type("text_encoder"),
    "fps": Type("fps"),
    "boundary": FLOAT,
}

#: What a target is for, besides the pipelines in `of`: a value, or a list of which one has to hold.
TARGET_CONDITIONS: dict[str, str] = {
    "size": "size",
    "length": "frames",
    "steps": "int",
    "passes": "int",
}

#: What a target limits, with the unit: a range, or a record of one for each grade.
TARGET_LIMITS: dict[str, str] = {
    "each_pass": "seconds",
    "all_passes": "seconds",
    "interpolation": "seconds",
    "with_interpolation": "seconds",
    "whole": "seconds",
    "peak_vram": "bytes",
}

#: How a profile says that ComfyUI is started. `flags` and `env` are records.
PROFILE_SETTINGS: dict[str, Type] = {
    "card": TEXT,
    "comfyui": TEXT,
    "flags": Type("*"),
    "env": Type("*"),
    "packages": Type("list", TEXT),
}

#: What a bench compares, and how it measures. `vary` and `baseline` are records, or lists of records, whose
#: keys are parameters and settings; `of` is a pipeline, `profiles` one or more.
BENCH_SETTINGS: dict[str, Type] = {
    "of": Type("*"),
    "profiles": Type("*"),
    "vary": Type("*"),
    "baseline": Type("*"),
    "repeat": INT,
    "warmups": INT,
    "cold": INT,
    "rounds": INT,
    "quality": BOOL,
}

#: The settings of a bench whose keys are names of parameters and settings.
BENCH_RECORDS = ("vary", "baseline")

#: The grades of a limit, the best one first.
GRADES = ("excellent", "good")

#: Kinds with a fixed set of settings, by kind.
FIXED_SETTINGS: dict[str, dict[str, Type]] = {
    "model": {
        **_FILE,
        **_PUBLISHED,
        "load": Type("MODEL"),
        "noise": TEXT,
        "family": Type("family"),
        "distilled": INT,
        "dtype": TEXT,
    },
    "lora": {
        **_FILE,
        **_PUBLISHED,
        **dict.fromkeys(EXPERTS, TEXT),
        "strength": FLOAT,
        "on": BOOL,
        "noise": TEXT,
        "family": Type("family"),
        "distilled": INT,
    },
    "vae": {**_FILE, "load": Type("VAE")},
    "text_encoder": {**_FILE, "load": Type("CLIP"), "type": TEXT, "device": TEXT},
    "clip_vision": {**_FILE, "load": Type("CLIP_VISION")},
    "audio_encoder": {**_FILE, "load": Type("AUDIO_ENCODER")},
    "upscaler": {**_FILE, "load": Type("UPSCALE_MODEL"), "scale": FLOAT},
    "interpolator": {**_FILE, "load": Type("INTERP_MODEL")},
    "family": FAMILY_SETTINGS,
    "target": dict.fromkeys(("of", *TARGET_CONDITIONS, *TARGET_LIMITS), Type("*")),
    "profile": PROFILE_SETTINGS,
    "bench": BENCH_SETTINGS,
}

#: The outputs of a stage that is a conditioning: a sampler takes them by these names.
CONDITIONING_OUTPUTS = ("positive", "negative", "latent")

#: The parameters of an engine that a pass fills; the latent comes by the arrow.
ENGINE_PARAMETERS = ("model", "positive", "negative")

#: What the outputs of a stage may be called that stands for one of them, as the pass needs it: by the part of
#: the schedule that it samples, or by whether it adds noise.
PARTS = ("whole", "first", "middle", "last")
NOISES = ("with_noise", "without_noise")

#: What a dot reads of steps and of a sampler. `count` is how many a pass samples, `left` how many come after.
MEMBERS: dict[str, dict[str, Type]] = {
    "size": {"width": INT, "height": INT},
    "steps": dict.fromkeys(("start", "end", "total", "count", "left"), INT),
    "sampler": {"name": TEXT, "scheduler": TEXT},
}

#: Settings that take one of a few texts.
CHOICES: dict[str, tuple[str, ...]] = {
    "noise": ("high", "low", "any"),
    "handoff": ("latent", "frames"),
}

#: Settings with a value when nothing gives one.
DEFAULTS: dict[str, object] = {"denoise": 1.0, "seed": 0, "batch": 1, "negative": ""}

#: The same for assets: a LoRA is applied as it is.
ASSET_DEFAULTS: dict[tuple[str, str], object] = {
    ("lora", "strength"): 1.0,
    ("lora", "on"): True,
}

#: The facts of a link, by the name that reads them, with their types.
FACTS = {
    "fps": "fps",
    "length": "frames",
    "size": "size",
    "width": "int",
    "height": "int",
    "vae": "VAE",
}

#: The sockets whose links have facts.
WITH_FACTS = frozenset(("IMAGE", "LATENT", "VIDEO", "MASK"))

#: What a `node` says of a class, besides the facts of what it gives.
NODE_SETTINGS: dict[str, Type] = {
    "pack": TEXT,
    "output_node": BOOL,
    "links": Type("list", TEXT),
}

#: ComfyUI's types whose inputs take a constant or a link, and what that constant is here.
WIDGETS = {"INT": "int", "FLOAT": "float", "STRING": "text", "BOOLEAN": "bool"}

#: The links that may stand for a value of ours which is only put into inputs.
LINKS = {
    "int": ("INT",),
    "frames": ("INT",),
    "float": ("FLOAT", "INT"),
    "fps": ("FLOAT", "INT"),
    "text": ("STRING", "COMBO"),
    "bool": ("BOOLEAN",),
}

#: Declarations whose meaning comes later; they are parsed, formatted and kept.
RESERVED = ("note", "test")

#: Declarations that can be copied by calling them.
COPIED = (*ASSETS, "family", "pass", "pipeline", "target", "profile", "bench")

#: Every word that a declaration can begin with.
WORDS = (*COPIED, "graph", "let", "node", "param", "stage", *RESERVED)

#: The types that a parameter may have, besides ComfyUI's sockets.
TYPES = frozenset(
    (
        *"int float bool text seconds frames fps bytes size sampler steps flow".split(),
        "image",
        "video",
        "audio",
        *ASSETS,
        "family",
    )
)

#: Words that cannot be names of our own.
NOT_NAMES = frozenset("let in of as true false none null pipeline _".split())


def write_block(kind: str, name: str) -> str:
    """The help for a declaration that is neither a block nor a copy."""
    return f"Write `{kind} {name} {{ … }}`, or call the {kind} to copy."


def a(kind: str) -> str:
    """A kind with its article: `a lora`, `an upscaler`."""
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
