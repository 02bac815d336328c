"""The machine of tables reads exactly what lark's own parser reads, to the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark.exceptions import UnexpectedInput

from tests.language.syntax import by_lark
from tests.language.syntax.samples import SAMPLES
from tests.language.syntax.strategies import files, mutated, values
from wan22dsl.language.syntax import machine
from wan22dsl.language.syntax.recovery.fixes import help
from wan22dsl.language.syntax.recovery.line_ends import looks_ahead
from wan22dsl.language.syntax.recovery.recovery import Recovery
from wan22dsl.source import Source

WORDS = ["in", "let", "of", "as", "-1", "- 1", "a/b", "..", "->", "{", "(", "\n", " in ", " of "]


def ours(text: str, symbol: str):
    """What the machine reads, or None."""
    try:
        found = machine.run(text, symbol)
    except machine.Stop:
        return None
    return list(found) if symbol == "start" else [found]


def larks(text: str, symbol: str):
    """What lark reads, or None."""
    try:
        return by_lark.read(text, symbol)
    except UnexpectedInput:
        return None


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_read_to_the_same_tree(name):
    text = SAMPLES[name]
    assert ours(text, "start") == larks(text, "start") is not None


@given(files())
def test_a_file_is_read_to_the_same_tree(text):
    text = Source(text).text
    assert ours(text, "start") == larks(text, "start") is not None


@given(values())
def test_a_value_is_read_to_the_same_tree(text):
    text = Source(text).text
    assert ours(text, "value") == larks(text, "value") is not None


@given(st.sampled_from(sorted(SAMPLES.values())).flatmap(mutated))
def test_a_broken_sample_is_accepted_by_both_or_by_neither(text):
    text = Source(text).text
    assert ours(text, "start") == larks(text, "start")


@given(files().flatmap(lambda text: mutated(text, most=1)))
def test_a_broken_file_is_accepted_by_both_or_by_neither(text):
    text = Source(text).text
    assert ours(text, "start") == larks(text, "start")


@given(st.sampled_from(sorted(SAMPLES.values())), st.data())
def test_words_of_two_meanings_are_taken_alike(text, data):
    place = data.draw(st.integers(0, len(text)))
    text = text[:place] + data.draw(st.sampled_from(WORDS)) + text[place:]
    assert ours(text, "start") == larks(text, "start")


@pytest.mark.parametrize(
    "text",
    [
        "0..2 of 4",
        "a -1",
        "a - -1",
        "-1",
        "[1, -1]",
        "{ of = a of b, in = 1, let = 2 }",
        "f(in = 3)",
    ],
)
def test_a_word_is_what_its_place_makes_it(text):
    assert ours(text, "value") == larks(text, "value") is not None


@given(files())
def test_the_careful_path_reads_the_same_as_the_fast_one(text):
    source = Source(text)
    reader = Recovery(source, "start")
    assert list(reader.run(help, looks_ahead)) == ours(source.text, "start")
    assert not reader.diagnostics
