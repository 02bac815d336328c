"""What each conditioning of `wan22` stands for, and which settings it adds to a pipeline."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.language.library.building import node, pipeline, prompt_of, source_of, without_image
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.program.names import public


class Case(NamedTuple):
    """A flow, the settings that its conditioning adds, and where the links of the node come from."""

    flow: str
    settings: str
    class_name: str
    links: dict[str, str]


_PAIR = 'wan22.{0}high -> wan22.{0}low -> save("end")'
CASES = {
    "image_to_video": Case(_PAIR.format(""), "", "WanImageToVideo", {"start_image": "LoadImage"}),
    "first_last_frame": Case(
        _PAIR.format(""),
        '    conditioning = wan22.first_last_frame\n    end_image = "end.png"\n',
        "WanFirstLastFrameToVideo",
        {"start_image": "LoadImage", "end_image": "LoadImage"},
    ),
    "fun_control": Case(
        _PAIR.format("control_"),
        '    control_video = "poses.mp4"\n',
        "Wan22FunControlToVideo",
        {"ref_image": "LoadImage", "control_video": "GetVideoComponents"},
    ),
    "fun_inpaint": Case(
        _PAIR.format("inpaint_"),
        '    end_image = "end.png"\n',
        "WanFunInpaintToVideo",
        {"start_image": "LoadImage", "end_image": "LoadImage"},
    ),
    "fun_camera": Case(
        _PAIR.format("camera_"),
        '    camera = "Zoom Out"\n',
        "WanCameraImageToVideo",
        {
            "start_image": "LoadImage",
            "camera_conditions": "WanCameraEmbedding",
        },
    ),
    "vace": Case(
        'wan22.vace_high -> wan22.vace_low -> wan22.trim_vace -> save("end")',
        """    control_video = "poses.mp4"
    control_mask  = LoadImageMask(image = "m.png", channel = "red")
""",
        "WanVaceToVideo",
        {
            "reference_image": "LoadImage",
            "control_video": "GetVideoComponents",
            "control_masks": "LoadImageMask",
        },
    ),
    "sound_to_video": Case(
        'wan22.sound -> save("end")',
        '    audio = "song.mp3"\n    control_video = "poses.mp4"\n    motion_video = "before.mp4"\n',
        "WanSoundImageToVideo",
        {
            "ref_image": "LoadImage",
            "audio_encoder_output": "AudioEncoderEncode",
            "control_video": "GetVideoComponents",
            "ref_motion": "GetVideoComponents",
        },
    ),
    "animate": Case(
        'wan22.character -> wan22.trim_animate -> save("end")',
        """    face_video       = "faces.mp4"
    pose_video       = "poses.mp4"
    background_video = "scene.mp4"
    character_mask   = LoadImageMask(image = "m.png", channel = "red")
    previous_video   = "before.mp4"
