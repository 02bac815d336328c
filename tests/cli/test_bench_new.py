"""`wan bench new`: a bench file for a card."""

from __future__ import annotations

import re

import pytest

from wan22dsl.api.benches import find_bench
from wan22dsl.api.compiler import check
from wan22dsl.api.new_bench import text_for
from wan22dsl.graph.cost.cards import CARDS

CLIP = """\
wan 1
use wan22

pipeline clip {
    image  = "a.png"
    prompt = "x"
    size   = 832x480
    length = 49f
    flow   = wan22.high -> wan22.low -> save("x")
}
"""


@pytest.mark.parametrize("card", ["RTX 4090", "RTX 3060", "H100", "RX 7900 XTX"])
def test_the_file_of_a_card_is_laid_out_and_has_no_error(wan, card):
    wan("bench", "new", "--for", card, "-o", "new.wan")
    wan("fmt", "--check", "new.wan").gives()
    found = check(wan.folder / "new.wan", card=card).diagnostics
    assert [each.message for each in found if each.is_error] == []
    bench = find_bench(wan.folder / "new.wan").bench
    assert len(bench.profiles) >= 2
    assert {each.card for each in bench.profiles} == {card}
    assert None not in [bench.baseline_of(*cell) for cell in bench.cells]


def test_its_cells_and_minutes_are_in_a_comment(wan):
    text = wan("bench", "new", "--for", "4090").stdout
    assert re.search(r"# 4 cells: 2 profiles with 2 sizes that fit its 24 GiB\.", text)
    assert re.search(r"# About \d+ minutes: a run takes \d+ s and \d+ s by the cost model", text)
    assert "hypothesis" in text


def test_a_pipeline_of_another_file_is_measured(wan):
    wan.write("videos/clip.wan", CLIP)
    wan("bench", "new", "--for", "RTX 4090", "--pipeline", "videos/clip.wan", "-o", "b.wan")
    assert 'use "videos/clip.wan" as measured' in wan.read("b.wan")
    found = find_bench(wan.folder / "b.wan")
    assert found.bench.pipeline == "clip" and not found.findings
    assert [name for name, _ in found.bench.cells] == ["rtx_4090", "rtx_4090_sage"]


def test_a_file_that_is_there_is_not_touched(wan):
    wan.write("b.wan", "mine")
    wan("bench", "new", "--for", "4090", "-o", "b.wan").gives(
        stderr="error: b.wan already exists; give another name\n", status=2
    )
    assert wan.read("b.wan") == "mine"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name the card"),
        (("--for", "RTX 9999"), "RTX 9999"),
        (("--for", "4090", "--pipeline", "none.wan"), "none.wan"),
        (("--for", "4090", "--pipeline", "bad.wan"), "does not compile"),
        (("--for", "4090", "--pipeline", "empty.wan"), "no pipeline"),
    ],
)
def test_what_it_cannot_write_is_said(wan, words, message):
    wan.write("bad.wan", CLIP.replace("wan22.high", "wan22.hihg")).write("empty.wan", "wan 1\n")
    result = wan("bench", "new", *words)
    assert message in result.stderr and result.status == 2 and not result.stdout


def test_every_card_that_is_known_has_one():
    for card in CARDS.values():
        text = text_for(card)
        assert f"fastest on the {card.name}?" in text and "bench start {" in text
