"""The law of the design: benches with planted slowdowns under the noise of real cards get the right word.

`python -m benchmarks bench_design` has the whole table, docs/benches.md its figures.
"""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks import bench_design, bench_overhead

BENCHES = 40


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return bench_design.one_record(tmp_path_factory.mktemp("usual"))


def words(usual, planted):
    found = [bench_design.bench(usual, planted, seed) for seed in range(BENCHES)]
    return Counter(each.comparison.word for each in found), sum(each.runs for each in found)


def test_nothing_planted_is_no_alarm_and_seldom_costs_a_second_round(usual):
    found, runs = words(usual, 0.0)
    assert not found["slower"] and not found["faster"]
    assert found["same"] >= 0.9 * BENCHES
    assert runs <= 8.5 * BENCHES


def test_eight_percent_are_found_and_never_called_faster(usual):
    found, _ = words(usual, 0.08)
    assert found["slower"] >= 0.9 * BENCHES
    assert not found["faster"]


def test_benches_on_servers_come_to_what_those_on_records_do(usual, tmp_path):
    on_records = bench_design.bench(usual, 0.08, 0)
    on_servers = bench_design.served(0.08, 0, tmp_path)
    assert on_servers.comparison.word == on_records.comparison.word
    assert on_servers.comparison.ratio == pytest.approx(on_records.comparison.ratio, abs=0.01)
    assert on_servers.runs == on_records.runs


def test_the_cost_of_a_bench_can_be_measured(capsys):
    for cost in bench_overhead.main(run_s=1.0, repeat=1):
        assert [len(each) for each in cost] == [1, 1, 1]
        assert cost.runs_s[0] > cost.between_s[0] >= 0.0 <= cost.waits_s[0]
    assert capsys.readouterr().out.count("ms of CPU") == 2
