"""Prompts that the ComfyUI page sends as they were meant, whatever is in them."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.formats.page.page import processed
from wan22dsl.formats.page.text import escaped, is_sendable, sent

#: Pieces that mean something to the page, and some that do not.
PIECES = [
    "\\",
    "\\\\",
    "{",
    "}",
    "|",
    "/",
    "*",
    "//",
    "/*",
    "*/",
    "{}",
    "\n",
    "\r",
    "\u2028",
    " ",
    "a",
    "é",
    "😀",
]
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.text(max_size=30))

EXAMPLES = [
    "a {red|blue} dog // runs",
    "see https://example.com/a/*.png",
    "C:\\new\\{x}",
    "(a cat:1.2), <lora:x:1>, __animal__",
    "/* not a comment */",
    "\\\\{\\|}\\",
]


@given(st.one_of(TEXTS, st.sampled_from(EXAMPLES)))
def test_the_page_sends_of_an_escaped_text_the_text_itself(text: str) -> None:
    if not is_sendable(text):
        text += " "
    for seed in range(3):
        assert processed(escaped(text), Random(seed)) == text


@given(TEXTS)
def test_what_is_escaped_is_read_as_it_was(text: str) -> None:
    assert sent(escaped(text)) == (text if is_sendable(text) else text + " ")


@given(TEXTS)
@example("{" * 150)
def test_what_is_read_is_what_the_page_sends_in_every_run(text: str) -> None:
    found = sent(text)
    runs = {processed(text, Random(seed)) for seed in range(4)}
    assert found is None or runs == {found}


@given(st.tuples(TEXTS, TEXTS, TEXTS))
def test_only_a_choice_between_different_parts_has_no_one_text(parts: tuple[str, str, str]) -> None:
    before, one, other = parts
    text = f"{before}{{{one}|{other}}}"
    runs = {processed(text, Random(seed)) for seed in range(64)}
    assert (sent(text) is None) == (len(runs) > 1)


@pytest.mark.parametrize(
    "text", ["a dog", "a dog, or a cat | by the sea", "C:\\new", "a/b", "5 * 3 / 2", "(a:1.2)", ""]
)
def test_a_text_without_anything_for_the_page_is_written_as_it_is(text: str) -> None:
    assert escaped(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{a|b}", "\\{a|b\\}"),
        ("https://x", "https:/{}/x"),
        ("/* x */", "/{}* x */"),
        ("\\{", "\\\\{\\{}"),
        ("a\\", "a\\ "),
    ],
)
def test_it_is_written_as_a_person_would_write_it(text: str, written: str) -> None:
    assert escaped(text) == written


def test_a_hundred_thousand_braces_are_not_read_one_inside_of_the_other() -> None:
    assert sent("{" * 100_000 + "}" * 100_000) is None
    assert sent("{}" * 100_000) == ""
