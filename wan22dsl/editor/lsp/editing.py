"""Places in several files, as a client takes them: documents of the library, and what it has open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from wan22dsl import disk
from wan22dsl.editor.library import SCHEME, is_library
from wan22dsl.editor.lsp.places import file_of, uri_of

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.editor.project import Project
    from wan22dsl.source import Span


def project_of(server: WanServer) -> Project:
    """The project of the server, with the folders that the client has open now."""
    folders = (file_of(uri) for uri in server.workspace.folders)
    server.project.folders.roots = tuple(
        disk.real_path(folder) for folder in folders if folder is not None
    )
    return server.project


def shows_library(server: WanServer) -> bool:
    """Whether the client asks the server for documents that are no files."""
    workspace = server.client_capabilities.workspace
    return getattr(workspace, "text_document_content", None) is not None or bool(
        server.initial.get("libraryScheme")
    )


def uri_in(server: WanServer, file: Path) -> str:
    """The URI of a file: that by which the client has it open, if it has; one of the library has its own."""
    if is_library(file) and shows_library(server):
        return f"{SCHEME}:/{file.name}"
    return server.open_as(file) or uri_of(file)


def location(server: WanServer, span: Span) -> types.Location | None:
    """A place in a file; None where it is in no file."""
    if span.source.file is None:
        return None
    return types.Location(uri_in(server, span.source.file), server.places.range_of(span))


def refused(reason: str) -> JsonRpcException:
    """The answer to a request that cannot be done, with the reason for the user."""
    return JsonRpcException(reason, types.LSPErrorCodes.RequestFailed.value)
