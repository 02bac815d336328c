"""docs/images/lint.svg: the linter at work, drawn from what it really says."""

from __future__ import annotations

from html import escape
from pathlib import Path

from wan22dsl.api.compiler import check
from wan22dsl.report.lines import Line, Piece, lay_out, line
from wan22dsl.report.text import report, summary
from wan22dsl.source import Source

HERE = Path(__file__).parent
WIDTH = 92

_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
_NEWLINE = "\n"
_CELL_PX, _LINE_PX, _MARGIN_PX = 8.4, 19, 18
_COLOURS = {
    "prompt": "#8be9a8",
    "error": "#ff6e6e",
    "warning": "#f4c95d",
    "note": "#7fd4e8",
    "gutter": "#7d8fb3",
    "related": "#7fd4e8",
    "why": "#9db4ff",
    "help": "#8be9a8",
    "fix": "#8be9a8",
    "removed": "#ff6e6e",
    "added": "#8be9a8",
}
_BOLD = {"error", "warning", "note", "message", "prompt", "why", "help", "fix"}


def image() -> str:
    """The text of the image."""
    source = Source((HERE / "picture.wan").read_text(encoding="utf-8"), "portrait.wan")
    found = check(source).diagnostics
    lines = [
        line(Piece("$ ", "prompt"), "wan lint portrait.wan"),
        *report(found, width=WIDTH),
        (),
        line(summary(found, 1)),
    ]
    return svg(lines)


def svg(lines: list[Line]) -> str:
    """A terminal with these lines in it."""
    columns = max(lay_out("".join(piece.text for piece in one)).starts[-1] for one in lines)
    width = round(max(columns, WIDTH) * _CELL_PX + 2 * _MARGIN_PX)
    height = len(lines) * _LINE_PX + 2 * _MARGIN_PX
    rows = (_row(one, number) for number, one in enumerate(lines))
    size = f'width="{width}" height="{height}"'
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}>
<title>wan lint at work</title>
<rect {size} rx="10" fill="#1b2030"/>
<g font-family="{_FONT}" font-size="14" fill="#dfe5f2" xml:space="preserve">
{_NEWLINE.join(row for row in rows if row)}
</g>
</svg>
"""


def _row(one: Line, number: int) -> str:
    y = _MARGIN_PX + number * _LINE_PX + 14
    at, pieces = 0, []
    for piece in one:
        width = lay_out(piece.text).starts[-1]
        blanks = len(piece.text) - len(piece.text.lstrip(" "))
        if piece.text.strip():
            pieces.append(_piece(piece, at + blanks, width - blanks))
        at += width
    return f'<text y="{y}">{"".join(pieces)}</text>' if pieces else ""


def _piece(piece: Piece, at: int, cells: int) -> str:
    """A piece at its cell and as long as its cells, whatever font the reader has."""
    x = f"{_MARGIN_PX + at * _CELL_PX:.1f}"
    colour = f' fill="{_COLOURS[piece.role]}"' if piece.role in _COLOURS else ""
    bold = ' font-weight="bold"' if piece.role in _BOLD else ""
    text = escape(piece.text.lstrip(" "), quote=False)
    return f'<tspan x="{x}" textLength="{cells * _CELL_PX:.1f}"{colour}{bold}>{text}</tspan>'
