"""Findings as workflow commands of GitHub Actions, which shows them on the lines of a pull request.

Source: GitHub Docs, Workflow commands for GitHub Actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Severity
from wan22dsl.escapes import visible
from wan22dsl.report.paths import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Span

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(found: Sequence[Diagnostic]) -> str:
    """One command a line; empty when there are no findings."""
    return "".join(_command(finding) for finding in found)


def _command(finding: Diagnostic) -> str:
    place = {} if finding.span is None else _place(finding.span)
    properties = {**place, "title": f"{finding.code} {finding.name}"}
    text = "\n".join(part for part in (finding.message, finding.help) if part)
    return command(_COMMANDS[finding.severity], text, properties)


def command(kind: str, text: str, properties: Mapping[str, str]) -> str:
    """A workflow command: `error`, `warning` or `notice`."""
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {listed}::{_data(text)}\n"


def _place(span: Span) -> dict[str, str]:
    """Columns are taken only where a finding is on one line."""
    (line, column), (end_line, end_column) = span.first, span.last
    where = {"file": shown(span.source.path), "line": str(line)}
    if line == end_line:
        where |= {"col": str(column), "endLine": str(line), "endColumn": str(end_column)}
    else:
        where["endLine"] = str(end_line)
    return where


def _data(text: str) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(text)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
