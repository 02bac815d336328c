"""Stages of the library whose nodes have more inputs than the stages have parameters."""

from __future__ import annotations

import pytest

from tests.importing.test_laws import brought_in
from tests.language.library.building import pipeline, prompt_of

SAMPLED = "wan22.high -> wan22.low"


def text_of(flow: str) -> str:
    """The text that comes of the prompt of a flow, in one line."""
    return " ".join(brought_in(prompt_of(pipeline(flow))).split())


@pytest.mark.parametrize(
    "flow",
    [
        'rife(times = 4, clear_cache_after_n_frames = 5, fast_mode = false) -> save("a")',
        'film(clear_cache_after_n_frames = 5) -> save("a")',
        'combine("a", crf = 15, save_metadata = false, save_output = false)',
        'combine("a", format = "video/nvenc_h264-mp4", bitrate = 20, megabit = false)',
        'combine("a", format = "video/ProRes", profile = "lt")',
        'combine_files("a", crf = 15) -> `PlaySound|pysssss`(any = _)',
        'free_memory -> save("a")',
        'rife -> free_memory -> save("a")',
        'decode -> free_memory -> save("a")',
        'purge_vram(purge_cache = false) -> save("a")',
        'vram_debug(unload_all_models = true) -> save("a")',
        'save("a") -> purge_vram_aside',
        'save("a") -> free_memory',
    ],
)
def test_it_comes_back_as_the_stage_with_the_inputs_by_name(flow: str) -> None:
    text = text_of(f"{SAMPLED} -> {flow}")
    call = flow.partition(" -> ")[0] if not flow.startswith("save") else flow.rpartition(" -> ")[2]
    assert call in text or call.replace("decode -> ", "") in text
    assert "VFI`(" not in text and "VHS_VideoCombine(" not in text


def test_a_flow_through_a_memory_cleaner_is_one_line() -> None:
    flow = f'{SAMPLED} -> free_memory -> rife(fast_mode = false) -> combine("a", crf = 15)'
    assert f"flow = {flow}" in text_of(flow)


def test_a_patch_of_a_class_with_two_outputs_takes_its_first() -> None:
    patch = (
        "stage patched(in model: MODEL) -> MODEL { out = LoraLoader(model = model, clip = CLIP, "
    )
    patch += 'lora_name = "a.safetensors").MODEL }'
    patch = patch.replace("CLIP,", "pipeline.text_encoder,")
    flow = 'high -> wan22.low -> save("a")'
    declared = f"{patch}\n\npass high = wan22.high(patches = patched)"
    text = brought_in(prompt_of(pipeline(flow, "", declared)))
    assert "KSamplerAdvanced(" not in text
