"""Laws that hold for every file: what is laid out anew, expanded or damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.checked import graphs_of
from tests.prompts import meaning
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.source import Source

EXAMPLES = Path(__file__).parent.parent / "examples"
FILES = sorted(EXAMPLES.rglob("*.wan"))


def targets() -> list[tuple[Path, str]]:
    return [(file, name) for file in FILES for name in graphs_of(file)]


@pytest.mark.parametrize(("file", "name"), targets(), ids=lambda each: getattr(each, "stem", each))
def test_an_expanded_pipeline_compiles_to_the_same_nodes(file: Path, name: str) -> None:
    whole = compiler.compile(file, pipeline=name)
    text, _ = compiler.expand(file, pipeline=name)
    assert text is not None and whole.prompt is not None
    plain = compiler.compile(Source(text, "expanded.wan"))
    assert plain.prompt is not None, plain.diagnostics
    assert meaning(plain.prompt) == meaning(whole.prompt)


@pytest.mark.parametrize(("file", "name"), targets(), ids=lambda each: getattr(each, "stem", each))
def test_an_expanded_pipeline_is_in_the_canonical_layout(file: Path, name: str) -> None:
    text, _ = compiler.expand(file, pipeline=name)
    assert text is not None
    assert compiler.format(Source(text, "expanded.wan"))[0] == text


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_layout_and_the_line_ends_change_nothing_that_compiles(file: Path) -> None:
    source = Source.read(file)
    messy = source.text.replace("    ", "  ").replace("\n", "\r\n")
    for name in compiler.check(file).graphs:
        first = compiler.compile(file, pipeline=name).prompt
        second = compiler.compile(Source(messy, source.path, file), pipeline=name).prompt
        if '"""' not in source.text:
            assert second == first
        laid_out, _ = compiler.format(Source("\ufeff" + source.text, source.path, file))
        assert laid_out is not None
        third = compiler.compile(Source(laid_out, source.path, file), pipeline=name).prompt
        assert third == first


def test_the_same_file_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    script = (
        "import sys; from wan22dsl.api import compiler; from wan22dsl.formats.prompt import dump\n"
        "compiled = compiler.compile(sys.argv[1], pipeline=sys.argv[2])\n"
        "sys.stdout.buffer.write(dump(compiled.prompt).encode())"
    )
    found = set()
    for seed in ("0", "1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", script, str(EXAMPLES / "long_video.wan"), "film_of_three"],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        found.add(done.stdout)
    assert len(found) == 1
    here = compiler.compile(EXAMPLES / "long_video.wan", pipeline="film_of_three").prompt
    assert here is not None
    assert found == {dump(here).encode()}


TEXTS = [file.read_text(encoding="utf-8") for file in FILES if file.parent == EXAMPLES]
PIECES = st.sampled_from(
    [
        "",
        "\x00",
        "\ufeff",
        "\r\n",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "->",
        "=",
        ":",
        ",",
        '"',
        '"""',
        "`",
        "_",
        "none",
        "null",
        "pipeline",
        "pipeline.seed",
        "wan22.high",
        "81f",
        "5s",
        "-1",
        "0..2 of 4",
        "let x = 1",
        "save",
        "rife",
        "KSampler",
        "high",
        "low",
        "{high}",
        "*",
        ".",
        "in",
        "\u200b",
        "é",
    ]
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """An example with a few pieces of its text taken out, doubled, swapped or replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(st.one_of(PIECES, st.just(text[start:end] * 2)))
        text = text[:start] + piece + text[end:]
    return text


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_a_damaged_file_gives_findings_and_never_an_exception(text: str) -> None:
    source = Source(text, "damaged.wan", EXAMPLES / "damaged.wan")
    checked = compiler.check(source)
    for finding in checked.diagnostics:
        assert finding.message and finding.why is not None and finding.help is not None
        if finding.span is not None:
            assert 0 <= finding.span.start <= finding.span.end <= len(finding.span.source.text)


@pytest.mark.parametrize("depth", [50, 5_000])
@pytest.mark.parametrize(
    "shape",
    ["let a = {0}1{1}", "let a = {2}1{3}", 'pipeline p {{ flow = {0}save("x"){1} }}'],
)
def test_deep_nesting_gives_findings_and_never_an_exception(shape: str, depth: int) -> None:
    text = shape.format("(" * depth, ")" * depth, "[" * depth, "]" * depth)
    compiler.check(Source(f"wan 1\n\n{text}\n", "deep.wan"))


def test_a_long_chain_of_pipelines_gives_a_graph_or_a_finding() -> None:
    shots = [
        "wan 1\nuse wan22",
        (
            'pipeline shot_0 { image = "a.png", prompt = "x", size = 832x480, '
            "length = 81f, flow = wan22.high -> wan22.low }"
        ),
    ]
    shots += [
        f"pipeline shot_{n} = shot_{n - 1}(image = shot_{n - 1} -> last_frame, seed = {n})"
        for n in range(1, 120)
    ]
    shots.append('pipeline whole { flow = shot_119 -> save("whole") }')
    compiled = compiler.compile(Source("\n".join(shots), "long.wan"), pipeline="whole")
    if compiled.prompt is None:
        assert [finding.name for finding in compiled.diagnostics if finding.is_error]
    else:
        assert (
            sum(node["class_type"] == "KSamplerAdvanced" for node in compiled.prompt.values())
            == 240
        )


def test_a_chain_of_names_that_is_too_deep_is_told() -> None:
    lines = ["wan 1", "", "let a0 = 1", *(f"let a{n} = a{n - 1}" for n in range(1, 3_000))]
    lines.append("param n: int = a2999")
    compiler.check(Source("\n".join(lines), "names.wan"))


def test_stages_inside_stages_give_a_graph_or_a_finding() -> None:
    lines = [
        "wan 1",
        "",
        "stage s0(in frames: IMAGE) -> IMAGE { out = ImageInvert(image = frames) }",
    ]
    lines += [
        f"stage s{n}(in frames: IMAGE) -> IMAGE {{ out = frames -> s{n - 1} }}"
        for n in range(1, 600)
    ]
    lines.append(
        'pipeline p { let start = LoadImage(image = "a.png").IMAGE\n'
        '    flow = start -> s599 -> save_frames("x") }'
    )
    compiler.check(Source("\n".join(lines), "stages.wan"))
