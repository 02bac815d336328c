"""Stages, flows, pipelines and values inside each other: deep, they are built; too deep, that is told."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.findings import findings_of, piped
from wan22dsl.api.compiler import check, compile
from wan22dsl.graph.build.builder import DEEPEST, Nesting
from wan22dsl.source import Source


def stages(count: int) -> str:
    lines = ["wan 1", "stage s0(in f: IMAGE) -> IMAGE { out = f -> scale(by = 0.5) }"]
    lines += [
        f"stage s{at}(in f: IMAGE) -> IMAGE {{ out = f -> s{at - 1} }}" for at in range(1, count)
    ]
    flow = f'LoadImage(image = "a.png").IMAGE -> s{count - 1} -> save_frames("x")'
    return "\n".join([*lines, f"pipeline p {{ flow = {flow} }}"])


def pipelines(count: int) -> str:
    lines = [piped().replace("pipeline p ", "pipeline p0 ")]
    for at in range(1, count):
        flow = f'wan22.high -> wan22.low -> save("x{at}")'
        lines.append(f"pipeline p{at} = p0(image = p{at - 1} -> last_frame, flow = {flow})")
    return "\n".join(lines)


def flows(count: int) -> str:
    lines = ["wan 1", 'let f0 = LoadImage(image = "a.png").IMAGE -> scale(by = 0.5)']
    lines += [f"let f{at} = f{at - 1} -> scale(by = {at}.0)" for at in range(1, count)]
    return "\n".join([*lines, f'pipeline p {{ flow = f{count - 1} -> save_frames("x") }}'])


def lets(count: int) -> str:
    return "\n".join(
        ["wan 1", *(f"let a{at} = a{at + 1} + 1" for at in range(count)), f"let a{count} = 1"]
    )


def settings(count: int) -> str:
    lines = ["wan 1", "pipeline p {"]
    lines += [f"    s{at} = pipeline.s{at + 1} + 1" for at in range(count)]
    flow = 'LoadImage(image = "a.png").IMAGE -> save_frames("x{pipeline.s0}")'
    return "\n".join([*lines, f"    s{count} = 1", f"    flow = {flow}", "}"])


@pytest.mark.parametrize("text", [stages(400), flows(5), settings(400), lets(400)])
def test_what_stands_inside_each_other_is_built(text: str) -> None:
    assert not findings_of(text)


def test_many_pipelines_one_after_another_are_built_once_each() -> None:
    checked = check(Source(pipelines(30), "t.wan"))
    assert not checked.diagnostics
    assert list(checked.graphs) == ["p29"]
    samplers = [node for node in checked.graphs["p29"].graph.nodes if node.endswith(".sampler")]
    assert len(samplers) == 60


@pytest.mark.parametrize("text", [stages(4000), flows(9000), settings(6000), lets(9000)])
def test_what_is_too_deep_is_told_and_never_an_exception(text: str) -> None:
    assert {finding.code for finding in findings_of(text)} == {"WAN415"}
    assert len(findings_of(text)) == 1


def test_the_deepest_that_is_built_is_the_same_wherever_it_is_asked_for() -> None:
    def from_a_stack_of(frames: int, text: str) -> set[str]:
        return (
            from_a_stack_of(frames - 1, text)
            if frames
            else {finding.code for finding in findings_of(text)}
        )

    for frames in (0, 300):
        assert from_a_stack_of(frames, lets(DEEPEST // 2 - 20)) == set()
        assert from_a_stack_of(frames, lets(DEEPEST // 2 + 20)) == {"WAN415"}


def test_no_limit_of_the_process_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(limit: int) -> None:
        raise AssertionError(f"the recursion limit of the whole process was set to {limit}")

    monkeypatch.setattr(sys, "setrecursionlimit", changed)
    assert not findings_of(stages(400))
    assert {finding.code for finding in findings_of(stages(3000))} == {"WAN415"}


def test_threads_build_deep_files_at_the_same_time() -> None:
    texts = [*[stages(70), stages(200), pipelines(8), lets(300)] * 3, lets(1100)]
    alone = [sorted(finding.code for finding in findings_of(text)) for text in texts]
    with ThreadPoolExecutor(max_workers=8) as threads:
        together = list(
            threads.map(lambda text: sorted(finding.code for finding in findings_of(text)), texts)
        )
    assert together == alone


def test_where_no_thread_can_start_a_deep_file_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert not findings_of(stages(20))
    assert [finding.code for finding in findings_of(stages(400))] == ["WAN415"]


def test_an_interrupt_in_a_deep_build_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    nesting = Nesting()

    def down() -> None:
        nesting.deeper(down if nesting.level < 100 else interrupted)

    with pytest.raises(KeyboardInterrupt):
        down()
    assert nesting.level == 0


def test_a_chain_of_ten_thousand_nodes_compiles_with_its_facts() -> None:
    scaled = ", ".join(['upscale_method = "lanczos"', "scale_by = 1.0"])
    lines = ["wan 1", "graph g {", '    let a0 = LoadImage(image = "a.png").IMAGE']
    lines += [
        f"    let a{at} = ImageScaleBy(image = a{at - 1}, {scaled})" for at in range(1, 10_000)
    ]
    last = "ImageFromBatch(image = a9999, length = 1, batch_index = a9999.length - 1f)"
    lines += [f"    PreviewImage(images = {last})"]
    compiled = compile(Source("\n".join([*lines, "}"]), "t.wan"))
    assert compiled.prompt is not None, compiled.diagnostics[:1]
    assert len(compiled.prompt) == 10_002
