"""Prompt JSON: what is written can be read, is as the schema has it, and broken text is told, not raised."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts import changed, codes, found, graph_of, node, picture, split
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats import messages
from wan22dsl.formats.prompt import dump, read, shape_errors, write
from wan22dsl.graph.equality import digests
from wan22dsl.graph.model import CheckedGraph, Graph, Link, Node
from wan22dsl.lint.rules.engine import judge
from wan22dsl.resources import schema
from wan22dsl.source import Source

CATALOGUE = open_catalogue("0.33.0")
SCHEMA = jsonschema.Draft202012Validator(json.loads(schema("prompt")))


def written(class_name: str, **inputs: Any) -> dict[str, Any]:
    graph = Graph("x", {"a": Node("a", class_name, inputs)}, CATALOGUE)
    return write(CheckedGraph(graph))["a"]["inputs"]


def test_a_node_has_its_class_its_inputs_and_a_title():
    nodes = {
        "b": Node("b", "LoadImage", {"image": "a.png"}, title="First frame"),
        "a": Node("a", "PreviewImage", {"images": Link("b", 0)}),
    }
    prompt = write(CheckedGraph(Graph("x", nodes, CATALOGUE)))
    assert list(prompt) == ["b", "a"]
    assert prompt["b"]["_meta"] == {"title": "First frame"}
    assert prompt["a"] == {
        "class_type": "PreviewImage",
        "inputs": {"images": ["b", 0]},
        "_meta": {"title": "a"},
    }


@pytest.mark.parametrize(
    ("class_name", "name", "value", "expected"),
    [
        ("ImageScaleBy", "scale_by", 2, "2.0"),
        ("ImageScaleBy", "scale_by", 0.1 + 0.2, "0.3"),
        ("ImageScaleBy", "scale_by", 1.0000000000000002, "1.0"),
        ("EmptyImage", "width", 64.0, "64"),
        ("KSampler", "seed", 2**64 - 1, "18446744073709551615"),
        ("RIFE VFI", "scale_factor", 1, "1.0"),
        ("RIFE VFI", "multiplier", 2, "2"),
        ("RIFE VFI", "ensemble", True, "true"),
        ("CLIPTextEncode", "text", ["a", "b"], '{"__value__": ["a", "b"]}'),
        ("My Node (pack)", "any", {"on": True, "x": None, "y": [0.1 + 0.2]}, None),
        ("My Node (pack)", "any", 2.0, "2.0"),
        ("ImageScaleBy", "scale_by", -0.0, "0.0"),
        ("My Node (pack)", "any", 1234567890123456.0, "1234567890123456.0"),
    ],
)
def test_values_take_the_type_of_their_input(class_name, name, value, expected):
    expected = expected or '{"on": true, "x": null, "y": [0.3]}'
    assert json.dumps(written(class_name, **{name: value})[name]) == expected


def test_inputs_of_a_dynamic_choice_take_their_types_too():
    inputs = {
        "format": "mp4",
        "format.codec": "h264",
        "format.codec.encoding": "re-encode",
        "format.codec.encoding.crf": 18,
    }
    assert repr(written("SaveVideo", **inputs)["format.codec.encoding.crf"]) == "18.0"


def test_a_file_is_spelt_as_the_server_spells_it():
    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass, Output

    class Own:
        target = "a server"

        def get(self, name: str) -> NodeClass:
            choice = Input("unet_name", "COMBO", options=("wan\\high.safetensors",), files="unet")
            return NodeClass(name, (choice,), (Output("MODEL", "MODEL"),))

        def names(self) -> list[str]:
            return ["UNETLoader"]

    nodes = {"a": Node("a", "UNETLoader", {"unet_name": "wan/high.safetensors"})}
    prompt = write(CheckedGraph(Graph("x", nodes, Own())))
    assert prompt["a"]["inputs"] == {"unet_name": "wan\\high.safetensors"}


def test_the_text_is_the_same_every_time_and_for_people():
    graph = graph_of(picture())
    prompt = write(CheckedGraph(graph))
    prompt["load"]["_meta"]["title"] = "Erstes Bild – 最初"
    text = dump(prompt)
    assert text == dump(json.loads(text))
    assert text.endswith("}\n")
    assert "最初" in text
    assert "\r" not in text


def test_half_a_pair_is_escaped_so_that_the_text_can_be_written():
    assert "\\ud83d" in dump({"a": "\ud83d"})
    dump({"a": "\ud83d"}).encode()


def test_numbers_that_json_does_not_have_are_refused():
    with pytest.raises(ValueError, match="nan"):
        dump({"a": float("nan")})


@pytest.mark.parametrize("prompt", [picture(), split()])
def test_what_is_written_reads_back_as_the_same_graph(prompt):
    graph = graph_of(prompt)
    checked, diagnostics = judge(graph)
    assert diagnostics == []
    assert checked is not None
    once = dump(write(checked))
    again, _ = judge(graph_of(once))
    assert again is not None
    assert dump(write(again)) == once
    assert digests(again.graph) == digests(graph)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "WAN551", "the file is empty"),
        ("{", "WAN551", "a name in double quotes is missing"),
        ('{"a": }', "WAN551", "a value is missing"),
        ('{"a": {}} {}', "WAN551", "after the last bracket"),
        ('{"a": "b\n"}', "WAN551", "a line break or tab"),
        ("[" * 100_000, "WAN551", "too deep"),
        ('{"a": ' * 100_000, "WAN551", "too deep"),
        (
            '{"1": {"class_type": "X", "inputs": {"a": ' + "[" * 62 + "]" * 62 + "}}}",
            "WAN551",
            "too deep",
        ),
        (
            '{"1": {"class_type": "X", "inputs": {"a": ' + "9" * 310 + "}}}",
            "WAN551",
            "too many digits",
        ),
        (
            '{"1": {"class_type": "X", "inputs": {"a": -' + "9" * 5000 + "}}}",
            "WAN551",
            "too many digits",
        ),
        ("9" * 5000, "WAN55", ""),
        ("[]", "WAN552", "a list"),
        ("null", "WAN552", "null"),
        ('"text"', "WAN552", "text"),
        ("7", "WAN552", "a number"),
        ('{"nodes": [], "links": [], "version": 0.4}', "WAN552", "workflow JSON"),
        ('{"prompt": {"1": {}}, "client_id": "x"}', "WAN552", "under `prompt`"),
        ('{"title": "x", "steps": 4}', "WAN552", "an object without nodes"),
        ('{"title": "x", "models": {"vae": []}}', "WAN552", "an object without nodes"),
        ('{"a": null}', "WAN554", "null"),
        ('{"a": [1]}', "WAN554", "a list"),
        ('{"": {"class_type": "X", "inputs": {}}}', "WAN554", "no id"),
        ('{"a": {"inputs": {}}}', "WAN555", '"a" has no `class_type`'),
        ('{"a": {"class_type": 5, "inputs": {}}}', "WAN555", ""),
        ('{"a": {"class_type": "LoadImage"}}', "WAN556", '"a" has no `inputs`'),
        ('{"a": {"class_type": "LoadImage", "inputs": null}}', "WAN556", ""),
        ('{"a": {"class_type": "X", "inputs": {"x": ["a"]}}}', "WAN557", '["a"]'),
        ('{"a": {"class_type": "X", "inputs": {"x": [1, 0]}}}', "WAN557", "as a number"),
    ],
)
def test_what_is_not_a_prompt_is_told_plainly(text, code, words):
    reported = found(text)
    assert reported[0].code.startswith(code)
    assert words in reported[0].message
    assert reported[0].span is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": {"class_type": "X", "inputs": {"x": 1, "x": 2}}}', 'the inputs of "a"'),
        ('{"a": {"class_type": "X", "class_type": "Y", "inputs": {}}}', 'node "a"'),
        (
            '{"a": {"class_type": "X", "inputs": {}}, "a": {"class_type": "X", "inputs": {}}}',
            "the prompt",
        ),
    ],
)
def test_what_stands_twice_is_told_where_it_stands_again(text, message):
    (finding,) = found(text)
    assert finding.code == "WAN553"
    assert f"is twice in {message}" in finding.message


def test_all_mistakes_of_form_are_told_at_once():
    text = '{"a": null, "b": {"class_type": "X"}, "c": {"inputs": {"x": [1, 2, 3]}}}'
    assert codes(text) == {"WAN554", "WAN555", "WAN556", "WAN557"}


@pytest.mark.parametrize(("key", "severity"), [("_comment", "note"), ("comment", "error")])
def test_notes_between_the_nodes_are_told_and_the_nodes_are_judged_all_the_same(key, severity):
    """Programs take out what begins with an underscore before they send the prompt."""
    noted = json.dumps({key: "Two steps", **picture(upscale_method="sharp")})
    graph, reported = read(Source(noted, "a.json"), CATALOGUE)
    assert [(finding.code, finding.severity.value) for finding in reported] == [
        ("WAN554", severity)
    ]
    assert graph is not None and list(graph.nodes) == ["load", "scale", "save"]
    assert codes(noted) == {"WAN505"}


@pytest.mark.parametrize("note", ["nothing", ["a.safetensors"], 3, None, {"a": 1}])
def test_a_prompt_with_notes_between_its_nodes_can_be_imported(note):
    noted = json.dumps({"_uses": note, **picture()})
    imported = compiler.import_file(noted.encode(), shown="a.json")
    assert [finding.code for finding in imported.diagnostics] == ["WAN554"]
    plain = compiler.import_file(json.dumps(picture()).encode(), shown="a.json")
    assert imported.text == plain.text is not None


def test_numbers_that_json_does_not_have_are_kept_for_the_rules():
    text = json.dumps(picture(scale_by=float("nan")))
    assert "NaN" in text
    assert codes(text) == {"WAN508"}


def test_a_list_behind_value_is_data():
    graph = graph_of({"a": node("My Node (pack)", points={"__value__": ["left", 3]})})
    assert graph.nodes["a"].inputs == {"points": ["left", 3]}
    assert write(CheckedGraph(graph))["a"]["inputs"] == {"points": {"__value__": ["left", 3]}}


def test_what_stands_beside_the_parts_of_a_node_is_left_out():
    text = '{"a": {"class_type": "LoadImage", "inputs": {"image": "a.png"}, "is_changed": ["x"]}}'
    assert "is_changed" not in dump(write(CheckedGraph(graph_of(text))))


def test_places_are_right_with_escapes_and_letters_of_all_kinds():
    text = '{\n  "é\\u00e9\\"": {"class_type": "My 🎥", "inputs": {"x": [ "é\\"",\t-1 ] } }\n}'
    graph, reported = read(Source(text, "folder/a.b.json"), CATALOGUE)
    assert reported == []
    assert graph is not None
    assert graph.name == "a.b"
    (made,) = graph.nodes.values()
    assert made.id == 'éé"'
    assert made.span is not None
    assert made.span.text == '"My 🎥"'
    assert made.spans["x"].text == '[ "é\\"",\t-1 ]'
    assert made.inputs["x"] == Link('é"', -1)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
_LINKS = st.tuples(st.text(max_size=2), st.integers(-1, 2) | st.floats(-1, 2)).map(list)
_NODES = st.fixed_dictionaries(
    {},
    optional={
        "class_type": st.text(max_size=3) | _JSON,
        "inputs": st.dictionaries(st.text(max_size=3), _JSON | _LINKS, max_size=3) | _JSON,
        "_meta": st.fixed_dictionaries({}, optional={"title": st.text(max_size=3) | _JSON}) | _JSON,
        "more": _JSON,
    },
)
_WHOLE = st.fixed_dictionaries(
    {
        "class_type": st.text(min_size=1, max_size=3),
        "inputs": st.dictionaries(st.text(max_size=3), _JSON | _LINKS, max_size=3),
        "_meta": st.just({"title": "x"}),
    }
)
_PROMPTS = st.dictionaries(st.text(max_size=3), _WHOLE | _NODES | _JSON, max_size=3) | _JSON


@given(_PROMPTS)
def test_the_light_check_agrees_with_the_schema(prompt):
    assert (shape_errors(prompt) == []) == SCHEMA.is_valid(prompt)


@given(_PROMPTS)
def test_reading_tells_and_never_raises(prompt):
    graph, reported = read(Source(json.dumps(prompt), "x.json"), CATALOGUE)
    assert (graph is None) == bool(reported)
    if graph is not None:
        checked, _ = judge(graph)
        assert checked is None or shape_errors(write(checked)) == []


@given(st.data())
def test_a_damaged_text_is_told_and_never_raises(data):
    text = json.dumps(picture(), indent=1)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    damaged = text[:start] + data.draw(st.text(max_size=4)) + text[end:]
    for finding in found(damaged):
        assert finding.message
        assert finding.span is None or 0 <= finding.span.start <= finding.span.end <= len(damaged)


@pytest.mark.parametrize("message", messages.ALL, ids=lambda finding: finding.code)
def test_messages_say_why_and_what_to_do(message):
    assert message.why
    assert message.help
    assert message.bad
    assert message.good


def test_a_long_text_is_read_in_one_go():
    prompt = {f"n{number}": node("ImageInvert", image=("n0", 0)) for number in range(20_000)}
    graph = graph_of(prompt)
    assert len(graph.nodes) == 20_000


SAVED = {
    "1": {"class_type": "LoadVideo", "inputs": {"file": "a.mp4"}},
    "2": {
        "class_type": "SaveVideo",
        "inputs": {"video": ["1", 0], "filename_prefix": "x", "format": "mp4", "codec": "h264"},
    },
}


@pytest.mark.parametrize(
    ("target", "name", "codec"),
    [
        ("0.33.0", "format.codec", "h264"),
        ("0.33.0", "format.codec", "av1"),
        ("0.3.64", "codec", "h264"),
    ],
)
def test_a_choice_inside_of_a_choice_is_written_as_the_target_has_it(target, name, codec):
    inputs = {**SAVED["2"]["inputs"], "codec": codec}
    prompt = {**SAVED, "2": {**SAVED["2"], "inputs": inputs}}
    graph, _ = read(Source(json.dumps(prompt), "x.json"), open_catalogue(target))
    assert graph is not None
    written = write(CheckedGraph(graph))["2"]["inputs"]
    assert {key: each for key, each in written.items() if "codec" in key} == {name: codec}
    given = inputs_of(open_catalogue(target).get("SaveVideo"), written)
    assert not [key for key, each in given.items() if each.required and key not in written]


def test_a_fraction_for_a_whole_number_is_written_as_it_is():
    """What becomes of it is the server's business, and a rule's."""
    graph = graph_of(changed(split(), "high_sampler", steps=4.5))
    assert write(CheckedGraph(graph))["high_sampler"]["inputs"]["steps"] == 4.5
    whole = graph_of(changed(split(), "high_sampler", steps=4.0))
    steps = write(CheckedGraph(whole))["high_sampler"]["inputs"]["steps"]
    assert (steps, type(steps)) == (4, int)


def test_a_list_at_an_input_that_the_class_does_not_have_is_no_link_and_is_kept():
    """What a script of the page exports there: ComfyUI looks only at the inputs of the class."""
    shown = [{"name": "A", "selected": True}, {"name": "B", "selected": True}]
    text = json.dumps(picture(value=shown))
    graph, reported = read(Source(text, "a.json"), CATALOGUE)
    assert reported == []
    assert graph is not None and graph.nodes["scale"].inputs["value"] == shown
    assert codes(json.dumps(picture(scale_by=shown))) == {"WAN557"}
