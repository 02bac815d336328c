"""What the file name of a model or LoRA says: noise level, family, distillation; and which files are videos.

The only place that reads names. A name is evidence, not proof, so nothing is read into a word that may
mean something else: `high_heels` is no noise level. What a declaration says comes first.
"""

from __future__ import annotations

import re
from functools import lru_cache

from wan22dsl.tuples import NamedTuple

#: Endings of the containers of videos that are read here.
_VIDEOS = (".mp4", ".webm", ".mkv", ".mov", ".avi", ".m4v")


def is_video(name: str) -> bool:
    """Whether a file of that name is a video in one of the containers that are read here."""
    return name.lower().endswith(_VIDEOS)


def is_model_file(name: str) -> bool:
    """Whether a name ends like that of the file of a model."""
    return name.rpartition(".")[2].lower() in _ENDINGS


class NameFacts(NamedTuple):
    """What a name says; None: nothing.

    `noise` is "high" or "low"; `family` a name such as `i2v_14b`; `generation` "2.1" or "2.2";
    `distilled` whether it was distilled to few steps, and `steps` to how many. `published` tells that all
    words are those of the published files, so that nothing else can be in it.
    """

    noise: str | None = None
    family: str | None = None
    generation: str | None = None
    distilled: bool = False
    steps: int | None = None
    published: bool = False


#: The sigma at which the experts of a family change (Wan-Video/Wan2.2 configs; the Fun models are made
#: from i2v). The other families have one model.
BOUNDARIES = {
    "i2v_14b": 0.900,
    "t2v_14b": 0.875,
    "fun_control_14b": 0.900,
    "fun_inpaint_14b": 0.900,
    "fun_camera_14b": 0.900,
}

#: Frames a second of the videos that a family was trained on (Wan-Video/Wan2.2, wan/configs: sample_fps;
#: Wan 2.1 and the Fun models have that of i2v). Families that take their rate from a video or from sound
#: are not here.
RATES_FPS = {
    **dict.fromkeys(BOUNDARIES, 16.0),
    "1_3b": 16.0,
    "ti2v_5b": 24.0,
    **{f"fun_{kind}_5b": 24.0 for kind in ("control", "inpaint", "camera")},
}

#: The families whose 14B models come in two, one for high and one for low noise.
OF_TWO_EXPERTS = frozenset({"i2v_14b", "t2v_14b"})

_WORD = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_KIND = re.compile(r"((?:ti|i|t|s)2v)")

# Most names have none of these, so each is compiled for a name that has a word of it.
_STEPS = r"(?<![0-9.])([1-9][0-9]?)[ _-]?steps?(?![a-z])"
_2_2 = re.compile(r"wan[ ._-]?2[._]?2|(?<![a-z0-9])2\.2(?![0-9])|a14b")
_2_1 = r"wan[ ._-]?2[._]?1|(?<![a-z0-9])2\.1(?![0-9])"
_1_3B = r"(?<![0-9.])1[._-]3b(?![a-z0-9])|[it]2v[ _-]?1b(?![a-z0-9])"
_BOTH_KINDS = r"t2v[ _+&-]*i2v|i2v[ _+&-]*t2v"
_5B = r"(?<![0-9.])5b(?![a-z0-9])"

#: The endings of files of models.
_ENDINGS = frozenset({"safetensors", "gguf", "sft", "ckpt", "pt", "pth", "bin"})

#: Words that may be behind `high` or `low` where that is the noise level and `noise` is left out.
_AFTER_LEVEL = frozenset(
    {
        "noise",
        "model",
        "lora",
        "fp",
        "bf",
        "q",
        "rank",
        "r",
        "v",
        "e",
        "epoch",
        "kj",
        "scaled",
        "step",
    }
)

#: Words of distilled models, with the steps they are made for (None: differs, or not published).
_DISTILLED = {
    "lightx": 4,
    "lightning": 4,
    "distill": 4,
    "distilled": 4,
    "seko": 4,
    "rapid": 4,
    "lightspeed": 4,
    "causvid": None,
    "accvid": None,
    "accvideo": None,
    "fastwan": None,
    "fusionx": None,
    "fusionix": None,
    "forcing": None,
    "selfforcing": None,
    "turbo": None,
    "turbodiffusion": None,
    "dmd": None,
    "rcm": None,
    "lcm": None,
    "aio": None,
    "remix": None,
    "smoothmix": None,
}

