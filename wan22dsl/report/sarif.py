"""Findings as SARIF 2.1.0, which code hosts show on the changed lines of a pull request.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.about import REPOSITORY, rule_url
from wan22dsl.report.explanation import in_general, markdown, outline, summary
from wan22dsl.report.fingerprint import fingerprints
from wan22dsl.report.paths import readable, uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.diagnostics import Diagnostic, Edit, Fix, Label, Location, Message
    from wan22dsl.source import Span

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

#: What relative places are counted from; the reader knows where the linter was run.
_ROOT = "%SRCROOT%"


def render(found: Sequence[Diagnostic], version: str) -> str:
    """The findings as one run of the linter; `version` is the linter's own."""
    kinds = {
        finding.code: finding.kind for finding in sorted(found, key=lambda finding: finding.code)
    }
    index = {code: number for number, code in enumerate(kinds)}
    run = {
        "tool": {
            "driver": {
                "name": "wan22dsl",
                "semanticVersion": version,
                "informationUri": REPOSITORY,
                "rules": [_rule(message, version) for message in kinds.values()],
            }
        },
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The folder where the linter was run."}}
        },
        "results": [
            _result(finding, index[finding.code], fingerprint)
            for finding, fingerprint in zip(found, fingerprints(found))
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(kind: Message, version: str) -> dict[str, Any]:
    sections = outline(kind)
    short = f"{summary(kind).rstrip('.')}."
    return {
        "id": kind.code,
        "name": kind.name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": f"{short} {in_general(kind.why)}".rstrip()},
        "helpUri": rule_url(kind.code, kind.name, version),
        "help": {
            "text": "\n\n".join(f"{section.title}\n{section.text}" for section in sections)
            or kind.name,
            "markdown": markdown(sections) or kind.name,
        },
        "defaultConfiguration": {"level": kind.severity.value},
    }


def _result(finding: Diagnostic, rule: int, fingerprint: str) -> dict[str, Any]:
    text = "\n".join(part for part in (finding.message, finding.why, finding.help) if part)
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": readable(text)},
        "locations": [{"physicalLocation": _physical(finding.span), **_logical(finding.location)}],
        "partialFingerprints": {"wan/v1": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            _related(label, at) for at, label in enumerate(finding.related)
        ]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding.fix)]
    return result


def _logical(location: Location | None) -> dict[str, Any]:
    """The value by its JSON pointer, in the node by its id (SARIF 2.1.0, 3.33: kinds of JSON are named)."""
    if location is None:
        return {}
    found: list[dict[str, Any]] = [{"fullyQualifiedName": location.pointer, "kind": "value"}]
    if location.node:
        about = {"class": location.class_name, "title": location.title, "input": location.input}
        found.append(
            {
                "name": readable(location.title or location.class_name or location.node),
                "fullyQualifiedName": location.node,
                "kind": "object",
                "properties": {
                    "node": location.node,
                    **{k: item for k, item in about.items() if item},
                },
            }
        )
    return {"logicalLocations": found}


def _related(label: Label, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "physicalLocation": _physical(label.span),
        "message": {"text": readable(label.text)},
    }


def _fix(fix: Fix) -> dict[str, Any]:
    by_file: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_file.setdefault(edit.span.source.path, []).append(edit)
    caution = "" if fix.safe else " (unsafe: may change the video)"
    return {
        "description": {"text": readable(fix.title) + caution},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {
                        "deletedRegion": _region(edit.span),
                        "insertedContent": {"text": edit.text},
                    }
                    for edit in edits
                ],
            }
            for path, edits in by_file.items()
        ],
    }


def _physical(span: Span | None) -> dict[str, Any]:
    """A place; GitHub refuses a whole report for one finding without, so the folder is given for none."""
    if span is None:
        return {"artifactLocation": {"uri": ".", "uriBaseId": _ROOT}}
    return {"artifactLocation": _artifact(span.source.path), "region": _region(span)}


def _artifact(path: str) -> dict[str, str]:
    place = uri(path)
    return {"uri": place} if place.startswith("file:") else {"uri": place, "uriBaseId": _ROOT}


def _region(span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = (
        span.source.utf16(span.start),
        span.source.utf16(span.end),
    )
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
