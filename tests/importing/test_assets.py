"""What the name of an upscale model says of its scale."""

from __future__ import annotations

import pytest

from wan22dsl.importing.assets import _scale


@pytest.mark.parametrize(
    ("file", "scale"),
    [
        ("4x-UltraSharp.pth", "4"),
        ("RealESRGAN_x2.pth", "2"),
        ("8X_large.pth", "8"),
        ("1x_denoise.pth", "1"),
        ("9x_odd.pth", None),
        ("x9.pth", None),
        ("16x_large.pth", None),
        ("x16.pth", None),
        ("plain.pth", None),
    ],
)
def test_a_scale_is_one_digit_from_1_to_8_beside_an_x(file, scale):
    assert _scale(file).get("scale") == scale
