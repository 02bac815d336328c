"""What uses the one before it twice, forty times over: built once each, or told to be too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.findings import HEAD, SETTINGS, findings_of, piped
from tests.prompts import graph_of, picture
from wan22dsl.api.compiler import check, compile
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.build import build_all
from wan22dsl.graph.model import Link, Node
from wan22dsl.graph.tracing import loader_behind
from wan22dsl.language.program import load_program
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

LOAD = 'LoadImage(image = "a.png").IMAGE'
BOTH = "a{before} -> ImageBatch(image1 = _, image2 = a{before})"
TWICE = "a{before} -> a{before}"
LEVELS = 40
LAST = f"a{LEVELS - 1}"


def doubled(first: str, then: str, word: str = "let") -> str:
    """`a0`, and `a1` to `a39`, each made of the one before it."""
    lines = [f"{word} a0{first}"]
    for at in range(1, LEVELS):
        lines.append(f"{word} a{at}{then.format(before=f'{at - 1}')}")
    return "\n".join(lines)


def saved(flow: str = LOAD, name: str = "x") -> str:
    return f'pipeline p {{ flow = {flow} -> save_frames("{name}") }}'


def of_flow(first: str, then: str, flow: str = LAST) -> str:
    return f"wan 1\n{doubled(f' = {first}', f' = {then}')}\n{saved(flow)}"


def of_lists(first: str, flow: str) -> str:
    lets = doubled(f" = {first}", " = [a{before}, a{before}]")
    return f"wan 1\n{lets}\npipeline p {{ flow = {flow} }}"


def of_stages(head: str, first: str, then: str, flow: str) -> str:
    stages = doubled(f"{head} {{{{ {first} }}}}".format(), f"{head} {{{{ {then} }}}}", "stage")
    return f"wan 1\n{stages}\n{saved(flow)}"


def inside(word: str, first: str, then: str, last: str) -> str:
    """A block with the `let`s in it."""
    lets = doubled(f" = {first}", f" = {then}")
    return f"wan 1\n{word} {{\n{lets}\n{last}\n}}"


def of_passes(word: str, first: str, then: str, flow: str) -> str:
    return piped(f'{flow} -> wan22.low -> save("x")', declarations=doubled(first, then, word))


def of_pipelines(then: str) -> str:
    first = f" {{\n{SETTINGS}    flow = wan22.high -> wan22.low\n}}"
    more = "conditioning = wan22.first_last_frame"
    second = f' = a0(prompt = "{{before}}", {more}, {then})'
    return f"{HEAD}{doubled(first, second, 'pipeline')}\n" + saved(LAST)


#: A file, and how many nodes it makes.
BUILT = {
    "values": (of_flow("1", "a{before} + a{before}", LOAD).replace('"x"', f'"x{{{LAST}}}"'), 2),
    "parameters": (
        f"wan 1\n{doubled(': int = 1', ': int = a{before} + a{before}', 'param')}\n"
        + saved(name=f"{{{LAST}}}"),
        2,
    ),
    "settings": (
        "wan 1\npipeline p {\n    a0 = 1\n"
        + "".join(
            f"    a{at} = pipeline.a{at - 1} + pipeline.a{at - 1}\n" for at in range(1, LEVELS)
        )
        + f'    flow = {LOAD} -> save_frames("x{{pipeline.{LAST}}}")\n}}',
        2,
    ),
    "flows": (of_flow(f"{LOAD} -> ImageInvert(image = _)", BOTH), LEVELS + 2),
    "flows, the last one first": (
        "\n".join(
            [
                "wan 1",
                saved("a0"),
                *(f"let a{at} = {BOTH.format(before=at + 1)}" for at in range(LEVELS)),
                f"let a{LEVELS} = {LOAD} -> ImageInvert(image = _)",
            ]
        ),
        LEVELS + 3,
    ),
    "nodes": (
        of_flow(LOAD, "ImageBatch(image1 = a{before}, image2 = a{before})"),
        LEVELS + 1,
    ),
    "lists of flows": (
        of_lists(f"{LOAD} -> preview", LAST),
        2,
    ),
    "lists of open flows": (
        of_lists("scale(by = 0.5) -> preview", f"{LOAD} -> {LAST}"),
        3,
    ),
    "`let`s of a pipeline": (
        inside("pipeline p", f"{LOAD} -> scale(by = 0.5)", BOTH, f"flow = {LAST} -> preview"),
        LEVELS + 2,
    ),
    "`let`s of a graph": (
        inside(
            "graph p",
            f"{LOAD} -> ImageInvert(image = _)",
            BOTH,
            f"PreviewImage(images = {LAST})",
        ),
        LEVELS + 2,
    ),
    "`let`s of a stage": (
        inside("stage s(in f: IMAGE) -> IMAGE", "f -> scale(by = 0.5)", BOTH, f"out = {LAST}")
        + f"\n{saved(f'{LOAD} -> s')}",
        LEVELS + 2,
    ),
    "settings of passes": (
        of_passes(
            "pass",
            " = wan22.high(cfg = 1.0)",
            " = wan22.high(cfg = a{before}.cfg * 0.5 + a{before}.cfg * 0.5)",
            LAST,
        ),
        17,
    ),
    "settings of assets": (
        of_passes(
            "lora",
            " = wan22.lightx2v_high(strength = 1.0)",
            " = a{before}(strength = a{before}.strength * 0.5 + a{before}.strength * 0.5)",
            f"wan22.high(loras = [{LAST}])",
        ),
        17,
    ),
    "models made of models": (
        of_passes(
            "model",
            " = wan22.i2v_high",
            " = a{before}(load = ModelMergeSimple(model1 = a{before}, model2 = a{before}))",
            f"wan22.high(model = {LAST})",
        ),
        17 + LEVELS - 1,
    ),
    "pipelines": (
        of_pipelines("image = a{before} -> last_frame, end_image = a{before} -> last_frame"),
        None,
    ),
}


@pytest.mark.parametrize("name", BUILT)
def test_what_is_used_twice_is_built_once(name: str) -> None:
    text, count = BUILT[name]
    compiled = compile(Source(text, "t.wan"), pipeline="p")
    assert compiled.prompt is not None, [finding.message for finding in compiled.diagnostics[:1]]
    assert count is None or len(compiled.prompt) == count
    assert "p" in check(Source(text, "t.wan")).graphs


IMAGE = "(in f: IMAGE) -> IMAGE"

#: What stands for more than any server could run.
TOO_MUCH = {
    "stages, one behind the other": of_stages(
        IMAGE,
        "out = f -> scale(by = 0.5)",
        "out = f -> a{before} -> a{before}",
        f"{LOAD} -> {LAST}",
    ),
    "stages, side by side": of_stages(
        IMAGE,
        "out = f -> scale(by = 0.5)",
        "out = ImageBatch(image1 = f -> a{before}, image2 = f -> a{before})",
        f"{LOAD} -> {LAST}",
    ),
    "open flows": of_flow("scale(by = 0.5) -> ImageInvert(image = _)", TWICE, f"{LOAD} -> {LAST}"),
    "copies of pipelines": of_pipelines(
        "image = a{before}(seed = 1) -> last_frame, end_image = a{before}(seed = 2) -> last_frame"
    ),
    "passes within passes": piped(
        f'{LAST} -> save("x")',
        declarations=doubled(
            f" = {LOAD} -> scale(by = 0.5)",
            " = a{before} -> wan22.high(image = a{before}) -> decode",
        ),
    ),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_would_never_end_is_told_once(name: str) -> None:
    (finding,) = findings_of(TOO_MUCH[name])
    assert finding.code == "WAN421"
    assert finding.span is not None
    assert finding.span.text == "p"


#: Values that double, and what they are.
TOO_LARGE = {
    "text": ('"abc"', '"{{a{before}}}{{a{before}}}"'),
    "number": ("3", "a{before} * a{before}"),
    "list": ("[1]", "a{before} + a{before}"),
    "record": ("{{ x = 1 }}", "{{ x = a{before}, y = a{before} }}"),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_a_value_that_doubles_is_told_where_it_becomes_too_large(what: str) -> None:
    first, then = TOO_LARGE[what]
    text = f"wan 1\n{doubled(f' = {first}'.format(), f' = {then}')}"
    (finding,) = findings_of(text)
    assert (finding.code, finding.fields["what"]) == ("WAN313", what)


@pytest.mark.parametrize(
    "written",
    [
        "1e299 * 1e10",
        "1e299 * 9e8 * 1.0 * 1e9 + 1.0",
        "1GiB * 1e299 * 1e10",
        "81f * 1e299 * 1e10",
        "8x8 * 1e299 * 1e10",
        "5s * 1e299 * 1e10",
    ],
)
def test_a_number_that_no_float_holds_is_too_large(written: str) -> None:
    assert [finding.code for finding in findings_of(f"wan 1\nlet a = {written}")] == ["WAN313"]


def test_a_range_of_ranges_is_none() -> None:
    assert [finding.code for finding in findings_of("wan 1\nlet a = 1..2\nlet b = a..a")] == [
        "WAN303"
    ]


def test_files_that_two_files_use_are_read_once(tmp_path: Path) -> None:
    for level in range(LEVELS):
        uses = "".join(f'use "{side}{level + 1}.wan" as {side}\n' for side in "lr")
        for side in "lr":
            text = f"wan 1\n{uses}let v = l.v + r.v\n" if level < LEVELS - 1 else "wan 1\nlet v = 1"
            (tmp_path / f"{side}{level}.wan").write_text(text, encoding="utf-8")
    main = tmp_path / "main.wan"
    main.write_text(f'wan 1\nuse "l0.wan" as l\n{saved(name="{l.v}")}', encoding="utf-8")
    compiled = compile(main)
    assert compiled.prompt is not None
    names = [node["inputs"].get("filename_prefix") for node in compiled.prompt.values()]
    assert str(2 ** (LEVELS - 1)) in names


class _Walked(dict[str, Any]):
    """A mapping that counts the items that it hands out to who walks through it."""

    walked = 0

    def items(self) -> Any:
        self.walked += len(self)
        return super().items()

    def values(self) -> Any:
        self.walked += len(self)
        return super().values()


def test_the_declarations_of_a_file_are_walked_a_few_times_however_many_pipelines_it_has() -> None:
    count = 50
    pipelines = "\n".join(
        f'pipeline p{at} {{ flow = {LOAD} -> save_frames("{{name}}{at}") }}' for at in range(count)
    )
    source = Source(f'wan 1\nparam name: text = "x"\n{pipelines}\n', "x.wan")
    program, _ = load_program(source)
    program.main.names = names = _Walked(program.main.names)
    builds = list(build_all(program, open_catalogue(DEFAULT_TARGET)))
    assert [built.name for built in builds] == [f"p{at}" for at in range(count)]
    assert {built.read for built in builds} == {frozenset({("x.wan", "name")})}
    assert names.walked < 10 * len(names)


def test_a_rate_that_grows_beyond_all_numbers_is_unknown_and_no_fault() -> None:
    grown = " -> ".join(["rife(times = 1000)"] * 110)  # a float ends at 10**308
    errors = [
        found
        for found in findings_of(piped(f'wan22.low -> {grown} -> save("x")'))
        if found.is_error
    ]
    assert [(found.code, found.fields["name"]) for found in errors] == [("WAN309", "fps")]


class _Asked(dict[str, Any]):
    """A mapping that counts how often it is asked for an item."""

    asked = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.asked += 1
        return super().get(key, default)


def test_the_video_behind_each_of_many_passes_is_looked_for_once() -> None:
    nodes = _Asked(graph_of(picture()).nodes)
    save = nodes["save"]
    for at in range(200):
        before = Link(f"n{at - 1}" if at else "load", 0)
        nodes[f"n{at}"] = save.changed(id=f"n{at}", inputs={"images": before})
    known: dict[str, Node | None] = {}
    for at in range(200):
        found = loader_behind(nodes, lambda link: "IMAGE", Link(f"n{at}", 0), known=known)
        assert found is None
    assert nodes.asked < 10 * len(nodes)


def test_the_first_of_several_videos_is_found_as_without_what_is_known() -> None:
    nodes = dict(graph_of(picture()).nodes)
    for name in ("first", "second"):
        nodes[name] = nodes["load"].changed(id=name, class_name="LoadVideo")
    inputs: dict[str, tuple[str, ...]] = {
        "a": ("load",), "b": ("a", "second"), "c": ("first",), "d": ("a", "c", "b"), "e": ("b", "d"),
    }  # fmt: skip
    for name, before in inputs.items():
        links = {f"image{at}": Link(other, 0) for at, other in enumerate(before)}
        nodes[name] = nodes["save"].changed(id=name, inputs=links)
    known: dict[str, Node | None] = {}
    found = {}
    for name in inputs:
        alone = loader_behind(nodes, lambda link: "IMAGE", Link(name, 0))
        assert loader_behind(nodes, lambda link: "IMAGE", Link(name, 0), known=known) is alone
        found[name] = None if alone is None else alone.id
    assert found == {"a": None, "b": "second", "c": "first", "d": "first", "e": "second"}
