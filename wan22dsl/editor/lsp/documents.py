"""What is open in the editor, and how it changes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor.lsp import diagnosing
from wan22dsl.editor.lsp.places import file_of
from wan22dsl.editor.lsp.server import Document
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer


def register(server: WanServer) -> None:
    """What is told of documents."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        file = file_of(document.uri) or _unsaved(document.uri)
        _put(server, document.uri, Document(file, document.version, _lines(document.text)))

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        before = server.documents.get(uri)
        if before is None:
            return
        text = before.text
        for change in params.content_changes:
            text = _changed(server, text, change)
        _put(server, uri, Document(before.file, params.text_document.version, text))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        document = server.documents.pop(params.text_document.uri, None)
        if document is not None:
            server.project.close(document.file)
            diagnosing.push(server)


def _put(server: WanServer, uri: str, document: Document) -> None:
    server.documents[uri] = document
    server.project.open(document.file, document.text)
    diagnosing.push(server)


def _changed(server: WanServer, text: str, change: types.TextDocumentContentChangeEvent) -> str:
    """A text after one change. The library's own documents count other characters as line ends too."""
    if isinstance(change, types.TextDocumentContentChangeWholeDocument):
        return _lines(change.text)
    start, end = server.places.span(Source(text), change.range)
    return text[:start] + _lines(change.text) + text[max(start, end) :]


def _lines(text: str) -> str:
    """A text with the line ends that a source has. The protocol counts a lone CR as one too."""
    return re.sub(r"\r\n?", "\n", text) if "\r" in text else text


def _unsaved(uri: str) -> Path:
    """A name for a document that has no file: in the current folder, so that `use` finds its neighbours."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", uri.rpartition(":")[2]).strip("_") or "unsaved"
    return Path.cwd() / (name if "." in name else f"{name}.wan")
