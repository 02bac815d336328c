"""A target is a bundled version, a file in either form, or a server; anything else is explained."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from wan22dsl.comfyui.catalogue.compact import write
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.comfyui.catalogue.pull import pull
from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
from wan22dsl.errors import CatalogueError

from .conftest import OBJECT_INFO

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_in_our_own_form(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_bytes(write("ComfyUI 9", [NodeClass("B", (), ()), NodeClass("A", (), ())]).encode())
    catalogue = open_catalogue(str(file))
    assert isinstance(catalogue, Catalogue)
    assert catalogue.target == f"{file.as_posix()} (ComfyUI 9)"
    assert list(catalogue.names()) == ["A", "B"]
    assert catalogue.get("A") == NodeClass("A", (), ())
    assert catalogue.get("RIFE VFI") is None


def test_a_saved_answer_of_object_info(tmp_path: Path) -> None:
    file = tmp_path / "object_info.json"
    file.write_text(json.dumps(OBJECT_INFO), encoding="utf-8")
    catalogue = open_catalogue(str(file))
    assert catalogue.target == file.as_posix()
    assert list(catalogue.names()) == ["Süße/Node 🟨", "UNETLoader"]
    found = catalogue.get("UNETLoader")
    assert found is not None
    assert found.inputs[0].options == ("mine_high.safetensors", "mine_low.safetensors")
    assert found.inputs[0].files == "diffusion_models"
    assert catalogue.get("KSampler") is None


def test_a_byte_order_mark_and_the_line_ends_of_windows_do_no_harm(tmp_path: Path) -> None:
    text = write("t", [NodeClass("A", (), ()), NodeClass("B", (), ())])
    file = tmp_path / "mine.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    catalogue = open_catalogue(str(file))
    assert list(catalogue.names()) == ["A", "B"]
    assert catalogue.get("B") == NodeClass("B", (), ())


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        (b"", "it is not JSON"),
        (b"\xff\xfe{}", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[1, 2]", "is JSON, but not a catalogue"),
        (b"{}", "is JSON, but not a catalogue"),
        (b'{"3": {"class_type": "KSampler", "inputs": {}}}', "is JSON, but not a catalogue"),
        (b'{"catalogue":7,"target":"t"}\n', "is a catalogue in format 7"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: bytes, reported: str) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(content)
    with pytest.raises(CatalogueError, match=f"other.json: .*{reported}"):
        open_catalogue(str(file))


def test_one_odd_class_of_a_file_spoils_only_itself(tmp_path: Path) -> None:
    info: dict[str, Any] = {**OBJECT_INFO, "Odd": {"input": {"required": 7}, "output": []}}
    file = tmp_path / "object_info.json"
    file.write_text(json.dumps(info), encoding="utf-8")
    catalogue = open_catalogue(str(file))
    assert catalogue.get("UNETLoader") is not None
    with pytest.raises(CatalogueError, match="the class `Odd`"):
        catalogue.get("Odd")


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="is a folder"):
        open_catalogue(str(tmp_path))


@pytest.mark.parametrize(
    ("target", "reported"),
    [
        ("0.33", r"0\.33\.0, 0\.3\.64.*did you mean `0\.33\.0`"),
        ("v0.3.64", r"did you mean `0\.3\.64`"),
        ("127.0.0.1:8188", r"did you mean `http://127\.0\.0\.1:8188`"),
        ("localhost:8188/", r"did you mean `http://localhost:8188/`"),
        ("missing.json", r"unknown target `missing\.json`"),
        ("", "unknown target ``"),
        ("a\0b", "unknown target"),
        ("x" * 5000, "unknown target"),
    ],
)
def test_an_unknown_target_says_which_there_are(
    target: str, reported: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CatalogueError, match=reported):
        open_catalogue(target)


@pytest.mark.parametrize("form", ["answer", "compact"])
def test_empty_lists_of_files_in_a_file_are_unknown_and_other_choices_stay(
    tmp_path: Path, form: str
) -> None:
    """A catalogue of a machine without models says nothing of the models of another one."""
    info = {
        "UNETLoader": {
            "input": {"required": {"unet_name": [[]], "weight_dtype": [["default", "fp8_e4m3fn"]]}},
            "output": ["MODEL"],
        }
    }
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(info), encoding="utf-8")
    if form == "compact":
        text = pull(str(file)).text
        file = tmp_path / "mine.jsonl"
        file.write_text(text, encoding="utf-8")
    found = open_catalogue(str(file)).get("UNETLoader")
    assert found is not None
    name, dtype = found.inputs
    assert (name.files, name.options) == ("diffusion_models", None)
    assert dtype.options == ("default", "fp8_e4m3fn")
