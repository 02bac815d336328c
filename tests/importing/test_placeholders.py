"""Templates with placeholders are pipelines with parameters, and give the filled template back."""

from __future__ import annotations

import json

import pytest

from tests.importing.user_workflow import prompt
from tests.prompts import changed, meaning, node
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.source import Source

VALUES = {
    "{{WIDTH}}": 640,
    "{{HEIGHT}}": 480,
    "{{FRAMES}}": 49,
    "{{STEPS}}": 8,
    "{{SPLIT}}": 3,
    "{{CFG}}": 1.5,
    "%seed%": 12,
    "{{FPS}}": 24.0,
    "{{STRENGTH}}": 0.7,
    "{{PROMPT}}": "a fox",
    "{{NAME}}": "fox",
}


def _template() -> str:
    made = changed(prompt(), "start", width="{{WIDTH}}", height="{{HEIGHT}}", length="{{FRAMES}}")
    made = changed(made, "positive", text="{{PROMPT}}, at dawn")
    for name in ("high_sampler", "low_sampler"):
        made = changed(made, name, steps="{{STEPS}}", cfg="{{CFG}}")
    made = changed(made, "high_sampler", noise_seed="%seed%", end_at_step="{{SPLIT}}")
    made = changed(made, "low_sampler", start_at_step="{{SPLIT}}", end_at_step=10000)
    made = changed(made, "high_lora", strength_model="{{STRENGTH}}")
    made = changed(made, "video", fps="{{FPS}}")
    return dump(changed(made, "save", filename_prefix="{{NAME}}"))


def _filled(template: str) -> dict[str, object]:
    for placeholder, value in VALUES.items():
        if isinstance(value, str):
            template = template.replace(placeholder, value)
        else:
            template = template.replace(f'"{placeholder}"', json.dumps(value))
    return json.loads(template)


def test_a_template_is_a_pipeline_whose_parameters_fill_it() -> None:
    text = compiler.import_file(_template().encode(), shown="made.json").text
    assert text is not None and "\npipeline made {" in text and "KSampler" not in text
    assert "size    = { width = width, height = height }" in text
    assert "length  = frames * 1f" in text and "steps = 0..split of steps" in text
    assert compiler.format(Source(text, "again.wan"))[0] == text
    given = {place.strip("{}%").lower(): value for place, value in VALUES.items()}
    compiled = compiler.compile(Source(text, "again.wan"), values=given)
    assert compiled.prompt is not None, [finding.message for finding in compiled.diagnostics]
    assert meaning(json.loads(dump(compiled.prompt))) == meaning(_filled(_template()))


def test_a_sampler_with_a_placeholder_for_its_name_is_a_node_of_the_pipeline() -> None:
    made = changed(prompt(), "high_sampler", sampler_name="{{SAMPLER}}")
    text = compiler.import_file(dump(made).encode(), shown="made.json").text
    assert text is not None and "\npipeline made {" in text
    assert "sampler_name = sampler" in text and "param sampler: text\n" in text


def _rows(on: str = "true", strength: str = '"{{STRENGTH}}"') -> str:
    row = '{"on": ON, "lora": "{{LORA}}", "strength": STRENGTH}'
    made = prompt()
    made["rows"] = node("Power Lora Loader (rgthree)", model=("high_model", 0), lora_1="ROW")
    template = dump(changed(made, "high_lora", model=("rows", 0)))
    return template.replace('"ROW"', row.replace("ON", on, 1).replace("STRENGTH", strength, 1), 1)


@pytest.mark.parametrize("strength", ['"{{STRENGTH}}"', "{{STRENGTH}}"])
def test_placeholders_inside_of_an_object_are_parameters(strength: str) -> None:
    template = _rows(strength=strength)
    text = compiler.import_file(template.encode(), shown="made.json").text
    assert text is not None and "\npipeline made {" in text and "loras_by" in text
    assert "param lora: text" in text and "param strength: float" in text
    assert "file = lora }" in text and "(strength = strength)" in text
    values = {"lora": "fox.safetensors", "strength": 0.5}
    compiled = compiler.compile(Source(text, "again.wan"), values=values)
    assert compiled.prompt is not None
    filled = template.replace(strength, "0.5").replace("{{LORA}}", "fox.safetensors")
    assert meaning(json.loads(dump(compiled.prompt))) == meaning(json.loads(filled))


def test_a_truth_value_inside_of_an_object_is_a_parameter_of_a_graph() -> None:
    template = _rows(on='"{{ON}}"')
    text = compiler.import_file(template.encode(), shown="made.json").text
    assert text is not None and "\ngraph made {" in text and "param on: bool" in text
    assert "lora_1 = { on = on, lora = lora, strength = strength }" in text


def test_placeholders_inside_of_an_object_are_counted() -> None:
    found = compiler.check(Source(_rows(), "made.json")).diagnostics
    assert [each.message.partition(",")[0] for each in found if each.code == "WAN574"] == [
        "The file is a template with 2 placeholders"
    ]
