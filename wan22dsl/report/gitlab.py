"""Findings as a Code Quality report of GitLab, which shows them in merge requests.

Source: GitLab Docs, Code Quality, Code Quality report format.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Severity
from wan22dsl.report.fingerprint import fingerprints
from wan22dsl.report.paths import shown
from wan22dsl.report.readable import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Span

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(found: Sequence[Diagnostic]) -> str:
    """The report as JSON text with a line end."""
    issues = [_issue(one, key) for one, key in zip(found, fingerprints(found))]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(one: Diagnostic, fingerprint: str) -> dict[str, Any]:
    told = f"{one.code} {one.name}: {one.message}"
    return {
        "description": readable(f"{told}\n{one.mend}" if one.mend else told),
        "check_name": one.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[one.severity],
        "location": _location(one.span),
    }


def _location(span: Span | None) -> dict[str, Any]:
    """GitLab asks for a place in any case; what belongs to no file gets the folder's first line."""
    if span is None:
        return {"path": ".", "lines": {"begin": 1, "end": 1}}
    lines = {"begin": span.first.line, "end": span.last.line}
    return {"path": readable(shown(span.source.path)), "lines": lines}
