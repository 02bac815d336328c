"""The language server as an editor meets it: a process, at its pipes, while somebody types.

The CPU time of the whole process, from a change to the diagnostics of that version, and the same for other
language servers that are installed: those of Python and TOML files of as many lines. Start is from the
process to the first diagnostics. Only Linux tells the time and memory of another process so exactly.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.edits import _HEAD, _PIPELINE

KEYS = 60
BOUNDS_MS = {1: 30, 10: 30, 30: 60}

_CAPABILITIES = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}


class Server:
    """A language server as a process, with what it used so far."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._number = 0

    def request(self, method: str, params: Any) -> Any:
        """The answer to a request."""
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("id") == self._number and "method" not in message:
                return message

    def begin(self, folder: Path) -> None:
        """Initializes the session."""
        uri = folder.as_uri()
        params = {
            "processId": None,
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": "a"}],
            "capabilities": _CAPABILITIES,
        }
        self.request("initialize", params)
        self.send({"method": "initialized", "params": {}})

    def open(self, uri: str, language: str, text: str) -> None:
        """Opens a document, and waits for its diagnostics."""
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        self.wait(uri, 1)

    def change(self, uri: str, version: int, at: tuple[int, int], text: str) -> None:
        """Types something at a line and a column, and waits for the diagnostics of that version."""
        place = {"line": at[0], "character": at[1]}
        change = {"range": {"start": place, "end": place}, "text": text}
        document = {"uri": uri, "version": version}
        params = {"textDocument": document, "contentChanges": [change]}
        self.send({"method": "textDocument/didChange", "params": params})
        self.wait(uri, version)

    def wait(self, uri: str, version: int) -> None:
        """Waits for the diagnostics of a version, or of none."""
        while True:
            message = self.read()
            if message.get("method") == "textDocument/publishDiagnostics":
                params = message["params"]
                if params["uri"] == uri and params.get("version", version) == version:
                    return

    def send(self, message: Any) -> None:
        """Sends a message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def read(self) -> Any:
        """The next message; a request of the server is answered."""
        stdout = self._process.stdout
        assert stdout is not None
        length = 0
        while line := stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not length:
            raise EOFError(self._process.args)
        message = json.loads(stdout.read(length))
        if "id" in message and "method" in message:
            count = len((message.get("params") or {}).get("items", []))
            self.send({"id": message["id"], "result": [None] * count})
        return message

    def cpu_ms(self) -> float:
        """The time that all its threads have run so far."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6

    def memory_mib(self) -> float:
        """The most memory that it had."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    def end(self) -> None:
        """Ends the session."""
        self.request("shutdown", None)
        self.send({"method": "exit"})
        self._process.wait(10)


def text(pipelines: int) -> str:
    """A file with so many pipelines."""
    return _HEAD + "".join(_PIPELINE.format(number=number) for number in range(pipelines))


def typed(server: Server, uri: str, version: int, at: tuple[int, int]) -> list[float]:
    """The milliseconds of CPU time for each of some keys."""
    found = []
    for key in range(KEYS):
        before = server.cpu_ms()
        server.change(uri, version + key, (at[0], at[1] + key), "abcde "[key % 6])
        found.append(server.cpu_ms() - before)
    return found


def types_ms() -> float:
    """The CPU time that importing the types of the protocol takes now: what the start depends on most."""
    timed = "import time; t = time.process_time(); import lsprotocol.types; print(time.process_time() - t)"
    words = [sys.executable, "-c", timed]
    found = [float(subprocess.run(words, capture_output=True, check=True).stdout) for _ in range(3)]
    return 1000 * min(found)


def _row(name: str, keys: list[float], start: float, wall: float, memory: float) -> str:
    p95 = quantiles(keys, n=20)[-1]
    return (
        f"{name:<28} key → diagnostics p50 {median(keys):6.1f} ms, p95 {p95:6.1f} ms; "
        f"start {start:5.0f} ms CPU, {wall:5.0f} ms wall; {memory:4.0f} MiB"
    )


def ours(folder: Path, pipelines: int) -> None:
    """Prints what it takes to type into a file of so many pipelines, and to ask about it."""
    file = folder / f"{pipelines}.wan"
    whole = text(pipelines)
    uri = file.as_uri()
    before = perf_counter()
    server = Server(sys.executable, "-m", "wan22dsl", "lsp")
    server.begin(folder)
    server.open(uri, "wan", whole)
    wall, start = (perf_counter() - before) * 1000, server.cpu_ms()
    lines = whole.split("\n")
    number = next(n for n, line in enumerate(lines) if f"take {pipelines // 2}" in line)
    at = number, lines[number].index("take")
    typed(server, uri, 2, at)  # warm
    keys = typed(server, uri, 2 + KEYS, (at[0], at[1] + KEYS))
    bound = BOUNDS_MS[pipelines]
    name = f"wan lsp, {pipelines} pipelines"
    print(_row(name, keys, start, wall, server.memory_mib()), f"(bound {bound} ms)")
    flow = next(n for n, line in enumerate(lines) if line.lstrip().startswith("flow"))
    place = {"line": flow, "character": lines[flow].index("high") + 1}
    for method in ("hover", "completion"):
        times = []
        for _ in range(35):
            before_ms = server.cpu_ms()
            params = {"textDocument": {"uri": uri}, "position": place}
            answer = server.request(f"textDocument/{method}", params)
            if "error" in answer:
                break
            times.append(server.cpu_ms() - before_ms)
        del times[:5]  # what is imported, and made once
        if times:
            print(
                f"  {method:<12} p50 {median(times):5.1f} ms, p95 {quantiles(times, n=20)[-1]:5.1f} ms"
            )
    server.end()


#: Name → the command, the ending and language of its files, a line that is repeated, and where is typed.
PEERS = {
    "ruff server": (("ruff", "server"), "py", "python", 'size_{} = "832x480, take {}"\n', 9),
    "taplo lsp": (("taplo", "lsp", "stdio"), "toml", "toml", 'size_{} = "832x480, take {}"\n', 11),
    "jedi-language-server": (
        ("jedi-language-server",),
        "py",
        "python",
        'size_{} = "832x480, take {}"\n',
        9,
    ),
}


def peer(folder: Path, name: str) -> None:
    """Prints the same for another server, where it is installed, with a file of 270 lines."""
    command, ending, language, line, column = PEERS[name]
    beside = Path(sys.executable).with_name(command[0])
    program = str(beside) if beside.exists() else shutil.which(command[0])
    if program is None:
        print(f"{name:<28} is not installed")
        return
    file = folder / f"peer.{ending}"
    whole = "".join(line.format(number, number) for number in range(270))
    file.write_text(whole, encoding="utf-8")
    before = perf_counter()
    server = Server(program, *command[1:])
    try:
        server.begin(folder)
        server.open(file.as_uri(), language, whole)
        wall, start = (perf_counter() - before) * 1000, server.cpu_ms()
        typed(server, file.as_uri(), 2, (135, column + 4))
        keys = typed(server, file.as_uri(), 2 + KEYS, (135, column + 4 + KEYS))
        print(_row(f"{name}, 270 lines", keys, start, wall, server.memory_mib()))
        server.end()
    except (EOFError, OSError) as error:
        print(f"{name:<28} ended: {error}")


def main() -> None:
    """Prints CPU milliseconds for a key, for the start, and the memory."""
    if not Path("/proc/self/schedstat").exists():
        print("needs Linux: /proc/PID/task/*/schedstat")
        return
    print(f"of each start, the types of the protocol (lsprotocol) take {types_ms():.0f} ms")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for pipelines in BOUNDS_MS:
            ours(folder, pipelines)
        for other in PEERS:
            peer(folder, other)


if __name__ == "__main__":
    main()
