"""A workflow that somebody's script has damaged: every command says what is wrong, or does its work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importing.user_workflow import prompt
from tests.prompts import changed
from tests.recorded import recordings
from wan22dsl.api import compiler
from wan22dsl.errors import WanError
from wan22dsl.formats.prompt import dump
from wan22dsl.graph.analysis import analyse
from wan22dsl.graph.modes import active

SAVED = json.loads(recordings.of_the_editor("muted_group").workflow.read_text(encoding="utf-8"))
OTHER = dump(prompt()).encode()
JUNK = (None, True, -1, 10**30, 1e308, "", "0", [], {}, [[]], {"a": 1}, ["1", -1], "57:12")


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every member of every object and list in a JSON value, with what it is in."""
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one))
        found += [(one, key) for key in keys]
        waiting += [one[key] for key in keys if isinstance(one[key], (dict, list))]
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([SAVED, prompt()]), st.data())
def test_damage_is_told_or_survived(whole: Any, data: st.DataObject) -> None:
    damaged = json.loads(json.dumps(whole))
    for _ in range(data.draw(st.integers(1, 4))):
        inside, key = data.draw(st.sampled_from(places(damaged)))
        if data.draw(st.booleans()):
            inside[key] = data.draw(st.sampled_from(JUNK))
        else:
            del inside[key]
    text = json.dumps(damaged).encode()
    checked = compiler.check(compiler.Source.decode(text, "x.json"))
    for graph in checked.graphs.values():
        analyse(active(graph.graph))
    try:
        compiler.diff((text, "x.json", None), (OTHER, "y.json", None))
        found = compiler.import_file(text, shown="x.json")
    except WanError:
        return
    if found.text is None:
        assert found.diagnostics
    else:
        assert compiler.format(compiler.Source(found.text, "x.wan"))[0] == found.text


@pytest.mark.parametrize("link", [["gone", 0], ["low_sampler", 0], ["load", -1]])
def test_a_graph_whose_links_lead_nowhere_cannot_be_compared(wan, link: list[Any]) -> None:
    broken = changed(prompt(), "high_sampler", latent_image=("load", 0))
    broken["high_sampler"]["inputs"]["latent_image"] = link
    wan.write("a.json", dump(prompt())).write("b.json", json.dumps(broken))
    result = wan("diff", "a.json", "b.json")
    assert result.status == 2 and "error[WAN" in result.stderr


def test_half_a_character_is_told_where_it_stands(wan) -> None:
    text = dump(prompt()).replace("She smiles", "She \\ud83d smiles")
    result = wan.write("a.json", text)("import", "a.json")
    assert result.status == 1 and "half of a character" in result.stderr
    whole = text.replace("\\ud83d", "\\ud83d\\ude00")
    assert "She 😀 smiles" in wan.write("a.json", whole)("import", "a.json").stdout


CIRCLE = {
    "30": {"class_type": "VAEEncode", "inputs": {"pixels": ["31", 0]}},
    "31": {"class_type": "VAEDecode", "inputs": {"samples": ["30", 0]}},
    "32": {"class_type": "ImageInvert", "inputs": {"image": ["31", 0]}},
}
NOWHERE = {"30": {"class_type": "VAEDecode", "inputs": {"samples": ["99", 0]}}}
ITSELF = {"30": {"class_type": "LatentUpscale", "inputs": {"samples": ["30", 0]}}}


@pytest.mark.parametrize("loose", [CIRCLE, NOWHERE, ITSELF])
def test_nodes_that_never_run_become_comments(loose: dict[str, Any]) -> None:
    text = dump({**prompt(), **loose}).encode()
    found = compiler.import_file(text, shown="x.json")
    assert found.text is not None
    checked = compiler.check(compiler.Source(found.text, "x.wan"))
    assert not [finding for finding in checked.diagnostics if finding.is_error]
    for node in loose.values():
        assert f"# Leads to no output: {node['class_type']}(" in found.text