#: Those of them that also begin a longer word: `FastWanFullAttn`.
_BEGINNINGS = ("fastwan", "causvid", "accvid", "fusionx", "smoothmix")

#: Merged models that have a distilled LoRA in them: only their makers say so.
_MERGED = ("remix", "smoothmix")

#: A LoRA of ModelTC/Wan2.2-Lightning without its folder: only a LoRA has a rank.
_LIGHTNING = r"(high|low)_noise_model_rank[0-9]+"

#: Those of them that may be in any name: `turbo_car`. They count beside words of Wan's models.
_EVERYDAY = frozenset({"turbo", "rapid", "lightning", "remix", "aio"})
_OF_VIDEO = r"wan|[its]2v|noise|rank|step|14b|(?<![0-9.])5b|high|low"

#: Words of models of other makers, whose distillation is another one.
_OTHERS = frozenset(
    "ltx ltxv hunyuan hunyuand hunyuanvideo qwen flux sdxl kandinsky cosmos mochi chroma hidream lumina "
    "zimage".split()
)

#: Meituan's video model, which WanVideoWrapper runs: 13.6B, 15 fps, with the VAE of Wan 2.1.
_LONGCAT = "longcat"

#: Words of models whose distilled versions are made for other numbers of steps than Wan's.
_OWN_DISTILLATION = frozenset({"animate", _LONGCAT})

#: The words that names of published models are made of, of all who pack them in other number formats.
_PUBLISHED = frozenset(
    "wan i t ti v a b high low noise highnoise lownoise fun control inpaint inp camera fp bf e m fn scaled "
    "k s q kj comfy gguf iq xs xxs nl ud diffusion pytorch model unet mixed quantized int".split()
)

#: Families by a word of the name, the first that fits; `fun` asks for a second word.
_FAMILIES = (
    ("ti2v", "ti2v_5b"),
    ("animate", "animate_14b"),
    ("s2v", "s2v_14b"),
    ("vace", "vace_14b"),
    ("humo", "humo"),
    ("phantom", "phantom"),
    ("infinitetalk", "infinitetalk"),
    ("i2v", "i2v_14b"),
    ("t2v", "t2v_14b"),
)
#: `Control-Camera` is what the makers call the models for camera moves.
_FUN = (("camera", "fun_camera_14b"), ("control", "fun_control_14b"), ("inp", "fun_inpaint_14b"))


def maker_of(file: str) -> str | None:
    """The model of other makers that a name speaks of, where it says nothing of Wan; None: of none."""
    name = file.replace("\\", "/").rpartition("/")[2].lower()
    words = _words(name)
    if "wan" in words or _KIND.search(name):
        return None
    return next((word for word in words if word in _OTHERS), None)


def is_of_wan(file: str) -> bool | None:
    """Whether a model is one of Wan, by its name; None where that says nothing of it."""
    said = read_name(file)
    if maker_of(file) is not None:
        return False
    if said.family is not None or said.generation is not None:
        return True
    path = file.replace("\\", "/").split("/")
    return True if any("wan" in _words(part) for part in path[-2:]) else None


def is_merged(file: str) -> bool:
    """Whether a model is a merge that is known to have a distilled LoRA in it, and not a published one."""
    words = _words(file.replace("\\", "/").rpartition("/")[2])
    return any(word.startswith(_MERGED) for word in ("".join(words), *words))


def half_of_pair(file: str) -> tuple[str, tuple[str, ...]] | None:
    """The word `high` or `low` of a name, and the other words; None unless it has exactly one of them.

    The word alone proves nothing (`low_poly`). Two names that differ in nothing else are the two halves of
    one LoRA. The folders count too: `high_noise/anna` and `low_noise/anna`.
    """
    path = _without_ending(file)
    words = [item for item in re.split(r"[\W_]+", _CAMEL.sub("_", path).lower()) if item]
    levels = [at for at, item in enumerate(words) if item.removesuffix("noise") in {"high", "low"}]
    if len(levels) != 1:
        return None
    at = levels[0]
    level = words[at].removesuffix("noise")
    return level, (*words[:at], words[at].replace(level, "*"), *words[at + 1 :])


