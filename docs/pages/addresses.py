"""The address of the repository, in the files that people write: it is the one of `wan22dsl/about.py`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.about import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HOST, _, _NAME = REPOSITORY.removeprefix("https://").partition("/")

_NAMES = rf"(?:wan22dsl|{re.escape(_NAME.rpartition('/')[2])})"

#: An address of a repository of that name, and how a step of a workflow names its action.
_ADDRESS = re.compile(rf"{re.escape(_HOST)}/[\w.-]+/{_NAMES}(?![\w-])")
_ACTION = re.compile(rf"(?<=uses: )[\w.-]+/{_NAMES}(?=@)")

#: Where addresses are.
FILES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "pyproject.toml")


def pages(root: Path) -> Iterator[tuple[Path, str]]:
    """Every file of people that names the repository, with the address that it should have."""
    for file in (*(root / name for name in FILES), *sorted((root / "docs").glob("*.md"))):
        text = file.read_text(encoding="utf-8")
        named = with_address(text)
        if _ADDRESS.search(text) or _ACTION.search(text):
            yield file, named


def with_address(text: str) -> str:
    """A text with the address of the repository wherever one is named."""
    return _ACTION.sub(_NAME, _ADDRESS.sub(f"{_HOST}/{_NAME}", text))
