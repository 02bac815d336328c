"""The layout of a document, of a range, and of a line that is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor import layout
from wan22dsl.editor.layout import CannotFormat

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer


def register(server: WanServer) -> None:
    """What is asked about layout. The client's width of tabs changes nothing: the layout is canonical."""

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def whole(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        view = server.view(params.text_document.uri)
        if view is None:
            return None
        try:
            return server.places.text_edits(layout.whole(view))
        except CannotFormat as error:
            server.show(f"{view.source.path}: {error}")
            return None

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def part(params: types.DocumentRangeFormattingParams) -> list[types.TextEdit] | None:
        view = server.view(params.text_document.uri)
        if view is None:
            return None
        start, end = server.places.span(view.source, params.range)
        try:
            return server.places.text_edits(layout.part(view, start, end))
        except CannotFormat as error:
            server.show(f"{view.source.path}: {error}")
            return None

    @server.feature(
        types.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
        types.DocumentOnTypeFormattingOptions("}", ["\n", ")", "]"]),
    )
    def typed(params: types.DocumentOnTypeFormattingParams) -> list[types.TextEdit] | None:
        view = server.view(params.text_document.uri)
        if view is None:
            return None
        offset = server.places.offset(view.source, params.position)
        return server.places.text_edits(layout.typed(view, offset, params.ch))