@lru_cache(maxsize=1024)
def read_name(file: str) -> NameFacts:
    """What a file name says, without its ending.

    Where the name says nothing of family, generation or distillation, the folder that it is in may:
    LoRAs are published as `…-I2V-A14B-4steps-lora/high_noise_model.safetensors`.
    """
    path = file.replace("\\", "/").split("/")
    name = _without_ending(path[-1])
    own = _said(name)
    folder = _said(path[-2]) if len(path) > 1 else NameFacts()
    generation = own.generation or folder.generation
    family = own.family or folder.family
    of_two = generation == "2.2" or (generation is None and family in OF_TWO_EXPERTS)
    told = own if own.distilled or own.family else folder
    return NameFacts(
        noise=_noise(name, of_two=of_two),
        family=family,
        generation=generation,
        distilled=told.distilled,
        steps=told.steps,
        published=family is not None and _PUBLISHED.issuperset(_words(name)),
    )


def _without_ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return stem if dot and ending.lower() in _ENDINGS else name


def _said(name: str) -> NameFacts:
    """What a name says of all but the noise level."""
    lower = name.lower()
    generation = "2.2" if _2_2.search(lower) else "2.1" if re.search(_2_1, lower) else None
    distilled, steps = _distillation(lower)
    if "_rank" in lower and re.fullmatch(_LIGHTNING, lower):
        distilled, steps = True, 4
    return NameFacts(None, _family(lower), generation, distilled, steps)


def size_of(family: str) -> str:
    """The size of a family's models: "14B", "5B" or "1.3B"."""
    sizes = {"5b": "5B", "1_3b": "1.3B"}
    return next((size for ending, size in sizes.items() if family.endswith(ending)), "14B")


def _words(name: str) -> list[str]:
    spaced = _KIND.sub(r"_\1_", _CAMEL.sub("_", name).lower())
    return re.findall(r"[a-z]+", spaced.replace("z-image", "zimage").replace("z_image", "zimage"))


def _noise(name: str, of_two: bool) -> str | None:
    """The level in the name; None where the name has both, or where the word may mean something else.

    `of_two` says that the rest of the name speaks of a model with two experts: then the word alone does.
    """
    words = _WORD.findall(_KIND.sub(r"_\1_", _CAMEL.sub("_", name).lower()))
    found = set()
    for at, word in enumerate(words):
        level = word.removesuffix("noise")
        if level not in {"high", "low"}:
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        if (
            word != level
            or after == "noise"
            or (of_two and (not after or after[0].isdigit() or after in _AFTER_LEVEL))
        ):
            found.add(level)
    return found.pop() if len(found) == 1 else None


def _distillation(lower: str) -> tuple[bool, int | None]:
    words = set(re.findall(r"[a-z]+", lower))
    if not words.isdisjoint(_EVERYDAY) and not re.search(_OF_VIDEO, lower):
        words -= _EVERYDAY
    known = [
        steps
        for word, steps in _DISTILLED.items()
        if word in words or (word in _BEGINNINGS and any(each.startswith(word) for each in words))
    ]
    written = re.search(_STEPS, lower) if "step" in lower else None
    if (not known and not written) or not words.isdisjoint(_OTHERS):
        return False, None
    if written:
        return True, int(written[1])
    if not words.isdisjoint(_OWN_DISTILLATION):
        return True, None  # distilled models of its own, of more steps
    return True, known[0] if len(set(known)) == 1 else None


def _family(lower: str) -> str | None:
    if ("3b" in lower or "1b" in lower) and re.search(_1_3B, lower):
        return "1_3b"
    if "t2v" in lower and "i2v" in lower:
        lower = re.sub(_BOTH_KINDS, "_", lower)
    words = set(re.findall(r"[a-z]+(?:2v)?|2v", lower))
    if "wan" not in words and not words.isdisjoint(_OTHERS):
        return None  # hunyuan_video_t2v: other makers have such words too
    if "controlnet" in words and "wan" not in words:
        return None  # Z-Image-Turbo-Fun-Controlnet: for models of other makers
    if _LONGCAT in words:
        return None  # its own architecture, with Wan's VAE
    small = "5b" in lower and re.search(_5B, lower) is not None
    if "fun" in words:
        found = next((family for word, family in _FUN if word in lower), None)
        if found is not None or "vace" not in words:
            return found.replace("_14b", "_5b") if found is not None and small else found
    if small:
        return "ti2v_5b"
    return next((family for word, family in _FAMILIES if word in words), None)
