"""How numbers and passes are named in the messages of the rules."""

from __future__ import annotations

import re

import pytest

from tests.findings import findings_of, piped
from wan22dsl.lint.rules.wording import number


@pytest.mark.parametrize("value", [0, -1, 10**15, 2**53 + 1, 2**64 - 1, 2**64])
def test_whole_numbers_of_64_bits_are_shown_with_all_digits(value: int) -> None:
    assert number(value) == str(value)


def test_the_range_of_a_seed_ends_with_the_seed_that_it_takes() -> None:
    (found,) = findings_of(piped(more=f"    seed = {2**64}\n"))
    assert found.code == "WAN504"
    assert found.help == f"Write a value of 0 to {2**64 - 1}."
    assert findings_of(piped(more=f"    seed = {2**64 - 1}\n")) == []


#: What the second of two passes of one name does otherwise than the first.
SECOND = {
    "prompt": 'prompt = "y"',
    "picture": 'image = "b.png"',
    "shift": "shift = 8.0",
    "sampler": "sampler = uni_pc/simple",
    "scheduler": "sampler = euler/normal",
    "guidance": "cfg = 3.5",
    "the other expert": "model = wan22.i2v_high",
    "a model of another family": "model = wan22.t2v_low",
    "no LoRA": "loras = []",
    "the LoRA of the other expert": "loras = [wan22.lightx2v_high]",
    "noise again": "add_noise = true",
    "another total": "steps = 2..8 of 8",
    "a gap": "steps = 3..4 of 4",
    "an overlap": "steps = 1..4 of 4",
    "an early end": "steps = 2..3 of 4",
    "noise left": "leftover_noise = true",
}


@pytest.mark.parametrize("otherwise", SECOND)
@pytest.mark.parametrize("first", ["", "(leftover_noise = false)"])
def test_two_passes_of_one_name_are_told_apart(otherwise, first):
    change = SECOND[otherwise]
    steps = "" if "steps" in change else ", steps = 2..4 of 4"
    text = piped(
        f'low{first} -> low({change}{steps}) -> save("x")',
        declarations="pass low = wan22.low(steps = 0..2 of 4)",
    )
    named = [finding.message for finding in findings_of(text) if finding.message.count("`low`") > 0]
    judged = [each for each in named if not each.startswith("`low` takes")]
    assert judged
    for message in judged:
        assert re.sub(r"the (first|second) `low`", "", message).count("`low`") == 0, message
