"""What a description is made of before it is text or Markdown."""

from __future__ import annotations

from wan22dsl.tuples import NamedTuple


class Table(NamedTuple):
    """Rows of cells below a head, whose first cell is empty: the first column are names."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Items(NamedTuple):
    """Names, with one or more lines of what belongs to them."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]


class Lines(NamedTuple):
    """Sentences, each on a line of its own."""

    lines: tuple[str, ...]


class Section(NamedTuple):
    """A part with a title. `level` is 1 for a pipeline, 2 for what is said of it."""

    title: str
    level: int
    parts: tuple[Table | Items | Lines, ...]
