"""Colours by Pygments: nothing of a text is lost, and a word is what it is in the language."""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.token import Comment, Error, Keyword, Name, Number, String, Text

from tests.markdown import ROOT
from wan22dsl.editor.colours.lexer import WanLexer

FILES = sorted([*(ROOT / "examples").rglob("*.wan"), *(ROOT / "wan22dsl").rglob("*.wan")])


def tokens(text: str) -> list[tuple[object, str]]:
    return [*WanLexer(stripnl=False, ensurenl=False).get_tokens(text)]


def kind(text: str, word: str) -> object:
    """What the first stretch is that is exactly this."""
    return next(kind for kind, stretch in tokens(text) if stretch == word)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_word_of_an_example_is_something_and_no_character_is_lost(file):
    text = file.read_text(encoding="utf-8")
    found = tokens(text)
    assert "".join(stretch for _, stretch in found) == text
    unknown = [stretch for kind, stretch in found if kind in (Error, Text) and stretch.strip()]
    assert not unknown


@given(st.text(alphabet='wan 1useé{}()[]"\\`#\n->=:._/5sfx😀'))
def test_no_character_of_a_broken_text_is_lost(text: str) -> None:
    assert "".join(stretch for _, stretch in tokens(text)) == text
    assert Error not in [kind for kind, _ in tokens(text)]


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("pass high {", "pass", Keyword.Declaration),
        ("pass high {", "high", Name.Entity),
        ("    pass = 2", "pass", Name.Attribute),
        ("stage edges(in frames: IMAGE) {", "edges", Name.Function),
        ("stage edges(in frames: IMAGE) {", "in", Keyword),
        ("stage edges(in frames: IMAGE) {", "frames", Name.Variable),
        ("stage edges(in frames: IMAGE) {", "IMAGE", Keyword.Type),
        ("param cfg: float = 1.0 in 0.0..9.0", "float", Keyword.Type),
        ("param cfg: float = 1.0 in 0.0..9.0", "in", Keyword),
        ("param cfg: float = 1.0 in 0.0..9.0", "9.0", Number),
        ("    in = start", "in", Name.Attribute),
        ("    of = portrait", "of", Name.Attribute),
        ("    steps = 0..2 of 4", "of", Keyword),
        ("    whole = 0s..patience", "patience", Name),
        ("    length = 81f - 1f", "f", Keyword.Pseudo),
        ("    size = 832x1216", "832x1216", Number),
        ("    sampler = euler/simple", "euler/simple", Name.Constant),
        ("    steps = 0..steps / 2 of steps", "steps", Name.Attribute),
        ("    format.codec = true", "format.codec", Name.Attribute),
        ("    format.codec = true", "true", Keyword.Constant),
        ("a -> `RIFE VFI`(frames = _)", "`RIFE VFI`", Name.Class),
        ("a -> `RIFE VFI`(frames = _)", "_", Name.Builtin.Pseudo),
        ("a -> Canny(image = _)", "Canny", Name.Class),
        ("wan22.high -> rife -> b", "rife", Name.Builtin),
        ("wan22.high(cfg = 1.0)", "high", Name.Function),
        ("wan22.high -> b", "wan22", Name.Namespace),
        ("# wan: allow(unknown-name) a reason", "wan: allow", Comment.Special),
        ('use "house.wan" as house', "as", Keyword),
        ('let a = "b {c.d} \\n e"', "{c.d}", String.Interpol),
        ('let a = "b {c.d} \\n e"', "\\n", String.Escape),
        ('let a = "{slow|fast}"', "{", String.Double),
    ],
)
def test_a_word_is_what_it_is_in_the_language(text, word, expected):
    assert kind(f"wan 1\n{text}\n", word) is expected


def test_a_string_that_is_not_closed_ends_with_its_line():
    assert kind('let a = "b\nlet c = 1\n', "c") is Name.Entity


def test_a_string_in_three_quotes_goes_over_lines():
    assert kind('let a = """\nlet c = 1\n"""\n', "\nlet c = 1\n") is String.Double


def test_pygments_is_told_where_the_lexer_is():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = project.partition('[project.entry-points."pygments.lexers"]\n')[2]
    module, _, name = section.splitlines()[0].partition('"')[2].rstrip('"').partition(":")
    assert getattr(import_module(module), name) is WanLexer
