"""Names that nothing uses, and files that are declared twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.findings import piped, places

if TYPE_CHECKING:
    from pathlib import Path


def remarks(text: str | Path) -> list[str]:
    return [one for one in places(text) if one[:6] in ("WAN222", "WAN223")]


@pytest.mark.parametrize(
    "declaration",
    [
        "let strength = 0.5",
        "param seed: int = 3",
        'lora grain { file = "grain.safetensors" }',
        "pass other = wan22.high(cfg = 2.0)",
        "stage twice(in frames: IMAGE) -> IMAGE { out = frames }",
        "let _own = 1",
    ],
)
def test_a_declaration_that_nothing_names_is_a_note(declaration):
    column = declaration.index(" ") + 2
    assert remarks(piped(declarations=declaration)) == [f"WAN222 3:{column}"]


def test_what_only_names_itself_or_what_is_unused_is_named_once():
    declared = "let one = 1\nlet two = one"
    assert remarks(piped(declarations=declared)) == ["WAN222 4:5"]


def test_names_in_texts_defaults_and_copies_are_uses():
    declared = 'let a = "x"\nlet b = "{a}"\nparam c: text = b\npass d = wan22.high(prompt = c)'
    assert remarks(piped('d -> wan22.low -> save("x")', declarations=declared)) == []


def test_a_used_file_that_nothing_asks_for():
    text = 'wan 1\nuse wan22\n\npipeline p {\n    flow = LoadImage(image = "a.png").IMAGE -> preview\n}\n'
    assert remarks(text) == ["WAN222 2:5"]


def test_a_value_of_a_pipeline_that_is_never_made():
    more = '    let side = wan22.high -> wan22.low -> save("side")\n'
    assert remarks(piped(more=more)) == ["WAN222 8:9"]
    assert remarks(piped("side", more=more)) == []


def test_nodes_of_a_graph_are_no_values_of_a_block():
    text = 'wan 1\n\ngraph g {\n    let a = PreviewImage(images = LoadImage(image = "a.png").IMAGE)\n}\n'
    assert remarks(text) == []


def test_a_file_without_a_pipeline_is_there_for_others():
    assert remarks("wan 1\n\nlet strength = 0.5\n") == []


def test_nothing_is_said_of_a_file_that_is_used(tmp_path):
    (tmp_path / "house.wan").write_text("wan 1\n\nlet a = 1\n\nlet b = 2\n", encoding="utf-8")
    main = tmp_path / "main.wan"
    text = piped(more="    seed   = house.a\n").replace(
        "use wan22\n", 'use wan22\nuse "house.wan" as house\n'
    )
    main.write_text(text, encoding="utf-8")
    assert remarks(main) == []


def test_a_mistake_comes_first():
    assert remarks(piped(declarations="let strength = 0.5\nlet other = strenth")) == []


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ('lora b { file = "x.safetensors", strength = 0.4 }', ["WAN223 4:6"]),
        ('lora b { file = "y.safetensors" }', []),
        ('lora b { file = "{name}.safetensors" }', []),
        ('upscaler b { file = "x.safetensors" }', []),
        ("lora b = a(strength = 0.4)", []),
    ],
)
def test_a_file_is_declared_once(second, told):
    text = f'wan 1\n\nlora a {{ file = "x.safetensors" }}\n{second}\n\nlet name = "x"\n'
    assert remarks(text) == told
