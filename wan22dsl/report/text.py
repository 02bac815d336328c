"""Diagnostics for people: what is wrong, where, why it matters and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Severity
from wan22dsl.escapes import one_line
from wan22dsl.report.lines import Line, Piece, clean, line, plain

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
    diagnostics: Iterable[Diagnostic], *, width: int = WIDTH, known: Iterable[str] = ()
) -> Iterator[Line]:
    """The lines of a report. Why something matters is shown the first time only, and not if it is `known`."""
    shown = set(known)
    for number, finding in enumerate(diagnostics):
        if number:
            yield ()
        yield from _finding(finding, finding.why not in shown, width)
        shown.add(finding.why)


def summary(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """How many there are: `2 errors, 1 warning in 3 files`, `no problems found in 1 file`."""
    return f"{counts(diagnostics) or 'no problems found'} in {counted(files, 'file')}"


def counts(diagnostics: Iterable[Diagnostic]) -> str:
    """How many there are of each severity: `2 errors, 1 warning`; empty when there are none."""
    numbers = dict.fromkeys(Severity, 0)
    for finding in diagnostics:
        numbers[finding.severity] += 1
    return ", ".join(counted(number, level.value) for level, number in numbers.items() if number)


def fixable(diagnostics: Iterable[Diagnostic]) -> str:
    """How many of them have a fix, and which options apply it; empty when none has."""
    fixes = [finding.fix for finding in diagnostics if finding.fix is not None]
    safe = sum(fix.safe for fix in fixes)
    unsafe = len(fixes) - safe
    parts = [f"{safe} fixable with `--fix`"] if safe else []
    if unsafe:
        how = "more with `--unsafe-fixes`" if safe else "fixable with `--fix --unsafe-fixes`"
        parts.append(f"{unsafe} {how} (may change the video)")
    return ", ".join(parts)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _finding(finding: Diagnostic, shows_why: bool, width: int) -> Iterator[Line]:
    level = finding.severity.value
    yield from _headline(finding, width)
    gutter = _gutter(finding)
    if finding.span is not None:
        yield from _place(finding.span, "", gutter, width, "^", level)
    for label in finding.related:
        yield from _place(label.span, label.text, gutter, width, "-", "related")
    if shows_why and finding.why:
        yield from _remark("why", finding.why, width)
    if finding.help:
        yield from _remark("help", finding.help, width)
    if finding.fix is not None:
        if _is_shown_already(finding, finding.fix):
            yield from _fix_title(finding.fix, width)
        else:
            yield from _fix(finding.fix, finding.help, gutter, width)


def _is_json(span: Span) -> bool:
    """Whether a place is in JSON, where lines say little and the message names the node."""
    return span.source.text[:1] in {"{", "["}


def _is_shown_already(finding: Diagnostic, fix: Fix) -> bool:
    """Whether a fix only writes another value where the finding points, in JSON."""
    span = finding.span
    return (
        span is not None
        and _is_json(span)
        and len(fix.edits) == 1
        and fix.edits[0].span.first.line == span.first.line
        and "\n" not in fix.edits[0].text
    )


def _headline(finding: Diagnostic, width: int) -> Iterator[Line]:
    level = finding.severity.value
    head = f"{level}[{finding.code} {finding.name}]"
    first, *more = clean(finding.message).split("\n")
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
    from wan22dsl.report.excerpt import excerpt  # not for a file without findings

    yield from excerpt(span, gutter=gutter, width=width, mark=mark, role=role)


def _fix(fix: Fix, help: str, gutter: int, width: int) -> Iterator[Line]:
    if not fix.safe or not help:
        yield from _fix_title(fix, width)
    from wan22dsl.report.patch import changes, patch

    for change in changes(fix):
        yield line(Piece(f"{' ' * gutter} |", "gutter"))
        yield from patch(change, gutter=gutter, width=width)


def _fix_title(fix: Fix, width: int) -> Iterator[Line]:
    yield from _remark("fix" if fix.safe else "fix (unsafe)", fix.title, width, role="fix")


def _remark(word: str, text: str, width: int, *, role: str = "") -> Iterator[Line]:
    head = f"{word}: ".ljust(6)
    for paragraph in clean(text).split("\n"):
        for wrapped in wrap(paragraph, width - len(head)):
            yield line(Piece(head, role or word), wrapped)
            head = " " * len(head)


def wrap(text: str, width: int) -> list[str]:
    """Lines of whole words; a word that is longer than a line keeps one to itself, and `16.7 %` is one."""
    lines = [""]
    for part in text.replace(" %", "\xa0%").split(" "):
        word = part.replace("\xa0%", " %")
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def _gutter(finding: Diagnostic) -> int:
    from wan22dsl.report.excerpt import last_line

    spans = [label.span for label in finding.related]
    spans += [finding.span] if finding.span is not None else []
    spans += [edit.span for edit in finding.fix.edits] if finding.fix is not None else []
    return max((len(str(last_line(span))) for span in spans), default=1)
