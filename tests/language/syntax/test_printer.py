"""A file in canonical layout says the same, and printing it again changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.language.syntax.samples import SAMPLES
from tests.language.syntax.shape import comments, said
from tests.language.syntax.strategies import files
from wan22dsl.language.syntax import parse, print_file
from wan22dsl.source import Source


def printed(text: str) -> str:
    file, diagnostics = parse(Source(text))
    assert not diagnostics, [(one.code, one.message, one.span) for one in diagnostics]
    return print_file(file)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_in_canonical_layout(name):
    assert printed(SAMPLES[name]) == SAMPLES[name]


@given(files())
def test_printing_twice_changes_nothing(text):
    once = printed(text)
    assert printed(once) == once


@given(files())
def test_printing_does_not_change_what_is_said(text):
    assert said(printed(text)) == said(text)


@given(files())
def test_every_comment_is_kept_and_in_its_order(text):
    assert comments(printed(text)) == comments(text)


@given(files())
def test_lines_end_where_they_should(text):
    text = printed(text)
    assert not text or (text.endswith("\n") and not text.endswith("\n\n"))
    assert "\n\n\n" not in text
    assert not any(line.endswith(" ") for line in text.split("\n"))
    assert not text.startswith("\n")


#: What it is about, as it was written, as it is printed.
CASES = [
    ("nothing", "\n\n", ""),
    ("comments only", "\n\n# a\n\n\n# b", "# a\n\n# b\n"),
    ("four spaces, one item a line", "pass x { a=1,b=2 }", "pass x {\n    a = 1\n    b = 2\n}\n"),
    ("assets on one line", "lora x {\n a = 1,\n b = 2,\n}", "lora x { a = 1, b = 2 }\n"),
    ("assets with a comment", "lora x { a = 1 # c\n}", "lora x {\n    a = 1 # c\n}\n"),
    ("empty braces", "pass x {\n\n}", "pass x {}\n"),
    ("braces that hold a comment", "pass x { # c\n\n}", "pass x { # c\n}\n"),
    (
        "at most one blank line, none at the edges",
        "pass x {\n\n\n  a = 1\n\n\n\n  # c\n\n\n  b = 2\n\n}",
        "pass x {\n    a = 1\n\n    # c\n\n    b = 2\n}\n",
    ),
    (
        "a blank line around what has several lines",
        "wan 1\npass x { a = 1 }\n# c\n# d\npass y { a = 1 }\nlet z = 1\nlet u = 1",
        "wan 1\n\npass x {\n    a = 1\n}\n\n# c\n# d\npass y {\n    a = 1\n}\n\nlet z = 1\nlet u = 1\n",
    ),
    (
        "a comment behind a declaration",
        "let a = 1 # one\n# two\nlet b = 2 # three",
        "let a = 1 # one\n# two\nlet b = 2 # three\n",
    ),
    (
        "= over neighbours",
        "pass x {\n a = 1\n bcd = 2\n\n e = 3\n let f = 4\n ghi = [\n # c\n 1]\n j = 5\n kl = 6 }",
        """\
