"""The fixes of findings, as actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.results import is_library
from wan22dsl.editor.actions.model import QUICK_FIX, Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.editor.view import View

#: The codes of what the linter says of its own comments.
OF_COMMENTS = "WAN0"

#: Behind the title of a fix that is not safe, of a pipeline that ran until now.
MAY_CHANGE = " (may change the video)"


def findings_at(view: View, start: int, end: int) -> list[Diagnostic]:
    """The findings in a stretch of a text, or that touch it; without a place they are at the start."""
    found = []
    for finding in view.findings:
        if finding.span is None:
            first = last = 0
        elif finding.span.source.path == view.source.path:
            first, last = finding.span.start, finding.span.end
        else:
            continue
        if first <= end and start <= last:
            found.append(finding)
    return found


def of_findings(found: Sequence[Diagnostic]) -> Iterator[Action]:
    """The fix of each finding, each once.

    It is preferred where it is the only one and safe, or where nothing can be compiled without it: then there
    is no video that it may change. What is preferred is made by one key, and never unasked.
    """
    fixable = [finding for finding in found if finding.fix and can_be_made(finding.fix)]
    seen = set()
    for finding in fixable:
        assert finding.fix is not None
        what = (finding.fix.title, finding.fix.edits)
        if what in seen:
            continue
        seen.add(what)
        certain = _is_certain(finding)
        only = all((other.fix and other.fix.edits) == finding.fix.edits for other in fixable)
        title = finding.fix.title[:1].upper() + finding.fix.title[1:]
        if not certain:
            title += MAY_CHANGE
        yield Action(title, QUICK_FIX, finding.fix.edits, finding, certain and only)


def can_be_made(fix: Fix) -> bool:
    """Whether a fix changes only files that can be changed: none of the library, and none without a name."""
    files = [edit.span.source.file for edit in fix.edits]
    return bool(files) and all(file is not None and not is_library(str(file)) for file in files)


def several(view: View, found: Sequence[Diagnostic]) -> Iterator[Action]:
    """For each kind of finding here that the file has several fixes for: all of them at once."""
    counts: dict[str, list[Diagnostic]] = {}
    for finding in view.findings:
        if _is_here(view, finding):
            counts.setdefault(finding.code, []).append(finding)
    for code in dict.fromkeys(finding.code for finding in found if _is_here(view, finding)):
        same = counts[code]
        if len(same) < 2:
            continue
        may_change = "" if all(map(_is_certain, same)) else MAY_CHANGE
        title = f"Fix all {same[0].name} in this file{may_change}"
        yield Action(title, QUICK_FIX, None, same[0], later=("fix-all", code))


def _is_certain(finding: Diagnostic) -> bool:
    """Whether a fix changes no video: it is safe, there is none without it, or it is in a comment."""
    is_safe = finding.fix is not None and finding.fix.safe
    return is_safe or finding.is_error or finding.code.startswith(OF_COMMENTS)


def _is_here(view: View, finding: Diagnostic) -> bool:
    """Whether a finding has a fix, all of it in this file."""
    return finding.fix is not None and all(
        edit.span.source.path == view.source.path for edit in finding.fix.edits
    )
