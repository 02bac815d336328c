"""The server of one editor: its project, its open documents, and places as the client counts them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from wan22dsl import __version__
from wan22dsl.editor.lsp.places import Places, file_of
from wan22dsl.editor.lsp.protocol import WanProtocol
from wan22dsl.editor.project import Project
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cattrs import Converter
    from lsprotocol import types

    from wan22dsl.editor.view import View


@cache
def converter() -> Converter:
    """What turns types of the protocol into JSON and back; making it costs more than all else of a server."""
    return default_converter()


class Document(NamedTuple):
    """An open document: its file, its version, and its text with `\\n` as line end."""

    file: Path
    version: int
    text: str


class WanServer(LanguageServer):
    """The language server of one editor. `project` has its files; `places` counts as the client does."""

    def __init__(self) -> None:
        super().__init__("wan", __version__, protocol_cls=WanProtocol, converter_factory=converter)
        self.project = Project()
        self.documents: dict[str, Document] = {}

    @property
    def initial(self) -> Mapping[str, Any]:
        """The options that the client gave when it began; empty where it gave none."""
        return getattr(self.protocol, "initial", {})

    @property
    def places(self) -> Places:
        """Places as this client counts them; it says so when it begins."""
        return Places(self.workspace.position_encoding or "utf-16")

    def view(self, uri: str) -> View | None:
        """A file as it is now; None where there is no such file, or nothing that can be read."""
        file = self.file(uri)
        if file is None:
            return None
        try:
            return self.project.view(file)
        except UnreadableFile:
            return None

    def place(
        self, params: types.TextDocumentPositionParams
    ) -> tuple[View, int] | tuple[None, int]:
        """The file of a question and the offset that it is about; None where there is no such file."""
        view = self.view(params.text_document.uri)
        if view is None:
            return None, 0
        return view, self.places.offset(view.source, params.position)

    def file(self, uri: str) -> Path | None:
        """The file of a URI. A document that was never saved has a name of its own."""
        document = self.documents.get(uri)
        return document.file if document is not None else file_of(uri)
