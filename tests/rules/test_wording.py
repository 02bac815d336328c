"""How numbers are written in the messages of the rules."""

from __future__ import annotations

import pytest

from tests.findings import piped, said
from wan22dsl.rules.wording import number


@pytest.mark.parametrize("value", [0, -1, 10**15, 2**53 + 1, 2**64 - 1, 2**64])
def test_whole_numbers_of_64_bits_are_shown_with_all_digits(value: int) -> None:
    assert number(value) == str(value)


def test_the_range_of_a_seed_ends_with_the_seed_that_it_takes() -> None:
    (found,) = said(piped(more=f"    seed = {2**64}\n"))
    assert found.code == "WAN504"
    assert found.mend == f"Write a value of 0 to {2**64 - 1}."
    assert said(piped(more=f"    seed = {2**64 - 1}\n")) == []
