"""What `wan lint` shows of a report, and with which exit code it ends."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wan22dsl.cli.parts import COMMANDS, DATA, ERR, FILE, JSON, OUT, STYLED
from wan22dsl.escapes import one_line
from wan22dsl.report import terminal
from wan22dsl.report.lint_report import FOR_PEOPLE, Page, closing, render
from wan22dsl.report.text import WIDTH, counted
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.api.options import Options
    from wan22dsl.api.report import FixedFile, Report
    from wan22dsl.cli.parts import Parts

#: How each form goes to a stream; the others are for people.
_WAYS = {"json": JSON, "sarif": JSON, "gitlab": JSON, "junit": DATA, "github": COMMANDS}


class Form(NamedTuple):
    """The form of the output: one of the report's, in a file or on a stream, of findings or their numbers."""

    output_format: str
    output_file: str | None
    statistics: bool


def parts(report: Report, options: Options, form: Form) -> Parts:
    """Everything that is shown."""
    shown: Parts = [(ERR, f"left out: {one_line(reason)}\n") for reason in report.left_out]
    shown += [(ERR, f"error: {reason}\n") for reason in report.unreadable]
    if options.diff:
        shown.append((DATA, _patch(report.fixed)))
    elif options.fix:
        shown += _fixes(report)
    if options.write_baseline:
        return shown + [(ERR, f"wrote {one_line(file)}\n") for file in report.baselines]
    if report.files or not (report.unreadable and form.output_format in FOR_PEOPLE):
        to_error = options.diff or report.stdin_text is not None
        shown += _report(report, options, form, to_error=to_error)
    return shown


def _fixes(report: Report) -> Parts:
    """Standard input with its fixes, and how many fixes were made."""
    shown: Parts = []
    if report.stdin_text is not None:
        shown.append((DATA, report.stdin_text))
    if report.fixed:
        number = sum(len(file.findings) for file in report.fixed)
        files = counted(len(report.fixed), "file")
        shown.append((ERR, f"fixed {counted(number, 'finding')} in {files}\n"))
    return shown


def _patch(fixed: Sequence[FixedFile]) -> str:
    from wan22dsl.report import patch

    return "".join(patch.diff(file.before, file.after, file.path) for file in fixed)


def _report(report: Report, options: Options, form: Form, *, to_error: bool) -> Parts:
    """The report. It goes to standard error where standard output has a file or a patch."""
    in_file = form.output_file is not None
    coloured = not (in_file or to_error) and terminal.wants_colour(sys.stdout)
    width = WIDTH if in_file else terminal.width_of(sys.stdout, WIDTH)
    text = render(
        report,
        form.output_format,
        Page(width, terminal.height_of(sys.stdout), coloured),
        statistics=form.statistics,
        whole=in_file,
        offers_fixes=not options.changes_files,
    )
    if in_file:
        return [(FILE, text), (ERR if to_error else OUT, closing(report))]
    if to_error:
        return [(ERR, text)]
    return [(_WAYS.get(form.output_format, STYLED if coloured else OUT), text)]
