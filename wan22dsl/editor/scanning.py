"""The tokens of a text, also of a broken one and of JSON: comments, strings, brackets, words, numbers."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A string or a name in backticks that is not closed ends with its line; one of several lines with the text.
_TOKEN = re.compile(
    r"(?P<comment>#[^\n]*)"
    r'|(?P<text>"""(?:[^"\\]|\\.|"(?!""))*(?:"""|\Z)|"(?:[^"\\\n]|\\[^\n])*"?)'
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
    r"|(?P<sampler>(?:[a-z][a-z0-9_]*|`(?:[^`\\\n]|\\.)+`)/(?:[a-z][a-z0-9_]*|`(?:[^`\\\n]|\\.)+`))"
    r"|(?P<number>-?(?<!\w)[0-9](?:[eE][+-](?=[0-9])|[A-Za-z0-9_]|\.(?=[0-9]))*)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<quoted>`(?:[^`\\\n]|\\[^\n])*`?)"
    r"|(?P<operator>->|\.\.|[=+*/:-])",
    re.DOTALL,
)


class Token(NamedTuple):
    """A token: `comment`, `text`, `open`, `close`, `sampler`, `number`, `name`, `quoted` or `operator`."""

    kind: str
    start: int
    end: int


class Pair(NamedTuple):
    """A bracket and the one that closes it; without one, `end` is the end of the text.

    `start` is the place of the first, and `end` is behind the last.
    """

    start: int
    end: int
    is_closed: bool


def tokens(text: str) -> list[Token]:
    """The tokens of a text, in order, without commas, dots and blanks."""
    return [
        Token(found.lastgroup or "", found.start(), found.end()) for found in _TOKEN.finditer(text)
    ]


def token_at(found: Sequence[Token], offset: int) -> Token | None:
    """The token that has an offset inside, or just behind its last character."""
    at = bisect_right(found, offset, key=lambda token: token.start) - 1
    for token in found[max(at - 1, 0) : at + 1][::-1]:
        if token.start <= offset <= token.end:
            return token
    return None


_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}


def pairs(text: str, found: Sequence[Token]) -> list[Pair]:
    """The brackets of a text, by where they begin.

    A bracket that closes another than the innermost one leaves those between them open; one that closes
    none is passed over.
    """
    waiting: list[Token] = []
    made: list[Pair] = []
    for token in found:
        if token.kind == "open":
            waiting.append(token)
        elif token.kind == "close":
            sign = text[token.start]
            at = next(
                (
                    at
                    for at in range(len(waiting) - 1, -1, -1)
                    if _CLOSED_BY[text[waiting[at].start]] == sign
                ),
                None,
            )
            if at is not None:
                made += [Pair(each.start, token.start, False) for each in waiting[at + 1 :]]
                made.append(Pair(waiting[at].start, token.end, True))
                del waiting[at:]
    made += [Pair(each.start, len(text), False) for each in waiting]
    return sorted(made)
