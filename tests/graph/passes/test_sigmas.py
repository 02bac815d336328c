"""Schedules against numbers that ComfyUI's own schedulers gave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recorded import recordings
from wan22dsl.graph.passes.sigmas import sigma, sigmas, time_of

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
    # With the formulas of RES4LYF and scipy.
    ("beta57", 5.0): (1.0, 0.9278, 0.7394, 0.3494),
    ("bong_tangent", 5.0): (1.0, 0.8572, 0.5, 0.1175),
    ("bong_tangent", 8.0): (1.0, 0.8572, 0.5, 0.1175),
}


@pytest.mark.parametrize(("key", "expected"), FOUR.items(), ids=str)
def test_four_steps(key, expected):
    found = sigmas(key[0], 4, key[1])
    assert found is not None
    assert found[-1] == 0
    assert found[:-1] == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(
    "scheduler",
    [
        "simple",
        "normal",
        "sgm_uniform",
        "karras",
        "exponential",
        "beta",
        "linear_quadratic",
        "beta57",
    ],
)
@pytest.mark.parametrize("steps", [1, 2, 7, 40])
def test_a_schedule_falls_from_one_to_nothing(scheduler, steps):
    found = sigmas(scheduler, steps, 5.0)
    assert found is not None
    assert len(found) == steps + 1
    assert found[0] == pytest.approx(1.0)
    assert list(found) == sorted(found, reverse=True)


def test_bong_tangent_falls_from_one_to_nothing_and_has_no_single_step():
    for steps in (2, 7, 40):
        found = sigmas("bong_tangent", steps, 5.0)
        assert found is not None and len(found) == steps + 1
        assert (found[0], found[-1]) == (1.0, 0.0)
        assert list(found) == sorted(found, reverse=True)
    assert sigmas("bong_tangent", 1, 5.0) is None


def test_beta_drops_the_steps_that_fall_on_the_same_noise():
    """At 200 steps the quantiles lie closer together than the 1,000 times that a model has."""
    found = sigmas("beta", 200, 5.0)
    assert found is not None and len(found) < 201
    assert list(found) == sorted(set(found), reverse=True)


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
        ("simple", 4, 1e-320, 1.0),
        ("simple", 4, 5.0, 0.0),
        ("simple", 4, 5.0, 1e-9),
    ],
)
def test_what_cannot_be_told_is_none(scheduler, steps, shift, denoise):
    assert sigmas(scheduler, steps, shift, denoise=denoise) is None


#: (scheduler, steps, shift) → how many steps lie at or above .9 and .875: where i2v and t2v are split.
SPLITS = {
    ("simple", 4, 5.0): (2, 2),
    ("simple", 4, 8.0): (2, 3),
    ("simple", 4, 1.0): (1, 1),
    ("simple", 6, 5.0): (3, 3),
    ("simple", 8, 5.0): (3, 4),
    ("simple", 8, 8.0): (4, 5),
    ("simple", 20, 5.0): (8, 9),
    ("simple", 20, 6.0): (9, 10),
    ("simple", 20, 8.0): (10, 11),
    ("normal", 4, 8.0): (2, 2),
    ("karras", 4, 5.0): (1, 1),
    ("beta", 4, 8.0): (2, 3),
    ("sgm_uniform", 6, 8.0): (3, 4),
    ("exponential", 8, 5.0): (1, 1),
    ("ddim_uniform", 4, 1.0): (0, 0),
    ("linear_quadratic", 6, 5.0): (4, 4),
    ("kl_optimal", 8, 8.0): (1, 1),
}


@pytest.mark.parametrize(("key", "expected"), SPLITS.items(), ids=str)
def test_where_the_experts_change(key, expected):
    found = sigmas(*key)
    assert found is not None
    counts = [sum(finding >= at - 1e-6 for finding in found[:-1]) for at in (0.9, 0.875)]
    assert tuple(counts) == expected


@pytest.mark.parametrize("recorded", recordings.schedules(), ids=lambda recorded: str(recorded[:3]))
def test_the_numbers_are_those_that_comfyui_computed(recorded):
    found = sigmas(recorded.scheduler, recorded.steps, recorded.shift)
    assert found == pytest.approx(recorded.sigmas, abs=1e-5)
    for boundary in (0.9, 0.875):
        above = [
            sum(level >= boundary - 1e-6 for level in levels[:-1])
            for levels in (found, recorded.sigmas)
        ]
        assert above[0] == above[1]


@given(st.floats(0.001, 1.0), st.floats(0.5, 20.0))
def test_the_time_of_a_noise_level_is_the_time_that_has_it(time, shift):
    assert time_of(sigma(time, shift), shift) == pytest.approx(time)


@pytest.mark.parametrize("denoise", [5e-324, 1e-310, 1e-300, 1e-4])
def test_the_end_of_a_schedule_that_is_too_long_cannot_be_told(denoise):
    assert sigmas("simple", 4, 5.0, denoise=denoise) is None
