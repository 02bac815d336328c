"""What other versions of packs, and their owners' switches, leave in a file: told, but called no mistake."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.formats.workflow_read.sketch import Sketch, picture
from tests.lint.rules.mutations.suite import said_of_json
from tests.prompts import T2V_LOW, Prompt, alone, changed, codes, found, node


def severities(prompt: Prompt, code: str) -> list[str]:
    return [each.severity.value for each in found(prompt) if each.code == code]


def drawn_severities(workflow: dict[str, Any], code: str) -> list[str]:
    said = said_of_json(json.dumps(workflow))
    return [each.severity.value for each in said if each.code == code]


# --- prompt JSON of an older version of a pack ---


def guided(**inputs: Any) -> Prompt:
    """A prompt with guides of RES4LYF, which an older version of that pack may have written."""
    sampler = node("ClownsharKSampler", guides=("guides", 0))
    saved = node("SaveImage", images=("decoded", 0), filename_prefix="x")
    return {
        "guides": node("ClownsharKSamplerGuides", guide_mode="blend", **inputs),
        "sampler": sampler,
        "vae": node("VAELoader", vae_name="v.safetensors"),
        "decoded": node("VAEDecode", samples=("sampler", 0), vae=("vae", 0)),
        "saved": saved,
    }


@pytest.mark.parametrize(
    ("inputs", "severity"),
    [
        ({"latent_guide_weight": 0.5, "rescale_floor": False}, "note"),
        ({"latent_guide_weight": 0.5}, "warning"),
        ({"guide_wieght": 0.5, "rescale_floor": False}, "warning"),
    ],
)
def test_only_a_slip_is_a_mistake_in_a_node_of_another_version(inputs, severity):
    """One name alone may be meant for another one; beside a second one it is rather of that version."""
    first = next(iter(inputs))
    told = [each for each in found(guided(**inputs)) if f"`{first}`" in each.message]
    assert [(each.code, each.severity.value) for each in told] == [("WAN514", severity)]


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        ({}, "error"),
        ({"unet_name": "a.safetensors"}, "warning"),
        ({"unet_name": "a.safetensors", "clip_skip": 2}, "note"),
    ],
)
def test_what_a_node_of_another_version_lacks_is_no_error(more, severity):
    """Two inputs that the class does not have tell that the node is of a version that had them."""
    names = ("clip_name1", "clip_name2_opt", "vae_name", "clip_vision_name", "style_model_name")
    files = dict.fromkeys(names, "x.safetensors")
    loader = node("FluxLoader", weight_dtype="default", **files, **more)
    prompt = {**alone(T2V_LOW, None), "flux": loader}
    prompt = changed(prompt, "sampler", model=("flux", 0))
    assert severities(prompt, "WAN502") == [severity]


# --- workflow JSON that an editor with another version of a pack saved ---


def prompted(kind: str) -> dict[str, Any]:
    """A text of lines, shown, where the editor knew the output as of this type."""
    made = picture()
    lines = made.node(5, "easy promptLine", ("one\ntwo", 0, 1, True), gives=("STRING", kind))
    lines["inputs"] = []
    made.node(6, "ShowText|pysssss", links={"text": (5, 1)}, gives=("STRING",))
    return made.workflow()


@pytest.mark.parametrize(("kind", "severity"), [("*", "note"), ("COMBO", "warning")])
def test_a_link_whose_types_fit_as_they_were_saved_is_a_note(kind, severity):
    assert drawn_severities(prompted(kind), "WAN503") == [severity]


def test_a_link_to_an_input_that_the_editor_had_is_a_note():
    made = picture()
    made.node(5, "CLIPVisionLoader", ("h.safetensors",), gives=("CLIP_VISION",))
    links = {"clip": (5, 0), "image": (1, 0)}
    made.node(6, "WanVideoImageClipEncode", links=links, gives=("WANVIDIMAGE_CLIPEMBEDS",))
    made.node(7, "PreviewAny", links={"source": (6, 0)}, gives=())
    assert drawn_severities(made.workflow(), "WAN515") == ["note"]


def test_a_fraction_where_a_pack_takes_whole_numbers_is_another_fields_value():
    """The editor of an older version saved its own few fields in their order."""
    made = picture()
    values = ("Manual", "latent_4x8", 832, 480, False, "resolution", 0.96, 1)
    gives = ("INT", "INT", "FLOAT", "INT", "LATENT")
    made.node(5, "ResolutionMaster", values, gives=gives)
    made.node(6, "EmptyImage", (1, 1, 1, 0), links={"width": (5, 0)})
    made.node(7, "PreviewImage", links={"images": (6, 0)}, gives=())
    said = {each.code: each.severity.value for each in said_of_json(json.dumps(made.workflow()))}
    assert "WAN507" not in said and said["WAN566"] == "note"


def test_a_scheduler_that_an_editor_offered_is_one_of_a_pack():
    made = picture()
    made.node(5, "UNETLoader", ("a.safetensors", "default"), gives=("MODEL",))
    sigmas = made.node(
        6, "BasicScheduler", ("flow_of_a_pack", 9, 1), links={"model": (5, 0)}, gives=("SIGMAS",)
    )
    made.node(7, "PreviewAny", links={"source": (6, 0)}, gives=())
    assert drawn_severities(made.workflow(), "WAN505") == ["note"]
    sigmas["widgets_values"][0] = "karas"
    assert drawn_severities(made.workflow(), "WAN505") == ["error"]


@pytest.mark.parametrize("name", ["str0", "string1"])
def test_a_class_with_other_inputs_is_not_the_one_of_a_similar_name(name):
    made = picture()
    made.node(5, "PrimitiveString", ("a",), gives=("STRING",))
    made.node(6, "String Join", links={name: (5, 0)}, gives=("STRING",))
    made.node(7, "PreviewAny", links={"source": (6, 0)}, gives=())
    assert "error" not in drawn_severities(made.workflow(), "WAN501")


# --- what is switched off, or offered ---


def handed(mode: int) -> dict[str, Any]:
    """An inverted picture that a Set hands to a Get of this mode."""
    made = picture()
    made.node(4, "ImageInvert", links={"image": (1, 0)})
    made.node(5, "SetNode", ("inverted",), links={"IMAGE": (4, 0)}, gives=("*",))
    made.node(6, "GetNode", ("inverted",), mode=mode)
    made.node(7, "PreviewImage", links={"images": (6, 0)}, gives=(), mode=mode)
    return made.workflow()


@pytest.mark.parametrize("mode", [0, 2, 4])
def test_what_a_set_hands_to_something_switched_off_is_kept_for_it(mode):
    assert drawn_severities(handed(mode), "WAN513") == []


def test_what_a_set_keeps_for_nobody_is_not_needed():
    workflow = handed(0)
    workflow["nodes"] = [each for each in workflow["nodes"] if each["id"] not in {6, 7}]
    workflow["links"] = [each for each in workflow["links"] if each[1] != 6]
    assert drawn_severities(workflow, "WAN513") == ["warning"]


@pytest.mark.parametrize(("linked", "told"), [(True, []), (False, ["warning"])])
def test_an_output_of_a_subgraph_may_be_left_alone_where_another_one_is_used(linked, told):
    inside = Sketch()
    inside.node(1, "ImageScaleBy", ("lanczos", 2))
    inside.node(2, "ImageInvert", links={"image": (1, 0)})
    part = inside.subgraph("part", {"image": [(1, "image")]}, {"images": (1, 0), "pixels": (2, 0)})
    made = picture()
    made.node(5, "part", links={"image": (1, 0)}, gives=("IMAGE", "IMAGE"))
    if linked:
        made.node(6, "PreviewImage", links={"images": (5, 0)}, gives=())
    assert drawn_severities(made.workflow(part), "WAN513") == told


def test_a_schedule_that_is_kept_to_choose_from_is_a_note():
    prompt = alone(T2V_LOW, None)
    spare = node("BasicScheduler", model=("model", 0), scheduler="beta", steps=9, denoise=1.0)
    assert severities({**prompt, "spare": spare}, "WAN513") == ["note"]


# --- ways to sample ---


def over_video(*, masked: bool) -> Prompt:
    prompt = alone(T2V_LOW, None, steps=20, cfg=4.0) | {
        "clip": node("VHS_LoadVideoPath", video="clip.mp4"),
        "encoded": node("VAEEncode", pixels=("clip", 0), vae=("vae", 0)),
        "picture": node("LoadImage", image="mask.png"),
        "masked": node("SetLatentNoiseMask", samples=("encoded", 0), mask=("picture", 1)),
    }
    return changed(prompt, "sampler", latent_image=("masked" if masked else "encoded", 0))


@pytest.mark.parametrize("masked", [True, False])
def test_a_video_stays_outside_of_a_noise_mask(masked):
    assert ("WAN729" in codes(over_video(masked=masked))) is not masked


@pytest.mark.parametrize(("mode", "told"), [("unsample", False), ("standard", True)])
def test_what_makes_noise_of_a_clip_needs_no_guidance(mode, told):
    prompt = alone(T2V_LOW, None)
    del prompt["sampler"]["inputs"]["seed"]
    given = prompt["sampler"]["inputs"]
    sampler = node(
        "ClownsharKSampler_Beta",
        eta=0.0,
        sampler_name="multistep/res_2m",
        scheduler="beta57",
        steps=20,
        steps_to_run=-1,
        denoise=1.0,
        cfg=1.0,
        seed=0,
        sampler_mode=mode,
        bongmath=True,
    )
    links = {name: given[name] for name in ("model", "positive", "negative", "latent_image")}
    sampler["inputs"].update(links)
    assert ("WAN722" in codes({**prompt, "sampler": sampler})) is told


@pytest.mark.parametrize(
    ("value", "told"), [("", ["note"]), ("wide", ["warning"]), (9, []), ("9", [])]
)
def test_a_field_of_a_pack_that_is_not_set_is_a_note(value, told):
    prompt = alone(T2V_LOW, None)
    sized = node("INTConstant", value=value)
    spare = node("PreviewAny", source=("sized", 0))
    assert severities({**prompt, "sized": sized, "spare": spare}, "WAN506") == told
