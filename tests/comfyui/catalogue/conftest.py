"""A server that answers like ComfyUI's `/object_info`, on the loopback."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

OBJECT_INFO: dict[str, Any] = {
    "UNETLoader": {
        "input": {
            "required": {
                "weight_dtype": [["default", "fp8_e4m3fn"], {"advanced": True}],
                "unet_name": [["mine_high.safetensors", "mine_low.safetensors"]],
            }
        },
        "input_order": {"required": ["unet_name", "weight_dtype"]},
        "output": ["MODEL"],
        "output_name": ["MODEL"],
        "output_is_list": [False],
        "output_node": False,
        "python_module": "nodes",
        "display_name": None,
    },
    "Süße/Node 🟨": {
        "input": {"required": {"text": ["STRING", {"default": "a", "tooltip": "not a fact"}]}},
        "output": [],
        "output_node": True,
        "python_module": "custom_nodes.Sweet-Pack",
    },
}


class FakeComfy:
    """What the server does, to be changed by a test, and the requests that it got."""

    def __init__(self, finished: Event) -> None:
        self.finished = finished
        self.object_info: Any = OBJECT_INFO
        self.status = 200
        self.raw: bytes | None = None
        self.redirect = ""
        self.silent = False
        self.version = "0.33.0"
        self.requests: list[tuple[str, str | None]] = []
        self.url = ""

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def answer(self, path: str) -> Any:
        if path == "/object_info":
            return self.object_info
        if path.startswith("/object_info/"):
            name = unquote(path.removeprefix("/object_info/"))
            return {name: self.object_info[name]} if name in self.object_info else {}
        if path == "/system_stats":
            return {"system": {"comfyui_version": self.version}}
        return None


def _handler(comfy: FakeComfy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            comfy.requests.append((self.path, self.headers.get("Authorization")))
            if comfy.silent:
                comfy.finished.wait()
                return
            if comfy.redirect:
                self.send_response(comfy.status)
                self.send_header("Location", comfy.redirect)
                self.end_headers()
                return
            answer = comfy.answer(urlsplit(self.path).path)
            body = comfy.raw if comfy.raw is not None else json.dumps(answer).encode()
            self.send_response(404 if answer is None else comfy.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler


@pytest.fixture
def start_comfy() -> Iterator[Any]:
    """Starts servers; all of them end with the test."""
    running: list[tuple[ThreadingHTTPServer, Thread]] = []
    finished = Event()

    def start() -> FakeComfy:
        comfy = FakeComfy(finished)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(comfy))
        comfy.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        running.append((server, thread))
        return comfy

    yield start
    finished.set()
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def comfy(start_comfy: Any) -> FakeComfy:
    """One such server."""
    started: FakeComfy = start_comfy()
    return started
