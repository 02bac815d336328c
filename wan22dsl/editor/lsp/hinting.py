"""Inlay hints: frames, sigmas, seconds and sizes within the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor import hints

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer


def register(server: WanServer) -> None:
    """`textDocument/inlayHint`, for the lines that are shown."""

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def hinted(params: types.InlayHintParams) -> list[types.InlayHint]:
        view = server.view(params.text_document.uri)
        if view is None:
            return []
        start, end = server.places.span(view.source, params.range)
        shown = server.project.settings.hints
        return [
            types.InlayHint(
                server.places.position(view.source, hint.offset),
                hint.label,
                kind=types.InlayHintKind.Type,
                tooltip=types.MarkupContent(types.MarkupKind.Markdown, hint.tooltip),
                padding_left=True,
            )
            for hint in hints.of(view, start, end, shown)
        ]
