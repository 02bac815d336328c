"""Texts and names are read, and written, as they are spelled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.language.syntax import parse_expression, spelling
from wan22dsl.language.syntax.spelling import NamePart
from wan22dsl.language.syntax.tree import Attribute, Call, ClassName, Member, Record, Text
from wan22dsl.source import Source

UNICODE = st.characters(exclude_categories=["Cs"])


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ('""', []),
        ('"plain"', ["plain"]),
        (r'"\\ \" \n \t \r \{a} \u{1F600}"', ['\\ " \n \t \r {a} 😀']),
        ('"{name}"', [NamePart("name", 1, 7)]),
        ('"a {x.y_1} b"', ["a ", NamePart("x.y_1", 3, 10), " b"]),
        ('"{slow|fast} {} { a } {1} {A}"', ["{slow|fast} {} { a } {1} {A}"]),
        ('"{{a}}"', ["{", NamePart("a", 2, 5), "}"]),
        ('"""one line"""', ["one line"]),
        ('"""\n    a\n      b\n\n    """', ["a\n  b\n"]),
        ('"""\n  a {b}\n  """', ["a ", NamePart("b", 8, 11)]),
        ('"""\na\n"""', ["a"]),
        ('"""\n    less\n        """', ["less"]),
        ('"""\n    a\n    b"""', ["\n    a\n    b"]),
    ],
)
def test_a_text_is_read(raw, parts):
    assert spelling.text_parts(raw) == parts


def test_a_name_in_a_text_knows_where_it_stands():
    raw = '"""\n    first\n    {high.cfg} of {low}\n    """'
    names = [part for part in spelling.text_parts(raw) if isinstance(part, NamePart)]
    assert [raw[one.start : one.end] for one in names] == ["{high.cfg}", "{low}"]


@given(st.text(UNICODE))
def test_what_is_quoted_is_read_back(text):
    raw = spelling.quote(text)
    assert "".join(spelling.text_parts(raw)) == text
    value, diagnostics = parse_expression(Source(raw))
    assert value == Text(raw, 0, len(raw))
    assert not diagnostics


@given(st.lists(st.text(UNICODE), min_size=2).map("\n".join))
def test_what_is_written_over_several_lines_is_read_back(text):
    inside = spelling.block(text).split("\n")
    raw = '"""\n' + "\n".join(f"    {line}" if line else "" for line in inside) + '\n    """'
    assert "".join(spelling.text_parts(raw)) == text


@given(st.text(UNICODE, min_size=1))
def test_a_class_is_read_back(name):
    value, diagnostics = parse_expression(Source(f"{spelling.class_name(name)}(a = 1)"))
    assert not diagnostics
    assert isinstance(value, Call)
    assert isinstance(value.callee, ClassName)
    assert spelling.plain(value.callee.text) == name


@given(st.text(UNICODE, min_size=1))
def test_a_key_is_read_back(name):
    value, diagnostics = parse_expression(Source(f"{{ {spelling.key(name)} = 1 }}"))
    assert not diagnostics
    assert isinstance(value, Record)
    assert isinstance(value.items[0], Attribute)
    assert spelling.plain(value.items[0].key.text) == name


@given(st.text(UNICODE, min_size=1))
def test_a_member_is_read_back(name):
    value, diagnostics = parse_expression(Source(f"f().{spelling.member(name)}"))
    assert not diagnostics
    assert isinstance(value, Member)
    assert spelling.plain(value.name) == name


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("high", ("high",)),
        ("wan22.i2v_high", ("wan22", "i2v_high")),
        ("info.`source_fps🟨`", ("info", "source_fps🟨")),
        ("a.`b.c`.d", ("a", "b.c", "d")),
        (r"a.`b \` c`", ("a", "b ` c")),
    ],
)
def test_a_name_has_members(raw, parts):
    assert spelling.name_parts(raw) == parts


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("euler/simple", ("euler", "simple")),
        ("`a/b`/simple", ("a/b", "simple")),
        ("euler/`x y`", ("euler", "x y")),
    ],
)
def test_a_sampler_has_a_scheduler(raw, parts):
    assert spelling.sampler_parts(raw) == parts


def test_backticks_stand_only_where_they_must():
    assert spelling.class_name("KSampler") == "KSampler"
    assert spelling.class_name("lower") == "`lower`"
    assert spelling.key("format.codec") == "format.codec"
    assert spelling.key("double_blocks.0.") == "`double_blocks.0.`"
    assert spelling.key("let") == "`let`"
    assert spelling.member("IMAGE") == "IMAGE"
    assert spelling.member("source_fps🟨") == "`source_fps🟨`"
