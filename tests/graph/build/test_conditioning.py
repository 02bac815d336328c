"""What passes share of their conditioning."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.graph.build import sampling
from wan22dsl.source import Source

EXAMPLES = sorted((ROOT / "examples").glob("*.wan"))

SPLIT = """\
wan 1
use wan22

pass high {
    model = wan22.i2v_high
    steps = 0..2 of 4
    HIGH
}
pass low {
    model = wan22.i2v_low
    steps = 2..4 of 4
    LOW
}

pipeline clip {
    image = "start.png"
    prompt = "a harbour"
    sampler = euler/simple
    cfg = 1.0
    shift = 5.0
    size = 832x480
    length = 81f
    flow = high -> low -> save("clip")
}
"""


def prompts(source: Source) -> list[str | None]:
    names = compiler.check(source).graphs
    made = [compiler.compile(source, pipeline=name).prompt for name in names]
    return [None if node is None else dump(node) for node in made]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_passes_share_is_what_each_would_get_by_itself(path, monkeypatch):
    shared = prompts(Source.read(path))
    monkeypatch.setattr(sampling, "_sees_the_same", lambda own, before: False)
    assert prompts(Source.read(path)) == shared


def split(high: str = "", low: str = "") -> Source:
    return Source(SPLIT.replace("HIGH", high).replace("LOW", low), "clip.wan")


def texts(source: Source) -> list[str]:
    prompt = compiler.compile(source).prompt
    assert prompt is not None
    return [
        node["inputs"]["text"] for node in prompt.values() if node["class_type"] == "CLIPTextEncode"
    ]


def test_two_experts_with_the_pipelines_prompt_share_one_conditioning():
    assert texts(split()).count("a harbour") == 1


@pytest.mark.parametrize("which", ["high", "low"])
def test_a_pass_with_a_prompt_of_its_own_has_its_own_conditioning(which):
    found = texts(split(**{which: 'prompt = "fog"'}))
    assert {"a harbour", "fog"} <= set(found)


def test_a_setting_of_one_pass_that_its_own_stage_reads_is_not_lost():
    """What a pass alone writes is read by it alone, also where the same conditioning came before."""
    stage = """
stage moody() -> (positive: CONDITIONING, negative: CONDITIONING, latent: LATENT) {
    let base = wan22.image_to_video()
    positive = CLIPTextEncode(clip = pipeline.text_encoder, text = "{pipeline.prompt}, {pipeline.mood}")
    negative = base.negative
    latent = base.latent
}
"""
    source = split(low='mood = "night"').text
    source = source.replace(
        "    image =", '    conditioning = moody\n    mood = "day"\n    image ='
    )
    found = texts(Source(source + stage, "clip.wan"))
    assert {"a harbour, day", "a harbour, night"} <= set(found)
