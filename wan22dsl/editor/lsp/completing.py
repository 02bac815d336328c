"""Completion: what can be written at the cursor, and its documentation when somebody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from wan22dsl.editor.completion import complete, documents
from wan22dsl.editor.completion.suggestion import About

if TYPE_CHECKING:
    from wan22dsl.editor.completion.suggestion import Suggestion, Suggestions
    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.editor.view import View

_Kind = types.CompletionItemKind
_KINDS = {
    "setting": _Kind.Property,
    "argument": _Kind.Field,
    "input": _Kind.Field,
    "output": _Kind.Field,
    "fact": _Kind.Property,
    "value": _Kind.Value,
    "choice": _Kind.EnumMember,
    "unit": _Kind.Unit,
    "file": _Kind.File,
    "word": _Kind.Keyword,
    "snippet": _Kind.Snippet,
    "class": _Kind.Class,
    "module": _Kind.Module,
    "type": _Kind.TypeParameter,
    "rule": _Kind.Reference,
    "pass": _Kind.Event,
    "stage": _Kind.Function,
    "pipeline": _Kind.Interface,
    "graph": _Kind.Interface,
    "param": _Kind.Variable,
    "let": _Kind.Constant,
}

#: What an editor does after an insertion that something has to follow: VS Code's name for it.
_ASK_AGAIN = types.Command("Suggest", "editor.action.triggerSuggest")


def register(server: WanServer) -> None:
    """What is asked while somebody types."""
    options = types.CompletionOptions(
        trigger_characters=list(complete.TRIGGERS), resolve_provider=True
    )

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    def completion(params: types.CompletionParams) -> types.CompletionList | None:
        view, offset = server.place(
            types.TextDocumentPositionParams(params.text_document, params.position)
        )
        if view is None:
            return None
        context = params.context
        trigger = context.trigger_character if context is not None else None
        found = complete.suggest(view, offset, trigger or "")
        return completion_list(server, view, found, params.text_document.uri)

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    def resolve(item: types.CompletionItem) -> types.CompletionItem:
        data = item.data if isinstance(item.data, dict) else {}
        view = server.view(str(data.get("uri", "")))
        about = data.get("about")
        if view is not None and isinstance(about, list) and len(about) == 3:
            text = documents.documentation(view, About(*map(str, about)))
            if text:
                item.documentation = _markdown(text)
        return item


def completion_list(
    server: WanServer, view: View, found: Suggestions, uri: str
) -> types.CompletionList:
    """Suggestions as the client has them, in their order."""
    capabilities = server.client_capabilities.text_document
    known = capabilities.completion if capabilities is not None else None
    of_item = known.completion_item if known is not None else None
    with_snippets = bool(of_item is not None and of_item.snippet_support)
    range_ = server.places.range(view.source, found.start, found.end)
    items = [
        _item(each, range_, number, with_snippets, uri) for number, each in enumerate(found.items)
    ]
    for item, each in zip(items, found.items):
        if each.edits:
            item.additional_text_edits = server.places.text_edits(each.edits)
    return types.CompletionList(not found.is_complete, items)


def _item(
    found: Suggestion, range_: types.Range, number: int, with_snippets: bool, uri: str
) -> types.CompletionItem:
    is_snippet = found.is_snippet and with_snippets
    data: Any = {"uri": uri, "about": list(found.about)} if found.about is not None else None
    return types.CompletionItem(
        found.label,
        kind=_KINDS.get(found.kind, _Kind.Variable),
        detail=found.detail or None,
        documentation=_markdown(found.doc) if found.doc else None,
        sort_text=f"{number:04}",
        filter_text=found.label,
        insert_text_format=types.InsertTextFormat.Snippet if is_snippet else None,
        text_edit=types.TextEdit(range_, found.insert or found.label if is_snippet else found.text),
        command=_ASK_AGAIN if found.again and with_snippets else None,
        data=data,
    )


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)
