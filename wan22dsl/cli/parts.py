"""What a command shows, as data: strings, each with the way it goes. So it can be kept, and shown again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from wan22dsl.cli import streams

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Strings with their ways: a stream, in one of the ways of `streams`, or FILE for the file that the command
#: writes.
Parts = list[tuple[str, str]]
OUT, ERR, FILE = "out", "err", "file"
DATA, JSON, COMMANDS, STYLED = "data", "json", "commands", "styled"


def are_parts(value: Any) -> bool:
    """Whether data that was kept has the shape of parts."""
    return isinstance(value, list) and all(
        isinstance(item, list)
        and len(item) == 2
        and all(isinstance(text, str) for text in item)
        and item[0] in _WAYS
        for item in value
    )


def show(parts: Sequence[Sequence[str]], file: str | None) -> None:
    """Puts each string where it belongs. Raises CommandError where the file cannot be written."""
    for way, text in parts:
        if way != FILE:
            _WAYS[way](text)
        elif file is not None:
            from wan22dsl.cli import files

            files.write(file, text)


def _styled(text: str) -> None:
    streams.styled(sys.stdout).write(text)


_WAYS: dict[str, Callable[[str], object]] = {
    OUT: streams.put,
    ERR: streams.tell,
    FILE: str,
    DATA: streams.data,
    JSON: streams.json,
    COMMANDS: streams.commands,
    STYLED: _styled,
}
