"""`wan nodes`: what it prints, where, and its exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wan22dsl.cli import main
from wan22dsl.comfyui.catalogue.compact import CompactFile, write
from wan22dsl.comfyui.catalogue.schema import Input, NodeClass

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wan


@pytest.fixture
def target(tmp_path: Path) -> str:
    """A file with three classes."""
    classes = [
        NodeClass("KSampler", (Input("model", "MODEL"),), ()),
        NodeClass("RIFE VFI", (Input("multiplier", "INT", default=2),), (), pack="Frames"),
        NodeClass("FILM VFI", (), (), pack="Frames"),
    ]
    file = tmp_path / "some.jsonl"
    file.write_bytes(write("ComfyUI 9", classes).encode())
    return str(file)


def test_list_names_classes_and_packs(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "list", "--target", target]) == 0
    assert capsys.readouterr() == ("FILM VFI  Frames\nKSampler  ComfyUI\nRIFE VFI  Frames\n", "")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["vfi"], ["FILM VFI", "RIFE VFI"]),
        (["--pack", "frames", "rife"], ["RIFE VFI"]),
        (["--pack", "ComfyUI"], ["KSampler"]),
    ],
)
def test_list_takes_a_part_of_the_name_and_a_pack(
    words: list[str], found: list[str], target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nodes", "list", "-t", target, *words]) == 0
    assert [line.rpartition("  ")[0] for line in capsys.readouterr().out.splitlines()] == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "has no class with `nothing` in its name\n"),
        (["film", "--pack", "comfyui"], "in its name in the pack `comfyui`\n"),
        (["--pack", "Frame"], "has no pack `Frame`; it has ComfyUI, Frames\n"),
    ],
)
def test_list_says_when_there_is_nothing(
    words: list[str], said: str, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nodes", "list", "-t", target, *words]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(said)


def test_show_tells_of_a_class(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "show", "`RIFE VFI`", "--target", target]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("`RIFE VFI`(multiplier = 2)\n\nfrom the pack Frames\n")
    assert err == ""


def test_show_as_json_is_the_line_of_the_class(
    target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nodes", "show", "KSampler", "-t", target, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record == {"class": "KSampler", "inputs": [["model", "MODEL"]], "outputs": []}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ksampler", "did you mean `KSampler`?"),
        ("rife", "did you mean `RIFE VFI`?"),
        ("vfi", "did you mean `FILM VFI`, `RIFE VFI`?"),
        ("zzzzzz", "`wan nodes list` names all"),
    ],
)
def test_show_of_an_unknown_class_names_the_nearest(
    name: str, hint: str, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nodes", "show", name, "-t", target]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert f"has no node class `{name}`; {hint}" in err


def test_pull_of_a_saved_answer_makes_a_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    info = {
        "VAELoader": {"input": {"required": {"vae_name": [["mine.safetensors"]]}}, "output": []},
        "Odd": {"input": {"required": 7}, "output": []},
    }
    saved, made = tmp_path / "object_info.json", tmp_path / "mine.jsonl"
    saved.write_text(json.dumps(info), encoding="utf-8")
    assert main(["nodes", "pull", str(saved), "-o", str(made)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "left out: the class `Odd`" in err
    assert err.endswith("mine.jsonl: 1 node classes\n")
    assert main(["nodes", "list", "--target", str(saved)]) == 0
    assert capsys.readouterr().out == "Odd\nVAELoader  ComfyUI\n"
    assert b"\r" not in made.read_bytes()
    assert list(CompactFile(made.read_bytes(), "made").names()) == ["VAELoader"]

    assert main(["nodes", "pull", str(saved), "--no-files", "--name", "ComfyUI 9"]) == 0
    shared = capsys.readouterr().out
    assert shared.startswith('{"catalogue":2,"target":"ComfyUI 9"}\n')
    assert "mine.safetensors" not in shared
    assert '"files":"vae"' in shared


@pytest.mark.parametrize(
    "words",
    [
        ["nodes"],
        ["nodes", "lst"],
        ["nodes", "show"],
        ["nodes", "show", "KSampler", "--target", "9.9.9"],
        ["nodes", "list", "--target", "http://127.0.0.1:9"],
        ["nodes", "pull", "http://127.0.0.1:9"],
        ["nodes", "pull", "missing.json"],
    ],
)
def test_a_wrong_command_gives_2(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [("show",), ("show", "--json"), ("list",), ("list", "--pack")])
def test_a_name_that_no_text_can_hold_is_the_name_of_no_class(
    wan: Wan, words: tuple[str, ...]
) -> None:
    result = wan("nodes", *words, "\udfff")
    assert result.status in (1, 2)
    assert "\\udfff" in result.stderr
