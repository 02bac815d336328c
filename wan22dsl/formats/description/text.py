"""A description for a terminal: columns lined up, sentences broken at its width."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from wan22dsl.escapes import one_line
from wan22dsl.formats.description.layout import Items, Lines, Table
from wan22dsl.formats.description.sections import sections
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.formats.description import Description
    from wan22dsl.formats.description.layout import Section

#: Names in front of lines may push them so far to the right.
_WIDEST_NAME = 24


class Line(NamedTuple):
    """A line of the text, and whether it is a title."""

    text: str
    is_title: bool = False


def write(description: Description, width: int = 100) -> str:
    """The description as text; `width` is that of the terminal in columns."""
    return "".join(f"{one_line(line.text)}\n" for line in lines(description, width))


def lines(description: Description, width: int) -> Iterator[Line]:
    """The same line by line."""
    for number, section in enumerate(sections(description)):
        if number:
            yield Line("")
        yield Line(section.title, is_title=True)
        if section.level == 1:
            yield Line("=" * len(section.title), is_title=True)
        yield from map(Line, _section(section, width))


def _section(section: Section, width: int) -> Iterator[str]:
    indent = "" if section.level == 1 else "  "
    before: object = None
    for part in section.parts:
        if isinstance(before, Table) and isinstance(part, Items):
            yield ""
        before = part
        yield from (f"{indent}{line}".rstrip() for line in _part(part, width - len(indent)))


def _part(part: Table | Items | Lines, width: int) -> Iterator[str]:
    if isinstance(part, Table):
        yield from _table(part)
    elif isinstance(part, Items):
        yield from _items(part, width)
    else:
        for line in part.lines:
            yield from wrap(line, width, subsequent_indent="  ")


def _table(part: Table) -> Iterator[str]:
    rows = [part.head, *part.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(part.head))]
    for row in rows:
        yield "  ".join(f"{cell:<{wide}}" for cell, wide in zip(row, widths)).rstrip()


def _items(part: Items, width: int) -> Iterator[str]:
    wide = min(max((len(name) for name, _ in part.rows), default=0), _WIDEST_NAME)
    for name, lines in part.rows:
        shown = name
        for line in lines:
            if len(shown) > wide:
                yield shown
                shown = ""
            head = f"{shown:<{wide}}  "
            yield from wrap(
                line,
                width,
                initial_indent=head,
                subsequent_indent=" " * (wide + 4),
                break_long_words=False,
                break_on_hyphens=False,
            )
            shown = ""
