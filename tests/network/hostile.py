"""A server on the loopback that misbehaves at one endpoint, and is a simulated ComfyUI at all others.

What it sends without end is made on the fly and never kept.
"""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
from base64 import b64encode
from contextlib import suppress
from functools import partial
from hashlib import sha1
from itertools import chain, repeat
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Pieces = Iterable[bytes]
    Behaviour = Callable[[bytes], Pieces]

OK = b"HTTP/1.1 200 OK\r\n"
JSON = OK + b"Content-Type: application/json\r\n"
BLOCK = 64 * 1024


def trickled(data: Iterable[int]) -> Iterator[bytes]:
    """A byte, a pause, a byte."""
    for byte in data:
        yield bytes([byte])
        sleep(0.01)


def endless(piece: bytes) -> Iterator[bytes]:
    """The same, without end, in large blocks."""
    return repeat(piece * max(1, BLOCK // len(piece)))


def _status(line: str, *headers: str, body: bytes = b"{}") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {line}", *headers, "", ""]).encode() + body


def _json(text: str, _: bytes) -> Pieces:
    return [JSON + b"\r\n" + text.encode()]


_TEXTS = ("null", "[]", "{}", '"x"', "5", "true", "NaN", "[[]]", '{"a": {"b": null}}')

#: Name → what is answered to a request, whatever it is.
BEHAVIOURS: dict[str, Behaviour] = {
    "silent": lambda _: endless_silence(),
    "endless body": lambda _: chain([JSON + b"\r\n[1"], endless(b", 1")),
    "endless blanks": lambda _: chain([JSON + b"\r\n"], endless(b" ")),
    "endless list of lists": lambda _: chain([JSON + b"\r\n["], endless(b"[],")),
    "endless headers": lambda _: chain([OK], endless(b"X-Header: value\r\n")),
    "endless header": lambda _: chain([OK + b"X-Header: "], endless(b"v")),
    "endless status line": lambda _: chain([b"HTTP/1.1 200 "], endless(b"O")),
    "endless 100 Continue": lambda _: endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "endless chunks": lambda _: chain(
        [JSON + b"Transfer-Encoding: chunked\r\n\r\n"], endless(b"1\r\n \r\n")
    ),
    "endless chunk size": lambda _: chain(
        [JSON + b"Transfer-Encoding: chunked\r\n\r\n"], endless(b"0")
    ),
    "endless trailers": lambda _: chain(
        [JSON + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"], endless(b"X-T: v\r\n")
    ),
    "5 GB": lambda _: chain([JSON + b"Content-Length: 5000000000\r\n\r\n"], endless(b'"x",')),
    "trickled body": lambda _: chain(
        [JSON + b"Content-Length: 100000\r\n\r\n"], trickled(repeat(32))
    ),
    "trickled headers": lambda _: chain([OK], trickled(b"X-Header: value\r\n" * 10_000)),
    "trickled 100 Continue": lambda _: trickled(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000),
    "trickled error": lambda _: chain([_status("500 No", body=b"")], trickled(repeat(32))),
    "endless error": lambda _: chain([_status("400 No", body=b"")], endless(b" ")),
    "cut": lambda _: [JSON + b"Content-Length: 100\r\n\r\n{"],
    "nothing": lambda _: [b""],
    "HTTP/0.9": lambda _: [b'{"system": {}, "devices": []}'],
    "other protocol": lambda _: [b"SSH-2.0-OpenSSH_9.9\r\n"],
    "204 with a body": lambda _: [_status("204 No Content", "Content-Length: 2")],
    "status 999": lambda _: [_status("999 What", "Content-Length: 2")],
    "status 101": lambda _: [_status("101 Switching", "Content-Length: 2")],
    "redirect to a file": lambda _: [_status("302 Found", "Location: file:///etc/passwd")],
    "redirect to https": lambda _: [_status("307 Over", "Location: https://127.0.0.1:9/")],
    "redirect to itself": lambda request: [_status("308 Over", "Location: /system_stats")],
    "gzip": lambda _: [
        _status("200 OK", "Content-Encoding: gzip", body=b"\x1f\x8b\x08" + bytes(99))
    ],
    "cookies": lambda _: [_status("200 OK", "Set-Cookie: a=b; Path=/", "Content-Length: 2")],
    "deep": lambda _: [JSON + b"\r\n" + b"[" * 100_000],
    "deep object": lambda _: [JSON + b"\r\n" + b'{"a":' * 100_000],
    "long number": lambda _: [JSON + b"\r\n" + b'{"system": ' + b"9" * 100_000 + b"}"],
    "escapes": lambda _: [_status("500 \x1b[31mNo", body=b'{"error": "\x1b]0;x\x07\\u001b[2J"}')],
    **{f"JSON {text}": partial(_json, text) for text in _TEXTS},
}


def endless_silence() -> Iterator[bytes]:
    """Nothing, for ever."""
    while True:
        yield b""
        sleep(0.01)


def _handshake(request: bytes) -> bytes:
    """The head of an answer that opens a WebSocket."""
    found = [
        line for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")
    ]
    key = found[0].partition(b":")[2].strip() if found else b""
    accept = b64encode(sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def frame(data: bytes, code: int = 1, *, fin: bool = True) -> bytes:
    """A frame of a WebSocket, as a server sends it."""
    head = bytes([(0x80 if fin else 0) | code])
    if len(data) < 126:
        return head + bytes([len(data)]) + data
    return head + b"\x7e" + struct.pack(">H", len(data)) + data


_STEP = json.dumps({"type": "progress", "data": {"value": 1, "max": 2, "node": "x"}}).encode()

#: The same for the WebSocket.
SOCKETS: dict[str, Behaviour] = {
    "endless messages": lambda request: chain([_handshake(request)], endless(frame(_STEP))),
    "endless garbage": lambda request: chain([_handshake(request)], endless(frame(b"{"))),
    "endless previews": lambda request: chain(
        [_handshake(request)], endless(frame(bytes(60_000), 2))
    ),
    "endless pings": lambda request: chain([_handshake(request)], endless(frame(b"", 9))),
    "endless parts": lambda request: chain(
        [_handshake(request), frame(b"{", fin=False)], endless(frame(b" " * 60_000, 0, fin=False))
    ),
    "huge frame": lambda request: chain(
        [_handshake(request), b"\x81\x7f" + b"\x7f" * 8], endless(b" ")
    ),
    "trickled frame": lambda request: chain(
        [_handshake(request), b"\x81\x7e\xff\xff"], trickled(repeat(32))
    ),
    "reserved bits": lambda request: [_handshake(request), b"\xf1\x01x"],
    "long close": lambda request: [_handshake(request), frame(b"\x03\xe8" + b"x" * 5000, 8)],
    "wrong types": lambda request: [
        _handshake(request),
        *(
            frame(json.dumps({"type": kind, "data": data}).encode())
            for kind in (
                "status",
                "progress",
                "progress_state",
                "executing",
                "executed",
                "x",
                5,
                None,
            )
            for data in (
                None,
                [],
                {},
                "x",
                5,
                -1,
                1e300,
                True,
                [[]],
                {"prompt_id": []},
                {"node": {}},
            )
        ),
    ],
}

#: What takes the place of a value.
WRONG = [None, [], {}, "", "x", 5, -1, 1e308, True, [[]], [None], {"x": None}, "\x1b[2J", 10**30]


def with_wrong_types(value: Any, seed: int) -> Any:
    """The value with something else in some places."""
    chance = random.Random(seed)
    share = chance.choice([0.02, 0.1, 0.5])

    def change(inner: Any) -> Any:
        if chance.random() < share:
            return chance.choice(WRONG)
        if isinstance(inner, dict):
            return {key: change(each) for key, each in inner.items()}
        if isinstance(inner, list):
            return [change(each) for each in inner]
        return inner

    return change(value)


class Hostile:
    """The server. `sent_bytes` is how much was sent in its misbehaviour, `asked` what it was asked."""

    def __init__(
        self, where: str, behaviour: Behaviour | None, behind: str = "", seed: int | None = None
    ) -> None:
        self._where, self._behaviour, self._seed = where, behaviour, seed
        self._behind = urlsplit(behind)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listening.settimeout(0.02)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self.sent_bytes = 0
        self.asked: list[bytes] = []
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Hostile:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                client, _ = self._listening.accept()
                client.settimeout(0.1)
                thread = threading.Thread(target=self._serve, args=(client,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            request = self._request(client)
            if not request:
                return
            self.asked.append(request)
            path = request.split(b" ", 2)[1].decode()
            if path.startswith(self._where) and self._behaviour is not None:
                for piece in self._behaviour(request):
                    if self._over.is_set():
                        return
                    self._send(client, piece)
            elif self._behind.hostname:
                self._forward(client, request, change=path.startswith(self._where))

    def _send(self, client: socket.socket, piece: bytes) -> None:
        rest = memoryview(piece)
        while rest and not self._over.is_set():
            with suppress(TimeoutError):
                count = client.send(rest)
                self.sent_bytes += count
                rest = rest[count:]

    def _request(self, client: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data and len(data) < 100_000:
            data += self._more(client)
            if not data or self._over.is_set():
                return b""
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ]
        while lengths and len(body) < lengths[0] and not self._over.is_set():
            more = self._more(client)
            if not more:
                break
            body += more
        return head + b"\r\n\r\n" + body

    def _more(self, client: socket.socket) -> bytes:
        while not self._over.is_set():
            with suppress(TimeoutError):
                return client.recv(BLOCK)
        return b""

    def _forward(self, client: socket.socket, request: bytes, *, change: bool) -> None:
        """The answer of the server behind; with a seed, with wrong types in it."""
        place = (self._behind.hostname, self._behind.port)
        with socket.create_connection(place, timeout=10) as other:  # type: ignore[arg-type]
            other.sendall(request)
            other.settimeout(0.05)
            if b"upgrade: websocket" in request.lower():
                back = threading.Thread(target=self._copy, args=(client, other))
                self._threads.append(back)
                back.start()
                self._copy(other, client)
                return
            if not change or self._seed is None:
                self._copy(other, client)
                return
            answer = b""
            while piece := self._more(other):
                answer += piece
            head, _, body = answer.partition(b"\r\n\r\n")
            with suppress(ValueError):
                self._seed += 1
                body = json.dumps(with_wrong_types(json.loads(body), self._seed)).encode()
            kept = [
                line
                for line in head.split(b"\r\n")
                if not line.lower().startswith(b"content-length")
            ]
            client.sendall(b"\r\n".join([*kept, b"Content-Length: %d" % len(body), b"", body]))

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := self._more(source):
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
