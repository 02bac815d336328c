"""What a report shows, as data without any notation: sentences, tables, charts, pictures.

All strings are plain. Foreign ones (names of files, cells, cards, what a server said) are cleaned where they
come in (`shown.name`); the writers escape them for their notation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Union

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How something is meant, beyond its words: colours only repeat what the words say.
Tone = Literal["", "good", "bad", "warn", "muted"]


class Value(NamedTuple):
    """An entry of a table. `order` is what it is sorted by, if that is a number; `note` is a second line."""

    text: str
    order: float | None = None
    tone: Tone = ""
    note: str = ""


class Column(NamedTuple):
    """A column; numbers are aligned to the right. `about` explains its title, below the table."""

    title: str
    is_number: bool = False
    about: str = ""


class Table(NamedTuple):
    """A table. The first column names its row. One that `is_folded` is seen when a reader opens it."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    is_folded: bool = False


class Prose(NamedTuple):
    """A paragraph."""

    text: str
    tone: Tone = ""


class Item(NamedTuple):
    """An entry of a list. `label` is a short word before it."""

    text: str
    label: str = ""
    tone: Tone = ""


class Items(NamedTuple):
    """A list."""

    items: tuple[Item, ...]


class Source(NamedTuple):
    """A file's text, folded away until a reader opens it."""

    title: str
    text: str


class Band(NamedTuple):
    """A stretch of an axis that has a name, such as what a target calls good."""

    start: float
    end: float
    name: str


class Point(NamedTuple):
    """A run in a chart, of the first round or the second."""

    value: float
    round: int


class PointsRow(NamedTuple):
    """The runs of a cell. `value` is where its bar ends; None if nothing was measured: `note` says why."""

    label: str
    value: float | None
    points: tuple[Point, ...]
    note: str = ""
    is_baseline: bool = False


class Points(NamedTuple):
    """A bar for each row, and a point for each run. `limit` is a line across all, with its name."""

    axis: str
    rows: tuple[PointsRow, ...]
    bands: tuple[Band, ...] = ()
    limit: tuple[float, str] | None = None


class Part(NamedTuple):
    """A part of a stacked bar. `hue` numbers what belongs together; `is_pale`: a preparation of it."""

    name: str
    value: float
    hue: int
    is_pale: bool = False


class Stacked(NamedTuple):
    """A bar for each row, made of parts."""

    axis: str
    rows: tuple[tuple[str, tuple[Part, ...]], ...]


class DifferencesRow(NamedTuple):
    """A cell against the baseline, in percent; `points` are single rounds."""

    label: str
    value: float
    points: tuple[float, ...]
    tone: Tone = ""


class Differences(NamedTuple):
    """Differences from the baseline; what is within `band_percent` cannot be told from noise."""

    axis: str
    rows: tuple[DifferencesRow, ...]
    band_percent: float | None


#: What a card does at a time.
Activity = Literal["load", "sampling", "decode", "prepare", "stage"]


class Span(NamedTuple):
    """Something that took from `start_s` to `end_s`, in its lane."""

    lane: str
    start_s: float
    end_s: float
    activity: Activity


class Timeline(NamedTuple):
    """A run in time, and the memory of the card in GiB where it is known."""

    spans: tuple[Span, ...]
    curve: tuple[tuple[float, float], ...]
    end_s: float
    limit_gib: float | None


#: What a server does over time, as a batch shows it.
StretchKind = Literal[
    "done", "running", "failed", "lost", "taken back", "not known", "away", "not free"
]


class Stretch(NamedTuple):
    """What was so in a lane from `start` to `end`, in the unit of the axis."""

    lane: str
    start: float
    end: float
    kind: StretchKind


class Lanes(NamedTuple):
    """Servers over time, each in a lane."""

    axis: str
    lanes: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    end: float


class Growth(NamedTuple):
    """A number that grows over time, up to `limit`; `points` are in order."""

    axis: str
    what: str
    points: tuple[tuple[float, int], ...]
    limit: int


Drawing = Union[Points, Stacked, Differences, Timeline, Lanes, Growth]


class Chart(NamedTuple):
    """A drawing. `description` says what it shows to those who cannot see it; `table` has its numbers."""

    id: str
    title: str
    description: str
    drawing: Drawing
    table: Table
    is_simulated: bool
    notes: tuple[str, ...] = ()


class Picture(NamedTuple):
    """A picture within the page."""

    alt: str
    media_type: str
    data: bytes
    width_px: int
    height_px: int


class Sheet(NamedTuple):
    """Pictures side by side: a column for each cell, a row for each place in the video."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Picture, ...]], ...]


Block = Union[Prose, Items, Table, Chart, Sheet, Source]


class Section(NamedTuple):
    """A part of a result under a heading."""

    id: str
    title: str
    blocks: tuple[Block, ...]


class Result(NamedTuple):
    """A bench, a batch or a run. `warning` is said at its top, such as that it is simulated."""

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    verdict: str
    tone: Tone
    warning: str
    sections: tuple[Section, ...]
    data: Mapping[str, Any]


class Report(NamedTuple):
    """All of it. `overview` compares nothing: it lists several results."""

    title: str
    made_by: str
    overview: tuple[Block, ...]
    results: tuple[Result, ...]
