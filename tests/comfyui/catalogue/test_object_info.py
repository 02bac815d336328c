"""Both dialects of `/object_info` are read, and only their facts."""

from __future__ import annotations

from typing import Any

import pytest

from wan22dsl.comfyui.catalogue.object_info import is_object_info, read_class
from wan22dsl.comfyui.catalogue.schema import Input, NodeClass, Output
from wan22dsl.errors import CatalogueError


def one_input(spec: Any, name: str = "x") -> Input:
    (found,) = node({"required": {name: spec}}).inputs
    return found


def node(inputs: Any, **more: Any) -> NodeClass:
    return read_class("Some", {"input": inputs, "output": [], **more})


@pytest.mark.parametrize(
    "spec",
    [
        [["a", "b"], {"default": "b"}],
        [["a", "b"], {"default": "b"}, "and a word that some packs put behind it"],
        ["COMBO", {"options": ["a", "b"], "default": "b", "multiselect": False}],
    ],
)
def test_a_choice_reads_the_same_in_both_dialects(spec: Any) -> None:
    assert one_input(spec) == Input("x", "COMBO", default="b", options=("a", "b"))


@pytest.mark.parametrize("spec", [["MODEL"], ["MODEL", {}], ["MODEL", {"tooltip": "the model"}]])
def test_a_socket_needs_no_dict(spec: Any) -> None:
    found = one_input(spec)
    assert found == Input("x", "MODEL")
    assert found.is_socket


def test_numbers_keep_their_limits_and_lose_what_is_none() -> None:
    about = {"default": 0.6, "min": 0.0, "max": 50.0, "step": 0.01, "round": False}
    found = one_input(["FLOAT", about])
    assert found == Input("x", "FLOAT", default=0.6, minimum=0.0, maximum=50.0, step=0.01)
    assert one_input(["FLOAT", {"max": float("inf")}]).maximum is None
    assert one_input(["INT", {"max": 10**400}]).maximum is None
    assert one_input(["INT", {"max": 2**64 - 1}]).maximum == 2**64 - 1


def test_null_is_no_default() -> None:
    assert not one_input(["FLOAT", {"default": None}]).has_default
    assert one_input(["BOOLEAN", {"default": False}]).has_default


def test_a_forced_input_is_a_socket_whatever_its_type() -> None:
    assert one_input(["INT", {"default": 1, "forceInput": True}]).is_socket
    assert not one_input(["INT", {"default": 1}]).is_socket
    assert not one_input(["FLOAT,INT,BOOLEAN", {}]).is_socket
    assert not one_input(["*", {}]).is_socket


@pytest.mark.parametrize(
    "spec",
    [
        ["COLOR", {"default": "#ffffff", "socketless": True}],
        ["CURVE", {"socketless": True}],
        ["BOUNDING_BOXES", {"default": [], "socketless": False}],
        ["WEBCAM", {}],
    ],
)
def test_a_value_of_an_editor_of_its_own_is_no_socket(spec: Any) -> None:
    assert not one_input(spec).is_socket


@pytest.mark.parametrize("kind", ["PROMPT", ["PROMPT"], ["UNIQUE_ID"], "EXTRA_PNGINFO"])
def test_what_the_server_fills_in_is_no_input(kind: Any) -> None:
    assert node({"required": {}, "hidden": {"x": kind}}).inputs == ()


def test_an_old_input_that_a_pack_has_hidden_is_still_taken() -> None:
    assert node({"hidden": {"force_size": "STRING"}}).inputs == (
        Input("force_size", "STRING", required=False),
    )


def test_inputs_stand_in_the_stated_order_and_the_required_ones_first() -> None:
    inputs = {"optional": {"c": ["VAE"]}, "required": {"a": ["CLIP"], "b": ["MODEL"]}}
    order = {"required": ["b", "a", "gone"], "optional": ["c"]}
    assert [input_.name for input_ in node(inputs, input_order=order).inputs] == ["b", "a", "c"]
    assert [input_.name for input_ in node(inputs, input_order=None).inputs] == ["a", "b", "c"]


