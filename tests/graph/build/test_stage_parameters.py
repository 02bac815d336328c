"""What a parameter of a stage accepts: written behind `in`, as that of a `param`."""

from __future__ import annotations

import pytest

from wan22dsl.api import compiler
from wan22dsl.source import Source

STAGE = """wan 1
use wan22

stage soft(
    in frames: IMAGE, by: float = 0.5 in 0.1..1.0, mode: text = "area" in ["area", "lanczos"]
) -> IMAGE {
    out = ImageScaleBy(image = frames, upscale_method = mode, scale_by = by)
}

pipeline p {
    image  = "a.png"
    prompt = "She turns"
    size   = 832x480
    length = 81f
    flow   = wan22.high -> wan22.low -> CALL -> save("p")
}
"""


@pytest.mark.parametrize(
    ("call", "at"),
    [
        ("soft", ""),
        ("soft(by = 1)", ""),
        ('soft(mode = "lanczos")', ""),
        ("soft(by = 1.5)", "1.5"),
        ('soft(mode = "bicubic")', '"bicubic"'),
    ],
)
def test_an_argument_is_held_to_what_its_parameter_accepts(call: str, at: str) -> None:
    found = compiler.check(Source(STAGE.replace("CALL", call), "p.wan")).diagnostics
    shown = [(finding.code, finding.span and finding.span.text) for finding in found]
    assert shown == ([("WAN305", at)] if at else [])


def test_a_default_is_held_to_it_where_the_stage_is_called() -> None:
    text = STAGE.replace("by: float = 0.5", "by: float = 5.0").replace("CALL", "soft")
    (finding,) = compiler.check(Source(text, "p.wan")).diagnostics
    assert finding.code == "WAN305"


def test_names_behind_in_are_looked_up() -> None:
    text = STAGE.replace("0.1..1.0", "[lowest]").replace("CALL", "soft")
    found = compiler.check(Source(text, "p.wan")).diagnostics
    assert "WAN207" in [finding.code for finding in found]
