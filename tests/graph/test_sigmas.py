"""Schedules against numbers that ComfyUI's own schedulers gave."""

from __future__ import annotations

import pytest

from wan22dsl.graph.sigmas import sigmas

#: (scheduler, shift) → the sigmas of four steps, the last 0 left out.
FOUR = {
    ("simple", 5.0): (1.0, 0.9375, 0.833333, 0.625),
    ("simple", 6.0): (1.0, 0.947368, 0.857143, 0.666667),
    ("simple", 8.0): (1.0, 0.96, 0.888889, 0.727273),
    ("simple", 1.0): (1.0, 0.75, 0.5, 0.25),
    ("normal", 5.0): (1.0, 0.9097, 0.7173, 0.0244),
    ("normal", 1.0): (1.0, 0.667, 0.334, 0.001),
    ("karras", 5.0): (1.0, 0.2556, 0.0469, 0.0050),
    ("beta", 5.0): (1.0, 0.9590, 0.8339, 0.5182),
}


@pytest.mark.parametrize(("key", "expected"), FOUR.items(), ids=str)
def test_four_steps(key, expected):
    found = sigmas(key[0], 4, key[1])
    assert found is not None
    assert found[-1] == 0
    assert found[:-1] == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(
    "scheduler",
    ["simple", "normal", "sgm_uniform", "karras", "exponential", "beta", "linear_quadratic"],
)
@pytest.mark.parametrize("steps", [1, 2, 7, 40])
def test_a_schedule_falls_from_one_to_nothing(scheduler, steps):
    found = sigmas(scheduler, steps, 5.0)
    assert found is not None
    assert len(found) == steps + 1
    assert found[0] == pytest.approx(1.0)
    assert list(found) == sorted(found, reverse=True)


def test_a_denoise_takes_the_last_steps_of_a_longer_schedule():
    whole = sigmas("simple", 10, 5.0)
    assert whole is not None
    assert sigmas("simple", 3, 5.0, denoise=0.3) == whole[-4:]


def test_some_samplers_drop_the_last_but_one():
    longer = sigmas("simple", 5, 5.0)
    assert longer is not None
    assert sigmas("simple", 4, 5.0, "uni_pc") == (*longer[:4], 0.0)


@pytest.mark.parametrize(
    ("scheduler", "steps", "shift", "denoise"),
    [
        ("unheard", 4, 5.0, 1.0),
        ("simple", 0, 5.0, 1.0),
        ("simple", 10_000, 5.0, 1.0),
        ("simple", 4, 0.0, 1.0),
        ("simple", 4, float("nan"), 1.0),
        ("simple", 4, 5.0, 0.0),
        ("simple", 4, 5.0, 1e-9),
    ],
)
def test_what_cannot_be_told_is_none(scheduler, steps, shift, denoise):
    assert sigmas(scheduler, steps, shift, denoise=denoise) is None
