"""Diagnostics for programs: stable JSON, as `schemas/lint_report.schema.json` describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.about import rule_url
from wan22dsl.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.diagnostics import Diagnostic, Fix, Location
    from wan22dsl.source import Span


def render(
    diagnostics: Sequence[Diagnostic],
    files: int,
    version: str,
    inputs: Sequence[Diagnostic] = (),
) -> str:
    """The report as JSON text with a line end.

    `files` is how many files were linted, `version` the linter's own; `inputs` say of the input files
    where they are.
    """
    data = as_data(diagnostics, files, version, inputs)
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def as_data(
    diagnostics: Sequence[Diagnostic],
    files: int,
    version: str,
    inputs: Sequence[Diagnostic] = (),
) -> dict[str, Any]:
    """The report as plain data."""
    levels = [finding.severity for finding in diagnostics]
    return {
        "diagnostics": [_diagnostic(finding, version) for finding in diagnostics],
        "summary": {
            "errors": levels.count(Severity.ERROR),
            "warnings": levels.count(Severity.WARNING),
            "notes": levels.count(Severity.NOTE),
            "files": files,
        },
        "input_files": [
            {"name": finding.fields["file"], "message": finding.message, **_place(finding.span)}
            for finding in inputs
        ],
    }


def _diagnostic(finding: Diagnostic, version: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "why": finding.why,
        "help": finding.help,
        "url": rule_url(finding.code, finding.name, version),
        **_place(finding.span),
        "related": [{"message": label.text, **_place(label.span)} for label in finding.related],
        "fix": None if finding.fix is None else _fix(finding.fix),
        "location": None if finding.location is None else _location(finding.location),
    }


def _location(location: Location) -> dict[str, str | None]:
    """Where a finding on ComfyUI JSON is; what does not apply is null."""
    names = ("pointer", "node", "class", "title", "input")
    return {
        name: value or (None if name != "pointer" else "") for name, value in zip(names, location)
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{**_place(edit.span), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _place(span: Span | None) -> dict[str, Any]:
    names = ("path", "line", "column", "end_line", "end_column")
    values = (None,) * 5 if span is None else (span.source.path, *span.first, *span.last)
    return dict(zip(names, values, strict=True))
