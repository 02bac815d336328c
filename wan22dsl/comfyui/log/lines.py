"""The lines of ComfyUI's log as plain text, wherever they come from.

A console has colours and progress bars; a report has times in front; a level is in front of the text from
ComfyUI 0.22 on; `docker compose` and journald name who writes; Windows ends lines in its own way. What Python
prints in pieces arrives in pieces: `/internal/logs/raw` has an entry for each.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Colours, moves of the cursor and titles of windows (ECMA-48, 5.4; OSC ends with BEL or ST).
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")

#: The time of a piece, as ComfyUI's own reports have it: `2026-09-10T13:21:58.616363 - `.
_TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)? - ")

#: What other programs write in front of a line: compose, journald, ComfyUI-Manager's log file.
_IN_FRONT = re.compile(
    r"(?:(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S* )?[\w.-]+\s+\| ?)?"
    r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [^\s\[]+\[\d+\]: )?"
    r"(?:\[\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?\] ?)?"
)

_LEVEL = re.compile(r"\[(?:DEBUG|DETAIL|INFO|WARNING|ERROR|CRITICAL)\] ")

#: A line longer than this is not a line of ComfyUI's; a pack may print a whole file.
LONGEST = 10_000


def plain(line: str) -> str:
    """A line without colours, times and what other programs write in front of it."""
    text = _ESCAPES.sub("", line[:LONGEST])
    text = _TIMES.sub("", text)
    text = text[_IN_FRONT.match(text).end() :]  # type: ignore[union-attr]  # it matches nothing as well
    level = _LEVEL.match(text)
    return (text[level.end() :] if level else text).strip()


def lines_of(text: Iterable[str]) -> Iterator[str]:
    """All plain lines; a progress bar, which overwrites itself, has a line for each of its states."""
    for line in text:
        for part in re.split(r"[\r\n]+", line[: LONGEST * 10]):
            found = plain(part)
            if found:
                yield found


def joined(entries: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The lines of `/internal/logs/raw`, each with the time of its first piece.

    An entry is what was written at once: `print("a", "b")` makes four of them. A line that another thread
    writes in between ends the one before only if it says so itself.
    """
    found: list[tuple[str, str]] = []
    at, pieces = "", ""
    for time, text in entries:
        if text.startswith("\r") and pieces:
            found.append((at, pieces))
            pieces = ""
        if not pieces:
            at = time
        pieces += text
        if text.endswith("\n") or len(pieces) > LONGEST:
            found.append((at, pieces))
            pieces = ""
    if pieces:
        found.append((at, pieces))
    return [(time, line) for time, text in found for line in lines_of([text])]
