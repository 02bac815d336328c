"""What the tables do not see: where the comments are, and escapes that do not exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

_SCAN = re.compile(
    r'"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*"""|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|`[^`\\\n]*(?:\\.[^`\\\n]*)*`|(#[^\n]*)"
)
_ESCAPE = re.compile(r"\\(?:u(?:\{[^}\n\"`]*\}?)?|[\s\S])")
_CHARACTER = re.compile(r"\\u\{0*([0-9A-Fa-f]{1,6})\}\Z")
_KNOWN = frozenset("\\" + sign for sign in '\\"ntr{')


def comments_of(text: str) -> list[tuple[int, int]]:
    """The stretches of all comments of a text without mistakes."""
    if "#" not in text:
        return []
    return [match.span() for match in _SCAN.finditer(text) if match.lastindex]


def escaped_in(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of all texts and names in backticks that have an escape, in a text without mistakes."""
    if "\\" in text:
        for match in _SCAN.finditer(text):
            if not match.lastindex and "\\" in match.group():
                yield match.span()


def wrong_escapes(source: Source, stretches: Iterable[tuple[int, int]]) -> list[Diagnostic]:
    """The escapes that do not exist, in these texts and names."""
    found = []
    for start, end in stretches:
        path = _windows_path(source, start, end)
        if path is not None:
            found.append(path)
            continue
        known = _KNOWN if source.text[start] == '"' else _KNOWN | {"\\`"}
        for match in _ESCAPE.finditer(source.text, start, end):
            if match.group() not in known and not _names_character(match.group()):
                found.append(_say(source, match))
    return found


def _windows_path(source: Source, start: int, end: int) -> Diagnostic | None:
    """A string on one line that was meant to be a path of Windows."""
    text = source.text
    if text[start] != '"' or (text.startswith('"""', start) and end - start > 2):
        return None
    from wan22dsl.syntax.windows_paths import path_in

    path = path_in(text[start + 1 : end - 1])
    if path is None:
        return None
    from wan22dsl.diagnostics import Edit, Fix
    from wan22dsl.source import Span
    from wan22dsl.syntax.messages import WINDOWS_PATH

    inside = Span(source, start + 1, end - 1)
    fix = Fix(f'Write `"{path.meant}"`', (Edit(inside, path.meant),), safe=path.is_sure)
    return WINDOWS_PATH.at(Span(source, start, end), fix=fix, meant=path.meant)


def _names_character(escape: str) -> bool:
    character = _CHARACTER.match(escape)
    if character is None:
        return False
    code = int(character.group(1), 16)
    return code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF


def _say(source: Source, match: re.Match[str]) -> Diagnostic:
    from wan22dsl.diagnostics import Edit, Fix
    from wan22dsl.source import Span
    from wan22dsl.syntax.messages import UNKNOWN_CHARACTER, UNKNOWN_ESCAPE

    span = Span(source, *match.span())
    escape = match.group().replace("\n", " ")
    if escape.startswith("\\u{"):
        return UNKNOWN_CHARACTER.at(span, escape=escape)
    place = Span(source, match.start(), match.start())
    fix = Fix("Write another backslash before it", (Edit(place, "\\"),))
    return UNKNOWN_ESCAPE.at(span, fix=fix, escape=escape)
