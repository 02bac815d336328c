"""Templates with placeholders are pipelines with parameters, and give the filled template back."""

from __future__ import annotations

import json

from tests.importing.user_workflow import prompt
from tests.prompts import changed, meaning
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
