"""What `wan nodes learn` reads of a pack's Python files, and that nothing in them runs or leads it astray."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wan22dsl.comfyui.catalogue.learning import pack as packs
from wan22dsl.comfyui.catalogue.learning.pack import learn
from wan22dsl.errors import CatalogueError

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import NodeClass

CLASSES = """
import folder_paths
import comfy.samplers

MODES = ["fast", "good"]
LIMITS = {"default": 2, "min": 1, "max": 1 << 4}


class Base:
    RETURN_TYPES = ("IMAGE", "INT")
    RETURN_NAMES = ("frames", "count")
    FUNCTION = "run"


class Interpolate(Base):
    CATEGORY = "mine"

    @classmethod
    def INPUT_TYPES(cls):
        files = folder_paths.get_filename_list("upscale_models")
        more = {"strength": ("FLOAT", {"default": 0.5, "min": 0.0, "max": 1.0, "step": 0.01})}
        return {
            "required": {
                "images": ("IMAGE",),
                "times": ("INT", LIMITS),
                "mode": (MODES + ["best"], {"default": "good"}),
                "model": (files,),
                "sampler": (comfy.samplers.KSampler.SAMPLERS,),
                **more,
            },
            "optional": {
                "mask": ("MASK",),
                "text": ("STRING", {"forceInput": True}),
                "on": ("BOOLEAN", {"default": True}),
                "any": (AnyType("*"),),
            },
            "hidden": {"prompt": "PROMPT"},
        }


class Save:
    OUTPUT_NODE = True
    RETURN_TYPES = ()

    @classmethod
    def INPUT_TYPES(s):
        return {"required": {"images": ("IMAGE",)}}


class Computed:
    RETURN_TYPES = ("IMAGE",)

    @classmethod
    def INPUT_TYPES(s):
        found = {"required": {"images": ("IMAGE",)}}
        for number in range(4):
            found["required"][f"image_{number}"] = ("IMAGE",)
        return found


NODE_CLASS_MAPPINGS = {
    "My Interpolate (mine)": Interpolate,
    "MySave": Save,
    "MyComputed": Computed,
    "Gone": Elsewhere,
}
raise SystemExit("a pack runs nothing here")
"""

SCHEMAS = """
from comfy_api.latest import ComfyExtension, io


class Grain(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="MyGrain",
            display_name="Grain",
            inputs=[
                io.Int.Input("seed", default=0, min=0, max=2**63, optional=True),
                io.Image.Input("image"),
                io.Combo.Input("mode", options=["soft", "hard"], default="soft"),
                io.MultiType.Input("size", types=[io.Int, io.Float]),
                io.Custom("MY_THING").Input("thing", optional=True),
                io.ClipVisionOutput.Input("seen", optional=True),
            ],
            outputs=[io.Image.Output(display_name="grainy"), io.Mask.Output()],
            is_output_node=True,
        )

    @classmethod
    def execute(cls, **values):
        raise SystemExit


