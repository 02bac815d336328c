"""A fix that is offered helps: made alone, it does away with its finding, and at rest none is offered."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foreign import FENCED, FILES, OUTSIDE
from tests.language.syntax import test_mistakes
from tests.mixes import mixed
from tests.newcomers import (
    PORTRAIT,
    SAFE,
    TOLD,
    UNSAFE,
    written,
)
from tests.newcomers_foreign import FOREIGN_SAFE, FOREIGN_UNSAFE
from wan22dsl.api.codes import all_messages, findings_in
from wan22dsl.api.compiler import check
from wan22dsl.lint.fixing import fix, is_fixable, with_edits
from wan22dsl.report.text import render
from wan22dsl.source import Source

EXAMPLES = [message for message in all_messages().values() if message.bad]
LINES = [f"wan 1\n\npipeline x {{\n    {line[1]}\n}}\n" for line in test_mistakes.LINES]
TEXTS = [
    *(written(old, new) for old, new, _ in SAFE + UNSAFE + FOREIGN_SAFE + FOREIGN_UNSAFE + TOLD),
    *(file[0] for file in (*FILES, *FENCED, *OUTSIDE)),
    *LINES,
    *(file[1] for file in test_mistakes.FILES),
]


def judged(source: Source):
    return check(source).diagnostics


def helps(text: str, judge, path: str) -> None:
    """Every fix that is offered does away with its finding."""
    found = list(judge(Source(text, path)))
    before = Counter((finding.code, finding.message) for finding in found)
    for finding in found:
        if is_fixable(finding, unsafe=True):
            after = with_edits(text, finding.fix.edits)
            now = Counter((each.code, each.message) for each in judge(Source(after, path)))
            what = (finding.code, finding.message)
            assert now[what] < before[what], f"{render([finding])}\n{after}"


def rests(text: str, judge, path: str) -> None:
    """Where nothing more is fixed, a lint of the new text offers no fix."""
    done = fix(text, judge, path=path, unsafe=True)
    left = judge(Source(done.text, path))
    assert not [finding for finding in left if is_fixable(finding, unsafe=True)], render(left)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda finding: finding.code)
def test_a_fix_of_an_example_helps_and_none_is_offered_at_rest(message):
    path = "example.json" if message.good.lstrip().startswith("{") else "example.wan"
    for law in (helps, rests):
        law(message.bad, lambda source: findings_in(message, source.text), path)


@pytest.mark.parametrize("text", TEXTS)
def test_a_fix_of_a_mistake_helps_and_none_is_offered_at_rest(text):
    for law in (helps, rests):
        law(text, judged, "a.wan")


@given(st.integers(0, 2**32))
def test_at_rest_no_fix_is_offered_whatever_newcomers_have_mixed(seed):
    rests(mixed(Random(seed)), judged, "a.wan")


_HIGH = "pass high = wan22.high()"
_SEED = "    seed   = 42"

#: What is replaced in the pipeline of newcomers, what is written there, and a finding that offers no fix:
#: the fix that could be guessed would give another mistake.
NO_FIX = [
    (_SEED, "    seed   = 4`2", "WAN128"),
    (_HIGH, "pass high = wan22.high(noise = low)", "WAN409"),
    (_HIGH, "pass high = wan22.high(ngth = 0.3)", "WAN409"),
    (_SEED, '    negative_prompt = "blurry"\n    negative_prompt = "ugly"', "WAN409"),
    (_SEED, "    cfg = 3.5\n    cfg = 0.8", "WAN422"),
    (_HIGH, f"{_HIGH}\n\nlet strongest = strongests", "WAN207"),
    (_HIGH, f'{_HIGH}\n\nmodel mine = hihg(noise = "low")', "WAN207"),
    (_HIGH, f"{_HIGH}\n\ngraph g {{\n    let a = hihg\n}}", "WAN207"),
    (_HIGH, f"{_HIGH}\n\nlet a = ImageScaleBy(image = x, scale_by = 0-2 of 4)", "WAN303"),
    (_SEED, f"{_SEED}\n    sampler = ddim(/beta", "WAN207"),
    (_SEED, f"{_SEED}\n    add_noise = true", "WAN711"),
    (_SEED, f"{_SEED}\n    add_noise = false", "WAN714"),
    (_HIGH, "pass high = wan22.high(steps = 0..4 of 4)", "WAN707"),
    (_SEED, '    flow   = "high, -> low"', "WAN302"),
    ('noise = "high"', "noise = 1.0", "WAN302"),
    ('noise = "high"', 'path = "x", noise = "high"', "WAN210"),
    (_HIGH, f"{_HIGH}\n\nlet n = other(cfg = cfg)", "WAN207"),
    ("pipeline portrait {", "pipeline portrait() -> IMAGE {", "WAN204"),
]


@pytest.mark.parametrize(("old", "new", "code"), NO_FIX, ids=[new for _, new, _ in NO_FIX])
def test_a_fix_that_would_give_another_mistake_is_not_offered(old, new, code):
    found = [
        finding for finding in judged(Source(written(old, new), "a.wan")) if finding.code == code
    ]
    assert found
    assert not any(finding.fix for finding in found), render(found)


def test_a_pass_that_another_pipeline_uses_rightly_is_not_changed_for_one():
    passes = (
        "pass high = wan22.high(steps = 0..3 of 4)\n\npass first = wan22.high(steps = 0..2 of 4)"
    )
    text = written(_HIGH, passes).replace("wan22.low()", "wan22.low(steps = 3..4 of 4)")
    alone = text.replace("flow   = high", "flow   = first")
    shared = text + '\npipeline other = portrait(flow = first -> low -> save("other"))\n'
    for case, is_offered in ((alone, True), (shared, False)):
        (found,) = [one for one in judged(Source(case, "a.wan")) if one.code == "WAN706"]
        assert (found.fix is not None) is is_offered, render([found])


#: Where an import is written that the file has already, or below declarations, and what becomes of it.
IMPORTS = [
    ("use wan22\n", "use wan22\nimport wan22\n", "use wan22\n"),
    ("use wan22\n", "use wan22\nuse wan22\n", "use wan22\n"),
    ("use wan22\n", "use wan22\nuse wan\n", "use wan22\n"),
    ("use wan22\n", "use wan22\nfrom wan22 import high\n", "use wan22\n"),
    ("pipeline portrait", "import wan22\n\npipeline portrait", "\npipeline portrait"),
]


@pytest.mark.parametrize(("old", "new", "meant"), IMPORTS, ids=[new for _, new, _ in IMPORTS])
def test_a_second_import_of_a_file_is_removed(old, new, meant):
    done = fix(written(old, new), judged, path="a.wan", unsafe=True)
    assert done.text == written(old, meant)


@pytest.mark.parametrize("line", ["use wan22", "import wan22"])
def test_an_import_below_declarations_is_moved_up(line):
    text = PORTRAIT.replace("use wan22\n", "", 1) + f"\n{line}\n"
    done = fix(text, judged, path="a.wan", unsafe=True)
    assert done.text == PORTRAIT + "\n"


def test_what_a_misspelt_kind_hides_does_not_keep_its_fix_away():
    text = written("pipeline portrait", "pipline portrait").replace("832x480", "Size(832, 480)")
    text = text.replace("seed   = 42", "seed   = hihg")
    assert "pipeline portrait {" in fix(text, judged, path="a.wan", unsafe=True).text


@pytest.mark.parametrize("form", ["json", "sarif", "full", "concise"])
def test_no_output_offers_a_fix_that_is_not_helpful(form, wan):
    wan.write("a.wan", written(*NO_FIX[0][:2]))
    shown = wan("lint", "--output-format", form, "a.wan").stdout
    assert "WAN128" in shown
    if form in ("json", "sarif"):
        assert "Write a backtick" not in json.dumps(_fixes(json.loads(shown)))
    else:
        assert "--unsafe-fixes" not in shown and "fix (unsafe)" not in shown


def _fixes(data):
    """All that a report calls a fix."""
    if isinstance(data, dict):
        own = [value for key, value in data.items() if key in ("fix", "fixes")]
        return own + [item for value in data.values() for item in _fixes(value)]
    return [item for value in data for item in _fixes(value)] if isinstance(data, list) else []
