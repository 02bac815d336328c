"""The guide has figures of real benches, and says where nothing was measured and what was compared."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.report.results.made import record
from tests.report.results.made_bench import Measured, made
from wan22dsl.graph.cost.cards import CARDS
from wan22dsl.report.results import guide, topics
from wan22dsl.report.results.gathering import Run

PLAIN = Measured("plain", ((30.0, 30.2, 29.9),))


def entries(page, heading):
    """The rows of the first table below a heading."""
    lines = page.partition(f"\n{heading}\n")[2].partition("\n#")[0].splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_without_benches_no_card_was_measured():
    page = guide.page(())
    assert entries(page, "## What was measured") == [
        [name, "nothing", "not measured"] for name in CARDS
    ]
    assert (ROOT / "docs" / "optimizing.md").read_text(encoding="utf-8") == page


def test_figures_of_a_bench_are_below_their_card_and_topic(tmp_path):
    sage = Measured("sage", ((24.0, 24.1, 23.9),), profile="sage")
    bench = made(tmp_path, PLAIN, sage, baseline="plain", flags=(("sage", "--use-sage-attention"),))
    page = guide.page([bench])
    assert "| [RTX 4090](#rtx-4090) | attention | pass order, cfg," in page
    (row,) = entries(page, "### Attention")
    assert row == [
        *("sage", "plain", "121.0 s", "−16.6 %", "faster", "3.9 %", "20.0 GiB"),
        "bench-attention-20260301T120000",
    ]
    assert "ComfyUI 0.39, torch 2.12.1+cu130" in page
    assert "### Pass order\n\nNot measured.\n" in page


def test_simulated_results_are_left_out_and_counted(tmp_path):
    bench = made(tmp_path, PLAIN, PLAIN._replace(name="b"), baseline="plain", simulated=True)
    page = guide.page([bench], [Run(record(simulated=True), tmp_path)])
    assert "## RTX 4090" not in page
    assert page.endswith("Left out: 1 simulated bench and 1 run that is simulated or failed.\n")


def test_real_runs_are_listed_and_not_compared(tmp_path):
    page = guide.page((), [Run(record(), tmp_path)])
    (row,) = entries(page, "### Single runs")
    assert row == ["clip", "151.0 s", "0.39", "2.12.1+cu130", "20260301T120000-clip-0001"]


def test_a_hostile_name_makes_no_row_and_no_link(tmp_path):
    name = "x | y](http://x) <img> \u202e\n# head"
    bench = made(tmp_path, PLAIN, PLAIN._replace(name=name), baseline="plain")
    page = guide.page([bench])
    (row,) = [line for line in page.splitlines() if "head" in line]
    assert row.startswith("| x \\| y\\](http:\\//x) \\<img\\> \\\\u202e # head | plain |")


@pytest.mark.parametrize(
    ("values", "flags", "topic"),
    [
        ((("high.cfg", "3.5"),), "", "cfg"),
        ((("shift", "6"),), "", "shift"),
        ((("flow", "low -> high"),), "", "pass order"),
        ((("flow", "high -> low -> film(times = 2)"),), "", "interpolation"),
        ((("high.patches", 'sage("auto")'),), "", "attention"),
        ((("high.patches", "torch_compile"),), "", "compile"),
        ((("high.model", "wan22.i2v_high_fp8"),), "", "precision"),
        ((("high.cfg", "3.5"), ("shift", "6")), "", topics.SEVERAL),
        ((("prompt", "another"),), "", topics.OTHER),
        ((), "--use-flash-attention", "attention"),
        ((), "--novram", "offload and memory"),
        ((), "--disable-async-offload", "offload and memory"),
        ((), "--fast fp16_accumulation", "precision"),
        ((("cfg", "3.5"),), "--use-flash-attention", topics.SEVERAL),
        ((), "--port", topics.OTHER),
    ],
)
def test_a_comparison_is_about_what_differs(tmp_path, values, flags, topic):
    other = PLAIN._replace(name="other", profile="other", values=values)
    bench = made(tmp_path, PLAIN, other, baseline="plain", flags=(("other", flags),))
    baseline, cell = bench.plan.cells
    assert topics.topic(bench.stored, cell, baseline) == topic
