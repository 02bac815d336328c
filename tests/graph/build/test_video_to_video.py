"""Video to video: the video decides size, length and rate, and the flow keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.comfyui.nodes.test_media import write
from tests.findings import findings_of, piped
from wan22dsl.api import compiler
from wan22dsl.comfyui.nodes import media
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.api.compiler import Compiled

TEXT = """\
wan 1
use wan22

pass refine = wan22.{model}(steps = 4, denoise = 0.4)

pipeline p {{
    prompt = "x"
    {settings}
    flow = video_frames("clip.mp4").frames -> refine -> save("p"{save})
}}
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    write(tmp_path / "clip.mp4", frames=27, rate=30)
    return tmp_path


def compiled(folder: Path, model: str = "text_low", settings: str = "", save: str = "") -> Compiled:
    text = TEXT.format(model=model, settings=settings, save=save)
    return compiler.compile(Source(text, "p.wan", folder / "p.wan"))


def nodes(result: Compiled, class_type: str) -> list[dict[str, object]]:
    assert result.prompt is not None, result.diagnostics
    return [node["inputs"] for node in result.prompt.values() if node["class_type"] == class_type]


def errors(result: Compiled) -> list[str]:
    return [finding.code for finding in result.diagnostics if finding.is_error]


def test_neither_size_nor_length_is_needed_where_the_video_decides_them(folder):
    result = compiled(folder)
    assert not errors(result)
    assert not nodes(result, "EmptyHunyuanLatentVideo")
    assert nodes(result, "CreateVideo")[0]["fps"] == 30.0


def test_a_conditioning_that_needs_them_gets_those_of_the_video(folder):
    result = compiled(folder, "low", 'image = "first.png"')
    (made,) = nodes(result, "WanImageToVideo")
    assert (made["width"], made["height"], made["length"]) == (64, 48, 25)


def test_neither_is_needed_where_the_video_lies_on_the_server(tmp_path):
    result = compiled(tmp_path, save=", fps = 24fps")
    assert nodes(result, "CreateVideo")[0]["fps"] == 24.0
    needed = compiled(tmp_path, "low", 'image = "first.png"', ", fps = 24fps")
    missing = [finding for finding in needed.diagnostics if finding.code == "WAN408"]
    assert missing and all("next to the .wan file" in each.help for each in missing)


def test_a_rate_that_is_not_known_is_not_replaced_by_that_of_the_model(tmp_path):
    (found,) = compiled(tmp_path).diagnostics
    assert found.code == "WAN309"
    assert "`clip.mp4` next to the .wan file" in found.help
    assert nodes(compiled(tmp_path, settings="fps = 25fps"), "CreateVideo")[0]["fps"] == 25.0


def test_without_what_reads_videos_the_message_says_what_to_install(folder, monkeypatch):
    monkeypatch.setattr(media, "can_read_videos", lambda: False)
    (found,) = compiled(folder).diagnostics
    assert found.code == "WAN309"
    assert 'pip install "wan22dsl[files]"' in found.help


@pytest.mark.parametrize(
    ("model", "settings", "stage"),
    [
        ("text_low", "size = 640x640", "`resize(640x640)`"),
        ("low", "size = 640x640", "`resize(640x640)`"),
        ("low", "length = 81f", "`take(81f)`"),
    ],
)
def test_a_size_or_length_beside_that_of_the_video_is_reported(folder, model, settings, stage):
    image = 'image = "first.png"\n    ' if model == "low" else ""
    result = compiled(folder, model, image + settings)
    assert errors(result) == ["WAN422"]
    assert any(stage in finding.help for finding in result.diagnostics)


def test_a_rate_that_is_written_beside_that_of_the_video_is_reported(folder):
    result = compiled(folder, settings="fps = 16fps")
    assert errors(result) == ["WAN422"]


def test_what_follows_a_control_video_keeps_its_rate(folder):
    text = """\
wan 1
use wan22

pipeline p {
    image         = "a.png"
    control_video = "clip.mp4"
    prompt        = "x"
    size          = 64x48
    length        = 25f
    flow          = wan22.control_high -> wan22.control_low -> rife -> save("p")
}
"""
    result = compiler.compile(Source(text, "p.wan", folder / "p.wan"))
    assert nodes(result, "CreateVideo")[0]["fps"] == 60.0


def test_a_clip_that_is_made_keeps_the_rate_of_its_model(folder):
    text = """\
wan 1
use wan22

pass polish = wan22.text_low(steps = 4, denoise = 0.3)

pipeline p {
    prompt = "x"
    size   = 64x64
    length = 25f
    flow   = wan22.text_high -> wan22.text_low -> scale(by = 2.0) -> polish -> save("p")
}
"""
    result = compiler.compile(Source(text, "p.wan", folder / "p.wan"))
    assert not errors(result)
    assert nodes(result, "CreateVideo")[0]["fps"] == 16.0


def test_a_video_file_in_front_of_a_part_of_a_schedule_is_loaded_and_encoded() -> None:
    """As `encode_frames` would do it: the same graph."""
    saved = 'wan22.low -> save("x", fps = 16fps)'
    by_name, by_stage = (
        compiler.compile(Source(piped(f"{before} -> {saved}"), "test.wan")).prompt
        for before in ('"clip.mp4"', '"clip.mp4" -> encode_frames')
    )
    assert by_name is not None
    assert by_stage is not None
    classes = sorted(node["class_type"] for node in by_name.values())
    assert classes == sorted(node["class_type"] for node in by_stage.values())
    assert "VAEEncode" in classes


def test_several_outputs_in_front_of_a_pass_are_said_to_be_in_front_of_it() -> None:
    found = findings_of(piped('video_frames("clip.mp4") -> wan22.low -> save("x", fps = 16fps)'))[0]
    assert found.message == ("the value before the arrow has several outputs; choose one")
    assert found.help == "Choose one: `.frames`, `.audio`."
