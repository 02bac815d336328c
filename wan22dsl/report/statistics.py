"""How often each code was found, the most frequent first, and which of them have a fix."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from wan22dsl.report.lines import Line, Piece, line
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.diagnostics import Diagnostic, Message


class Row(NamedTuple):
    """One code: how often it was found, and how many of those have a safe fix, or one that is not."""

    kind: Message
    found: int
    safe: int
    unsafe: int


def rows(found: Sequence[Diagnostic]) -> list[Row]:
    """The codes that were found, by how often and then by code."""
    kinds = {finding.code: finding.kind for finding in found}
    count = Counter(finding.code for finding in found)
    safe = Counter(
        finding.code for finding in found if finding.fix is not None and finding.fix.safe
    )
    unsafe = Counter(
        finding.code for finding in found if finding.fix is not None and not finding.fix.safe
    )
    codes = sorted(kinds, key=lambda code: (-count[code], code))
    return [Row(kinds[code], count[code], safe[code], unsafe[code]) for code in codes]


def report(found: Sequence[Diagnostic]) -> Iterator[Line]:
    """The lines of the table. `*`: `--fix` fixes them; `?`: only `--unsafe-fixes` fixes some of them."""
    table = rows(found)
    width = max((len(str(row.found)) for row in table), default=0)
    for row in table:
        level = row.kind.severity.value
        mark = "*" if row.safe == row.found else "?" if row.safe or row.unsafe else " "
        yield line(
            f"{row.found:>{width}}  ", Piece(row.kind.code, level), f" {mark} {row.kind.name}"
        )


def render(found: Sequence[Diagnostic]) -> str:
    """The table as JSON text with a line end."""
    return json.dumps(as_data(found), indent=2, ensure_ascii=False) + "\n"


def as_data(found: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """The table as plain data."""
    return [
        {
            "code": row.kind.code,
            "name": row.kind.name,
            "severity": row.kind.severity.value,
            "count": row.found,
            "fixable": row.safe,
            "fixable_unsafe": row.unsafe,
        }
        for row in rows(found)
    ]
