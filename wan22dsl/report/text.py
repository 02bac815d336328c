"""Diagnostics for people: what is wrong, where, why it matters and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Severity
from wan22dsl.escapes import one_line
from wan22dsl.report.cells import clean
from wan22dsl.report.excerpt import excerpt, last_line
from wan22dsl.report.lines import Line, Piece, line, plain
from wan22dsl.report.patch import changes, patch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.source import Span

#: Columns of a report that is not shown on a terminal.
WIDTH = 100

_INDENT = "    "


def render(diagnostics: Iterable[Diagnostic], *, width: int = WIDTH) -> str:
    """The diagnostics as plain text, in the order given; empty when there are none."""
    return plain(report(diagnostics, width=width))


def report(
    diagnostics: Iterable[Diagnostic], *, width: int = WIDTH, told: Iterable[str] = ()
) -> Iterator[Line]:
    """The lines of a report. Why something matters is told the first time only, or is `told` already."""
    told = set(told)
    for number, one in enumerate(diagnostics):
        if number:
            yield ()
        yield from _finding(one, one.why not in told, width)
        told.add(one.why)


def summary(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """How many there are: `2 errors, 1 warning in 3 files`, `no problems found in 1 file`."""
    return f"{counts(diagnostics) or 'no problems found'} in {counted(files, 'file')}"


def counts(diagnostics: Iterable[Diagnostic]) -> str:
    """How many there are of each severity: `2 errors, 1 warning`; empty when there are none."""
    numbers = dict.fromkeys(Severity, 0)
    for one in diagnostics:
        numbers[one.severity] += 1
    return ", ".join(counted(number, level.value) for level, number in numbers.items() if number)


def fixable(diagnostics: Iterable[Diagnostic], *, unsafe: bool = False) -> str:
    """How many of them have a mend, and how it is made; empty when none has.

    `unsafe`: those that are not safe have been tried as well.
    """
    fixes = [one.fix for one in diagnostics if one.fix is not None]
    safe = sum(fix.safe for fix in fixes)
    guesses = 0 if unsafe else len(fixes) - safe
    parts = [f"{safe} can be mended with `--fix`"] if safe else []
    if guesses:
        more = "more " if safe else "can be mended "
        parts.append(f"{guesses} {more}with `--fix --unsafe-fixes` (guesses, or the video changes)")
    return ", ".join(parts)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _finding(one: Diagnostic, tell_why: bool, width: int) -> Iterator[Line]:
    level = one.severity.value
    yield from _headline(one, width)
    gutter = _gutter(one)
    if one.span is not None:
        yield from _place(one.span, "", gutter, width, "^", level)
    for label in one.related:
        yield from _place(label.span, label.text, gutter, width, "-", "related")
    if tell_why and one.why:
        yield from _remark("why", one.why, width)
    if one.mend:
        yield from _remark("help", one.mend, width)
    if one.fix is not None:
        if _is_shown_already(one, one.fix):
            yield from _remark("fix", _titled(one.fix), width)
        else:
            yield from _fix(one.fix, one.mend, gutter, width)


def _is_json(span: Span) -> bool:
    """Whether a place lies in JSON, where the lines say little and the message names the node."""
    return span.source.text[:1] in {"{", "["}


def _is_shown_already(one: Diagnostic, fix: Fix) -> bool:
    """Whether a mend only writes another value where the finding points, in JSON."""
    span = one.span
    return (
        span is not None
        and _is_json(span)
        and len(fix.edits) == 1
        and fix.edits[0].span.first.line == span.first.line
        and "\n" not in fix.edits[0].text
    )


def _headline(one: Diagnostic, width: int) -> Iterator[Line]:
    level = one.severity.value
    head = f"{level}[{one.code} {one.name}]"
    first, *more = clean(one.message).split("\n")
    first, *rest = wrap(f"{head}: {first}", width - len(_INDENT))
    yield line(Piece(head, level), Piece(first[len(head) :], "message"))
    for text in rest + [text for paragraph in more for text in wrap(paragraph, width)]:
        yield line(Piece(_INDENT + text, "message"))


def _place(span: Span, text: str, gutter: int, width: int, mark: str, role: str) -> Iterator[Line]:
    line_number, column = span.first
    where = f"{one_line(span.source.path)}:{line_number}:{column}"
    what = f": {clean(text)}" if text else ""
    yield line(" " * gutter, Piece("--> ", "gutter"), Piece(where, "place"), what)
    if text and _is_json(span):
        return
    yield from excerpt(span, gutter=gutter, width=width, mark=mark, role=role)


def _fix(fix: Fix, mend: str, gutter: int, width: int) -> Iterator[Line]:
    if not fix.safe or not mend:
        yield from _remark("fix", _titled(fix), width)
    for change in changes(fix):
        yield line(Piece(f"{' ' * gutter} |", "gutter"))
        yield from patch(change, gutter=gutter, width=width)


def _titled(fix: Fix) -> str:
    return fix.title if fix.safe else f"{fix.title} (a guess, or it changes the video)"


def _remark(word: str, text: str, width: int) -> Iterator[Line]:
    head = f"{word}:".ljust(6)
    for paragraph in clean(text).split("\n"):
        for wrapped in wrap(paragraph, width - len(head)):
            yield line(Piece(head, word), wrapped)
            head = " " * len(head)


def wrap(text: str, width: int) -> list[str]:
    """Lines of whole words; a word that is longer than a line keeps one to itself, and `16.7 %` is one."""
    lines = [""]
    for each in text.replace(" %", "\xa0%").split(" "):
        word = each.replace("\xa0%", " %")
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def _gutter(one: Diagnostic) -> int:
    spans = [label.span for label in one.related]
    spans += [one.span] if one.span is not None else []
    spans += [edit.span for edit in one.fix.edits] if one.fix is not None else []
    return max((len(str(last_line(span))) for span in spans), default=1)
