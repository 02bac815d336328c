"""Names that nothing uses, parameters that set nothing, and files that are declared twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.findings import findings_of, piped, places
from wan22dsl.api.compiler import compile
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path


def notes(text: str | Path) -> list[str]:
    return [place for place in places(text) if place[:6] in ("WAN222", "WAN223")]


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
    assert notes(piped(declarations=declaration)) == [f"WAN222 3:{column}"]


def test_what_only_names_itself_or_what_is_unused_is_named_once():
    declared = "let one = 1\nlet two = one"
    assert notes(piped(declarations=declared)) == ["WAN222 4:5"]


def test_names_in_texts_defaults_and_copies_are_uses():
    declared = 'let a = "x"\nlet b = "{a}"\nparam c: text = b\npass d = wan22.high(prompt = c)'
    assert notes(piped('d -> wan22.low -> save("x")', declarations=declared)) == []


def test_a_used_file_that_nothing_asks_for():
    text = 'wan 1\nuse wan22\n\npipeline p {\n    flow = LoadImage(image = "a.png").IMAGE -> preview\n}\n'
    assert notes(text) == ["WAN222 2:5"]


def test_a_value_of_a_pipeline_that_is_never_made():
    more = '    let side = wan22.high -> wan22.low -> save("side")\n'
    assert notes(piped(more=more)) == ["WAN222 8:9"]
    assert notes(piped("side", more=more)) == []


def test_nodes_of_a_graph_are_no_values_of_a_block():
    text = 'wan 1\n\ngraph g {\n    let a = PreviewImage(images = LoadImage(image = "a.png").IMAGE)\n}\n'
    assert notes(text) == []


def test_a_file_without_a_pipeline_is_there_for_others():
    assert notes("wan 1\n\nlet strength = 0.5\n") == []


def test_nothing_is_said_of_a_file_that_is_used(tmp_path):
    (tmp_path / "house.wan").write_text("wan 1\n\nlet a = 1\n\nlet b = 2\n", encoding="utf-8")
    main = tmp_path / "main.wan"
    text = piped(more="    seed   = house.a\n").replace(
        "use wan22\n", 'use wan22\nuse "house.wan" as house\n'
    )
    main.write_text(text, encoding="utf-8")
    assert notes(main) == []


def test_a_mistake_comes_first():
    assert notes(piped(declarations="let strength = 0.5\nlet other = strenth")) == []


@pytest.mark.parametrize(
    ("second", "reported"),
    [
        ('lora b { file = "x.safetensors", strength = 0.4 }', ["WAN223 4:6"]),
        ('lora b { file = "y.safetensors" }', []),
        ('lora b { file = "{name}.safetensors" }', []),
        ('upscaler b { file = "x.safetensors" }', []),
        ("lora b = a(strength = 0.4)", []),
    ],
)
def test_a_file_is_declared_once(second, reported):
    text = f'wan 1\n\nlora a {{ file = "x.safetensors" }}\n{second}\n\nlet name = "x"\n'
    assert notes(text) == reported


#: Parameters that set nothing, though they are named like a setting; what the pipeline has, how grave.
NOT_SET = {
    "a value of its own": ("param seed: int = 1", "    seed = 5\n", "warning"),
    "none at all": ("param seed: int = 1", "", "note"),
    "the library's passes have one": ("param shift: float = 8.0", "", "note"),
    "a whole number for a float": ("param shift: int = 8", "", "note"),
    "seconds for a length": ("param length: seconds = 5s", "", "warning"),
    "a copy has one": (
        'param seed: int = 1\npipeline q = p(seed = 2, flow = wan22.high -> preview)', "", "warning",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_SET)
def test_a_parameter_named_like_a_setting_that_only_strings_read_is_reported(name: str) -> None:
    declared, more, severity = NOT_SET[name]
    parameter = declared.split()[1].rstrip(":")
    flow = f'wan22.high -> wan22.low -> save("x_{{{parameter}}}")'
    found = [
        finding for finding in findings_of(piped(flow, more, declared)) if finding.code == "WAN224"
    ]
    assert [finding.severity.value for finding in found] == [severity]
    assert f"`{parameter} = {parameter}`" in found[0].help


FOR_SOMETHING = {
    "it is the setting": ("param seed: int = 1", "    seed = seed\n", "x_{seed}"),
    "it is part of the setting": ("param seed: int = 1", "    seed = seed + 1\n", "x_{seed}"),
    "through a name": ("param seed: int = 1\nlet mine = seed", "    seed = mine\n", "x_{seed}"),
    "another type": ("param size: text = \"large\"", "", "x_{size}"),
    "no setting has the name": ("param take: int = 1", "", "x_{take}"),
    "the prompt has it": (
        "param steps: int = 3", '    negative = "{steps} steps of stairs"\n', "x_{steps}",
    ),
    "a stage takes it": (
        "param size: size = 64x64", "    let a = wan22.high -> resize(size) -> preview\n", "x_{size}",
    ),
    "nothing reads it": ("param seed: int = 1", "", "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOR_SOMETHING)
def test_a_parameter_that_something_else_takes_is_not_accused(name: str) -> None:
    declared, more, file = FOR_SOMETHING[name]
    flow = f'wan22.high -> wan22.low -> save("{file}")'
    assert "WAN224" not in [finding.code for finding in findings_of(piped(flow, more, declared))]


TWO = piped(
    more="    seed = seed\n", declarations="param seed: int = 1\nparam cfg: float = 1.0"
) + ("pipeline q = p(seed = 3)\nlet unused = cfg\n")


def changes_nothing(values, *, pipeline="p", text=TWO):
    found = compile(Source(text, "test.wan"), pipeline=pipeline, values=values).diagnostics
    return [
        (finding.span.source.path, finding.help) for finding in found if finding.code == "WAN315"
    ]


def test_a_value_for_a_parameter_that_the_pipeline_does_not_read_is_reported() -> None:
    assert changes_nothing({"seed": "7"}) == []
    ((where, help),) = changes_nothing({"seed": "7"}, pipeline="q")
    assert where == "--set seed" and "name a pipeline that reads it" in help
    ((where, help),) = changes_nothing({"cfg": "7"})
    assert where == "--set cfg"


def test_a_value_that_no_pipeline_reads_is_reported_when_linting() -> None:
    def codes(values):
        return [
            finding.code for finding in findings_of(TWO, values=values) if finding.code == "WAN315"
        ]

    assert codes({"seed": "7"}) == []  # `p` reads it
    assert codes({"cfg": "7"}) == ["WAN315"]


def test_a_file_of_parameters_may_be_for_several_pipelines(wan) -> None:
    wan.write("a.wan", TWO).write("p.toml", "seed = 7\ncfg = 2.0\n")
    assert "WAN315" not in wan("compile", "a.wan", "--pipeline", "q", "--params", "p.toml").stderr
    reported = wan("compile", "a.wan", "--pipeline", "q", "--params", "p.toml", "--set", "seed=8")
    assert reported.stderr.count("WAN315") == 1 and reported.status == 0


def test_a_value_that_only_names_the_file_is_reported_when_compiling() -> None:
    text = piped(
        'wan22.high -> wan22.low -> save("x_{seed}")', "    seed = 5\n", "param seed: int = 1"
    )
    codes = [
        finding.code for finding in compile(Source(text, "t.wan"), values={"seed": 2}).diagnostics
    ]
    assert codes == ["WAN224"]
    assert compile(Source(text, "t.wan")).diagnostics == []


def test_what_a_mistake_hides_is_not_said_to_change_nothing() -> None:
    text = piped("wan22.high -> lwo", "", "param seed: int = 1")
    assert "WAN315" not in [
        finding.code for finding in findings_of(text, values={"seed": "2"}, compiling=True)
    ]


def test_a_parameter_of_a_target_is_read() -> None:
    text = piped(declarations="param most: seconds = 5s")
    text += "target t { of = p, whole = most }\n"
    assert changes_nothing({"most": "9s"}, text=text) == []
