"""Texts with mistakes that are very long: no sign makes the reader look through the rest again and again.

Where it did, the tests here would take minutes, or would not end.
"""

from __future__ import annotations

import pytest

from wan22dsl.language.syntax import messages, parse
from wan22dsl.language.syntax.recovery.tokens import MOST_TOKENS
from wan22dsl.source import Source

SIZE = 60_000

TOO_LONG = f"everything after {MOST_TOKENS:,} tokens of a file with errors is ignored"

#: Signs of which each may begin something that ends further on, or follow something that does.
SIGNS = [
    *("( ) [ ] { } (] f(]] \" ' ` # \\ -> a= a 1 1. 0.. .. . 1.a .a - -- / // /* /**/ <!-- ; : , |").split(),
    *("“ ‘ 「 『 (「 ＂ ＇ ''' \"\"\" \\\" \\' '\\ `\\ \\` a/ a.` ０ a０ → － -－ @").split(),
    *("<lora: <lora:a: 1e+ \u3000").split(),
    *('"C:\\a\\', '"C:\\a\\"C:\\', '"\\_', '→"\\', '"x”\\', "let ", "in ", "a = 1 ", "|\n", "> \n"),
    *("\x00", "\r", "\n", "\n)", "(\n x ) ", '\n  "', "/**/\n", "; a b\n", "pass x {\n", "stage s("),
    *("pipeline x:\n  a\n", "#\nA", "A B\n", "let A = 1\n", "pass A {\n", "lora A\n", "'a'a", "-"),
]  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
def test_much_of_one_sign_is_read_once(sign: str) -> None:
    for begin in ("", "pipeline x {\n    a = f("):
        parse(Source(begin + sign * (SIZE // len(sign))))


def test_the_quote_that_may_end_a_string_is_looked_for_once() -> None:
    text = 'let a = "one\n  two" ' + "-> x, " * 2000 + '"\n'
    found = parse(Source(text))[1]
    assert messages.UNCLOSED_TEXT.code in [one.code for one in found]


def test_an_arrow_and_a_comment_may_stand_behind_a_string_over_two_lines() -> None:
    text = 'pipeline x {\n    a = "one\n        two" -> save("x") # say "this"\n}\n'
    found = parse(Source(text.replace('save("x")', "save")))[1]
    assert messages.STRING_OVER_LINES.code in [one.code for one in found]


def test_a_long_file_with_a_mistake_is_read_up_to_a_declaration() -> None:
    lines = [f"let a{number} = {number}" for number in range(MOST_TOKENS // 5 + 100)]
    file, found = parse(Source("let a = 1 2\n" + "\n".join(lines) + "\n"))
    assert [one.message for one in found] == [
        "unexpected number `2` after the number `1`",
        TOO_LONG,
    ]
    span = found[-1].span
    assert span is not None
    assert span.source.text.startswith("let a", span.start)
    assert len(file.declarations) == span.first.line - 1


def test_a_long_file_without_mistakes_is_read_to_its_end() -> None:
    lines = [f"let a{number} = {number}" for number in range(MOST_TOKENS // 5 + 100)]
    file, found = parse(Source("\n".join(lines) + "\n"))
    assert not found
    assert len(file.declarations) == len(lines)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("let a = 'x", "WAN"),
        ("/* a\n * b\n */\nlet a = 1\n", messages.WRONG_COMMENT.code),
        ("let a = 1 /* b */\n", messages.WRONG_COMMENT.code),
        ("<!-- a -->\nlet a = 1\n", messages.WRONG_COMMENT.code),
        ("let a = '''x\ny'''\n", messages.WRONG_QUOTES.code),
        ("let a = 'it\\'s'\n", messages.WRONG_QUOTES.code),
        ("let a = ''\n", messages.WRONG_QUOTES.code),
        ("; an old comment here\nlet a = 1\n", messages.WRONG_COMMENT.code),
    ],
)
def test_what_is_closed_is_still_understood(text: str, code: str) -> None:
    assert next(one.code for one in parse(Source(text))[1]).startswith(code)
