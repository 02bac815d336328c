"""Changes that people make in the editor, in a workflow with subgraphs: each is told, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.lint.rules.mutations.editor import Editor
from tests.lint.rules.mutations.suite import said_of_json
from tests.lint.rules.mutations.test_mutations import rest

if TYPE_CHECKING:
    from collections.abc import Callable


class Change(NamedTuple):
    """What is done in the editor, and the codes that are told; none where it is odd, but right."""

    name: str
    codes: str
    do: Callable[[Editor], object]
    base: str = "fast"

    @property
    def text(self) -> str:
        """The workflow with the change."""
        editor = Editor(self.base)
        self.do(editor)
        return editor.text


def _swapped(editor: Editor, kind: str, field: str) -> None:
    first, second = (editor.nodes[f"{name}{kind}"] for name in ("first", "second"))
    files = [each["widgets_values"][0] for each in (first, second)]
    editor.set(f"first{kind}", **{field: files[1]})
    editor.set(f"second{kind}", **{field: files[0]})


def _both(editor: Editor, **values: object) -> None:
    for name in ("first", "second"):
        editor.set(f"{name}.sampler", **values)


def _bypassed(*ids: str) -> Callable[[Editor], object]:
    return lambda editor: [editor.mode(id, 4) for id in ids]


def _twenty_steps(editor: Editor) -> None:
    _both(editor, steps=20)
    editor.set("first.sampler", end_at_step=8)
    editor.set("second.sampler", start_at_step=8, end_at_step=20)


def _first(**values: object) -> Callable[[Editor], object]:
    return lambda editor: editor.set("first.sampler", **values)


def _second(**values: object) -> Callable[[Editor], object]:
    return lambda editor: editor.set("second.sampler", **values)


def _one_loader(editor: Editor) -> None:
    editor.rewire("second.shift", "model", "first_model")


def _other_vae(editor: Editor) -> None:
    editor.set("vae_2_1", vae_name="wan2.2_vae.safetensors")


def _unknown(editor: Editor) -> None:
    editor.nodes["second.decode"]["type"] = "VAE Decode (Video)"


def _without_entry(editor: Editor) -> None:
    del editor.nodes["second.sampler"]["widgets_values"][2]


CHANGES = [
    Change("the models change places", "609", lambda prompt: _swapped(prompt, "_model", "unet_name")),
    Change("the LoRAs change places", "602", lambda prompt: _swapped(prompt, ".lora.1", "lora_name")),
    Change("one loader for both", "610 513", _one_loader, "plain"),
    Change("a LoRA is bypassed", "720", _bypassed("second.lora.1")),
    Change("both LoRAs are bypassed", "720", _bypassed("first.lora.1", "second.lora.1")),
    Change("a shift is bypassed", "717", _bypassed("second.shift")),
    Change("another shift", "717", lambda it: it.set("second.shift", shift=6.0)),
    Change("a gap", "706", _second(start_at_step=3)),
    Change("an overlap", "707", _second(start_at_step=1)),
    Change("another total", "708", _second(steps=8)),
    Change("the last step is not run", "712", _second(end_at_step=3)),
    Change("it begins behind the end", "704", _second(start_at_step=4)),
    Change("no noise is left", "710", _first(return_with_leftover_noise="disable")),
    Change("noise twice", "711", _second(add_noise="enable")),
    Change("no noise at all", "714", _first(add_noise="disable")),
    Change("another scheduler", "709", _second(scheduler="karras")),
    Change("another sampler", "709", _second(sampler_name="dpmpp_2m")),
    Change("cfg 7", "702", lambda prompt: _both(prompt, cfg=7.0)),
    Change("twenty steps", "701", _twenty_steps),
    Change("80 frames, by the instance", "801", lambda it: it.promote(length=80)),
    Change("161 frames, by the instance", "803", lambda it: it.promote(length=161)),
    Change("a width that is cut, by the instance", "802", lambda it: it.promote(width=833)),
    Change("too large, by the instance", "805", lambda it: it.promote(width=1920, height=1088)),
    Change("the value inside a promoted field", "", lambda it: it.set("image_to_video", length=80)),
    Change("saved at 30 frames a second", "804", lambda it: it.set("save.video", fps=30)),
    Change("another text encoder", "608", lambda it: it.set("umt5", type="stable_diffusion")),
    Change("the VAE of the 5B model", "651", _other_vae),
    Change("a sampler that there is not", "505", _second(sampler_name="eulr")),
    Change("a strength that is too large", "504", lambda it: it.set("first.lora.1", strength_model=200.0)),
    Change("words for a number", "506", _first(cfg="low")),
    Change("a link is taken away", "502", lambda it: it.unlink("second.decode", "vae")),
    Change("a link of the wrong type", "503", lambda it: it.rewire("second.decode", "vae", "umt5")),
    Change("a loader is muted", "502", lambda it: it.mode("umt5", 2)),
    Change("a node of no known class", "501", _unknown),
    Change("the entry behind a seed is missing", "565", _without_entry),
    Change("the picture is muted", "652", lambda it: it.mode("image", 2)),
    Change("what saves is muted", "512", lambda it: it.mode("save", 2)),
    Change("a note that is muted", "", lambda it: it.workflow["nodes"][-1].update(mode=2)),
]  # fmt: skip

EACH = pytest.mark.parametrize("change", CHANGES, ids=lambda file: file.name)


@pytest.mark.parametrize("base", ["fast", "plain"])
def test_the_workflow_is_told_nothing_before(base: str):
    assert [finding.message for finding in said_of_json(Editor(base).text)] == []


@EACH
def test_a_change_in_the_editor_is_told_and_nothing_else(change: Change):
    found = said_of_json(change.text)
    reported = [f"{finding.code} {finding.message}" for finding in found]
    assert {finding.code for finding in found} == {f"WAN{code}" for code in change.codes.split()}, (
        reported
    )


@EACH
def test_fixes_in_a_workflow_with_subgraphs_come_to_rest(change: Change):
    rest(change.text, said_of_json)


def test_a_finding_names_the_node_with_its_instance_and_points_at_its_value():
    editor = Editor()
    editor.set("second.shift", shift=6.0)
    (finding,) = said_of_json(editor.text)
    assert '#100:14 "second.sampler"' in finding.message
    assert "16.7 % too little noise" in finding.message
    assert finding.span is not None and finding.span.text in {"6.0", "5.0"}


def test_the_muted_instance_with_other_settings_is_never_taken_for_a_pass():
    editor = Editor()
    (muted,) = (node for node in editor.workflow["nodes"] if node["id"] == 102)
    assert "9.0" in json.dumps(editor.workflow)
    assert said_of_json(editor.text) == []
    muted["mode"] = 0
    assert {finding.code for finding in said_of_json(editor.text)} != set()
