"""What ComfyUI's own validation reports, and what it misses: measured on a real server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.prompts import (
    LORA_LOW,
    changed,
    codes,
    conditioned,
    found,
    graph_of,
    node,
    picture,
    report,
    rife,
    split,
)
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.model import Graph
from wan22dsl.lint.rules.engine import judge

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import NodeClass


def test_a_prompt_that_runs_is_not_accused():
    assert report(picture()) == []
    assert report(split()) == []


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"image": None}, "WAN502"),
        ({"upscale_method": None}, "WAN502"),
        ({"image": ("load", 1)}, "WAN503"),
        ({"scale_by": 9.0}, "WAN504"),
        ({"scale_by": 0}, "WAN504"),
        ({"scale_by": "9"}, "WAN504"),
        ({"upscale_method": "lanczos3"}, "WAN505"),
        ({"upscale_method": True}, "WAN505"),
        ({"scale_by": "twice"}, "WAN506"),
        ({"scale_by": True}, "WAN507"),
        ({"scale_by": float("nan")}, "WAN508"),
        ({"scale_by": float("inf")}, "WAN508"),
        ({"image": ("lost", 0)}, "WAN509"),
        ({"image": ("load ", 0)}, "WAN509"),
        ({"image": ("load", 2)}, "WAN510"),
        ({"image": ("load", -1)}, "WAN510"),
        ({"image": ("scale", 0)}, "WAN511"),
        ({"mask": ("load", 1)}, "WAN515"),
        ({"mask": ("lost", 1)}, "WAN516"),
        ({"mask": ("left", 3)}, "WAN516"),
        ({"image": "start.png"}, "WAN517"),
        ({"image": 5}, "WAN517"),
        ({"image": ["load"]}, "WAN557"),
        ({"image": ["load", 0, 0]}, "WAN557"),
        ({"image": ["load", "0"]}, "WAN557"),
        ({"image": ["load", 1.5]}, "WAN557"),
        ({"image": [1, 0]}, "WAN557"),
    ],
    ids=str,
)
def test_one_mistake_gives_one_error(inputs, code):
    errors = [
        finding for finding in found(changed(picture(), "scale", **inputs)) if finding.is_error
    ]
    assert [error.code for error in errors] == [code]


def test_a_schedule_of_the_plain_expert_is_not_that_of_the_distilled_lora_of_the_other():
    prompt = split(loras=(None, LORA_LOW), parts=((0, 10, 20), (10, 20, 20)), cfgs=(3.5, 1.0))
    assert "WAN701" not in {line.code for line in found(prompt)}


@pytest.mark.parametrize(
    ("class_name", "severity", "meant"),
    [
        ("VAE Decode (Video)", "error", "VAEDecode"),
        ("vaedecode", "error", "VAEDecode"),
        ("WanImageToVideoXL", "error", "WanImageToVideo"),
        ("Wan3ImageToVideo", "warning", "WanImageToVideo"),
        ("SleepNode", "warning", None),
        ("FL_ColorPicker", "note", None),
        ("My Own Node (rgthree)", "note", None),
        ("My VFI (custom)", "warning", None),
    ],
)
def test_an_unknown_class_is_an_error_only_where_another_was_meant(class_name, severity, meant):
    prompt = {**picture(), "odd": node(class_name)}
    (finding,) = found(prompt)
    assert (finding.code, finding.severity.value) == ("WAN501", severity)
    assert ("did you mean" in finding.message) == (meant is not None)
    assert meant is None or meant in finding.message
    assert (finding.fix is not None) == (meant is not None)


def test_a_class_of_another_version_is_an_error_that_names_it():
    prompt = {**picture(), "count": node("ComfyMathExpression", expression="1", **{"values.a": 1})}
    (finding,) = (each for each in found(prompt, "0.3.64") if each.is_error)
    assert finding.code == "WAN501"
    assert "ComfyUI 0.39 has it" in finding.message


def test_a_server_knows_all_its_classes_so_any_other_is_an_error():
    class Server:
        target = "http://127.0.0.1:8188"

        def get(self, name: str) -> NodeClass | None:
            return open_catalogue("0.33.0").get(name)

        def names(self) -> list[str]:
            return ["LoadImage"]

    graph = graph_of({**picture(), "odd": node("My Node (pack)")})
    _, (finding,) = judge(Graph(graph.name, graph.nodes, Server()))
    assert (finding.code, finding.is_error) == ("WAN501", True)


def test_an_unused_node_is_a_warning_and_what_is_wrong_in_it_is_not_told():
    odd = node("ImageScaleBy", image=("scale", 0), upscale_method="lanczos", scale_by=400.0)
    assert [line[:14] for line in report({**picture(), "odd": odd})] == ["warning WAN513"]


def test_an_unused_node_without_a_link_that_it_needs_is_kept_for_later():
    prompt = {**picture(), "odd": node("KSampler")}
    assert [line[:11] for line in report(prompt)] == ["note WAN513"]
    decode = node("VAEDecode", vae=("vae", 0))
    vae = node("VAELoader", vae_name="wan_2.1_vae.safetensors")
    prompt = {**picture(), "vae": vae, "odd": decode}
    assert [line[:11] for line in report(prompt)] == ["note WAN513"]


def test_what_an_unknown_class_needs_is_used():
    prompt = {**picture(), "odd": node("Some Saver (pack)", images=("scale", 0))}
    del prompt["save"]
    assert codes(prompt) == {"WAN501"}


def test_a_graph_without_output_is_an_error_and_so_is_an_empty_one():
    prompt = picture()
    del prompt["save"]
    assert codes(prompt) == {"WAN512"}
    assert codes({}) == {"WAN512"}


def test_a_circle_names_its_nodes_in_order_and_hides_what_follows_from_it():
    prompt = changed(split(), "high_sampler", latent_image=("low_sampler", 0))
    (finding,) = found(prompt)
    assert finding.code == "WAN511"
    assert "high_sampler" in finding.message
    assert "low_sampler" in finding.message


def test_a_circle_that_nothing_needs_is_a_warning():
    loop = {
        "one": node("ImageInvert", image=("two", 0)),
        "two": node("ImageInvert", image=("one", 0)),
    }
    assert [line[:14] for line in report({**picture(), **loop})] == ["warning WAN511"]


def test_the_undocumented_link_of_fun_control_is_a_warning():
    start = conditioned("Wan22FunControlToVideo", control_video=("load", 0))
    models = tuple(
        f"wan2.2_fun_control_{level}_noise_14B_fp8_scaled.safetensors" for level in ("high", "low")
    )
    prompt = split(models, start=start)
    assert [line[:14] for line in report(prompt)] == ["warning WAN515"]
    prompt = changed(prompt, "start", start_image=None, ref_image=("load", 0))
    assert report(prompt) == []


def test_the_same_as_a_constant_is_dropped_and_an_error():
    start = conditioned("Wan22FunControlToVideo", start_image="start.png", ref_image=("load", 0))
    assert "WAN514" in {finding.code for finding in found(split(start=start)) if finding.is_error}


def test_a_value_that_nothing_reads_is_a_note():
    """Files keep values of older versions, and ComfyUI drops them."""
    newer = rife("load", colour="blue")
    prompt = {**picture(), "rife": newer, "show": node("PreviewImage", images=("rife", 0))}
    assert [line[:11] for line in report(prompt)] == ["note WAN514"]
    assert [line[:11] for line in report(changed(picture(), "scale", strength=0.5))] == [
        "note WAN514"
    ]


def test_a_misspelt_input_is_an_error_and_of_a_pack_a_warning():
    misspelt = changed(picture(), "scale", scale_by=None, scale_bye=2.0)
    assert "WAN514" in {finding.code for finding in found(misspelt) if finding.is_error}
    prompt = {**picture(), "rife": rife("load"), "show": node("PreviewImage", images=("rife", 0))}
    prompt = changed(prompt, "rife", multiplier=None, multiplyer=2)
    assert "warning WAN514" in [line[:14] for line in report(prompt)]


def test_what_the_editor_writes_beside_the_inputs_is_not_accused():
    assert report(changed(picture(), "load", upload="image")) == []


@pytest.mark.parametrize(
    ("prefix", "accused"),
    [
        ("../demo", True),
        ("video/../../demo", True),
        ("/tmp/demo", True),
        ("C:\\videos\\demo", True),
        ("video/demo", False),
        ("a/../demo", False),
        ("demo..1", False),
        ("%year%-%month%_%width%x%height%", False),
    ],
)
def test_files_are_saved_within_the_output_folder(prefix, accused):
    prompt = changed(picture(), "save", filename_prefix=prefix)
    assert codes(prompt) == ({"WAN520"} if accused else set())


@pytest.mark.parametrize(
    ("class_name", "inputs", "prefix", "severity"),
    [
        ("SaveVideo", {"format": "mp4"}, "a/portrait.gif", "warning"),
        ("SaveVideo", {"format": "auto"}, "portrait.mp4", "note"),
        ("SaveVideo", {"format": "mkv"}, "portrait.mp4", None),
        ("SaveWEBM", {}, "portrait.WebM", "note"),
        ("VHS_VideoCombine", {"format": "image/gif"}, "portrait.gif", "note"),
        ("VHS_VideoCombine", {"format": "video/h265-mp4"}, "portrait.gif", "warning"),
        ("VHS_VideoCombine", {"format": "video/ProRes"}, "portrait.mov", None),
        ("SaveVideo", {"format": "mp4"}, "v1.2", None),
        ("SaveVideo", {"format": "mp4"}, "mp4", None),
        ("SaveVideo", {"format": "mp4"}, "clips/.mp4", None),
    ],
)
def test_the_ending_of_a_name_does_not_decide_the_format(class_name, inputs, prefix, severity):
    prompt = changed(split(), "save", filename_prefix=prefix, **inputs)
    prompt["save"]["class_type"] = class_name
    reported = [finding for finding in found(prompt) if finding.code == "WAN523"]
    assert [each.severity.value for each in reported] == ([] if severity is None else [severity])
    assert [each.fix is not None for each in reported] == (
        [] if severity is None else [severity == "note"]
    )


@pytest.mark.parametrize(
    ("prefix", "word"),
    [
        ("%date:yyyy-MM-dd%/portrait", "%date:yyyy-MM-dd%"),
        ("a_%KSampler.seed%", "%KSampler.seed%"),
        ("%year%/portrait_%seed%", "%seed%"),
        ("%year%%month%%day%_%hour%%minute%%second%_%width%x%height%", None),
        ("100%_of_50%", None),
        ("50%.100%", None),
        ("a%b", None),
    ],
)
def test_words_that_only_the_page_replaces_are_reported_of_prompts(prefix, word):
    reported = [
        finding
        for finding in found(changed(picture(), "save", filename_prefix=prefix))
        if finding.code == "WAN524"
    ]
    assert [finding.message.split("`")[3] for finding in reported] == (
        [] if word is None else [word]
    )


def test_inputs_of_the_pack_that_a_class_stands_in_for_are_right():
    """ComfyUI's own `wanBlockSwap` does nothing, and makes way for that of a pack with more inputs."""
    prompt = split()
    prompt["swap"] = node("wanBlockSwap", model=("high_model", 0), blocks_to_swap=20)
    assert not codes(changed(prompt, "high_lora", model=("swap", 0))) & {"WAN514", "WAN515"}


