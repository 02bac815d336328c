"""Ratings: the published targets, only where they apply."""

from __future__ import annotations

import pytest

from tests.run.conftest import SPLIT, compiled
from wan22dsl.run import ratings
from wan22dsl.run.timing import PassTime, StageTime, Times

READY = compiled()


def times(high=70.0, low=70.0, rife=10.0, cached=False):
    passes = tuple(
        PassTime(name, 1.0, 0.0, (30.0, 30.0), seconds - 1.0, 0.0, 0.0, cached, 0, True, True)
        for name, seconds in (("high", high), ("low", low))
    )
    stages = (StageTime("rife", rife, False), StageTime("save", 1.0, False))
    return Times(passes, stages, 0.0, 0.0, 0.0, high + low + rife + 1.0, 0.0, True, False)


def verdicts(**seconds):
    return {one.what: one.verdict for one in ratings.rate(times(**seconds), READY.plan)}


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(50.0, "excellent"), (67.0, "excellent"), (80.0, "excellent"), (84.9, "good"), (86.0, "slow")],
)
def test_a_pass_is_rated(seconds, verdict):
    assert verdicts(high=seconds)["high"] == verdict


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(79.0, "excellent"), (85.0, "good"), (95.0, "slow")]
)
def test_both_passes_are_rated(seconds, verdict):
    assert verdicts(high=seconds, low=seconds)["both passes"] == verdict


def test_interpolation_is_rated():
    assert verdicts(rife=10.0)["rife"] == "good"
    assert verdicts(rife=25.0)["rife"] == "slow"
    assert verdicts(high=80.0, low=80.0, rife=30.0)["passes and interpolation"] == "slow"


def test_what_comes_from_the_cache_is_not_rated():
    found = ratings.rate(times(high=0.0, cached=True), READY.plan)
    assert {one.verdict for one in found if one.what in {"high", "low"}} == {"not rated"}
    assert not any(one.what == "both passes" for one in found)


def test_other_sizes_are_not_rated_unless_there_is_a_target():
    other = compiled(SPLIT.replace("832x1216", "640x640"))
    assert ratings.rate(times(), other.plan) == []
    (own,) = ratings.rate(times(), other.plan, 100.0)
    assert (own.what, own.verdict) == ("the whole run", "slow")


def test_cold_and_warm_are_told_apart():
    assert any("cold" in one.note for one in ratings.rate(times(), READY.plan))
