"""Newcomers are told once what they meant, and the fix makes it of what they wrote."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import newcomers
from tests.newcomers import (
    PORTRAIT,
    RANDOM_SEEDS,
    SAFE,
    TOLD,
    UNSAFE,
    written,
)
from tests.newcomers_foreign import FOREIGN_SAFE, FOREIGN_UNSAFE
from wan22dsl.api.codes import all_messages, findings_in
from wan22dsl.api.compiler import check
from wan22dsl.diagnostics import has_errors
from wan22dsl.errors import UnreadableFile
from wan22dsl.lint.fixing import fix, is_fixable
from wan22dsl.report.text import render
from wan22dsl.source import Source

#: Where one line has two mistakes, both are reported.
_TWO = (
    "（",
    "then",
    " | ",
    " > ",
    "=>",
    "euler",
    'lora anna "',
    "pipeline portrait = {",
    "Negative p",
)


def judged(source: Source):
    return check(source).diagnostics


@pytest.mark.parametrize(("old", "new", "meant"), SAFE, ids=[new for _, new, _ in SAFE])
def test_what_is_certain_is_fixed_and_nothing_else_changes(old, new, meant):
    text = written(old, new)
    found = [finding for finding in judged(Source(text)) if finding.is_error]
    assert len(found) == 1 or any(each in new for each in _TWO), render(found)
    done = fix(text, judged)
    assert done.text == written(old, meant)
    assert not has_errors(done.left), render(done.left)


@pytest.mark.parametrize(("old", "new", "meant"), UNSAFE, ids=[new for _, new, _ in UNSAFE])
def test_what_is_a_guess_is_fixed_only_by_unsafe_fixes(old, new, meant):
    text = written(old, new)
    assert fix(text, judged).text == text
    done = fix(text, judged, unsafe=True)
    assert done.text == written(old, meant)
    assert not has_errors(done.left), render(done.left)


GRAIN = 'lora grain { file = "grain.safetensors" }\nlora grain2 { file = "g2.safetensors" }\n\npass high'


def with_grain(text: str) -> str:
    """The text with two LoRAs more, where it names them."""
    return text.replace("pass high", GRAIN, 1) if "grain" in text else text


def is_known_pair(text: str) -> bool:
    """Whether a line has the same mistake twice, or two that are not one."""
    if "&gt;" in text or "resolution = (" in text:
        return True
    return text.count("'") > 3 or "==> low" in text or "> low" in text or "prompt =" in text


@pytest.mark.parametrize(
    ("old", "new", "meant"), FOREIGN_SAFE, ids=[each[1] for each in FOREIGN_SAFE]
)
def test_what_another_language_has_is_told_once_and_fixed(old, new, meant):
    text = with_grain(written(old, new))
    found = [finding for finding in judged(Source(text)) if finding.is_error]
    assert len(found) == 1 or is_known_pair(new), render(found)
    done = fix(text, judged)
    assert done.text == with_grain(written(old, meant))
    assert not has_errors(done.left) or "clip)" in new, render(done.left)


@pytest.mark.parametrize(
    ("old", "new", "meant"), FOREIGN_UNSAFE, ids=[each[1] for each in FOREIGN_UNSAFE]
)
def test_what_another_language_has_is_told_once_and_a_guess_is_not_safe(old, new, meant):
    text = written(old, new)
    (found,) = [finding for finding in judged(Source(text)) if finding.is_error]
    assert fix(text, judged).text == text
    done = fix(text, judged, unsafe=True)
    assert done.text == written(old, meant), render([found])
    assert not has_errors(done.left), render(done.left)


@pytest.mark.parametrize(("old", "new", "help"), TOLD, ids=[each[1] for each in TOLD])
def test_where_nobody_can_know_what_was_meant_words_help(old, new, help):
    text = written(old, new)
    (found,) = [finding for finding in judged(Source(text)) if finding.is_error]
    assert help in found.help
    assert found.fix is None


@pytest.mark.parametrize("message", FOREIGN_SAFE + FOREIGN_UNSAFE + TOLD, ids=lambda each: each[1])
def test_a_message_has_at_most_15_words(message):
    for found in judged(Source(with_grain(written(*message[:2])))):
        if found.is_error:
            assert len(found.message.split()) <= 15 + found.message.count("`"), found.message


@pytest.mark.parametrize("seed", RANDOM_SEEDS)
def test_a_random_seed_becomes_a_parameter(seed):
    text = written("seed   = 42", f"seed   = {seed}")
    (found,) = [finding for finding in judged(Source(text)) if finding.is_error]
    assert "--set seed=random" in found.help
    done = fix(text, judged, unsafe=True)
    assert not has_errors(done.left), render(done.left)
    assert "\nparam seed: int = 0\n\npipeline portrait {\n" in done.text
    assert "    seed   = seed\n" in done.text


def test_a_suggestion_fits_its_place():
    text = written('high -> low -> save("portrait")', 'ana -> low -> save("portrait")')
    (found,) = [finding for finding in judged(Source(text)) if finding.is_error]
    assert "anna" not in found.help


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PORTRAIT.encode("utf-16"), "UTF-16"),
        (PORTRAIT.encode("utf-16-le"), "UTF-16LE"),
        (PORTRAIT.encode("utf-16-be"), "UTF-16BE"),
        (PORTRAIT.replace("She", "Ästhetisch: sie").encode("latin-1"), "Latin-1"),
        (PORTRAIT.replace("She", "“She”").encode("cp1252"), "Windows-1252"),
    ],
)
def test_a_file_in_another_encoding_is_named_with_the_way_to_utf_8(data, encoding):
    with pytest.raises(UnreadableFile, match=f"{encoding}.*iconv -f {encoding} -t UTF-8"):
        Source.decode(data, "a.wan")


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs"])
def test_an_encoding_that_may_be_another_one_is_not_named(encoding):
    """Chinese text can be read in several encodings of East Asia, and in all of Latin."""
    data = PORTRAIT.replace("She", "她看見樹").encode(encoding)
    with pytest.raises(UnreadableFile) as caught:
        Source.decode(data, "a.wan")
    assert "looks like" not in str(caught.value)


# --- fixing comes to rest ---


def rests(text: str, judge, *, unsafe: bool, path: str = "a.wan") -> None:
    done = fix(text, judge, path=path, unsafe=unsafe)
    assert not [finding for finding in done.left if is_fixable(finding, unsafe=unsafe)], render(
        done.left
    )
    again = fix(done.text, judge, path=path, unsafe=unsafe)
    assert (again.text, again.applied) == (done.text, ())


EXAMPLES = [message for message in all_messages().values() if message.bad]


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda finding: finding.code)
def test_after_fixing_an_example_no_fix_is_offered(message):
    path = "example.json" if message.good.lstrip().startswith("{") else "example.wan"
    rests(message.bad, lambda source: findings_in(message, source.text), unsafe=True, path=path)


@pytest.mark.parametrize("new", [(old, new) for old, new, _ in SAFE + UNSAFE])
def test_after_fixing_what_a_newcomer_wrote_no_fix_is_offered(new):
    rests(written(*new), judged, unsafe=True)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
@given(
    st.lists(
        st.sampled_from([(old, new) for old, new, _ in SAFE + UNSAFE]), min_size=1, max_size=3
    ),
    st.sampled_from(["", "}", ")", ".0000001", ";", '"', "->", "\n"]),
    st.integers(0, len(PORTRAIT)),
    st.booleans(),
)
def test_after_fixing_several_mistakes_no_fix_is_offered(pairs, extra, place, unsafe):
    text = newcomers.PORTRAIT
    for old, new in pairs:
        text = text.replace(old, new, 1)
    rests(text[:place] + extra + text[place:], judged, unsafe=unsafe)
