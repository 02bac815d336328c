"""Which conditioning and text encoder belongs to which model."""

from __future__ import annotations

import pytest

from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LORA_LOW,
    LOW,
    T2V_HIGH,
    T2V_LORA,
    T2V_LOW,
    TWENTY_STEPS,
    changed,
    codes,
    conditioned,
    found,
    node,
    report,
    split,
)


def _empty() -> dict:
    start = conditioned()
    del start["load"]
    start["latent"] = node(
        "EmptyHunyuanLatentVideo", width=640, height=640, length=81, batch_size=1
    )
    del start["start"]
    return start


def _t2v(models, loras, **more):
    prompt = split(models, loras, start=_empty(), **more)
    for name in ("high_sampler", "low_sampler"):
        prompt = changed(prompt, name, positive=("positive", 0), negative=("negative", 0))
    return changed(prompt, "high_sampler", latent_image=("latent", 0))


@pytest.mark.parametrize("shift", [5.0, 8.0])
def test_text_to_video_as_published_is_fine(shift):
    loras = (T2V_LORA, T2V_LORA.replace("high", "low"))
    assert report(_t2v((T2V_HIGH, T2V_LOW), loras, shifts=(5.0, 5.0))) == []
    plain = _t2v(
        (T2V_HIGH, T2V_LOW),
        (None, None),
        parts=((0, 10, 20), (10, 20, 20)),
        shifts=(shift, shift),
        cfgs=(3.5, 3.5),
    )
    assert not [finding for finding in found(plain) if finding.severity.value != "note"]


def test_an_empty_latent_for_a_model_that_expects_a_picture_is_told():
    assert codes(_t2v((HIGH, LOW), (LORA_HIGH, LORA_LOW))) == {"WAN607"}


def test_fun_control_with_an_i2v_model_cannot_run():
    start = changed(
        conditioned("Wan22FunControlToVideo"), "start", start_image=None, ref_image=("load", 0)
    )
    assert [line[:12] for line in report(split(start=start))] == ["error WAN607"]


def test_the_latent_of_the_5b_model_with_a_picture_cannot_run_with_the_14b_models():
    start = conditioned()
    inputs = start["start"]["inputs"]
    start["start"] = node(
        "Wan22ImageToVideoLatent",
        **{name: inputs[name] for name in ("vae", "start_image", "length", "batch_size")},
        width=1280,
        height=704,
    )
    prompt = split(start=start)
    for name in ("high_sampler", "low_sampler"):
        prompt = changed(prompt, name, positive=("positive", 0), negative=("negative", 0))
    prompt = changed(prompt, "high_sampler", latent_image=("start", 0))
    assert "error WAN607" in [line[:12] for line in report(prompt)]


@pytest.mark.parametrize(
    ("file", "kind", "accused"),
    [
        ("umt5_xxl_fp8_e4m3fn_scaled.safetensors", "sd3", True),
        ("umt5_xxl_fp16.safetensors", "wan", False),
        ("umt5_base.safetensors", "ace", False),
    ],
)
def test_the_text_encoder_of_wan_is_loaded_as_such(file, kind, accused):
    prompt = changed(split(), "clip", clip_name=file, type=kind)
    assert [line[:12] for line in report(prompt)] == (["error WAN608"] if accused else [])


_OF_PICTURES = {
    "WanTrackToVideo": {"tracks": "[]", "temperature": 220.0, "topk": 2},
    "WanMoveTrackToVideo": {"strength": 1.0},
    "WanImageToVideo": {},
}


@pytest.mark.parametrize("class_type", _OF_PICTURES)
def test_pictures_for_a_text_to_video_model_are_told_whatever_puts_them_there(class_type):
    start = conditioned(class_type, **_OF_PICTURES[class_type])
    assert codes(split(start=start)) == set()
    prompt = split((T2V_HIGH, T2V_LOW), (None, None), **TWENTY_STEPS, start=start)
    assert "WAN607" in codes(prompt)


def test_a_conditioning_for_two_pictures_that_has_none_is_an_empty_latent_of_text_to_video():
    for class_type in ("WanFunInpaintToVideo", "WanFirstLastFrameToVideo"):
        start = conditioned(class_type)
        del start["start"]["inputs"]["start_image"], start["load"]
        prompt = split((T2V_HIGH, T2V_LOW), (None, None), **TWENTY_STEPS, start=start)
        assert "WAN607" not in codes(prompt)


def test_sound_for_a_model_that_hears_none_is_told():
    start = conditioned("WanHuMoImageToVideo", start_image=None, ref_image=("load", 0))
    start = changed(start, "start", start_image=None)
    prompt = split((T2V_HIGH, T2V_LOW), (None, None), **TWENTY_STEPS, start=start)
    assert "WAN607" in codes(prompt)
