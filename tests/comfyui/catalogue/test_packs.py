"""Packs: which one a class comes from, what their classes take, and that nobody pays for those not named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.prompts import node, picture
from wan22dsl.comfyui.catalogue import packs
from wan22dsl.comfyui.catalogue.lines import SortedLines
from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue
from wan22dsl.comfyui.catalogue.pack_classes import DATA


@pytest.mark.parametrize(
    ("name", "pack", "repository"),
    [
        ("WanVideoSampler", "ComfyUI-WanVideoWrapper", "kijai/ComfyUI-WanVideoWrapper"),
        ("ImageResize+", "ComfyUI_essentials", "cubiq/ComfyUI_essentials"),
        ("Seed (rgthree)", "rgthree-comfy", "rgthree/rgthree-comfy"),
        ("SetNode", "ComfyUI-KJNodes", "kijai/ComfyUI-KJNodes"),
        ("FL_ColorPicker", "ComfyUI_Fill-Nodes", "filliptm/ComfyUI_Fill-Nodes"),
        ("Wan3ImageToVideoApi", packs.PARTNERS, "Comfy-Org/ComfyUI"),
        ("KlingTryOnNode", packs.PARTNERS, "Comfy-Org/ComfyUI"),
    ],
)
def test_a_class_has_its_pack(name: str, pack: str, repository: str) -> None:
    found = packs.pack_of(name)
    assert found is not None
    assert (found.name, found.repository) == (pack, repository)
    assert found.url == f"https://github.com/{repository}"


def test_a_class_that_nobody_knows_has_none() -> None:
    assert packs.pack_of("NoSuchClassOfAnyPack") is None
    assert packs.packs_of("") == ()
    assert packs.class_of("NoSuchClassOfAnyPack") is None


def test_several_packs_of_a_class_are_told_the_likeliest_first() -> None:
    first, *more = packs.packs_of("SeedGenerator")
    assert first.name == "RES4LYF"
    assert "ComfyUI-Chibi-Nodes" in [pack.name for pack in more]


@pytest.mark.parametrize(
    ("id", "pack"),
    [
        ("comfyui_essentials", "ComfyUI_essentials"),
        ("ComfyUI-KJNodes", "ComfyUI-KJNodes"),
        ("kijai/ComfyUI-KJNodes", "ComfyUI-KJNodes"),
        ("ComfyUI-WanVideoWrapper/", "ComfyUI-WanVideoWrapper"),
        ("comfy-core", packs.COMFYUI),
    ],
)
def test_a_pack_is_found_by_what_workflows_call_it(id: str, pack: str) -> None:
    found = packs.pack_with_id(id)
    assert found is not None
    assert found.name == pack


def test_an_id_that_nobody_knows_has_none() -> None:
    assert packs.pack_with_id("no such pack of anybody") is None
    assert packs.pack_with_id("") is None


def test_every_class_of_a_pack_with_a_schema_has_that_pack_first() -> None:
    for name in packs.class_names():
        known, first = packs.class_of(name), packs.pack_of(name)
        assert known is not None and first is not None
        assert known.pack == first.name


def test_every_line_of_the_map_is_found() -> None:
    lines = Path(DATA, "class_packs.jsonl").read_bytes().splitlines()
    names = [json.loads(line)[0] for line in lines]
    assert len(names) == len(set(names))
    for name in names[::97]:
        assert packs.packs_of(name)
    assert packs.packs_of(names[0]) and packs.packs_of(names[-1])


def test_a_line_is_found_by_how_it_begins() -> None:
    data = b"head\na 1\nb 2\nbb 3\nd 4"
    lines = SortedLines(data, 5)
    assert [data[slice(*found)] for found in map(lines.find, (b"a ", b"bb", b"d ")) if found] == [
        b"a 1\n", b"bb 3\n", b"d 4",
    ]  # fmt: skip
    assert [lines.find(key) for key in (b"A", b"c", b"e", b"head")] == [None] * 4
    assert len(list(lines)) == 4


@pytest.mark.parametrize("version", BUNDLED)
def test_the_classes_of_packs_are_there_for_every_version(version: str) -> None:
    catalogue = open_catalogue(version)
    loader = catalogue.get("WanVideoLoraSelect")
    assert loader is not None and loader.pack == "ComfyUI-WanVideoWrapper"
    lora = next(input_ for input_ in loader.inputs if input_.name == "lora")
    assert (lora.files, lora.options) == ("loras", None)
    switch = catalogue.get("Any Switch (rgthree)")
    assert switch is not None and switch.takes_anything
    decode = catalogue.get("WanVideoDecode")
    assert decode is not None
    assert [input_.name for input_ in decode.inputs if input_.unchecked] == [
        "tile_x", "tile_y", "tile_stride_x", "tile_stride_y",
    ]  # fmt: skip


_OPENED = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from wan22dsl.api import compiler
compiler.check(sys.argv[1])
print(sorted({name.replace("\\\\", "/").rpartition("/")[2] for name in opened if name.endswith(".jsonl")}))
"""


@pytest.mark.parametrize(
    ("class_name", "opened"),
    [
        ("ImageInvert", ["0.39.jsonl"]),
        ("ImageFlip+", ["0.39.jsonl", "packs.jsonl"]),
        ("FL_ColorPicker", ["0.39.jsonl", "class_packs.jsonl", "pack_list.jsonl", "packs.jsonl"]),
    ],
)
def test_only_what_a_file_names_is_opened(
    tmp_path: Path, class_name: str, opened: list[str]
) -> None:
    prompt = {**picture(), "own": node(class_name, image=("start", 0))}
    (tmp_path / "a.json").write_text(
        json.dumps({"3": {"class_type": class_name, "inputs": {}}, **prompt}), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", _OPENED, str(tmp_path / "a.json")],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert done.stdout.strip() == str(opened)
