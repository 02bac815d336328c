"""`[tool.wan] nodes`: what a project declares of node classes counts in all commands, and nowhere else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wan

NODE = """wan 1

node `My VFI`(
    images: IMAGE
    times: INT = 2 in 1..8
    mode: text = "fast" in ["fast", "good"]
) -> (frames: IMAGE) {
    length = (images.length - 1f) * times + 1f
    fps    = images.fps * times
}
"""

PIPELINE = """wan 1
use wan22

pipeline p {
    image  = "portrait.png"
    prompt = "She turns to the camera and smiles"
    size   = 832x480
    length = 5s
    flow   = wan22.high -> wan22.low -> `My VFI`(images = _, mode = "good") -> save("p")
}
"""


@pytest.fixture
def wan(wan: Wan) -> Wan:
    """A project that declares a class in a folder of its own."""
    return (
        wan.write("wan.toml", 'nodes = ["packs/*.wan"]\n')
        .write("packs/mine.wan", NODE)
        .write("p.wan", PIPELINE)
    )


def prompt(mode: str = "good", **inputs: Any) -> str:
    """A prompt that interpolates a video."""
    nodes = {
        "1": {"class_type": "LoadVideo", "inputs": {"file": "a.mp4"}},
        "2": {"class_type": "GetVideoComponents", "inputs": {"video": ["1", 0]}},
        "3": {"class_type": "My VFI", "inputs": {"images": ["2", 0], "mode": mode, **inputs}},
        "4": {"class_type": "CreateVideo", "inputs": {"images": ["3", 0], "fps": 32.0}},
        "5": {
            "class_type": "SaveVideo",
            "inputs": {"video": ["4", 0], "filename_prefix": "x", "format": "mp4", "codec": "h264"},
        },
    }
    return json.dumps(nodes)


def test_a_configuration_is_enough_for_all_commands(wan: Wan) -> None:
    assert wan("lint", "p.wan", "--strict").status == 0
    assert wan("compile", "p.wan", "-o", "p.json").status == 0
    assert json.loads(wan.read("p.json"))["My VFI"]["inputs"]["times"] == 2
    assert "161 frames at 32 fps" in wan("describe", "p.wan").stdout
    assert "161 frames" in wan("describe", "p.json").stdout
    assert "frames" in wan("nodes", "show", "My VFI").stdout
    assert "My VFI" in wan("nodes", "list", "VFI").stdout
    assert wan("diff", "p.wan", "p.json").stdout == "the same\n"
    assert wan("graph", "p.wan", "--format", "mermaid").status == 0
    assert wan("expand", "p.wan", "-o", "e.wan").status == 0
    assert wan("lint", "e.wan", "--strict").status == 0


def test_another_project_does_not_have_it(wan: Wan) -> None:
    wan.write("other/wan.toml", "").write("other/p.wan", PIPELINE)
    assert "unknown-class" in wan("lint", "other/p.wan").stdout
    assert wan("lint", "p.wan").status == 0


def test_json_is_checked_by_what_is_declared(wan: Wan) -> None:
    wan.write("good.json", prompt()).write("bad.json", prompt(mode="best", tims=3))
    assert wan("lint", "good.json", "--strict").status == 0
    found = wan("lint", "bad.json").stdout
    assert "value-not-offered" in found
    assert "unknown-input" in found


def test_an_imported_workflow_calls_the_class_by_its_names(wan: Wan) -> None:
    assert wan("compile", "p.wan", "-f", "workflow", "-o", "w.json").status == 0
    wan.write("prompt.json", prompt(times=3))
    assert wan("import", "prompt.json", "-o", "a.wan").status == 0
    assert 'mode = "good", times = 3' in wan.read("a.wan")
    assert wan("import", "w.json", "--from-graph", "-o", "b.wan").status == 0
    assert '`My VFI`(images = _, times = 2, mode = "good")' in wan.read("b.wan")
    assert wan("lint", "a.wan", "b.wan", "--strict").status == 0


def test_a_workflow_comes_back_from_its_own_text(wan: Wan) -> None:
    own = PIPELINE.replace("use wan22\n", 'use wan22\nuse "packs/mine.wan" as mine\n')
    wan.write("own.wan", own)
    assert wan("compile", "own.wan", "-f", "workflow", "-o", "w.json").status == 0
    wan.write("elsewhere/wan.toml", "").write("elsewhere/w.json", wan.read("w.json"))
    assert wan("import", "elsewhere/w.json", "-o", "elsewhere/back.wan").status == 0
    assert wan.read("elsewhere/back.wan") == own


def test_results_are_made_anew_when_a_declaration_changes(wan: Wan) -> None:
    (wan.folder / ".git").mkdir()
    wan.write("a.json", prompt())
    for _ in range(2):
        assert wan("lint", "p.wan", "a.json", "--strict").status == 0
    wan.write("packs/mine.wan", NODE.replace('"good"]', '"best"]'))
    for _ in range(2):
        found = wan("lint", "p.wan", "a.json").stdout
        assert found.count("value-not-offered]") == 2
    wan.write("packs/mine.wan", NODE)
    assert wan("lint", "p.wan", "a.json", "--strict").status == 0


def test_results_are_made_anew_when_a_file_that_a_declaration_file_uses_changes(wan: Wan) -> None:
    (wan.folder / ".git").mkdir()
    wan.write("packs/mine.wan", 'wan 1\nuse "../more/vfi.wan" as vfi\n').write("more/vfi.wan", NODE)
    wan.write("a.json", prompt())
    assert wan("lint", "a.json", "--strict").status == 0
    wan.write("more/vfi.wan", NODE.replace('"good"]', '"best"]'))
    assert "value-not-offered" in wan("lint", "a.json").stdout


def test_a_mistake_in_a_file_of_declarations_is_reported_once_and_where_it_is(wan: Wan) -> None:
    wan.write("packs/mine.wan", NODE.replace("times: INT", "times: int"))
    wan.write("a.json", prompt())
    found = wan("lint", "p.wan", "a.json")
    assert found.status == 1
    assert found.stdout.count("bad-node-declaration]") == 1
    assert "packs/mine.wan:5" in found.stdout
    compiled = wan("compile", "p.wan")
    assert (compiled.stdout, compiled.status) == ("", 2)
    assert "bad-node-declaration" in compiled.stderr


def test_a_file_of_declarations_is_fixed_like_any_other(wan: Wan) -> None:
    wan.write("packs/mine.wan", NODE.replace("times: INT", "times: int"))
    assert wan("lint", "packs/mine.wan", "--fix").status == 0
    assert wan.read("packs/mine.wan") == NODE


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ('nodes = ["pack/*.wan"]', "no file matches `pack/*.wan`"),
        ('nodes = ["../x.wan"]', "not a path below"),
        ('nodes = ["/etc/x.wan"]', "not a path below"),
        ('nodes = ["//share/x.wan"]', "not a path below"),
        ('nodes = "packs/*.wan"', "a list of strings"),
    ],
)
def test_a_setting_that_names_nothing_sound_is_a_mistake_of_the_configuration(
    wan: Wan, setting: str, problem: str
) -> None:
    wan.write("wan.toml", setting + "\n")
    for command in ("lint", "compile"):
        found = wan(command, "p.wan")
        assert found.status == 2
        assert problem in found.stderr


def test_a_link_out_of_the_project_is_not_followed(wan: Wan, tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.wan"
    outside.write_text(NODE)
    (wan.folder / "packs" / "link.wan").symlink_to(outside)
    found = wan("lint", "p.wan")
    assert found.status == 2
    assert "leads out of the project" in found.stderr


def test_a_pattern_goes_through_folders(wan: Wan) -> None:
    wan.write("wan.toml", 'nodes = ["**/vfi.wan"]\n').write("a/b/vfi.wan", NODE)
    assert wan("lint", "p.wan", "--strict").status == 0


def test_pyproject_has_the_setting_too(wan: Wan) -> None:
    (wan.folder / "wan.toml").unlink()
    wan.write("pyproject.toml", '[tool.wan]\nnodes = ["packs/mine.wan"]\n')
    assert wan("lint", "p.wan", "--strict").status == 0


def test_a_simulated_run_has_the_frames_that_are_declared(wan: Wan, tmp_path: Path) -> None:
    done = wan("run", "--simulate", "--speed", "max", "--out", str(tmp_path / "out"), "p.wan")
    assert done.status == 0
    assert "are unknown" not in done.stderr + done.stdout
    (record,) = (tmp_path / "out").glob("run-*.json")
    assert json.loads(record.read_text(encoding="utf-8"))["result"] == "success"


def test_a_used_file_of_declarations_serves_an_import_and_is_used_by_its_text(wan: Wan) -> None:
    wan.write("wan.toml", "").write("prompt.json", prompt(times=3))
    assert wan("import", "prompt.json", "--use", "packs/mine.wan=mine", "-o", "a.wan").status == 0
    assert 'use "packs/mine.wan" as mine' in wan.read("a.wan")
    assert wan("lint", "a.wan", "--strict").status == 0


def test_show_says_where_a_class_is_declared(wan: Wan) -> None:
    shown = wan("nodes", "show", "My VFI").stdout
    assert "declared by the project" in shown
    assert shown.endswith(
        "\ndeclared in packs/mine.wan\n"
        "  frames.length = (images.length - 1f) * times + 1f\n"
        "  frames.fps = images.fps * times\n"
    )
    assert "My VFI  declared by the project" in wan("nodes", "list", "My VFI").stdout


def test_a_server_that_lacks_a_declared_class_is_told_by_its_pack(wan: Wan) -> None:
    wan.write("packs/mine.wan", NODE.replace("{\n", '{\n    pack = "someone/my-vfi"\n', 1))
    with EmbeddedServer() as server:
        found = wan("lint", "p.wan", "--server", server.url)
    assert "Install the pack someone/my-vfi" in found.stdout
    assert found.status == 1
