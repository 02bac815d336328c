"""All fixes of a file at once, as `wan lint --fix` makes them: in rounds, and only those that help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.actions.model import FIX_ALL, Action
from wan22dsl.editor.changes import edits_to
from wan22dsl.errors import CatalogueError, CommandError
from wan22dsl.lint import fixing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.diagnostics import Diagnostic, Edit
    from wan22dsl.editor.project import Project
    from wan22dsl.editor.view import View
    from wan22dsl.source import Source


def of_file(view: View) -> Iterator[Action]:
    """All safe fixes of a file, where there is one."""
    if any(fixing.is_fixable(finding, view.source) for finding in view.findings):
        yield Action("Fix all that is safe to fix", FIX_ALL, later=("fix-all", ""))


def edits(project: Project, view: View, code: str = "") -> tuple[Edit, ...]:
    """What all safe fixes of a file change; with a code, all fixes of its findings, safe or not."""
    return edits_to(view.source, fixed(project, view, code))


def fixed(project: Project, view: View, code: str = "") -> str:
    """The text of a file with all safe fixes; with a code, with all fixes of its findings."""

    def judge(source: Source) -> Sequence[Diagnostic]:
        found = project.judge(source)
        if not code:
            return found
        return [each if each.code == code else each._replace(fix=None) for each in found]

    source = view.source
    try:
        return fixing.fix(
            source.text, judge, path=source.path, file=source.file, unsafe=bool(code)
        ).text
    except (CommandError, CatalogueError):  # the configuration has changed under it
        return source.text
