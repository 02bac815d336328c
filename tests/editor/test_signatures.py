"""What a call takes is shown while it is typed, with what is being written marked."""

from __future__ import annotations

import pytest

from wan22dsl.editor import signatures
from wan22dsl.editor.project import Project

HEAD = "wan 1\nuse wan22\n\n"

LIMITED = "stage s(in a: IMAGE, by: float = 1.0 in 0.5..2.0) -> IMAGE { out = a }\n"


@pytest.fixture
def signature(tmp_path):
    def ask(text):
        before, _, behind = text.partition("|")
        project, file = Project(), tmp_path / "a.wan"
        project.open(file, HEAD + before + behind)
        return signatures.at(project.view(file), len(HEAD + before))

    return ask


def marked(found):
    parameter = found.parameters[found.active]
    return found.label[parameter.start : parameter.end]


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("let a = wan22.high -> save(|)\n", "name: text"),
        ('let a = wan22.high -> save("x", fps = |)\n', "fps: fps = frames.fps"),
        ('let a = wan22.high -> save("x", aud|)\n', "audio: AUDIO = none"),
        ("pass low = wan22.high(steps = |)\n", "steps = 0..2 of 4"),
        ("pass low = wan22.high(denoise = |)\n", "denoise: float"),
        ("graph g {\n    ImageScaleBy(scale_by = |)\n}\n", "scale_by: FLOAT = 1.0"),
        ("graph g {\n    ImageScaleBy(\n        image = |\n", "image: IMAGE"),
        ("let a = wan22.high(loras = [wan22.lightx2v_high, |])\n", "loras = [lightx2v_high]"),
        (LIMITED + "let b = s(by = |)\n", "by: float = 1.0 in 0.5..2.0"),
    ],
)
def test_the_argument_that_is_written_is_marked(signature, text, active):
    assert marked(signature(text)) == active


def test_the_innermost_call_is_shown(signature):
    assert signature("let a = wan22.high(loras = [wan22.relight(|)])\n").label.startswith(
        "wan22.relight(file = "
    )


def test_what_an_arrow_brings_is_left_out_behind_an_arrow(signature):
    assert signature("let a = wan22.high -> decode(|)\n").label.startswith("decode(vae: VAE")
    assert signature("let a = decode(|)\n").label.startswith("decode(in latent: LATENT, vae: VAE")


def test_a_stage_says_what_it_does_and_what_it_gives(signature):
    found = signature("let a = wan22.high -> rife(|)\n")
    assert found.label.endswith(") -> IMAGE") and found.doc.startswith("Interpolates with RIFE")


def test_more_than_the_one_argument_without_a_name_marks_nothing(signature):
    assert signature('let a = wan22.high -> save("x", |)\n').active is None


@pytest.mark.parametrize(
    "text",
    [
        "let a = 5|\n",
        'let a = save("x") |\n',
        "# save(|\n",
        "let a = nothing(|)\n",
        "stage s(|)\n",
        "pass a { | }\n",
    ],
)
def test_outside_of_a_known_call_there_is_none(signature, text):
    assert signature(text) is None
