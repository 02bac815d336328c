"""Definitions, references, highlights and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor import definitions, highlights, links, references
from wan22dsl.editor.lsp import editing

if TYPE_CHECKING:
    from wan22dsl.editor.definitions import Definition
    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.source import Source

#: What the protocol takes as an answer: one place, or links with where they are from.
Answer = types.Location | list[types.LocationLink] | None


def register(server: WanServer) -> None:
    """What is asked about the name at a place."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> Answer:
        view, offset = server.place(params)
        if view is None:
            return None
        found = definitions.at(editing.project_of(server), view, offset)
        return _answer(server, view.source, found, "definition")

    @server.feature(types.TEXT_DOCUMENT_DECLARATION)
    def declaration(params: types.DeclarationParams) -> Answer:
        view, offset = server.place(params)
        if view is None:
            return None
        found = definitions.declaration_at(view, offset)
        found = found or definitions.at(editing.project_of(server), view, offset)
        return _answer(server, view.source, found, "declaration")

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def named(params: types.ReferenceParams) -> list[types.Location]:
        view, offset = server.place(params)
        if view is None:
            return []
        found = references.at(editing.project_of(server), view, offset)
        if found.problem:
            server.show(f"Some references may be missing: {found.problem}", types.MessageType.Info)
        with_definition = params.context.include_declaration
        places = (
            editing.location(server, each.span)
            for each in found.places
            if with_definition or not each.is_definition
        )
        return [place for place in places if place is not None]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlighted(
        params: types.DocumentHighlightParams,
    ) -> list[types.DocumentHighlight] | None:
        view, offset = server.place(params)
        found = highlights.at(view, offset) if view is not None else ()
        if view is None or not found:
            return None
        kinds = types.DocumentHighlightKind
        return [
            types.DocumentHighlight(
                server.places.range(view.source, each.start, each.end),
                kinds.Write if each.is_write else kinds.Read,
            )
            for each in found
        ]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    def linked(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        view = server.view(params.text_document.uri)
        if view is None:
            return []
        return [
            types.DocumentLink(
                server.places.range(view.source, each.start, each.end),
                target=each.url or (editing.uri_in(server, each.file) if each.file else None),
                tooltip="Open the page of the rule" if each.url else "Open the file",
            )
            for each in links.of(server.project, view)
        ]


def _answer(server: WanServer, source: Source, found: Definition | None, what: str) -> Answer:
    if found is None:
        return None
    uri = editing.uri_in(server, found.file)
    start = types.Range(types.Position(0, 0), types.Position(0, 0))
    name = server.places.range_of(found.name) if found.name is not None else start
    can = getattr(server.client_capabilities.text_document, what, None)
    if can is None or not can.link_support:
        return types.Location(uri, name)
    whole = server.places.range_of(found.whole) if found.whole is not None else name
    origin = server.places.range(source, found.start, found.end)
    return [types.LocationLink(uri, whole, name, origin)]