class Growing(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(node_id="MyGrowing", inputs=[io.Autogrow.Input("all", template=None)], outputs=[])
"""


def found(folder: Path) -> dict[str, NodeClass]:
    return {node_class.name: node_class for node_class, _ in learn(str(folder)).classes}


def pack(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def test_classes_with_input_types_are_read_as_far_as_literals_reach(tmp_path: Path) -> None:
    own = found(pack(tmp_path, nodes=CLASSES))
    assert sorted(own) == ["My Interpolate (mine)", "MySave"]
    node_class = own["My Interpolate (mine)"]
    inputs = {item.name: item for item in node_class.inputs}
    assert list(inputs) == "images times mode model sampler strength mask text on any".split()
    assert (inputs["times"].default, inputs["times"].maximum) == (2, 16)
    assert inputs["mode"].options == ("fast", "good", "best")
    assert (inputs["model"].type, inputs["model"].options) == ("COMBO", None)
    assert inputs["strength"].maximum == 1.0
    assert [item.name for item in node_class.inputs if not item.required] == [
        "mask",
        "text",
        "on",
        "any",
    ]
    assert inputs["text"].force_input
    assert inputs["any"].type == "*"
    assert [(item.name, item.type) for item in node_class.outputs] == [
        ("frames", "IMAGE"),
        ("count", "INT"),
    ]
    assert own["MySave"].is_output
    assert node_class.pack == tmp_path.name


def test_what_is_computed_is_named(tmp_path: Path) -> None:
    learned = learn(str(pack(tmp_path, nodes=CLASSES)))
    assert learned.unread == (
        "Elsewhere: it is no class of the folder with INPUT_TYPES",
        "MyComputed: its INPUT_TYPES is computed when it runs",
    ) or set(learned.unread) == {
        "MyComputed: its INPUT_TYPES is computed when it runs",
        "Elsewhere: it is no class of the folder with INPUT_TYPES",
    }
    notes = {node_class.name: unknown for node_class, unknown in learned.classes}
    assert notes["My Interpolate (mine)"] == ("the type of `sampler`",)


def test_classes_with_a_schema_are_read_too(tmp_path: Path) -> None:
    learned = learn(str(pack(tmp_path, nodes=SCHEMAS)))
    ((grain, unknown),) = learned.classes
    assert unknown == ()
    assert (grain.name, grain.is_output) == ("MyGrain", True)
    assert [(item.name, item.type, item.required) for item in grain.inputs] == [
        ("image", "IMAGE", True),
        ("mode", "COMBO", True),
        ("size", "INT,FLOAT", True),
        ("seed", "INT", False),
        ("thing", "MY_THING", False),
        ("seen", "CLIP_VISION_OUTPUT", False),
    ]
    assert [(item.name, item.type) for item in grain.outputs] == [
        ("grainy", "IMAGE"),
        ("MASK", "MASK"),
    ]
    (missing,) = learned.unread
    assert missing.startswith("MyGrowing: `all` brings other inputs")


@pytest.mark.parametrize(
    "mapping",
    [
        'NODE_CLASS_MAPPINGS = {"A": A}',
        'NODE_CLASS_MAPPINGS: dict = {"A": A}',
        'NODE_CLASS_MAPPINGS = {}\nNODE_CLASS_MAPPINGS["A"] = A',
        'NODE_CLASS_MAPPINGS = {}\nNODE_CLASS_MAPPINGS.update({"A": A})',
        'NODE_CLASS_MAPPINGS = {**OTHER, "A": A}',
        'IMAGE_NODES = {"A": A}\nNODE_CLASS_MAPPINGS = dict(IMAGE_NODES)',
        'CONFIG = {"A": {"class": A, "name": "shown"}}\nNODE_CLASS_MAPPINGS = made_of(CONFIG)',
        'NAME = "A"\nNODE_CLASS_MAPPINGS = {NAME: A}',
        "NODE_CLASS_MAPPINGS = {A.NAME: A}",
        'try:\n    NODE_CLASS_MAPPINGS = {"A": A}\nexcept Exception:\n    pass',
    ],
)
def test_names_are_found_in_every_way_that_packs_write_them(mapping: str, tmp_path: Path) -> None:
    text = (
        "class A:\n    NAME = 'A'\n    RETURN_TYPES = ('IMAGE',)\n"
        "    @classmethod\n    def INPUT_TYPES(s):\n"
        f"        return {{'required': {{}}}}\n\n{mapping}\n"
    )
    assert list(found(pack(tmp_path, nodes=text))) == ["A"]


def test_a_class_may_be_in_another_file_than_its_name(tmp_path: Path) -> None:
    own = CLASSES.partition("NODE_CLASS_MAPPINGS")[0]
    names = 'from .nodes import Interpolate, Save\nNODE_CLASS_MAPPINGS = {"I": Interpolate}\n'
    assert list(found(pack(tmp_path, nodes=own, __init__=names))) == ["I"]


@pytest.mark.parametrize(
    "text",
    [
        "def broken(:\n",
        "\0",
        "(" * 100_000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "[" * 5_000 + "]" * 5_000,
        "x = " + " + ".join(["1"] * 50_000),
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
    ids=["syntax", "zero", "parentheses", "minus", "lists", "sums", "letters"],
)
def test_a_file_that_is_no_python_is_named_and_the_others_are_read(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "bad.py").write_text(text, encoding="utf-8")
    learned = learn(str(pack(tmp_path, nodes=CLASSES)))
    assert len(learned.classes) == 2


@pytest.mark.parametrize(
    "value",
    [
        '("INT", {"default": 10**10**10})',
        '("INT", {"default": 1 << 10**9})',
        '("STRING", {"default": "x" * 10**12})',
        "(" + " + ".join(['["a"]'] * 100) + ",)",
        '("INT", {"default": "two", "min": "x", "max": []})',
        '("INT", {"default": 5, "min": 9, "max": 1})',
        '("FLOAT", {"default": float("nan"), "max": float("inf")})',
        "INPUT_TYPES",
        "()",
        "5",
        '("\\u202eINT", {})',
    ],
)
def test_a_hostile_value_is_left_open(value: str, tmp_path: Path) -> None:
    text = (
        "class A:\n    RETURN_TYPES = A.RETURN_TYPES\n    @classmethod\n    def INPUT_TYPES(s):\n"
        f"        return {{'required': {{'x': {value}, 'images': ('IMAGE',)}}}}\n\n"
        "class B(C): pass\nclass C(B): pass\n"
        'NODE_CLASS_MAPPINGS = {"A": A, "B": B}\n'
    )
    (node_class,) = found(pack(tmp_path, nodes=text)).values()
    assert [item.name for item in node_class.inputs] == ["x", "images"]


def test_names_that_name_each_other_twice_come_to_an_end(tmp_path: Path) -> None:
    text = (
        "X0 = ['a']\n"
        + "".join(f"X{n + 1} = X{n} + X{n}\n" for n in range(50))
        + "class A:\n    @classmethod\n    def INPUT_TYPES(s):\n"
        "        return {'required': {'x': (X50,)}}\n"
        'NODE_CLASS_MAPPINGS = {"A": A}\n'
    )
    learned = learn(str(pack(tmp_path, nodes=text)))
    assert learned.classes == ()
    assert learned.unread == ("A: its INPUT_TYPES is computed when it runs",)


def test_names_that_are_set_by_each_other_come_to_an_end(tmp_path: Path) -> None:
    text = (
        "X = Y\nY = X\nclass A:\n    @classmethod\n    def INPUT_TYPES(s):\n        return X\n"
        'NODE_CLASS_MAPPINGS = {"A": A}\n'
    )
    learned = learn(str(pack(tmp_path, nodes=text)))
    assert learned.classes == ()
    assert learned.unread == ("A: its INPUT_TYPES is computed when it runs",)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    pack(tmp_path / "outside", secret=CLASSES)
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "link.py").symlink_to(tmp_path / "outside" / "secret.py")
    (folder / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
    (folder / "around").symlink_to(folder, target_is_directory=True)
    learned = learn(str(folder))
    assert learned.classes == ()
    assert learned.unread == ("link.py: a link out of the folder",)


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.py")
    assert len(found(pack(tmp_path, nodes=CLASSES))) == 2


def test_a_folder_with_too_many_files_is_read_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "MOST_FILES", 3)
    pack(tmp_path, a=CLASSES, **{f"z{number}": "" for number in range(5)})
    learned = learn(str(tmp_path))
    assert len(learned.classes) == 2
    assert "z2.py and all behind it: the folder has too many files" in learned.unread


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="is not a folder"):
        learn(str(tmp_path / "nothing"))
