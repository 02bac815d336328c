"""Unsafe characters: what they are, and that each way of showing them leaves none."""

from __future__ import annotations

import json
import re
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl import escapes

#: Controls, marks and overrides of the direction of writing, what has no width, line ends, half characters,
#: tags: written out again, by ranges that a reader can look up.
UNSAFE = {
    chr(code)
    for first, last in [
        *[(0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F), (0x61C, 0x61C), (0x180E, 0x180E)],
        *[(0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F)],
        *[(0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xD800, 0xDFFF), (0xE0000, 0xE007F)],
    ]
    for code in range(first, last + 1)
}

PIECES = [
    "::",
    "##[",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\xa0",
    "\x1b[2J",
    "\x1b]8;;x\x07",
    "é",
    "👩\u200d🚀",
    "%0A",
]
TEXTS = st.lists(st.text(max_size=3) | st.sampled_from([*PIECES, *sorted(UNSAFE)]), max_size=8).map(
    "".join
)
LINES_THAT_COMMAND = re.compile(r"^\s*::|##(vso|teamcity)?\[", re.MULTILINE)


@given(TEXTS)
def test_nothing_unsafe_is_left(text):
    for shown in (escapes.visible(text), escapes.one_line(text), escapes.in_log(text)):
        assert not UNSAFE & set(shown)
    assert not {"\n", "\t"} & set(escapes.one_line(text))
    assert not LINES_THAT_COMMAND.search(escapes.in_log(text))


@given(TEXTS)
def test_what_is_safe_stays_as_it_is(text):
    safe = "".join(each for each in text if each not in UNSAFE)
    assert escapes.visible(safe) == safe
    assert escapes.visible(escapes.visible(text)) == escapes.visible(text)


@given(
    st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=5)
)
def test_json_means_the_same_and_has_nothing_unsafe(value):
    for indent in (None, 2):
        text = escapes.in_json(json.dumps(value, ensure_ascii=False, indent=indent))
        assert json.loads(text) == json.loads(json.dumps(value))
        assert not UNSAFE & set(text)
        assert not LINES_THAT_COMMAND.search(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b", r"\x9b"),
        ("\u202e", r"\u202e"),
        ("\udcff", r"\xff"),
        ("\ud83d", r"\ud83d"),
        ("\U000e0041", r"\U000e0041"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        (
            "नमस्ते क्\u200dष 👨\u200d👩\u200d👧 ❤\ufe0f 日本",
            "नमस्ते क्\u200dष 👨\u200d👩\u200d👧 ❤\ufe0f 日本",
        ),
    ],
)
def test_how_they_are_shown(text, shown):
    assert escapes.one_line(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("a\n \t::set-output name=x::y", "a\n \t\\x3a:set-output name=x::y"),
        ("a ##[add-matcher]x", r"a #\x23[add-matcher]x"),
        ("##vso[task.x]", r"#\x23vso[task.x]"),
        ("a::b ## c", "a::b ## c"),
    ],
)
def test_no_line_of_a_log_is_a_command(text, shown):
    assert escapes.in_log(text) == shown


def test_every_control_character_and_every_half_is_unsafe():
    controls = {
        chr(code) for code in range(0x110000) if category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")
    }
    assert controls - UNSAFE == {"\n", "\t"}
