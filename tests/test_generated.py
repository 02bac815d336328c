"""Laws over pipelines that nobody wrote: passes, settings and stages put together at random."""

from __future__ import annotations

import re
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.prompts import meaning
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.prompt import dump, read, shape_errors
from wan22dsl.lint.rules.engine import judge
from wan22dsl.source import Source

#: The passes of a family with what its conditioning needs beside the prompt.
FAMILIES = {
    ("high", "low"): ['image = "a.png"'],
    ("base_high", "base_low"): ['image = "a.png"'],
    ("text_high", "text_low"): [],
    ("inpaint_high", "inpaint_low"): ['image = "a.png"', 'end_image = "b.png"'],
    ("small",): ['image = "a.png"'],
}

SETTINGS = {
    "cfg": ["1.0", "1", "3.5", "7.0", "101.0"],
    "shift": ["5.0", "8", "0.5"],
    "sampler": ["euler/simple", "uni_pc/beta", "dpm_2/karras", "eulr/simple"],
    "loras": ["[]", "wan22.high.loras + [grain]", "[grain, grain(strength = 0.2)]", "[grian]"],
    "patches": ['sage("auto")', "torch_compile", 'sage("auto") -> torch_compile'],
    "steps": ["4", "0..2 of 4", "2..4 of 4", "3..2 of 4"],
}

STAGES = [
    "decode_tiled",
    "rife(times = 2)",
    "film(times = 3)",
    "scale(by = 0.5)",
    "first_frame",
    "take(count = 5f)",
    "match_color(like = pipeline.image)",
    "upscale(model = upscaler_x2)",
    "`Smooth (declared)`(images = _)",
    '`Smooth (declared)`(images = _, times = 3, mode = "good")',
    "`Smooth (declared)`(images = _, times = 30)",
]

#: A class that no catalogue has.
NODE = """
node `Smooth (declared)`(
    images: IMAGE, times: INT = 2 in 1..8, mode: text = "fast" in ["fast", "good"]
) -> (frames: IMAGE) {
    length = (images.length - 1f) * times + 1f
    fps    = images.fps * times
    size   = images.size
}
"""

SAVES = ["save", "save_webm", "save_webp", "save_frames", "combine"]


class Pipeline(NamedTuple):
    """A pipeline in pieces, so that one of them can be changed."""

    settings: tuple[str, ...]
    passes: tuple[str, ...]
    stages: tuple[str, ...]
    save: str

    def text(self) -> str:
        flow = " -> ".join([*self.passes, *self.stages, f'{self.save}("x")'])
        lines = "\n    ".join([*self.settings, f"flow = {flow}"])
        return (
            "wan 1\nuse wan22\n\n"
            'lora grain { file = "grain.safetensors" }\n'
            'upscaler upscaler_x2 { file = "x2.pth" }\n'
            f"{NODE}\n"
            f"pipeline p {{\n    {lines}\n}}\n"
        )


@st.composite
def passes(draw: st.DrawFn, name: str) -> str:
    chosen = draw(st.lists(st.sampled_from(sorted(SETTINGS)), max_size=2, unique=True))
    written = [f"{each} = {draw(st.sampled_from(SETTINGS[each]))}" for each in chosen]
    return f"wan22.{name}" + (f"({', '.join(written)})" if written else "")


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    family = draw(st.sampled_from(sorted(FAMILIES)))
    names = list(draw(st.permutations(family))) if draw(st.booleans()) else list(family)
    size = draw(st.sampled_from(["832x480", "480x832", "640x640", "833x481"]))
    length = draw(st.sampled_from(["81f", "5s", "17f", "80f", "1f"]))
    seed = draw(st.integers(0, 2**64 - 1))
    return Pipeline(
        (
            'prompt = "x"',
            f"size = {size}",
            f"length = {length}",
            f"seed = {seed}",
            *FAMILIES[family],
        ),
        tuple(draw(passes(name)) for name in names),
        tuple(draw(st.lists(st.sampled_from(STAGES), max_size=3))),
        draw(st.sampled_from(SAVES)),
    )


LAW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@LAW
@given(pipelines())
def test_a_pipeline_compiles_to_a_valid_prompt_or_has_an_error(pipeline: Pipeline) -> None:
    compiled = compiler.compile(Source(pipeline.text(), "p.wan"))
    if compiled.prompt is None:
        assert any(
            finding.is_error and finding.span is not None for finding in compiled.diagnostics
        )
        return
    assert not shape_errors(compiled.prompt)
    graph, found = read(Source(dump(compiled.prompt), "p.json"), open_catalogue("0.33.0"))
    assert graph is not None and not found
    again, found = judge(graph)
    assert again is not None, [finding.message for finding in found]


@LAW
@given(pipelines())
def test_expanded_and_laid_out_it_stays_what_it_is(pipeline: Pipeline) -> None:
    whole = compiler.compile(Source(pipeline.text(), "p.wan"))
    if whole.prompt is None:
        return
    plain, _ = compiler.expand(Source(pipeline.text(), "p.wan"))
    laid_out, _ = compiler.format(Source(pipeline.text(), "p.wan"))
    assert plain is not None and laid_out is not None
    expanded = compiler.compile(Source(plain, "p.wan"))
    assert expanded.prompt is not None, [finding.message for finding in expanded.diagnostics]
    assert meaning(expanded.prompt) == meaning(whole.prompt)
    assert compiler.compile(Source(laid_out, "p.wan")).prompt == whole.prompt
    assert compiler.format(Source(laid_out, "p.wan"))[0] == laid_out


@LAW
@given(pipelines())
def test_one_more_stage_leaves_the_other_ids_alone(pipeline: Pipeline) -> None:
    stages = (*pipeline.stages, "grow")
    stage = "stage grow(in frames: IMAGE) -> IMAGE { out = ImageScaleBy(image = frames, "
    stage += 'upscale_method = "lanczos", scale_by = 2.0) }\n\npipeline p'
    longer = pipeline._replace(stages=stages).text().replace("pipeline p", stage)
    first = compiler.compile(Source(pipeline.text(), "p.wan")).prompt
    second = compiler.compile(Source(longer, "p.wan")).prompt
    if first is not None and second is not None:
        classes = {id: node["class_type"] for id, node in second.items()}
        assert all(classes.get(id) == node["class_type"] for id, node in first.items())
        assert len(second) == len(first) + 1


@LAW
@given(pipelines(), st.data())
def test_a_word_taken_out_gives_findings_and_never_an_exception(
    pipeline: Pipeline, data: st.DataObject
) -> None:
    text = pipeline.text()
    word = data.draw(st.sampled_from(list(re.finditer(r"\w+|[^\w\s]", text))))
    compiler.check(Source(text[: word.start()] + text[word.end() :], "p.wan"))
