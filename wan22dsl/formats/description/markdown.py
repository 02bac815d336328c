"""A description for a document or a pull request: headings, tables and lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.escapes import one_line
from wan22dsl.formats.description.layout import Items, Table
from wan22dsl.formats.description.sections import sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.formats.description import Description
    from wan22dsl.formats.description.layout import Lines, Section

#: What Markdown reads as a sign of its own; a `_` within a word is none.
_SIGNS = re.compile(r"[\\*|<>\[\]#]|(?<!\w)_|_(?!\w)")


def write(description: Description) -> str:
    """The description as Markdown."""
    return "\n".join(line for each in sections(description) for line in _section(each))


def _section(section: Section) -> Iterator[str]:
    yield f"{'#' * (section.level + 1)} {_plain(section.title)}\n"
    for part in section.parts:
        lines = list(_part(part))
        if lines:
            yield "\n".join(lines) + "\n"


def _part(part: Table | Items | Lines) -> Iterator[str]:
    if isinstance(part, Table):
        yield _row(part.head)
        yield _row(["---"] * len(part.head), plain=False)
        yield from map(_row, part.rows)
    elif isinstance(part, Items):
        for name, lines in part.rows:
            yield f"- **{_plain(name)}**: {'<br>'.join(map(_plain, lines))}"
    else:
        yield "<br>\n".join(map(_plain, part.lines))


def _row(cells: object, plain: bool = True) -> str:
    assert isinstance(cells, (tuple, list))
    return "| " + " | ".join(_plain(cell) if plain else cell for cell in cells) + " |"


def _plain(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", one_line(text))
