"""A mistake of syntax offers its fix only where the fixed text lacks it, and has no new one."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.mixes import mixed
from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.language.syntax import parse
from wan22dsl.language.syntax.recovery.offers import MOST_READ, with_helpful_fixes
from wan22dsl.lint.fixing import with_edits
from wan22dsl.source import Source, Span


@given(st.integers(0, 2**32))
def test_a_fix_of_syntax_that_is_offered_does_away_with_its_mistake(seed: int) -> None:
    text = mixed(Random(seed))
    found = parse(Source(text))[1]
    before = Counter((one.code, one.message) for one in found)
    for one in found:
        if one.fix is not None:
            after = parse(Source(with_edits(text, one.fix.edits)))[1]
            now = Counter((each.code, each.message) for each in after)
            assert now[one.code, one.message] < before[one.code, one.message]
            assert not now - before


WRONG = Message("WAN101", "wrong", Severity.ERROR, "`{sign}`", "")


def reading(count: list[str]):
    """Reads a text in which each `a`, `b` and `z` is wrong: `A` for `a` helps, `z` for `b` does not."""

    def found(source: Source):
        count.append(source.text)
        for at, sign in enumerate(source.text):
            if sign in "abz":
                span = Span(source, at, at + 1)
                fix = Fix("x", (Edit(span, "A" if sign == "a" else "z"),)) if sign != "z" else None
                yield WRONG.at(span, fix=fix, sign=sign)

    return lambda source: list(found(source))


def offered(text: str) -> tuple[str, int]:
    """The signs whose fix is offered, and how often a text was read for that."""
    read: list[str] = []
    mistakes = reading(read)
    source = Source(text)
    found = with_helpful_fixes(source, mistakes(source), mistakes)
    return "".join(one.fields["sign"] for one in found if one.fix), len(read) - 1


def test_only_what_helps_is_offered() -> None:
    assert offered("a b a z") == ("aa", 3)


def test_where_there_are_too_many_to_try_each_those_that_help_together_are_offered() -> None:
    long = " " * (MOST_READ // 10)
    assert offered("a" * 100 + long) == ("a" * 100, 1)
    signs, count = offered("a" * 20 + "b" + long)
    assert set(signs) == {"a"} and count <= 10


def test_a_very_long_text_is_read_twice_at_most() -> None:
    assert offered("ab" * 9 + " " * MOST_READ)[1] <= 2


def test_where_nothing_has_a_fix_nothing_is_read() -> None:
    assert offered("z z") == ("", 0)
