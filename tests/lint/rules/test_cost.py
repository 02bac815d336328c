"""What is said where a card is named, and that nothing is where none is."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.findings import piped
from tests.prompts import changed, conditioned, graph_of, split
from wan22dsl.api.compiler import check
from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import CARDS
from wan22dsl.lint.rules.engine import judge
from wan22dsl.source import Source

EXAMPLES = ROOT / "examples"
PLAIN = {"loras": (None, None), "cfgs": (3.5, 3.5), "shifts": (8.0, 8.0)}
TWENTY = ((0, 10, 20), (10, 20, 20))


def reported(card: str | None, prompt=None, **shape: int):
    prompt = prompt or split(start=conditioned(**shape))
    named = None if card is None else CARDS[card]
    return [
        finding for finding in judge(graph_of(prompt), named)[1] if finding.code.startswith("WAN85")
    ]


def test_without_a_card_nothing_is_said_of_cost():
    assert reported(None, width=1280, height=720) == []


@pytest.mark.parametrize(
    ("card", "shape", "expected"),
    [
        ("RTX 5090", {"length": 61}, []),
        ("RTX 5090", {"length": 81}, ["warning WAN851"]),
        ("RTX 4090", {"length": 81}, ["warning WAN851"]),
        ("RTX 4090", {"length": 49}, []),
        ("H100", {"length": 81}, []),
        ("RTX 4090", {"length": 161}, ["error WAN852"]),
        ("RTX 4090", {"length": 129}, ["warning WAN852"]),
    ],
)
def test_a_clip_fits_streams_or_fails(card, shape, expected):
    assert [
        f"{finding.severity.value} {finding.code}" for finding in reported(card, **shape)
    ] == expected


def test_both_passes_are_told_together_with_the_numbers():
    (finding,) = reported("RTX 5090")
    assert "2.1 GiB of the 13.3 GiB" in finding.message
    assert "high_sampler" in finding.message
    assert "low_sampler" in finding.message
    assert "about 32 s instead of 28 s" in finding.message
    assert "Use at most 65 frames at 832x1216" in finding.help


def test_what_is_fixed_as_told_fits():
    assert reported("RTX 5090", length=65) == []
    assert reported("RTX 4090", length=49) == []


def test_a_slow_pass_is_a_note_with_the_uncertainty():
    small = conditioned(width=832, height=480)
    (finding,) = reported("RTX 4090", split(**PLAIN, parts=TWENTY, start=small))
    assert (finding.code, finding.severity.value) == ("WAN854", "note")
    assert "±" in finding.message
    assert "two per step, since cfg is 3.5" in finding.message
    assert reported("H200", split(start=small)) == []


def test_an_unknown_size_is_no_reason_to_speak():
    prompt = split()
    prompt["start"]["inputs"]["width"] = ["lost", 0]
    assert reported("RTX 3060", prompt) == []


def test_a_decode_that_is_done_in_tiles_already_is_not_told():
    prompt = split(start=conditioned(width=1920, height=1088, length=5))
    assert "WAN853" in {finding.code for finding in reported("RTX 4090", prompt)}
    tiles = {"tile_size": 256, "overlap": 64, "temporal_size": 64, "temporal_overlap": 8}
    prompt = changed(prompt, "decode", **tiles)
    prompt["decode"]["class_type"] = "VAEDecodeTiled"
    assert "WAN853" not in {finding.code for finding in reported("RTX 4090", prompt)}


def test_a_file_is_checked_for_a_card_by_any_of_its_names():
    text = piped().replace("832x480", "832x1216")
    codes = {finding.code for finding in check(Source(text, "a.wan"), card="rtx4090").diagnostics}
    assert codes == {"WAN851"}
    with pytest.raises(CommandError, match="unknown card `RTX 4091`"):
        check(Source(text, "a.wan"), card="RTX 4091")


def test_a_pass_that_runs_for_several_shots_is_named_once():
    """Three shots are made with the same three passes."""
    found = check(EXAMPLES / "long_video.wan", card="RTX 3060").diagnostics
    reported = [finding.message for finding in found if finding.code == "WAN851"]
    assert reported and all(each.count("`high`") <= 1 for each in reported)
