"""The server of one editor: its project, its open documents, and places as the client counts them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from wan22dsl import __version__, disk
from wan22dsl.editor.lsp.places import Places, file_of
from wan22dsl.editor.lsp.protocol import WanProtocol
from wan22dsl.editor.project import Project
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cattrs import Converter

    from wan22dsl.editor.view import View

_Message = types.MessageType


@cache
def converter() -> Converter:
    """What turns types of the protocol into JSON and back; making it costs more than all else of a server."""
    made: Converter = default_converter()  # type: ignore[no-untyped-call]
    return made


class Place(Protocol):
    """What every question about a place of a document has."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


class Document(NamedTuple):
    """An open document: its file, its version, and its text as the client has it."""

    file: Path
    version: int
    text: str
    language: str = ""


class WanServer(LanguageServer):
    """The language server of one editor. `project` has its files; `places` counts as the client does."""

    protocol: WanProtocol

    def __init__(self) -> None:
        super().__init__("wan", __version__, protocol_cls=WanProtocol, converter_factory=converter)
        self.project = Project()
        self.documents: dict[str, Document] = {}
        self._places: Places | None = None

    @property
    def initial(self) -> Mapping[str, Any]:
        """The options that the client gave when it began; empty where it gave none."""
        return self.protocol.initial

    @property
    def places(self) -> Places:
        """Places as this client counts them; it says so when it begins."""
        if self._places is None:
            self._places = Places(self.workspace.position_encoding or "utf-16")
        return self._places

    def can(self, *path: str) -> bool:
        """Whether the client says that it can do something, such as `workspace`, `configuration`."""
        found: Any = self.client_capabilities
        for name in path:
            found = getattr(found, name, None)
        return found is not None and found is not False

    def log(self, text: str, kind: types.MessageType = _Message.Info) -> None:
        """Writes a line into the log of the client."""
        self.protocol.log(kind, text)

    def show(self, text: str, kind: types.MessageType = _Message.Warning) -> None:
        """Shows the user a message."""
        self.window_show_message(types.ShowMessageParams(kind, text))

    def ask_again(self) -> None:
        """Has the client ask for everything anew, after what decides it has changed; pushes what changed."""
        self.protocol.schedule()
        if self.can("workspace", "diagnostics", "refresh_support"):
            self.workspace_diagnostic_refresh(None)
        if self.can("workspace", "inlay_hint", "refresh_support"):
            self.workspace_inlay_hint_refresh(None)
        if self.can("workspace", "code_lens", "refresh_support"):
            self.workspace_code_lens_refresh(None)
        if self.can("workspace", "semantic_tokens", "refresh_support"):
            self.workspace_semantic_tokens_refresh(None)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """What pygls finds wrong is in the log; the user is shown none of it."""
        self.log(f"{type(error).__name__}: {error}", _Message.Warning)

    def view(self, uri: str) -> View | None:
        """A file as it is now; None where there is no such file, or nothing that can be read."""
        file = self.file(uri)
        if file is None:
            return None
        try:
            return self.project.view(file)
        except UnreadableFile:
            return None

    def place(self, params: Place) -> tuple[View, int] | tuple[None, int]:
        """The file of a question and the offset that it is about; None where there is no such file."""
        view = self.view(params.text_document.uri)
        if view is None:
            return None, 0
        return view, self.places.offset(view.source, params.position)

    def open_as(self, file: Path) -> str | None:
        """The URI by which the client has a file open; None where it has not."""
        real = disk.real_path(file)
        for uri, document in self.documents.items():
            if document.file == file or disk.real_path(document.file) == real:
                return uri
        return None

    def file(self, uri: str) -> Path | None:
        """The file of a URI. A document that was never saved has a name of its own."""
        document = self.documents.get(uri)
        return document.file if document is not None else file_of(uri)
