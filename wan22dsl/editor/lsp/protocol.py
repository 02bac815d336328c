"""The first message of a client: what it wants, and what it is told that the server can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method

from wan22dsl.editor.library import SCHEME

if TYPE_CHECKING:
    from collections.abc import Generator


class WanProtocol(LanguageServerProtocol):
    """pygls's protocol, with what it does not announce; `initial` are the client's options of the start."""

    initial: dict[str, Any]

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Answers the first message."""
        options = params.initialization_options
        self.initial = options if isinstance(options, dict) else {}
        result = yield from super().lsp_initialize(params)
        if result.capabilities.workspace is not None:
            content = types.TextDocumentContentOptions([SCHEME])
            result.capabilities.workspace.text_document_content = content
        return result
