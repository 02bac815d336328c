"""The gate as Markdown, for a comment on a pull request or the summary of a job.

GitHub takes comments of up to 65,536 characters. Names and reasons are foreign text: names are shown as code,
and in sentences every sign of Markdown and HTML is escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.bench import units
from wan22dsl.bench.gate import ORDER
from wan22dsl.escapes import one_line
from wan22dsl.report.benches import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.bench.gate import Gate, GatedCell

_MARKS = {"REGRESSION": "❌", "NOT_COMPARABLE": "⚠️", "NO_BASELINE": "🆕", "PASS": "✅"}

#: So many bytes are written at most.
_MOST_BYTES = 60_000

#: So many rows a state has, and so many characters a text.
_MOST_ROWS = {"REGRESSION": 40, "NOT_COMPARABLE": 30, "NO_BASELINE": 20, "PASS": 20}
_MOST_DETAILS = 20
_LONGEST = 300

#: What Markdown and HTML read as a sign of their own; a `_` within a word is none.
_SIGNS = re.compile(r"[\\`*\[\]<>#|~$&]|(?<!\w)_|_(?!\w)|://|(?<=^)[-+=]")


def render(gate: Gate) -> str:
    """The whole report, shortened where it would be too long for a comment."""
    found, size = [], 0
    for text in _lines(gate):
        size += len(text.encode("utf-8")) + 1
        if size > _MOST_BYTES:
            found.append("\nShortened; `--format text` shows all.")
            break
        found.append(text)
    return "\n".join(found) + "\n"


def _lines(gate: Gate) -> Iterator[str]:
    yield f"### {_MARKS[gate.state]} {plain(words.title(gate))}\n"
    yield f"{plain(words.source(gate))}. {words.tally(gate).capitalize()}.\n"
    for problem in gate.problems[:_MOST_DETAILS]:
        yield f"- ⚠️ {plain(problem)}"
    if gate.problems:
        yield ""
    if gate.cells:
        yield "| | cell | before | now | change | where from |"
        yield "|---|---|--:|--:|--:|---|"
    for state in ORDER:
        cells = [cell for cell in gate.cells if cell.state == state]
        yield from map(_row, cells[: _MOST_ROWS[state]])
        more = len(cells) - _MOST_ROWS[state]
        if more > 0:
            yield f"| {_MARKS[state]} | and {more} more | | | | |"
    yield ""
    for state in ("REGRESSION", "NOT_COMPARABLE"):
        yield from _details([cell for cell in gate.cells if cell.state == state])
    yield from _pictures(gate)
    unknown = words.unknown(gate)
    if unknown:
        yield "<details><summary>Not compared, because unknown</summary>\n"
        yield from (f"- {plain(text)}" for text in unknown[:_MOST_DETAILS])
        yield "\n</details>\n"
    if words.next_step(gate):
        yield plain(words.next_step(gate)) + "\n"


def _pictures(gate: Gate) -> Iterator[str]:
    """What the pictures came to, and each that changed and is not among the details."""
    lines = words.pictures((cell.id, cell.picture) for cell in gate.cells)
    if not lines:
        return
    changed = [
        cell for cell in words.changed_pictures(gate) if cell.state in ("PASS", "NO_BASELINE")
    ]
    for cell in changed[:_MOST_DETAILS]:
        assert cell.picture is not None
        yield f"- 🖼️ {code(cell.id)}: {plain(cell.picture.line)}"
        yield from (f"  - help: {plain(help)}" for help in cell.help)
    yield from (f"- {plain(text)}" for text in lines)
    yield ""


def _row(cell: GatedCell) -> str:
    columns = [_MARKS[cell.state], code(cell.id, in_table=True)]
    change = (cell.worse or cell.better or cell.changes or (None,))[0]
    if change is None:
        columns += ["", "", "", plain(cell.reasons[0] if cell.reasons else "")]
    else:
        percent = "" if change.percent is None else f"{change.percent:+.1f} %"
        figure = "" if change.figure == "total_s" else f" ({change.figure})"
        columns += [
            units.shown(change.figure, change.before),
            units.shown(change.figure, change.now),
            plain(percent + figure),
            plain("; ".join(part.line for part in cell.parts[:2])),
        ]
    return f"| {' | '.join(columns)} |"


def _details(cells: Sequence[GatedCell]) -> Iterator[str]:
    """Everything that is to be said of cells."""
    for cell in cells[:_MOST_DETAILS]:
        yield f"**{cell.state}** {code(cell.id)}\n"
        texts = [*words.lines(cell), *(f"help: {help}" for help in cell.help)]
        yield from (f"- {plain(text)}" for text in texts[:_MOST_DETAILS])
        yield ""


def plain(text: str) -> str:
    """A sentence in which nothing is Markdown, HTML, a link or a mention."""
    text = one_line(text)
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    escaped = _SIGNS.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), text)
    return escaped.replace("@", "@<!-- -->")


def code(text: str, *, in_table: bool = False) -> str:
    """A name as code; within a table a bar ends even that."""
    text = one_line(text)
    text = text if len(text) <= 100 else text[:100] + "…"
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    blank = " " if text[:1] in ("`", "") or text[-1:] == "`" else ""
    inner = (text.replace("|", "\\|") if in_table else text) or " "
    return f"{fence}{blank}{inner}{blank}{fence}"
