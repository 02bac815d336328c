"""Lines made of pieces: what a piece says stays apart from how it is coloured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable


class Piece(NamedTuple):
    """A stretch of a line. `role` says what it is (`error`, `gutter`, `added`, …); empty: plain text."""

    text: str
    role: str = ""


Line = tuple[Piece, ...]


def line(*parts: str | Piece) -> Line:
    """A line of pieces; a bare text is a plain piece."""
    return tuple(Piece(part) if isinstance(part, str) else part for part in parts)


def plain(lines: Iterable[Line]) -> str:
    """The lines without colours, each with its line end; blanks at the end of a line are dropped.

    Nothing that a piece says can begin a line of its own.
    """
    return "".join("".join(one_line(piece.text) for piece in one).rstrip() + "\n" for one in lines)
