"""Units: what goes together, and what it makes."""

from __future__ import annotations

import pytest

from wan22dsl.language.program.values import Constant, combine, frames_of, read_number, spell


def number(text: str) -> Constant:
    found = read_number(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("left", "operator", "right", "result"),
    [
        ("1", "+", "2", "3"),
        ("0.1", "+", "0.2", "0.3"),
        ("5s", "+", "1s", "6s"),
        ("81f", "-", "1f", "80f"),
        ("2", "*", "16fps", "32fps"),
        ("832x1216", "*", "2", "1664x2432"),
        ("833x835", "*", "0.5", "416x418"),  # halves go to the even one, as in ComfyUI
        ("100x100", "*", "0.999", "100x100"),
        ("832x1216", "*", "0.5", "416x608"),
        ("24GiB", "-", "512MiB", "23.5GiB"),
        ("80f", "*", "2", "160f"),
        ("8", "/", "2", "4"),
        ("7", "/", "2", "3.5"),
        ("7.0", "/", "2", "3.5"),
        ("32fps", "/", "2", "16fps"),
        ("5s", "/", "2", "2.5s"),
        ("80f", "/", "2", "40f"),
        ("24GiB", "/", "2", "12GiB"),
        ("832x1216", "/", "2", "416x608"),
    ],
)
def test_units_that_agree_are_computed(left: str, operator: str, right: str, result: str) -> None:
    found = combine(operator, number(left), number(right))
    assert found is not None and spell(found) == result


@pytest.mark.parametrize(
    ("left", "operator", "right"),
    [
        ("5s", "+", "1f"),
        ("5s", "+", "1"),
        ("81f", "*", "81f"),
        ("81f", "*", "0.3"),
        ("16fps", "+", "1s"),
        ("832x1216", "+", "1"),
        ("81f", "/", "2"),
        ("8", "/", "0"),
        ("8", "/", "0.0"),
        ("2", "/", "16fps"),
        ("81f", "/", "81f"),
    ],
)
def test_units_that_disagree_are_not(left: str, operator: str, right: str) -> None:
    assert combine(operator, number(left), number(right)) is None


@pytest.mark.parametrize("text", ["5sec", "1.5f", "10gb", "5m", "1e999", "x"])
def test_a_number_of_no_known_unit_has_no_meaning(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("seconds", "fps", "frames"), [(5, 16, 81), (5, 24, 121), (4.5, 16, 73), (0, 16, 1)]
)
def test_seconds_become_frames_by_wans_own_formula(seconds: float, fps: float, frames: int) -> None:
    assert frames_of(seconds, fps) == frames


def test_only_whole_steps_can_be_a_part_of_others():
    four = number("4")
    for low, high in (("0.5", "2"), ("0", "2.5"), ("0f", "2f")):
        part = combine("..", number(low), number(high))
        assert part is not None and combine("of", part, four) is None
    part = combine("..", number("0"), number("2"))
    assert part is not None and combine("of", part, four) == Constant("steps", (0, 2, 4))


@pytest.mark.parametrize(("seconds", "frames"), [(5.0, 81), (5.03, 81), (5.04, 82), (0.0, 1)])
def test_a_duration_is_the_nearest_number_of_frames(seconds, frames):
    assert frames_of(seconds, 16.0) == frames
