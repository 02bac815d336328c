"""Classes of packs are judged with care, since the pack may be older or newer where it runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.prompts import HIGH, LORA_HIGH, LORA_LOW, LOW, found, node, sage, split
from wan22dsl.comfyui.catalogue.object_info import read_class
from wan22dsl.comfyui.catalogue.open import from_object_info
from wan22dsl.formats.prompt import read
from wan22dsl.lint.rules.engine import judge
from wan22dsl.source import Source

#: The inputs that RIFE had before 2026.
RIFE = {
    "ckpt_name": "rife47.pth",
    "clear_cache_after_n_frames": 10,
    "multiplier": 2,
    "fast_mode": True,
    "ensemble": True,
    "scale_factor": 1.0,
}
NEWER = ["dtype", "torch_compile", "batch_size"]


def own() -> dict[str, Any]:
    """Two passes at shift 5.0 and 6.0, with Sage attention behind the LoRAs and RIFE behind all."""
    prompt = split((HIGH, LOW), (LORA_HIGH, LORA_LOW), shifts=(5.0, 6.0))
    for name in ("high", "low"):
        prompt[f"{name}_sage"] = sage(f"{name}_lora")
        prompt[f"{name}_shift"]["inputs"]["model"] = [f"{name}_sage", 0]
    (video,) = (node for node in prompt.values() if node["class_type"] == "CreateVideo")
    prompt["rife"] = node("RIFE VFI", frames=tuple(video["inputs"]["images"]), **RIFE)
    video["inputs"].update(images=["rife", 0], fps=32.0)
    return prompt


def as_workflow(prompt: dict[str, Any]) -> str:
    """Workflow JSON as the editor saved it with the pack of that time: without what came later."""
    workflow = json.loads(drawn(prompt))
    (rife,) = (node for node in workflow["nodes"] if node["type"] == "RIFE VFI")
    rife["inputs"] = [input_ for input_ in rife["inputs"] if input_["name"] not in NEWER]
    rife["widgets_values"] = list(RIFE.values())
    return json.dumps(workflow, indent=2)


@pytest.mark.parametrize("form", ["prompt", "workflow"])
def test_a_workflow_of_one_s_own_is_told_of_its_hand_off_and_of_nothing_that_is_wrong(form: str):
    text = json.dumps(own(), indent=1) if form == "prompt" else as_workflow(own())
    grave = [each for each in said_of_json(text) if each.severity.value != "note"]
    assert [finding.code for finding in grave] == ["WAN717"]
    assert "16.7 % too little noise" in grave[0].message


def test_inputs_that_came_later_are_one_note_that_names_the_pack_and_them():
    notes = [finding for finding in found(own()) if finding.severity.value == "note"]
    (message,) = (finding.message for finding in notes)
    assert message == (
        "#rife (RIFE VFI) lacks `dtype`, `torch_compile` and `batch_size`, which newer versions of "
        "ComfyUI-Frame-Interpolation need."
    )


def test_an_input_without_default_is_missed_whatever_the_version():
    prompt = own()
    del prompt["rife"]["inputs"]["frames"]
    reported = [(finding.code, finding.severity.value) for finding in found(prompt)]
    assert ("WAN502", "error") in reported


def test_an_input_that_the_pack_may_have_had_is_a_note():
    prompt = own()
    prompt["rife"]["inputs"]["quality"] = "high"
    reported = [(finding.code, finding.severity.value) for finding in found(prompt)]
    assert ("WAN514", "note") in reported and not any(level == "error" for _, level in reported)


def test_a_choice_that_the_pack_may_have_is_a_warning_and_one_of_comfyui_s_own_an_error():
    prompt = own()
    prompt["rife"]["inputs"]["ckpt_name"] = "rife_v9.pth"
    assert [finding.severity.value for finding in found(prompt) if finding.code == "WAN505"] == [
        "warning"
    ]
    prompt["rife"]["inputs"]["ckpt_name"] = "rife47.pth"
    prompt["high_sampler"]["inputs"]["sampler_name"] = "eulr"
    assert [finding.severity.value for finding in found(prompt) if finding.code == "WAN505"] == [
        "error"
    ]


@pytest.mark.parametrize(
    ("format_", "severity"),
    [("video/my-own", "note"), ("video/h264-mp5", "warning"), ("moving/my-own", "warning")],
)
def test_a_format_of_vhs_that_a_file_may_add_is_a_note(format_: str, severity: str):
    prompt = own()
    prompt["combine"] = node("VHS_VideoCombine", images=("rife", 0), frame_rate=32, loop_count=0)
    prompt["combine"]["inputs"] |= {"filename_prefix": "x", "pingpong": False, "save_output": True}
    prompt["combine"]["inputs"]["format"] = format_
    (finding,) = (each for each in found(prompt) if each.code == "WAN505")
    assert finding.severity.value == severity
    assert ("a file in `video_formats` may add it" in finding.message) is (severity == "note")


def test_a_constant_is_not_meant_for_a_socket_of_a_similar_name():
    prompt = own()
    prompt["rife"]["inputs"]["frame"] = "first"
    del prompt["rife"]["inputs"]["frames"]
    (finding,) = (each for each in found(prompt) if each.code == "WAN514")
    assert (finding.severity.value, "did you mean" in finding.message) == ("note", False)


def test_a_sampler_that_a_pack_adds_is_a_note_that_names_the_pack():
    prompt = own()
    for name in ("high", "low"):
        prompt[f"{name}_sampler"]["inputs"].update(sampler_name="res_2s", scheduler="bong_tangent")
    reported = [finding for finding in found(prompt) if finding.code == "WAN505"]
    assert {each.severity.value for each in reported} == {"note"}
    assert all("RES4LYF" in finding.message for finding in reported)
    assert [finding.message.split('"')[1] for finding in reported] == ["res_2s", "bong_tangent"]


def test_the_schedule_of_a_pack_is_computed_for_the_boundary_of_the_experts():
    prompt = split(loras=(None, None), parts=((0, 8, 20), (8, 20, 20)), cfgs=(3.5, 3.5))
    for name in ("high", "low"):
        prompt[f"{name}_sampler"]["inputs"].update(sampler_name="res_2s", scheduler="bong_tangent")
    assert "WAN605" not in {finding.code for finding in found(prompt)}
    prompt["high_sampler"]["inputs"]["end_at_step"] = 12
    prompt["low_sampler"]["inputs"]["start_at_step"] = 12
    (finding,) = (finding for finding in found(prompt) if finding.code == "WAN605")
    assert "after step 7" in finding.message


def test_a_server_that_has_the_newer_pack_is_taken_at_its_word():
    info = {
        "Later": {
            "input": {"required": {"dtype": [["float32", "float16"], {"default": "float32"}]}},
            "output": [],
            "output_name": [],
            "output_node": True,
            "python_module": "custom_nodes.ComfyUI-Later",
        }
    }
    assert read_class("Later", info["Later"]).pack
    source = Source(json.dumps({"1": {"class_type": "Later", "inputs": {}}}), "p.json")
    graph, _ = read(source, from_object_info("http://127.0.0.1:8188", info))
    assert graph is not None
    assert [(finding.code, finding.severity.value) for finding in judge(graph)[1]] == [
        ("WAN502", "error")
    ]


@pytest.mark.parametrize(
    ("value", "severity"), [("populate", "note"), (None, "note"), (2.5, "warning")]
)
def test_a_value_that_another_version_of_the_pack_may_read_otherwise_is_no_error(value, severity):
    prompt = own()
    name = "fast_mode" if severity == "note" else "multiplier"
    prompt["rife"]["inputs"][name] = value
    reported = [each for each in found(prompt) if each.code == "WAN507"]
    assert [each.severity.value for each in reported] == [severity]


def test_a_text_works_where_the_page_shows_a_socket_for_it():
    """`forceInput` is a matter of the page: a prompt may have the text itself."""
    prompt = own()
    prompt["joined"] = node("easy promptConcat", prompt1="a", prompt2="b", separator=", ")
    prompt["shown"] = node("PreviewAny", source=("joined", 0))
    assert "WAN517" not in {each.code for each in found(prompt)}


@pytest.mark.parametrize("name", ["options", "options 2", "options 3"])
def test_samplers_of_res4lyf_take_options_that_a_script_adds(name: str):
    prompt = split((HIGH, LOW), (LORA_HIGH, LORA_LOW))
    prompt["more"] = node("ClownOptions_SDE_Beta")
    prompt["clown"] = node(
        "ClownsharKSampler_Beta", latent_image=("low_sampler", 0), **{name: ("more", 0)}
    )
    prompt["shown"] = node("SaveLatent", samples=("clown", 0), filename_prefix="x")
    assert "WAN515" not in {finding.code for finding in found(prompt)}


def test_the_rate_of_vhs_may_be_a_whole_number_by_link():
    prompt = split((HIGH, LOW), (LORA_HIGH, LORA_LOW))
    (video,) = (each for each in prompt.values() if each["class_type"] == "CreateVideo")
    prompt["rate"] = node("PrimitiveInt", value=16)
    prompt["combine"] = node(
        "VHS_VideoCombine",
        images=tuple(video["inputs"]["images"]),
        frame_rate=("rate", 0),
        loop_count=0,
        filename_prefix="x",
        format="video/h264-mp4",
        pingpong=False,
        save_output=True,
    )
    assert "WAN503" not in {finding.code for finding in found(prompt)}


def test_inputs_that_came_later_are_one_note_for_all_nodes_of_a_class():
    prompt = own()
    prompt["again"] = node("RIFE VFI", frames=("rife", 0), **RIFE)
    (video,) = (node for node in prompt.values() if node["class_type"] == "CreateVideo")
    video["inputs"].update(images=["again", 0], fps=64.0)
    (note,) = [finding for finding in found(prompt) if finding.code == "WAN502"]
    assert note.message.startswith("#rife (RIFE VFI) and #again (RIFE VFI) lack `dtype`")


@pytest.mark.parametrize(("last", "severity"), [(1.0, "warning"), (0.2, "note")])
def test_guidance_in_the_first_steps_of_a_distilled_pass_is_a_note(last: float, severity: str):
    prompt = split((HIGH, LOW), (LORA_HIGH, LORA_LOW))
    prompt["sigmas"] = node(
        "BasicScheduler", model=("low_shift", 0), scheduler="simple", steps=4, denoise=1.0
    )
    prompt["cut"] = node("SplitSigmas", sigmas=("sigmas", 0), step=2)
    prompt["euler"] = node("KSamplerSelect", sampler_name="euler")
    prompt["noise"] = node("DisableNoise")
    prompt["guider"] = node(
        "ScheduledCFGGuidance",
        model=("low_shift", 0),
        positive=("start", 0),
        negative=("start", 1),
        cfg=4.0,
        start_percent=0.0,
        end_percent=last,
    )
    prompt["low_sampler"] = node(
        "SamplerCustomAdvanced",
        noise=("noise", 0),
        guider=("guider", 0),
        sampler=("euler", 0),
        sigmas=("cut", 1),
        latent_image=("high_sampler", 0),
    )
    (told,) = [each for each in found(prompt, "0.39") if each.code == "WAN702"]
    assert told.severity.value == severity
