"""Nodes with several outputs, and stages that read settings which nobody set, in flows and `let`s."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

from tests.importing.user_workflow import prompt
from tests.prompts import changed, meaning, node
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump


def pipeline_of(made: dict[str, Any]) -> str:
    """The text of a prompt, which has to be a pipeline that makes the prompt."""
    text = compiler.import_file(dump(made).encode(), shown="made.json").text
    assert text is not None and "\npipeline made {" in text
    compiled = compiler.compile(compiler.Source(text, "again.wan"))
    assert compiled.prompt is not None, [finding.message for finding in compiled.diagnostics]
    assert meaning(json.loads(dump(compiled.prompt))) == meaning(made)
    return text


def test_a_preview_of_one_of_several_outputs_stays_outside_of_the_let() -> None:
    made = prompt()
    made["small"] = node(
        "ImageResizeKJv2",
        image=("load", 0),
        width=640,
        height=640,
        upscale_method="lanczos",
        keep_proportion="crop",
        pad_color="0, 0, 0",
        crop_position="center",
        divisible_by=16,
    )
    made["look"] = node("PreviewImage", images=("small", 0))
    made = changed(made, "start", start_image=("small", 0))
    text = pipeline_of(made)
    assert "small.IMAGE -> preview" in text


def test_an_output_by_number_may_be_of_a_flow_that_has_a_name() -> None:
    made = prompt()
    made["odd"] = node("My VFI (custom)", images=("rife", 0))
    made["other"] = node("SaveImage", images=("odd", 1), filename_prefix="other")
    made = changed(made, "video", images=("odd", 0))
    text = pipeline_of(made)
    assert "odd[0] ->" in text and "odd[1] ->" in text


def test_a_start_without_its_prompts_stays_a_plain_node() -> None:
    made = {
        "model": node("UNETLoader", unet_name="odd.safetensors", weight_dtype="default"),
        "clip": node("CLIPLoader", clip_name="umt5_xxl_fp8_e4m3fn_scaled.safetensors", type="wan"),
        "vae": node("VAELoader", vae_name="wan_2.1_vae.safetensors"),
        "text": node("CLIPTextEncode", text="a fox", clip=("clip", 0)),
        "latent": node("EmptyHunyuanLatentVideo", width=640, height=640, length=81, batch_size=1),
        "odd": node("Odd Sampler", model=("model", 0), positive=("text", 0), latent=("latent", 0)),
        "decode": node("VAEDecode", samples=("odd", 0), vae=("vae", 0)),
        "save": node("SaveImage", images=("decode", 0), filename_prefix="fox"),
    }
    text = pipeline_of(made)
    assert "EmptyHunyuanLatentVideo(" in text and 'wan22.encode("a fox")' in text


def test_conditioning_of_other_nodes_leaves_the_samplers_passes() -> None:
    made = prompt()
    for number, source in enumerate(("positive", "negative")):
        made[source] = node("Odd Encode", clip=("clip", 0), text="a fox", number=number)
    made["odd"] = node(
        "Odd Start", positive=("positive", 0), negative=("negative", 0), vae=("vae", 0)
    )
    for name in ("high_sampler", "low_sampler"):
        made = changed(made, name, positive=("odd", 0), negative=("odd", 1))
    made = changed(made, "high_sampler", latent_image=("odd", 2))
    del made["start"], made["load"]
    text = pipeline_of(made)
    assert "conditioning = wan22.given(" in text and text.count("wan22.given(") == 1
    assert "wan22.high -> low -> rife" in text


def test_a_size_that_is_known_only_when_it_runs_leaves_the_samplers_passes() -> None:
    made = prompt()
    made["size"] = node("GetImageSize", image=("load", 0))
    made = changed(made, "start", width=("size", 0), height=("size", 1))
    text = pipeline_of(made)
    assert "wan22.high -> low -> rife" in text


def test_a_model_of_a_known_expert_is_the_librarys_with_another_file() -> None:
    made = prompt()
    made = changed(made, "high_model", unet_name="mine/wan2.2_i2v_high_noise_14B_Q8.safetensors")
    text = pipeline_of(made)
    assert re.search(
        r'^model \w+ = wan22\.i2v_high\(file = "mine/wan2\.2_i2v_high_noise_14B_Q8\.safetensors"\)$',
        text,
        re.MULTILINE,
    )


def test_an_input_that_the_file_does_not_have_is_not_written() -> None:
    made = prompt()
    made["small"] = node(
        "ResizeImageMaskNode",
        input=("load", 0),
        resize_type="scale longer dimension",
        scale_method="area",
    )
    made = changed(made, "start", start_image=("small", 0))
    text = compiler.import_file(dump(made).encode(), shown="made.json").text
    assert text is not None and 'scale_method = "area"' in text
    assert "longer_size" not in text.partition("\n# Required by the class, and added: ")[0]


def test_what_a_pass_cannot_say_of_its_model_is_where_its_model_begins() -> None:
    made = prompt()
    made["odd"] = node("Odd Merge", model=("high_lora", 0), mask=("load", 1))
    made = changed(made, "high_sage", model=("odd", 0))
    text = pipeline_of(made)
    assert "model = odd[0]" in text or "model = `Odd Merge`(" in text
    assert "KSampler" not in text


def test_a_prompt_that_another_node_has_too_is_written_once() -> None:
    made = prompt()
    long = "She turns to the camera and smiles, soft window light"
    made = changed(made, "positive", text=long)
    made["odd"] = node("Odd Show", frames=("rife", 0), text=long)
    text = pipeline_of(made)
    assert text.count(long) == 1 and "text = pipeline.prompt" in text


def test_a_second_pass_of_an_expert_has_its_name_with_a_number() -> None:
    made = changed(prompt(), "high_shift", shift=4.0)
    for name in ("high", "low"):
        made[f"{name}_again"] = deepcopy(made[f"{name}_sampler"])
        del made[f"{name}_again"]["_meta"]
    made = changed(made, "high_again", noise_seed=8)
    made = changed(made, "low_again", latent_image=("high_again", 0))
    made["decode_again"] = node("VAEDecode", samples=("low_again", 0), vae=("vae", 0))
    made["save_again"] = node("SaveImage", images=("decode_again", 0), filename_prefix="again")
    text = pipeline_of(made)
    assert "pass high_2 = " in text and "sampled" not in text
