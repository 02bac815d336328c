"""A model without a family: one finding, the family that was probably meant, and lengths in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.findings import SETTINGS, findings_of, piped, place, places

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic

SECONDS = SETTINGS.replace("81f", "5s")
MINE = "pass mine {\n  model = gh\n  steps = 0..2 of 4\n  sampler = euler/simple\n  cfg = 1.0\n}"


def applied(text: str, found: Diagnostic) -> str:
    """A file with the fix of a finding."""
    assert found.fix is not None
    for edit in sorted(found.fix.edits, key=lambda finding: finding.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("declared", "high"),
    [
        ('model gh { file = "h-HighNoise.safetensors" }', "wan22.high(model = gh)"),
        ('model gh {\n    file = "h-HighNoise.safetensors"\n}', "wan22.high(model = gh)"),
        ('model gh { load = UnetLoaderGGUF(unet_name = "h.gguf") }', "wan22.high(model = gh)"),
        (f'model gh {{ file = "h-HighNoise.safetensors" }}\n{MINE}', "mine"),
    ],
)
@pytest.mark.parametrize("settings", [SETTINGS, SECONDS])
def test_a_missing_family_is_one_finding_whose_fix_is_all_that_is_needed(
    declared: str, high: str, settings: str
) -> None:
    text = piped(f'{high} -> wan22.low -> save("x")', "", declared, settings)
    (found,) = [finding for finding in findings_of(text) if finding.is_error]
    assert place(found) == "WAN431 3:7"
    assert "`family = wan22.i2v_14b`" in found.help
    assert not [finding for finding in findings_of(applied(text, found)) if finding.is_error]


def test_the_family_is_that_of_the_model_that_is_replaced() -> None:
    flow = 'wan22.text_high(model = gh) -> wan22.text_low -> save("x")'
    settings = SECONDS.replace('    image  = "a.png"\n', "")
    text = piped(flow, "", 'model gh { file = "t-HighNoise.safetensors" }', settings)
    (found,) = [finding for finding in findings_of(text) if finding.is_error]
    assert "`family = wan22.t2v_14b`" in found.help


def test_a_link_as_the_model_takes_the_family_of_the_pipeline() -> None:
    flow = 'wan22.high(model = UnetLoaderGGUF(unet_name = "h.gguf")) -> wan22.low -> save("x")'
    text = piped(flow, settings=SECONDS)
    (found,) = findings_of(text)
    assert "in the pipeline `p`" in found.help
    assert places(applied(text, found)) == []


def test_without_a_likely_family_two_passes_are_one_finding_without_a_fix() -> None:
    declared = f'model gh {{ file = "a-HighNoise.safetensors" }}\n{MINE}'
    flow = 'mine -> mine(steps = 2..4 of 4) -> save("x")'
    (found,) = [
        finding for finding in findings_of(piped(flow, "", declared, SECONDS)) if finding.is_error
    ]
    assert place(found) == "WAN431 3:7"
    assert found.fix is None


def test_a_model_that_is_wrong_itself_is_not_said_to_lack_a_family_or_a_rate() -> None:
    flow = 'wan22.high(model = "h.gguf") -> wan22.low -> save("x")'
    assert places(piped(flow, settings=SECONDS)) == ["WAN302 8:33"]


def test_seconds_without_a_rate_are_said_to_lack_it() -> None:
    stage = "stage mid(low: flow) -> LATENT {\n    let high = wan22.high\n    out = high -> low\n}"
    flow = 'mid(low = wan22.low) -> save("x")'
    found = findings_of(piped(flow, "", stage, SECONDS))
    assert [finding.code for finding in found] == ["WAN314"]
    assert "`81f`" in found[0].help
    assert "fps = 16fps" in found[0].help
    for better in (SETTINGS, SECONDS + "    fps = 16fps\n"):
        assert places(piped(flow, "", stage, better)) == []
