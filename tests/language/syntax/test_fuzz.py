"""Any text at all is read to a tree and diagnostics, and never to an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.syntax.samples import SAMPLES
from tests.language.syntax.strategies import files, mutated
from wan22dsl.language.syntax import machine, parse, parse_expression, print_file
from wan22dsl.source import Source

SOUP = st.text(
    st.sampled_from("ab1A_ \t\n\n\"'`#\\{}()[],;:=->.*+/→“”\x00\ufeff，") | st.characters()
)
WORDS = st.sampled_from(
    [
        *'{ } ( ) [ ] = -> , : in let of pass x RIFE VFI # -1 5s .b \'c\' ; // "a" """ == `a'.split(),
        "wan 1",
        "\n",
        "\n    ",
    ]
)


def hold(text: str) -> None:
    """What must hold for every text."""
    source = Source(text)
    file, diagnostics = parse(source)
    for one in diagnostics:
        assert one.message
        assert one.help
        assert 0 <= one.span.start <= one.span.end <= len(source.text)
        for edit in one.fix.edits if one.fix else ():
            assert 0 <= edit.span.start <= edit.span.end <= len(source.text)
    assert is_read(source.text) or diagnostics
    assert len({(one.code, one.span[1:]) for one in diagnostics}) == len(diagnostics)
    if not diagnostics:
        print_file(file)
    parse_expression(source)


def is_read(text: str) -> bool:
    try:
        machine.run(text, "start")
    except machine.Stop:
        return False
    return True


@given(st.sampled_from(sorted(SAMPLES.values())).flatmap(mutated))
def test_a_sample_that_was_broken(text):
    hold(text)


@given(files().flatmap(mutated))
def test_a_file_that_was_broken(text):
    hold(text)


@given(SOUP)
def test_any_characters(text):
    hold(text)


@given(st.lists(WORDS, max_size=40))
def test_any_words(words):
    hold(" ".join(words))


@given(st.binary())
def test_any_bytes(data):
    hold(data.decode("utf-8", "replace"))


@given(st.sampled_from(sorted(SAMPLES.values())), st.data())
def test_a_file_that_breaks_off(text, data):
    hold(text[: data.draw(st.integers(0, len(text)))])


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000, ")" * 3000, "[{(" * 1000, "f(" * 1000, '"' * 3001, "`" * 3001, "'" * 3001, '"""\\' * 800,
        "\x00" * 3000, "\ufeff\ufeff", "\r", "\r\r\n", "\n" * 3000, " " * 3000 + "?", "#" * 3000, "->" * 1000,
        "= " * 1000, "a " * 1000, "A " * 1000, "a." * 1000, ", " * 1000, "let a = f(" + ", " * 1000,
        "let a = 1 " * 300, "pass x {" * 300, "pass x {\n" * 300, "}\n" * 300, "let a = \"\n" * 300,
        "stage s(" * 100, "stage s(in a: [" * 100, "param a: " * 100, "let a = `\n" * 300, "“" * 1000,
        "x = '''" * 100, "in in in in", "let let = let", "of of of", "as as as",
        "use a as as as", "\\" * 1000,
    ],
)  # fmt: skip
def test_much_of_one_kind(text):
    hold(text)
    hold("pipeline x {\n    a = " + text + "\n}\n")
    hold(text + "\npipeline x {\n    a = 1\n}\n")
