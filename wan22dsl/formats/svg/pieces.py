"""The inside of a frame: boxes in columns. A chain is in one column, each box below the one it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.drawing import in_order
from wan22dsl.formats.svg.ink import width_px
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.formats.drawing import Box, Drawing, Frame

#: A chain goes on in the next column after so many boxes, and a column holds at most so many.
_LONGEST_CHAIN, _HIGHEST = 5, 6
#: Stages share a frame as long as their names together have so many letters.
_LONGEST_HEADING = 32
TITLE_PX, LINE_PX, HEADING_PX = 12, 11, 13
_LEAST_PX, _ROW_PX, _HEAD_PX, _INSET_PX = 96, 15, 20, 10
#: Between two boxes of a column.
BETWEEN_PX = 16


class Column(NamedTuple):
    """Boxes that are one below the other."""

    boxes: tuple[Box, ...]
    width: float

    @property
    def height(self) -> float:
        """From the top of the first box to the bottom of the last."""
        return sum(height_of(box) + BETWEEN_PX for box in self.boxes) - BETWEEN_PX


class Piece(NamedTuple):
    """A frame, or as many of its columns as fit into a row."""

    frame: Frame
    columns: tuple[Column, ...]


def pieces(drawn: Drawing) -> list[Piece]:
    """All frames of a drawing with their columns."""
    order = in_order(
        (box.id for box in drawn.boxes), ((wire.source, wire.target) for wire in drawn.wires)
    )
    number = {id: at for at, id in enumerate(order)}
    owner = {box.id: box.owner for box in drawn.boxes}
    before: dict[str, list[str]] = {id: [] for id in order}
    after: dict[str, list[str]] = {id: [] for id in order}
    for source, target in dict.fromkeys((wire.source, wire.target) for wire in drawn.wires):
        if owner[source] == owner[target] and number[source] < number[target]:
            before[target].append(source)
            after[source].append(target)
    clips = {frame.name: drawn.sections[frame.section] for frame in drawn.frames}
    boxes = {box.id: _within(box, clips[box.owner]) for box in drawn.boxes}
    inside: dict[str, list[str]] = {frame.name: [] for frame in drawn.frames}
    for id in order:
        inside[owner[id]].append(id)
    found = []
    for frame in drawn.frames:
        chains = _chains(inside[frame.name], before, after)
        columns = [[boxes[id] for id in column] for column in _columns(chains, before, after)]
        short = frame._replace(name=_without(frame.name, clips[frame.name]))
        found.append(Piece(short, _sized(columns, short)))
    return _joined(found, {(wire.source, wire.target) for wire in drawn.wires})


def _within(box: Box, clip: str) -> Box:
    return box._replace(title=_without(box.title, clip))


def _without(name: str, clip: str) -> str:
    """A name without that of its clip, which is written over the row."""
    return name.removeprefix(f"{clip}.") if clip else name


def _joined(found: list[Piece], linked: set[tuple[str, str]]) -> list[Piece]:
    """Small stages that follow one another share a frame."""
    joined: list[Piece] = []
    for piece in found:
        last = joined[-1] if joined else None
        if last is not None and _go_together(last, piece, linked):
            frame = last.frame._replace(name=f"{last.frame.name} → {piece.frame.name}")
            boxes = [*last.columns[0].boxes, *piece.columns[0].boxes]
            joined[-1] = Piece(frame, _sized([boxes], frame))
        else:
            joined.append(piece)
    return joined


def _go_together(piece: Piece, other: Piece, linked: set[tuple[str, str]]) -> bool:
    if piece.frame.kind != "stage" or other.frame.kind != "stage":
        return False
    if piece.frame.section != other.frame.section or len(piece.columns) + len(other.columns) > 2:
        return False
    upper, lower = piece.columns[0].boxes, other.columns[0].boxes
    fits = len(piece.frame.name) + len(other.frame.name) < _LONGEST_HEADING
    return fits and len(upper) + len(lower) <= _HIGHEST and (upper[-1].id, lower[0].id) in linked


def height_of(box: Box) -> float:
    """The height of a box."""
    return _HEAD_PX + _ROW_PX * len(box.lines) + 6


def heading(frame: Frame) -> str:
    """What is written over a frame."""
    return f"{frame.name} · {frame.noise} noise" if frame.noise is not None else frame.name


def _chains(
    ids: Sequence[str], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> list[list[str]]:
    """Boxes that only take each other's outputs, within a frame, in rows of a few."""
    chains: list[list[str]] = []
    of: dict[str, list[str]] = {}
    for id in ids:
        own = of.get(before[id][0]) if len(before[id]) == 1 else None
        if own is not None and len(after[own[-1]]) == 1 and len(own) < _LONGEST_CHAIN:
            own.append(id)
        else:
            own = [id]
            chains.append(own)
        of[id] = own
    return chains


def _columns(
    chains: list[list[str]], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> list[list[str]]:
    """Chains behind those that they need; one that needs nothing just before the first that takes it."""
    of = {id: at for at, chain in enumerate(chains) for id in chain}
    level = [0] * len(chains)
    order = in_order(
        range(len(chains)),
        ((of[item], of[id]) for id in of for item in before[id] if of[item] != of[id]),
    )
    for at in order:
        needed = [level[of[item]] for id in chains[at] for item in before[id] if of[item] != at]
        level[at] = max(needed, default=-1) + 1
    for at in reversed(order):
        if not before[chains[at][0]]:
            users = [level[of[item]] for id in chains[at] for item in after[id] if of[item] != at]
            level[at] = min(users, default=level[at] + 1) - 1
    columns: list[list[str]] = []
    for depth in range(max(level, default=-1) + 1):
        column: list[str] = []
        own = [chain for chain, at in zip(chains, level, strict=True) if at == depth]
        # those that are taken within the frame last, beside the next column
        for chain in sorted(own, key=lambda chain: _taken(chain, after)):
            if column and len(column) + len(chain) > _HIGHEST:
                columns.append(column)
                column = []
            column += chain
        if column:
            columns.append(column)
    return columns


def _taken(chain: list[str], after: Mapping[str, list[str]]) -> bool:
    return any(item not in chain for id in chain for item in after[id])


def _sized(columns: list[list[Box]], frame: Frame) -> tuple[Column, ...]:
    """The columns with their widths; the heading of the frame fits over the first."""
    found = []
    least = max(_LEAST_PX, width_px(heading(frame), HEADING_PX, bold=True))
    for column in columns:
        widths = [least, *(_width(box) + 2 * _INSET_PX for box in column)]
        found.append(Column(tuple(column), float(round(max(widths)))))
        least = _LEAST_PX
    return tuple(found)


def _width(box: Box) -> float:
    lines = [width_px(line, LINE_PX) for line in box.lines]
    return max([width_px(box.title, TITLE_PX, bold=True), *lines])
