"""The code blocks of a Markdown page, and the pages that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent

_BLOCK = re.compile(r"(?:<!-- file: (\S+) -->\n+)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A code block. `file` is the name that it is to be kept under, where `<!-- file: … -->` says one."""

    page: str
    line: int
    language: str
    text: str
    file: str | None


def pages() -> list[Path]:
    """The pages that people read: those at the top and in docs/."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Block(name, text.count("\n", 0, each.start(3)) + 1, each[2], each[3], each[1])
        for each in _BLOCK.finditer(text)
    ]
