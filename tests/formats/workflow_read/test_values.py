"""The values of widgets come to the inputs that they are for, whatever else stands between them."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.formats.workflow_read.sketch import Sketch, graph_of, picture, sent, source_of, told
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
from wan22dsl.formats.workflow_read import read

SAMPLER = {
    "seed": 7,
    "steps": 4,
    "cfg": 1.0,
    "sampler_name": "euler",
    "scheduler": "simple",
    "denoise": 1.0,
}


def alone(type: str, values, **more) -> dict:
    sketch = Sketch()
    sketch.node(1, type, values, **more)
    return sent(sketch.workflow())["1"]


def test_values_and_links_are_those_of_the_editor_and_values_come_first():
    inputs = sent(picture().workflow())
    assert inputs == {
        "1": {"image": "start.png"},
        "2": {"upscale_method": "lanczos", "scale_by": 2.0, "image": ["1", 0]},
        "3": {"images": ["2", 0]},
    }
    assert list(inputs["2"]) == ["upscale_method", "scale_by", "image"]


@pytest.mark.parametrize("control", ["fixed", "increment", "decrement", "randomize", True])
def test_the_entry_behind_a_seed_is_no_value(control):
    assert alone("KSampler", (7, control, 4, 1, "euler", "simple", 1)) == SAMPLER


def test_a_seed_without_that_entry_is_read_as_it_was_meant_and_told_with_a_fix():
    sketch = Sketch()
    sketch.node(1, "KSampler", (7, 4, 1, "euler", "simple", 1))
    source = source_of(sketch.workflow())
    graph, (one,) = read(source, open_catalogue("0.33.0"))
    assert graph is not None
    assert graph.nodes["1"].inputs == {**SAMPLER, "cfg": 1, "denoise": 1}
    assert (one.code, one.span.text if one.span else "") == ("WAN565", "7")
    assert one.fix is not None
    (edit,) = one.fix.edits
    fixed = source.text[: edit.span.start] + edit.text + source.text[edit.span.end :]
    assert sent(fixed)["1"] == SAMPLER


@pytest.mark.parametrize(
    ("text", "as_it_is_sent"),
    [
        ("a /* big\n */ dog // or cat\nruns", "a  dog \nruns"),
        ("a {big {old}} dog", "a big old dog"),
        ("a \\{big\\} dog", "a {big} dog"),
        ("a big} dog", "a big} dog"),
        ("a {big|big} dog", "a big dog"),
        ("https:/{}/host/{}*", "https://host/*"),
        ("C:\\new", "C:\\new"),
    ],
)
def test_a_prompt_is_sent_without_comments_and_braces(text, as_it_is_sent):
    assert alone("CLIPTextEncode", (text,)) == {"text": as_it_is_sent}


def test_a_choice_stays_as_it_is_written_and_is_reported():
    sketch = Sketch()
    sketch.node(1, "CLIPTextEncode", ("a {big|small} \\{dog\\} // or cat",))
    source = source_of(sketch.workflow())
    graph, (one,) = read(source, open_catalogue("0.33.0"))
    assert graph is not None
    assert graph.nodes["1"].inputs == {"text": "a {big|small} \\{dog\\} "}
    assert (one.code, one.severity.value) == ("WAN567", "note")
    assert one.span is not None and "big|small" in one.span.text


@pytest.mark.parametrize(
    ("type", "values", "code"),
    [
        ("CLIPTextEncode", ("a dog\\",), "WAN568"),
        ("CLIPTextEncode", ("a dog\\ // or cat",), None),
        ("RandomNoise", (2**64 - 1, "fixed"), "WAN569"),
        ("RandomNoise", (2**53 + 1, "fixed"), "WAN569"),
        ("RandomNoise", (2**53 + 2, "fixed"), None),
        ("RandomNoise", (1152921504606847000, "fixed"), None),
        ("SaveImage", ("%date:yyyy-MM-dd%/%KSampler.seed%",), "WAN570"),
        ("SaveImage", ("%year%/100% of it.% a dog",), None),
        ("SaveLatent", ("%KSampler.seed%",), "WAN570"),
    ],
)
def test_a_value_that_the_page_sends_in_another_form_is_reported(type, values, code):
    sketch = Sketch()
    sketch.node(1, type, values)
    assert [one.code for one in told(sketch.workflow())] == ([code] if code else [])


def test_the_seed_in_the_help_is_one_that_the_page_keeps():
    sketch = Sketch()
    sketch.node(1, "RandomNoise", (2**64 - 1, "fixed"))
    (one,) = told(sketch.workflow())
    assert (
        "18446744073709551615, which the ComfyUI page changes to 18446744073709552000"
        in one.message
    )
    assert one.help.startswith("Use 9007199254740991,")


def test_a_primitive_puts_its_text_into_the_widget_where_it_is_changed():
    sketch = Sketch()
    sketch.node(1, "PrimitiveNode", ("a {big} dog // or cat",), gives=("STRING",))
    sketch.node(2, "CLIPTextEncode", ("",), links={"text": (1, 0)})
    assert sent(sketch.workflow())["2"] == {"text": "a big dog "}


def test_a_class_without_dynamic_prompts_sends_what_is_written():
    text = "a {big} dog // or cat"
    assert alone("StringConcatenate", (text, "", ""))["string_a"] == text


def test_a_promoted_prompt_is_sent_as_it_is():
    inside = Sketch()
    inside.node(5, "CLIPTextEncode", ("{a} // b",), gives=("CONDITIONING",))
    subgraph = inside.subgraph("own", {"text": [(5, "text")]}, {})
    for values in ((), ("{c} // d",)):
        sketch = Sketch()
        sketch.node(1, "own", values)
        text = values[0] if values else "{a} // b"
        assert sent(sketch.workflow(subgraph))["1:5"] == {"text": text}


def test_other_texts_are_sent_as_they_are():
    assert alone("PrimitiveString", ("https://{host}",)) == {"value": "https://{host}"}


def test_a_whole_number_with_such_an_entry_is_told_from_a_choice_with_such_a_word():
    assert alone("PrimitiveInt", (5, "fixed")) == {"value": 5}


class OneClass(NamedTuple):
    """A catalogue of one class, `Counter`: a whole number, and a choice of these words behind it."""

    choices: tuple[str, ...]
    target: str = "a test"

    def get(self, name: str) -> NodeClass | None:
        inputs = (Input("count", "INT"), Input("how", "COMBO", options=self.choices))
        return NodeClass("Counter", inputs, (), is_output=True) if name == "Counter" else None

    def names(self) -> tuple[str, ...]:
        return ("Counter",)


@pytest.mark.parametrize(
    ("choices", "values", "expected"),
    [
        (("fixed", "free"), (5, "fixed"), {"count": 5, "how": "fixed"}),
        (("fixed", "free"), (5, "fixed", "free"), {"count": 5, "how": "fixed"}),
        (("free", "bound"), (5, "fixed", "free"), {"count": 5, "how": "free"}),
    ],
)
def test_the_word_behind_a_number_is_the_choice_where_that_has_such_a_word(
    choices, values, expected
):
    sketch = Sketch()
    sketch.node(1, "Counter", values, gives=())
    graph, _ = read(source_of(sketch.workflow()), OneClass(choices))
    assert graph is not None
    assert graph.nodes["1"].inputs == expected


def test_a_float_keeps_its_value_without_the_noise_of_the_editor():
    assert alone("ModelSamplingSD3", (5.000000000000001,)) == {"shift": 5.0}


def test_what_the_list_does_not_reach_has_its_default():
    assert alone("KSampler", (7, "fixed", 4)) == {
        **SAMPLER,
        "cfg": 8.0,
        "scheduler": "simple",
        "sampler_name": "euler",
    }
    assert alone("ModelSamplingSD3", None)["shift"] == 3.0


def test_a_choice_that_brings_inputs_has_their_values_behind_it():
    assert alone("SaveVideo", ("video", "mp4", "h264", "auto", "auto")) == {
        "filename_prefix": "video",
        "format": "mp4",
        "format.codec": "h264",
        "format.codec.encoding": "auto",
        "codec": "auto",
    }


def test_values_by_name_are_read_and_what_is_no_input_is_left_out():
    values = {
        "frame_rate": 16,
        "loop_count": 0,
        "filename_prefix": "x",
        "format": "video/h264-mp4",
        "crf": 17,
        "pingpong": False,
        "save_output": True,
        "videopreview": {"hidden": False},
    }
    inputs = alone("VHS_VideoCombine", values)
    assert inputs["crf"] == 17
    assert inputs["frame_rate"] == 16.0
    assert "videopreview" not in inputs


def test_a_list_is_data_wrapped_or_not():
    assert alone("Odd", {"points": [1, 2]}) == {"points": {"__value__": [1, 2]}}
    assert alone("Odd", {"points": {"__value__": [1, 2]}}) == {"points": {"__value__": [1, 2]}}


def test_of_an_unknown_class_the_named_values_are_known():
    named = {"strength": 0.5, "seed": 3, "control_after_generate": "fixed"}
    assert alone("Odd", (0.5, 3, "fixed"), widgets_values_named=named) == {
        "strength": 0.5,
        "seed": 3,
    }


def test_of_an_unknown_class_values_go_by_the_widgets_that_the_file_names():
    widgets = [
        {"name": name, "type": "INT", "link": None, "widget": {"name": name}}
        for name in ("seed", "size")
    ]
    assert alone("Odd", (3, "randomize", 64), inputs=widgets) == {"seed": 3, "size": 64}
    assert alone("Odd", (3, 64, 1), inputs=widgets) == {}


def test_a_linked_widget_takes_the_link():
    sketch = Sketch()
    sketch.node(1, "PrimitiveInt", (6, "fixed"), gives=("INT",))
    sketch.node(2, "KSampler", (7, "fixed", 4, 1, "euler", "simple", 1), links={"steps": (1, 0)})
    assert sent(sketch.workflow())["2"] == {**SAMPLER, "steps": ["1", 0]}


def test_titles_come_along():
    sketch = Sketch()
    sketch.node(1, "PreviewImage", title="Look here")
    node = graph_of(sketch.workflow()).nodes["1"]
    assert (node.title, node.label) == ("Look here", '#1 "Look here"')


def test_the_own_words_of_a_choice_come_along():
    sketch = Sketch()
    sketch.node(1, "CustomCombo", ("low", 1, "high", "low", ""))
    assert sent(sketch.workflow())["1"] == {
        "choice": "low",
        "index": 1,
        "option1": "high",
        "option2": "low",
        "option3": "",
    }


def test_a_list_of_rows_has_its_number_and_then_the_values_of_each_row():
    sketch = picture()
    sketch.node(8, "UNETLoader", ("a.safetensors", "default"), gives=("MODEL",))
    values = (2, "one.safetensors", 1, True, "two.safetensors", 0.5, False)
    sketch.node(9, "LoadLoraModel", values, links={"model": (8, 0)}, gives=("MODEL",))
    found = sent(sketch.workflow(), "0.39")["9"]
    assert {name: value for name, value in found.items() if name != "model"} == {
        "loras.0.lora_name": "one.safetensors",
        "loras.0.strength": 1.0,
        "loras.0.enabled": True,
        "loras.1.lora_name": "two.safetensors",
        "loras.1.strength": 0.5,
        "loras.1.enabled": False,
    }
    assert told(sketch.workflow(), "0.39") == []
