"""What was found in which file, a line for each: still on the screen when the findings have scrolled by."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Severity
from wan22dsl.escapes import one_line
from wan22dsl.report.lines import Line, Piece, lay_out, line
from wan22dsl.report.text import counted, counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.diagnostics import Diagnostic

#: No more files than this are listed, so that they fit on a screen; those with errors come first.
MOST_FILES = 15


def report(found: Iterable[Diagnostic], *, width: int) -> Iterator[Line]:
    """The lines; none where only one file has findings, since that one was just shown."""
    files: dict[str, list[Diagnostic]] = {}
    for finding in found:
        if finding.span is not None:
            files.setdefault(one_line(finding.span.source.path), []).append(finding)
    if len(files) < 2:
        return
    ordered = sorted(files, key=lambda path: not any(finding.is_error for finding in files[path]))
    shown = ordered[:MOST_FILES]
    numbers = {path: counts(files[path]) for path in shown}
    first, second = max(map(_cells, shown)), max(map(len, numbers.values()))
    for path in shown:
        level = _worst(files[path]).value
        names = _names(files[path], width - first - second - 4)
        margin = " " * (first - _cells(path) + 2)
        yield line(f"{path}{margin}", Piece(f"{numbers[path]:<{second}}", level), f"  {names}")
    if len(ordered) > MOST_FILES:
        yield line(f"… and {counted(len(ordered) - MOST_FILES, 'more file')}")


def _cells(text: str) -> int:
    return lay_out(text).starts[-1]


def _worst(found: list[Diagnostic]) -> Severity:
    return next(level for level in Severity if any(finding.severity is level for finding in found))


def _names(found: list[Diagnostic], room: int) -> str:
    """The names of the rules, the gravest first, as far as there is room for them."""
    count = Counter(finding.name for finding in found)
    levels = list(Severity)
    order = sorted(found, key=lambda finding: levels.index(finding.severity))
    text = ""
    names = dict.fromkeys(finding.name for finding in order)
    for number, name in enumerate(names):
        more = f"{', ' if text else ''}{name}" + (f" ×{count[name]}" if count[name] > 1 else "")
        rest = len(names) - number
        if text and len(text) + len(more) + (len(", +9") if rest > 1 else 0) > room:
            return f"{text}, +{rest}"
        text += more
    return text