def test_a_dynamic_choice_brings_inputs_by_value_and_may_be_nested() -> None:
    inner = ["COMFY_DYNAMICCOMBO_V3", {"options": [
        {"key": "auto", "inputs": {"required": {}}},
        {"key": "h264", "inputs": {"required": {"crf": ["FLOAT", {"default": 23.0}]}}},
    ]}]  # fmt: skip
    outer = {"options": [{"key": "mp4", "inputs": {"optional": {"codec": inner}}}]}
    found = one_input(["COMFY_DYNAMICCOMBO_V3", outer], "format")
    codec = Input(
        "codec",
        "COMBO",
        required=False,
        options=("auto", "h264"),
        branches={"h264": (Input("crf", "FLOAT", default=23.0),)},
    )
    assert found == Input("format", "COMBO", options=("mp4",), branches={"mp4": (codec,)})
    assert not found.is_socket


def test_a_growing_input_is_read_with_names_and_with_a_prefix() -> None:
    item = {"input": {"required": {"value": ["FLOAT,INT", {}]}}, "min": 1}
    by_name = one_input(["COMFY_AUTOGROW_V3", {"template": {**item, "names": ["a", "b", "c"]}}])
    assert by_name.grows is not None
    assert (by_name.grows.names, by_name.grows.minimum, by_name.grows.maximum) == (
        ("a", "b", "c"), 1, 3,
    )  # fmt: skip
    assert (by_name.type, by_name.grows.item) == ("FLOAT,INT", Input("value", "FLOAT,INT"))
    template = {**item, "prefix": "v", "max": 50}
    by_prefix = one_input(["COMFY_AUTOGROW_V3", {"template": template}])
    assert by_prefix.grows is not None
    assert (by_prefix.grows.prefix, by_prefix.grows.maximum) == ("v", 50)


def test_a_list_of_rows_is_read_with_the_inputs_of_a_row() -> None:
    template = {"required": {"name": ["STRING", {}]}, "optional": {"on": ["BOOLEAN", {}]}}
    found = one_input(["COMFY_DYNAMICGROUP_V3", {"template": template, "min": 1}])
    assert found.grows is not None
    assert (found.grows.minimum, found.grows.maximum) == (1, 50)
    assert found.grows.row == (Input("name", "STRING"), Input("on", "BOOLEAN", required=False))
    assert not found.is_socket


def test_a_matched_type_is_the_union_of_what_is_allowed_and_the_output_knows_it() -> None:
    template = {"template": {"template_id": "t", "allowed_types": "IMAGE,MASK"}}
    found = node(
        {"required": {"input": ["COMFY_MATCHTYPE_V3", template]}},
        output=["COMFY_MATCHTYPE_V3"],
        output_name=["resized"],
        output_matchtypes=["t"],
    )
    assert found.inputs == (Input("input", "IMAGE,MASK", template="t"),)
    assert found.outputs == (Output("resized", "IMAGE,MASK", template="t"),)


def test_a_slot_that_brings_inputs_has_them_below_its_name() -> None:
    about = {"slotType": "IMAGE", "forceInput": True, "inputs": {"required": {"n": ["INT", {}]}}}
    assert node({"optional": {"s": ["COMFY_DYNAMICSLOT_V3", about]}}).inputs == (
        Input("s", "IMAGE", required=False, force_input=True),
        Input("s.n", "INT", required=False),
    )


def test_a_kind_of_input_that_is_newer_than_we_are_takes_anything() -> None:
    assert one_input(["COMFY_SOMETHING_V3", {"options": 7}]) == Input("x", "*")


def test_where_several_may_be_chosen_or_the_frontend_fills_the_list_nothing_is_known() -> None:
    several = ["COMBO", {"options": ["a", "b"], "multiselect": True}]
    assert one_input(several).options is None
    assert one_input([[]]).options is None
    assert one_input(["COMBO", {"remote": {"route": "/files"}}]).options is None


