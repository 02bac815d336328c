"""Frames in rows as wide as a page: each clip begins a row; a frame too wide for one goes on in the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wan22dsl.formats.svg.pieces import Column, Piece

#: From the edge of a frame to its boxes; between two frames, or columns of one, without links.
PAD_PX, FRAME_GAP_PX, COLUMN_GAP_PX = 12, 12, 34


class Row(NamedTuple):
    """Frames beside each other; `section` names the clip that begins with the row."""

    section: str
    pieces: tuple[Piece, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of all frames, from left to right."""
        return tuple(column for piece in self.pieces for column in piece.columns)


def rows(
    pieces: Sequence[Piece],
    sections: Sequence[str],
    room: float,
    gap: Callable[[int, int, bool], float],
) -> list[Row]:
    """The rows; `gap` gives the width before a column, by row, column, and whether a frame begins there."""
    found: list[Row] = []
    current: list[Piece] = []
    name = ""

    def close() -> None:
        if current:
            found.append(Row(name, tuple(current)))
            current.clear()

    section = None
    for piece in pieces:
        if piece.frame.section != section:
            close()
            section, name = piece.frame.section, sections[piece.frame.section]
        waiting = list(piece.columns)
        while waiting:
            count = _fitting(waiting, current, room, lambda at, first: gap(len(found), at, first))
            if current and count < len(waiting):
                close()
                name = ""
                continue
            current.append(piece._replace(columns=tuple(waiting[: max(1, count)])))
            waiting = waiting[max(1, count) :]
    close()
    return found


def _fitting(
    waiting: list[Column], current: list[Piece], room: float, gap: Callable[[int, bool], float]
) -> int:
    """How many of the columns fit into what is left of a row."""
    used, at = 0.0, 0
    for piece in current:
        for number, column in enumerate(piece.columns):
            used += gap(at, number == 0) + column.width
            at += 1
    for count, column in enumerate(waiting):
        used += gap(at, count == 0) + column.width
        if used + PAD_PX > room:
            return count
        at += 1
    return len(waiting)
