"""A number off the grid of its input is reported, but not the default that its class has."""

from __future__ import annotations

import pytest

from wan22dsl.api import compiler
from wan22dsl.source import Source

TEXT = """\
wan 1
use wrapper

graph demo {{
    let start = LoadImage(image = "start.png")
    let latent = WanVideoEncode(
        vae = WanVideoVAELoader(model_name = "Wan2_1_VAE_bf16.safetensors")
        image = start.IMAGE
        enable_vae_tiling = true
        tile_x = 272
        tile_y = 272
        tile_stride_x = {stride}
        tile_stride_y = 128
    )
    SaveLatent(samples = latent, filename_prefix = "demo")
}}
"""


@pytest.mark.parametrize(("stride", "is_reported"), [(144, False), (145, True), (160, False)])
def test_the_default_of_a_class_is_not_reported(stride: int, is_reported: bool) -> None:
    found = compiler.check(Source(TEXT.format(stride=stride), "a.wan")).diagnostics
    assert ("WAN519" in {finding.code for finding in found}) is is_reported
