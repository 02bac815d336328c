"""What a client fills in before it sends a file is not known, and no mistake."""

from __future__ import annotations

import json

import pytest

from tests.formats.workflow_read.sketch import picture as drawn
from tests.prompts import picture, split
from wan22dsl.api.compiler import check, compile, diff, import_file
from wan22dsl.api.description import describe
from wan22dsl.api.picture import draw
from wan22dsl.source import Source


def template(**inputs):
    prompt = picture()
    prompt["scale"]["inputs"] |= inputs
    return prompt


def found(prompt):
    return check(Source(json.dumps(prompt, indent=1), "thing.json")).diagnostics


@pytest.mark.parametrize(
    "value",
    [
        "{{SCALE}}", "{{ scale | float }}", "${scale}", "%scale%", "$scale", "{scale}", "<scale>",
        "__SCALE__", "[scale]", "@scale@", " {{SCALE}} ", "PARAM_FLOAT_SCALE",
    ],
)  # fmt: skip
def test_a_number_that_is_to_be_filled_in_is_a_note_for_the_file(value):
    (finding,) = found(template(scale_by=value))
    assert (finding.code, finding.severity.value) == ("WAN574", "note")
    assert finding.span.text == json.dumps(value)


def test_there_is_one_note_whatever_the_number_of_placeholders():
    (finding,) = found(template(scale_by="%scale%", upscale_method="{{METHOD}}"))
    assert finding.message.startswith(
        "The file is a template with 2 placeholders, such as `{{METHO"
    )


@pytest.mark.parametrize(
    "value", ["2", "large", "{", "%", "a %scale%", "{{}}", "", "<lora:wan-2.1:1.0>", "PARAM_"]
)
def test_a_string_that_is_no_placeholder_is_no_number(value):
    assert {finding.code for finding in found(template(scale_by=value))} <= {"WAN506", "WAN507"}
    assert found(template(scale_by=value))


@pytest.mark.parametrize(
    "text",
    [
        "a {{red}} fox, {a|b}",
        "%date:yyyy%",
        "%year%",
        "50% {off}",
        "$5 __animal__ <lora>",
        "a PARAM_X",
    ],
)
def test_what_a_prompt_has_anyway_is_no_placeholder(text):
    prompt = split()
    prompt["positive"]["inputs"]["text"] = text
    assert "WAN574" not in {finding.code for finding in found(prompt)}


@pytest.mark.parametrize(
    "text", ["{{prompt}}", "a {{ANIMAL}} runs", "${what} in snow", "%prompt%", "PARAM_PROMPT"]
)
def test_a_prompt_that_is_to_be_filled_in_is_one(text):
    prompt = split()
    prompt["positive"]["inputs"]["text"] = text
    assert "WAN574" in {finding.code for finding in found(prompt)}


def test_the_rest_of_a_template_is_judged():
    codes = {finding.code for finding in found(template(scale_by="%s%", upscale_method="no"))}
    assert {"WAN505", "WAN574"} <= codes


def test_rules_take_no_placeholder_for_a_value():
    prompt = split()
    for name in ("width", "height", "length"):
        prompt["start"]["inputs"][name] = "{{" + name + "}}"
    for node in ("high_sampler", "low_sampler"):
        for name in ("steps", "cfg", "sampler_name", "scheduler", "start_at_step", "end_at_step"):
            prompt[node]["inputs"][name] = "{{" + name + "}}"
    prompt["high_sampler"]["inputs"]["noise_seed"] = "%seed%"
    assert [finding.code for finding in found(prompt)] == ["WAN574"]


def test_a_workflow_may_be_a_template():
    sketch = drawn()
    sketch.nodes[1]["widgets_values"][1] = "{{SCALE}}"
    (finding,) = found(sketch.workflow())
    assert (finding.code, finding.span.text) == ("WAN574", '"{{SCALE}}"')


def imported(prompt, tmp_path):
    file = tmp_path / "thing.json"
    file.write_text(json.dumps(prompt), encoding="utf-8")
    return import_file(file).text


def test_a_parameter_is_named_without_what_marks_its_placeholder(tmp_path):
    prompt = split()
    prompt["start"]["inputs"]["width"] = "PARAM_INT_WIDTH"
    prompt["positive"]["inputs"]["text"] = "PARAM_PROMPT"
    text = imported(prompt, tmp_path)
    assert "param width: int\n" in text and "param prompt: text\n" in text


