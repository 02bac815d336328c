"""What belongs together, and what is odd but right."""

from __future__ import annotations

import pytest

from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LOW,
    alone,
    changed,
    codes,
    conditioned,
    found,
    node,
    split,
)

TI2V = "wan2.2_ti2v_5B_fp16.safetensors"


def _small(vae: str, **more) -> dict:
    start = conditioned()
    start["vae"] = node("VAELoader", vae_name=vae)
    shape = {"width": 1280, "height": 704, "length": 121, "batch_size": 1}
    start["start"] = node("Wan22ImageToVideoLatent", vae=("vae", 0), **shape, **more)
    prompt = alone(TI2V, None, start=start, steps=20, cfg=5.0, shift=8.0, sampler_name="uni_pc")
    prompt = changed(
        prompt,
        "sampler",
        latent_image=("start", 0),
        positive=("positive", 0),
        negative=("negative", 0),
    )
    return changed(prompt, "video", fps=24.0)


@pytest.mark.parametrize("file", ["wan2.2_vae.safetensors", "sub/Wan2_2_VAE_bf16.safetensors"])
def test_a_vae_is_known_by_its_name(file):
    assert codes(changed(split(), "vae", vae_name=file)) == {"WAN651"}
    assert codes(_small(file)) == {"WAN513"}  # the picture is linked to nothing here


@pytest.mark.parametrize("file", ["wan_2.1_vae.safetensors", "Wan2_1_VAE_bf16.safetensors"])
def test_the_vae_of_the_14b_models_does_not_decode_for_the_5b_model(file):
    assert codes(split()) == set() == codes(changed(split(), "vae", vae_name=file))
    assert "WAN651" in codes(_small(file, start_image=("load", 0)))


def test_a_vae_whose_name_says_nothing_is_not_accused():
    assert codes(changed(split(), "vae", vae_name="mine.safetensors")) == set()


def test_one_loader_is_told_once_and_the_fix_names_the_right_file():
    (finding,) = found(changed(split(), "vae", vae_name="wan2.2_vae.safetensors"))
    assert finding.fix is not None
    assert finding.fix.edits[0].text == '"wan_2.1_vae.safetensors"'
    assert finding.is_error


def test_a_null_in_the_place_of_the_picture_is_no_picture():
    text = split()
    text["start"]["inputs"]["start_image"] = None
    del text["load"]
    assert codes(text) == {"WAN652"}


def test_one_of_two_pictures_is_enough():
    start = conditioned("WanFirstLastFrameToVideo")
    assert codes(split(start=start)) == set()
    start = changed(start, "start", start_image=None, end_image=("load", 0))
    assert codes(split(start=start)) == set()


def test_wan_2_1_reads_clip_vision():
    vision = node("CLIPVisionLoader", clip_name="clip_vision_h.safetensors")
    seen = node("CLIPVisionEncode", clip_vision=("vision", 0), image=("load", 0), crop="none")
    start = {"vision": vision, "seen": seen, **conditioned(clip_vision_output=("seen", 0))}
    older = alone("wan2.1_i2v_480p_14B_fp16.safetensors", None, start=start, steps=20, cfg=6.0)
    assert "WAN654" not in codes(older)
    assert codes(split(start=start)) == {"WAN654"}


@pytest.mark.parametrize(
    ("id", "name", "file"),
    [
        ("high_model", "unet_name", LORA_HIGH),
        ("high_model", "unet_name", "Wan2.2-I2V-A14B-HighNoise-Q5_K_M.gguf"),
        ("high_model", "unet_name", "umt5_xxl_fp16.safetensors"),
        ("high_lora", "lora_name", HIGH),
        ("vae", "vae_name", LOW),
        ("clip", "clip_name", "wan_2.1_vae.safetensors"),
    ],
)
def test_a_file_in_the_place_of_another_kind_is_told(id, name, file):
    errors = {
        finding.code for finding in found(changed(split(), id, **{name: file})) if finding.is_error
    }
    assert errors == {"WAN521"}


@pytest.mark.parametrize(
    ("id", "name", "file"),
    [
        ("high_model", "unet_name", "floral_high_noise.safetensors"),
        ("high_lora", "lora_name", "wan2.2_i2v_high_noise_style.safetensors"),
        ("clip", "clip_name", "nsfw_wan_umt5-xxl_fp8_scaled.safetensors"),
    ],
)
def test_names_that_may_be_anything_are_not_accused(id, name, file):
    assert "WAN521" not in codes(changed(split(), id, **{name: file}))


