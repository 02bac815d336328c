"""How much noise a pass finds at a hand-off, in words."""

from __future__ import annotations

import pytest

from wan22dsl.graph.passes.handoffs import level, share


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (0.0, "no noise at all"),
        (0.005, "no noise at all"),
        (0.05, "5 % of the noise that it expects"),
        (0.1, "90 % too little noise"),
        (0.833, "16.7 % too little noise"),
        (1.2, "20 % too much noise"),
        (2.5, "150 % too much noise"),
        (3.0, "200 % too much noise"),
        (3.2, "3.2 times the noise that it expects"),
    ],
)
def test_the_share_of_the_noise_is_said_in_the_words_that_are_easiest(factor, words):
    assert share(factor) == words


@pytest.mark.parametrize(
    ("sigma", "text"), [(0.9, "0.9"), (0.8333, "0.833"), (1.0, "1"), (0.0, "0")]
)
def test_a_sigma_has_at_most_three_digits(sigma, text):
    assert level(sigma) == text
