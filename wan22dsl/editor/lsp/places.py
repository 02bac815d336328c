"""Places of the protocol: lines from 0, columns in the units that the client has chosen, and URIs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from wan22dsl.editor import library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Edit
    from wan22dsl.source import Source, Span

#: The bytes, or pairs of bytes, of a character beyond ASCII are counted by encoding it.
_Kind = types.PositionEncodingKind
_CODECS = {_Kind.Utf8: "utf-8", _Kind.Utf16: "utf-16-le", _Kind.Utf32: "utf-32-le"}

#: JSON of one line may have millions of columns: so many characters are counted at once.
_CHUNK = 4096
_UNIT_BYTES = {_Kind.Utf8: 1, _Kind.Utf16: 2, _Kind.Utf32: 4}


class Places:
    """Converts places. `encoding` is what the client counts columns in: utf-8, utf-16 or utf-32."""

    def __init__(self, encoding: types.PositionEncodingKind | str = _Kind.Utf16) -> None:
        kind = _Kind(encoding)
        self._codec = _CODECS[kind]
        self._unit_bytes = _UNIT_BYTES[kind]

    def position(self, source: Source, offset: int) -> types.Position:
        """An offset as the client has it."""
        line, column = source.position(offset)
        before = source.text[offset - (column - 1) : offset]
        return types.Position(line - 1, self._units(before))

    def range(self, source: Source, start: int, end: int) -> types.Range:
        """A stretch of a text as the client has it."""
        return types.Range(self.position(source, start), self.position(source, end))

    def json_range(self, source: Source, start: int, end: int) -> dict[str, Any]:
        """The same as JSON: quicker, where there are many."""
        first = self.position(source, start)
        last = first if end == start else self.position(source, end)
        return {
            "start": {"line": first.line, "character": first.character},
            "end": {"line": last.line, "character": last.character},
        }

    def offset(self, source: Source, position: types.Position) -> int:
        """The offset of a place of the client. Behind the end of a line or of the text it is that end."""
        line = position.line + 1
        if line > source.line_count:
            return len(source.text)
        start, end = source.bounds(line)
        return start + self._column(source.text[start:end], position.character)

    def raw_offset(self, text: str, position: types.Position) -> int:
        """The offset of a place in a text that is as the client has it, with line ends of any kind."""
        start = _line_start(text, position.line)
        if start < 0:
            return len(text)
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        if "\r" in line:
            line = line[: line.index("\r")]
        return start + self._column(line, position.character)

    def _column(self, line: str, units: int) -> int:
        """How many characters of a line so many units are; all where there are fewer."""
        if line.isascii():
            return min(units, len(line))
        at = 0
        while at < len(line) and (width := self._units(line[at : at + _CHUNK])) <= units:
            at, units = at + _CHUNK, units - width
        for character in line[at : at + _CHUNK]:
            width = self._units(character)
            if units < width:
                break
            at, units = at + 1, units - width
        return min(at, len(line))

    def span(self, source: Source, found: types.Range) -> tuple[int, int]:
        """The offsets of a range of the client."""
        return self.offset(source, found.start), self.offset(source, found.end)

    def _units(self, text: str) -> int:
        if text.isascii():
            return len(text)
        return len(text.encode(self._codec, "surrogatepass")) // self._unit_bytes

    def range_of(self, span: Span) -> types.Range:
        """A stretch of a text, where it is known of which."""
        return self.range(span.source, span.start, span.end)

    def text_edits(self, edits: Iterable[Edit]) -> list[types.TextEdit]:
        """The edits of one file, in order."""
        ordered = sorted(edits, key=lambda edit: edit.span.start)
        return [types.TextEdit(self.range_of(edit.span), edit.text) for edit in ordered]


_LINE_END = re.compile(r"\r\n?|\n")


def _line_start(text: str, line: int) -> int:
    """Where a line starts, counted from 0; -1 behind the last one. A lone CR ends a line too."""
    start = 0
    if "\r" not in text:
        for _ in range(line):
            start = text.find("\n", start) + 1
            if not start:
                return -1
        return start
    for _ in range(line):
        found = _LINE_END.search(text, start)
        if found is None:
            return -1
        start = found.end()
    return start


def uri_of(file: Path) -> str:
    """The URI of a file."""
    found: str | None = from_fs_path(str(file if file.is_absolute() else file.resolve()))
    assert found is not None, file
    return found


def file_of(uri: str) -> Path | None:
    """The file of a URI; None where it is not that of a file on this machine."""
    if uri.startswith(f"{library.SCHEME}:"):
        return library.file_named(uri.partition(":")[2].lstrip("/"))
    if not uri.startswith("file:"):
        return None
    path = to_fs_path(uri)
    return Path(path) if path else None
