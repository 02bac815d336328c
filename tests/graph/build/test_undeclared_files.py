"""A file name where a declared asset is wanted: help shows the declaration, and the fix writes it."""

from __future__ import annotations

import pytest

from tests.findings import findings_of, piped
from tests.graph.build.test_no_family import applied

SAVED = '-> wan22.low -> save("x")'

#: The flow, the declaration, and how it is used.
FILES = {
    "a lora that would replace those of the pass": (
        f'wan22.high(loras = ["Anna-high v2.safetensors"]) {SAVED}',
        'lora anna_high_v2 { file = "Anna-high v2.safetensors" }',
        "add_loras = [anna_high_v2]",
    ),
    "a distilled lora takes the place of the other": (
        f'wan22.high(loras = ["lightx2v_8steps_high.safetensors"]) {SAVED}',
        'lora lightx2v_8steps_high { file = "lightx2v_8steps_high.safetensors" }',
        "loras = [lightx2v_8steps_high]",
    ),
    "an added lora in a folder": (
        f'wan22.high(add_loras = ["wan/x.safetensors"]) {SAVED}',
        'lora x { file = "wan/x.safetensors" }',
        "add_loras = [x]",
    ),
    "an upscaler, with a digit in front": (
        'wan22.high -> wan22.low -> upscale("4x-UltraSharp.pth") -> save("x")',
        'upscaler upscaler_4x_ultrasharp { file = "4x-UltraSharp.pth" }',
        "upscale(upscaler_4x_ultrasharp)",
    ),
    "a model as GGUF": (
        f'wan22.high(model = "Q-HighNoise.gguf") {SAVED}',
        (
            'model q_highnoise { load = UnetLoaderGGUF(unet_name = "Q-HighNoise.gguf"), '
            "family = wan22.i2v_14b }"
        ),
        "model = q_highnoise",
    ),
    "a model": (
        f'wan22.high(model = "q-HighNoise.safetensors") {SAVED}',
        'model q_highnoise { file = "q-HighNoise.safetensors", family = wan22.i2v_14b }',
        "model = q_highnoise",
    ),
    "a vae with a word of the language as its name": (
        f'wan22.high(vae = "vae.safetensors") {SAVED}',
        'vae vae_2 { file = "vae.safetensors" }',
        "vae = vae_2",
    ),
    "a text encoder as GGUF": (
        f'wan22.high(text_encoder = "umt5.gguf") {SAVED}',
        'text_encoder umt5 { load = CLIPLoaderGGUF(clip_name = "umt5.gguf", type = "wan") }',
        "text_encoder = umt5",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_help_shows_the_declaration_and_the_fix_is_all_that_is_needed(name: str) -> None:
    flow, declaration, use = FILES[name]
    text = piped(flow)
    (found,) = [finding for finding in findings_of(text) if finding.is_error]
    assert (found.code, f"`{declaration}`" in found.help) == ("WAN302", True)
    assert found.fix is not None
    assert not found.fix.safe
    fixed = applied(text, found)
    assert f"{declaration}\n\npipeline p {{" in fixed
    assert use in fixed
    assert not [finding for finding in findings_of(fixed) if finding.is_error]


def test_a_file_that_is_declared_is_used_by_its_name() -> None:
    flow = f'wan22.high(add_loras = ["x.safetensors"]) {SAVED}'
    text = piped(flow, declarations='lora mine { file = "x.safetensors" }')
    (found,) = findings_of(text)
    assert found.help == "Write `add_loras = [mine]`."
    assert findings_of(applied(text, found)) == []


def test_a_name_that_is_taken_gets_a_number() -> None:
    flow = f'wan22.high(add_loras = ["p.safetensors"]) {SAVED}'
    (found,) = findings_of(piped(flow))
    assert 'lora p_2 { file = "p.safetensors" }' in found.help


def test_without_a_likely_family_a_model_has_help_and_no_fix() -> None:
    mine = 'pass mine {\n  model = "a.gguf"\n  steps = 4\n  sampler = euler/simple\n  cfg = 1.0\n}'
    (found,) = findings_of(piped('mine -> save("x")', declarations=mine))
    assert 'model a { load = UnetLoaderGGUF(unet_name = "a.gguf"), family = … }' in found.help
    assert found.fix is None
