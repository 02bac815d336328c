"""Standard input and output: one gate for everything that a command shows.

`open_gate` puts it in the place of `sys.stdout` and `sys.stderr`, so that whatever writes to these goes
through it: ours, typer's and rich's. It is UTF-8 with `\\n` on every platform, and lets no unsafe character
out (`wan22dsl.escapes`). There are several kinds of output:

put, tell, say    words for people; `say` for one line, in which a line end is part of a name and is escaped
data              what a program reads: unaltered, except on a terminal and in a log of GitHub Actions
commands          commands to a log of GitHub Actions
json              JSON, in which unsafe characters are written as `\\u….`
styled            lines that `report.terminal` or rich has coloured, with nothing else in them

A stream that fails (a full disk, a stream that is closed) does not stop the command: what is left of it goes
nowhere, and `failure` says so at the end. When nobody reads a pipe any more, the command ends: `ClosedPipe`.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from wan22dsl import disk
from wan22dsl.errors import CommandError
from wan22dsl.escapes import in_json, in_log, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO, TextIO


class ClosedPipe(BaseException):
    """Whoever read our output has gone, as in `wan schema prompt | head -1`."""


def of_bytes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output themselves, for a protocol. Raises CommandError where one is closed."""
    if sys.__stdin__ is None or sys.__stdout__ is None:
        raise CommandError("standard input or output is closed")
    return cast("BinaryIO", sys.__stdin__.buffer), cast("BinaryIO", sys.__stdout__.buffer)


class Gate(io.TextIOBase):
    """A stream. What is written to it is for people; other kinds of output have functions of their own."""

    def __init__(self, stream: TextIO | None, name: str, *, is_needed: bool) -> None:
        """Without a `stream` it is closed, which is a failure when it `is_needed` for something."""
        if isinstance(stream, io.TextIOWrapper):
            with suppress(ValueError):  # it is closed, which is told when something is written
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        self._stream, self._name, self._is_needed = stream, name, is_needed
        #: Why something could not be written; empty when everything was.
        self.failure = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """For libraries that ask."""
        return "utf-8"

    def write(self, text: str) -> int:
        """Writes words for people. Raises ClosedPipe."""
        self.send(in_log(text))
        return len(text)

    def send(self, text: str) -> None:
        """Writes what is safe already, at once. Raises ClosedPipe."""
        if not text or self.failure:
            return
        if self._stream is None:
            self.failure = f"{self._name} is closed" if self._is_needed else ""
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError as error:
            self._go_nowhere()
            raise ClosedPipe from error
        except (OSError, ValueError) as error:
            # A ValueError is Python's word for a stream that was closed in between.
            why = disk.reason(error) if isinstance(error, OSError) else "it is closed"
            self.failure = f"{self._name} cannot be written: {why}"
            self._go_nowhere()

    def _go_nowhere(self) -> None:
        """The interpreter flushes once more when it ends; there must be somewhere for it to go."""
        with suppress(OSError, ValueError):
            if self._stream is not None:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._stream.fileno())
                os.close(nowhere)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The stream belongs to the process."""

    def writable(self) -> bool:
        """For libraries that ask."""
        return True

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        try:
            return self._stream is not None and self._stream.isatty()
        except ValueError:  # it is closed
            return False

    def fileno(self) -> int:
        """The number that the system knows it by. Raises OSError where it has none."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def is_file(self) -> bool:
        """Whether it goes into a file on disk."""
        import stat

        try:
            return stat.S_ISREG(os.fstat(self.fileno()).st_mode)
        except (OSError, ValueError):
            return False


class _Styled(io.TextIOBase):
    """A stream for rich, which writes escapes of its own; all else in its lines has been made safe."""

    def __init__(self, stream: TextIO) -> None:
        self._gate = _gate(stream)

    def write(self, text: str) -> int:
        self._gate.send(text)
        return len(text)

    def isatty(self) -> bool:
        return self._gate.isatty()

    def fileno(self) -> int:
        return self._gate.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"


@contextmanager
def open_gate() -> Iterator[tuple[Gate, Gate]]:
    """Standard output and error as gates, until the command has ended."""
    before = sys.stdout, sys.stderr
    if None in (sys.stdin, *before):
        _occupy()
    out = Gate(sys.stdout, "standard output", is_needed=True)
    # Closing standard error means what `2>/dev/null` means: the words for people are not wanted.
    err = Gate(sys.stderr, "standard error", is_needed=False)
    sys.stdout, sys.stderr = cast("TextIO", out), cast("TextIO", err)
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before


def _occupy() -> None:
    """Takes the numbers of streams that are closed, so that no file that is opened gets one of them."""
    number = os.open(os.devnull, os.O_RDWR)
    while number <= 2:
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)


def _gate(stream: TextIO) -> Gate:
    found: object = stream
    return found if isinstance(found, Gate) else Gate(stream, "the stream", is_needed=True)


def put(text: str) -> None:
    """Writes words for people to standard output."""
    sys.stdout.write(text)


def tell(text: str) -> None:
    """Writes words for people to standard error."""
    write(sys.stderr, text)


def say(line: str) -> None:
    """Writes one line to standard error; line ends in it, which can only be those of names, are escaped."""
    tell(f"{one_line(line)}\n")


def put_lines(lines: Iterable[str]) -> None:
    """Writes lines to standard output; line ends in them are escaped."""
    put("".join(f"{one_line(line)}\n" for line in lines))


def data(text: str) -> None:
    """Writes what a program reads to standard output."""
    gate = _gate(sys.stdout)
    if gate.isatty():
        text = _by_lines(visible, text)
    elif os.environ.get("GITHUB_ACTIONS") == "true" and not gate.is_file():
        text = _by_lines(in_log, text)
    gate.send(text)


def _by_lines(safe: Callable[[str], str], text: str) -> str:
    """The text made safe, with the line ends of Windows where it has them."""
    return "\r\n".join(map(safe, text.split("\r\n")))


def commands(text: str) -> None:
    """Writes commands to a log of GitHub Actions, in which whatever is not ours is escaped already."""
    _gate(sys.stdout).send(text)


def json(text: str) -> None:
    """Writes JSON to standard output."""
    _gate(sys.stdout).send(in_json(text))


def styled(stream: TextIO) -> TextIO:
    """A stream for lines that are coloured already, or for a `rich.console.Console`."""
    return cast("TextIO", _Styled(stream))


def write(stream: TextIO | None, text: str) -> None:
    """Writes words for people to a stream. Raises ClosedPipe."""
    if stream is not None:
        stream.write(text)


def read() -> bytes:
    """All of standard input. Raises CommandError where it is closed, or has more than is read of a file."""
    if sys.stdin is None:
        raise CommandError("standard input is closed")
    found = sys.stdin.buffer.read(disk.MOST_BYTES + 1)
    if len(found) > disk.MOST_BYTES:
        limit = disk.size_in_words(disk.MOST_BYTES)
        raise CommandError(f"standard input is too large; at most {limit} are read")
    return found
