"""What is open in the editor, and how it changes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lsprotocol import types

from wan22dsl import disk
from wan22dsl.editor.lsp.places import file_of
from wan22dsl.editor.lsp.server import Document

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer

#: Endings by what an editor calls a language, for documents that have no name yet.
_ENDINGS = {"json": ".json", "jsonc": ".json"}


def register(server: WanServer) -> None:
    """What is told of documents."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        language = str(item.language_id)
        file = file_of(item.uri) or _unsaved(server, item.uri, language)
        _put(server, item.uri, Document(file, item.version, item.text, language))

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        before = server.documents.get(uri)
        if before is None:
            return
        text = before.text
        for change in params.content_changes:
            text = _changed(server, text, change)
        _put(server, uri, before._replace(version=params.text_document.version, text=text))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        document = server.documents.pop(params.text_document.uri, None)
        if document is None:
            return
        server.project.close(document.file)
        for other in server.documents.values():  # the same file by another name
            if disk.real_path(other.file) == disk.real_path(document.file):
                server.project.open(other.file, _lines(other.text), other.language)


def _put(server: WanServer, uri: str, document: Document) -> None:
    server.documents[uri] = document
    others = server.project.open(document.file, _lines(document.text), document.language)
    if others:
        server.ask_again()


def _changed(server: WanServer, text: str, change: types.TextDocumentContentChangeEvent) -> str:
    """A text after one change."""
    if isinstance(change, types.TextDocumentContentChangeWholeDocument):
        return change.text
    start = server.places.raw_offset(text, change.range.start)
    end = max(start, server.places.raw_offset(text, change.range.end))
    return text[:start] + change.text + text[end:]


def _lines(text: str) -> str:
    """A text with the line ends that a source has. The protocol counts a lone CR as one too."""
    return re.sub(r"\r\n?", "\n", text) if "\r" in text else text


def _unsaved(server: WanServer, uri: str, language: str) -> Path:
    """A name for a document that has no file: in the first folder, so that `use` finds its neighbours."""
    folders = [file_of(uri) for uri in server.workspace.folders]
    folder = next((each for each in folders if each is not None), Path.cwd())
    parts = urlsplit(uri)
    name = re.sub(r"[^A-Za-z0-9._-]", "_", unquote(parts.path).rpartition("/")[2]) or "unsaved"
    ending = _ENDINGS.get(language, ".wan")
    if not name.endswith(ending) and (language in _ENDINGS or "." not in name):
        name += ending
    taken = {document.file for document in server.documents.values()}
    while folder / name in taken or (folder / name).exists():
        name = f"unsaved-{name}"
    return folder / name
