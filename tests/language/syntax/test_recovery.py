"""After a mistake the rest of the file is still read."""

from __future__ import annotations

import pytest

from wan22dsl.diagnostics import Severity
from wan22dsl.language.syntax import messages, parse
from wan22dsl.language.syntax.tree import (
    Attribute,
    Bad,
    Block,
    Chain,
    Derived,
    Group,
    List,
    Stage,
    walk,
)
from wan22dsl.source import Source


def read(text: str):
    file, diagnostics = parse(Source(text))
    return file.declarations, diagnostics


def codes(diagnostics) -> list[str]:
    return [one.code for one in diagnostics]


def keys(block) -> list[str]:
    return [one.key.text for one in block.items if isinstance(one, Attribute)]


def test_reading_goes_on_at_the_next_separator_of_the_same_bracket():
    (block,), diagnostics = read("pass x {\n    a = 1\n    b = @ f(1, 2) [3], c = 4\n    d = 5\n}")
    assert codes(diagnostics) == [messages.UNREADABLE.code]
    assert keys(block) == ["a", "b", "c", "d"]
    assert isinstance(block.items[1].value, Bad)


def test_a_value_that_cannot_be_read_leaves_the_others_of_its_list():
    (one,), diagnostics = read("let a = [1, 2 ? 4, f(? x), 5]")
    assert len(diagnostics) == 2
    assert [type(item).__name__ for item in one.value.items] == ["Number", "Bad", "Call", "Number"]
    assert isinstance(one.value.items[2].arguments[0], Bad)


def test_a_declaration_of_which_only_the_name_is_known_keeps_it():
    (first, second), diagnostics = read("param a: ? = 3\nlet b = 1")
    assert codes(diagnostics) == [messages.UNREADABLE.code]
    assert isinstance(first, Derived)
    assert (first.name.text, type(first.value)) == ("a", Bad)
    assert second.name.text == "b"


def test_a_stage_with_a_parameter_that_cannot_be_read_is_known_by_name_only():
    text = "stage s(in a: IMAGE, ? b) -> IMAGE {\n    out = = 1\n}\nlet b = 1"
    (stage, other), diagnostics = read(text)
    assert codes(diagnostics) == [messages.UNREADABLE.code, messages.WRONG_EQUALS.code]
    assert isinstance(stage, Derived)
    assert other.name.text == "b"


def test_what_is_no_declaration_is_left_out():
    declarations, diagnostics = read(
        "wan 1\nsave(\n    a\n)\nlet a = 1\n    = 3\nlet b = 2\n?\nlet c = 3"
    )
    assert [one.name.text for one in declarations[1:]] == ["a", "b", "c"]
    assert codes(diagnostics) == [
        messages.NOT_A_DECLARATION.code,
        messages.NOT_A_DECLARATION.code,
        messages.NOT_A_DECLARATION.code,
    ]


def test_a_line_in_the_first_column_that_looks_like_a_declaration_closes_everything():
    text = "pipeline a {\n    flow = [\n        f(x, {\n\npass b {\n    cfg = 1.0\n}\n"
    (first, second), diagnostics = read(text)
    assert codes(diagnostics) == [messages.UNCLOSED_BRACKET.code] * len(diagnostics)
    assert (first.name.text, second.name.text) == ("a", "b")
    assert keys(second) == ["cfg"]


@pytest.mark.parametrize(
    "head",
    ["pass b {", "pass b = f(", "let b = {", "param b: int = {", "stage b() {", "use b\nlet b = {"],
)
def test_every_declaration_looks_like_one(head):
    declarations, _ = read(f"pipeline a {{\n    x = 1\n{head}\n}}\n")
    assert isinstance(declarations[0], Block)
    assert len(declarations) > 1


def test_indentation_tells_which_bracket_was_not_closed():
    text = "pipeline a {\n    let x = {\n        y = 1\n    flow = b\n}\n\npass c {\n    d = 1\n}\n"
    (first, second), diagnostics = read(text)
    (diagnostic,) = diagnostics
    assert diagnostic.span.first.line == 2
    assert len(first.items) == 2
    assert keys(second) == ["d"]


def test_text_that_is_not_indented_at_all_is_read_too():
    text = "pipeline a {\nlet x = 1\ny = f(\nz = 2\n)\n}\nlet b = ]\nlet c = 1"
    declarations, diagnostics = read(text)
    assert [one.name.text for one in declarations] == ["a", "b", "c"]
    assert len(declarations[0].items) == 2
    assert codes(diagnostics) == [messages.SURPLUS_BRACKET.code]


def test_brackets_that_were_not_closed_are_all_named():
    _, (diagnostic,) = read("let a = f([{ x = 1\n\nlet b = 2")
    assert diagnostic.message == "the brackets `(`, `[` and `{` are never closed"
    assert [label.span.text for label in diagnostic.related] == ["(", "["]


