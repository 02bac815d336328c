"""A listener on the loopback that remembers what was sent to it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Listener:
    """Answers everything with 404, and keeps the bytes of every connection."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.02)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self.heard: list[bytes] = []
        self.answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listening.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """The same as an address."""
        return f"http://127.0.0.1:{self.port}"

    def _serve(self) -> None:
        while not self._over.is_set():
            with suppress(OSError):
                one, _ = self._listening.accept()
                with one:
                    one.settimeout(2)
                    self.heard.append(one.recv(100_000))
                    one.sendall(self.answer)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        self._listening.close()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """One listener, and an environment that names no server and no token."""
    for name in ("WAN_SERVER", "WAN_TOKEN", "WAN_TOKEN_OVER_HTTP"):
        monkeypatch.delenv(name, raising=False)
    made = Listener()
    made.start()
    yield made
    made.stop()
