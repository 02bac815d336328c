"""Everything that is offered at a place, in the order in which an editor shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.policy import INPUT_FILE
from wan22dsl.editor.actions import fix_all, fixes, ignoring, suppressing
from wan22dsl.editor.actions.model import FIX_ALL, QUICK_FIX, Action, is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.project import Project
    from wan22dsl.editor.view import View

#: Of more findings in a selection, only the first are suppressed or ignored one by one.
_MOST_FINDINGS = 20


def at(
    project: Project,
    view: View,
    start: int,
    end: int,
    only: tuple[str, ...] | None = None,
    *,
    asked: bool = True,
) -> Iterator[Action]:
    """The actions for a stretch of a text. Not `asked` by the user: only those that fix something.

    `only` are the kinds that are wanted.
    """
    if is_wanted(QUICK_FIX, only):
        yield from _quick_fixes(project, view, start, end, asked=asked)
    if is_wanted(FIX_ALL, only) and (asked or only):
        yield from fix_all.of_file(view)


def _quick_fixes(
    project: Project, view: View, start: int, end: int, *, asked: bool
) -> Iterator[Action]:
    found = fixes.findings_at(view, start, end)
    yield from fixes.of_findings(found)
    if not asked:
        return
    yield from fixes.several(view, found)
    kinds = set()
    for finding in found[:_MOST_FINDINGS]:
        if finding.code == INPUT_FILE:
            continue
        yield from suppressing.of_finding(view, finding)
        if finding.code not in kinds:
            kinds.add(finding.code)
            yield from ignoring.of_finding(project, view, finding)
            yield Action(
                f"Explain {finding.name}", QUICK_FIX, None, finding, later=("explain", finding.code)
            )
