"""Histories: a slowdown is found in the bench where it happened, once, and named with what changed."""

from __future__ import annotations

import random

import pytest

from benchmarks.gate import AT, BENCHES, DESIGNS, Design, trial
from tests.bench.gating import bench, cell
from wan22dsl.bench import history
from wan22dsl.bench.units import Limit

QUIET = Design("second if suspicious, baseline of 4", 0, 4, 5.0)


def test_of_forty_histories_nearly_all_are_red_in_the_right_bench_and_nowhere_else():
    found = [trial(seed, QUIET) for seed in range(1000, 1040)]
    assert sum(each.in_right_bench for each in found) >= 36
    assert sum(each.false_alarms + each.later for each in found) <= 2
    assert sum(AT in each.steps for each in found) >= 36


def test_a_limit_of_eight_percent_finds_eight_percent_only_every_other_time():
    """Why the default for the total is 5 %."""
    found = [trial(seed, DESIGNS[-1]) for seed in range(1000, 1040)]
    assert 8 <= sum(each.in_right_bench for each in found) <= 32


def test_without_a_slowdown_no_step_is_seen():
    assert not [seed for seed in range(40) if trial(seed, QUIET, 0.0).steps]


def series(values, **changes):
    """Benches of a cell; `changes` maps the number of a bench to what differs from then on."""
    own: dict = {}
    benches = []
    for number, value in enumerate(values):
        own = changes.get(f"at{number}", own)
        benches.append(
            bench(
                cell(value, **own),
                id=str(number),
                shown=f"b{number}",
                made=f"2026-01-{number + 1:02}",
            )
        )
    return history.of(benches)


def test_a_step_says_since_when_by_how_much_and_what_changed_then():
    values = [150.0, 150.4, 149.8, 150.1, 162.0, 161.8, 162.3]
    changed = {"comfyui": {"version": "0.39"}, "python": {"version": "3.13.2"}}
    (found,) = series(values, at4=changed)
    (step,) = found.steps
    assert (step.last.bench.shown, step.first.bench.shown) == ("b3", "b4")
    assert step.percent == pytest.approx(7.97, abs=0.02)
    assert [fact.line for fact in step.changed] == [
        "ComfyUI version: 0.38 -> 0.39",
        "Python: 3.13.1 -> 3.13.2",
    ]
    assert step.parts[0].name == "save"


def test_two_steps_are_two_steps():
    (found,) = series([100.0] * 6 + [110.0] * 6 + [95.0] * 6)
    assert [(step.first.bench.shown, round(step.percent)) for step in found.steps] == [
        ("b6", 10),
        ("b12", -14),
    ]


def test_a_single_slow_bench_is_no_lasting_step_of_others():
    values = [100.0, 100.5, 99.8, 100.2, 115.0, 100.1, 99.9, 100.3]
    assert [step.first.bench.shown for step in series(values)[0].steps] in ([], ["b4", "b5"])


def test_another_card_begins_a_new_series_and_says_why():
    found = series([150.0] * 4 + [300.0] * 4, at4={"card": {"name": "RTX 4090"}})
    assert [len(each.points) for each in found] == [4, 4]
    assert not found[0].steps and not found[1].steps
    assert found[1].broken[0].line == "card: RTX 5090 -> RTX 4090"


def test_benches_are_put_in_the_order_of_time():
    benches = [
        bench(
            cell(float(100 + 20 * (n >= 5))), id=str(n), shown=f"b{n}", made=f"2026-01-{n + 1:02}"
        )
        for n in range(10)
    ]
    random.Random(1).shuffle(benches)
    assert [step.first.bench.shown for step in history.of(benches)[0].steps] == ["b5"]


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [0.0] * 9, [0.0] * 4 + [1e9] * 4])
def test_short_and_odd_series_are_answered(values):
    assert history.cuts_of(values, Limit(3.0, 0.25)) in ([], [4])


def test_the_trial_is_what_it_says():
    assert (AT, BENCHES) == (18, 30)
