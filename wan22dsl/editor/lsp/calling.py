"""Call hierarchies: who uses a declaration, and what it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from wan22dsl.editor import calls
from wan22dsl.editor.lsp import editing, outlining

if TYPE_CHECKING:
    from wan22dsl.editor.calls import Call, Item
    from wan22dsl.editor.lsp.server import WanServer


def register(server: WanServer) -> None:
    """What is asked about callers and callees."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    def prepare(params: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem] | None:
        view, offset = server.place(params)
        if view is None:
            return None
        found = calls.prepare(editing.project_of(server), view, offset)
        return [_item(server, found)] if found is not None else None

    @server.feature(types.CALL_HIERARCHY_INCOMING_CALLS)
    def incoming(
        params: types.CallHierarchyIncomingCallsParams,
    ) -> list[types.CallHierarchyIncomingCall]:
        item = _asked(server, params.item)
        found = calls.incoming(editing.project_of(server), item) if item is not None else ()
        return [
            types.CallHierarchyIncomingCall(_item(server, call.item), _places(server, call))
            for call in found
        ]

    @server.feature(types.CALL_HIERARCHY_OUTGOING_CALLS)
    def outgoing(
        params: types.CallHierarchyOutgoingCallsParams,
    ) -> list[types.CallHierarchyOutgoingCall]:
        item = _asked(server, params.item)
        found = calls.outgoing(editing.project_of(server), item) if item is not None else ()
        return [
            types.CallHierarchyOutgoingCall(_item(server, call.item), _places(server, call))
            for call in found
        ]


def _item(server: WanServer, item: Item) -> types.CallHierarchyItem:
    source = item.name.source
    assert source.file is not None
    return types.CallHierarchyItem(
        item.text,
        outlining.kind_of(item.kind),
        editing.uri_in(server, source.file),
        server.places.range_of(item.whole),
        server.places.range_of(item.name),
        detail=f"{item.kind} · {source.file.name}",
    )


def _asked(server: WanServer, item: Any) -> Item | None:
    """The declaration of an item as it is now; None where it is no longer there."""
    view = server.view(item.uri)
    if view is None or view.source.file is None:
        return None
    start = server.places.offset(view.source, item.selection_range.start)
    return calls.item_at(server.project, view.source.file, start)


def _places(server: WanServer, call: Call) -> list[types.Range]:
    return [server.places.range_of(place) for place in call.places]
