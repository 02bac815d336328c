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
    cases = [_case(path, by_path[path]) for path in by_path]
    failures = sum("<failure " in case for case in cases)
    tally = f'name="{_SUITE}" tests="{len(cases)}" failures="{failures}" errors="0" skipped="0" time="0"'
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {tally}>\n'
        f"  <testsuite {tally}>\n{''.join(cases)}  </testsuite>\n</testsuites>\n"
    )
    return text.replace("##[", "#&#35;[")  # which a log of GitHub Actions would take for a command


def _case(path: str, found: Sequence[Diagnostic]) -> str:
    name = path if path == NO_FILE else shown(path)
    head = f"    <testcase name={_attribute(name)} classname={_attribute(_SUITE)}"
    head += f' file={_attribute(name)} time="0"' if path != NO_FILE else ' time="0"'
    if not found:
        return f"{head}/>\n"
    text = escape(readable("\n".join(map(_text, found))))
    levels = {finding.severity for finding in found}
    if levels <= {Severity.NOTE}:
        return f"{head}>\n      <system-out>{text}</system-out>\n    </testcase>\n"
    kind = Severity.ERROR if Severity.ERROR in levels else Severity.WARNING
    failure = f"<failure message={_attribute(counts(found))} type={_attribute(kind.value)}>"
    return f"{head}>\n      {failure}{text}</failure>\n    </testcase>\n"


def _text(finding: Diagnostic) -> str:
    where = "" if finding.span is None else "{}:{}: ".format(*finding.span.first)
    text = f"{where}{finding.severity.value}[{finding.code} {finding.name}]: {finding.message}"
    return f"{text}\n    {finding.help}" if finding.help else text


def _attribute(text: str) -> str:
    return quoteattr(readable(text))
