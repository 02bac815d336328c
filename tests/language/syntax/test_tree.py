"""The innermost node at an offset, and the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from wan22dsl.language.syntax import parse, tree
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted((ROOT / "examples").rglob("*.wan"))


def way(text: str, marked: str = "|") -> list[str]:
    """The kinds of the nodes at the mark."""
    offset = text.index(marked)
    file, _ = parse(Source(text.replace(marked, "")))
    return [type(node).__name__ for node in tree.at(file, offset)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("wan 1\nlet a = hi|gh.cfg\n", ["File", "Derived", "Name"]),
        ("wan 1\nlet a = high|\n", ["File", "Derived", "Name"]),
        ("wan 1\nlet a = f(x = |y)\n", ["File", "Derived", "Call", "Attribute", "Name"]),
        ("wan 1\nlet a = f(x| = y)\n", ["File", "Derived", "Call", "Attribute", "Name"]),
        ("wan 1\nlet a = [1, 🟨|2]\n", ["File", "Derived", "List", "Number"]),
        ("wan 1\n|# a comment\nlet a = 1\n", ["File"]),
        ("wan 1\r\nlet a = 1 + |b\r\n", ["File", "Derived", "Chain", "Name"]),
        ("|", ["File"]),
    ],
)
def test_the_innermost_node_at_an_offset(text: str, wanted: list[str]) -> None:
    if "🟨" in text:
        text = text.replace("🟨", '"🟨", ')
    assert way(text) == wanted


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_node_is_on_the_way_to_its_first_character(file: Path) -> None:
    found, _ = parse(Source.read(file))
    for declaration in found.declarations:
        for node in tree.walk(declaration):
            if node.start < node.end:
                assert node in tree.at(found, node.start), node