pass x {
    a   = 1
    bcd = 2

    e = 3
    let f = 4
    ghi = [
        # c
        1
    ]
    j  = 5
    kl = 6
}
""",
    ),
    (
        "= past a comment",
        "pass x {\n a = 1\n # c\n bcd = 2 }",
        "pass x {\n    a   = 1\n    # c\n    bcd = 2\n}\n",
    ),
    ("a call on one line", "let x = f(\n  a = 1\n  b = [1,\n 2], \n)", "let x = f(a = 1, b = [1, 2])\n"),
    (
        "a call with a comment",
        "let x = f(a = 1, # one\n b = 2) # two",
        "let x = f(\n    a = 1 # one\n    b = 2\n) # two\n",
    ),
    (
        "a call that does not fit",
        f"let x = f(a = \"{'a' * 60}\", b = \"{'b' * 30}\")",
        f"let x = f(\n    a = \"{'a' * 60}\"\n    b = \"{'b' * 30}\"\n)\n",
    ),
    (
        "braces behind a call",
        f"let x = f(a = 1) {{ title = \"{'a' * 90}\", b = 1 }}",
        f"let x = f(a = 1) {{\n    title = \"{'a' * 90}\"\n    b     = 1\n}}\n",
    ),
    (
        "a flow that does not fit",
        f"let x = a -> f(b = {'b' * 40}) -> g(c = {'c' * 40})",
        f"let x = a\n    -> f(b = {'b' * 40})\n    -> g(c = {'c' * 40})\n",
    ),
    (
        "a call in a flow that does not fit either",
        f"let x = a -> f(b = {'b' * 60}, c = {'c' * 60}) -> d",
        f"let x = a\n    -> f(\n        b = {'b' * 60}\n        c = {'c' * 60}\n    )\n    -> d\n",
    ),
    (
        "a flow of which only the last list does not fit",
        f"let x = a -> [b -> {'c' * 50}, d -> {'e' * 50}]",
        f"let x = a -> [\n    b -> {'c' * 50}\n    d -> {'e' * 50}\n]\n",
    ),
    (
        "comments around arrows",
        "let x = a # one\n # two\n -> b -> # three\n c",
        "let x = a # one\n    # two\n    -> b # three\n    -> c\n",
    ),
    ("operators", "let x = 0 .. 2 of 4\nlet y = a*b+c -d", "let x = 0..2 of 4\nlet y = a * b + c - d\n"),
    (
        "parentheses that change nothing",
        "let x = ((a))\nlet y = (a * b) + (c) + (d + e)\nlet z = (a + b) * (c -> d)\nlet u = (a -> b) -> c",
        "let x = a\nlet y = a * b + c + (d + e)\nlet z = (a + b) * (c -> d)\nlet u = a -> b -> c\n",
    ),
    ("parentheses that hold a comment", "let x = ( # c\n a)", "let x = ( # c\n    a\n)\n"),
    ("() that changes nothing", "let x = a() -> b() -> C() -> d", "let x = a() -> b -> C() -> d\n"),
    (
        "backticks that change nothing",
        "let x = `K`(`a` = 1, `b c` = 2, `let` = 3) -> `low`(x = y.`z`) -> f().`g`",
        "let x = K(a = 1, `b c` = 2, `let` = 3) -> `low`(x = y.z) -> f().g\n",
    ),
    ("spelling of numbers", "let x = [1.50, 1e-3, 05s, -0]", "let x = [1.50, 1e-3, 05s, -0]\n"),
    ("a text of several lines", 'let x = "a\\nb"', 'let x = """\n    a\n    b\n    """\n'),
    ("a text of one line", 'let x = """\n  a "b"\n  """', 'let x = "a \\"b\\""\n'),
    ("a line that ends in a space", 'let x = "a \\nb"', 'let x = "a \\nb"\n'),
    ("quotes in several lines", 'let x = "a\\n\\"\\"\\"\\""', 'let x = """\n    a\n    ""\\""\n    """\n'),
    ("escapes", 'let x = "\\u{e9} \\u{200B} \\{a} \\{1}"', 'let x = "é \\u{200B} \\{a} {1}"\n'),
    (
        "a head on one line",
        "stage s( in a : IMAGE , b:int=1 )->(x:IMAGE, y:MASK){}",
        "stage s(in a: IMAGE, b: int = 1) -> (x: IMAGE, y: MASK) {}\n",
    ),
    (
        "a head with comments",
        "stage s(in a: IMAGE # c\n) # d\n -> # e\n IMAGE {}",
        "stage s(\n    in a: IMAGE # c\n) # d\n    # e\n    -> IMAGE {}\n",
    ),
    ("what is accepted", "param x : int=1 in[1,2]", "param x: int = 1 in [1, 2]\n"),
    ("windows", "wan 1\r\n\r\n\r\nlet a = 1\r\n", "wan 1\n\nlet a = 1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "canonical"), CASES, ids=[one[0] for one in CASES])
def test_layout(what, text, canonical):
    assert printed(text) == canonical
    assert printed(canonical) == canonical


def test_a_line_has_a_hundred_columns():
    fits = f'let x = f(a = "{"a" * 83}")'
    assert len(fits) == 100
    assert printed(fits) == fits + "\n"
    assert printed(fits.replace('"a', '"aa')).count("\n") == 3


def test_a_setting_that_would_fit_only_without_its_alignment_is_broken():
    fits = f'    a = f(b = "{"b" * 80}")'
    text = printed(f"pass x {{\n{fits}\n    longer = 1\n    l = 2\n}}")
    assert text.split("\n")[1:4] == ["    a = f(", f'        b = "{"b" * 80}"', "    )"]
    assert text.split("\n")[4:6] == ["    longer = 1", "    l      = 2"]


def test_the_depth_of_a_value_is_no_matter():
    nested = f"let x = {'f(a = ' * 99}[1 # c\n]{')' * 99}"
    assert printed(printed(nested)) == printed(nested)


def test_the_length_of_a_chain_is_no_matter():
    text = "let x = " + " -> ".join(["a"] * 20_000)
    assert printed(text).count("\n    -> a") == 19_999
    total = "let x = " + " + ".join(["a"] * 20_000)
    assert printed(total) == total + "\n"


def test_heads_of_types_that_are_longer_than_a_line_are_written_as_they_are() -> None:
    long = "`" + ",".join(f"FILE_3D_{number}" for number in range(20)) + "`"
    for text in (
        f"stage x(in a: {long}) -> (b: {long}) {{\n}}\n",
        f"node Foo(a: {long}) -> (b: {long}) {{}}\n",
        f"node Foo(a: {long} = none) -> {long} {{}}\n",
    ):
        file, found = parse(Source(text, "x.wan"))
        assert found == []
        written = print_file(file)
        assert written.count(long) == 2
        assert print_file(parse(Source(written, "x.wan"))[0]) == written
