"""The server's messages as they come: a WebSocket, read in a thread that stamps each message at once.

The thread reconnects by itself, with growing pauses, until it is closed. What it reads waits in a queue;
nothing that the rest of the program does (asking the server something, writing a file) delays a stamp.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import Empty, SimpleQueue
from socket import SHUT_RDWR
from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.network import limits, sockets
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.network.address import Address

#: Pauses before connecting again, the last one for ever.
_PAUSES_S = (0.1, 0.3, 1.0, 2.0, 4.0)

#: How long a read may bring nothing before the thread looks whether it should stop. Nothing is lost by that:
#: half a message is kept.
_READ_S = 0.5

#: A message with more bytes is not taken in; the connection is given up for it.
_MOST_BYTES = 64 * 1024 * 1024

#: When so many bytes wait to be looked at, no more are read: the server has to wait. Each message counts for
#: what Python needs besides its content.
_MOST_WAITING_BYTES, _OVERHEAD_BYTES = 64 * 1024 * 1024, 500

_SWITCHED = 101  # HTTP's status of a socket that came about


class Frame(NamedTuple):
    """What came: a message (`text` or `data`), or word that the socket is there or gone."""

    at_s: float
    kind: str  # "message", "open" or "gone"
    content: str | bytes = ""


class Stream:
    """The socket of one client. Use it as a context: on leaving, thread and socket are gone."""

    def __init__(self, address: Address, client_id: str) -> None:
        self._address = address
        self._path = f"/ws?clientId={client_id}"
        self._frames: SimpleQueue[Frame] = SimpleQueue()
        self._waiting_bytes = 0
        self._stop = threading.Event()
        self._known = threading.Event()
        self.is_open = False
        self._socket: Any = None
        self._under: Any = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="wan-stream", daemon=True)

    def __enter__(self) -> Stream:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with self._lock:
            self._wake()
        self._thread.join(timeout=limits.HANDSHAKE.seconds + 5)

    def ready(self, wait_s: float) -> bool:
        """Waits until it is known whether the socket can be had; what is said before that is lost."""
        self._known.wait(wait_s)
        return self.is_open

    def next(self, wait_s: float) -> Frame | None:
        """The next frame; None when none comes in that time."""
        try:
            found = self._frames.get(timeout=max(0.0, wait_s))
        except Empty:
            return None
        with self._lock:
            self._waiting_bytes -= len(found.content) + _OVERHEAD_BYTES
        return found

    def _put(self, frame: Frame) -> None:
        with self._lock:
            self._waiting_bytes += len(frame.content) + _OVERHEAD_BYTES
        self._frames.put(frame)
        while self._waiting_bytes > _MOST_WAITING_BYTES and not self._stop.is_set():
            self._stop.wait(0.02)

    def _run(self) -> None:
        import websocket

        tries = 0
        while not self._stop.is_set():
            try:
                self._connect(websocket)
            except Exception as error:
                # Whatever a server answers to a handshake: without the socket the history is asked.
                self._tell("gone", _said(error))
            else:
                tries = 0
                self._tell("open")
                self._tell("gone", self._read(websocket))
            self._close()
            self._stop.wait(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
            tries += 1

    def _connect(self, websocket: Any) -> None:
        address = self._address
        header = [f"Authorization: {address.authorization}"] if address.authorization else []
        under = sockets.tunnel(address, sockets.Budget(limits.HANDSHAKE))
        with self._lock:
            self._under = under
            if self._stop.is_set():
                self._wake()
        try:
            made = websocket.create_connection(
                address.socket_url(self._path),
                timeout=limits.HANDSHAKE.seconds,
                header=header,
                suppress_origin=True,  # ComfyUI refuses an Origin that is not its own
                redirect_limit=0,
                skip_utf8_validation=True,  # done in Python, byte by byte; we read past other bytes
                class_=_bounded(websocket),
                socket=under,
            )
        except BaseException:
            under.close()
            raise
        under.budget = None  # from here on, silence is allowed
        if made.getstatus() != _SWITCHED:
            made.shutdown()
            raise websocket.WebSocketException(f"HTTP {made.getstatus()}")
        made.settimeout(_READ_S)
        with self._lock:
            self._socket = made

    def _wake(self) -> None:
        """Ends a read that waits in the other thread."""
        if self._under is not None:
            with suppress(OSError):
                self._under.shutdown(SHUT_RDWR)

    def _read(self, websocket: Any) -> str:
        """Reads until the socket is gone, and says why it is."""
        while not self._stop.is_set():
            try:
                code, data = self._socket.recv_data()
            except websocket.WebSocketTimeoutException:
                continue
            except Exception as error:
                return _said(error)
            at_s = monotonic()
            self._socket.got_bytes = 0
            if code == websocket.ABNF.OPCODE_CLOSE:
                return "the server closed the connection"
            if code == websocket.ABNF.OPCODE_TEXT:
                self._put(Frame(at_s, "message", data.decode("utf-8", "replace")))
            else:
                self._put(Frame(at_s, "message", bytes(data)))
        return ""

    def _tell(self, kind: str, content: str = "") -> None:
        self.is_open = kind == "open"
        self._known.set()
        if not self._stop.is_set():
            self._put(Frame(monotonic(), kind, content))

    def _close(self) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.shutdown()
            self._socket = self._under = None


def _bounded(websocket: Any) -> Any:
    """The library's socket, which gives up a message that does not come to an end."""

    class Bounded(websocket.WebSocket):  # type: ignore[misc]
        got_bytes = 0

        def _recv(self, bufsize: int) -> bytes:
            data: bytes = super()._recv(bufsize)
            self.got_bytes += len(data)
            if self.got_bytes > _MOST_BYTES:
                raise websocket.WebSocketPayloadException("too large")
            return data

    return Bounded


def _said(error: Exception) -> str:
    """What went wrong, without what the library tells of headers and addresses."""
    status = getattr(error, "status_code", None)
    if status is not None:
        return f"HTTP {status}"
    kind = type(error).__name__
    if kind == "WebSocketConnectionClosedException":
        return "the server does not respond"
    return getattr(error, "strerror", None) or kind