def test_the_widgets_of_a_format_stand_beside_it_and_are_optional() -> None:
    formats = {
        "video/h264-mp4": [
            ["pix_fmt", ["yuv420p", "yuv420p10le"]],
            ["crf", "INT", {"default": 19, "min": 0, "max": 100}],
            ["dither", ["bayer", "none"], {"default": "none"}, "paletteuse=dither=$val"],
        ]
    }
    found = one_input([["image/gif", "video/h264-mp4"], {"formats": formats}], "format")
    assert found.flat
    assert found.options == ("image/gif", "video/h264-mp4")
    assert found.branches == {
        "video/h264-mp4": (
            Input("pix_fmt", "COMBO", required=False, options=("yuv420p", "yuv420p10le")),
            Input("crf", "INT", required=False, default=19, minimum=0, maximum=100),
            Input("dither", "COMBO", required=False, default="none", options=("bayer", "none")),
        )
    }


def test_formats_that_are_something_else_are_left_alone() -> None:
    found = one_input([["None", "Wan"], {"formats": {"None": {}, "Wan": {"dim": [8, 0]}}}])
    assert found.branches is None
    assert not found.flat


def test_outputs_have_names_even_where_the_answer_has_none() -> None:
    found = node({}, output=["IMAGE", ["a", "b"]], output_name=["picture", None, "one too many"])
    assert found.outputs == (Output("picture", "IMAGE"), Output("COMBO", "COMBO"))
    assert node({}, output=["IMAGE"], output_is_list=[True]).outputs == (
        Output("IMAGE", "IMAGE", is_list=True),
    )


@pytest.mark.parametrize(
    ("module", "pack"),
    [
        ("nodes", None),
        ("comfy_extras.nodes_wan", None),
        ("custom_nodes.ComfyUI-KJNodes", "ComfyUI-KJNodes"),
        ("custom_nodes.v1.2-pack", "v1.2-pack"),
        (None, None),
    ],
)
def test_the_pack_is_the_folder_under_custom_nodes(module: str | None, pack: str | None) -> None:
    assert node({}, python_module=module).pack == pack


def test_the_users_files_are_known_by_their_folder_and_can_be_left_out() -> None:
    info = {
        "input": {"required": {"vae_name": [["mine.safetensors", "pixel_space"]]}},
        "output": [],
    }
    (kept,) = read_class("VAELoader", info).inputs
    assert (kept.files, kept.fixed) == ("vae", ("pixel_space",))
    assert kept.options == ("mine.safetensors", "pixel_space")
    (left,) = read_class("VAELoader", info, files=False).inputs
    assert left == kept._replace(options=None)


def test_a_folder_without_files_is_known_to_be_empty() -> None:
    info = {"input": {"required": {"model_name": [[]]}}, "output": []}
    (found,) = read_class("UpscaleModelLoader", info).inputs
    assert found.options == ()


@pytest.mark.parametrize("info", [{"input": {"required": {"x": []}}, "output": []}, {"input": {}}])
def test_a_class_of_another_shape_is_named(info: Any) -> None:
    with pytest.raises(CatalogueError, match="the class `Odd` is not described"):
        read_class("Odd", info)


@pytest.mark.parametrize("data", [{}, [], None, {"a": 1}, {"3": {"class_type": "KSampler"}}])
def test_other_json_is_told_apart(data: Any) -> None:
    assert not is_object_info(data)


def test_an_answer_about_a_bundled_class_of_a_pack_gets_what_answers_do_not_say() -> None:
    info = {
        "input": {"required": {"lora": [["mine.safetensors"]], "strength": ["FLOAT", {}]}},
        "output": ["WANVIDLORA"],
        "python_module": "custom_nodes.comfyui-wanvideowrapper",
    }
    lora, strength = read_class("WanVideoLoraSelect", info).inputs
    assert (lora.files, lora.options) == ("loras", ("mine.safetensors",))
    assert strength.files is None
    assert read_class("WanVideoLoraSelect", info, files=False).inputs[0].options is None
    own = {**info, "python_module": "nodes"}
    assert read_class("WanVideoLoraSelect", own).inputs[0].files is None
