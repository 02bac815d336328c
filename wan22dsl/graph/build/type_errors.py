"""Says that a value is not of the type that is wanted, and what was probably meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import messages
from wan22dsl.graph.build.values import BY_HEIGHT, Declared, Ended, describe, in_words
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import (
    BROKEN,
    Broken,
    Constant,
    Unknown,
    read_number,
    spell,
)

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.language.types import Type


#: A number without a unit up to which a length is in seconds: no one makes a video of so few frames.
_MOST_SECONDS = 16

#: Samplers as people call them, and as ComfyUI does.
_SAMPLERS = {
    "euler a": "euler_ancestral",
    "euler ancestral": "euler_ancestral",
    "dpm++ 2m": "dpmpp_2m",
    "dpm++ sde": "dpmpp_sde",
    "unipc": "uni_pc",
}


def refuse(
    b: Builder,
    value: Value,
    want: Type,
    node: Nested,
    env: Env,
    settings: Settings | None = None,
) -> Broken:
    """Reports that a value is not what is wanted here; `settings` are those that it was written for."""
    if isinstance(value, Ended):
        b.say(messages.GIVES_NOTHING, env.span(node), what="this flow")
        return BROKEN
    if want.name == "frames" and isinstance(value, Constant) and value.type == "seconds":
        b.say(messages.NO_RATE, env.span(node), what=b.what or "this", seconds=spell(value))
        return BROKEN
    from wan22dsl.graph.build import missing_declarations

    file = missing_declarations.meant(value, want, node, env, settings)
    help, fix = file or _help(value, want, node, env)
    if fix is not None and _is_no_choice(b.what, fix):
        fix = None
    b.say(
        messages.WRONG_TYPE,
        env.span(node),
        what=b.what or "this",
        wanted=in_words(want).partition(" such as ")[0].rstrip(","),
        found=describe(value),
        help=help,
        fix=fix,
    )
    return BROKEN


def _help(value: Value, want: Type, node: Nested, env: Env) -> tuple[str, Fix | None]:
    span = env.span(node)
    if span.text != span.text.strip():
        return f"Write {in_words(want)}.", None
    text, safe = _meant(value, want, span.text)
    if text:
        return f"Write `{text}`.", Fix(f"write `{text}`", (Edit(span, text),), safe=safe)
    if isinstance(value, Unknown):
        return f"Write {in_words(want)}.", None
    if want.name == "int" and isinstance(value, Constant) and value.type == "float":
        return "Write a whole number.", None
    if want.name == "flow" and isinstance(value, Constant) and value.type == "text":
        return "Write the name of a stage or a pass without quotes.", None
    return f"Write {in_words(want)}.", None


def _is_no_choice(what: str, fix: Fix) -> bool:
    """Whether a fix writes a text that the setting does not take, which takes one of a few."""
    name = next((word for word in what.replace("`", "").split() if word in kinds.CHOICES), "")
    return bool(name) and fix.edits[0].text.strip('"') not in kinds.CHOICES[name]


def _unquoted(said: str, want: Type) -> str:
    """A number in quotes, where it is one of the type that is wanted."""
    if want.name == "fps" and re.fullmatch(r"\d+(?:\.\d+)?", said):
        return f"{said}fps"
    spaced = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)", said)
    if spaced is not None and want.name in ("frames", "seconds", "fps"):
        from wan22dsl.language.syntax.recovery.numbers import in_unit

        said = in_unit(spaced[1], spaced[2]) or said
    if want.name == "steps":
        return said if re.fullmatch(r"\d+ *\.\. *\d+( +of +\d+)?|\d+", said) else ""
    found = read_number(said) if re.fullmatch(r"-?[\w.]+", said) else None
    if found is None:
        return ""
    fits = found.type == want.name or (want.name, found.type) in (
        ("float", "int"),
        ("frames", "seconds"),
    )
    return said if fits else ""


def _length(digits: str) -> str:
    """A length without a unit: a few are seconds, many are frames."""
    return f"{digits}s" if int(digits) <= _MOST_SECONDS else f"{digits}f"


def _meant(value: Value, want: Type, written: str) -> tuple[str, bool]:
    """What was probably meant, and whether it is sure; empty where nobody can know."""
    if isinstance(value, Declared) and want.name == "text":
        return f'"{written}"', re.fullmatch(r"[\w.]+", written) is not None
    if isinstance(value, Declared) and want.item is not None and value.kind == want.item.name:
        return f"[{written}]", True
    if not isinstance(value, Constant):
        return "", False
    from wan22dsl.language.program.synonyms import BOOLEANS

    number = value.type in ("int", "float")
    if value.type == "text" and want.name in (
        "int",
        "float",
        "frames",
        "seconds",
        "fps",
        "size",
        "steps",
    ):
        said = _unquoted(value.data.strip(), want)
        if said:
            return said, True
        if want.name == "frames" and re.fullmatch(r"\d+", value.data.strip()):
            return _length(value.data.strip()), False
    if want.name == "steps" and value.type == "float" and value.data == int(value.data):
        return str(int(value.data)), True
    if want.name == "steps" and value.type == "list" and len(value.data) == 2:
        ends = [
            item.data for item in value.data if isinstance(item, Constant) and item.type == "int"
        ]
        return (f"{ends[0]}..{ends[1]}", True) if len(ends) == 2 else ("", False)
    if value.type == "list" and len(value.data) == 1:
        (only,) = value.data
        if isinstance(only, Constant) and only.type == want.name:
            return spell(only), True
    if number and want.name == "int" and value.data == int(value.data) and abs(value.data) < 2**53:
        return str(int(value.data)), True
    if number and want.name == "frames" and "*" in written and value.type == "int":
        return f"{value.data}f", True
    if want.name == "size" and value.type == "list":
        sides = [
            item.data for item in value.data if isinstance(item, Constant) and item.type == "int"
        ]
        return (
            (f"{sides[0]}x{sides[1]}", True) if len(sides) == len(value.data) == 2 else ("", False)
        )
    if want.name == "bool" and value.type == "text" and value.data.lower() in BOOLEANS:
        return BOOLEANS[value.data.lower()], True
    if want.name == "bool" and value.type == "int" and value.data in (0, 1):
        return ("true" if value.data else "false"), True
    if number and re.fullmatch(r"-?[0-9.]+", written):
        if want.name == "frames" and value.type == "int":
            return _length(written), False  # 5 may be frames too
        unit = {"frames": "s", "fps": "fps", "seconds": "s"}.get(want.name)
        if unit:
            return f"{written}{unit}", True  # frames are whole
        if want.name == "bytes":
            return f"{written}GiB", False
    if number and want.name == "text" and re.fullmatch(r"[\w.+*-]+", written):
        return f'"{written}"', True
    if number and want.name == "size" and re.fullmatch(r"\d+ *\* *\d+", written):
        return "x".join(part.strip() for part in written.split("*")), True
    if want.name == "bool" and value.type == "text" and value.data.lower() in ("true", "false"):
        return value.data.lower(), True
    if want.name == "size" and value.type == "text" and value.data.lower().strip() in BY_HEIGHT:
        return BY_HEIGHT[value.data.lower().strip()], False
    if want.name == "size" and value.type == "text":
        size = re.fullmatch(r"(\d+) *[x*×:] *(\d+)", value.data)
        return (f"{size[1]}x{size[2]}", ":" not in value.data) if size else ("", False)
    if want.name == "sampler" and value.type == "text":
        said, _, scheduler = re.sub(r"\s*[/,]\s*", "/", value.data.strip().lower()).partition("/")
        name = _SAMPLERS.get(said, said)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or not re.fullmatch(r"[a-z0-9_]*", scheduler):
            return "", False
        return f"{name}/{scheduler or 'simple'}", bool(scheduler)
    return "", False
