"""Findings as JUnit XML: each file is a test case, which fails where there are errors or warnings.

There is no standard. This is what the readers of Jenkins, GitLab and GitHub have in common: one `failure`
at most in a case, and the counts on the suite and on the whole.
Source: Jenkins xUnit plugin, junit-10.xsd; GitLab Docs, Unit test reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from wan22dsl.diagnostics import Severity
from wan22dsl.report.paths import readable, shown
from wan22dsl.report.text import counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wan22dsl.diagnostics import Diagnostic

#: The case of what belongs to no file.
NO_FILE = "(no file)"

_SUITE = "wan lint"


def render(found: Sequence[Diagnostic], paths: Iterable[str]) -> str:
    """The report as XML text; `paths` are all files that were looked at, by the names to show."""
    by_path: dict[str, list[Diagnostic]] = {path: [] for path in paths}
    for finding in found:
        by_path.setdefault(
            NO_FILE if finding.span is None else finding.span.source.path, []
        ).append(finding)
    return document(_SUITE, [_case(path, by_path[path]) for path in by_path])


def document(suite: str, cases: Sequence[str]) -> str:
    """The whole file: cases made by `case` in one suite."""
    tally = f'name={attribute(suite)} tests="{len(cases)}"'
    for kind, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        tally += f' {plural}="{sum(f"<{kind} " in each for each in cases)}"'
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {tally} time="0">\n'
        f'  <testsuite {tally} time="0">\n{"".join(cases)}  </testsuite>\n</testsuites>\n'
    )
    return text.replace("##[", "#&#35;[")  # which a log of GitHub Actions would take for a command


def case(suite: str, name: str, inner: str = "", *, file: str = "", seconds: float = 0) -> str:
    """A test case; `inner` is XML: what failed, or what it printed."""
    head = f"    <testcase name={attribute(name)} classname={attribute(suite)}"
    head += f" file={attribute(file)}" if file else ""
    head += f' time="{seconds:g}"'
    return f"{head}>\n      {inner}\n    </testcase>\n" if inner else f"{head}/>\n"


def outcome(kind: str, message: str, type: str, text: str = "") -> str:
    """What became of a case: `failure`, `error` or `skipped`."""
    head = f"<{kind} message={attribute(message)} type={attribute(type)}"
    return f"{head}>{content(text)}</{kind}>" if text else f"{head}/>"


def content(text: str) -> str:
    """A text as XML."""
    return escape(readable(text))


def _case(path: str, found: Sequence[Diagnostic]) -> str:
    file = "" if path == NO_FILE else shown(path)
    if not found:
        return case(_SUITE, file or NO_FILE, file=file)
    text = "\n".join(map(_text, found))
    levels = {finding.severity for finding in found}
    if levels <= {Severity.NOTE}:
        inner = f"<system-out>{content(text)}</system-out>"
    else:
        kind = Severity.ERROR if Severity.ERROR in levels else Severity.WARNING
        inner = outcome("failure", counts(found), kind.value, text)
    return case(_SUITE, file or NO_FILE, inner, file=file)


def _text(finding: Diagnostic) -> str:
    where = "" if finding.span is None else "{}:{}: ".format(*finding.span.first)
    text = f"{where}{finding.severity.value}[{finding.code} {finding.name}]: {finding.message}"
    return f"{text}\n    {finding.help}" if finding.help else text


def attribute(text: str) -> str:
    """A text as the value of an attribute, in quotes."""
    return quoteattr(readable(text))
