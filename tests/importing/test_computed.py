"""Values that come by link are put in where they are known without running, each with where it is from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.importing.user_workflow import prompt
from tests.prompts import Prompt, changed, node
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump


def text_of(made: Prompt) -> str:
    text = compiler.import_file(dump(made).encode(), shown="made.json").text
    assert text is not None and "\npipeline made {" in text
    return text


@pytest.mark.parametrize(
    ("class_name", "inputs"),
    [
        ("INTConstant", {"value": 6}),
        ("PrimitiveInt", {"value": 6}),
        ("easy int", {"value": 6}),
        ("mxSlider", {"Xi": 6, "Xf": 6.0, "isfloatX": 0}),
        ("SimpleMathInt+", {"value": 6}),
        ("Basic data handling: IntMultiply", {"int1": 3, "int2": 2}),
        ("MathExpression|pysssss", {"expression": "2 * 3"}),
        ("SimpleMath+", {"value": "2 * 3"}),
        ("Seed (rgthree)", {"seed": 6}),
        ("easy seed", {"seed": 6}),
    ],
)
def test_a_number_by_link_is_put_in(class_name: str, inputs: dict[str, Any]) -> None:
    made = prompt() | {"number": node(class_name, **inputs)}
    made = changed(made, "high_sampler", steps=("number", 0))
    text = text_of(made)
    assert f"steps = 0..2 of 6) # steps from {class_name} #number\n" in text
    assert f"{class_name}(" not in text and f"{class_name}`(" not in text.partition("\n\n#")[0]


def test_a_size_that_is_measured_of_an_empty_picture_is_put_in() -> None:
    made = prompt()
    made["empty"] = node("EmptyImage", width=1280, height=960, batch_size=1, color=0)
    made["half"] = node("ImageScaleBy", image=("empty", 0), upscale_method="lanczos", scale_by=0.5)
    made["measured"] = node("GetImageSize", image=("half", 0))
    made = changed(made, "start", width=("measured", 0), height=("measured", 1))
    text = text_of(made)
    assert "size    = 640x480 # from GetImageSize #measured, EmptyImage #empty\n" in text
    assert "# Not chosen: ImageScaleBy" not in text
    assert "# Computed: GetImageSize()\n" in text


def test_a_text_behind_reroutes_is_the_prompt() -> None:
    made = prompt()
    made["text"] = node("PrimitiveStringMultiline", value="a fox in the snow")
    made["on"] = node("ReroutePrimitive|pysssss", value=("text", 0))
    made = changed(made, "positive", text=("on", 0))
    text = text_of(made)
    assert '    prompt  = "a fox in the snow" # from PrimitiveStringMultiline #text\n' in text


def test_of_many_nodes_the_first_are_named_and_the_others_counted() -> None:
    made = prompt()
    for number in range(6):
        made[f"n{number}"] = node("PrimitiveInt", value=1)
    sums = {f"values.{'abcdef'[number]}": (f"n{number}", 0) for number in range(6)}
    made["sum"] = node("ComfyMathExpression", expression="a + b + c + d + e + f", **sums)
    made = changed(made, "high_sampler", steps=("sum", 1))
    text = text_of(made)
    assert (
        "# steps from ComfyMathExpression #sum, PrimitiveInt #n0, PrimitiveInt #n1, 4 more nodes"
        in text
    )
    assert text.count("# Computed: PrimitiveInt(value = 1)") == 4


@pytest.mark.parametrize(
    ("name", "stray"),
    [
        ("high_sampler", {"control_after_generate": "randomize"}),
        ("load", {"upload": "image"}),
        ("high_model", {"foo": 1}),
        ("positive", {"speak_and_recognation": {"__value__": [False, True]}}),
        ("start", {"batch": 3}),
    ],
)
def test_a_key_that_comfyui_drops_is_a_comment(name: str, stray: dict[str, Any]) -> None:
    plain = text_of(prompt())
    made = prompt()
    made[name]["inputs"].update(stray)
    text = text_of(made)
    (key,) = stray
    assert text.partition("\n# Without effect: ")[0].strip() == plain.strip()
    assert f"\n# Without effect: {key} = " in text


def test_a_key_that_may_be_meant_stays() -> None:
    made = prompt()
    made["start"]["inputs"]["widht"] = made["start"]["inputs"].pop("width")
    text = compiler.import_file(dump(made).encode(), shown="made.json").text
    assert text is not None and "widht = 832" in text


def test_names_with_line_ends_stay_in_their_comment() -> None:
    made = prompt()
    made['n\n"'] = node("PrimitiveInt", value=6)
    made["odd\nx"] = node("Odd\nShow", images=("rife", 0))
    made = changed(made, "high_sampler", steps=('n\n"', 0))
    made = changed(made, "start", width=('n\n"', 0))
    text = text_of(made)
    assert 'from PrimitiveInt #n "\n' in text
    assert compiler.format(compiler.Source(text, "again.wan"))[0] == text


def test_what_compiling_adds_because_the_class_requires_it_is_named() -> None:
    """Interpolation of an older version of its pack has no `dtype`; the bundled one requires it."""
    made = prompt()
    frames = next(id for id, each in made.items() if each["class_type"] == "VAEDecode")
    old = node("RIFE VFI", frames=(frames, 0), ckpt_name="rife49.pth", multiplier=2)
    old["inputs"] |= {"clear_cache_after_n_frames": 10, "fast_mode": True, "ensemble": True}
    made |= {"rife": {**old, "inputs": {**old["inputs"], "scale_factor": 1.0}}}
    made |= {"shown": node("PreviewImage", images=("rife", 0))}
    text = text_of(made)
    assert (
        '\n# Required by the class, and added: dtype = "float32", torch_compile = false, '
        "batch_size = 1 of RIFE VFI" in text
    )
    assert "# Required by the class" not in text_of(prompt())
