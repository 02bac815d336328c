"""Where model files are looked for, as ComfyUI does it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wan22dsl.errors import CommandError
from wan22dsl.model_files import extra_paths, folders

if TYPE_CHECKING:
    from pathlib import Path


def comfyui(tmp_path: Path) -> Path:
    folder = tmp_path / "ComfyUI"
    (folder / "models" / "loras").mkdir(parents=True)
    (folder / "main.py").write_text("", encoding="utf-8")
    return folder


def put(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x", encoding="utf-8")
    return file


def test_comfyui_its_models_folder_and_a_base_directory_name_the_same(tmp_path):
    folder = comfyui(tmp_path)
    file = put(folder / "models" / "loras" / "people" / "anna.safetensors")
    for named in (folder, folder / "models"):
        found = folders.of(str(named))
        assert found.find("loras", "people/anna.safetensors") == str(file)
        assert found.find("loras", "people\\anna.safetensors") == str(file)
    base = tmp_path / "data"
    (base / "models" / "loras").mkdir(parents=True)
    other = put(base / "models" / "loras" / "bert.safetensors")
    assert folders.of(str(base)).find("loras", "bert.safetensors") == str(other)
    found = folders.of(str(folder), ("--base-directory", str(base)))
    assert found.find("loras", "bert.safetensors") == str(other)
    assert found.find("loras", "people/anna.safetensors") is None


def test_the_folder_of_the_portable_build_is_that_of_the_comfyui_in_it(tmp_path):
    folder = comfyui(tmp_path / "portable")
    file = put(folder / "models" / "loras" / "anna.safetensors")
    found = folders.of(str(tmp_path / "portable"))
    assert found.find("loras", "anna.safetensors") == str(file)


def test_older_names_of_folders_and_those_of_gguf_loaders_are_the_same_places(tmp_path):
    folder = comfyui(tmp_path)
    file = put(folder / "models" / "unet" / "a.gguf")
    found = folders.of(str(folder))
    for kind in ("unet", "diffusion_models", "unet_gguf"):
        assert found.find(kind, "a.gguf") == str(file)
        assert found.target(kind) == str(folder / "models" / "diffusion_models")
    assert found.target("clip") == str(folder / "models" / "text_encoders")


@pytest.mark.parametrize(
    "name", ["../secret", "a/../../secret", "/etc/passwd", "C:\\secret", "", "a\0b", "..\\secret"]
)
def test_a_name_that_leads_out_of_the_folder_finds_nothing(name, tmp_path):
    put(tmp_path / "secret")
    found = folders.of(str(comfyui(tmp_path)))
    assert not folders.is_name(name)
    assert found.find("loras", name) is None


def test_a_file_of_the_same_name_elsewhere_is_near(tmp_path):
    folder = comfyui(tmp_path)
    put(folder / "models" / "loras" / "people" / "Anna.safetensors")
    found = folders.of(str(folder))
    assert found.near("loras", "anna.safetensors") == ["people/Anna.safetensors"]


def test_a_folder_that_is_none_is_a_wrong_command(tmp_path):
    with pytest.raises(CommandError, match="no such folder"):
        folders.of(str(tmp_path / "missing"))


EXTRA = r"""
# the example of ComfyUI, and more
a111:
    base_path: path/to/stable-diffusion-webui/

    checkpoints: models/Stable-diffusion
    loras: |
         models/Lora
         models/LyCORIS

    vae: models/VAE   # with a comment
"two words":
  base_path: 'D:\AI models'
  is_default: true
  diffusion_models: "unet"
  clip: |-
    text # one
    clip
