"""The layout of an editor is that of `wan fmt`, in as few lines as differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from wan22dsl.api import compiler
from wan22dsl.editor import layout
from wan22dsl.editor.layout import CannotFormat
from wan22dsl.editor.project import Project
from wan22dsl.editor.view import View
from wan22dsl.language.program import load_program
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.diagnostics import Edit

FILES = [
    *sorted((ROOT / "examples").rglob("*.wan")),
    ROOT / "wan22dsl/language/library/std.wan",
    ROOT / "wan22dsl/language/library/samplers.wan",
]
TEXTS = [file.read_text(encoding="utf-8") for file in FILES]


def view_of(text: str) -> View:
    """A file that is read and not judged."""
    from wan22dsl.api.compiler import Checked

    source = Source(text, "a.wan", ROOT / "a.wan")
    return View(source, Checked({}, [], program=load_program(source)[0]))


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    """A text with edits."""
    for edit in sorted(edits, key=lambda each: each.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def formatted(text: str) -> str:
    """What `wan fmt` makes of a text."""
    after, _ = compiler.format(Source(text, "a.wan"))
    assert after is not None
    return after


@st.composite
def untidy(draw: st.DrawFn) -> str:
    """An example with other blanks: still the same program."""
    text = draw(st.sampled_from([each for each in TEXTS if len(each) < 3000]))
    lines = text.split("\n")
    for number in draw(st.lists(st.integers(0, len(lines) - 1), max_size=8)):
        line = lines[number]
        if '"""' in text or not line.strip():
            continue
        change = draw(st.integers(0, 3))
        if change == 0 and line.startswith(" "):
            lines[number] = " " * draw(st.integers(1, 9)) + line.strip()
        elif change == 1 and '"' not in line and "#" not in line:
            lines[number] = re.sub(r" *= *", draw(st.sampled_from([" = ", "=", "   =  "])), line)
        elif change == 2:
            lines[number] = line + "   "
        elif line.endswith(("{", "[", "(")):
            lines[number] = line + "\n\n"
    return "\n".join(lines)


@settings(max_examples=40)
@given(untidy(), st.data())
def test_whole_files_and_parts_of_them_come_to_the_same(text: str, data: st.DataObject) -> None:
    view, after = view_of(text), formatted(text)
    edits = layout.whole(view)
    assert applied(text, edits) == after
    kept = {line for line in text.split("\n") if text.count(line) == 1} & set(after.split("\n"))
    touched = "\n".join(edit.span.text for edit in edits).split("\n")
    assert not kept.intersection(line for line in touched if len(line) > 25)
    start, end = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
    part = applied(text, layout.part(view, start, end))
    assert formatted(part) == after


@pytest.mark.parametrize("text", TEXTS, ids=[file.stem for file in FILES])
def test_what_is_laid_out_has_no_edits(text: str) -> None:
    assert not layout.whole(view_of(text))


def test_a_selected_line_leaves_the_others() -> None:
    text = "wan 1\nlet a   = 1\nlet b   = 2\n\n\n\nlet c   = 3\n"
    view = view_of(text)
    start = text.index("let b")
    assert applied(text, layout.part(view, start, start + 3)) == text.replace("b   =", "b =")


def test_a_declaration_that_cannot_be_split_is_laid_out_whole() -> None:
    text = 'wan 1\nlet a   = 1\nlora grain {\n  file   =\n    "x.safetensors" }\nlet b   = 2\n'
    # A value begins on the line of its `=`, so this is no `.wan`.
    with pytest.raises(CannotFormat):
        layout.part(view_of(text), 0, len(text))
    text = 'wan 1\nlet a   = 1\nlora grain {\n  file   = "x.safetensors"\n}\nlet b   = 2\n'
    start = text.index("file")
    after = applied(text, layout.part(view_of(text), start, start + 4))
    assert after == ('wan 1\nlet a   = 1\nlora grain { file = "x.safetensors" }\nlet b   = 2\n')


@pytest.mark.parametrize("text", TEXTS[:-2], ids=[file.stem for file in FILES[:-2]])
def test_every_line_gets_the_indentation_of_wan_fmt(text: str) -> None:
    view = view_of(text)
    inside = strings(text)
    for number in range(1, view.source.line_count + 1):
        start, end = view.source.bounds(number)
        line = view.source.line(number)
        if not line.strip() or start in inside:
            continue
        wrong = text[:start] + "  " + line.strip() + text[end:]
        (edit,) = layout.typed(view_of(wrong), start + 2, "\n") or (None,)
        indent = 2 if edit is None else len(edit.text)
        assert indent == len(line) - len(line.lstrip()), line


def strings(text: str) -> set[int]:
    """The places in strings of several lines."""
    return {
        at
        for found in re.finditer(r'"""(?:[^"\\]|\\.|"(?!""))*"""', text, re.DOTALL)
        for at in range(found.start() + 1, found.end())
    }


@pytest.mark.parametrize(
    ("text", "sign", "indent"),
    [
        ("pipeline p {\n|", "\n", 4),
        ("pipeline p {\n    size = 1\n|", "\n", 4),
        ("pipeline p {\n    flow = [\n|", "\n", 8),
        ("pipeline p {\n    flow = [\n            ]|", "]", 4),
        ("pipeline p {\n    flow = a ->\n|", "\n", 8),
        ("pipeline p {\n    flow = a\n|-> b", "\n", 8),
        ("pipeline p {\n    flow = a\n        -> b\n|", "\n", None),
        ("pipeline p {\n    size = 1\n    }|", "}", 0),
        ('let a = "{"\n|', "\n", None),
        ('let a = """\n  x\n  |', "\n", None),
        ("let a = { # [\n|", "\n", 4),
        ("}\n|", "\n", None),
        ("pass a { b = }|", "}", None),
    ],
)
def test_a_line_that_is_being_typed_is_indented(text: str, sign: str, indent: int | None) -> None:
    offset = text.index("|")
    edits = layout.typed(view_of(text.replace("|", "")), offset, sign)
    assert [len(edit.text) for edit in edits] == ([] if indent is None else [indent])


def test_a_broken_text_and_json_are_not_laid_out(tmp_path: Path) -> None:
    with pytest.raises(CannotFormat, match=r"syntax error: line 2: .*\(and 1 more\)|line 2"):
        layout.whole(view_of("wan 1\nlet a = [\nlet = 3\n"))
    project, file = Project(), tmp_path / "a.json"
    project.open(file, "{}")
    with pytest.raises(CannotFormat, match=r"only \.wan files"):
        layout.whole(project.view(file))