def test_a_bracket_that_fits_nowhere_is_one_mistake():
    (block,), diagnostics = read("pass x {\n    a = 1 (\n    b = 2\n}")
    assert codes(diagnostics) == [messages.UNREADABLE.code]
    assert diagnostics[0].fix.title == "Remove it"
    assert keys(block) == ["a", "b"]


def test_quotes_are_the_cause_of_all_else_on_their_line():
    (block,), diagnostics = read('pass x {\n    a = [b c, "d, "e"]\n    f = 1\n}')
    assert codes(diagnostics) == [messages.UNCLOSED_TEXT.code]
    assert keys(block) == ["a", "f"]


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        (f"let a = {'[' * 200}{']' * 200}\nlet b = 1", 1),
        (f"let a = {'(' * 200}1{')' * 200}\nlet b = 1", 1),
        (f"let a = {'f(x = ' * 200}{')' * 200}\nlet b = 1", 1),
        (f"let a = f(){'.x' * 200}\nlet b = 1", 1),
        (f"let a = f(){'[0]' * 200}\nlet b = 1", 1),
        (f"let a = {'[' * 200}\nlet b = 1", 1),
        (f"param a: {'[' * 200}int{']' * 200}\nlet b = 1", 1),
        (f"stage a(in x: {'[' * 200}int{']' * 200}) {{}}\nlet b = 1", 1),
        (f"pass a {{\n    x = {'{ y = ' * 200}1{' }' * 200}\n    z = 1\n}}\nlet b = 1", 1),
    ],
)
def test_what_is_nested_too_deeply_is_left_out(text, depth):
    declarations, diagnostics = read(text)
    assert codes(diagnostics) == [messages.TOO_DEEP.code] * depth
    assert [one.name.text for one in declarations] == ["a", "b"]
    assert any(isinstance(node, Bad) for node in walk(declarations[0]))


def test_a_hundred_levels_are_read():
    (one,), diagnostics = read(f"let a = {'[' * 100}{']' * 100}")
    assert not diagnostics
    depth = sum(isinstance(node, List) for node in walk(one))
    assert depth == 100
    (one,), diagnostics = read(f"let a = {'(' * 100}1 + 2{')' * 100} * 3")
    assert not diagnostics
    assert isinstance(one.value, Chain)
    assert sum(isinstance(node, Group) for node in walk(one)) == 100


@pytest.mark.parametrize(
    ("escape", "message"),
    [
        (r"\q", messages.UNKNOWN_ESCAPE),
        (r"\`", messages.UNKNOWN_ESCAPE),
        (r"\}", messages.UNKNOWN_ESCAPE),
        (r"\u", messages.UNKNOWN_ESCAPE),
        (r"\u{}", messages.UNKNOWN_CHARACTER),
        (r"\u{xyz}", messages.UNKNOWN_CHARACTER),
        (r"\u{110000}", messages.UNKNOWN_CHARACTER),
        (r"\u{D800}", messages.UNKNOWN_CHARACTER),
    ],
)
def test_an_escape_that_does_not_exist(escape, message):
    text = f'let a = "x{escape}y" # \\q'
    _, (diagnostic,) = read(text)
    assert diagnostic.kind is message
    assert diagnostic.span.start == text.index(escape)
    _, diagnostics = read(text + "\nlet b =")
    assert codes(diagnostics) == [message.code, messages.MISSING_VALUE.code]


def test_escapes_that_exist():
    assert not read(r'let a = "\\ \" \n \t \r \{ \u{1F600} \u{000041}"')[1]
    assert not read(r"let a = `a \` \\ \u{41}`(x = 1)")[1]


def test_a_mistake_names_what_stands_there_and_what_could():
    _, (diagnostic,) = read("pass x {\n    a = 1 ? 2\n}")
    assert diagnostic.message == "unexpected `?` after the number `1`"
    assert diagnostic.help.startswith("Expected `->`, a comma, a line break or `}`.")
    assert diagnostic.severity is Severity.ERROR


def test_a_file_of_mistakes_only_is_not_read_to_its_end():
    declarations, diagnostics = read("oh no no\n" * 5000 + "let a = 1")
    assert len(diagnostics) == 1001
    assert diagnostics[-1].message.endswith("after 1000 errors is ignored")
    assert isinstance(declarations, tuple)


def test_a_stage_that_is_read_stays_a_stage():
    (stage,), diagnostics = read("stage s(in a: IMAGE) -> IMAGE {\n    out = a b\n}")
    assert len(diagnostics) == 1
    assert isinstance(stage, Stage)
    assert isinstance(stage.items[0].value, Bad)
