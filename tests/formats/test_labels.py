"""How nodes are called that are reported together."""

from __future__ import annotations

import pytest

from wan22dsl.formats.labels import label, of_one_class


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "#1 (KSampler)"),
        (2, "#1 and #2 (KSampler)"),
        (3, "#1, #2 and #3 (KSampler)"),
        (14, "#1, #2, #3, #4, #5, #6, #7, #8, #9, #10, #11, #12 and 2 more (KSampler)"),
    ],
)
def test_nodes_of_one_class_are_named_with_the_class_once(count: int, text: str) -> None:
    labels = [label(str(number + 1), "", "KSampler") for number in range(count)]
    assert of_one_class(labels, "KSampler") == text


def test_a_title_stays() -> None:
    assert of_one_class(['#1 "low"', "#2 (KSampler)"], "KSampler") == '#1 "low" and #2 (KSampler)'
