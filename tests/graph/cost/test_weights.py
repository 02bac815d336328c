"""How large files are by their names, and what of them comes onto the card."""

from __future__ import annotations

import pytest

from wan22dsl.graph.cost.weights import on_card_bytes, precision, size_bytes

EXPERT = 14_294_742_832


@pytest.mark.parametrize(
    ("file", "factor"),
    [
        ("wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors", 1.0),
        ("wan2.2_i2v_high_noise_14B_fp16.safetensors", 2.0),
        ("Wan2.2-I2V-A14B-HighNoise-Q8_0.gguf", 1.06),
        ("folder/Wan2.2-I2V-A14B-HighNoise-Q4_K_S.gguf", 0.6),
        ("Wan2_2-I2V-A14B-HIGH_bf16.safetensors", 2.0),
    ],
)
def test_a_name_tells_the_precision(file, factor):
    assert precision(file) == factor
    assert size_bytes(file) == int(EXPERT * factor)


@pytest.mark.parametrize("file", ["mine.safetensors", "iq_high.safetensors", "eqq4.safetensors"])
def test_other_names_tell_nothing(file):
    assert precision(file) is None
    assert on_card_bytes(file, "default") is None


def test_a_dtype_of_fp8_halves_what_is_16_bits_wide_and_leaves_the_rest():
    wide, narrow = (
        "wan2.2_i2v_low_noise_14B_fp16.safetensors",
        "wan2.2_x_14B_fp8_scaled.safetensors",
    )
    assert on_card_bytes(wide, "fp8_e4m3fn") == EXPERT
    assert on_card_bytes(wide, "default") == 2 * EXPERT
    assert on_card_bytes(narrow, "fp8_e4m3fn") == EXPERT
    assert on_card_bytes("wan2.2_ti2v_5B_fp16.safetensors", "default") == 9_999_658_848