def test_nodes_that_never_run_are_compared_by_their_class() -> None:
    sides = [(dump({**prompt(), **loose}).encode(), "x.json", None) for loose in (CIRCLE, NOWHERE)]
    found = [difference.difference.text for difference in compiler.diff(*sides).differences]
    assert found == [
        "ImageInvert, which can never run, was removed",
        "VAEEncode, which can never run, was removed",
    ]
    assert not compiler.diff(sides[0], sides[0]).differences


def first_sampler(graph: dict[str, Any]) -> dict[str, Any]:
    return next(node for node in graph.values() if "sampler_name" in node["inputs"])["inputs"]


@pytest.mark.parametrize("name", ["sampler_name", "scheduler"])
def test_an_empty_sampler_or_scheduler_is_imported_as_it_is(name: str) -> None:
    graph = prompt()
    first_sampler(graph)[name] = ""
    found = compiler.import_file(dump(graph).encode(), shown="x.json")
    assert found.text is not None and f'{name} = ""' in found.text


def test_an_input_without_a_name_is_an_error_of_the_file() -> None:
    graph = prompt()
    first_sampler(graph)[""] = 3
    with pytest.raises(WanError, match="has an input without a name"):
        compiler.import_file(dump(graph).encode(), shown="x.json", exact=True)


def test_an_input_without_a_name_that_comfyui_drops_is_named() -> None:
    graph = prompt()
    first_sampler(graph)[""] = 3
    text = compiler.import_file(dump(graph).encode(), shown="x.json").text
    assert text is not None and "# Without effect: `` = 3 of KSamplerAdvanced" in text


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_links_that_go_anywhere_never_keep_a_command_from_ending(data: st.DataObject) -> None:
    graph = prompt()
    ids = [*graph, "gone"]
    links = [
        (node["inputs"], name)
        for node in graph.values()
        for name, value in node["inputs"].items()
        if isinstance(value, list)
    ]
    for _ in range(data.draw(st.integers(1, 5))):
        inputs, name = data.draw(st.sampled_from(links))
        inputs[name] = [data.draw(st.sampled_from(ids)), data.draw(st.integers(0, 2))]
    text = dump(graph).encode()
    found = compiler.import_file(text, shown="x.json")
    assert found.text is not None or found.diagnostics
    compiler.diff((text, "x.json", None), (OTHER, "y.json", None))


def test_a_decoder_without_a_vae_is_imported_as_it_is() -> None:
    graph = prompt()
    for node in graph.values():
        if node["class_type"] == "VAEDecode":
            node["inputs"]["a"] = node["inputs"].pop("vae")
    found = compiler.import_file(dump(graph).encode(), shown="x.json")
    assert found.text is not None and " VAEDecode(" in found.text


def test_a_file_name_with_a_line_end_is_imported_as_it_is() -> None:
    graph = prompt()
    for node in graph.values():
        if "lora_name" in node["inputs"]:
            node["inputs"]["lora_name"] = "wan2.\t2_lightx2v_low.safetensors"
    found = compiler.import_file(dump(graph).encode(), shown="x.json")
    assert found.text is not None
    assert "wan2.\\u{9}2_lightx2v" in found.text


@pytest.mark.parametrize("width", [-1, -832, 0])
def test_a_picture_of_an_impossible_size_is_told_and_not_compared(width: int) -> None:
    graph = prompt()
    graph["empty"] = {
        "class_type": "EmptyImage",
        "inputs": {"width": width, "height": 192, "batch_size": 1, "color": 0},
    }
    (host,) = (node for node in graph.values() if node["class_type"] == "WanImageToVideo")
    host["inputs"] |= {"start_image": ["empty", 0], "width": 832, "height": 480}
    found = compiler.check(compiler.Source(dump(graph), "x.json")).diagnostics
    assert "value-out-of-range" in [finding.name for finding in found]
    assert "picture-cropped" not in [finding.name for finding in found]