def test_a_link_of_another_type_for_the_undocumented_picture_cannot_run():
    start = conditioned("Wan22FunControlToVideo", control_video=("load", 0))
    models = tuple(name.replace("i2v", "fun_control") for name in (HIGH, LOW))
    prompt = split(models, (None, None), start=start, cfgs=(3.5, 3.5))
    assert {finding.severity.value for finding in found(prompt) if finding.code == "WAN515"} == {
        "warning"
    }
    prompt = changed(prompt, "start", start_image=("load", 1))
    assert {finding.severity.value for finding in found(prompt) if finding.code == "WAN515"} == {
        "error"
    }


@pytest.mark.parametrize(
    ("input", "link", "help"),
    [
        ("latent_image", ("load", 0), "VAEEncode"),
        ("positive", ("text", 0), "CLIPTextEncode"),
    ],
)
def test_what_makes_the_one_of_the_other_is_named(input, link, help):
    prompt = {**split(), "text": node("PrimitiveString", value="She smiles")}
    (finding,) = (
        finding
        for finding in found(changed(prompt, "high_sampler", **{input: link}))
        if finding.code == "WAN503"
    )
    assert help in finding.help


@pytest.mark.parametrize(
    ("value", "accused"),
    [
        ("C:\\Users\\ada\\a.png", True),
        ("/home/ada/a.png", True),
        ("~/a.png", True),
        ("\\\\nas\\clips\\a.png", True),
        ("clips/a.png", False),
        ("a.png [output]", False),
        ("c/d.png", False),
    ],
)
def test_a_path_that_only_one_machine_has_is_a_note(value, accused):
    assert ("WAN531" in codes(changed(split(), "load", image=value))) == accused


def test_a_prompt_that_speaks_of_a_path_is_no_path():
    prompt = changed(split(), "positive", text="A sign says /home/ada in a street")
    assert codes(prompt) == set()


@pytest.mark.parametrize("kind", ["control", "inpaint"])
def test_the_fun_models_of_5b_take_the_conditioning_of_the_14b_ones_at_24_fps(kind):
    class_type = {"control": "Wan22FunControlToVideo", "inpaint": "WanFunInpaintToVideo"}[kind]
    start = conditioned(class_type, width=1280, height=704, length=121)
    if kind == "control":
        start = changed(start, "start", start_image=None, control_video=("load", 0))
    start["vae"] = node("VAELoader", vae_name="wan2.2_vae.safetensors")
    model = f"wan2.2_fun_{kind}_5B_bf16.safetensors"
    prompt = alone(model, None, start=start, steps=20, cfg=5.0, shift=8.0, sampler_name="uni_pc")
    assert codes(changed(prompt, "video", fps=24.0)) == set()
    assert "WAN651" in codes(changed(prompt, "vae", vae_name="wan_2.1_vae.safetensors"))


@pytest.mark.parametrize(
    ("class_name", "reported"),
    [("SaveImage", True), ("PreviewImage", False)],
    ids=["saved", "shown"],
)
def test_a_half_denoised_latent_that_is_saved_is_a_note(class_name, reported):
    prompt = split()
    prompt["early"] = node("VAEDecode", samples=("high_sampler", 0), vae=("vae", 0))
    prompt["kept"] = node(class_name, images=("early", 0), filename_prefix="early")
    if class_name == "PreviewImage":
        del prompt["kept"]["inputs"]["filename_prefix"]
    assert codes(prompt) == ({"WAN662"} if reported else set())


