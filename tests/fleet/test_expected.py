"""What jobs take: measured before estimated, estimates corrected by what was measured, else unknown."""

from __future__ import annotations

import pytest

from tests.fleet.boards import GIB, Given
from wan22dsl.fleet.expected import Expectations, too_small
from wan22dsl.fleet.needs import ModelFile

A, B = "RTX 4090", "RTX 5090"


def expectations() -> Expectations:
    seconds = {("one", A): 100.0, ("one", B): 50.0, ("two", A): 200.0, ("two", B): 100.0}
    files = {"one": (ModelFile("m", 3_000_000_000),), "big": (ModelFile("?", None),)}
    return Expectations(Given(seconds, files=files))


def test_without_records_it_is_the_estimate_and_what_nobody_knows_is_unknown():
    found = expectations()
    assert found.of("one", A)[:3] == (100.0, 2.0, "estimate")
    assert found.of("other", A)[:3] == (None, 0.0, "unknown")
    assert found.of("one", "a card of next year").basis == "unknown"
    assert found.of("big", A).load_s is None


def test_measured_times_come_before_estimates_and_one_bad_run_does_not_count():
    found = expectations()
    for seconds in (81.0, 80.0, 79.0, 800.0, 80.0):
        found.learned("one", A, seconds, 0.0)
    assert found.of("one", A)[0::2] == (80.0, "measured", None)[0:1] + ("measured", True)[0:2]


def test_loading_is_not_part_of_the_warm_time():
    found = expectations()
    found.learned("one", A, 130.0, 30.0)
    assert found.of("one", A).seconds == 100.0


def test_what_was_measured_of_one_recipe_corrects_the_others_on_that_card_and_itself_on_others():
    found = expectations()
    found.learned("one", A, 150.0, None)
    assert found.of("two", A)[0:3:2] == (300.0, "estimate")
    assert found.of("two", B).seconds == 100.0
    found.learned("two", A, 300.0, None)
    found.learned("one", B, 50.0, None)
    assert found.of("two", B).seconds == pytest.approx(100.0)


def test_a_recipe_without_an_estimate_is_expected_by_the_speed_of_the_cards():
    found = expectations()
    found.learned("other", B, 100.0, None)
    assert found.of("other", A)[0:3:2] == (pytest.approx(100.0 * 275 / 153), "estimate")


def test_the_rate_of_loading_is_learned_by_card():
    found = expectations()
    found.learned("one", A, 110.0, 10.0, read_bytes=3_000_000_000)
    assert found.read_s(A, 3_000_000_000) == 10.0
    assert found.read_s(B, 3_500_000_000) == 1.0


def test_all_ways_to_write_a_card_are_one():
    found = expectations()
    found.learned("one", "NVIDIA GeForce RTX 4090", 77.0, 0.0)
    assert found.of("one", "4090").seconds == 77.0


def test_a_card_of_which_only_the_memory_is_known_is_judged_by_it():
    found = Expectations(Given({}, {"large": 20 * GIB}))
    expected = found.of("large", "unknown card")
    assert too_small(expected, 16 * GIB) and not too_small(expected, 24 * GIB)
    assert not too_small(expected, None)
