"""Declared node classes in everything that is made of a file: checks, both JSON formats, facts, sessions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from wan22dsl.api import compiler
from wan22dsl.api.description import describe
from wan22dsl.api.session import Session
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.description import text as description_text
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

NODE = """
node `My VFI (custom)`(
    images: IMAGE, times: INT = 2 in 1..8, mode: text = "fast" in ["fast", "good"]
) -> (frames: IMAGE) {
    pack   = "someone/comfyui-my-vfi"
    length = (images.length - 1f) * times + 1f
    fps    = images.fps * times
    size   = images.size
}
"""

PIPELINE = """
pipeline portrait {
    image  = "portrait.png"
    prompt = "She turns to the camera and smiles"
    size   = 832x480
    length = 5s
    flow   = wan22.high -> wan22.low -> `My VFI (custom)`(images = _, mode = "good") -> save("p"FPS)
}
"""


def text(node: str = NODE, pipeline: str = PIPELINE, use: str = "", fps: str = "") -> str:
    return f"wan 1\nuse wan22\n{use}\n{node}{pipeline.replace('FPS', fps)}"


def codes(source: Source | Path) -> list[str]:
    return [finding.code for finding in compiler.check(source).diagnostics]


def vfi(prompt: dict[str, Any] | None) -> dict[str, Any]:
    assert prompt is not None
    (found,) = (node for node in prompt.values() if node["class_type"] == "My VFI (custom)")
    return dict(found["inputs"])


def test_a_declared_class_is_called_by_its_names_and_gets_its_defaults() -> None:
    compiled = compiler.compile(Source(text(), "p.wan"))
    assert compiled.diagnostics == []
    inputs = vfi(compiled.prompt)
    assert (inputs["times"], inputs["mode"]) == (2, "good")


def test_facts_of_a_declared_class_reach_the_description_and_the_node_behind() -> None:
    described = describe(Source(text(), "p.wan"))
    assert described.description is not None
    shown = description_text.write(described.description, 100)
    assert "832x480, 161 frames at 32 fps" in shown
    compiled = compiler.compile(Source(text(), "p.wan"))
    assert compiled.prompt is not None
    rates = [node["inputs"].get("fps") for node in compiled.prompt.values()]
    assert 32.0 in rates


def test_a_rule_judges_by_the_facts_of_a_declared_class() -> None:
    assert "WAN611" not in codes(Source(text(), "p.wan"))
    found = compiler.check(Source(text(fps=", fps = 16fps"), "p.wan")).diagnostics
    assert [finding.name for finding in found] == ["wrong-rate"]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('mode = "god"', "value-not-offered"),
        ("times = 9", "value-out-of-range"),
        ('times = "two"', "wrong-value-type"),
        ("tims = 2", "unknown-input"),
    ],
)
def test_a_call_is_checked_against_the_declaration(call: str, code: str) -> None:
    pipeline = PIPELINE.replace('mode = "good"', call)
    found = compiler.check(Source(text(pipeline=pipeline), "p.wan")).diagnostics
    assert {finding.name for finding in found} == {code}


def test_a_missing_input_is_reported_and_one_with_a_default_is_not() -> None:
    graph = (
        "\ngraph g {\n    let a = `My VFI (custom)`(times = 3)\n    PreviewImage(images = a)\n}\n"
    )
    found = compiler.check(Source(f"wan 1\n{NODE}{graph}", "p.wan")).diagnostics
    assert [finding.name for finding in found] == ["missing-input"]


def test_a_module_is_enough_and_counts_as_used(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "mine.wan").write_text(f"wan 1\n{NODE}", encoding="utf-8")
    main = tmp_path / "p.wan"
    main.write_text(text(node="", use='use "packs/mine.wan" as mine'), encoding="utf-8")
    compiled = compiler.compile(main)
    assert compiled.diagnostics == []
    assert vfi(compiled.prompt)["times"] == 2
    assert codes(main) == []
    main.write_text(
        'wan 1\nuse "packs/mine.wan" as mine\n\n'
        'graph g { PreviewImage(images = LoadImage(image = "a").IMAGE) }\n'
    )
    assert "WAN222" in codes(main)


def test_what_is_declared_stays_in_its_file() -> None:
    compiler.check(Source(text(), "p.wan"))
    assert open_catalogue("0.33.0").get("My VFI (custom)") is None
    found = compiler.check(Source(text(node=""), "p.wan")).diagnostics
    assert "unknown-class" in [finding.name for finding in found]


def test_two_files_that_differ_are_reported_and_the_nearest_counts(tmp_path: Path) -> None:
    other = NODE.replace("times: INT = 2", "times: INT = 3")
    (tmp_path / "mine.wan").write_text(f"wan 1\n{other}", encoding="utf-8")
    main = tmp_path / "p.wan"
    main.write_text(text(use='use "mine.wan" as mine'), encoding="utf-8")
    compiled = compiler.compile(main)
    assert [finding.code for finding in compiled.diagnostics] == ["WAN317"]
    assert vfi(compiled.prompt)["times"] == 2
    (tmp_path / "mine.wan").write_text(f"wan 1\n{NODE}", encoding="utf-8")
    assert [finding.code for finding in compiler.compile(main).diagnostics] == []


def test_where_the_target_disagrees_the_declaration_counts_and_says_so() -> None:
    node = """
node ImageScaleBy(
    image: IMAGE, upscale_method: text = "best" in ["best"], extra: INT = 3, scale_by: FLOAT
) -> IMAGE {}
"""
    graph = """
