"""Frames, sizes and rates: what is really made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts import (
    HIGH,
    LOW,
    alone,
    changed,
    codes,
    conditioned,
    found,
    node,
    report,
    split,
    view_of,
)
from wan22dsl.graph.model import Link

TI2V = "wan2.2_ti2v_5B_fp16.safetensors"
EXPERTS = ("high", "low")


def sized(**shape: int) -> dict:
    return split(start=conditioned(**shape))


def test_a_length_off_the_formula_is_told_with_what_is_made():
    (finding,) = found(sized(length=80))
    assert finding.code == "WAN801"
    assert "80 frames and makes 77" in finding.message
    assert "77 (4.75 s at 16 fps) or 81 (5 s at 16 fps)" in finding.help
    assert finding.span is not None
    assert finding.span.text == "80"


@pytest.mark.parametrize(
    ("model", "seconds"), [(TI2V, "3.17 s at 24 fps"), (HIGH, "4.75 s at 16 fps")]
)
def test_the_seconds_of_a_length_are_at_the_rate_of_the_model(model, seconds):
    prompt = alone(model, None)
    shape = {"width": 832, "height": 480, "length": 80, "batch_size": 1}
    prompt["start"] = node("EmptyHunyuanLatentVideo", **shape)
    prompt = changed(
        prompt,
        "sampler",
        positive=("positive", 0),
        negative=("negative", 0),
        latent_image=("start", 0),
    )
    (finding,) = [finding for finding in found(prompt) if finding.code == "WAN801"]
    assert seconds in finding.help


@given(st.integers(1, 81))
def test_only_lengths_of_4k_plus_1_are_made_as_they_are_asked_for(length):
    prompt = sized(length=length)
    made = view_of(prompt).facts.of(Link("start", 2)).frames
    assert made is not None
    assert made % 4 == 1
    assert 0 <= length - made < 4
    assert ("WAN801" in codes(prompt)) == (made != length)


@pytest.mark.parametrize(
    ("width", "height", "reported"),
    [
        (832, 1216, None),
        (833, 1217, "makes 832x1216"),
        (830, 1216, "makes 824x1216"),
        (840, 1216, "not a multiple of 16"),
    ],
)
def test_a_size_off_the_grid_is_told_with_what_is_made(width, height, reported):
    messages = [finding.message for finding in found(sized(width=width, height=height))]
    assert len(messages) == (1 if reported else 0)
    assert not reported or reported in messages[0]


def test_a_length_and_a_width_by_link_are_followed():
    prompt = {**sized(), "size": node("PrimitiveInt", value=830)}
    expression = node(
        "ComfyMathExpression", expression="floor(a * b)", **{"values.a": 5.0, "values.b": 16.0}
    )
    prompt["length"] = expression
    prompt = changed(prompt, "start", width=("size", 0), length=("length", 1))
    assert codes(prompt) == {"WAN801", "WAN802"}
    prompt = changed(prompt, "length", expression="floor(a * b + 1)")
    assert codes(changed(prompt, "size", value=832)) == set()


@pytest.mark.parametrize(("length", "accused"), [(81, False), (77, False), (85, True), (161, True)])
def test_more_frames_than_the_model_was_made_for_are_told_with_the_cost(length, accused):
    messages = [finding.message for finding in found(sized(length=length))]
    assert len(messages) == accused
    assert length != 161 or "3.3 times as long" in messages[0]


def test_a_window_over_the_frames_is_another_matter():
    prompt = sized(length=161)
    for name in ("high", "low"):
        prompt[f"{name}_window"] = node(
            "WanContextWindowsManual",
            model=(f"{name}_shift", 0),
            context_length=81,
            context_overlap=30,
            context_schedule="standard_static",
            context_stride=1,
            closed_loop=False,
            fuse_method="pyramid",
            freenoise=True,
            cond_retain_index_list="",
            split_conds_to_windows=False,
            causal_window_fix=True,
        )
        prompt = changed(prompt, f"{name}_sampler", model=(f"{name}_window", 0))
    assert "WAN803" not in codes(prompt)


def _small(**more) -> dict:
    start = conditioned()
    shape = {"width": 1280, "height": 704, "length": 121, "batch_size": 1, **more}
    start["vae"] = node("VAELoader", vae_name="wan2.2_vae.safetensors")
    start["start"] = node(
        "Wan22ImageToVideoLatent", vae=("vae", 0), start_image=("load", 0), **shape
    )
    prompt = alone(TI2V, None, start=start, steps=20, cfg=5.0, shift=8.0, sampler_name="uni_pc")
    prompt = changed(
        prompt,
        "sampler",
        latent_image=("start", 0),
        positive=("positive", 0),
        negative=("negative", 0),
    )
    return changed(prompt, "video", fps=24.0)


def test_the_5b_model_as_published_is_fine():
    assert report(_small()) == []


def test_the_5b_model_works_in_blocks_of_32():
    (finding,) = found(_small(width=1290, height=720))
    assert finding.code == "WAN802"
    assert "makes 1280x720" in finding.message
    assert "1280x704" in finding.help or "1280x736" in finding.help


@pytest.mark.parametrize(
    ("fps", "severity", "words"),
    [
        (16.0, None, ""),
        (16.1, None, ""),
        (15.0, "note", "81 frames last 5.33 s instead of 5 s"),
        (17.5, "note", "81 frames last 4.57 s instead of 5 s"),
        (18.0, "warning", "81 frames last 4.4 s instead of 5 s"),
        (30.0, "warning", "81 frames last 2.7 s instead of 5 s"),
        (8.0, "warning", "81 frames last 10 s instead of 5 s"),
    ],
)
def test_a_rate_that_changes_the_speed_is_told(fps, severity, words):
    diagnostics = found(changed(split(), "video", fps=fps))
    assert [finding.severity.value for finding in diagnostics] == ([severity] if severity else [])
    assert all(words in finding.message for finding in diagnostics)


_PLAYED = {
    "SaveWEBM": ("fps", {"codec": "vp9", "crf": 32.0}),
    "SaveAnimatedWEBP": ("fps", {"lossless": False, "quality": 80, "method": "default"}),
    "VHS_VideoCombine": (
        "frame_rate",
        {"loop_count": 0, "format": "video/h264-mp4", "pingpong": False, "save_output": True},
    ),
}


def _played(saver: str, fps: float, times: int = 1, **more) -> dict:
    """Frames saved by another node, interpolated before if `times` says so."""
    rate, inputs = _PLAYED[saver]
    prompt = {name: node for name, node in split().items() if name not in {"video", "save"}}
    images = ("decode", 0)
    if times > 1:
        prompt["film"] = node(
            "FILM VFI",
            frames=images,
            ckpt_name="film_net_fp32.pt",
            clear_cache_after_n_frames=10,
            multiplier=times,
        )
        images = ("film", 0)
    given = {**inputs, rate: fps, **more}
    prompt["saver"] = node(saver, images=images, filename_prefix="x", **given)
    return prompt


@pytest.mark.parametrize("saver", _PLAYED)
def test_every_saver_is_held_to_the_rate_of_interpolated_frames(saver):
    assert found(_played(saver, 64.0, times=4)) == []
    (finding,) = found(_played(saver, 60.0, times=4))
    assert (finding.code, finding.severity.value) == ("WAN804", "note")
    assert (
        "frames made for 64 fps at 60 fps: 321 frames last 5.33 s instead of 5 s" in finding.message
    )


@pytest.mark.parametrize(
    ("times", "fps", "played"),
    [(1, 16.0, None), (2, 32.0, None), (3, 48.0, None), (4, 64.0, "10"), (8, 128.0, "10")],
)
def test_a_gif_is_faster_than_50_frames_a_second_in_the_file_only(times, fps, played):
    diagnostics = found(_played("VHS_VideoCombine", fps, times, format="image/gif"))
    reported = [finding.message for finding in diagnostics if finding.code == "WAN817"]
    assert len(reported) == len(diagnostics) == (played is not None)
    assert all(f"a GIF that plays at {played} fps, not at {fps:g}" in each for each in reported)


def test_the_hundredths_of_a_gif_can_make_it_faster():
    prompt = _played("VHS_VideoCombine", 40.0, format="image/gif")
    prompt = changed(prompt, "saver", images=("loaded", 0))  # frames whose rate is not known
    prompt["loaded"] = node("LoadImage", image="frames.gif")
    (finding,) = (each for each in found(prompt) if each.code == "WAN817")
    assert (finding.severity.value, "plays at 50 fps, not at 40" in finding.message) == (
        "note",
        True,
    )


@pytest.mark.parametrize(("fps", "reported"), [(83.0, False), (90.0, False), (91.0, True)])
def test_frames_of_ten_milliseconds_are_shown_for_a_hundred(fps, reported):
    prompt = _played("SaveAnimatedWEBP", fps)
    prompt = changed(prompt, "saver", images=("loaded", 0))
    prompt["loaded"] = node("LoadImage", image="frames.webp")
    assert ("WAN817" in codes(prompt)) is reported


def test_interpolated_frames_are_saved_at_twice_the_rate():
    prompt = split()
    prompt["model"] = node("FrameInterpolationModelLoader", model_name="rife_v4.26.safetensors")
    prompt["smooth"] = node(
        "FrameInterpolate", interp_model=("model", 0), images=("decode", 0), multiplier=2
    )
    prompt = changed(prompt, "video", images=("smooth", 0), fps=32.0)
    assert report(prompt) == []
    assert codes(changed(prompt, "video", fps=16.0)) == {"WAN804"}


def _from_text(fps: float) -> dict:
    """Text to video, whose latent has no rate of its own."""
    models = tuple(each.replace("i2v", "t2v") for each in (HIGH, LOW))
    loras = tuple(
        f"wan2.2_t2v_lightx2v_4steps_lora_v1.1_{expert}_noise.safetensors" for expert in EXPERTS
    )
    prompt = split(models, loras)
    shape = {"width": 832, "height": 480, "length": 81, "batch_size": 1}
    prompt["start"] = node("EmptyHunyuanLatentVideo", **shape)
    del prompt["load"]
    for name in EXPERTS:
        inputs = {"positive": ("positive", 0), "negative": ("negative", 0)}
        prompt = changed(prompt, f"{name}_sampler", **inputs)
    prompt = changed(prompt, "high_sampler", latent_image=("start", 0))
    return changed(prompt, "video", fps=fps)


def test_text_to_video_has_the_rate_of_its_model():
    assert report(_from_text(16.0)) == []
    (finding,) = found(_from_text(30.0))
    assert finding.code == "WAN804"
    assert "frames made for 16 fps at 30 fps" in finding.message


def test_the_rate_of_another_familys_empty_latent_is_not_judged():
    prompt = _from_text(24.0)
    for name in EXPERTS:
        prompt = changed(prompt, f"{name}_model", unet_name="hunyuan_video_t2v_720p.safetensors")
    assert "WAN804" not in codes(prompt)


@pytest.mark.parametrize(
    ("class_type", "name"),
    [
        ("WanMoveTrackToVideo", "start_image"),
        ("WanPhantomSubjectToVideo", "images"),
        ("WanSoundImageToVideo", "ref_image"),
        ("WanHuMoImageToVideo", "ref_image"),
        ("WanAnimateToVideo", "reference_image"),
    ],
)
def test_every_conditioning_that_crops_its_pictures_is_told(class_type, name):
    start = conditioned(class_type, **{name: ("load", 0)})
    if name != "start_image":
        del start["start"]["inputs"]["start_image"]
    start["load"] = node("EmptyImage", width=1024, height=512, batch_size=1, color=0)
    start["saved"] = node("PreviewAny", source=("start", 0))
    assert "WAN808" in codes(start)


@pytest.mark.parametrize("class_type", ["WanFunInpaintToVideo", "WanMoveTrackToVideo"])
def test_a_whole_video_as_start_image_is_told_whatever_lays_it_over_the_clip(class_type):
    start = conditioned(class_type)
    start["load"] = node("GetVideoComponents", video=("file", 0))
    start["file"] = node("LoadVideo", file="dance.mp4")
    start["saved"] = node("PreviewAny", source=("start", 0))
    assert "WAN820" in codes(start)
    start["load"] = node("ImageFromBatch", image=("parts", 0), batch_index=0, length=1)
    start["parts"] = node("GetVideoComponents", video=("file", 0))
    assert "WAN820" not in codes(start)


def test_a_short_control_video_beside_sound_is_told_as_beside_any_other_model():
    start = conditioned("WanSoundImageToVideo", control_video=("load", 0))
    del start["start"]["inputs"]["start_image"]
    start["load"] = node("EmptyImage", width=832, height=1216, batch_size=41, color=0)
    start["saved"] = node("PreviewAny", source=("start", 0))
    assert "WAN807" in codes(start)


def test_a_length_of_the_next_chunk_of_sound_is_told_once():
    start = conditioned("WanSoundImageToVideo")
    del start["start"]["inputs"]["start_image"], start["load"]
    links = {name: start["start"]["inputs"][name] for name in ("positive", "negative", "vae")}
    links = {name: tuple(link) for name, link in links.items()}
    start["next"] = node(
        "WanSoundImageToVideoExtend", **links, length=80, video_latent=("start", 2)
    )
    start["saved"] = node("PreviewAny", source=("next", 0))
    reported = [finding.code for finding in found(start) if "80" in finding.message]
    assert reported == ["WAN801"]


@pytest.mark.parametrize(
    ("class_name", "names", "index", "words"),
    [
        ("ImageFromBatch", ("image", "batch_index", "length"), 81, "it takes that one"),
        ("ImageFromBatch", ("image", "batch_index", "length"), 80, None),
        ("GetImageRangeFromBatch", ("images", "start_index", "num_frames"), 90, "it fails"),
        ("GetImageRangeFromBatch", ("images", "start_index", "num_frames"), -1, None),
    ],
)
def test_a_frame_behind_the_last_one_is_told(class_name, names, index, words):
    clip, first, number = names
    prompt = split()
    prompt["one"] = node(class_name, **{clip: ("decode", 0), first: index, number: 1})
    prompt["kept"] = node("SaveImage", images=("one", 0), filename_prefix="x")
    told = [finding.message for finding in found(prompt)]
    assert [words in each for each in told] == ([True] if words else [])


@pytest.mark.parametrize(("length", "told"), [(121, {"WAN656"}), (1, set())])
def test_a_start_image_is_no_video_to_denoise(length, told):
    """The latent of the 5B model holds its picture, and zeros behind it."""
    start = conditioned("Wan22ImageToVideoLatent", width=1280, height=704, length=length)
    for name in ("positive", "negative"):
        del start["start"]["inputs"][name]
    start["vae"] = node("VAELoader", vae_name="wan2.2_vae.safetensors")
    prompt = alone(
        "wan2.2_ti2v_5B_fp16.safetensors",
        None,
        start=start,
        shift=8.0,
        latent=("start", 0),
        steps=20,
        cfg=5.0,
        sampler_name="uni_pc",
        denoise=0.6,
    )
    prompt = changed(prompt, "sampler", positive=("positive", 0), negative=("negative", 0))
    assert codes(changed(prompt, "video", fps=24.0)) == told
