"""The words of the language and its library, for what colours them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from wan22dsl.language.program.kinds import TYPES, WORDS
from wan22dsl.language.program.values import UNITS
from wan22dsl.language.syntax.tables import load
from wan22dsl.source import Source

_LIBRARY = Path(__file__).parents[2] / "language" / "library" / "std.wan"

#: Words of declarations that have a shape of their own; all others are `kind name { … }` or `kind name = …`.
_OF_THEIR_OWN = ("let", "node", "param", "stage")

CONSTANTS = ("false", "none", "null", "true")


def kinds() -> list[str]:
    """The words of declarations that are blocks or copies, sorted."""
    return sorted(set(WORDS) - set(_OF_THEIR_OWN))


def types() -> list[str]:
    """The types of the language, sorted; ComfyUI's sockets are known by their capitals."""
    return sorted(TYPES)


def units() -> list[str]:
    """The units of numbers, longer ones first, so that `fps` is not read as `f`."""
    return sorted(filter(None, UNITS), key=lambda unit: (-len(unit), unit))


@cache
def stages() -> tuple[str, ...]:
    """The stages that need no `use`, sorted."""
    text = Source.read(_LIBRARY).text
    return tuple(sorted(set(re.findall(r"^stage ([a-z]\w*)", text, re.MULTILINE))))


@cache
def terminals() -> dict[str, str]:
    """The patterns of the grammar's terminals by their names."""
    tables = load()
    patterns = (each.replace("\n", r"\n").replace("\t", r"\t") for each in tables.terminals)
    return dict(zip(tables.symbols[2:], patterns))
