"""The report of a run of the linter, in each form that `wan lint` offers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from wan22dsl.escapes import in_log, one_line
from wan22dsl.report import terminal
from wan22dsl.report.lines import plain
from wan22dsl.report.text import WIDTH, counted, fixable, summary
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.api.report import Report
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.report.lines import Line

#: The forms for people; all others are read by programs, which expect a report whatever happens.
FOR_PEOPLE = ("text", "full", "concise")

#: The forms for programs.
FOR_PROGRAMS = ("json", "sarif", "github", "gitlab", "junit")

#: The last line where the findings are shortened.
_MORE = "shortened; `--output-format full` shows all, `wan explain NAME` explains a rule\n"

#: So many input files are named; of more, the number is shown.
_MOST_NAMED = 4

#: The lines of a report in `text` that no terminal shows, as in a log. There it may be longer than that, but
#: keeps what to do.
_LOG_LINES = 48

#: Lines of a screen that are left for what is below the findings.
_LINES_BELOW = 5


class Page(NamedTuple):
    """What a report for people is laid out for: columns, and the lines of a terminal (None: no terminal)."""

    width: int = WIDTH
    height: int | None = None
    coloured: bool = False


#: A log, or a file.
_LOG = Page()


def render(
    report: Report,
    form: str = "text",
    page: Page = _LOG,
    *,
    statistics: bool = False,
    whole: bool = False,
    offers_fixes: bool = True,
) -> str:
    """The report in a form, one of FOR_PEOPLE and FOR_PROGRAMS, with a line end.

    `statistics`: the number of findings of each rule in place of these. `whole`: `text` is not shortened to
    fit a screen. `offers_fixes`: the last lines say how many findings `--fix` fixes. With colours all is
    safe to show.
    """
    if statistics:
        return _statistics(report, form, page)
    if form not in FOR_PROGRAMS:
        return _for_people(report, form, page, whole=whole, offers_fixes=offers_fixes)
    findings = report.findings
    if form == "junit":
        from wan22dsl.report import junit

        return junit.render(findings, report.files)
    if form == "gitlab":
        from wan22dsl.report import gitlab

        return gitlab.render(findings)
    if form == "github":
        from wan22dsl.report import github

        return github.render(findings)
    from wan22dsl import __version__

    if form == "sarif":
        from wan22dsl.report import sarif

        return sarif.render(findings, __version__)
    from wan22dsl.report import json

    return json.render(findings, len(report.files), __version__, report.inputs)


def closing(report: Report, *, offers_fixes: bool = False) -> str:
    """The last lines: how many findings count and how many do not, and where the input files are."""
    parts = []
    if report.suppressed:
        parts.append(f"{report.suppressed} suppressed")
    if report.in_baseline:
        parts.append(f"{report.in_baseline} in the baseline")
    others = f" ({', '.join(parts)})" if parts else ""
    fixes = fixable(report.findings) if offers_fixes else ""
    lines = f"{summary(report.findings, len(report.files))}{others}\n"
    lines += f"{fixes}\n" if fixes else ""
    lines += _inputs(report.inputs)
    if report.suppressed_errors:
        errors = counted(report.suppressed_errors, "suppressed error")
        verb = "stops" if report.suppressed_errors == 1 else "stop"
        lines += f"{errors} still {verb} `wan compile` and `wan run`\n"
    return lines


def _for_people(report: Report, form: str, page: Page, *, whole: bool, offers_fixes: bool) -> str:
    """The findings in the form that fits, which files have them, and how many there are."""
    found = report.findings
    if not found:
        return in_log(closing(report, offers_fixes=offers_fixes))
    from wan22dsl.report import compact, overview

    height, detail = None, compact.Detail.FULL
    if form == "concise":
        detail = compact.Detail.LINE
        lines = list(compact.shown(found, detail, width=None))
    elif form == "full" or whole:
        lines = list(compact.shown(found, detail, width=page.width))
    else:
        height = _LOG_LINES if page.height is None else max(page.height - _LINES_BELOW, 1)
        least = compact.Detail.HELP if page.height is None else compact.Detail.LINE
        detail, lines = compact.fitting(found, width=page.width, height=height, least=least)
    crowded = detail is compact.Detail.FULL or len(lines) > (height or _LOG_LINES)
    listed = crowded and form != "concise"  # there every line is a finding
    files = list(overview.report(found, width=page.width)) if listed else []
    shown = [*lines, *([()] if lines else []), *files, *([()] if files else [])]
    more = _MORE if lines and height and detail is not compact.Detail.FULL else ""
    return _text(shown, page) + in_log(closing(report, offers_fixes=offers_fixes)) + more


def _inputs(inputs: Sequence[Diagnostic]) -> str:
    """Where the input files are: by name while they are few, else how many are where."""
    names: dict[str, dict[str, None]] = {}
    for finding in inputs:
        where, file = str(finding.fields["where"]), one_line(str(finding.fields["file"]))
        names.setdefault(where, {})[file] = None
    few = sum(map(len, names.values())) <= _MOST_NAMED
    parts = [
        f"{', '.join(files) if few else len(files)} {where}"
        for where, files in sorted(names.items())
    ]
    return f"input files: {'; '.join(parts)}\n" if parts else ""


def _statistics(report: Report, form: str, page: Page) -> str:
    from wan22dsl.report import statistics

    if form == "json":
        return statistics.render(report.findings)
    lines = list(statistics.report(report.findings))
    return _text(lines, page) + ("\n" if lines else "") + in_log(closing(report))


def _text(lines: Sequence[Line], page: Page) -> str:
    """The lines as one string."""
    if not page.coloured:
        return plain(lines)
    text = io.StringIO()
    terminal.write(lines, text)
    return text.getvalue()
