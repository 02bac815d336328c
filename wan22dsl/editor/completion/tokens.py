"""The tokens of one declaration, of any text: an editor asks while the text is broken.

The parser's own recovery makes the best tree that it can. What is being written is seen better from the
tokens before it, as what comes behind it may belong to it or not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRING = r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*(?:""")?|"(?!"")(?:[^"\\\n]|\\[^\n])*"?'
_QUOTED = r"`(?:[^`\\\n]|\\[^\n])*`?"
_PART = rf"\.(?!\.)(?:[A-Za-z_]\w*|{_QUOTED})?"

#: A token of each kind, the first that fits. A name takes its members, and a dot behind which nothing is yet.
_TOKEN = re.compile(
    rf"(?P<blank>[ \t]+)|(?P<line>\n)|(?P<comment>#[^\n]*)|(?P<string>{_STRING})"
    r"|(?P<sampler>[a-z][a-z0-9_]*/[a-z0-9_]*)"
    rf"|(?P<name>[a-z_][A-Za-z0-9_]*(?:{_PART})*)|(?P<class>[A-Z][A-Za-z0-9_]*)|(?P<quoted>{_QUOTED})"
    r"|(?P<number>(?:(?<![\w)\]}\"`.])-)?[0-9][A-Za-z0-9_]*(?:(?:(?<=[eE])[+-]|\.)(?=[0-9])[A-Za-z0-9_]*)*)"
    rf"|(?P<arrow>->)|(?P<member>{_PART})|(?P<op>\.\.|[+*/-])|(?P<sign>[=:,])|(?P<open>[({{\[])|(?P<close>[)}}\]])"
    r"|(?P<other>[\s\S])",
    re.ASCII,
)

#: Where a declaration begins, and what may hold such a line without being one.
_HEAD = re.compile(
    rf"(?P<held>{_STRING}|#[^\n]*|`[^`\n]*`?)|^(?P<head>[a-z_]+)[ \t]+[A-Za-z_`\"0-9]",
    re.MULTILINE | re.ASCII,
)

#: What a value can be.
OPERANDS = frozenset(("string", "sampler", "name", "class", "quoted", "number", "group", "call"))


class Token(NamedTuple):
    """A stretch of the text: its kind (a group of `_TOKEN`, or `group` and `call` for closed brackets)."""

    kind: str
    text: str
    start: int
    end: int


def bounds(text: str, offset: int) -> tuple[int, int]:
    """Where the declaration at an offset starts, and where the next one does, however broken it is."""
    heads = _heads(text)
    before = [head for head in heads if head <= offset]
    return (
        before[-1] if before else 0,
        next((head for head in heads if head > offset), len(text)),
    )


@lru_cache(maxsize=4)
def _heads(text: str) -> tuple[int, ...]:
    return tuple(match.start("head") for match in _HEAD.finditer(text) if match.lastgroup != "held")


def tokens_of(text: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of a stretch of a text, without blanks."""
    for match in _TOKEN.finditer(text, start, end):
        kind = match.lastgroup or "other"
        if kind != "blank":
            yield Token(kind, match.group(), match.start(), match.end())
