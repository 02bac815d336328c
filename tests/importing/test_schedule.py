"""The schedule of a sampler node: whether it is a whole one, and how it is spelled."""

from __future__ import annotations

import pytest

from wan22dsl.importing.passes import ADVANCED, PLAIN, is_whole, schedule
from wan22dsl.importing.units import Value


@pytest.mark.parametrize(
    ("start", "end", "whole"), [(0, 4, True), (0, 10_000, True), (0, 3, False), (1, 4, False)]
)
def test_a_schedule_is_whole_from_the_first_step_to_the_last_or_beyond(start, end, whole):
    inputs = {"start_at_step": Value(start), "end_at_step": Value(end), "steps": Value(4)}
    assert is_whole(inputs, ADVANCED) == whole


@pytest.mark.parametrize(("denoise", "written"), [(1.0, None), (0.8, "0.8"), (0.3, "0.3")])
def test_a_denoise_below_one_is_written_and_one_is_not(denoise, written):
    linked = dict.fromkeys(("model", "positive", "negative", "latent_image"), Value(None))
    chosen = {"sampler_name": "euler", "scheduler": "simple", "cfg": 1.0, "steps": 4, "seed": 7}
    inputs = linked | {name: Value(each) for name, each in {**chosen, "denoise": denoise}.items()}
    reported = schedule(PLAIN, inputs)
    assert reported is not None
    assert reported.get("denoise") == written


LINKED = dict.fromkeys(("model", "positive", "negative", "latent_image"), Value(None))
CHOSEN = {"sampler_name": "euler", "scheduler": "simple", "cfg": 1.0, "steps": 4}


def said_of(class_name, **more):
    return schedule(
        class_name, LINKED | {name: Value(each) for name, each in {**CHOSEN, **more}.items()}
    )


@pytest.mark.parametrize(("steps", "written"), [(1, "1"), (4, "4"), (0, None)])
def test_a_schedule_of_one_step_is_one(steps, written):
    reported = said_of(PLAIN, steps=steps, denoise=1.0, seed=7)
    assert (reported and reported["steps"]) == written


@pytest.mark.parametrize(
    ("adds", "leaves", "written"),
    [
        ("enable", "disable", None),  # the language makes a KSampler of it
        ("disable", "disable", "0..4 of 4"),
        ("enable", "enable", "0..4 of 4"),
    ],
)
def test_a_whole_schedule_of_another_noise_is_written_as_a_part(adds, leaves, written):
    more = {"add_noise": adds, "return_with_leftover_noise": leaves, "noise_seed": 7}
    reported = said_of(ADVANCED, start_at_step=0, end_at_step=4, **more)
    assert (reported and reported["steps"]) == written
