"""Which paths a pattern means: `old/**`, `*.draft.wan`, `shots`. Always with forward slashes.

Own code, since a regular expression made of a pattern can take for ever: `*a*a*a*b`, or `**/` again and
again. Here a path is matched part by part, and within a part piece by piece; the leftmost place where a piece
fits is always right, so that nothing is tried twice.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_THROUGH = "**"


def covers(patterns: Iterable[str], path: str) -> bool:
    """Whether a path, relative to the folder of the configuration, is meant by one of the patterns.

    A pattern without a slash means files and folders of that name anywhere; a folder stands for all
    that is in it. `*` and `?` stay within a name, `**` alone between slashes goes through folders.
    """
    parts = path.split("/")
    return any(fits((*_parts(pattern), _THROUGH), parts, _part) for pattern in patterns)


@cache
def _parts(pattern: str) -> tuple[str, ...]:
    anchored = pattern.removeprefix("./").rstrip("/")
    if "/" not in anchored:
        return (_THROUGH, anchored)
    parts = tuple(anchored.removeprefix("/").split("/"))
    return (*parts, "*") if parts[-1] == _THROUGH else parts  # what is in a folder, not the folder


def fits(pattern: Sequence[str], parts: Sequence[str], part: Callable[[str, str], bool]) -> bool:
    """Whether the parts of a path are those of a pattern, where `**` is any number of parts.

    `part` says whether a part of the path fits one of the pattern.
    """
    at = back = (
        0  # where the pattern goes on, and where the parts do if the last `**` takes one more
    )
    through = -1
    here = 0
    while here < len(parts):
        if at < len(pattern) and pattern[at] == _THROUGH:
            through, back = at, here
            at += 1
        elif at < len(pattern) and part(pattern[at], parts[here]):
            at, here = at + 1, here + 1
        elif through >= 0:
            back += 1
            at, here = through + 1, back
        else:
            return False
    return all(one == _THROUGH for one in pattern[at:])


def _part(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern with `*` and `?`."""
    if "*" not in pattern:
        return _same(pattern, name)
    first, *middle, last = pattern.split("*")
    if len(name) < len(first) + len(last) or not _same(first, name[: len(first)]):
        return False
    at, end = len(first), len(name) - len(last)
    for piece in middle:
        while piece and at + len(piece) <= end and not _same(piece, name[at : at + len(piece)]):
            at += 1
        at += len(piece)
        if at > end:
            return False
    return _same(last, name[end:])


def _same(pattern: str, text: str) -> bool:
    if "?" not in pattern:
        return pattern == text
    return len(pattern) == len(text) and all(
        one in ("?", other) for one, other in zip(pattern, text)
    )
