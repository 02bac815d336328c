"""A fix as the lines that go and the lines that come, and as a patch that `git apply` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.escapes import one_line
from wan22dsl.report.excerpt import near
from wan22dsl.report.lines import Line, Piece, line
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.diagnostics import Edit, Fix
    from wan22dsl.source import Source


def diff(before: str, after: str, path: str, path_after: str | None = None) -> str:
    """The patch; empty when nothing changes. Line ends stay as they are in the texts.

    `path_after` is the name of the text after it, where that is another one.
    """
    if before == after:
        return ""
    from difflib import unified_diff  # takes longer to import than a file to lint

    names = one_line(path), one_line(path_after or path)
    lines = unified_diff(_lines(before), _lines(after), *names)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    """Lines as a patch counts them: by `\\n` alone, each with its end."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + parts[-1:] * bool(parts[-1])


#: Of a longer change only so many lines are shown on each side.
MOST_LINES = 6


class Change(NamedTuple):
    """Neighbouring lines of one source that a fix changes; `number` is that of the first."""

    source: Source
    number: int
    old: list[str]
    new: list[str]


def changes(fix: Fix) -> Iterator[Change]:
    """What a fix changes, in the order of the text, source by source."""
    by_source: dict[Source, list[Edit]] = {}
    for edit in fix.edits:
        by_source.setdefault(edit.span.source, []).append(edit)
    for edits in by_source.values():
        edits.sort(key=lambda edit: (edit.span.start, edit.span.end))
        for group in _neighbours(edits):
            change = _change(group)
            if change.old or change.new:
                yield change


def patch(change: Change, *, gutter: int, width: int) -> list[Line]:
    """The lines of a change, `-` before the old ones and `+` before the new ones."""
    room = width - gutter - 3
    return [
        *_side(change.old, change.number, "-", "removed", gutter, room, change.new),
        *_side(change.new, change.number, "+", "added", gutter, room, change.old),
    ]


def _neighbours(edits: list[Edit]) -> Iterator[list[Edit]]:
    group: list[Edit] = []
    for edit in edits:
        if group and edit.span.first.line > group[-1].span.last.line + 1:
            yield group
            group = []
        group.append(edit)
    yield group


def _change(edits: list[Edit]) -> Change:
    source = edits[0].span.source
    number = edits[0].span.first.line
    start = edits[0].span.start - (edits[0].span.first.column - 1)
    end = source.text.find("\n", edits[-1].span.end)
    end = len(source.text) if end < 0 else end
    old = source.text[start:end].split("\n")
    new = apply(source.text[start:end], edits, start).split("\n")
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    while old and new and old[0] == new[0]:
        del old[0], new[0]
        number += 1
    return Change(source, number, old, new)


def apply(text: str, edits: Iterable[Edit], offset: int = 0) -> str:
    """The text with the edits made; `offset` is where the text begins in its source."""
    done: list[str] = []
    at = 0
    for edit in edits:
        done += (text[at : edit.span.start - offset], edit.text)
        at = edit.span.end - offset
    return "".join((*done, text[at:]))


def _side(
    lines: list[str], number: int, sign: str, role: str, gutter: int, room: int, other: list[str]
) -> Iterator[Line]:
    for index, text in enumerate(lines[:MOST_LINES]):
        differs = _first_difference(text, other[index]) if index < len(other) else 0
        shown = near(text, 0, len(text), differs, differs, room).text
        yield line(Piece(f"{number + index:>{gutter}} ", "gutter"), Piece(f"{sign} {shown}", role))
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES
        yield line(" " * gutter, Piece(f" {sign} … and {more} more lines", role))


def _first_difference(text: str, other: str) -> int:
    """How many characters the two begin alike with, found by halving: a line can be a whole file."""
    alike, most = 0, min(len(text), len(other))
    while alike < most:
        half = (alike + most + 1) // 2
        if text[alike:half] == other[alike:half]:
            alike = half
        else:
            most = half - 1
    return alike
