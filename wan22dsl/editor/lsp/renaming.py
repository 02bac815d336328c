"""Renaming of names and of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor import moves, renaming
from wan22dsl.editor.lsp import editing
from wan22dsl.editor.lsp.edits import workspace_edit
from wan22dsl.editor.lsp.places import file_of
from wan22dsl.editor.moves import Move
from wan22dsl.editor.renaming import CannotRename

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer

#: All files: a picture may be named in a `.wan` file, and a folder may have such files in it.
_ALL_FILES = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**"), scheme="file")]
)


def register(server: WanServer) -> None:
    """What gets another name."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        view, offset = server.place(params)
        if view is None:
            return None
        try:
            found = renaming.prepare(editing.project_of(server), view, offset)
        except CannotRename as error:
            raise editing.refused(_sentence(error)) from None
        place = server.places.range(view.source, found.start, found.end)
        return types.PrepareRenamePlaceholder(place, found.name)

    @server.feature(types.TEXT_DOCUMENT_RENAME)
    def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        view, offset = server.place(params)
        if view is None:
            return None
        try:
            found = renaming.rename(editing.project_of(server), view, offset, params.new_name)
        except CannotRename as error:
            raise editing.refused(_sentence(error)) from None
        for note in found.notes:
            server.show(note, types.MessageType.Info)
        return workspace_edit(server, found.edits)

    @server.feature(types.WORKSPACE_WILL_RENAME_FILES, _ALL_FILES)
    def will_move(params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
        found = moves.edits_for(editing.project_of(server), _moves(params))
        for note in found.notes:
            server.show(note)
        return workspace_edit(server, found.edits) if found.edits else None

    @server.feature(types.WORKSPACE_DID_RENAME_FILES, _ALL_FILES)
    def moved(params: types.RenameFilesParams) -> None:
        server.project.disk_changed()


def _moves(params: types.RenameFilesParams) -> list[Move]:
    found = []
    for each in params.files:
        old, new = file_of(each.old_uri), file_of(each.new_uri)
        if old is not None and new is not None:
            found.append(Move(old, new))
    return found


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"Cannot rename: {text}"
