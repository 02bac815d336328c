"""Templates whose placeholders stand without quotes: no JSON, and read all the same."""

from __future__ import annotations

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats import kind
from wan22dsl.source import Source

TEXT = """{"1": {"class_type": "EmptyHunyuanLatentVideo",
 "inputs": {"width": WORD, "height": 480, "length": 81, "batch_size": 1}},
 "2": {"class_type": "SaveLatent", "inputs": {"samples": ["1", 0], "filename_prefix": "a: WORD, b"}}}"""

WORDS = (
    "{{WIDTH}}",
    "{{ width | default(832) }}",
    "${width}",
    "$WIDTH",
    "%width%",
    "<WIDTH>",
    "[[W]]",
)


def read(text):
    source = Source(text, "template.json")
    return source, *kind.read(source, open_catalogue("0.39"))


@pytest.mark.parametrize("word", WORDS)
def test_a_placeholder_without_quotes_is_one_note(word):
    source, graph, found = read(TEXT.replace("WORD", word, 1))
    assert [each.code for each in found] == ["WAN574"]
    assert graph.nodes["1"].placeholders == {"width": word}
    assert graph.nodes["1"].inputs["height"] == 480
    assert found[0].span.source is source
    assert found[0].span.text == word


def test_what_looks_like_one_within_a_text_stays_as_it_is():
    _, graph, _ = read(TEXT.replace("WORD", "%WIDTH%"))
    assert graph.nodes["1"].placeholders == {"width": "%WIDTH%"}
    assert graph.nodes["2"].inputs["filename_prefix"] == "a: %WIDTH%, b"
    assert not graph.nodes["2"].placeholders


def test_the_places_behind_a_placeholder_are_those_of_the_file():
    source, graph, _ = read(TEXT.replace("WORD", "{{WIDTH}}", 1))
    span = graph.nodes["1"].spans["length"]
    assert (span.source, span.text) == (source, "81")


@pytest.mark.parametrize("rest", ["", '"height": }', "{{A}} {{B}},", "{{A}}x,"])
def test_another_fault_is_told_as_in_any_json(rest):
    text = TEXT.replace('"height": 480', rest or '"height" 480').replace("WORD", "{{WIDTH}}", 1)
    source, graph, found = read(text)
    assert graph is None
    assert [each.code for each in found] == ["WAN551"]
    assert found[0].span.source is source
