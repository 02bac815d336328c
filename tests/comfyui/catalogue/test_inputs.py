"""The inputs that a node has depend on its values; so do its defaults and its output types."""

from __future__ import annotations

from typing import Any

import pytest

from wan22dsl.comfyui.catalogue.inputs import default_of, defaults_of, fits, inputs_of, output_type
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.comfyui.catalogue.schema import Input, NodeClass

LINK = object()


def bundled(name: str, version: str = "0.33.0") -> NodeClass:
    found = open_catalogue(version).get(name)
    assert found is not None
    return found


def choice(name: str, *options: str, **more: Any) -> Input:
    return Input(name, "COMBO", options=options, **more)


def test_a_class_that_never_changes_has_its_inputs_as_they_are() -> None:
    sampler = bundled("KSampler")
    assert tuple(inputs_of(sampler, {"seed": 1}).values()) == sampler.inputs


@pytest.mark.parametrize(
    ("values", "there"),
    [
        ({}, ["format", "format.codec", "codec"]),
        ({"format": "mp4"}, ["format", "format.codec", "codec"]),
        (
            {"format": "mp4", "format.codec": "h264"},
            ["format", "format.codec", "format.codec.encoding", "codec"],
        ),
        (
            {"format": "webm", "format.codec": "av1", "format.codec.encoding": "re-encode"},
            [
                "format",
                "format.codec",
                "format.codec.encoding",
                "format.codec.encoding.crf",
                "format.codec.encoding.color_space",
                "codec",
            ],
        ),
        ({"format": "no such"}, ["format", "codec"]),
    ],
)
def test_a_dynamic_choice_brings_the_inputs_of_its_value(
    values: dict[str, Any], there: list[str]
) -> None:
    assert list(inputs_of(bundled("SaveVideo"), values)) == ["video", "filename_prefix", *there]


def test_the_old_spelling_of_a_choice_stands_for_the_new_one() -> None:
    values = {"format": "mp4", "codec": "h264"}
    found = inputs_of(bundled("SaveVideo"), values)
    assert not found["format.codec"].required
    assert defaults_of(bundled("SaveVideo"), values) == {"filename_prefix": "video/ComfyUI"}


def test_a_choice_that_arrives_by_link_could_be_any() -> None:
    found = inputs_of(bundled("SaveVideo"), {"format": LINK})
    assert not found["format.codec"].required


@pytest.mark.parametrize("kind", ["video/h264-mp4", "video/h265-mp4"])
def test_the_widgets_of_a_format_have_no_dot_and_are_optional(kind: str) -> None:
    found = inputs_of(bundled("VHS_VideoCombine"), {"format": kind})
    assert not found["crf"].required
    assert ("trim_to_audio" in found) == (kind == "video/h264-mp4")
    assert "crf" not in defaults_of(bundled("VHS_VideoCombine"), {"format": kind})


def test_a_growing_input_has_the_items_that_must_be_and_those_that_are_given() -> None:
    batch = bundled("BatchImagesNode")
    assert list(inputs_of(batch, {})) == ["images.image0"]
    assert list(inputs_of(batch, {"images.image4": LINK})) == ["images.image0", "images.image4"]
    assert "images.image50" not in inputs_of(batch, {"images.image50": LINK})
    maths = inputs_of(bundled("ComfyMathExpression"), {"values.c": 1.0, "values.zz": 1})
    assert [name for name in maths if name.startswith("values")] == ["values.a", "values.c"]
    assert maths["values.a"].required
    assert not maths["values.c"].required


def test_defaults_fill_what_is_required_and_not_given() -> None:
    found = defaults_of(bundled("RIFE VFI"), {"frames": LINK, "multiplier": 3})
    assert found == {
        "ckpt_name": "rife49.pth",
        "clear_cache_after_n_frames": 10,
        "fast_mode": True,
        "ensemble": True,
        "scale_factor": 1.0,
        "dtype": "float32",
        "torch_compile": False,
        "batch_size": 1,
    }


def test_defaults_choose_no_file_and_link_nothing() -> None:
    assert defaults_of(bundled("LoraLoader"), {}) == {"strength_model": 1.0, "strength_clip": 1.0}
    assert defaults_of(bundled("UNETLoader"), {}) == {"weight_dtype": "default"}


