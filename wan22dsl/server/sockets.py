"""`/ws`: who is connected, and what is sent to whom, in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
from struct import pack
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.server.clock import CardClock
    from wan22dsl.server.faults import Faults

#: What this server tells of itself when a client announces features of its own.
FEATURES = {"supports_preview_metadata": True, "max_upload_size": 104_857_600}

_PREVIEW, _PREVIEW_WITH_METADATA = 1, 4
_PNG = 2


class _Message(NamedTuple):
    kind: str
    data: Any
    to: str | None
    simulated: dict[str, Any] | None = None


class Preview(NamedTuple):
    """A picture of a step, sent as bytes."""

    image: bytes
    metadata: dict[str, Any]


class Sockets:
    """All sockets by client id. A second one with the same id takes the place of the first.

    `greeting` gives what a client gets that connects, as type and data of messages.
    """

    def __init__(
        self,
        faults: Faults,
        clock: CardClock,
        greeting: Callable[[str], list[tuple[str, dict[str, Any]]]],
    ) -> None:
        self._faults, self._clock, self._greeting = faults, clock, greeting
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._features: dict[str, dict[str, Any]] = {}
        self._transports: dict[web.WebSocketResponse, asyncio.Transport | None] = {}
        self._messages: asyncio.Queue[_Message] = asyncio.Queue()

    def send(self, kind: str, data: Any, to: str | None = None) -> None:
        """Sends a message to one client, or to all; in the order of the calls."""
        told = None if kind == "preview" else self._clock.told()
        self._messages.put_nowait(_Message(kind, data, to, told))

    async def publish(self) -> None:
        """Sends what is to be sent, for ever."""
        while True:
            message = await self._messages.get()
            for client_id, socket in self._meant(message.to):
                await self._put(client_id, socket, message)
                if message.kind != "preview" and self._faults.at_message(message.kind):
                    self.drop(socket)

    def _meant(self, to: str | None) -> list[tuple[str, web.WebSocketResponse]]:
        return [
            (client_id, socket)
            for client_id, socket in self._sockets.items()
            if to is None or client_id == to
        ]

    async def _put(self, client_id: str, socket: web.WebSocketResponse, message: _Message) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            if isinstance(message.data, Preview):
                await socket.send_bytes(self._bytes(client_id, message.data))
            else:
                told = {"type": message.kind, "data": message.data}
                if message.simulated is not None:  # beside what a real server says
                    told["simulated"] = message.simulated
                await socket.send_str(json.dumps(told))

    def _bytes(self, client_id: str, preview: Preview) -> bytes:
        if self.wants_metadata(client_id):
            about = json.dumps({**preview.metadata, "image_type": "image/png"}).encode()
            return pack(">2I", _PREVIEW_WITH_METADATA, len(about)) + about + preview.image
        return pack(">2I", _PREVIEW, _PNG) + preview.image

    def wants_metadata(self, client_id: str | None) -> bool:
        """Whether a client said that it understands previews with metadata."""
        return bool(self._features.get(client_id or "", {}).get("supports_preview_metadata"))

    def is_connected(self, client_id: str) -> bool:
        """Whether a client has a socket."""
        return client_id in self._sockets

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from its beginning to its end."""
        socket = web.WebSocketResponse(max_msg_size=2**20)
        await socket.prepare(request)
        client_id = request.query.get("clientId") or uuid4().hex
        self._sockets[client_id] = socket
        self._features.pop(client_id, None)
        self._transports[socket] = request.transport
        try:
            await self._greet(socket, client_id)
            first = True
            async for message in socket:
                if message.type == WSMsgType.TEXT and first:
                    await self._announce(socket, client_id, message.data)
                    first = False
        finally:
            self._transports.pop(socket, None)
            if self._sockets.get(client_id) is socket:
                del self._sockets[client_id]
                self._features.pop(client_id, None)
        return socket

    async def _greet(self, socket: web.WebSocketResponse, client_id: str) -> None:
        for kind, data in self._greeting(client_id):
            await self._put(client_id, socket, _Message(kind, data, None))

    async def _announce(self, socket: web.WebSocketResponse, client_id: str, text: str) -> None:
        """A client's first message may say what it can do; the answer is what the server can."""
        try:
            said = json.loads(text)
        except ValueError:
            return
        if isinstance(said, dict) and said.get("type") == "feature_flags":
            self._features[client_id] = dict(said.get("data") or {})
            await self._put(client_id, socket, _Message("feature_flags", FEATURES, None))

    def drop(self, socket: web.WebSocketResponse) -> None:
        """Cuts a connection silently, as a network or a killed process does: code 1006."""
        transport = self._transports.get(socket)
        if transport is not None:
            transport.abort()

    def drop_all(self) -> None:
        """Cuts all connections."""
        for socket in list(self._transports):
            self.drop(socket)

    async def close_all(self) -> None:
        """Closes all connections in good order."""
        for socket in list(self._transports):
            with contextlib.suppress(ConnectionError, RuntimeError):
                await socket.close(code=1001, message=b"the simulated server ends")
