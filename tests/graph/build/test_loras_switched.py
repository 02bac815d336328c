"""LoRAs that are switched off, that one node loads together, and that are merged into the model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.language.library.building import node, nodes, pipeline, prompt_of
from wan22dsl.api import compiler
from wan22dsl.source import Source

DECLARED = """
lora sauce { file = "sauce.safetensors", strength = 0.8, on = false }

lora grain { file = "grain.safetensors" }

model merged {
    file      = "mine_high.safetensors"
    noise     = "high"
    family    = wan22.i2v_14b
    distilled = 4
}
"""
FLOW = 'wan22.high -> wan22.low -> save("a")'
ROWS = 'loras_by = "Power Lora Loader (rgthree)"'


def compiled(*more: str, flow: str = FLOW) -> dict[str, Any]:
    settings = "".join(f"\n    {setting}" for setting in more)
    return prompt_of(pipeline(flow, settings, DECLARED))


def reported(flow: str) -> list[str]:
    """The codes of what is reported of a flow, but for declarations that nothing uses."""
    found = compiler.check(Source(pipeline(flow, "", DECLARED), "p.wan")).diagnostics
    return [finding.code for finding in found if finding.code != "WAN222"]


def test_a_lora_that_is_off_reaches_no_prompt_and_stays_bypassed_in_a_workflow() -> None:
    prompt = compiled("add_loras = [sauce, grain]")
    files = [made["lora_name"] for made in nodes(prompt, "LoraLoaderModelOnly")]
    assert "sauce.safetensors" not in files
    assert files.count("grain.safetensors") == 2
    text = pipeline(FLOW, "\n    add_loras = [sauce]", DECLARED)
    workflow, _ = compiler.workflow(Source(text, "p.wan"))
    assert workflow is not None
    off = [each for each in workflow["nodes"] if each.get("mode") == 4]
    assert [each["widgets_values"][0] for each in off] == ["sauce.safetensors"] * 2


def test_a_lora_is_switched_in_place() -> None:
    prompt = compiled("add_loras = [sauce(on = true), grain(on = false)]")
    files = [made["lora_name"] for made in nodes(prompt, "LoraLoaderModelOnly")]
    assert files.count("sauce.safetensors") == 2
    assert "grain.safetensors" not in files


def test_one_node_loads_all_loras_of_a_pass_with_those_that_are_off() -> None:
    prompt = compiled(ROWS, "add_loras = [sauce, grain(strength = 0.5)]")
    assert not nodes(prompt, "LoraLoaderModelOnly")
    first, second = nodes(prompt, "Power Lora Loader (rgthree)")
    assert first["lora_2"] == {"on": False, "lora": "sauce.safetensors", "strength": 0.8}
    assert first["lora_3"] == {"on": True, "lora": "grain.safetensors", "strength": 0.5}
    assert "high" in first["lora_1"]["lora"] and "low" in second["lora_1"]["lora"]


def test_the_declarations_of_such_loras_count_for_the_rules() -> None:
    text = pipeline(
        'wan22.high(loras = [mine]) -> wan22.low(loras = [mine(noise = "low")]) -> save("a")',
        f"\n    {ROWS}",
        'lora mine { file = "unnamed.safetensors", noise = "high", distilled = 4 }',
    )
    assert not compiler.check(Source(text, "p.wan")).diagnostics


def test_another_class_for_the_loras_is_an_error() -> None:
    text = pipeline(FLOW, '\n    loras_by = "LoraLoader"', DECLARED)
    (finding,) = {found.code for found in compiler.check(Source(text, "p.wan")).diagnostics}
    assert finding == "WAN304"


def test_a_model_with_its_distilled_lora_merged_in_does_without_that_of_the_recipe() -> None:
    flow = 'wan22.high(model = merged) -> wan22.low -> save("a")'
    prompt = compiled(flow=flow)
    assert "low" in node(prompt, "LoraLoaderModelOnly")["lora_name"]
    assert not reported(flow)


def test_a_lora_that_a_pass_names_itself_is_put_on_such_a_model() -> None:
    flow = 'wan22.high(model = merged, loras = [wan22.lightx2v_high]) -> wan22.low -> save("a")'
    assert reported(flow) == ["WAN618"]


def test_a_lora_that_is_off_stays_off_among_patches() -> None:
    prompt = compiled("patches = with_lora(sauce) -> with_lora(grain)")
    files = [made["lora_name"] for made in nodes(prompt, "LoraLoaderModelOnly")]
    assert "sauce.safetensors" not in files
    assert files.count("grain.safetensors") == 2


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        (f"({ROWS}, loras = [])", ["WAN409"]),
        (f"({ROWS})", []),
        (f"({ROWS}, loras = [], add_loras = [grain])", []),
        (f"({ROWS}, loras = [sauce])", []),
        (f"({ROWS}, loras = some)", []),
    ],
)
def test_the_class_that_loads_loras_needs_some(high: str, expected: list[str]) -> None:
    """A list that is a parameter may have some another time."""
    text = pipeline(f'wan22.high{high} -> wan22.low -> save("a")', "", DECLARED)
    text = text.replace("\nlora sauce", "\nparam some: [lora] = []\n\nlora sauce", 1)
    found = compiler.check(Source(text, "p.wan")).diagnostics
    assert [each.code for each in found if each.is_error] == expected
    assert all("give the pass LoRAs" in (each.help or "") for each in found if each.is_error)
