"""Edits of files as a change of the workspace, in the form that the client knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

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
    open_as = {file: server.open_as(file) for file in by_file}
    new = [file for file, uri in open_as.items() if uri is None and not file.exists()]
    # Neovim lists what it can do with files, and says nothing of the changes in which that stands.
    if able is None or not (able.document_changes or able.resource_operations):
        if new:
            return None
        changes = {
            open_as[file] or uri_of(file): server.places.text_edits(own)
            for file, own in by_file.items()
        }
        return types.WorkspaceEdit(changes=changes)
    if new and types.ResourceOperationKind.Create not in (able.resource_operations or ()):
        return None
    done: list[types.CreateFile | types.TextDocumentEdit] = []
    for file, own in by_file.items():
        uri = open_as[file] or uri_of(file)
        version = server.documents[uri].version if open_as[file] else None
        if file in new:
            options = types.CreateFileOptions(ignore_if_exists=True)
            done.append(types.CreateFile(uri, options=options))
        document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
        done.append(types.TextDocumentEdit(document, server.places.text_edits(own)))
    return types.WorkspaceEdit(document_changes=done)
