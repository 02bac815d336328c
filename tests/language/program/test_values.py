"""Numbers as the language spells them."""

from __future__ import annotations

import pytest

from tests.findings import piped, places
from wan22dsl.language.program.values import Constant, read_number


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("18446744073709551615", Constant("int", 2**64 - 1)),
        ("9" * 300, Constant("int", int("9" * 300))),
        ("1e299", Constant("float", 1e299)),
        ("832x480", Constant("size", (832, 480))),
        ("2GiB", Constant("bytes", 2 << 30)),
    ],
)
def test_a_number_is_what_it_says(text: str, constant: Constant) -> None:
    assert read_number(text) == constant


@pytest.mark.parametrize("unit", ["", "s", "f", "fps", "GiB", "MiB", "x480", ".5", "e9"])
@pytest.mark.parametrize("digits", [309, 399, 5000])
def test_a_number_beyond_all_use_has_no_meaning(digits: int, unit: str) -> None:
    assert read_number("9" * digits + unit) is None
    assert read_number("-" + "9" * digits + unit) is None


def test_so_has_one_that_its_unit_or_its_exponent_takes_there() -> None:
    assert (
        read_number("1e300GiB") is read_number("1e301") is read_number(f"480x{'9' * 310}") is None
    )


@pytest.mark.parametrize("digits", [310, 399, 5000])
def test_numbers_beyond_all_use_are_reported_wherever_they_are(digits: int) -> None:
    large = "9" * digits
    for line in (f"cfg = {large}", f"shift = {large}", f"steps = 0..{large}"):
        assert "WAN301" in " ".join(places(piped(f'wan22.high({line}) -> wan22.low -> save("x")')))
    text = piped().replace("81f", f"{large}s").replace("832x480", f"{large}x480")
    assert [place[:6] for place in places(text)].count("WAN301") == 2


@pytest.mark.parametrize("number", ["9" * 310, "9" * 5000, "99", "1.5"])
def test_an_output_by_a_number_that_it_cannot_have_is_reported(number: str) -> None:
    load = f'VAELoader(vae_name = "x")[{number}]'
    assert places(f"wan 1\ngraph g {{\n    let a = {load}\n    SaveImage(images = a)\n}}\n")
