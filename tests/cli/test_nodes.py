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


def test_show_tells_where_the_pack_of_a_bundled_class_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["nodes", "show", "ImageFlip+", "--target", "0.39"]) == 0
    out = capsys.readouterr().out
    assert "from the pack ComfyUI_essentials\n" in out
    assert out.endswith("\nhttps://github.com/cubiq/ComfyUI_essentials, schemas of 2024-12-07\n")


def test_show_of_a_class_without_a_schema_names_its_pack(
    target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for where in (target, "0.39"):
        assert main(["nodes", "show", "FL_ColorPicker", "-t", where]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert "no schema of `FL_ColorPicker`, of ComfyUI_Fill-Nodes (https://github.com/" in err
        assert "`wan nodes pull URL -o FILE`" in err


def test_list_names_the_pack_that_was_meant_of_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "list", "-t", "0.39", "--pack", "kjnodes"]) == 1
    assert capsys.readouterr().err.endswith("did you mean `ComfyUI-KJNodes`?\n")


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
    assert shared.startswith('{"catalogue":3,"target":"ComfyUI 9"}\n')
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


ANSWER = {
    "KSampler": {"input": {"required": {}}, "output": [], "python_module": "nodes"},
    "My VFI": {
        "input": {
            "required": {
                "images": ["IMAGE"],
                "times": ["INT", {"default": 2, "min": 1, "max": 8}],
                "mode": [["fast", "good"]],
            },
            "optional": {"mask": ["MASK"]},
        },
        "output": ["IMAGE"],
        "output_name": ["frames"],
        "python_module": "custom_nodes.my-pack",
    },
    "Other": {"input": {}, "output": ["INT"], "python_module": "custom_nodes.other"},
}

DECLARED = """\
node `My VFI`(
    images: IMAGE
    times: INT = 2 in 1..8
    mode: text in ["fast", "good"]
    mask: MASK = none
) -> (frames: IMAGE) {
    pack = "my-pack"
}
"""


def test_pull_writes_declarations_of_what_is_not_bundled(wan: Wan) -> None:
    wan.write("answer.json", json.dumps(ANSWER))
    text = wan("nodes", "pull", "answer.json", "--format", "wan").stdout
    assert (
        DECLARED.replace("(\n    images: IMAGE\n    times", "(images: IMAGE, times").split("(")[0]
        in text
    )
    assert "node Other()" in text
    assert "KSampler" not in text
    assert wan("nodes", "pull", "answer.json", "--format", "wan", "-o", "all.wan").status == 0
    assert wan("lint", "all.wan", "--strict").status == 0
    assert wan("fmt", "--check", "all.wan").status == 0


def test_pull_writes_declarations_of_the_classes_or_the_pack_that_are_named(wan: Wan) -> None:
    wan.write("answer.json", json.dumps(ANSWER))
    words = ("nodes", "pull", "answer.json", "--format", "wan")
    one = wan(*words, "--class", "KSampler").stdout
    assert "node KSampler()" in one
    assert "My VFI" not in one
    other = wan(*words, "--pack", "OTHER").stdout
    assert "node Other()" in other
    assert "My VFI" not in other
    missing = wan(*words, "--class", "My VFII")
    assert (missing.stdout, missing.status) == ("", 2)
    assert "did you mean `My VFI`?" in missing.stderr
    assert wan(*words, "--pack", "nobody").status == 2
    assert wan("nodes", "pull", "answer.json", "--class", "My VFI").status == 2
    assert wan("nodes", "pull", "answer.json", "--format", "json").status == 2


def test_learn_writes_declarations_and_names_what_it_cannot_read(wan: Wan) -> None:
    wan.write(
        "my-pack/nodes.py",
        "class A:\n    RETURN_TYPES = ('IMAGE',)\n    @classmethod\n    def INPUT_TYPES(s):\n"
        "        return {'required': {'images': ('IMAGE',), 'x': (later(),)}}\n"
        "class B:\n    @classmethod\n    def INPUT_TYPES(s):\n        return later()\n"
        "NODE_CLASS_MAPPINGS = {'My A': A, 'My B': B}\n",
    )
    done = wan("nodes", "learn", "my-pack", "-o", "mine.wan")
    assert done.status == 0
    assert "could not read: My B: its INPUT_TYPES is computed when it runs" in done.stderr
    assert wan.read("mine.wan") == (
        "# Node classes of my-pack, from `wan nodes learn`.\n"
        "# Facts of the outputs, such as `fps`, are yours to add.\nwan 1\n\n"
        "# Not known: the type of `x`.\n"
        "node `My A`(images: IMAGE, x: `*`) -> (IMAGE: IMAGE) {\n"
        '    pack = "my-pack"\n}\n'
    )
    assert wan("lint", "mine.wan", "--strict").status == 0


def test_learn_of_a_folder_without_nodes_writes_nothing(wan: Wan) -> None:
    wan.write("empty/a.py", "x = 1\n")
    done = wan("nodes", "learn", "empty", "-o", "mine.wan")
    assert done.status == 2
    assert not (wan.folder / "mine.wan").exists()
    assert wan("nodes", "learn", "nothing").status == 2
