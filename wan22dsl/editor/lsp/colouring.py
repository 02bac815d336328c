"""Semantic tokens: of a document, of a range, and what has changed since the last time."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.editor.tokens import Token
    from wan22dsl.editor.view import View


class _Sent:
    """The tokens that were sent last, by document."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, list[int]]] = {}
        self._numbers = count(1)

    def keep(self, uri: str, data: list[int]) -> str:
        """Keeps tokens, and gives the id by which a client names them."""
        id = str(next(self._numbers))
        self._last[uri] = id, data
        return id

    def get(self, uri: str, id: str) -> list[int] | None:
        """The tokens with an id, if they are those that were sent last."""
        last, data = self._last.get(uri, ("", []))
        return data if last == id else None

    def forget_all_but(self, uris: Iterable[str]) -> None:
        """Drops those of documents that are closed."""
        for uri in self._last.keys() - set(uris):
            del self._last[uri]


def register(server: WanServer) -> None:
    """What is asked about colours."""
    sent = _Sent()
    legend = types.SemanticTokensLegend(list(tokens.TYPES), list(tokens.MODIFIERS))

    @server.feature(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        types.SemanticTokensRegistrationOptions(legend=legend),
    )
    def all_tokens(params: types.SemanticTokensParams) -> types.SemanticTokens:
        uri = params.text_document.uri
        data = _tokens(server, uri)
        sent.forget_all_but(server.documents)
        return types.SemanticTokens(data, result_id=sent.keep(uri, data))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA)
    def changed(
        params: types.SemanticTokensDeltaParams,
    ) -> types.SemanticTokens | types.SemanticTokensDelta:
        uri = params.text_document.uri
        before = sent.get(uri, params.previous_result_id)
        data = _tokens(server, uri)
        id = sent.keep(uri, data)
        if before is None:
            return types.SemanticTokens(data, result_id=id)
        return types.SemanticTokensDelta(_difference(before, data), result_id=id)

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE)
    def some(params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        return types.SemanticTokens(_tokens(server, params.text_document.uri, params.range))


def _tokens(server: WanServer, uri: str, place: types.Range | None = None) -> list[int]:
    view = server.view(uri)
    if view is None:
        return []
    found: Iterable[Token] = tokens.of(view, has_grammar=bool(server.initial.get("hasGrammar")))
    if place is not None:
        start, end = server.places.span(view.source, place)
        found = (token for token in found if token.start < end and start < token.end)
    return _encoded(server, view, found)


def _encoded(server: WanServer, view: View, found: Iterable[Token]) -> list[int]:
    """Five numbers a token: lines and columns from the one before it, length, type, modifiers."""
    data: list[int] = []
    line = column = 0
    for token in found:
        start = server.places.position(view.source, token.start)
        end = server.places.position(view.source, token.end)
        if start.line != line:
            column = 0
        data += (
            start.line - line,
            start.character - column,
            end.character - start.character,
            token.type,
            token.modifiers,
        )
        line, column = start.line, start.character
    return data


def _difference(before: list[int], after: list[int]) -> list[types.SemanticTokensEdit]:
    """One edit, of what is between the numbers that are the same at both ends."""
    if before == after:
        return []
    most = min(len(before), len(after))
    first = next((at for at in range(most) if before[at] != after[at]), most)
    same = 0
    while same < most - first and before[-1 - same] == after[-1 - same]:
        same += 1
    return [
        types.SemanticTokensEdit(
            first, len(before) - same - first, after[first : len(after) - same]
        )
    ]
