"""A file and a value are read: what is where, and what belongs to what."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.language.syntax.samples import SAMPLES
from tests.language.syntax.strategies import files
from wan22dsl.language.syntax import parse, parse_expression
from wan22dsl.language.syntax import tree as t
from wan22dsl.language.syntax.tree import walk
from wan22dsl.source import Source


def value(text: str):
    found, diagnostics = parse_expression(Source(text))
    assert not diagnostics
    return found


def declaration(text: str):
    file, diagnostics = parse(Source(text))
    assert not diagnostics
    return file.declarations[0]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_word_in_the_tree_is_what_stands_in_the_file(name):
    file, diagnostics = parse(Source(SAMPLES[name]))
    assert not diagnostics
    for one in file.declarations:
        for node in walk(one):
            if (
                isinstance(node, (t.Name, t.Number, t.Text, t.Sampler, t.ClassName))
                and node.end > node.start
            ):
                assert file.source.text[node.start : node.end] == node.text


@given(files())
def test_a_node_lies_within_the_one_above_it(text):
    file, _ = parse(Source(text))
    for one in file.declarations:
        for above in walk(one):
            for field in above:
                below = field if type(field) is tuple else (field,)
                for node in below:
                    if isinstance(node, tuple):
                        assert above.start <= node.start <= node.end <= above.end


def test_every_shape_of_declaration():
    assert isinstance(declaration("wan 1"), t.Header)
    header = declaration('use "a.wan" as house')
    assert (header.value.text, header.alias.text) == ('"a.wan"', "house")
    param = declaration("param cfg: float = 1.0 in [1.0, 3.5]")
    assert (param.type.text, param.default.text) == ("float", "1.0")
    assert isinstance(param.accepts, t.List)
    assert declaration("param face: image").default is None
    bounded = declaration("param denoise: float in 0.0..1.0")
    assert (bounded.default, bounded.accepts.operators) == (None, ("..",))
    assert isinstance(declaration("pass high { cfg = 1.0 }"), t.Block)
    assert isinstance(declaration("let x = high -> low"), t.Derived)


def test_a_stage_has_parameters_and_outputs():
    stage = declaration("stage s(in a: IMAGE, b: [lora] = []) -> (x: IMAGE, y: MASK) { x = a }")
    assert [one.brought for one in stage.parameters] == [True, False]
    assert stage.parameters[1].type == t.TypeName(
        "[lora]", t.TypeName("lora", None, 25, 29), 24, 30
    )
    assert [(one.name.text, one.type.text) for one in stage.outputs] == [
        ("x", "IMAGE"),
        ("y", "MASK"),
    ]
    assert stage.named
    only = declaration("stage s() -> IMAGE {}")
    assert (only.named, only.outputs[0].name.text, only.outputs[0].type.text) == (
        False,
        "out",
        "IMAGE",
    )
    assert declaration("stage s() {}").outputs == ()


def test_a_value_by_itself():
    assert value("720x1280") == t.Number("720x1280", 0, 8)
    assert value("low -> high").operators == ("->",)
    assert value(' sage("auto") ').arguments[0].text == '"auto"'
    assert value("# why\nhigh # then\n") == t.Name("high", 6, 10)
    call = value("`RIFE VFI`(a)[0].mask")
    assert isinstance(call, t.Member)
    assert call.target.number.text == "0"
    assert value("f() {}").about == ()
    assert value("f()").about is None


def test_a_value_by_itself_may_be_missing_or_too_much():
    for text in ("", "a b", "(", "high ->", "pass x { }"):
        found, diagnostics = parse_expression(Source(text))
        assert len(diagnostics) == 1, text
        assert isinstance(found, tuple)


@pytest.mark.parametrize(
    "text",
    [
        "pipline x {\n}",
        "let a = high",
        "let a = 832*1216",
        "let a = 5sec",
        "let a = 0-2 of 4",
        "let of_2 = 1",
    ],
)
def test_what_is_answered_later_is_read_without_complaint(text):
    assert not parse(Source(text))[1]


def test_line_ends_and_commas_are_the_same_separator():
    one_line = declaration("pass x { a = 1, b = [1, 2], }")
    lines = declaration("pass x {\n\n a = 1\n b = [\n 1\n 2,\n]\n}")
    assert [one.key.text for one in one_line.items] == [one.key.text for one in lines.items]
    assert len(lines.items[1].value.items) == 2


def test_a_mark_at_the_start_and_line_ends_of_windows_change_nothing():
    text = "wan 1\n\nlet a = f(\n    x = 1 # one\n)\n"
    plain, _ = parse(Source(text))
    other, diagnostics = parse(Source("\ufeff" + text.replace("\n", "\r\n")))
    assert not diagnostics
    assert (other.declarations, other.comments) == (plain.declarations, plain.comments)


def test_an_empty_file_has_nothing():
    for text in ("", "\n\n", "# only a comment", "   "):
        file, diagnostics = parse(Source(text))
        assert (file.declarations, diagnostics) == ((), [])


def test_a_chain_may_be_as_long_as_it_likes():
    found = value(" -> ".join(["a"] * 100_000))
    assert len(found.operands) == 100_000


def test_a_list_may_be_as_long_as_it_likes():
    assert len(value(f"[{', '.join(['1'] * 50_000)}]").items) == 50_000
