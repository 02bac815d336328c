"""What the simulated server knows of a model by its name."""

from __future__ import annotations

import pytest

from wan22dsl.server.models import input_channels


@pytest.mark.parametrize(
    ("file", "channels"),
    [
        ("wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors", 16),
        ("wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors", 36),
        ("wan2.2_fun_inpaint_high_noise_14B_fp8_scaled.safetensors", 36),
        ("wan2.2_fun_camera_high_noise_14B_fp8_scaled.safetensors", 36),
        ("Wan2.2_Fun_Control_low_noise_14B_fp8_scaled.safetensors", 52),
        ("my_finetune.safetensors", 0),
    ],
)
def test_a_model_takes_the_channels_that_its_name_tells(file, channels):
    assert input_channels(file) == channels
