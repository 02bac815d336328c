"""A program that starts like ComfyUI: its lines, its server on loopback, its ways to fail.

What it does is in the file `does.json` next to it; it is copied into a folder as `main.py`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
DOES = json.loads((HERE / "does.json").read_text("utf-8"))

START = """\
Total VRAM 24564 MB, total RAM 65387 MB
pytorch version: 2.9.1+cu130
Set vram state to: NORMAL_VRAM
Device: cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync
Using async weight offloading with 2 streams
Enabled pinned memory 26154.0
Using pytorch attention
Python version: 3.13.9 (main, Oct  9 2026, 12:00:00) [GCC 14.2.0]
ComfyUI version: 0.39.2
"""


def port() -> int:
    return int(sys.argv[sys.argv.index("--port") + 1])


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/object_info/KSampler":
            ready = time.monotonic() - BEGAN >= DOES.get("classes_after", 0)
            answer = {"KSampler": {"input": {}}} if ready else {}
        else:
            answer = {"system": {"comfyui_version": "0.39.2", "argv": sys.argv}}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Quiet, as ComfyUI is."""


def say(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def chat() -> None:
    while True:
        say("prompt\n")
        time.sleep(0.1)


def main() -> None:
    (HERE / "got.json").write_text(
        json.dumps({"argv": sys.argv, "env": dict(os.environ), "pid": os.getpid()}), "utf-8"
    )
    for name in DOES.get("ignores", ()):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    if "child" in DOES:
        daemon = DOES["child"] == "daemon"
        code = "import signal, time\n"
        code += "signal.signal(signal.SIGINT, signal.SIG_IGN)\n" * bool(DOES.get("stubborn"))
        code += "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" * bool(DOES.get("stubborn"))
        made = subprocess.Popen(
            [sys.executable, "-c", code + "print('on', flush=True)\ntime.sleep(300)"],
            start_new_session=daemon,
            stdout=subprocess.PIPE,
        )
        assert made.stdout is not None
        made.stdout.readline()
        (HERE / "child.pid").write_text(str(made.pid), "ascii")
    say(START)
    say(DOES.get("says", ""))
    if "raw" in DOES:
        sys.stdout.buffer.write(bytes.fromhex(DOES["raw"]))
        sys.stdout.buffer.flush()
    if "exits" in DOES:
        sys.exit(DOES["exits"])
    if "kills" in DOES:
        os.kill(os.getpid(), DOES["kills"])
    if DOES.get("hangs_in_pack"):
        sys.path.insert(0, str(HERE / "custom_nodes"))
        __import__("SlowPack")
    time.sleep(DOES.get("binds_after", 0))
    server = ThreadingHTTPServer(("127.0.0.1", port()), Handler)
    if not DOES.get("says_no_address"):
        say(f"Starting server\n\nTo see the GUI go to: http://127.0.0.1:{port()}\n")
    if DOES.get("chats"):
        threading.Thread(target=chat, daemon=True).start()
    if "ends_after" in DOES:
        server.timeout = 0.1
        until = time.monotonic() + DOES["ends_after"]
        while time.monotonic() < until:
            server.handle_request()
        sys.exit(DOES.get("ends_with", 0))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("\nStopped server\n")


BEGAN = time.monotonic()
main()
