"""A server on loopback that answers every path as a ComfyUI would, with answers of our own."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def answering(answers: dict[str, Any]) -> Iterator[str]:
    """The URL of a server that has these answers; every other path is 404."""

    class Handler(BaseHTTPRequestHandler):
        """Answers and logs nothing."""

        def do_GET(self) -> None:
            """One answer."""
            path = self.path
            found = answers.get(path, answers.get(path.partition("?")[0]))
            body = json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stats(**system: Any) -> dict[str, Any]:
    """`/system_stats` of a ComfyUI with an RTX 4090 on another computer."""
    return {
        "system": {
            "os": "posix",
            "ram_total": 68_719_476_736,
            "ram_free": 50_000_000_000,
            "comfyui_version": "0.38.1",
            "required_frontend_version": "1.42.8",
            "python_version": "3.13.9 (main, Oct 14 2025, 00:00:00) [GCC 13.3.0]",
            "pytorch_version": "2.12.1+cu130",
            "embedded_python": False,
            "argv": ["main.py", "--reserve-vram", "2", "--fast", "fp16_accumulation"],
            **system,
        },
        "devices": [
            {
                "name": "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync",
                "type": "cuda",
                "index": 0,
                "vram_total": 25_250_627_584,
                "vram_free": 24_000_000_000,
            }
        ],
    }


def log(*lines: str) -> dict[str, Any]:
    """`/internal/logs/raw` with these lines."""
    entries = [{"t": f"2026-11-30T10:00:{i:02}", "m": f"{line}\n"} for i, line in enumerate(lines)]
    return {"entries": entries, "size": {"cols": 80, "rows": 24}}


#: The lines that ComfyUI 0.38 starts with on an RTX 4090.
START = (
    "Total VRAM 24081 MB, total RAM 65536 MB",
    "pytorch version: 2.12.1+cu130",
    "Enabled fp16 accumulation.",
    "Set vram state to: NORMAL_VRAM",
    "Device: cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync",
    "Using async weight offloading with 2 streams",
    "Enabled pinned memory 58982",
    "DynamicVRAM support detected and enabled",
    "Using sage attention",
    "ComfyUI version: 0.38.1",
    "To see the GUI go to: http://127.0.0.1:8188",
)
