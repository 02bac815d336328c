"""The files of the standard library as documents that the client asks for and cannot change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from wan22dsl.editor.library import SCHEME
from wan22dsl.editor.lsp.places import file_of

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer


def register(server: WanServer) -> None:
    """What is asked about documents that are no files."""

    @server.feature(
        types.WORKSPACE_TEXT_DOCUMENT_CONTENT,
        types.TextDocumentContentRegistrationOptions([SCHEME]),
    )
    def content(params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
        file = file_of(params.uri) if params.uri.startswith(f"{SCHEME}:") else None
        if file is None:
            raise JsonRpcInvalidParams(f"{params.uri} is not a file of the standard library")
        return types.TextDocumentContentResult(server.project.workspace.read(file).text)