""",
        "WanAnimateToVideo",
        {
            "reference_image": "LoadImage",
            "clip_vision_output": "CLIPVisionEncode",
            "face_video": "GetVideoComponents",
            "pose_video": "GetVideoComponents",
            "background_video": "GetVideoComponents",
            "character_mask": "LoadImageMask",
            "continue_motion": "GetVideoComponents",
        },
    ),
    "text_to_video": Case(_PAIR.format("text_"), "", "EmptyHunyuanLatentVideo", {}),
    "image_to_video_5b": Case(
        'wan22.small -> save("end")',
        "",
        "Wan22ImageToVideoLatent",
        {"start_image": "LoadImage", "vae": "VAELoader"},
    ),
}

#: Stages that are no conditioning; they are used by those above, and tested below.
OTHERS = {"encode", "given", "trim_vace", "trim_animate"}


def _prompt(name: str, settings: str | None = None) -> dict[str, dict[str, object]]:
    case = CASES[name]
    text = pipeline(case.flow, case.settings if settings is None else settings)
    return prompt_of(without_image(text) if name == "text_to_video" else text)


def test_every_stage_has_a_test() -> None:
    library = library_module("wan22")
    stages = {name for name in public(library) if library.names[name].word.text == "stage"}
    assert stages == set(CASES) | OTHERS


@pytest.mark.parametrize("name", CASES)
def test_a_conditioning_becomes_its_node_with_what_the_pipeline_has(name: str) -> None:
    case, prompt = CASES[name], _prompt(name)
    made = node(prompt, case.class_name)
    assert {key: source_of(prompt, made[key])[0] for key in case.links} == case.links
    if name != "fun_camera":
        assert (made["width"], made["height"], made["length"]) == (640, 480, 81)
    assert made["batch_size"] == 1


@pytest.mark.parametrize("name", CASES)
def test_the_sampler_takes_what_the_conditioning_gives(name: str) -> None:
    case, prompt = CASES[name], _prompt(name)
    sampler = next(
        node["inputs"]
        for node in prompt.values()
        if "positive" in node["inputs"] and "latent_image" in node["inputs"]
    )
    latent = source_of(prompt, sampler["latent_image"])
    if name in ("text_to_video", "image_to_video_5b"):
        assert latent == (case.class_name, 0)
        assert source_of(prompt, sampler["positive"]) == ("CLIPTextEncode", 0)
        assert source_of(prompt, sampler["negative"]) == ("CLIPTextEncode", 0)
    else:
        assert latent == (case.class_name, 2)
        assert source_of(prompt, sampler["positive"]) == (case.class_name, 0)
        assert source_of(prompt, sampler["negative"]) == (case.class_name, 1)


def test_the_move_of_the_camera_is_a_setting() -> None:
    prompt = _prompt("fun_camera", '    camera = "Pan Left"\n    camera_speed = 0.5\n')
    move = node(prompt, "WanCameraEmbedding")
    assert (move["camera_pose"], move["speed"]) == ("Pan Left", 0.5)
    assert (move["width"], move["height"], move["length"]) == (640, 480, 81)


def test_a_camera_without_a_speed_has_the_speed_of_the_node() -> None:
    assert "speed" not in node(_prompt("fun_camera"), "WanCameraEmbedding")


def test_the_5b_model_needs_no_picture() -> None:
    case = CASES["image_to_video_5b"]
    text = without_image(pipeline(case.flow))
    assert "start_image" not in node(prompt_of(text), case.class_name)


def test_what_vace_puts_in_front_is_cut_off() -> None:
    prompt = _prompt("vace")
    trimmed = node(prompt, "TrimVideoLatent")
    assert source_of(prompt, trimmed["trim_amount"]) == ("WanVaceToVideo", 3)
    assert source_of(prompt, trimmed["samples"]) == ("KSamplerAdvanced", 0)
    assert source_of(prompt, node(prompt, "VAEDecode")["samples"]) == ("TrimVideoLatent", 0)


def test_what_animate_puts_in_front_is_cut_off() -> None:
    prompt = _prompt("animate")
    assert source_of(prompt, node(prompt, "TrimVideoLatent")["trim_amount"]) == (
        "WanAnimateToVideo",
        3,
    )
    kept = node(prompt, "ImageFromBatch")
    assert source_of(prompt, kept["batch_index"]) == ("WanAnimateToVideo", 4)
    assert source_of(prompt, kept["image"]) == ("VAEDecode", 0)


def test_the_encoders_of_sound_and_pictures_have_their_files() -> None:
    sound, character = _prompt("sound_to_video"), _prompt("animate")
    assert node(sound, "AudioEncoderLoader") == {
        "audio_encoder_name": "wav2vec2_large_english_fp16.safetensors"
    }
    assert node(character, "CLIPVisionLoader") == {"clip_name": "clip_vision_h.safetensors"}
    assert node(character, "CLIPVisionEncode")["crop"] == "none"


def test_given_takes_what_other_nodes_make() -> None:
    text = pipeline(
        _PAIR.format(""),
        '    conditioning = wan22.given(latent = LoadLatent(latent = "a.latent"))\n',
    )
    prompt = prompt_of(without_image(text))
    first, second = (made for made in prompt.values() if made["class_type"] == "KSamplerAdvanced")
    assert source_of(prompt, first["inputs"]["latent_image"])[0] == "LoadLatent"
    assert first["inputs"]["positive"] == second["inputs"]["positive"]
    assert source_of(prompt, first["inputs"]["positive"])[0] == "CLIPTextEncode"
    assert source_of(prompt, second["inputs"]["latent_image"])[0] == "KSamplerAdvanced"
