"""What changes on disk, as the client sees it: files, configurations, pictures that a pipeline reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl import disk
from wan22dsl.editor.kinds import kind_of
from wan22dsl.editor.lsp.places import file_of

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer

_PATTERNS = (
    "**/*.{wan,json}",
    "**/{wan,pyproject}.toml",
    "**/*.{png,jpg,jpeg,webp,gif,bmp,mp4,webm,mov,mkv,latent}",
)


def register(server: WanServer) -> None:
    """What is told of the disk."""

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed(params: types.DidChangeWatchedFilesParams) -> None:
        if any(_matters(server, each) for each in params.changes):
            _look_again(server)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        file = server.file(params.text_document.uri)
        is_watched = server.can("workspace", "did_change_watched_files", "dynamic_registration")
        if file is not None and (kind_of(str(file)) == "configuration" or not is_watched):
            _look_again(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.ask_again()


def watch(server: WanServer) -> None:
    """Asks the client to tell of changes on disk, where it can."""
    if not server.can("workspace", "did_change_watched_files", "dynamic_registration"):
        return
    watchers = [types.FileSystemWatcher(pattern) for pattern in _PATTERNS]
    server.client_register_capability(
        types.RegistrationParams(
            [
                types.Registration(
                    "wan.files",
                    types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                    types.DidChangeWatchedFilesRegistrationOptions(watchers),
                )
            ]
        )
    )


def _matters(server: WanServer, change: types.FileEvent) -> bool:
    """Whether a change may change what is known: a document that is open counts as the editor has it."""
    file = file_of(change.uri)
    if file is None:
        return False
    is_open = disk.real_path(Path(file)) in server.project.open_files
    return not is_open or kind_of(str(file)) == "configuration"


def _look_again(server: WanServer) -> None:
    server.project.disk_changed()
    server.ask_again()
