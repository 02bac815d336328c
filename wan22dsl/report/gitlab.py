"""Findings as a Code Quality report of GitLab, which shows them in merge requests.

Source: GitLab Docs, Code Quality, Code Quality report format.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Severity
from wan22dsl.report.fingerprint import fingerprints
from wan22dsl.report.paths import readable, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Span

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(found: Sequence[Diagnostic]) -> str:
    """The report as JSON text with a line end."""
    issues = [_issue(finding, key) for finding, key in zip(found, fingerprints(found))]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(finding: Diagnostic, fingerprint: str) -> dict[str, Any]:
    text = f"{finding.code} {finding.name}: {finding.message}"
    return {
        "description": readable(f"{text}\n{finding.help}" if finding.help else text),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": _location(finding.span),
    }


def _location(span: Span | None) -> dict[str, Any]:
    """GitLab asks for a place in any case; what belongs to no file gets the folder's first line."""
    if span is None:
        return {"path": ".", "lines": {"begin": 1, "end": 1}}
    lines = {"begin": span.first.line, "end": span.last.line}
    return {"path": readable(shown(span.source.path)), "lines": lines}
