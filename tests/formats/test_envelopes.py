"""A graph is found in whatever clients wrap it in, and what is found in it is where it is in the file."""

from __future__ import annotations

import json

import pytest

from tests.formats.workflow_read.sketch import picture as drawn
from tests.prompts import picture
from wan22dsl.api.compiler import check, diff, import_file
from wan22dsl.api.description import describe
from wan22dsl.source import Source

PROMPT = picture()
WORKFLOW = drawn().workflow()
ITEM = [3, "0b7c", PROMPT, {"client_id": "x"}, ["save"]]

ENVELOPES = {
    "a request to a serverless worker": {"input": {"workflow": PROMPT, "images": []}},
    "the same with a workflow": {"input": {"workflow": WORKFLOW}},
    "the same under another name": {"input": {"prompt": PROMPT}, "webhook": "https://example.org"},
    "a string": {"input": {"workflow": json.dumps(PROMPT, indent=2)}},
    "a string of a workflow": {"workflow": json.dumps(WORKFLOW), "name": "é\r\n"},
    "a string in a string": {"input": json.dumps({"prompt": json.dumps(PROMPT)})},
    "an item of the queue": ITEM,
    "the queue": {"queue_running": [ITEM], "queue_pending": []},
    "a list of history entries": [{"prompt": ITEM, "outputs": {}, "status": {}}],
    "a record of another tool": {"name": "dog", "version": 2, "api": PROMPT},
}


def source(value) -> Source:
    return Source(json.dumps(value, indent=1), "thing.json")


@pytest.mark.parametrize("value", ENVELOPES.values(), ids=ENVELOPES)
def test_the_graph_in_an_envelope_is_judged(value):
    checked = check(source(value))
    assert [finding.message for finding in checked.diagnostics] == []
    assert len(checked.graphs["thing"].graph.nodes) == 3


@pytest.mark.parametrize("value", ENVELOPES.values(), ids=ENVELOPES)
def test_the_graph_in_an_envelope_is_imported_described_and_compared(value, tmp_path):
    file, bare = tmp_path / "thing.json", tmp_path / "bare.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    inner = WORKFLOW if "nodes" in file.read_text(encoding="utf-8") else PROMPT
    bare.write_text(json.dumps(inner), encoding="utf-8")
    assert import_file(file).text is not None
    assert describe(file).description is not None
    assert diff(bare, file).differences == []


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"input": {"workflow": PROMPT}}, "/input/workflow/scale/inputs/scale_by"),
        (ITEM, "/2/scale/inputs/scale_by"),
        ({"queue_running": [ITEM]}, "/queue_running/0/2/scale/inputs/scale_by"),
    ],
)
def test_a_finding_has_its_line_and_its_pointer_in_the_file(value, pointer):
    text = json.dumps(value, indent=1).replace("2.0", "9.5")
    (finding,) = check(Source(text, "thing.json")).diagnostics
    assert finding.span.text == "9.5"
    assert finding.location.pointer == pointer


@pytest.mark.parametrize("depth", [1, 2])
def test_a_finding_in_a_string_has_its_line_and_its_node(depth):
    prompt = picture()
    prompt["scale"]["inputs"]["scale_by"] = 9.5
    prompt["scale"]["_meta"] = {"title": 'a\t"é" 😀\r\n'}
    prompt = {"before": {**prompt["load"]}, **prompt}
    text = json.dumps(prompt)
    for _ in range(depth - 1):
        text = json.dumps({"prompt": text})
    whole = json.dumps({"input": {"workflow": text}}, indent=1)
    finding = next(each for each in check(Source(whole, "a.json")).diagnostics if each.is_error)
    assert finding.span.text.strip('\\"') == "ImageScaleBy"
    assert finding.span.first.line == 3
    assert finding.location.pointer == "/input/workflow"
    assert (finding.location.node, finding.location.input) == ("scale", "scale_by")
    assert finding.fix is None


def test_of_several_graphs_all_are_checked():
    other = picture()
    other["scale"]["inputs"]["scale_by"] = 9.5
    checked = check(source([ITEM, [4, "0b7d", other, {}, ["save"]]]))
    finding, of_the_second = checked.diagnostics
    assert finding.message == (
        "The file has 2 prompts or workflows; all are checked, and other commands read only the first."
    )
    assert finding.location.pointer == "/0/2"
    assert of_the_second.location.pointer == "/1/2/scale/inputs/scale_by"
    assert list(checked.graphs) == ["thing"]


@pytest.mark.parametrize(
    "value",
    [
        {"input": {}},
        {"input": "no JSON {"},
        {"input": '{"class_type": ' + "[" * 5000},
        {"input": {"workflow": '"nodes"'}},
        [[], [1, "x"], [1, "x", {}]],
        {"queue_running": [], "queue_pending": []},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": PROMPT}}}}}}}}},
    ],
)
def test_an_envelope_without_a_graph_is_an_error(value):
    checked = check(source(value))
    assert any(finding.is_error for finding in checked.diagnostics)
    assert not checked.graphs
