"""A workflow that was written here comes back as it went out, and with it the text that it was made of."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.examples.test_examples import Example, _values
from tests.formats.test_workflow_write import BOTH, EACH, compiled, drawn
from tests.prompts import meaning
from wan22dsl.api import compiler
from wan22dsl.formats import prompt as prompt_format
from wan22dsl.formats.prompt import dump
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.video import video
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.importing.files import Imported

SHOT = """\
# Mine, with my own words.
wan 1
use wan22

pipeline shot {
    image  = "a.png"
    prompt = "She smiles"
    size   = 832x480
    length = 81f
    flow   = wan22.high -> wan22.low -> rife -> save("shot")
}
"""


def brought_in(workflow: dict[str, Any], **more: Any) -> Imported:
    found = compiler.import_file(dump(workflow).encode(), shown="shot.json", **more)
    assert found.text is not None, [finding.message for finding in found.diagnostics]
    return found


def _words(text: str) -> list[str]:
    """The words of a text in any order: the inputs of a node stand in another one in the editor."""
    return sorted(re.findall(r"[^\s,()]+", text))


def shot(text: str = SHOT, **values: Any) -> dict[str, Any]:
    made, found = compiler.workflow(Source(text, "shot.wan"), values=values)
    assert made is not None, [finding.message for finding in found]
    return json.loads(json.dumps(made))


def of_class(workflow: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node for node in workflow["nodes"] if node["type"] == name)


@EACH
def test_it_reads_as_the_prompt_does_and_compiles_to_it(example: Example, target: str) -> None:
    prompt = prompt_format.write(compiled(example, target))
    workflow = drawn(example, target)
    text = brought_in(workflow, from_graph=True, target=target, exact=True).text
    of_prompt = brought_in(prompt, target=target, exact=True).text
    assert text is not None and of_prompt is not None
    again = compiler.compile(Source(text, "again.wan"), target=target)
    assert again.prompt is not None and meaning(again.prompt) == meaning(prompt)
    assert "\npipeline " in text
    if "mode = " not in text:  # a prompt has no muted nodes
        assert _words(text) == _words(of_prompt)


@pytest.mark.parametrize(
    ("example", "target"),
    [each for each in BOTH if not _values(each[0].file)],  # the text alone has no values
    ids=lambda example: example if isinstance(example, str) else example.label,
)
def test_nothing_differs_from_the_text(example: Example, target: str) -> None:
    one = (example.file.read_bytes(), "one.wan", example.file)
    other = (dump(drawn(example, target)).encode(), "other.json", None)
    found = compiler.diff(one, other, pipeline=example.name, target=target)
    assert [str(each) for each in found.differences] == []


def test_the_text_itself_comes_back() -> None:
    found = brought_in(shot())
    assert found.own and found.text == SHOT and found.hints == ()


def test_what_it_was_made_with_is_told() -> None:
    text = SHOT.replace("use wan22\n", "use wan22\n\nparam seed: int = 1\n")
    text = text.replace("    flow ", "    seed   = seed\n    flow ")
    found = brought_in(shot(text, seed=9))
    assert found.text == text and found.hints == ("the file was made with --set seed=9",)


def test_a_text_that_uses_another_comes_back_too(wan) -> None:
    wan.write("house.wan", "wan 1\nuse wan22\n\npass quick = wan22.low(cfg = 2.0)\n")
    text = SHOT.replace("use wan22\n", 'use wan22\nuse "house.wan" as house\n')
    text = text.replace("wan22.low", "house.quick")
    wan.write("shot.wan", text)("compile", "shot.wan", "-f", "workflow", "-o", "shot.json")
    result = wan("import", "shot.json")
    assert result.stdout == text and result.stderr == "note: the source uses house.wan\n"


def test_where_somebody_has_changed_the_graph_it_counts() -> None:
    workflow = shot()
    of_class(workflow, "ModelSamplingSD3")["widgets_values"] = [7.0]
    found = brought_in(workflow)
    assert not found.own and "which was changed later" in found.hints[0]
    assert "shift = 7.0" in str(found.text) and "my own words" not in str(found.text)


def test_where_somebody_has_bypassed_a_node_the_graph_counts() -> None:
    workflow = shot()
    of_class(workflow, "RIFE VFI")["mode"] = 4
    found = brought_in(workflow)
    assert not found.own and "which was changed later" in found.hints[0]


def test_a_note_that_somebody_has_written_is_told() -> None:
    workflow = shot()
    note = {**of_class(workflow, "MarkdownNote"), "id": 900, "properties": {}}
    workflow["nodes"].append({**note, "widgets_values": ["Try shift 8."]})
    found = brought_in(workflow)
    assert found.own and "notes" in found.hints[0]
    made = brought_in(workflow, from_graph=True).text
    assert made is not None and "# Note: Try shift 8." in made and "my own words" not in made


def test_a_video_that_the_editor_made_of_it_gives_the_text_back() -> None:
    """The editor sends every optional setting, and puts the workflow beside the prompt."""
    prompt = compiler.compile(Source(SHOT, "shot.wan")).prompt
    assert prompt is not None
    sent: dict[str, Any] = json.loads(json.dumps(prompt))
    more = {"CLIPLoader": {"device": "default"}, "CreateVideo": {"bit_depth": 8}}
    more["SaveVideo"] = {"format.codec": "h264", "format.codec.encoding": "auto", "codec": "auto"}
    for node in sent.values():
        node["inputs"].update(more.get(node["class_type"], {}))
    carried = {"prompt": dump(sent), "workflow": dump(shot())}
    data = video(Clip(64, 96, 3, 16.0, "0f"), "mp4", carried)
    assert compiler.import_file(data, shown="shot.mp4").text == SHOT


@pytest.mark.parametrize("wan", [[], {"source": 1}, {"source": "", "pipeline": "", "uses": []}])
def test_what_is_no_text_is_not_looked_at(wan: Any) -> None:
    workflow = shot()
    workflow["extra"]["wan"] = wan
    assert "flow   = wan22.high -> wan22.low -> rife" in str(brought_in(workflow).text)


@pytest.mark.parametrize(
    "path", ["../../../../../../escaped.wan", "/escaped.wan", "a\0b", "x" * 5000, "../" * 5000]
)
def test_a_path_that_leads_out_or_nowhere_is_not_written(path: str) -> None:
    workflow = shot()
    workflow["extra"]["wan"]["uses"] = {path: "wan 1\n"}
    assert "wan22.low -> rife" in str(brought_in(workflow).text)


# --- what nobody gave ---


def test_a_field_that_nobody_gave_counts_once_somebody_changes_it() -> None:
    workflow = shot()
    of_class(workflow, "CLIPLoader")["widgets_values"][2] = "cpu"
    text = brought_in(workflow).text
    assert text is not None and 'text_encoder umt5 = wan22.umt5(device = "cpu")' in text


def test_another_codec_brings_the_fields_that_it_needs() -> None:
    workflow = shot()
    node = of_class(workflow, "SaveVideo")
    assert node["widgets_values"] == ["shot", "mp4", "h264", "auto", "auto"]
    node["widgets_values"][2] = "av1"
    text = brought_in(workflow).text
    assert text is not None and 'codec = "av1"' in text and "encoding" not in text


def test_what_the_editor_sends_is_in_words_of_the_library() -> None:
    """Saved by the editor itself, which has no list of what nobody gave, and the prompt that it sends."""
    workflow = shot()
    for node in workflow["nodes"]:
        node["properties"] = {}
    workflow["extra"] = {}
    of_class(workflow, "SaveVideo")["widgets_values"][4:] = ["auto"]
    text = brought_in(workflow).text
    assert text is not None
    assert "text_encoder" not in text
    assert '-> rife -> save_video("shot", encoding = "auto")' in text


def test_a_video_of_a_newer_editor_is_in_words_of_the_library_too() -> None:
    """The editor of ComfyUI 0.39 sends `bit_depth` "auto" and two more fields of CreateVideo."""
    workflow = shot()
    for node in workflow["nodes"]:
        node["properties"] = {}
    workflow["extra"] = {}
    of_class(workflow, "SaveVideo")["widgets_values"][4:] = ["auto"]
    of_class(workflow, "CreateVideo")["widgets_values"][1:] = ["auto", "sRGB", "none"]
    text = brought_in(workflow).text
    assert text is not None
    assert '-> rife -> save_video("shot", encoding = "auto")' in text
