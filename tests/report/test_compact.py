"""Many findings in few lines: what is wrong and what to do, and as much more as there is room for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.lint.rules.mutations.test_mutations import ALL
from tests.report.any_findings import SOME
from wan22dsl.report.compact import Detail, first_sentence, fitting, shown
from wan22dsl.report.lines import clean, plain
from wan22dsl.report.text import render

BROKEN = (
    "the models change places, the LoRAs stay",
    "a step is left out",
    "cfg 7 on both passes",
    "another shift on the second pass",
    "80 frames",
    "the default rate of VHS",
    "a low-noise expert for text behind a high-noise expert for pictures",
    "the VAE of the 5B model",
)


def eight():
    """What is found in eight workflows, each with one mistake."""
    named = {file.name: file for file in ALL}
    return [found for name in BROKEN for found in said_of_json(drawn(named[name].broken))]


def test_eight_broken_workflows_are_told_with_why_and_how_on_one_screen():
    detail, lines = fitting(eight(), width=120, height=45)
    text = plain(lines)
    assert detail is Detail.WHY
    assert (text.count("    why:  "), text.count("    help: ")) == (8, 8)


def test_on_a_small_screen_each_has_a_sentence():
    detail, lines = fitting(eight(), width=120, height=19)
    assert detail is Detail.LINE
    assert len(lines) <= 19
    heads = [line for line in plain(lines).splitlines() if not line.startswith(" ")]
    assert len(heads) == 8


def test_what_does_not_fit_anyway_keeps_what_to_do_while_it_is_soon_looked_through():
    assert fitting(eight(), width=80, height=19)[0] is Detail.HELP
    assert fitting(eight() * 9, width=80, height=19)[0] is Detail.LINE


def test_what_to_do_can_be_kept_however_many_there_are():
    detail, lines = fitting(eight() * 9, width=100, height=40, least=Detail.HELP)
    assert detail is Detail.HELP
    assert plain(lines).count("    help: ") == 72


def test_few_findings_are_shown_in_full():
    found = eight()[:1]
    detail, lines = fitting(found, width=100, height=40)
    assert (detail, plain(lines)) == (Detail.FULL, render(found))


def test_a_finding_in_short(finder):
    found = finder("let a = colour").unknown("colour", "color")
    assert plain(shown([found], Detail.HELP, width=100)) == (
        "a.wan:1:9: error[WAN901 unknown-thing]: `colour` is not known\n"
        "    help: write `color` [--fix]\n"
    )


def test_why_is_told_once():
    text = plain(shown(eight() * 2, Detail.WHY, width=100))
    assert text.count("    why:  ") == 8


def test_a_fix_names_its_option():
    text = plain(shown(eight(), Detail.HELP, width=100))
    assert re.search(r"first, then the low-noise expert\.\s+\[--fix\]", text)
    assert "Give both passes the same shift. [--unsafe-fixes]" in text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("It is 4.75 s at 16 fps. It", "It is 4.75 s at 16 fps."),
        ("#10 ends. #14 begins.", "#10 ends."),
        ("a word", "a word"),
        ("", ""),
        ("One line\nanother", "One line"),
    ],
)
def test_the_first_sentence(text: str, first: str):
    assert first_sentence(text) == first


@given(SOME, st.integers(20, 160), st.integers(0, 60))
def test_every_finding_is_there_whatever_the_screen(found, width, height):
    for detail in Detail:
        text = plain(shown(found, detail, width=width))
        assert all(
            f"{finding.code} {finding.name}]" in re.sub(r"\s+", " ", text) for finding in found
        )
    detail, lines = fitting(found, width=width, height=height)
    assert len(lines) <= height or detail in {Detail.LINE, Detail.HELP}
    assert all(clean(piece.text) == piece.text for line in lines for piece in line)