def test_values_and_loaders_that_are_left_over_are_one_note():
    prompt = {
        **picture(),
        "seed": node("PrimitiveInt", value=1),
        "vae": node("VAELoader", vae_name="a.pt"),
    }
    (finding,) = [each for each in found(prompt) if each.code == "WAN513"]
    assert finding.severity.value == "note"
    assert finding.message.endswith("needs #seed (PrimitiveInt) or #vae (VAELoader).")


@pytest.mark.parametrize("mode", [2, 4])
def test_a_value_for_a_node_that_is_off_is_not_reported(mode):
    prompt = {**picture(), "by": node("PrimitiveFloat", value=2.0)}
    prompt["more"] = node(
        "ImageScaleBy", image=("scale", 0), upscale_method="lanczos", scale_by=("by", 0)
    )
    workflow = json.loads(drawn(prompt))
    off = next(
        each
        for each in workflow["nodes"]
        if any(input_["name"] == "scale_by" and input_.get("link") for input_ in each["inputs"])
    )
    off["mode"] = mode
    assert said_of_json(json.dumps(workflow)) == []


def test_a_number_that_is_computed_and_not_used_is_a_note():
    prompt = {**picture(), "half": node("Divide [DVB]", int=("size", 0), divisor=2)}
    prompt["size"] = node("GetImageSize", image=("scale", 0))
    told = [each for each in found(prompt, "0.39") if each.code == "WAN513"]
    assert [each.severity.value for each in told] == ["note"]
