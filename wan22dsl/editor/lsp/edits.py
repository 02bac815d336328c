"""Edits of files as a change of the workspace, in the form that the client knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl import disk
from wan22dsl.editor.lsp.places import uri_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wan22dsl.diagnostics import Edit
    from wan22dsl.editor.lsp.server import WanServer


def workspace_edit(server: WanServer, edits: Iterable[Edit]) -> types.WorkspaceEdit | None:
    """The edits of any files, with the versions that they are of; None where the client cannot make them.

    A file that does not exist is made.
    """
    by_file: dict[Path, list[Edit]] = {}
    for edit in edits:
        file = edit.span.source.file
        if file is None:
            return None
        by_file.setdefault(file, []).append(edit)
    told = server.client_capabilities.workspace
    able = told.workspace_edit if told is not None else None
    new = [file for file in by_file if not _exists(server, file)]
    # Neovim lists what it can do with files, and says nothing of the changes in which that stands.
    if able is None or not (able.document_changes or able.resource_operations):
        if new:
            return None
        changes = {
            _document(server, file)[0]: server.places.text_edits(own[0].span.source, own)
            for file, own in by_file.items()
        }
        return types.WorkspaceEdit(changes=changes)
    if new and types.ResourceOperationKind.Create not in (able.resource_operations or ()):
        return None
    done: list[types.CreateFile | types.TextDocumentEdit] = []
    for file, own in by_file.items():
        uri, version = _document(server, file)
        if file in new:
            options = types.CreateFileOptions(ignore_if_exists=True)
            done.append(types.CreateFile(uri, options=options))
        document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
        changed = server.places.text_edits(own[0].span.source, own)
        done.append(types.TextDocumentEdit(document, changed))
    return types.WorkspaceEdit(document_changes=done)


def _document(server: WanServer, file: Path) -> tuple[str, int | None]:
    """The URI by which the client knows a file, and the version of its text where it is open."""
    real = disk.real_path(file)
    for uri, document in server.documents.items():
        if document.file == file or disk.real_path(document.file) == real:
            return uri, document.version
    return uri_of(file), None


def _exists(server: WanServer, file: Path) -> bool:
    return file.exists() or any(document.file == file for document in server.documents.values())
