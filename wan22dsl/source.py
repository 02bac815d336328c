"""Where text comes from and where in it something is.

The only place that counts lines and columns. Offsets are code points into `Source.text`; lines and
columns are counted from 1, columns in code points. Editors (LSP) and SARIF count columns in UTF-16 code
units: `utf16` and `offset_utf16` convert. A character beyond U+FFFF is two units, a tab is one.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


_CONVERT = "save it as UTF-8, or run `iconv -f {} -t UTF-8`"


class Position(NamedTuple):
    """A place in a text, as people count: the first line is 1, the first column is 1."""

    line: int
    column: int


class Source:
    """A text and the name by which people know it.

    `path` is the name to show, always with forward slashes; `file` the place on disk, if there is one
    (a string becomes a path when it is first asked for). The text has no byte-order mark and only `\\n`
    as line end.
    """

    def __init__(self, text: str, path: str = "<text>", file: Path | str | None = None) -> None:
        text = text.removeprefix("\ufeff")
        self.text = text.replace("\r\n", "\n") if "\r" in text else text
        self.path = path
        self._file = file

    @classmethod
    def read(cls, file: Path, path: str | None = None) -> Source:
        """The text of a file. Raises UnreadableFile when it is missing, no regular file, or not UTF-8."""
        shown = path if path is not None else file.as_posix()
        return cls.decode(disk.read(str(file), shown), shown, file)

    @classmethod
    def decode(cls, data: bytes, path: str, file: Path | str | None = None) -> Source:
        """A source from bytes. Raises UnreadableFile when they are not UTF-8."""
        if 0 in data[:64] and _encoding(data) in ("UTF-16LE", "UTF-16BE"):
            reason = f"looks like {_encoding(data)} text: {_CONVERT.format(_encoding(data))}"
            raise UnreadableFile(path, reason)
        try:
            return cls(data.decode("utf-8"), path, file)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            reason = f"is not UTF-8 text (byte {data[error.start]:#04x} in line {line})"
            encoding = _encoding(data)
            if encoding is not None:
                reason += f"; it looks like {encoding}: {_CONVERT.format(encoding)}"
            media = _media(data)
            if media is not None:
                reason = f"is {media}, not text; `wan import` reads the workflow in it"
            raise UnreadableFile(path, reason) from error

    @cached_property
    def file(self) -> Path | None:
        """The place on disk, if there is one."""
        if not isinstance(self._file, str):
            return self._file
        from pathlib import Path

        return Path(self._file)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    @property
    def line_count(self) -> int:
        """The number of lines; one behind the last line end counts, though it is empty."""
        return len(self._line_starts)

    def position(self, offset: int) -> Position:
        """The line and column of an offset; one past the end of the text is allowed."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def utf16(self, offset: int) -> Position:
        """The line and column of an offset, the column in UTF-16 code units, both counted from 1."""
        line, column = self.position(offset)
        return Position(line, _units(self.text[offset - (column - 1) : offset]) + 1)

    def offset_utf16(self, line: int, column: int) -> int:
        """The offset of a line and a column in UTF-16 code units, both counted from 1.

        As LSP wants it, a column behind the end of its line is that end, and a column between the two
        units of a character is the start of the character. A line behind the last one is the end of the text.
        """
        if line > len(self._line_starts):
            return len(self.text)
        start, end = self.bounds(max(line, 1))
        at, left = start, column - 1
        if self.text[start:end].isascii():
            return start + min(max(left, 0), end - start)
        while at < end and left >= (units := 1 + (ord(self.text[at]) > 0xFFFF)):
            at, left = at + 1, left - units
        return at

    def bounds(self, number: int) -> tuple[int, int]:
        """The offsets at which a line, counted from 1, starts and ends; its line end is not in it."""
        starts = self._line_starts
        return starts[number - 1], starts[number] - 1 if number < len(starts) else len(self.text)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end."""
        start, end = self.bounds(number)
        return self.text[start:end]

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.text)} characters)"


class Span(NamedTuple):
    """A stretch of a source: `start` inclusive, `end` exclusive, in code points."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters of the stretch."""
        return self.source.text[self.start : self.end]

    @property
    def first(self) -> Position:
        """Where it starts."""
        return self.source.position(self.start)

    @property
    def last(self) -> Position:
        """Where it ends: the position just behind its last character."""
        return self.source.position(self.end)


def _units(text: str) -> int:
    """The number of UTF-16 code units of a text."""
    if text.isascii():
        return len(text)
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def _encoding(data: bytes) -> str | None:
    """Which encoding a text that is not UTF-8 seems to have; None where several can be meant, or no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    head = data[:4096]
    if head.count(0) * 3 > len(head) and len(head) > 3:
        return "UTF-16LE" if head[1::2].count(0) > head[::2].count(0) else "UTF-16BE"
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):
        return None
    if _has_long_runs(data):
        return None  # several encodings of East Asia can read it
    return "Windows-1252" if any(0x80 <= byte < 0xA0 for byte in data) else "Latin-1"


def _has_long_runs(data: bytes) -> bool:
    """Whether most bytes that are no ASCII are beside others: letters of two bytes, whole words of them."""
    import re

    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", data)]
    return 2 * sum(length for length in runs if length > 3) > sum(runs)


def _media(data: bytes) -> str | None:
    """What a file is, told by how it begins, of those in which ComfyUI writes the workflow."""
    if data.startswith(b"\x89PNG\r\n"):
        return "a PNG picture"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "a WebP picture"
    if data[4:8] == b"ftyp":
        return "an MP4 video"
    return "a WebM or Matroska video" if data.startswith(b"\x1aE\xdf\xa3") else None
