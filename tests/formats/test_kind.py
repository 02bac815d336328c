"""JSON is told apart by what stands in it, and judged by the same rules as the language."""

from __future__ import annotations

import json

import pytest

from tests.formats.workflow_read.sketch import picture as drawn
from tests.prompts import picture, split
from wan22dsl.api.compiler import check, compile
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.formats.kind import is_json
from wan22dsl.source import Source

PROMPT = picture()
WORKFLOW = drawn().workflow()


def source(value, name="thing.json") -> Source:
    return Source(value if isinstance(value, str) else json.dumps(value, indent=1), name)


@pytest.mark.parametrize(
    ("text", "name", "is_it"),
    [
        ("{}", "x.wan", True),
        ("\n\t[1]", "x", True),
        ('\ufeff{"a": 1}', "x", True),
        ("wan 1\n", "x.json", False),
        ("", "x.json", True),
        ("", "x.wan", False),
        ("# { }", "x.json", False),
    ],
)
def test_json_begins_with_a_bracket_whatever_it_is_called(text, name, is_it):
    assert is_json(Source(text, name)) is is_it


@pytest.mark.parametrize(
    "wrapped",
    [
        PROMPT,
        {"prompt": PROMPT},
        {"prompt": PROMPT, "client_id": "x", "extra_data": {"extra_pnginfo": {"workflow": {}}}},
        {"prompt": PROMPT, "workflow": {"nodes": [], "links": []}},
        {"output": PROMPT, "workflow": WORKFLOW},
        {"id": {"prompt": [1, "id", PROMPT, {}, ["save"]], "outputs": {}}},
        {"prompt": [1, "id", PROMPT, {}, ["save"]]},
        {"prompt": [1, "id", PROMPT]},
        WORKFLOW,
        {"workflow": WORKFLOW},
        {"extra_data": {"extra_pnginfo": {"workflow": WORKFLOW}}},
    ],
)
def test_every_wrapping_is_seen_through(wrapped):
    checked = check(source(wrapped))
    assert [finding.message for finding in checked.diagnostics] == []
    assert list(checked.graphs) == ["thing"]
    assert len(checked.graphs["thing"].graph.nodes) == 3


def test_a_node_that_is_called_as_a_wrapper_is_a_node():
    prompt = {"prompt": PROMPT["load"], "workflow": PROMPT["load"], **PROMPT}
    (finding,) = check(source(prompt)).diagnostics
    assert finding.fields["node"] == "#prompt (LoadImage) or #workflow (LoadImage)"


@pytest.mark.parametrize("value", [PROMPT, WORKFLOW])
def test_a_finding_points_at_the_place_and_names_the_node(value):
    text = json.dumps(value, indent=1).replace("2.0", "9.5").replace("   2\n", "   9.5\n")
    (finding,) = check(source(text)).diagnostics
    assert finding.code == "WAN504"
    assert finding.span is not None
    assert finding.span.text == "9.5"
    assert "(ImageScaleBy)" in finding.message
    assert finding.message.startswith("`scale_by` of #")


def test_a_title_names_the_node():
    prompt = split()
    prompt["high_sampler"]["_meta"] = {"title": "the first\npass"}
    prompt["high_sampler"]["inputs"]["steps"] = 0
    found = check(source(prompt)).diagnostics
    assert '`steps` of #high_sampler "the first pass" is 0' in found[0].message


def test_a_byte_order_mark_is_no_matter(tmp_path):
    file = tmp_path / "made on windows.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(WORKFLOW).encode().replace(b"\n", b"\r\n"))
    checked = check(file)
    assert list(checked.graphs) == ["made on windows"]
    assert checked.diagnostics == []


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"RIFF\x10\xff\0\0WEBPVP8 ", "a WebP picture"),
        (b"\0\0\0\x20ftypisom\0\xff", "an MP4 video"),
        (b"\x1aE\xdf\xa3\xff\xff", "a WebM or Matroska video"),
    ],
)
def test_a_picture_or_video_is_named_as_one(tmp_path, data, what):
    file = tmp_path / "out.json"
    file.write_bytes(data)
    with pytest.raises(UnreadableFile, match=f"is {what}, not text; `wan import` reads"):
        check(file)


def test_json_has_no_parameters():
    with pytest.raises(CommandError, match="`seed` cannot be set"):
        check(source(PROMPT), values={"seed": "1"})


def test_json_is_not_compiled():
    with pytest.raises(CommandError, match=r"thing.json: this is JSON"):
        compile(source(PROMPT))
