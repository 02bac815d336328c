"""LoRAs in the rows of LoadLoraModel, which ComfyUI has since 0.39."""

from __future__ import annotations

from tests.prompts import LORA_HIGH, changed, found, graph_of, node, split
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.passes.recognition import recognise


def in_rows(**more: object) -> dict[str, object]:
    """Two passes, the first of which has its LoRA from a row of such a node."""
    prompt = split()
    lora = next(id for id, each in prompt.items() if each["inputs"].get("lora_name") == LORA_HIGH)
    rows = {
        "loras.0.lora_name": LORA_HIGH,
        "loras.0.strength": 1.0,
        "loras.0.enabled": True,
        "loras.1.lora_name": "off.safetensors",
        "loras.1.strength": 0.5,
        "loras.1.enabled": False,
        **more,
    }
    prompt[lora] = node("LoadLoraModel", model=tuple(prompt[lora]["inputs"]["model"]), **rows)
    return prompt


def test_a_lora_in_a_row_is_one_of_its_pass_where_the_row_is_on():
    graph = graph_of(in_rows(), "0.39")
    first = recognise(graph, FactTable(graph))[0]
    assert [(lora.file, lora.strength) for lora in first.loras] == [(LORA_HIGH, 1.0)]
    assert found(in_rows(), "0.39") == found(split(), "0.39") == []


def test_a_row_that_is_no_input_is_reported():
    prompt = changed(in_rows(), "high_sampler")
    lora = next(id for id, each in prompt.items() if each["class_type"] == "LoadLoraModel")
    findings = found(changed(prompt, lora, **{"loras.0.weight": 1.0}), "0.39")
    assert [finding.code for finding in findings] == ["WAN514"]
