"""Findings as diagnostics: pushed after each change, with the version that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.diagnostics import Severity

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.editor.view import View

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}


def register(server: WanServer) -> None:
    """Nothing is asked yet: diagnostics are pushed."""


def push(server: WanServer) -> None:
    """Sends the diagnostics of every open document."""
    for uri, document in server.documents.items():
        view = server.view(uri)
        if view is not None:
            server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(
                    uri, diagnostics_of(server, view), version=document.version
                )
            )


def diagnostics_of(server: WanServer, view: View) -> list[types.Diagnostic]:
    """The findings whose place is in a file."""
    return [
        _diagnostic(server, view, finding)
        for finding in view.findings
        if finding.span is None or finding.span.source.path == view.source.path
    ]


def _diagnostic(server: WanServer, view: View, finding: Diagnostic) -> types.Diagnostic:
    start, end = (0, 0) if finding.span is None else (finding.span.start, finding.span.end)
    return types.Diagnostic(
        server.places.range(view.source, start, end),
        finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.code,
        source="wan",
    )
