"""A finding suppressed by a comment, put where it suppresses that one and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit
from wan22dsl.editor.actions.fixes import OF_COMMENTS
from wan22dsl.editor.actions.model import QUICK_FIX, Action
from wan22dsl.language.syntax import tree
from wan22dsl.lint.policy import suppressions
from wan22dsl.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.editor.view import View

#: In place of the reason, which only the user knows.
_REASON = "TODO: why"

#: Behind the title for an error, which stops compiling all the same.
_STILL_STOPS = " (it still does not compile)"


def of_finding(view: View, finding: Diagnostic) -> Iterator[Action]:
    """A finding suppressed where it is, and with all of its kind in the file."""
    if view.module is None or finding.span is None or finding.code.startswith(OF_COMMENTS):
        return
    still = _STILL_STOPS if finding.is_error else ""
    edit = here(view, finding)
    if edit is not None:
        yield Action(f"Suppress {finding.name} here{still}", QUICK_FIX, (edit,), finding)
    edit = in_file(view, finding)
    if edit is not None:
        yield Action(f"Suppress {finding.name} in this file{still}", QUICK_FIX, (edit,), finding)


def here(view: View, finding: Diagnostic) -> Edit | None:
    """The comment that suppresses a finding, and others of its kind only where they are on its line.

    None where there is no such place, as in a string of several lines with several such findings.
    """
    assert finding.span is not None
    line = finding.span.first.line
    for edit in _places(view.source, finding, _first_lines(view, finding)):
        gone = _suppressed(view, finding, edit)
        if finding in gone and all(_line(each) == line for each in gone):
            return edit
    return None


def in_file(view: View, finding: Diagnostic) -> Edit | None:
    """The comment that suppresses all findings of a kind in a file: above `wan 1`, or at the start."""
    assert view.tree is not None
    head = (each.start for each in view.tree.declarations if isinstance(each, tree.Header))
    start = min((at for at in head if view.source.text.startswith("wan", at)), default=0)
    line = view.source.position(start).line
    edit = _above(view.source, line, f"# wan: {suppressions.FILE}({finding.name}) {_REASON}")
    return edit if finding in _suppressed(view, finding, edit) else None


def _places(source: Source, finding: Diagnostic, lines: list[int]) -> Iterator[Edit]:
    """Where a comment may suppress a finding: in a comment that is there, at the end of its line, above."""
    assert finding.span is not None
    line = finding.span.first.line
    for comment in suppressions.comments(source):
        if comment.first <= line <= comment.last:
            yield from _longer(comment, finding)
    said = f"# wan: {suppressions.LINE}({finding.name}) {_REASON}"
    start, end = source.bounds(line)
    end = start + len(source.text[start:end].rstrip())
    yield Edit(Span(source, end, end), f" {said}")
    for number in lines:
        yield _above(source, number, said)


def _longer(comment: suppressions.Comment, finding: Diagnostic) -> Iterator[Edit]:
    """The name put to those that a comment has already."""
    source, start, _ = comment.span
    text = comment.span.text
    close = text.find(")")
    if comment.text.startswith(f"{suppressions.LINE}(") and close > 0:
        yield Edit(Span(source, start + close, start + close), f", {finding.name}")


def _above(source: Source, line: int, comment: str) -> Edit:
    """A comment in a line of its own above another, indented as that one."""
    start, end = source.bounds(line)
    text = source.text[start:end]
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    return Edit(Span(source, start, start), f"{indent}{comment}\n")


def _first_lines(view: View, finding: Diagnostic) -> list[int]:
    """The lines in which what is around a finding begins, the innermost first."""
    assert finding.span is not None and view.tree is not None
    way = tree.at(view.tree, finding.span.start)
    lines = [finding.span.first.line]
    lines += [view.source.position(node.start).line for node in reversed(way[1:])]
    return list(dict.fromkeys(lines))


def _suppressed(view: View, finding: Diagnostic, edit: Edit) -> list[Diagnostic]:
    """The findings of a kind in a file that are suppressed with an edit in it."""
    at = edit.span.start
    before = view.source
    after = Source(before.text[:at] + edit.text + before.text[at:], before.path, before.file)
    said, _ = suppressions.read(after, lambda: {finding.code: finding.name})
    own = [each for each in said if each.name == finding.name]
    found = []
    for each in view.findings:
        if each.span is None or each.span.source.path != before.path or each.code != finding.code:
            continue
        start = each.span.start + (len(edit.text) if each.span.start >= at else 0)
        moved = each._replace(span=Span(after, start, start))
        if any(suppression.covers(moved) for suppression in own):
            found.append(each)
    return found


def _line(finding: Diagnostic) -> int:
    assert finding.span is not None
    return finding.span.first.line