def test_an_import_makes_placeholders_parameters(tmp_path):
    prompt = split()
    prompt["start"]["inputs"] |= {"width": "{{WIDTH}}", "height": "{{WIDTH}}", "length": "%n%"}
    prompt["positive"]["inputs"]["text"] = 'a "{{ANIMAL}}" {x} by ${who}'
    text = imported(prompt, tmp_path)
    assert "param width: int\n" in text
    assert "width = width" in text and "height = width" in text
    given = {"width": "640", "n": "81", "animal": "fox", "who": "me"}
    made = compile(Source(text, "thing.wan"), values=given)
    assert [each.message for each in made.diagnostics if each.is_error] == []
    inputs = [node["inputs"] for node in made.prompt.values()]
    assert any(each.get("width") == each.get("height") == 640 for each in inputs)
    assert any(each.get("text") == 'a "fox" {x} by me' for each in inputs)


def test_a_placeholder_for_a_number_and_for_text_is_two_parameters(tmp_path):
    prompt = template(scale_by="{{X}}")
    prompt["save"]["inputs"]["filename_prefix"] = "{{X}}"
    text = imported(prompt, tmp_path)
    assert "param x: float\nparam x_text: text\n" in text


def test_a_template_is_described_drawn_and_compared(tmp_path):
    files = []
    for number, value in enumerate(("{{SCALE}}", "{{OTHER}}")):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(template(scale_by=value)), encoding="utf-8")
        files.append(file)
    assert describe(files[0]).description is not None
    assert draw(files[0], "svg").text
    assert diff(files[0], files[0]).differences == []
    (difference,) = diff(*files).lines()
    assert "OTHER" in difference


def test_a_template_of_prompts_files_and_seeds_is_imported_as_a_pipeline(tmp_path):
    prompt = split()
    prompt["positive"]["inputs"]["text"] = 'a "{{ANIMAL}}" in ${place}, zq'
    prompt["negative"]["inputs"]["text"] = "%negative%"
    prompt["load"]["inputs"]["image"] = "{{IMAGE}}"
    for name in ("high_sampler", "low_sampler"):
        prompt[name]["inputs"]["noise_seed"] = "%seed%"
    text = imported(prompt, tmp_path)
    assert "pipeline thing {" in text
    for line in ("param animal: text", "param image: text", "param seed: int", "= negative"):
        assert line in text
    given = {"animal": "fox", "place": "snow", "negative": "no", "image": "a.png", "seed": "5"}
    made = compile(Source(text, "thing.wan"), values=given)
    assert made.prompt is not None
    values = [value for node in made.prompt.values() for value in node["inputs"].values()]
    assert {'a "fox" in snow, zq', "no", "a.png", 5} <= {v for v in values if type(v) is not list}


def test_a_template_whose_size_is_not_known_is_imported_as_a_pipeline(tmp_path):
    prompt = split()
    prompt["start"]["inputs"]["width"] = "{{WIDTH}}"
    text = imported(prompt, tmp_path)
    assert "size   = { width = width, height = 1216 }" in text


def test_a_template_with_a_placeholder_for_a_truth_value_is_imported_as_a_graph(tmp_path):
    prompt = split()
    prompt["high_sage"] = {
        "class_type": "PathchSageAttentionKJ",
        "inputs": {
            "model": prompt["high_shift"]["inputs"]["model"],
            "sage_attention": "auto",
            "allow_compile": "{{COMPILE}}",
        },
    }
    prompt["high_shift"]["inputs"]["model"] = ["high_sage", 0]
    text = imported(prompt, tmp_path)
    assert "graph thing {" in text and "param compile: bool" in text


@pytest.mark.parametrize("cfg", [1.0, 3.5])
def test_a_lora_that_is_to_be_filled_in_may_be_the_distilled_one(cfg):
    prompt = split(cfgs=(1.0, cfg))
    prompt["low_lora"]["inputs"]["lora_name"] = "{{LOW_LORA}}"
    assert [finding.code for finding in found(prompt)] == ["WAN574"]


@pytest.mark.parametrize(
    ("id", "name"),
    [
        (id, name)
        for id, each in split().items()
        for name, value in each["inputs"].items()
        if not isinstance(value, list)
    ],
)
def test_whatever_is_to_be_filled_in_is_held_against_nobody(id, name):
    prompt = split()
    prompt["low_sampler"]["inputs"]["noise_seed"] = 0
    prompt[id]["inputs"][name] = "{{VALUE}}"
    assert [finding.code for finding in found(prompt)] == ["WAN574"]