def test_defaults_belong_to_who_asked_for_them() -> None:
    crop = bundled("ImageCropV2")
    defaults_of(crop, {})["crop_region"]["x"] = 99
    assert defaults_of(crop, {})["crop_region"]["x"] == 0


def test_a_choice_without_a_default_has_its_first_value() -> None:
    assert default_of(choice("x", "a", "b")) == "a"
    assert default_of(choice("x", "a", "b", default="b")) == "b"


def test_a_default_that_is_no_choice_is_none() -> None:
    assert default_of(choice("x", "a", "b", default=False)) == "a"


def test_a_fixed_choice_beside_the_files_may_be_the_default() -> None:
    lora = Input("x", "COMBO", files="loras", fixed=("[None]",), default="[None]")
    assert default_of(lora) == "[None]"
    assert (
        default_of(lora._replace(default="mine.safetensors", options=("mine.safetensors",))) is None
    )


def test_defaults_of_the_other_version_are_its_own() -> None:
    assert defaults_of(bundled("SaveVideo", "0.3.64"), {}) == {
        "filename_prefix": "video/ComfyUI",
        "format": "auto",
        "codec": "auto",
    }


@pytest.mark.parametrize("version", ["0.33.0", "0.3.64"])
def test_filling_in_the_defaults_leaves_none_to_fill_in(version: str) -> None:
    catalogue = open_catalogue(version)
    for name in list(catalogue.names())[::7]:
        found = catalogue.get(name)
        assert found is not None
        filled = defaults_of(found, {})
        assert defaults_of(found, filled) == {}
        assert set(filled) <= set(inputs_of(found, filled))


@pytest.mark.parametrize(
    ("given", "taken", "fitting"),
    [
        ("IMAGE", "IMAGE", True),
        ("IMAGE", "LATENT", False),
        ("INT", "FLOAT", False),
        ("INT", "FLOAT,INT", True),
        ("IMAGE,MASK", "MASK, LATENT", True),
        ("STRING", "COMBO", False),
        ("COMBO", "COMBO", True),
        ("IMAGE", "*", True),
        ("*", "IMAGE", True),
        ("Image", "IMAGE", False),
    ],
)
def test_links_fit_where_the_types_have_one_in_common(
    given: str, taken: str, fitting: bool
) -> None:
    assert fits(given, taken) is fitting


def test_an_output_takes_the_type_that_is_linked() -> None:
    resize = bundled("ResizeImageMaskNode")
    assert output_type(resize, 0, {"input": "IMAGE"}) == "IMAGE"
    assert output_type(resize, 0, {"input": "MASK", "resize_type.match": "IMAGE"}) == "MASK"
    assert output_type(resize, 0, {}) == "IMAGE,MASK"
    switch = bundled("ComfySwitchNode")
    assert output_type(switch, 0, {"switch": "BOOLEAN", "on_true": "LATENT"}) == "LATENT"
    assert output_type(bundled("CreateList"), 0, {"inputs.input1": "IMAGE"}) == "IMAGE"
    assert output_type(bundled("VAEDecode"), 0, {"samples": "LATENT"}) == "IMAGE"
    with pytest.raises(IndexError):
        output_type(bundled("VAEDecode"), 1, {})


def test_a_list_of_rows_has_the_inputs_of_each_row_that_must_be_or_is_given() -> None:
    loras = bundled("LoadLoraModel", "0.39")
    first = ["loras.0.lora_name", "loras.0.strength", "loras.0.enabled"]
    second = [name.replace(".0.", ".1.") for name in first]
    assert list(inputs_of(loras, {})) == ["model", *first]
    assert list(inputs_of(loras, {"loras.1.strength": 0.5})) == ["model", *first, *second]
    found = inputs_of(loras, {"loras.1.strength": 0.5})
    assert found["loras.0.lora_name"].files == "loras"
    assert (found["loras.1.strength"].default, found["loras.1.strength"].required) == (1.0, True)
    assert "loras.0.strength" in defaults_of(loras, {})
    assert not any(name.startswith("loras.20.") for name in inputs_of(loras, {"loras.99.x": 1}))
