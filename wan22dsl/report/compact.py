"""Many findings in few lines: as much of each as fits all of them on one screen.

A finding has its place, what is wrong and what to do in every form but the shortest, and the excerpt of the
file in the fullest only. Nothing is cut in the middle of a sentence.
"""

from __future__ import annotations

import re
import sys
from enum import IntEnum
from itertools import islice
from typing import TYPE_CHECKING

from wan22dsl.escapes import one_line
from wan22dsl.report.lines import Line, Piece, clean, line
from wan22dsl.report.text import report, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.diagnostics import Diagnostic

_INDENT = "    "

#: So many screens are soon looked through.
_SCREENS = 3

#: The end of a sentence, where another one follows.
_SENTENCE = r"(?<=[.!?])\s+(?=[A-Z`#\"])"


class Detail(IntEnum):
    """How much of each finding is shown.

    LINE: the place and the first sentence of what is wrong. HELP: also what to do. WHY: also everything
    that is wrong, and why it matters. FULL: with the lines of the file, and the fixes as changes.
    """

    LINE = 0
    HELP = 1
    WHY = 2
    FULL = 3


def fitting(
    found: Sequence[Diagnostic], *, width: int, height: int, least: Detail = Detail.LINE
) -> tuple[Detail, list[Line]]:
    """The fullest form of the findings that has no more lines than `height`.

    Where none has, what to do is shown if that takes few screens, since there is more than one anyway;
    else the least form.
    """
    forms = {}
    for detail in sorted(Detail, reverse=True):
        most = _SCREENS * height if detail is Detail.HELP else height
        lines = shown(found, detail, width=width)
        forms[detail] = list(lines if detail is least else islice(lines, most + 1))
        if len(forms[detail]) <= height or detail is least:
            break
    if len(forms[detail]) > height and len(forms.get(Detail.HELP, ())) <= _SCREENS * height:
        detail = max(detail, Detail.HELP)
    return detail, forms[detail]


def shown(found: Sequence[Diagnostic], detail: Detail, *, width: int | None) -> Iterator[Line]:
    """The lines of the findings in that form. Why something matters is shown the first time only.

    Without a width (LINE only) each finding is one line, however long: programs read those.
    """
    if detail is Detail.FULL and width is not None:
        yield from report(found, width=width)
        return
    width = sys.maxsize if width is None else width
    explained: set[str] = set()
    for finding in found:
        yield from _headline(finding, detail, width)
        if detail >= Detail.WHY and finding.why and finding.why not in explained:
            yield from _remark("why", first_sentence(finding.why), width)
        if detail >= Detail.HELP and finding.help:
            yield from _remark("help", first_sentence(finding.help) + _option(finding), width)
        explained.add(finding.why)


def first_sentence(text: str) -> str:
    """A text up to the end of its first sentence."""
    return re.split(_SENTENCE, clean(text).split("\n")[0], maxsplit=1)[0]


def _option(finding: Diagnostic) -> str:
    """The option that makes the fix, if there is one."""
    if finding.fix is None:
        return ""
    return " [--fix]" if finding.fix.safe else " [--unsafe-fixes]"


def _headline(finding: Diagnostic, detail: Detail, width: int) -> Iterator[Line]:
    level = finding.severity.value
    place = ""
    if finding.span is not None:
        at, column = finding.span.first
        place = f"{one_line(finding.span.source.path)}:{at}:{column}: "
    head = f"{level}[{finding.code} {finding.name}]: "
    text = first_sentence(finding.message)
    if detail >= Detail.WHY:
        text = " ".join(clean(finding.message).split("\n"))
    first, *rest = wrap(place + head + text, width - len(_INDENT))
    if len(first) < len(place + head):
        yield line(first)  # a path that leaves no room
    else:
        message = Piece(first[len(place + head) :], "message")
        yield line(Piece(place, "place"), Piece(head, level), message)
    for more in rest:
        yield line(Piece(_INDENT + more, "message"))


def _remark(word: str, text: str, width: int) -> Iterator[Line]:
    head = f"{_INDENT}{word}:".ljust(len(_INDENT) + 6)
    for number, wrapped in enumerate(wrap(text, width - len(head))):
        yield line(Piece(head, word) if not number else " " * len(head), wrapped)
