"""Places of the protocol: lines from 0, columns in the units that the client has chosen, and URIs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from wan22dsl.editor import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.diagnostics import Edit
    from wan22dsl.source import Source, Span

#: The bytes, or pairs of bytes, of a character beyond ASCII are counted by encoding it.
_Kind = types.PositionEncodingKind
_CODECS = {_Kind.Utf8: "utf-8", _Kind.Utf16: "utf-16-le", _Kind.Utf32: "utf-32-le"}
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

    def offset(self, source: Source, position: types.Position) -> int:
        """The offset of a place of the client. Behind the end of a line or of the text it is that end."""
        line = position.line + 1
        if line > source.line_count:
            return len(source.text)
        start, end = source.bounds(line)
        text = source.text[start:end]
        if text.isascii():
            return start + min(position.character, len(text))
        left = position.character
        for at, character in enumerate(text):
            units = self._units(character)
            if left < units:
                return start + at
            left -= units
        return end

    def span(self, source: Source, found: types.Range) -> tuple[int, int]:
        """The offsets of a range of the client."""
        return self.offset(source, found.start), self.offset(source, found.end)

    def _units(self, text: str) -> int:
        if text.isascii():
            return len(text)
        return len(text.encode(self._codec, "surrogatepass")) // self._unit_bytes

    def location(self, span: Span) -> types.Location | None:
        """A place in a file; None where it is in no file."""
        source = span.source
        if source.file is None:
            return None
        return types.Location(uri_of(source.file), self.range(source, span.start, span.end))

    def text_edits(self, source: Source, edits: Sequence[Edit]) -> list[types.TextEdit]:
        """The edits of one file."""
        return [
            types.TextEdit(self.range(source, edit.span.start, edit.span.end), edit.text)
            for edit in edits
            if edit.span.source.path == source.path
        ]


def uri_of(file: Path) -> str:
    """The URI of a file."""
    found = from_fs_path(str(file))
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
