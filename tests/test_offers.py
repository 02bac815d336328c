"""A fix that is offered helps: made alone, it does away with its finding, and at rest none is offered."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.foreign import FENCED, FILES, OUTSIDE
from tests.language.syntax import test_mistakes
from tests.newcomers import FOREIGN_SAFE, FOREIGN_UNSAFE, SAFE, TOLD, UNSAFE, written
from wan22dsl.api.codes import all_messages, findings_in
from wan22dsl.api.compiler import check
from wan22dsl.lint.fixing import fix, is_fixable, with_edits
from wan22dsl.report.text import render
from wan22dsl.source import Source

EXAMPLES = [one for one in all_messages().values() if one.bad]
LINES = [f"wan 1\n\npipeline x {{\n    {one[1]}\n}}\n" for one in test_mistakes.LINES]
TEXTS = [
    *(written(old, new) for old, new, _ in SAFE + UNSAFE + FOREIGN_SAFE + FOREIGN_UNSAFE + TOLD),
    *(one[0] for one in (*FILES, *FENCED, *OUTSIDE)),
    *LINES,
    *(one[1] for one in test_mistakes.FILES),
]


def judged(source: Source):
    return check(source).diagnostics


def helps(text: str, judge, path: str) -> None:
    """Every fix that is offered does away with its finding."""
    found = list(judge(Source(text, path)))
    before = Counter((one.code, one.message) for one in found)
    for one in found:
        if is_fixable(one, unsafe=True):
            after = with_edits(text, one.fix.edits)
            now = Counter((each.code, each.message) for each in judge(Source(after, path)))
            what = (one.code, one.message)
            assert now[what] < before[what], f"{render([one])}\n{after}"


def rests(text: str, judge, path: str) -> None:
    """Where nothing more is fixed, a lint of the new text offers no fix."""
    done = fix(text, judge, path=path, unsafe=True)
    left = judge(Source(done.text, path))
    assert not [one for one in left if is_fixable(one, unsafe=True)], render(left)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda one: one.code)
def test_a_fix_of_an_example_helps_and_none_is_offered_at_rest(message):
    path = "example.json" if message.good.lstrip().startswith("{") else "example.wan"
    for law in (helps, rests):
        law(message.bad, lambda source: findings_in(message, source.text), path)


@pytest.mark.parametrize("text", TEXTS)
def test_a_fix_of_a_mistake_helps_and_none_is_offered_at_rest(text):
    for law in (helps, rests):
        law(text, judged, "a.wan")
