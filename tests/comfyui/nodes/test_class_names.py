"""What a class does is in its record: no other code names a class."""

from __future__ import annotations

import ast
import json
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from wan22dsl.comfyui.nodes import records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = ROOT / "wan22dsl"

#: Files that name classes, and why.
EXCEPTIONS = {
    "formats/page/messages.py": "the examples of its messages are workflows",
}

#: Classes whose names are words of other languages as well, which a file may mean.
WORDS = {"Float", "Int", "Seed", "String"}

FILES = sorted(file for file in PACKAGE.rglob("*.py") if PACKAGE / "comfyui" not in file.parents)


@cache
def class_names() -> frozenset[str]:
    """Every class of a bundled catalogue or of a record."""
    found = {record.class_name for record in records()}
    for file in (PACKAGE / "comfyui" / "catalogue" / "data").glob("[0-9]*.jsonl"):
        lines = file.read_text(encoding="utf-8").splitlines()[1:]
        found |= {json.loads(line)["class"] for line in lines}
    return frozenset(found - WORDS)


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """The strings of a module, without its docstrings."""
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node


def named(file: Path) -> list[str]:
    """The classes that a file names, alone, with an input (`LoadImage.image`) or in a row."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [
        f"line {node.lineno}: {node.value}"
        for node in strings(tree)
        if _is_name(node.value) or all(map(_is_name, node.value.split() or [""]))
    ]


def _is_name(value: str) -> bool:
    class_name, _, name = value.partition(".")
    return value in class_names() or (name.isidentifier() and class_name in class_names())


def shown(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("file", FILES, ids=shown)
def test_a_class_is_named_only_where_its_record_is(file):
    if shown(file) in EXCEPTIONS:
        assert named(file), "no longer an exception"
    else:
        assert named(file) == []
