"""A file that is something else gets one finding, which says what it is and what to do."""

from __future__ import annotations

import pytest

from tests.foreign import FENCED, FILES, OUTSIDE
from tests.newcomers import PORTRAIT
from wan22dsl.api.compiler import check
from wan22dsl.diagnostics import has_errors
from wan22dsl.lint.fixing import fix
from wan22dsl.report.text import render
from wan22dsl.source import Source


def judged(source: Source):
    return check(source).diagnostics


@pytest.mark.parametrize(("text", "what", "help"), FILES, ids=[file[0][:30] for file in FILES])
def test_a_file_in_another_language_gets_one_finding_with_its_name(text, what, help):
    (found,) = judged(Source(text, "a.wan"))
    assert found.message == f"this file is {what}, not a `.wan` file"
    assert help in found.help
    assert fix(text, judged, path="a.wan", unsafe=True).text == text


@pytest.mark.parametrize("text", [file[0] for file in FILES])
def test_with_wan_1_above_it_is_a_wan_file_with_mistakes(text):
    assert "WAN145" not in {finding.code for finding in judged(Source("wan 1\n" + text, "a.wan"))}


@pytest.mark.parametrize(("text", "safe"), FENCED)
def test_a_fenced_pipeline_is_kept_and_what_is_around_it_goes(text, safe):
    (found,) = judged(Source(text, "a.wan"))
    assert found.fix is not None and found.fix.safe is safe
    done = fix(text, judged, path="a.wan", unsafe=True)
    assert done.text == PORTRAIT
    assert not has_errors(done.left)


def test_a_merge_conflict_gets_one_finding():
    seed = "    seed   = 42"
    text = PORTRAIT.replace(seed, f"<<<<<<< HEAD\n{seed}\n=======\n    seed = 2\n>>>>>>> mine")
    (found,) = judged(Source(text, "a.wan"))
    assert found.code == "WAN146"
    assert found.span is not None and found.span.first.line == 15


@pytest.mark.parametrize(("text", "meant"), OUTSIDE)
def test_settings_at_the_left_edge_get_one_finding_and_a_pipeline_around_them(text, meant):
    (found,) = judged(Source(text, "a.wan"))
    assert found.code == "WAN147", render([found])
    assert found.fix is not None and not found.fix.safe
    done = fix(text, lambda source: [o for o in judged(source) if o.code < "WAN2"], unsafe=True)
    assert done.text == meant


def test_a_setting_below_the_only_pipeline_is_to_be_moved_into_it():
    (found,) = judged(Source(PORTRAIT + "\ncfg = 1.0\n", "a.wan"))
    assert "`pipeline portrait`" in found.help
    assert found.fix is None
