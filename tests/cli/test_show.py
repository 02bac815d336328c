"""Lines for people: as they are for a program, broken between words on a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.cli.show import _fitting

WORDS = st.lists(st.text("abc.-", min_size=1, max_size=30), min_size=1, max_size=40)


@given(words=WORDS, indent=st.integers(0, 6), width=st.integers(60, 140))
def test_no_word_is_lost_or_broken_and_no_line_is_too_long(words, indent, width):
    line = " " * indent + " ".join(words)
    parts = list(_fitting(line, width))
    assert " ".join(parts).split() == words
    assert all(len(one) <= width for one in parts)
    assert all(one.startswith(" " * (indent + 4)) for one in parts[1:])
    if len(line) <= width:
        assert parts == [line]


def test_what_no_terminal_shows_is_not_broken():
    assert list(_fitting("word " * 100, 0)) == ["word " * 100]


def test_a_long_name_stays_in_one_piece():
    name = "a" * 200
    assert list(_fitting(f"output {name} whole", 80)) == ["output", f"    {name}", "    whole"]
