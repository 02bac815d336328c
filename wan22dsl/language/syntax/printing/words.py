"""The canonical spelling of words and texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import ClassName, Name, Number, Sampler, Text

if TYPE_CHECKING:
    from wan22dsl.language.syntax.tree import TypeName

_LOWER = re.compile(r"[a-z][a-z0-9_]*\Z")


def word(node: Number | Text | Sampler | Name | ClassName) -> str | None:
    """A node without parts on one line; None for a text that needs several."""
    if isinstance(node, Text):
        return None if text_lines(node) else one_line(node)
    if isinstance(node, Sampler):
        return "/".join(
            half if _LOWER.match(half) else spelling.backticks(half)
            for half in spelling.sampler_parts(node.text)
        )
    if isinstance(node, Name):
        return name(node)
    if isinstance(node, ClassName):
        return spelling.class_name(spelling.plain(node.text))
    return node.text


def name(node: Name) -> str:
    """A name of ours, with backticks only where a member needs them."""
    if "`" not in node.text:
        return node.text
    return ".".join(map(spelling.member, spelling.name_parts(node.text)))


def key(node: Name | ClassName) -> str:
    """What is before `=`."""
    return spelling.key(spelling.plain(node.text)) if "`" in node.text else node.text


def type_name(node: TypeName) -> str:
    """A type."""
    depth, inner = 0, node
    while inner.item is not None:
        depth, inner = depth + 1, inner.item
    text = inner.text
    if text.startswith("`"):
        text = spelling.class_name(spelling.plain(text))
    return "[" * depth + text + "]" * depth


def one_line(node: Text) -> str:
    """A text between quotes."""
    return spelling.quoted(spelling.text_parts(node.text))


def text_lines(node: Text) -> list[str]:
    """The lines of a text that is written over several, without its quotes; none for any other."""
    if "\n" not in node.text and "\\" not in node.text:
        return []
    inside = "".join(
        spelling.block(part) if isinstance(part, str) else f"{{{part.name}}}"
        for part in spelling.text_parts(node.text)
    )
    lines = inside.split("\n")
    return [] if len(lines) == 1 or any(line.endswith(" ") for line in lines) else lines
