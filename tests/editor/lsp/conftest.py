"""Clients for the language server: one in this process, quick, and that of pytest-lsp at a process.

    def test_hover(editor):
        uri = editor.open("a.wan", "let size = 832x480\\n")
        assert editor.request("textDocument/hover", editor.at(uri, "size"))["contents"]
        editor.type(uri, "let size = 832x", "let length = 5")
        assert editor.codes(uri) == ["WAN207"]

Params and results are JSON; params may also be types of `lsprotocol`. A notification or a request is
answered when the call returns. `editor.folder` is empty, and the current folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator  # noqa: TC003  pytest-lsp evaluates the annotation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from wan22dsl.editor.lsp.places import uri_of
from wan22dsl.editor.lsp.server import converter
from wan22dsl.editor.lsp.serving import new_server
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]

#: What a client such as Neovim can do; `pull` is what VS Code can do besides.
PUSH: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "codeDescriptionSupport": True,
            "dataSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "codeAction": {
            "codeActionLiteralSupport": {
                "codeActionKind": {"valueSet": ["quickfix", "refactor", "source", "source.fixAll"]}
            },
            "isPreferredSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    },
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}
PULL: dict[str, Any] = {
    **PUSH,
    "textDocument": {
        **PUSH["textDocument"],
        "diagnostic": {"dynamicRegistration": False, "relatedDocumentSupport": True},
    },
    "workspace": {**PUSH["workspace"], "diagnostics": {"refreshSupport": True}},
}


class Failure(Exception):
    """An answer that is an error; `error` is what the server says of it."""

    def __init__(self, error: Any) -> None:
        super().__init__(error["message"])
        self.error = error


class Editor:
    """A client in this process: all that it sends and gets goes through the server's protocol as JSON."""

    def __init__(self, folder: Path, capabilities: Any = PUSH, **initialize: Any) -> None:
        self.folder = folder
        self.server = new_server()
        #: What the server sent on its own, in order: notifications and requests.
        self.sent: list[Any] = []
        #: The last that was pushed for each document.
        self.pushed: dict[str, Any] = {}
        #: What `workspace/configuration` is answered with, by section.
        self.configuration: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._answers: dict[Any, Any] = {}
        self._number = 0
        self.server.protocol.set_writer(self, include_headers=False)
        params = {
            "processId": None,
            "rootUri": uri_of(folder),
            "workspaceFolders": [{"uri": uri_of(folder), "name": folder.name}],
            "capabilities": capabilities,
            **initialize,
        }
        self.capabilities = self.request("initialize", params)["capabilities"]
        self.notify("initialized", {})

    # --- messages ---

    def request(self, method: str, params: Any = None) -> Any:
        """The result of a request, as JSON. Raises Failure."""
        self._number += 1
        number = self._number
        self._receive({"id": number, "method": method, "params": self._json(params)})
        if number not in self._answers:
            self._loop.run_until_complete(asyncio.wait_for(self._answer(number), 60))
        answer = self._answers.pop(number)
        if answer.get("error") is not None:
            raise Failure(answer["error"])
        return answer.get("result")

    def notify(self, method: str, params: Any = None) -> None:
        """Tells the server something, and lets it do what follows from that."""
        self._receive({"method": method, "params": self._json(params)})

    def _json(self, params: Any) -> Any:
        return converter().unstructure(params)

    def _receive(self, message: Any) -> None:
        self._loop.run_until_complete(self._handle({"jsonrpc": "2.0", **message}))

    async def _handle(self, message: Any) -> None:
        self.server.protocol.receive(json.dumps(message).encode("ascii"))
        for _ in range(9):  # what the handlers have put off
            while not self.server.protocol.is_idle:
                await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def _answer(self, number: int) -> None:
        while number not in self._answers:
            await asyncio.sleep(0.002)

    def write(self, data: bytes) -> None:
        """Takes what the server sends."""
        message = json.loads(data)
        if "method" not in message:
            self._answers[message["id"]] = message
            return
        self.sent.append(message)
        if message["method"] == "textDocument/publishDiagnostics":
            self.pushed[message["params"]["uri"]] = message["params"]
        if "id" in message:
            self._loop.call_soon(self._reply, message)

    def _reply(self, message: Any) -> None:
        result = None
        if message["method"] == "workspace/configuration":
            items = message["params"]["items"]
            result = [self.configuration.get(item.get("section", "")) for item in items]
        if message["method"] == "workspace/applyEdit":
            result = {"applied": True}
        answer = {"jsonrpc": "2.0", "id": message["id"], "result": result}
        self.server.protocol.receive(json.dumps(answer).encode("ascii"))

    def close(self) -> None:
        """Ends the session."""
        self.request("shutdown")
        self._loop.close()

    # --- documents ---

    def uri(self, name: str) -> str:
        """The URI of a file in the folder."""
        return uri_of(self.folder / name)

    def save(self, name: str, text: str) -> Path:
        """Writes a file into the folder; the server is not told."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))
        return file

    def open(self, name: str, text: str, language: str = "wan") -> str:
        """Opens a document, by its name in the folder or its URI, and gives its URI."""
        uri = name if ":" in name else self.uri(name)
        self.texts[uri], self.versions[uri] = text, 1
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri: str, *changes: Any) -> None:
        """Changes a document: a change is its whole new text, or JSON with a `range`."""
        self.versions[uri] += 1
        made = [{"text": each} if isinstance(each, str) else each for each in changes]
        if isinstance(changes[-1], str):
            self.texts[uri] = changes[-1]
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": made})

    def type(self, uri: str, old: str, new: str) -> None:
        """Replaces the first `old` in a document by a change of that range."""
        text = self.texts[uri]
        start = text.index(old)
        found = {"start": self.place(uri, start), "end": self.place(uri, start + len(old))}
        self.change(uri, {"range": found, "text": new})
        self.texts[uri] = text[:start] + new + text[start + len(old) :]

    def shut(self, uri: str) -> None:
        """Closes a document."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    # --- places ---

    def place(self, uri: str, offset: int) -> Any:
        """An offset of a document's text as the protocol has it."""
        found = self.server.places.position(Source(self.texts[uri]), offset)
        return {"line": found.line, "character": found.character}

    def at(self, uri: str, needle: str, into: int = 0, **more: Any) -> Any:
        """The params that ask about the place of the first `needle`, so many characters into it."""
        offset = self.texts[uri].index(needle) + into
        return {"textDocument": {"uri": uri}, "position": self.place(uri, offset), **more}

    def of(self, uri: str, **more: Any) -> Any:
        """The params that ask about a whole document."""
        return {"textDocument": {"uri": uri}, **more}

    def range(self, uri: str, needle: str) -> Any:
        """The range of the first `needle`."""
        start = self.texts[uri].index(needle)
        return {"start": self.place(uri, start), "end": self.place(uri, start + len(needle))}

    # --- findings ---

    def diagnostics(self, uri: str) -> Any:
        """The diagnostics that were pushed for a document last."""
        return self.pushed[uri]["diagnostics"]

    def codes(self, uri: str) -> list[str]:
        """The codes of these."""
        return [each["code"] for each in self.diagnostics(uri)]

    def sent_of(self, method: str) -> list[Any]:
        """The params of what the server sent of one kind."""
        return [each.get("params") for each in self.sent if each["method"] == method]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Editor]:
    """A client that gets diagnostics pushed, as Neovim's, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    client = Editor(tmp_path)
    yield client
    client.close()


@pytest.fixture
def new_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`new_editor(capabilities, **initialize)`: clients of other kinds, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    clients: list[Editor] = []

    def make(capabilities: Any = PUSH, **initialize: Any) -> Editor:
        clients.append(Editor(tmp_path, capabilities, **initialize))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def pull() -> dict[str, Any]:
    """The capabilities of a client that pulls diagnostics, as VS Code's; for `new_editor`."""
    return PULL


#: Started in a folder without a configuration: that of the tests.
_PROCESS = ClientServerConfig(
    server_command=[sys.executable, "-m", "wan22dsl", "lsp"],
    server_env={**os.environ, "PYTHONPATH": str(ROOT)},
)


@pytest_lsp.fixture(config=_PROCESS, scope="module")
async def process(lsp_client: LanguageClient) -> AsyncIterator[None]:
    """`wan lsp` in a process of its own, with the client of pytest-lsp; one for a module of tests.

    Tests are `async` and have `@pytest.mark.asyncio(loop_scope="module")`.
    """
    capabilities = converter().structure(PUSH, types.ClientCapabilities)
    await lsp_client.initialize_session(
        types.InitializeParams(capabilities=capabilities, workspace_folders=[])
    )
    yield
    await lsp_client.shutdown_session()
