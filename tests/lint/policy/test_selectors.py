"""Words that choose rules, and patterns that choose paths."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.diagnostics import Severity
from wan22dsl.errors import CommandError
from wan22dsl.lint.policy import selectors
from wan22dsl.lint.policy.config import Layer, covers
from wan22dsl.lint.policy.verdict import is_selected, selected
from wan22dsl.lint.rules.generic import circle

KNOWN = {"WAN605": "split-off-boundary", "WAN701": "noise-mismatch"}


@pytest.mark.parametrize("word", ["WAN605", "wan605", "split-off-boundary", "WAN6", "WAN60", "all"])
def test_a_rule_is_meant_by_its_code_its_name_and_a_prefix(word):
    assert selectors.matches([word], "WAN605", "split-off-boundary")
    assert selectors.is_known(word, KNOWN)


@pytest.mark.parametrize("word", ["WAN", "WAN7", "WAN6050", "split", "boundary", ""])
def test_other_words_do_not_mean_it(word):
    assert not selectors.matches([word], "WAN605", "split-off-boundary")


def test_of_a_misspelt_word_the_nearest_is_named():
    with pytest.raises(
        CommandError, match=r"^here: .*`split-of-boundary`.*`split-off-boundary`\?$"
    ):
        selectors.demand(["WAN605", "split-of-boundary"], KNOWN, "here")
    with pytest.raises(CommandError, match="`wan explain` lists all"):
        selectors.demand(["xyz"], KNOWN, "here")


def test_words_are_split_at_commas():
    assert selectors.split(["WAN6, WAN7", "a,,b"]) == ("WAN6", "WAN7", "a", "b")


@pytest.mark.parametrize(
    ("layers", "counts"),
    [
        ([], True),
        ([Layer(select=("WAN6",))], True),
        ([Layer(select=("WAN7",))], False),
        ([Layer(ignore=("WAN6",))], False),
        ([Layer(select=("WAN6",), ignore=("WAN605",))], False),
        ([Layer(ignore=("WAN6",)), Layer(select=("WAN605",))], True),
        ([Layer(select=("WAN605",)), Layer(ignore=("all",))], False),
    ],
)
def test_what_is_said_later_stands_above_what_was_said_before(layers, counts):
    assert is_selected("WAN605", "split-off-boundary", layers) is counts


#: From the weakest word to the strongest; the name of WAN511 is as long as its code.
STRENGTH = ("all", "WAN5", "WAN51", "WAN511", "circle")


@pytest.mark.parametrize(
    ("weak", "strong"),
    [(weak, strong) for at, weak in enumerate(STRENGTH) for strong in STRENGTH[at + 1 :]],
)
@pytest.mark.parametrize("weak_first", [True, False])
def test_within_a_layer_the_more_exact_word_decides_the_severity(weak, strong, weak_first):
    words = ((weak, "error"), (strong, "note"))
    layer = Layer(severity=words if weak_first else words[::-1])
    (finding,) = selected([circle.MESSAGE.at(None, nodes="")], lambda _: [layer])
    assert finding.severity is Severity.NOTE


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("old/**", "old/a.wan", True),
        ("old/**", "old/deep/a.wan", True),
        ("old/**", "new/old/a.wan", False),
        ("old", "old/a.wan", True),
        ("old", "new/old/a.wan", True),
        ("old/", "new/old/a.wan", True),
        ("./old/*.wan", "old/a.wan", True),
        ("old/*.wan", "old/deep/a.wan", False),
        ("*.draft.wan", "shots/a.draft.wan", True),
        ("*.draft.wan", "shots/a.wan", False),
        ("shots/**/a.wan", "shots/a.wan", True),
        ("shots/**/a.wan", "shots/1/2/a.wan", True),
        ("shot?", "shot1/a.wan", True),
        ("shot?", "shot12/a.wan", False),
        ("a[1].wan", "a[1].wan", True),
        ("a.wan", "a_wan", False),
        ("old", "older/a.wan", False),
    ],
)
def test_a_pattern_means_paths(pattern, path, meant):
    assert covers([pattern], path) is meant


_SMALL = st.text(alphabet="ab*?", min_size=1, max_size=3).filter(lambda each: "**" not in each)


@given(
    st.lists(st.just("**") | _SMALL, min_size=1, max_size=4),
    st.lists(st.text(alphabet="ab", min_size=1, max_size=3), min_size=1, max_size=4),
)
def test_patterns_mean_what_regular_expressions_of_them_would(parts, path):
    """The expression is exact, and takes for ever on longer patterns."""
    pattern = "/".join(parts)
    anchored = pattern if "/" in pattern else f"**/{pattern}"
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    expression = re.sub(r"\*\*/|\*\*|\*|\?", lambda match: words[match[0]], anchored)
    meant = re.fullmatch(expression + "(?:/.*)?", "/".join(path)) is not None
    assert covers([pattern], "/".join(path)) is meant


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 30 + "b",
        "**/" * 1_000 + "b",
        "**/a/" * 300 + "b",
        "*" * 1_000 + "b",
        "*?" * 100 + "b",
    ],
)
def test_no_pattern_takes_longer_than_its_length_times_that_of_the_path(pattern):
    assert not covers([pattern], "/".join(["a" * 255] * 15))
