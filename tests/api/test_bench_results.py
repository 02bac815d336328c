"""Benches from Python: what they came to, the gate, comparisons, and a new baseline."""

from __future__ import annotations

import pytest

from tests.bench.folders import make
from wan22dsl.api.bench_results import (
    accept_benches,
    compare_benches,
    gate_bench,
    outcome_of_bench,
)
from wan22dsl.bench.gate import Options
from wan22dsl.bench.units import Limit
from wan22dsl.errors import CommandError


@pytest.fixture
def folder(tmp_path):
    make(tmp_path / "before", {"sage": 150.0, "plain": 190.0})
    make(tmp_path / "now", {"sage": (162.0, 72.0), "plain": 190.0})
    return tmp_path


def test_a_bench_is_accepted_and_a_later_one_gated(folder):
    file = folder / "baseline.json"
    assert gate_bench(folder / "now", file).state == "NO_BASELINE"
    accepted, videos = accept_benches([folder / "before"], file, note="first")
    assert (len(accepted.baseline.cells), videos.videos) == (2, 0)
    gate = gate_bench(folder / "now", file)
    assert gate.state == "REGRESSION"
    assert [cell.id for cell in gate.cells if cell.worse] == ["sage"]
    assert gate.cells[0].parts[0].name == "high"
    options = Options(limits={"total_s": Limit(10.0, 0.5)})
    assert gate_bench(folder / "now", file, options).state == "PASS"


def test_benches_are_compared_and_shown(folder):
    compared = compare_benches(folder / "before", folder / "now")
    assert [cell.word for cell in compared] == ["slower", "same"]
    assert [cell.state for cell in outcome_of_bench(folder / "now").cells] == ["measured"] * 2


def test_what_is_no_bench_is_an_error(folder):
    with pytest.raises(CommandError, match="has no bench"):
        gate_bench(folder, folder / "baseline.json")
    with pytest.raises(CommandError, match="is not JSON"):
        (folder / "x.json").write_text("{", "utf-8")
        gate_bench(folder / "now", folder / "x.json")