@pytest.mark.parametrize(("slot", "reported"), [(0, []), (1, ["WAN653"])])
def test_another_output_of_an_equal_node_is_another_conditioning(slot, reported):
    """`positive` of the one and `negative` of the other are not the same, however alike the nodes are."""
    start = conditioned()
    for name in ("pre", "pre2"):
        start[name] = {**start["start"], "inputs": dict(start["start"]["inputs"])}
    start["start2"] = {**start["start"], "inputs": dict(start["start"]["inputs"])}
    start["start"]["inputs"]["positive"] = ["pre", 0]
    start["start2"]["inputs"]["positive"] = ["pre2", slot]
    prompt = changed(
        split(start=start), "low_sampler", positive=("start2", 0), negative=("start2", 1)
    )
    assert [code for code in codes(prompt) if code == "WAN653"] == reported


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"positive": ("other", 0)}, "note"),
        ({"start_image": ("other_image", 0)}, "warning"),
        ({"positive": ("other", 0), "start_image": ("other_image", 0)}, "warning"),
    ],
)
def test_another_picture_weighs_more_than_another_prompt(changes, severity):
    start = conditioned()
    start["other"] = node("CLIPTextEncode", clip=("clip", 0), text="He waves")
    start["other_image"] = node("LoadImage", image="other.png")
    inputs = {
        **start["start"]["inputs"],
        **{name: list(change) for name, change in changes.items()},
    }
    start["start2"] = {**start["start"], "inputs": inputs}
    prompt = changed(
        split(start=start), "low_sampler", positive=("start2", 0), negative=("start2", 1)
    )
    (reported,) = [finding for finding in found(prompt) if finding.code == "WAN653"]
    assert reported.severity.value == severity


@pytest.mark.parametrize("class_type", ["WanFunControlToVideo", "Wan22FunControlToVideo"])
def test_a_control_model_without_a_control_video_is_told(class_type):
    control = HIGH.replace("i2v", "fun_control"), LOW.replace("i2v", "fun_control")
    start = conditioned(class_type)
    del start["start"]["inputs"]["start_image"], start["load"]
    assert "WAN652" in codes(split(control, (None, None), start=start))


@pytest.mark.parametrize(
    ("class_type", "name", "file", "accused"),
    [
        ("LoadImage", "image", "dance.mp4", True),
        ("LoadImageMask", "image", "dance.mp4", True),
        ("VHS_LoadVideo", "video", "start.png", True),
        ("VHS_LoadVideoFFmpeg", "video", "start.png", False),
        ("VHS_LoadAudioUpload", "audio", "start.png", True),
        ("VHS_LoadAudioUpload", "audio", "song.mp3", False),
    ],
)
def test_every_loader_that_cannot_read_a_file_is_told(class_type, name, file, accused):
    prompt = {
        "load": node(class_type, **{name: file}),
        "shown": node("PreviewAny", source=("load", 0)),
    }
    assert ("WAN521" in codes(prompt)) == accused


@pytest.mark.parametrize("class_type", ["VAEDecode", "VAEDecodeTiled", "VHS_VAEDecodeBatched"])
def test_a_half_denoised_latent_is_told_whatever_decodes_it(class_type):
    prompt = split()
    prompt["early"] = node(class_type, samples=("high_sampler", 0), vae=("vae", 0))
    prompt["kept"] = node("SaveImage", images=("early", 0), filename_prefix="early")
    assert "WAN662" in codes(prompt)


@pytest.mark.parametrize(
    ("class_type", "inputs"),
    [
        ("VHS_SelectImages", {"indexes": "0:81", "err_if_missing": True, "err_if_empty": True}),
        ("ImageFromBatch", {"batch_index": 0, "length": 81}),
    ],
)
def test_clips_that_are_taken_apart_again_are_no_clips_in_one_file(class_type, inputs):
    prompt = split(start=conditioned(batch_size=2))
    assert "WAN812" in codes(prompt)
    prompt["part"] = node(class_type, image=("decode", 0), **inputs)
    assert "WAN812" not in codes(changed(prompt, "video", images=("part", 0)))


@pytest.mark.parametrize("class_type", ["ModelSamplingLTXV", "ModelSamplingFlux"])
def test_a_sampling_that_counts_noise_from_1_is_told(class_type):
    prompt = split()
    inputs = {"max_shift": 2.0, "base_shift": 1.0}
    if class_type == "ModelSamplingFlux":
        inputs |= {"width": 832, "height": 1216}
    before = prompt["high_sampler"]["inputs"]["model"]
    prompt["sampling"] = node(class_type, model=tuple(before), **inputs)
    (found_,) = (
        finding
        for finding in found(changed(prompt, "high_sampler", model=("sampling", 0)))
        if finding.code == "WAN724"
    )
    assert "numbers the noise from 1 to 0" in found_.message
