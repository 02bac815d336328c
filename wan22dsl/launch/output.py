"""What a process writes, line by line: kept, and passed on as it comes."""

from __future__ import annotations

import re
import threading
from collections import deque
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

#: So many lines are kept from the beginning, and so many of the last ones.
FIRST, LAST = 5_000, 500

#: What is longer than this without a line end is taken for a line.
LONGEST_BYTES = 32 * 1024

_CHUNK_BYTES = 64 * 1024

#: The end of a line, or of a state of a progress bar. What follows a return says which of them it is.
_ENDS = re.compile(rb"\r?\n|\r(?=[^\r\n])")


class Line(NamedTuple):
    """A line. One that is not `is_whole` is a state of a progress bar, which the next one overwrites."""

    text: str
    is_whole: bool = True


class Output:
    """Reads what a process writes in a thread of its own, so that it never waits for us.

    `tell` is called for each line, in that thread. What it raises ends only the telling, and is raised by
    `check`. `copy` gets the bytes as they are.
    """

    def __init__(
        self,
        stream: IO[bytes],
        tell: Callable[[Line], None] | None = None,
        copy: IO[bytes] | None = None,
    ) -> None:
        self._stream, self._tell, self._copy = stream, tell, copy
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=LAST)
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def lines(self) -> list[str]:
        """The first and the last whole lines so far."""
        with self._lock:
            return [*self._first, *self._last]

    def check(self) -> None:
        """Raises what telling a line has raised."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def finish(self, seconds: float) -> None:
        """Waits at most so long for the rest, when the process has ended. A grandchild may keep it open."""
        self._thread.join(seconds)

    def _run(self) -> None:
        with self._stream:
            self._read()

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                chunk = self._stream.read(_CHUNK_BYTES)
            except (OSError, ValueError):  # it was closed
                break
            if not chunk:
                break
            self._write(chunk)
            rest = self._split(rest + chunk)
        if rest:
            self._add(rest, is_whole=True)

    def _split(self, data: bytes) -> bytes:
        """Adds the lines of some bytes, and gives back what has no end yet."""
        at = 0
        for end in _ENDS.finditer(data):
            self._add(data[at : end.start()], is_whole=end[0] != b"\r")
            at = end.end()
        rest = data[at:]
        if len(rest) > LONGEST_BYTES:
            self._add(rest, is_whole=True)
            return b""
        return rest

    def _add(self, data: bytes, *, is_whole: bool) -> None:
        text = data.rstrip(b"\r").decode("utf-8", "backslashreplace")
        if not is_whole and not text:
            return
        if is_whole:
            with self._lock:
                (self._first if len(self._first) < FIRST else self._last).append(text)
        self._guarded(lambda tell: tell(Line(text, is_whole)))

    def _guarded(self, call: Callable[[Callable[[Line], None]], None]) -> None:
        if self._tell is None:
            return
        try:
            call(self._tell)
        except BaseException as error:  # shown by `check`, in the thread that can end
            self._failure, self._tell = error, None

    def _write(self, chunk: bytes) -> None:
        if self._copy is None:
            return
        try:
            self._copy.write(chunk)
            self._copy.flush()
        except OSError as error:
            name = getattr(self._copy, "name", "the log")
            self._failure = CommandError(f"{name}: cannot be written: {disk.reason(error)}")
            self._copy = None
