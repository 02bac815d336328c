"""Standard input and output, the same on every platform: UTF-8, `\\n`, and quiet when a pipe closes."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


class ClosedPipe(BaseException):
    """Whoever read our output has gone, as in `wan schema prompt | head -1`."""


def prepare() -> None:
    """Makes standard output and error UTF-8 with `\\n`, whatever the console's own ways are."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def put(text: str) -> None:
    """Writes to standard output."""
    write(sys.stdout, text)


def tell(text: str) -> None:
    """Writes to standard error."""
    write(sys.stderr, text)


def read() -> bytes:
    """All of standard input."""
    return sys.stdin.buffer.read()


def write(stream: TextIO, text: str) -> None:
    """Writes to a stream at once. Raises ClosedPipe."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError as error:
        # The interpreter flushes once more when it ends; there must be somewhere for it to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise ClosedPipe from error
