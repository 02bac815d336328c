"""Hover: what is shown about the place under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor.hovers import hover

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer


def register(server: WanServer) -> None:
    """`textDocument/hover`."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        view, offset = server.place(params)
        found = hover.at(view, offset) if view is not None else None
        if view is None or found is None:
            return None
        return types.Hover(
            types.MarkupContent(types.MarkupKind.Markdown, found.markdown),
            server.places.range(view.source, found.start, found.end),
        )
