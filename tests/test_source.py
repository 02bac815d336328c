"""Places in a text: lines and columns in code points, and in UTF-16 code units for editors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.source import Position, Source

TEXTS = st.text(alphabet="ab \t\n\r🟨é\u0301𝔄", max_size=40)


@pytest.mark.parametrize(
    ("text", "offset", "column"),
    [
        ("abc", 2, 3),
        ("\tx", 1, 2),
        ("é = 1", 2, 3),
        ("e\u0301 = 1", 2, 3),
        ("🟨 = 1", 1, 3),
        ("a\r\n🟨🟨b", 4, 5),
        ("🟨", 1, 3),
    ],
)
def test_a_column_counts_utf16_code_units(text: str, offset: int, column: int) -> None:
    source = Source(text)
    position = source.utf16(offset)
    assert position.column == column
    assert source.offset_utf16(*position) == offset


@given(TEXTS)
def test_a_place_in_utf16_leads_back_to_its_offset(text: str) -> None:
    source = Source(text)
    for offset in range(len(source.text) + 1):
        line, column = source.utf16(offset)
        before = source.text[:offset].rpartition("\n")[2]
        assert column - 1 == len(before.encode("utf-16-le")) // 2
        assert line == source.position(offset).line
        assert source.offset_utf16(line, column) == offset


def test_a_place_outside_of_the_text_is_moved_into_it() -> None:
    source = Source("ab\n🟨c\r\n")
    assert source.offset_utf16(1, 99) == 2
    assert source.offset_utf16(2, 2) == 3  # between the two units of a character
    assert source.offset_utf16(2, 3) == 4
    assert source.offset_utf16(99, 1) == len(source.text)
    assert source.offset_utf16(0, 0) == 0


def test_crlf_and_lf_have_the_same_places() -> None:
    text = "wan 1\n\n🟨\tx\n"
    other = Source(text.replace("\n", "\r\n"))
    assert [other.utf16(at) for at in range(len(text))] == [
        Source(text).utf16(at) for at in range(len(text))
    ]
    assert other.utf16(9) == Position(3, 4)
