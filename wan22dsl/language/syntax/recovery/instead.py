"""What fixes of notations share: a finding that writes something instead, and where to read on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.outline import CLOSING

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery

_LONGEST = 40  # characters that a message shows


def say(reader: Recovery, start: int, end: int, meant: str, why: str, *, safe: bool = True) -> None:
    """Reports a stretch of the text with what is to be written instead."""
    found = " ".join(reader.source.text[start:end].split())
    fix = reader.fix(f"Write `{short(meant)}`", (start, end, meant))._replace(safe=safe)
    reader.say(messages.NOTATION, start, end, fix, found=short(found), meant=short(meant), why=why)


def short(text: str) -> str:
    """Words as a message shows them."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def closing_of(reader: Recovery, opening: int) -> int | None:
    """The place of the bracket that closes the one at a place; None where none does."""
    waiting: list[str] = []
    for at in range(opening, min(opening + 200, len(reader.tokens))):
        token = reader.tokens[at]
        if token.kind in CLOSING:
            waiting.append(CLOSING[token.kind])
        elif waiting and token.kind == waiting[-1]:
            waiting.pop()
            if not waiting:
                return at
    return None


def pass_to(reader: Recovery, end: int) -> None:
    """Passes by the tokens in front of a place."""
    while reader.token().start < end and reader.token().kind != "$END":
        reader.at += 1
