"""How an imported text spells its names and its constants.

Names are made of titles, files and classes, none of them twice; one value of one type has one spelling.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import plain_number
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.language.program.values import Constant

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
    words = re.findall(r"(?<![0-9.])1[._-]3b(?![a-z0-9])|[a-z0-9]+", _ENDING.sub("", name).lower())
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


_UNITS = {"frames": "f", "fps": "fps", "seconds": "s"}


def canonical(constant: Constant) -> str:
    """A number of the language, with its unit."""
    kind, data = constant
    if kind == "size":
        return f"{data[0]}x{data[1]}"
    return number(data) + _UNITS.get(kind, "")


def number(value: float) -> str:
    """A number as it is written: `5.0` stays a float, and 0.30000000000000004 is 0.3."""
    return repr(plain_number(value))


def spelled(value: Any, kind: str) -> str | None:
    """A JSON value as one of a type of the language; None where it is no such value.

    Sockets of constants (INT, FLOAT, STRING, BOOLEAN) are spelled as their values are.
    """
    if isinstance(value, bool):
        return str(value).lower() if kind in ("bool", "BOOLEAN", "*") else None
    if isinstance(value, str):
        return spelling.quote(value) if kind in ("text", "STRING", "COMBO", "*") else None
    if not isinstance(value, (int, float)) or value != value:
        return None
    whole = isinstance(value, int) or value.is_integer()
    if kind in ("int", "INT"):
        return str(int(value)) if whole else None
    if kind in ("float", "FLOAT"):
        return number(float(value)) if abs(value) < 1e300 else None
    if kind == "frames":
        return f"{int(value)}f" if whole and value >= 0 else None
    if kind == "fps":
        return f"{_short(value)}fps" if value > 0 and abs(value) < 1e12 else None
    return number(value) if kind == "*" else None


def _short(value: float) -> str:
    found = plain_number(value)
    return str(int(found)) if found == int(found) else repr(found)


def sampler(name: str, scheduler: str) -> str:
    """A sampler with its scheduler."""
    return "/".join(
        item if item and item.isascii() and item.replace("_", "a").isalnum() and item[0].islower()
        and item.islower() else spelling.backticks(item)
        for item in (name, scheduler)
    )  # fmt: skip


def json_value(value: Any) -> str:
    """A JSON value as an input of a plain node."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return spelling.quote(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(json_value, value)) + "]"
    entries = (f"{spelling.key(key)} = {json_value(item)}" for key, item in value.items())
    return "{ " + ", ".join(entries) + " }" if value else "{}"
