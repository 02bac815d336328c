"""What stands behind a dot or in an index: settings, outputs, facts, sides of sizes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.findings import HEAD, findings_of, piped, places
from wan22dsl.api.compiler import compile
from wan22dsl.source import Source


def prompt(text: str) -> dict[str, Any]:
    """What the pipeline `p` of a file compiles to."""
    compiled = compile(Source(text, "t.wan"), pipeline="p")
    assert compiled.prompt is not None, [finding.message for finding in compiled.diagnostics]
    return compiled.prompt


#: What is read, and what it is.
READ = {
    "wan22.high.cfg": "1.0",
    "wan22.high.steps": "0..2 of 4",
    "wan22.lightx2v_high.strength": "1.0",
    "wan22.i2v_high.noise": "high",
    "s.width": "832",
    "s.height": "480",
    "pipeline.size.height": "480",
    "pipeline.length": "81f",
    "l[1]": "2",
    "wan22.i2v_14b.fps": "16fps",
}


@pytest.mark.parametrize("written", READ)
def test_what_is_known_is_read(written: str) -> None:
    more = f"    let s = 832x480\n    let l = [1, 2, 3]\n    let v = {written}\n"
    text = piped('wan22.high -> wan22.low -> save("{v}")', more=more)
    saved = prompt(text)["save"]["inputs"]["filename_prefix"]
    assert saved.endswith(READ[written])


def test_the_facts_of_what_a_pass_and_a_pipeline_give_are_read() -> None:
    first = piped("wan22.high -> wan22.low").replace("pipeline p", "pipeline first")
    name = "{first.length} {first.fps} {first.width}"
    saved = prompt(f'{first}pipeline p {{ flow = first -> save("{name}") }}')
    assert saved["save"]["inputs"]["filename_prefix"].endswith("81f 16fps 832")


#: A node of several outputs, and the slot that is chosen.
CHOSEN = {".MASK": 1, ".mask": 1, "[1]": 1, "[0]": 0, ".IMAGE": 0}


@pytest.mark.parametrize("written", CHOSEN)
def test_an_output_is_chosen_by_its_name_or_its_number(written: str) -> None:
    made = prompt(f'wan 1\ngraph p {{ Foo(x = LoadImage(image = "a.png"){written}) }}')
    assert made["Foo"]["inputs"]["x"] == ["Foo.x", CHOSEN[written]]


#: What is not there, with the place and the fix.
MISSING = {
    "let b = wan22.high.promt": ("WAN308 3:9", "It has"),
    "let b = wan22.lightx2v_high.strenght": ("WAN308 3:9", "Did you mean `.strength`?"),
    "let b = wan22.high.denoise": ("WAN308 3:9", "read it as `pipeline.denoise`"),
    "let a = 1\nlet b = a.x": ("WAN308 4:9", "It has no members."),
    "let a = [1, 2]\nlet b = a[2]": ("WAN308 4:9", "It has no members."),
    "let a = 8x8\nlet b = a.depth": ("WAN308 4:9", "Did you mean `.width`?"),
    "let a = 0..2 of 4\nlet b = a.size": ("WAN308 4:9", "`start`, `end`, `count`, `total`, `left`"),
    "let a = euler/simple\nlet b = a.size": ("WAN308 4:9", "`name`, `scheduler`"),
    "stage s(in f: IMAGE) -> IMAGE { out = f -> take(f.lenght) }": (
        "WAN308 3:49",
        "Did you mean `.length`?",
    ),
    "stage s(in f: IMAGE, z: size) -> int { out = z.depth }": (
        "WAN308 3:46",
        "Did you mean `.width`?",
    ),
    "stage s(in f: IMAGE, l: lora) -> float { out = l.strenght }": (
        "WAN308 3:48",
        "Did you mean `.strength`?",
    ),
    'graph g { PreviewImage(images = LoadImage(image = "a.png").IMGE) }': (
        "WAN308 3:33",
        "Did you mean `.IMAGE`?",
    ),
    'graph g { PreviewImage(images = LoadImage(image = "a.png")[2]) }': (
        "WAN308 3:33",
        "numbered from 0 to 1",
    ),
}


@pytest.mark.parametrize("written", MISSING)
def test_what_is_not_there_is_told_with_what_there_is(written: str) -> None:
    expected, help = MISSING[written]
    assert places(f"{HEAD}{written}") == [expected]
    assert help in findings_of(f"{HEAD}{written}")[0].help


@pytest.mark.parametrize(
    ("node", "sent"),
    [
        ("PrimitiveInt(value = 4.0)", 4),
        ("PrimitiveInt(value = 81f)", 81),
        ("PrimitiveFloat(value = 3)", 3.0),
        ("PrimitiveFloat(value = 16fps)", 16.0),
        ("PrimitiveBoolean(value = true)", True),
        ("Foo(value = 4.0)", 4.0),
        ("Foo(value = null)", None),
    ],
)
def test_a_number_takes_the_type_of_its_input(node: str, sent: Any) -> None:
    (made,) = (
        node
        for node in prompt(f"wan 1\ngraph p {{ PreviewAny(source = {node}[0]) }}").values()
        if node["class_type"] != "PreviewAny"
    )
    assert made["inputs"]["value"] == sent
    assert type(made["inputs"]["value"]) is type(sent)


def test_true_for_a_number_is_told() -> None:
    assert places("wan 1\ngraph g { PreviewAny(source = PrimitiveInt(value = true)) }") == [
        "WAN507 2:52"
    ]


def test_a_class_of_a_pack_may_have_more_outputs_in_another_version() -> None:
    """ImpactInversedSwitch has one for each link that its author draws."""
    call = 'ImpactInversedSwitch(select = 2, input = LoadImage(image = "a.png").IMAGE)'
    graph = f'wan 1\ngraph g {{ SaveImage(images = {call}[1], filename_prefix = "x") }}\n'
    assert [finding.code for finding in findings_of(graph) if finding.is_error] == []
    core = graph.replace(call, 'LoadImage(image = "a.png")').replace("[1]", "[2]")
    assert [finding.code for finding in findings_of(core) if finding.is_error] != []
