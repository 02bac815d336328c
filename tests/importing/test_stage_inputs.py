"""Stages of the library whose nodes have more inputs than the stages have parameters."""

from __future__ import annotations

import json

import pytest

from tests.importing.test_laws import brought_in
from tests.language.library.building import pipeline, prompt_of
from wan22dsl.api import compiler

SAMPLED = "wan22.high -> wan22.low"


def text_of(flow: str, more: str = "") -> str:
    """The text that comes of the prompt of a flow, in one line."""
    return " ".join(brought_in(prompt_of(pipeline(flow, f"\n    {more}\n"))).split())


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


@pytest.mark.parametrize(
    "node",
    [
        "PainterI2V(motion_amplitude = 1.3)",
        'WanAdvancedI2V(mode = "NORMAL")',
        "PainterI2VAdvanced()",
        'MyImageToVideo(motion = 1.3, kind = "wild")',
    ],
)
def test_a_class_of_a_pack_comes_back_as_the_conditioning_of_the_pipeline(node: str) -> None:
    conditioning = f"conditioning = wan22.image_to_video(node = {node})"
    text = brought_in(prompt_of(pipeline(f'{SAMPLED} -> save("a")', f"\n    {conditioning}\n")))
    assert conditioning in text
    assert f'flow         = {SAMPLED} -> save("a")' in text


def test_what_the_editor_sends_of_a_format_is_not_written() -> None:
    source = compiler.Source(pipeline(f'{SAMPLED} -> combine("a", crf = 15)'), "p.wan")
    workflow, _ = compiler.workflow(source)
    assert workflow is not None
    (written,) = (node for node in workflow["nodes"] if node["type"] == "VHS_VideoCombine")
    values = written["widgets_values"]
    values.update(pix_fmt="yuv420p", save_metadata=True, trim_to_audio=False)
    workflow["extra"].pop("wan", None)
    found = compiler.import_file(json.dumps(workflow).encode(), shown="made.json", from_graph=True)
    assert found.text is not None and 'combine("a", crf = 15)' in found.text


def test_a_shift_in_front_of_the_patches_needs_nothing_on_the_passes() -> None:
    text = text_of(f'{SAMPLED} -> save("a")', "patches = shift(3.0) -> sage")
    assert "patches = shift(3.0) -> sage" in text
    assert "shift = none" not in text and "pass " not in text


def test_a_prompt_of_the_page_comes_in_without_what_the_page_always_sends() -> None:
    flow = 'combine("a", crf = 15, pix_fmt = "yuv420p", save_metadata = true)'
    prompt = prompt_of(pipeline(f"{SAMPLED} -> {flow}"))
    data = json.dumps(prompt).encode()
    found = compiler.import_file(data, shown="made.json")
    assert found.text is not None and 'combine("a", crf = 15)' in found.text
    exact = compiler.import_file(data, shown="made.json", exact=True)
    assert exact.text is not None and "save_metadata = true" in exact.text


def test_a_patch_of_an_unknown_class_keeps_the_nodes_without_links_that_it_takes() -> None:
    patch = 'out = `Loras of Mine`(model = model, list = PrimitiveString(value = "[]"))[0]'
    declared = f"stage mine(in model: MODEL) -> MODEL {{ {patch} }}"
    more = "\n    patches = shift(5.0) -> mine"
    prompt = prompt_of(pipeline(f'{SAMPLED} -> save("a")', more, declared))
    text = " ".join(brought_in(prompt).split())
    assert 'list = PrimitiveString(value = "[]")' in text
    assert f'flow = {SAMPLED} -> save("a")' in text.replace("  ", " ")


def test_a_conditioning_that_is_made_by_hand_is_named_once_for_the_passes_of_a_clip() -> None:
    more = """
    let made = MyConditioner(text = "x")
    let again = MyConditioner(text = "y")
    let one = wan22.given(positive = made[0], negative = made[1], latent = made[2])
    let other = wan22.given(positive = again[0], negative = again[1], latent = again[2])
    let first = wan22.high(conditioning = one) -> wan22.low(conditioning = one) -> decode
    let second = wan22.high(conditioning = other) -> wan22.low(conditioning = other) -> decode
"""
    text = pipeline('first -> join(second) -> save("a")', more)
    for setting in ("image ", "prompt", "size ", "length"):
        text = "\n".join(line for line in text.splitlines() if not line.strip().startswith(setting))
    brought = brought_in(prompt_of(text + "\n"))
    assert brought.count("wan22.given(") == 2
    assert brought.count("(conditioning = conditioned)") == 2


def test_a_node_that_only_passes_a_model_on_is_left_out() -> None:
    prompt = prompt_of(pipeline(f'{SAMPLED} -> save("a")'))
    prompt["pass"] = {"class_type": "ModelPassThrough", "inputs": {"model": ["high.lora.1", 0]}}
    prompt["high.shift"]["inputs"]["model"] = ["pass", 0]
    found = compiler.import_file(json.dumps(prompt).encode(), shown="made.json")
    assert found.text is not None and f'flow   = {SAMPLED} -> save("a")' in found.text
