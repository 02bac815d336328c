"""The facts that come with the project: present, sound, small, and nobody's files among them."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import ROOT
from wan22dsl import resources
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.comfyui.catalogue import files
from wan22dsl.comfyui.catalogue.compact import CompactFile, write
from wan22dsl.comfyui.catalogue.open import BUNDLED, _data, open_catalogue
from wan22dsl.comfyui.catalogue.pack_classes import DATA as FOLDER
from wan22dsl.comfyui.catalogue.pack_classes import pack_classes
from wan22dsl.comfyui.catalogue.schema import Catalogue, Input, NodeClass, Output

DATA = (*BUNDLED, "packs")


def file_of(name: str) -> CompactFile:
    return pack_classes() if name == "packs" else _data(name)


def bytes_of(name: str) -> bytes:
    return file_of(name).data[:]


def get(name: str, version: str = "0.33.0") -> NodeClass:
    found = open_catalogue(version).get(name)
    assert found is not None
    return found


def of(node_class: NodeClass, name: str) -> Input:
    return next(each for each in node_class.inputs if each.name == name)


@pytest.mark.parametrize("name", DATA)
def test_the_files_are_as_they_would_be_written(name: str) -> None:
    file = file_of(name)
    classes = [file.get(each) for each in file.names()]
    assert write(file.target, [class_ for class_ in classes if class_]).encode() == bytes_of(name)


@pytest.mark.parametrize("name", DATA)
def test_the_files_are_valid_by_the_schema(name: str) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(resources.schema("catalogue")))
    lines = bytes_of(name).decode().splitlines()
    for line in [lines[0], *lines[1::6]]:
        validator.validate(json.loads(line))


@pytest.mark.parametrize("version", BUNDLED)
def test_a_version_is_a_catalogue(version: str) -> None:
    catalogue = open_catalogue(version)
    assert isinstance(catalogue, Catalogue)
    assert catalogue.target == f"ComfyUI {version}"
    names = list(catalogue.names())
    assert names == sorted(set(names))
    assert {"KSampler", "RIFE VFI", "WanMoeKSampler", "DWPreprocessor"} <= set(names)
    assert catalogue.get("NoSuchClass") is None
    assert catalogue.get("KSampler") is catalogue.get("KSampler")


@pytest.mark.parametrize("version", BUNDLED)
def test_no_file_of_anyone_is_among_the_facts(version: str) -> None:
    catalogue = open_catalogue(version)
    for name in catalogue.names():
        for input_ in get(name, version).inputs:
            if input_.files is not None:
                assert input_.options is None, (name, input_.name)


def test_every_input_that_is_known_to_choose_files_exists() -> None:
    there = {
        f"{name}.{each}"
        for version in BUNDLED
        for name in open_catalogue(version).names()
        for input_ in get(name, version).inputs
        for each in (
            input_.name,
            *(f"{input_.name}.{part.name}" for part in (input_.grows.row if input_.grows else ())),
        )
    }
    assert files._FOLDER_OF.keys() <= there
    assert there >= files._OF_THE_MACHINE
    assert files._FIXED.keys() <= files._FOLDER_OF.keys()


@pytest.mark.parametrize("version", BUNDLED)
def test_the_node_that_comfyui_brings_among_custom_nodes_is_its_own(version: str) -> None:
    saver = get("SaveImageWebsocket", version)
    assert [input_.name for input_ in saver.inputs] == ["images"]
    assert saver.is_output


@pytest.mark.parametrize("version", BUNDLED)
def test_the_sampler_with_parts_of_a_schedule(version: str) -> None:
    sampler = get("KSamplerAdvanced", version)
    assert [input_.name for input_ in sampler.inputs] == [
        "model",
        "add_noise",
        "noise_seed",
        "steps",
        "cfg",
        "sampler_name",
        "scheduler",
        "positive",
        "negative",
        "latent_image",
        "start_at_step",
        "end_at_step",
        "return_with_leftover_noise",
    ]
    assert of(sampler, "noise_seed").maximum == 2**64 - 1
    assert of(sampler, "return_with_leftover_noise").options == ("disable", "enable")
    assert "euler" in (of(sampler, "sampler_name").options or ())
    assert sampler.outputs == (Output("LATENT", "LATENT"),)
    assert not sampler.is_output
    assert sampler.pack is None


@pytest.mark.parametrize("version", BUNDLED)
def test_image_to_video(version: str) -> None:
    wan = get("WanImageToVideo", version)
    assert [out.name for out in wan.outputs] == ["positive", "negative", "latent"]
    length = of(wan, "length")
    assert (length.default, length.minimum, length.step) == (81, 1, 4)
    assert of(wan, "width").step == 16
    assert not of(wan, "start_image").required
    assert of(wan, "start_image").is_socket


def test_saving_a_video_differs_between_the_versions() -> None:
    old, new = get("SaveVideo", "0.3.64"), get("SaveVideo", "0.33.0")
    assert of(old, "codec").options == ("auto", "h264")
    assert of(old, "codec").branches is None
    assert (len(old.outputs), len(new.outputs)) == (0, 1)
    assert old.is_output
    assert new.is_output
    branches = of(new, "format").branches
    assert branches is not None
    assert [file.name for file in branches["mp4"]] == ["codec"]
    assert not of(new, "codec").required


def test_only_the_newer_version_interpolates_by_itself() -> None:
    assert open_catalogue("0.3.64").get("FrameInterpolate") is None
    multiplier = of(get("FrameInterpolate"), "multiplier")
    assert (multiplier.default, multiplier.minimum, multiplier.maximum) == (2, 2, 16)


@pytest.mark.parametrize("version", BUNDLED)
def test_packs_serve_every_version(version: str) -> None:
    rife = get("RIFE VFI", version)
    assert rife.pack == "ComfyUI-Frame-Interpolation"
    assert "rife49.pth" in (of(rife, "ckpt_name").options or ())
    assert of(rife, "ckpt_name").files is None
    assert of(rife, "scale_factor").options == (0.25, 0.5, 1.0, 2.0, 4.0)
    assert get("WanMoeKSampler", version).pack == "ComfyUI-WanMoeKSampler"
    assert get("UnetLoaderGGUF", version).pack == "ComfyUI-GGUF"


@pytest.mark.parametrize(
    ("name", "node_class", "folder"),
    [
        ("UNETLoader", "unet_name", "diffusion_models"),
        ("UnetLoaderGGUF", "unet_name", "diffusion_models"),
        ("CLIPLoader", "clip_name", "text_encoders"),
        ("VAELoader", "vae_name", "vae"),
        ("LoraLoaderModelOnly", "lora_name", "loras"),
        ("CLIPVisionLoader", "clip_name", "clip_vision"),
        ("AudioEncoderLoader", "audio_encoder_name", "audio_encoders"),
        ("UpscaleModelLoader", "model_name", "upscale_models"),
        ("FrameInterpolationModelLoader", "model_name", "frame_interpolation"),
        ("LoadImage", "image", "input"),
        ("LoadVideo", "file", "input"),
        ("LoadAudio", "audio", "input"),
        ("VHS_LoadVideo", "video", "input"),
    ],
)
def test_loaders_choose_files_of_a_folder(name: str, node_class: str, folder: str) -> None:
    assert of(get(name), node_class).files == folder


def test_together_they_are_small() -> None:
    files_ = sorted(Path(FOLDER).iterdir())
    assert {file.name for file in files_} == {
        *(f"{name}.jsonl" for name in DATA),
        "class_packs.jsonl",
        "pack_list.jsonl",
    }
    compressed = sum(len(zlib.compress(file.read_bytes())) for file in files_)
    # The wheel is sent so.
    assert compressed < 1_000_000, "drop the oldest version of ComfyUI, or raise the limit"


def test_the_default_target_is_the_first_of_the_bundled_versions() -> None:
    assert BUNDLED[0] == DEFAULT_TARGET, "DEFAULT_TARGET is in api/targets.py"


def test_the_readme_names_every_bundled_version() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [version for version in BUNDLED if version not in readme] == []
