"""The layout of a document, of a range, and of a line that is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor import layout
from wan22dsl.editor.layout import CannotFormat
from wan22dsl.editor.lsp import editing

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
            return editing.text_edits(server, layout.whole(view))
        except CannotFormat as error:
            editing.tell(server, f"{view.source.path}: {error}", is_warning=True)
            return None

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def part(params: types.DocumentRangeFormattingParams) -> list[types.TextEdit] | None:
        view = server.view(params.text_document.uri)
        if view is None:
            return None
        start, end = server.places.span(view.source, params.range)
        try:
            return editing.text_edits(server, layout.part(view, start, end))
        except CannotFormat as error:
            editing.tell(server, f"{view.source.path}: {error}", is_warning=True)
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
        return editing.text_edits(server, layout.typed(view, offset, params.ch))
