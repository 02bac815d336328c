"""Good names: from titles, files and classes to names of the language, none of them twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.program import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longer names are cut off at a word.
_LONGEST = 32

_ENDING = re.compile(r"\.(safetensors|gguf|sft|ckpt|pth?|bin|onnx|png|jpe?g|webp|mp4|webm)$", re.I)

_WORD_ENDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])")

#: What names of model files say of numbers and packing, and what names of all of them begin with.
_NOISE_WORDS = frozenset(
    "wan wan2 2 1 14b a14b fp8 fp16 bf16 fp32 e4m3fn e5m2 scaled noise comfy kj rank64 rank128".split()
)


class Namings:
    """Names that are taken, and new ones."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(kinds.NOT_NAMES) | set(taken)

    def new(self, *wishes: str) -> str:
        """The first wish that is a name and not taken; else the last of them with a number."""
        names = [name for wish in wishes if (name := name_of(wish))] or ["node"]
        found = next((name for name in names if name not in self._taken), "")
        count = 1
        while not found:
            count += 1
            candidate = f"{names[0]}_{count}"
            found = candidate if candidate not in self._taken else ""
        self._taken.add(found)
        return found


def name_of(text: str) -> str:
    """`Load Image (first)` → `load_image_first`, `VAEDecode` → `vae_decode`; empty where nothing is left."""
    spaced = _WORD_ENDS.sub("_", text.replace("LoRA", "Lora"))
    name = re.sub(r"[^A-Za-z0-9]+", "_", spaced).strip("_").lower()
    while len(name) > _LONGEST and "_" in name:
        name = name.rpartition("_")[0]
    name = name[:_LONGEST].strip("_")
    if name[:1].isdigit():
        name = f"n{name}"
    return f"{name}_1" if name in kinds.NOT_NAMES else name


def of_file(file: str) -> str:
    """The telling words of a file name: `Wan2_2-I2V-A14B-HIGH_fp8_e4m3fn_scaled_KJ` → `i2v_high`."""
    path = file.replace("\\", "/").split("/")
    name = name_of_file(path[-1])
    return name or (name_of_file(path[-2]) if len(path) > 1 else "")


def name_of_file(name: str) -> str:
    """The same for one part of a path."""
    words = re.findall(r"[a-z0-9]+", _ENDING.sub("", name).lower())
    telling = [
        word for word in words if word not in _NOISE_WORDS and not re.fullmatch(r"wan[0-9]+", word)
    ]
    return name_of("_".join(telling or words))


def of_title(title: str, class_name: str, shown: str = "") -> str:
    """A name made of a title that says more than the class does; empty where it does not."""
    name = name_of(title)
    if not name or not re.search(r"[a-z]{2}", name):
        return ""
    return "" if name in (name_of(class_name), name_of(shown)) else name
