"""What is asked about a place is answered at every place of every file, also of broken ones."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from wan22dsl.editor import (
    calls,
    definitions,
    folding,
    highlights,
    layout,
    links,
    references,
    renaming,
    selection,
    symbols,
    tokens,
)
from wan22dsl.editor.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.editor.symbols import Symbol
    from wan22dsl.editor.view import View

EXAMPLES = [*sorted((ROOT / "examples").rglob("*.wan")), ROOT / "examples/canvas/friday.json"]
LIBRARY = sorted((ROOT / "wan22dsl/language/library").glob("*.wan"))

PROJECT = Project()


def asked_at(project: Project, view: View, offset: int) -> None:
    """Asks everything about a place, and looks whether the answers are in the text."""
    text = view.source.text
    for found in highlights.at(view, offset):
        assert 0 <= found.start < found.end <= len(text)
    defined = definitions.at(project, view, offset)
    if defined is not None:
        assert defined.start <= offset <= defined.end
        if defined.name is not None and defined.whole is not None:
            assert defined.whole.start <= defined.name.start < defined.name.end
            assert defined.name.end <= defined.whole.end
    grown = selection.at(view, offset)
    assert grown[-1] == (0, len(text))
    for inner, outer in pairwise(grown):
        assert outer[0] <= inner[0] <= inner[1] <= outer[1] and inner != outer
    layout.typed(view, offset, "\n})]"[offset % 4])


def asked_of(project: Project, view: View) -> None:
    """Asks everything about a file."""
    last = 0
    for token in tokens.of(view):
        assert last <= token.start < token.end
        assert "\n" not in view.source.text[token.start : token.end]
        last = token.end
    assert {*tokens.of(view, has_grammar=True)} <= {*tokens.of(view)}
    for fold in folding.of(view):
        assert 1 <= fold.first < fold.last <= view.source.line_count
    for symbol in symbols.of(view):
        whole(symbol)
    for link in links.of(project, view):
        assert link.start < link.end and (link.file is not None) != bool(link.url)


def whole(symbol: Symbol) -> None:
    """A symbol has a name, in itself, and what is below it is in it."""
    assert symbol.name.strip() and "\n" not in symbol.name
    assert symbol.start <= symbol.name_start <= symbol.name_end <= symbol.end
    for child in symbol.children:
        assert symbol.start <= child.start <= child.end <= symbol.end, (symbol, child)
        whole(child)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_every_place_of_an_example_is_answered(file: Path) -> None:
    view = PROJECT.view(file)
    asked_of(PROJECT, view)
    step = 1 if file.stem == "portrait" else max(13, len(view.source.text) // 100)
    for offset in range(0, len(view.source.text) + 3, step):
        asked_at(PROJECT, view, offset)


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: file.name)
def test_every_file_of_the_library_is_answered(file: Path) -> None:
    view = PROJECT.view(file)
    assert not view.findings
    asked_of(PROJECT, view)
    for offset in range(0, len(view.source.text) + 3, max(1, len(view.source.text) // 20)):
        asked_at(PROJECT, view, offset)


def names(view: View) -> list[tuple[str, int]]:
    """Each word of a text once, with a place of it."""
    found = {view.source.text[each.start : each.end]: each.start for each in tokens.of(view)}
    return sorted(found.items())


def test_every_name_of_the_examples_has_references_and_callers() -> None:
    for name in ("house/house.wan", "house/bea.wan", "own_nodes.wan", "attention.wan"):
        view = PROJECT.view(ROOT / "examples" / name)
        for word, offset in names(view):
            found = references.at(PROJECT, view, offset).places
            assert all(word in each.span.text or each.span.text for each in found)
            item = calls.prepare(PROJECT, view, offset)
            if item is not None and not item.name.source.path.startswith("<"):
                assert item.text == item.name.text
                calls.outgoing(PROJECT, item)
            try:
                renaming.prepare(PROJECT, view, offset)
            except renaming.CannotRename as error:
                assert str(error)


PORTRAIT = (ROOT / "examples/portrait.wan").read_text(encoding="utf-8")
NODES = (ROOT / "examples/own_nodes.wan").read_text(encoding="utf-8")


@settings(max_examples=20)
@given(
    st.sampled_from([PORTRAIT, NODES]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(["", "}", "{", '"', '"""', "`", "\n", " = ", "->", "😀", "\t", "pass ", "# ü"]),
)
def test_a_broken_text_is_answered(text: str, first: float, second: float, new: str) -> None:
    start, end = sorted((int(first * len(text)), int(second * len(text))))
    if end - start > 40:
        end = start
    broken = text[:start] + new + text[end:]
    project = Project()
    file = ROOT / "examples" / "broken.wan"
    project.open(file, broken)
    view = project.view(file)
    asked_of(project, view)
    for offset in {0, start - 1, start, start + len(new), start + 30, len(broken), len(broken) + 9}:
        asked_at(project, view, max(0, offset))


@pytest.mark.parametrize("cut", range(0, len(PORTRAIT), 61))
def test_a_text_that_is_cut_off_is_answered(cut: int) -> None:
    project, file = Project(), ROOT / "examples" / "cut.wan"
    project.open(file, PORTRAIT[:cut])
    view = project.view(file)
    asked_of(project, view)
    for offset in range(max(0, cut - 9), cut + 2):
        asked_at(project, view, offset)
