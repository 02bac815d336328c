"""LoRAs that are off, in rows of one node, or merged into the model come back as what they are."""

from __future__ import annotations

import json

import pytest

from tests.graph.build.test_loras_switched import DECLARED, FLOW, ROWS
from tests.importing.test_laws import brought_in
from tests.language.library.building import nodes, pipeline, prompt_of
from wan22dsl.api import compiler
from wan22dsl.source import Source


def text_of(flow: str, *settings: str) -> str:
    more = "".join(f"\n    {setting}" for setting in settings)
    return " ".join(brought_in(prompt_of(pipeline(flow, more, DECLARED))).split())


def test_rows_of_a_power_lora_loader_are_the_loras_of_a_pass() -> None:
    text = text_of(FLOW, ROWS, "add_loras = [sauce, grain(strength = 0.5)]")
    assert ROWS.replace("=", "     =") in text or ROWS in text
    assert "sauce(strength = 0.8, on = false), grain(strength = 0.5)]" in text
    assert "Loader (rgthree)`(" not in text


def test_a_bypassed_lora_of_a_workflow_is_one_that_is_off() -> None:
    source = Source(pipeline(FLOW, "\n    add_loras = [sauce]", DECLARED), "p.wan")
    workflow, _ = compiler.workflow(source)
    assert workflow is not None
    workflow["extra"].pop("wan", None)
    found = compiler.import_file(json.dumps(workflow).encode(), shown="made.json", from_graph=True)
    assert found.text is not None and "sauce(strength = 0.8, on = false)" in found.text
    again, _ = compiler.workflow(Source(found.text, "again.wan"))
    assert again is not None and sum(each.get("mode") == 4 for each in again["nodes"]) == 2


@pytest.mark.parametrize("loras", ["", ", loras = [wan22.lightx2v_high, grain]"])
def test_a_model_with_a_merged_lora_needs_no_empty_list(loras: str) -> None:
    file = 'file = "wan2.2_i2v_high_lightx2v_4step_merged.safetensors"'
    flow = f'wan22.high(model = merged({file}){loras}) -> wan22.low -> save("a")'
    text = text_of(flow)
    assert "distilled = 4" in text
    assert ("loras = [wan22.lightx2v_high, grain]" in text) == bool(loras)
    assert "loras = []" not in text


def test_a_loader_whose_loras_are_all_off_is_left_out_where_it_hands_on_the_text_encoder() -> None:
    prompt = prompt_of(pipeline(FLOW))
    prompt["idle"] = {
        "class_type": "Power Lora Loader (rgthree)",
        "inputs": {
            "model": ["i2v_high", 0],
            "clip": ["umt5", 0],
            "lora_1": {"on": False, "lora": "a.safetensors", "strength": 1.0},
        },
    }
    for made in nodes(prompt, "CLIPTextEncode"):
        made["clip"] = ["idle", 1]
    nodes(prompt, "LoraLoaderModelOnly")[0]["model"] = ["idle", 0]
    found = compiler.import_file(json.dumps(prompt).encode(), shown="made.json")
    assert found.text is not None and FLOW in found.text
    assert "a.safetensors" in found.text.partition("flow ")[2]


def test_a_text_encoder_that_a_loader_gives_to_nobody_is_no_hindrance() -> None:
    prompt = prompt_of(pipeline(FLOW, f"\n    {ROWS}", ""))
    for made in nodes(prompt, "Power Lora Loader (rgthree)"):
        made["clip"] = ["umt5", 0]
        made["PowerLoraLoaderHeaderWidget"] = {"type": "PowerLoraLoaderHeaderWidget"}
        made["➕ Add Lora"] = ""
    found = compiler.import_file(json.dumps(prompt).encode(), shown="made.json")
    assert found.text is not None and f"flow     = {FLOW}" in found.text
    exact = compiler.import_file(json.dumps(prompt).encode(), shown="made.json", exact=True)
    assert exact.text is not None and "clip" in exact.text


def test_a_bypassed_lora_among_the_patches_is_one_that_is_off() -> None:
    more = "\n    patches = shift(5.0) -> with_lora(sauce) -> with_lora(grain) -> sage"
    workflow, _ = compiler.workflow(Source(pipeline(FLOW, more, DECLARED), "p.wan"))
    assert workflow is not None
    workflow["extra"].pop("wan", None)
    found = compiler.import_file(json.dumps(workflow).encode(), shown="made.json", from_graph=True)
    assert found.text is not None
    flow = "shift(5.0) -> with_lora(sauce(strength = 0.8, on = false)) -> with_lora(grain) -> sage"
    assert f"patches = {flow}" in found.text
