"""The report as Markdown: for pull requests, and wherever a page cannot be.

Of charts it has the figures; pictures it has not.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from wan22dsl.report.results.contents import Chart, Items, Prose, Sheet, Source, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.report.results.contents import Block, Report, Result, Value

#: What Markdown and GitHub read as signs of their own; a `_` within a word is none.
_SIGNS = re.compile(
    r"[\\*|<>\[\]~&$]|(?<!\w)_|_(?!\w)|^[#+-](?=\s)|(?<=^\d)[.)](?=\s)|(?<=:)/(?=/)|(?<=www)\."
)
_CODE = re.compile(r"`([^`]+)`")


def write(report: Report) -> str:
    """The report."""
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {plain(report.title)}\n"
    if len(report.results) > 1:
        yield "## Overview\n"
        for block in report.overview:
            yield from _block(block)
    for result in report.results:
        yield from _result(result, is_only=len(report.results) == 1)
    yield f"Made by {plain(report.made_by)}."


def _result(result: Result, *, is_only: bool) -> Iterator[str]:
    if not is_only:
        yield f"## {plain(result.title)}\n"
    if result.warning:
        yield f"> **{plain(result.warning)}**\n"
    yield f"**{plain(result.verdict)}**\n"
    yield from (f"- {plain(name)}: {plain(value)}" for name, value in result.facts)
    yield ""
    level = "##" if is_only else "###"
    for section in result.sections:
        found = [line for block in section.blocks for line in _block(block)]
        if found:
            yield f"{level} {plain(section.title)}\n"
            yield from found


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Prose):
        yield f"{plain(block.text)}\n"
    elif isinstance(block, Items):
        for item in block.items:
            yield f"- {f'**{plain(item.label)}**: ' if item.label else ''}{plain(item.text)}"
        yield ""
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Chart):
        yield f"**{plain(block.title)}{' (simulated)' if block.is_simulated else ''}**\n"
        yield from _table(block.table)
        yield from (f"{plain(note)}\n" for note in block.notes)
    elif isinstance(block, Source):
        yield from _source(block)
    elif isinstance(block, Sheet):
        yield f"{plain(block.caption)}: the HTML report has the pictures.\n"


def _table(table: Table) -> Iterator[str]:
    yield f"{plain(table.caption)}\n"
    yield _row(column.title for column in table.columns)
    yield f"| {' | '.join('--:' if column.is_number else '---' for column in table.columns)} |"
    for row in table.rows:
        yield _row(map(_value, row))
    yield ""
    about = [f"{column.title}: {column.about}" for column in table.columns if column.about]
    if about or table.notes:
        yield f"{plain(' '.join([*about, *table.notes]))}\n"


def _value(value: Value) -> str:
    return f"{value.text} ({value.note})" if value.note else value.text


def _row(cells: Iterator[str] | map[str]) -> str:
    return f"| {' | '.join(plain(cell) or ' ' for cell in cells)} |"


def _source(block: Source) -> Iterator[str]:
    """In a fence that is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`+", block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"<details><summary>{html.escape(block.title)}</summary>\n"
    yield f"{fence}text\n{block.text.rstrip()}\n{fence}\n\n</details>\n"


def plain(text: str) -> str:
    """The text with the signs of Markdown escaped, but for code between backticks."""
    found, at = [], 0
    for match in _CODE.finditer(text):
        found += [_escaped(text[at : match.start()]), _code(match[1])]
        at = match.end()
    return "".join([*found, _escaped(text[at:])])


def _code(text: str) -> str:
    """Code; in a table a bar would end its cell even there."""
    return f"`{text.replace('|', chr(92) + '|')}`"


def _escaped(text: str) -> str:
    """A backslash before each sign. For GitHub, only a comment keeps `@name` from being a person."""
    return _SIGNS.sub(r"\\\g<0>", text).replace("`", "\\`").replace("@", "@<!-- -->")
