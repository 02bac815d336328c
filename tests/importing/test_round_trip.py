"""A workflow that the editor saved, with a muted group in it: it comes in, one line is added, it goes back.

The editor is that of ComfyUI 0.33.0, comfyui-frontend-package 1.58.1.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from tests.prompts import changed, meaning, node
from tests.recorded import recordings
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.source import Source

#: The ComfyUI of that editor.
EDITOR = "0.33.0"

SAVED, SENT, _ = recordings.of_the_editor("muted_group")


@cache
def brought_in() -> str:
    text = compiler.import_file(SAVED, target=EDITOR).text
    assert text is not None
    return text


def with_one_more_patch() -> str:
    text = brought_in()
    assert text.count("= sage\n") == 1
    return text.replace("= sage\n", "= cfg_zero_star -> sage\n")


@cache
def gone_back(text: str) -> dict[str, Any]:
    workflow, found = compiler.workflow(Source(text, "mine.wan"), target=EDITOR)
    assert workflow is not None, [finding.message for finding in found]
    return workflow


def numbered(prompt: dict[str, Any]) -> dict[str, Any]:
    """A prompt whose whole numbers are floats: the editor writes 1.0 as 1."""
    return {
        id: {
            **node,
            "inputs": {
                name: float(value) if type(value) is int else value
                for name, value in node["inputs"].items()
            },
        }
        for id, node in prompt.items()
    }


def muted(workflow: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The muted nodes with their values, seeds fixed, and how many of their inputs are linked."""
    return sorted(
        (
            node["type"],
            node.get("title") if "OLD" in node.get("title", "") else "",
            [
                "fixed" if value == "randomize" else value
                for value in node.get("widgets_values", [])
            ],
            sum(1 for each in node["inputs"] if each.get("link") is not None),
        )
        for node in workflow["nodes"]
        if node["mode"] == 2
    )


def test_what_runs_reads_in_one_screen() -> None:
    text = brought_in()
    assert "flow = [\n        wan22.high -> low -> rife -> save_video(" in text
    assert "    patches = sage\n" in text and "pass low = wan22.low(shift = 6.0)\n" in text
    assert "# Note: High does 0-2, low does 2-4.\n# Shift 5 and 6.\n" in text
    assert "# Groups: OLD TRY (muted), HIGH\n" in text


@pytest.mark.parametrize("name", ["a_split", "b_refine_saveboth", "muted_group"])
def test_it_compiles_to_what_the_editor_sends(name: str) -> None:
    saved = recordings.of_the_editor(name)
    text = compiler.import_file(saved.workflow, target=saved.comfyui).text
    assert text is not None
    compiled = compiler.compile(Source(text, "mine.wan"), target=saved.comfyui)
    sent = json.loads(saved.prompt.read_text(encoding="utf-8"))
    assert compiled.prompt is not None
    assert meaning(numbered(compiled.prompt)) == meaning(numbered(sent))


def test_the_muted_group_stays_what_it_is_and_is_no_pass() -> None:
    assert len(re.findall('mode = "mute"', brought_in())) == 5
    saved = json.loads(SAVED.read_text(encoding="utf-8"))
    for text in (brought_in(), with_one_more_patch()):
        workflow = gone_back(text)
        assert muted(workflow) == muted(saved)
        assert "Switched off" in [group["title"] for group in workflow["groups"]]
    found = compiler.check(Source(brought_in(), "mine.wan")).diagnostics
    assert [finding for finding in found if "16.7 %" in finding.message]
    assert not [finding for finding in found if "3.5" in finding.message]


def test_one_more_patch_behind_the_lora_of_each_expert_is_one_line() -> None:
    sent = json.loads(SENT.read_text(encoding="utf-8"))
    for id, one in list(sent.items()):
        if one["class_type"] == "PathchSageAttentionKJ":
            sent[f"{id}_more"] = node("CFGZeroStar", model=tuple(one["inputs"]["model"]))
            sent = changed(sent, id, model=(f"{id}_more", 0))
    compiled = compiler.compile(Source(with_one_more_patch(), "mine.wan"), target=EDITOR)
    assert compiled.prompt is not None
    wanted, made = meaning(numbered(sent)), meaning(numbered(compiled.prompt))
    assert set(wanted) <= set(made)
    # The muted group keeps the models that it had: these two patches and shifts lead to nothing else.
    assert len(made) == len(wanted) + 4


def test_what_goes_back_comes_in_again() -> None:
    for text in (brought_in(), with_one_more_patch()):
        workflow = gone_back(text)
        again = compiler.import_file(dump(workflow).encode(), shown="mine.json", target=EDITOR)
        assert again.own and again.text == text
        anew = compiler.import_file(
            dump(workflow).encode(), shown="mine.json", target=EDITOR, from_graph=True
        )
        assert anew.text is not None
        two, one = (
            compiler.compile(Source(each, "mine.wan"), target=EDITOR) for each in (anew.text, text)
        )
        assert two.prompt is not None and one.prompt is not None
        assert meaning(two.prompt) == meaning(one.prompt)
        assert len(re.findall('mode = "mute"', anew.text)) == 5


def test_a_group_that_is_linked_to_nothing_that_runs_becomes_comments_unless_asked_for() -> None:
    saved = json.loads(SAVED.read_text(encoding="utf-8"))
    picture = {"id": 900, "type": "LoadImage", "mode": 4, "title": "other start",
               "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [900]}],
               "widgets_values": ["b.png", "image"]}  # fmt: skip
    shown = {"id": 901, "type": "PreviewImage", "mode": 4, "title": "",
             "inputs": [{"name": "images", "type": "IMAGE", "link": 900}]}  # fmt: skip
    saved["nodes"] += [picture, shown]
    saved["links"].append([900, 900, 0, 901, 0, "IMAGE"])
    data = json.dumps(saved).encode()
    found = compiler.import_file(data, shown="mine.json", target=EDITOR)
    assert found.text is not None and found.hints[0].startswith("2 muted or bypassed nodes became")
    assert '# Bypassed: LoadImage(image = "b.png") (other start)' in found.text
    kept = compiler.import_file(data, shown="mine.json", muted=True)
    assert kept.text is not None and kept.hints == ()
    assert 'LoadImage(image = "b.png") { mode = "bypass", title = "other start" }' in kept.text
    assert [node for node in gone_back(kept.text)["nodes"] if node["mode"] == 4]