empty:
nothing: ~
"""


def test_extra_model_paths_are_read_as_comfyui_reads_them():
    entries, problems = extra_paths.parse(EXTRA)
    first, second, empty, nothing = entries
    assert first.paths == {
        "checkpoints": ("models/Stable-diffusion",),
        "loras": ("models/Lora", "models/LyCORIS"),
        "vae": ("models/VAE",),
    }
    assert (second.name, second.base_path, second.is_default) == (
        "two words",
        "D:\\AI models",
        True,
    )
    assert second.paths == {"diffusion_models": ("unet",), "clip": ("text # one", "clip")}
    assert (empty.paths, nothing.paths, problems) == ({}, {}, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    {
        "a list": ("a:\n  loras: [x, y]\n", "`loras` of `a` is not a path"),
        "a number": ("a:\n  loras: 1\n  base_path: 2\n", "`loras` of `a`"),
        "no names": ("- a\n", "has no sections"),
        "no section": ("loras: x\n", "`loras` is no section"),
        "a tab": ("a:\n\tb: c\n", "line 2: "),
        "not closed": ("a:\n  b: 'c\n", "line "),
        "no date": ("a:\n  b: 2026-02-31\n", "is not YAML: "),
        "too deep": ("a: " + "[" * 5_000, "too deeply"),
        "a sign": ("a: \x07\n", "is not YAML: "),
    }.values(),
)
def test_what_comfyui_does_not_read_is_reported_and_not_guessed(text, problem):
    entries, problems = extra_paths.parse(text)
    assert problem in problems[0]
    assert not any(entry.paths or entry.base_path for entry in entries)


def test_extra_model_paths_with_anchors_and_merges_are_read():
    text = "base: &base {base_path: /m, loras: l}\nfast:\n  <<: *base\n  vae: v\n"
    entries, problems = extra_paths.parse(text)
    assert [(each.base_path, dict(each.paths)) for each in entries] == [
        ("/m", {"loras": ("l",)}),
        ("/m", {"loras": ("l",), "vae": ("v",)}),
    ]
    assert problems == []


ODD = """\
folded:
  base_path: "/models # 1"   # the shared ones
  loras: >
    my loras
    of 2026
one:
  is_default: 1
text:
  is_default: 'false'
no:
  is_default: no
nothing:
  is_default: ''
"""


def test_odd_values_are_read_as_comfyui_reads_them():
    entries, problems = extra_paths.parse(ODD)
    folded = entries[0]
    assert (folded.base_path, folded.paths) == ("/models # 1", {"loras": ("my loras of 2026",)})
    assert [each.is_default for each in entries] == [False, True, True, False, False]
    assert problems == []


def test_folders_behind_links_are_looked_into_once(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "anna.safetensors").write_bytes(b"")
    loras = tmp_path / "ComfyUI" / "models" / "loras"
    loras.mkdir(parents=True)
    try:
        (loras / "people").symlink_to(elsewhere, target_is_directory=True)
        (elsewhere / "back").symlink_to(loras, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    found = folders.of(str(tmp_path / "ComfyUI"))
    assert found.names("loras") == ["people/anna.safetensors"]
    assert found.near("loras", "anna.safetensors") == ["people/anna.safetensors"]


def test_default_folders_come_first_and_are_where_downloads_go(tmp_path, monkeypatch):
    folder = comfyui(tmp_path)
    monkeypatch.setenv("OWN_DISK", str(tmp_path / "disk"))
    (folder / "extra_model_paths.yaml").write_text(
        "one:\n  base_path: $OWN_DISK\n  loras: more\n"
        "two:\n  base_path: ../here\n  is_default: true\n  loras: first\n",
        encoding="utf-8",
    )
    found = folders.of(str(folder))
    assert found.places("loras") == (
        str(tmp_path / "here" / "first"),
        str(folder / "models" / "loras"),
        str(tmp_path / "disk" / "more"),
    )
    assert found.target("loras") == str(tmp_path / "here" / "first")


def test_a_configuration_that_is_named_in_the_arguments_is_read(tmp_path):
    folder = comfyui(tmp_path)
    extra = tmp_path / "my.yaml"
    extra.write_text("own:\n  loras: /big/loras\n", encoding="utf-8")
    for words in (
        ("--extra-model-paths-config", str(extra)),
        (f"--extra-model-paths-config={extra}",),
    ):
        found = folders.of(str(folder), words)
        assert os.path.normpath("/big/loras") in found.places("loras")
    broken = tmp_path / "broken.yaml"
    broken.write_bytes(b"\xff\xfe")
    found = folders.of(str(folder), ("--extra-model-paths-config", str(broken), str(extra)))
    assert "not UTF-8" in found.notes[0]
    assert os.path.normpath("/big/loras") in found.places("loras")
