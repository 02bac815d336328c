"""LoRAs of loaders and stacks of packs."""

from __future__ import annotations

import pytest

from tests.prompts import (
    LORA_HIGH,
    LORA_LOW,
    node,
    passes_of,
    split,
)

LORAS = [
    ("Lora Loader Stack (rgthree)", {"lora_01": LORA_HIGH, "strength_01": 0.8, "lora_02": "None",
     "strength_02": 1.0}, [(LORA_HIGH, 0.8)]),
    ("Power Lora Loader (rgthree)", {"lora_1": {"on": True, "lora": LORA_HIGH, "strength": 0.5},
     "lora_2": {"on": False, "lora": "off.safetensors", "strength": 1.0}}, [(LORA_HIGH, 0.5)]),
    ("Lora Loader (LoraManager)", {"loras": {"__value__": [
        {"name": "anna", "strength": "0.7", "active": True},
        {"name": "off", "strength": 1.0, "active": False}]}}, [("anna", 0.7)]),
]  # fmt: skip


@pytest.mark.parametrize(("class_name", "inputs", "expected"), LORAS, ids=[row[0] for row in LORAS])
def test_loras_of_other_loaders(class_name, inputs, expected):
    prompt = split()
    prompt["high_lora"] = node(class_name, model=("high_model", 0), **inputs)
    high = passes_of(prompt)[0]
    assert [(one.file, one.strength) for one in high.loras] == expected


STACKS = [
    ("easy loraStack", "easy loraStackApply", {"toggle": True, "mode": "simple", "num_loras": 1,
     "lora_1_name": LORA_HIGH, "lora_1_strength": 0.9, "lora_2_name": LORA_LOW,
     "lora_2_strength": 1.0}),
    ("CR LoRA Stack", "CR Apply LoRA Stack", {"switch_1": "On", "lora_name_1": LORA_HIGH,
     "model_weight_1": 0.9, "switch_2": "Off", "lora_name_2": LORA_LOW, "model_weight_2": 1.0}),
    ("LoRA Stacker", "easy loraStackApply", {"input_mode": "advanced", "lora_count": 1,
     "lora_name_1": LORA_HIGH, "lora_wt_1": 0.1, "model_str_1": 0.9, "lora_name_2": LORA_LOW,
     "model_str_2": 1.0}),
]  # fmt: skip


@pytest.mark.parametrize(("stack", "apply", "inputs"), STACKS, ids=[row[0] for row in STACKS])
def test_loras_of_a_stack(stack, apply, inputs):
    prompt = split()
    prompt["stack"] = node(stack, **inputs)
    prompt["high_lora"] = node(apply, model=("high_model", 0), lora_stack=("stack", 0))
    high = passes_of(prompt)[0]
    assert [(one.file, one.strength) for one in high.loras] == [(LORA_HIGH, 0.9)]
