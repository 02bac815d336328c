"""Outlines of documents and of folders, folding, and what a selection grows to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor import folding, selection, symbols
from wan22dsl.editor.lsp import editing
from wan22dsl.editor.workspace_symbols import WorkspaceSymbols

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.editor.symbols import Symbol
    from wan22dsl.editor.view import View

_KINDS = {
    "pass": types.SymbolKind.Event,
    "stage": types.SymbolKind.Function,
    "pipeline": types.SymbolKind.Class,
    "graph": types.SymbolKind.Class,
    "node": types.SymbolKind.Interface,
    "param": types.SymbolKind.Constant,
    "let": types.SymbolKind.Variable,
    "setting": types.SymbolKind.Property,
    "parameter": types.SymbolKind.Variable,
    "input": types.SymbolKind.Field,
    "output": types.SymbolKind.Field,
    "element": types.SymbolKind.Method,
    "branch": types.SymbolKind.Array,
    "node_call": types.SymbolKind.Object,
    "subgraph": types.SymbolKind.Module,
    "family": types.SymbolKind.Struct,
    "profile": types.SymbolKind.Struct,
    "target": types.SymbolKind.Struct,
    "bench": types.SymbolKind.Struct,
}


def register(server: WanServer) -> None:
    """What is asked about whole documents, and about all of them."""
    of_all = WorkspaceSymbols(server.project)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(
        params: types.DocumentSymbolParams,
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
        view = server.view(params.text_document.uri)
        if view is None:
            return []
        found = symbols.of(view)
        document = server.client_capabilities.text_document
        can = document.document_symbol if document is not None else None
        if can is not None and can.hierarchical_document_symbol_support:
            return [_symbol(server, view, each) for each in found]
        return [
            types.SymbolInformation(
                types.Location(
                    params.text_document.uri, server.places.range(view.source, each.start, each.end)
                ),
                each.name,
                kind_of(each.kind),
            )
            for each in found
        ]

    @server.feature(types.WORKSPACE_SYMBOL)
    def look_for(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        editing.project_of(server)
        return [
            types.WorkspaceSymbol(
                types.Location(
                    editing.uri_in(server, each.source.file),
                    server.places.range(each.source, each.symbol.name_start, each.symbol.name_end),
                ),
                each.symbol.name,
                kind_of(each.symbol.kind),
                container_name=each.source.file.name,
            )
            for each in of_all.find(params.query)
            if each.source.file is not None
        ]

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folds(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        view = server.view(params.text_document.uri)
        if view is None:
            return []
        return [
            types.FoldingRange(
                each.first - 1, each.last - 1, kind=types.FoldingRangeKind(each.kind)
            )
            for each in folding.of(view)
        ]

    @server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
    def selections(params: types.SelectionRangeParams) -> list[types.SelectionRange]:
        view = server.view(params.text_document.uri)
        if view is None:
            return []
        found = []
        for position in params.positions:
            outer: types.SelectionRange | None = None
            for start, end in reversed(
                selection.at(view, server.places.offset(view.source, position))
            ):
                outer = types.SelectionRange(server.places.range(view.source, start, end), outer)
            assert outer is not None  # the file is always there
            found.append(outer)
        return found


def _symbol(server: WanServer, view: View, symbol: Symbol) -> types.DocumentSymbol:
    place = server.places.range
    return types.DocumentSymbol(
        symbol.name,
        kind_of(symbol.kind),
        place(view.source, symbol.start, symbol.end),
        place(view.source, symbol.name_start, symbol.name_end),
        detail=symbol.detail,
        children=[_symbol(server, view, each) for each in symbol.children],
    )


def kind_of(kind: str) -> types.SymbolKind:
    """The kind of a symbol, of those that the protocol has."""
    return _KINDS.get(kind, types.SymbolKind.EnumMember)
