"""What the records say of numbers, texts and switches."""

from __future__ import annotations

import pytest

from tests.comfyui.nodes.outputs import CLIP, OTHER, of
from wan22dsl.graph.model import NOTHING_KNOWN, Facts


@pytest.mark.parametrize(
    ("expression", "slot", "value"),
    [
        ("floor(a * b + 1)", 1, 81),
        ("a * 16 + 1", 0, 81.0),
        ("max(a, 3) // 2", 1, 2),
        ("-a + b % 3", 1, -4),
        ("a ** 9999999", 1, None),
        ("a / 0", 1, None),
        ("missing + 1", 1, None),
        ("__import__('os')", 1, None),
        ("(" * 200, 1, None),
        ("1+" * 200 + "1", 1, None),
    ],
)
def test_expressions_are_worked_out(expression, slot, value):
    inputs = {"expression": expression, "values.a": 5.0, "values.b": 16.0}
    assert of("ComfyMathExpression", slot, **inputs).value == value


def test_a_switch_hands_on_the_side_that_it_chooses():
    known = {"on_true": CLIP, "on_false": OTHER}
    assert of("ComfySwitchNode", 0, known, switch=True) == CLIP
    assert of("ComfySwitchNode", 0, known, switch=False) == OTHER
    assert of("ComfySwitchNode", 0, {**known, "switch": Facts(value=True)}) == CLIP
    assert of("ComfySwitchNode", 0, {**known, "switch": Facts()}) == NOTHING_KNOWN
    assert of("ComfySwitchNode", 0, switch=True, on_true=4, on_false=20).value == 4


def test_sizes_are_values_where_a_node_gives_them():
    assert [of("GetImageSize", slot, {"image": CLIP}).value for slot in range(3)] == [832, 1216, 81]
    assert of("GetImageSizeAndCount", 3, {"image": CLIP}).value == 81
    assert of("WanCameraEmbedding", 3, width=832, height=480, length=81).value == 81


@pytest.mark.parametrize(
    ("class_name", "inputs", "value"),
    [
        ("StringConcatenate", {"string_a": "a", "string_b": "b", "delimiter": ", "}, "a, b"),
        ("StringSubstring", {"string": "portrait", "start": 0, "end": 4}, "port"),
        ("StringLength", {"string": "portrait"}, 8),
        ("CaseConverter", {"string": "a fox", "mode": "Title Case"}, "A Fox"),
        ("StringTrim", {"string": " a fox ", "mode": "Right"}, " a fox"),
        ("StringReplace", {"string": "a fox", "find": "fox", "replace": "cat"}, "a cat"),
        ("StringReplace", {"string": "a" * 2000, "find": "a", "replace": "b" * 2000}, None),
        ("StringTrim", {"mode": "Both"}, None),
    ],
)
def test_texts_are_made_of_texts(class_name, inputs, value):
    assert of(class_name, 0, **inputs).value == value
