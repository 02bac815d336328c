"""Which paths a pattern means: `old/**`, `*.draft.wan`, `shots`. Always with forward slashes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def covers(patterns: Iterable[str], path: str) -> bool:
    """Whether a path, relative to the folder of the configuration, is meant by one of the patterns.

    A pattern without a slash means files and folders of that name anywhere; a folder stands for all
    that is in it. `*` and `?` stay within a name, `**` goes through folders.
    """
    return any(_pattern(pattern).fullmatch(path) for pattern in patterns)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    anchored = text.removeprefix("./").rstrip("/")
    if "/" not in anchored:
        anchored = f"**/{anchored}"
    anchored = anchored.removeprefix("/")
    parts = (_TRANSLATED.get(part) or re.escape(part) for part in _PARTS.findall(anchored))
    return re.compile("".join(parts) + "(?:/.*)?", re.DOTALL)


_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_TRANSLATED = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
