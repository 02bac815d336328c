"""Pieces of Markdown: code, lists, and text in which nothing counts as a sign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.escapes import one_line
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Hover(NamedTuple):
    """What is shown about a stretch of a text, as Markdown."""

    markdown: str
    start: int
    end: int


#: What Markdown reads as a sign of its own; a `_` within a word is none.
_SIGNS = re.compile(r"[\\*|<>\[\]#]|(?<!\w)_|_(?!\w)")

#: Longer texts are cut off.
_LONGEST = 400


def code(text: str, most: int = _LONGEST) -> str:
    """A piece of code on one line, also with backticks in it."""
    text = one_line(text)
    text = text if len(text) <= most else text[: most - 1] + "…"
    ticks = "`" * (1 + max((len(found) for found in re.findall("`+", text)), default=0))
    space = " " if text[:1] == "`" or text[-1:] == "`" or not text else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def plain(text: str) -> str:
    """A text as it is, on one line."""
    return _SIGNS.sub(r"\\\g<0>", one_line(text))


def prose(text: str) -> str:
    """A comment of a file: its paragraphs, and as code what is indented in it."""
    lines: list[str] = []
    for line in text.split("\n"):
        is_code = line.startswith("  ")
        if lines and lines[-1] and is_code != lines[-1].startswith("    ") and line:
            lines.append("")
        lines.append(f"    {one_line(line)}" if is_code else _with_code(line))
    return "\n".join(lines).strip("\n")


def _with_code(line: str) -> str:
    """A line of prose: what is in backticks stays code."""
    parts = line.split("`")
    if len(parts) % 2 == 0:
        return plain(line)
    return "".join(
        code(part) if at % 2 else plain(part) for at, part in enumerate(parts) if part or at % 2
    )


def items(lines: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {line}" for line in lines)


def paragraphs(*parts: str) -> str:
    """Parts that are not empty, below each other."""
    return "\n\n".join(part for part in parts if part)


def source(text: str) -> str:
    """A piece of a `.wan` file, coloured where the editor can."""
    fence = "`" * max(3, 1 + max((len(found) for found in re.findall("`+", text)), default=0))
    return f"{fence}wan\n{text}\n{fence}"
