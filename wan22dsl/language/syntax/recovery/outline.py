"""What can be seen of a text before it is read: brackets, and where declarations begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax.checks import DEEPEST
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.tokens import Token

# What closes what, by the names of the terminals, and how it is written.
CLOSING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
OPENING = {closing: opening for opening, closing in CLOSING.items()}
SIGNS = {"LPAR": "(", "LSQB": "[", "LBRACE": "{", "RPAR": ")", "RSQB": "]", "RBRACE": "}"}

#: The words that declarations begin with.
_KINDS = frozenset(
    "wan use let param pass pipeline stage graph model lora vae text_encoder clip_vision audio_encoder "
    "upscaler interpolator family target bench note profile test node".split()
)

_AFTER_NAME = frozenset(("EQUAL", "LBRACE", "LPAR", "COLON"))


class Open(NamedTuple):
    """A bracket that is open."""

    token: Token
    place: int  # where it stands among the tokens
    line: int  # the number of its line
    indent: int  # how far its line is indented
    at_line_end: bool


def looks_like_declaration(tokens: list[Token], at: int) -> bool:
    """Whether a declaration may begin here: a kind and a name, and what follows a name."""
    first, second, third, fourth = (tokens[min(at + i, len(tokens) - 1)] for i in range(4))
    if first.kind == "NAME" and first.text in ("wan", "use"):
        return second.kind in ("NUMBER", "STRING", "NAME")
    if first.kind == "NODE":
        return second.kind in ("CLASS", "QUOTED") and third.kind == "LPAR"
    if first.kind not in ("NAME", "_LET") or second.kind not in ("NAME", "CLASS"):
        return False
    return third.kind in _AFTER_NAME or (third.kind == "_NL" and fourth.kind == "LBRACE")


def is_kind(word: str) -> bool:
    """Whether declarations begin with this word."""
    return word in _KINDS


def fit(tokens: list[Token]) -> bool:
    """Whether all brackets fit together, and none is too deep."""
    waiting: list[str] = []
    for token in tokens:
        if token.kind in CLOSING:
            waiting.append(CLOSING[token.kind])
            if len(waiting) > DEEPEST:
                return False
        elif token.kind in OPENING and (not waiting or waiting.pop() != token.kind):
            return False
    return not waiting
