"""The session at standard input and output: messages in and out, until the client ends it or is gone."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from wan22dsl.editor.lsp.client_process import is_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from wan22dsl.editor.lsp.server import WanServer

_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*([0-9]{1,10})[ \t]*", re.IGNORECASE)

#: A longer message is that of no client; a longer header neither.
_MOST_BYTES, _LONGEST_HEADER = 512 * 1024**2, 8192

#: How often it is looked whether the client's process is there.
_LOOK_S = 3.0


def serve(server: WanServer, stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serves a client to its end, and gives the exit code of the process."""
    if not os.environ.get("WAN_TRACEBACK"):  # what is to be known is in the log of the client
        logging.getLogger("pygls").addHandler(logging.NullHandler())
        logging.getLogger("pygls").propagate = False
    gc.freeze()  # what is imported stays: nothing of it is looked through again while somebody types
    server.protocol.set_writer(_Writer(stdout))
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(server, stdin))
    server.shutdown()  # type: ignore[no-untyped-call]
    return server.protocol.exit_code or 0


class _Writer:
    """Standard output for pygls."""

    def __init__(self, stdout: BinaryIO) -> None:
        self._stdout = stdout

    def write(self, data: bytes) -> None:
        self._stdout.write(data)
        self._stdout.flush()

    def close(self) -> None:
        """It belongs to the process."""


async def _serve(server: WanServer, stdin: BinaryIO) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    server.protocol.when_ended = ended.set

    def read() -> None:
        with suppress(RuntimeError):  # the loop is closed: the session has ended
            for body in messages(lambda count: os.read(stdin.fileno(), count)):
                loop.call_soon_threadsafe(server.protocol.receive, body)
            loop.call_soon_threadsafe(ended.set)

    # A thread of its own reads on while something is worked at. It must not hold the lock of `stdin` when
    # the process ends, so it reads below it.
    Thread(target=read, daemon=True, name="stdin").start()
    watch = asyncio.create_task(_end_with_client(server, ended))
    await ended.wait()
    watch.cancel()


async def _end_with_client(server: WanServer, ended: asyncio.Event) -> None:
    """Ends the session when the process of the client is gone, which may leave our input open."""
    while True:
        await asyncio.sleep(_LOOK_S)
        pid = server.protocol.client_pid
        if pid is not None and not is_alive(pid):
            ended.set()


def messages(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The bodies of messages from bytes, to their end. Lines that are no header are skipped.

    `read` gives some bytes, at most so many; none at the end.
    """
    held = bytearray()
    length = 0
    while True:
        end = held.find(b"\n")
        if end < 0:
            if len(held) > _LONGEST_HEADER:
                held.clear()
            data = read(65536)
            if not data:
                return
            held += data
            continue
        line = bytes(held[:end]).rstrip(b"\r")
        del held[: end + 1]
        found = _LENGTH.fullmatch(line)
        if found:
            length = int(found[1])
        if line or not length:
            continue
        if length > _MOST_BYTES:
            return
        while len(held) < length:
            data = read(max(65536, length - len(held)))
            if not data:
                return
            held += data
        yield bytes(held[:length])
        del held[:length]
        length = 0