graph g {
    let a = LoadImage(image = "a.png").IMAGE
    PreviewImage(images = ImageScaleBy(image = a, scale_by = 2.0))
}
"""
    source = Source(f"wan 1\n\n{node}\n{graph}", "p.wan")
    compiled = compiler.compile(source)
    assert [finding.code for finding in compiled.diagnostics] == ["WAN316", "WAN316"]
    assert [f.span and f.span.text for f in compiled.diagnostics] == ["upscale_method", "extra"]
    assert compiled.prompt is not None
    (scaled,) = (n for n in compiled.prompt.values() if n["class_type"] == "ImageScaleBy")
    assert scaled["inputs"]["extra"] == 3
    assert scaled["inputs"]["upscale_method"] == "best"


def test_a_declaration_that_agrees_with_the_target_says_nothing() -> None:
    node = "node ImageScaleBy(image: IMAGE, scale_by: FLOAT = 1.5) -> IMAGE {}\n"
    assert codes(Source(f"wan 1\n\n{node}", "p.wan")) == []


def test_facts_of_a_known_class_are_those_of_the_declaration_and_of_the_record() -> None:
    node = "node ImageScaleBy(image: IMAGE) -> IMAGE { fps = image.fps * 2 }\n"
    pipeline = PIPELINE.replace(
        '`My VFI (custom)`(images = _, mode = "good")', "ImageScaleBy(image = _, scale_by = 2.0)"
    )
    described = describe(Source(text(node=node, pipeline=pipeline), "p.wan"))
    assert described.description is not None
    assert "1664x960, 81 frames at 32 fps" in description_text.write(described.description, 100)


def test_a_vae_and_a_value_are_facts_too() -> None:
    node = """
node Sharpen(samples: LATENT, vae: VAE = none) -> (latent: LATENT, count: INT) {
    latent = { vae = samples.vae, length = samples.length, size = samples.size, fps = samples.fps }
    count  = { value = samples.width * 2 }
}
"""
    pipeline = """
pipeline p {
    image  = "portrait.png"
    prompt = "She turns"
    size   = 832x480
    length = 5s
    flow   = wan22.high -> wan22.low -> Sharpen(samples = _).latent -> save("p")
}
"""
    compiled = compiler.compile(Source(text(node=node, pipeline=pipeline), "p.wan"))
    assert compiled.diagnostics == []
    assert compiled.prompt is not None
    assert any(node["class_type"] == "VAEDecode" for node in compiled.prompt.values())


def test_a_circle_of_links_through_a_declared_class_comes_to_an_end() -> None:
    graph = {
        "1": {"class_type": "My VFI (custom)", "inputs": {"images": ["2", 0], "times": 2}},
        "2": {"class_type": "My VFI (custom)", "inputs": {"images": ["1", 0], "times": 2}},
        "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}},
    }
    from wan22dsl.graph.build.declared_nodes import with_nodes
    from wan22dsl.language.program import load_program

    program, _ = load_program(Source(f"wan 1\n{NODE}", "mine.wan"))
    target, _ = with_nodes(open_catalogue("0.33.0"), [program.main])
    found = compiler.check(Source(json.dumps(graph), "p.json"), target=target).diagnostics
    assert "circle" in [finding.name for finding in found]


def test_a_session_sees_a_changed_declaration(tmp_path: Path) -> None:
    (tmp_path / "mine.wan").write_text(f"wan 1\n{NODE}", encoding="utf-8")
    main = tmp_path / "p.wan"
    main.write_text(text(node="", use='use "mine.wan" as mine'), encoding="utf-8")
    session = Session()
    assert session.check(main).diagnostics == []
    other = NODE.replace('"good"]', '"best"]')
    (tmp_path / "mine.wan").write_text(f"wan 1\n{other}", encoding="utf-8")
    assert [f.name for f in session.check(main).diagnostics] == ["value-not-offered"]


def test_a_session_sees_changed_facts_of_its_own_file(tmp_path: Path) -> None:
    main = tmp_path / "p.wan"
    main.write_text(text(fps=", fps = 32fps"), encoding="utf-8")
    session = Session()
    assert session.check(main).diagnostics == []
    slower = text(node=NODE.replace("images.fps * times", "images.fps"), fps=", fps = 32fps")
    main.write_text(slower, encoding="utf-8")
    assert [f.name for f in session.check(main).diagnostics] == ["wrong-rate"]


def test_both_json_formats_know_the_names_of_a_declared_class() -> None:
    source = Source(text(), "p.wan")
    workflow, found = compiler.workflow(source)
    assert found == []
    assert workflow is not None
    (node,) = (item for item in workflow["nodes"] if item["type"] == "My VFI (custom)")
    assert node["widgets_values"] == [2, "good"]
    assert [output["name"] for output in node["outputs"]] == ["frames"]


def test_an_expanded_graph_has_the_declarations_that_it_needs(tmp_path: Path) -> None:
    (tmp_path / "mine.wan").write_text(
        f"wan 1\n{NODE}\nnode Unused(a: IMAGE) {{}}\n", encoding="utf-8"
    )
    main = tmp_path / "p.wan"
    main.write_text(text(node="", use='use "mine.wan" as mine'), encoding="utf-8")
    expanded, found = compiler.expand(main)
    assert found == []
    assert expanded is not None
    assert "Unused" not in expanded
    again = Source(expanded, "e.wan")
    assert compiler.check(again).diagnostics == []
    assert vfi(compiler.compile(again).prompt)["times"] == 2
