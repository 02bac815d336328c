"""What a `node` declaration says of a class, and what is reported in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wan22dsl.api import compiler
from wan22dsl.language.program import load_program, occurrences
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.program.declared_nodes import DeclaredNode

VFI = """wan 1

node `My VFI`(
    images: IMAGE, times: INT = 2 in 1..8, mode: text = "fast" in ["fast", "good"], mask: MASK = none
) -> (frames: IMAGE, count: INT) {
    pack   = "someone/vfi"
    frames = { length = (images.length - 1f) * times + 1f, fps = images.fps * times }
    count  = { value = images.width * 2 }
}
"""


def found(text: str) -> list[Diagnostic]:
    return compiler.check(Source(f"wan 1\n\n{text}\n", "test.wan")).diagnostics


def reported(text: str) -> list[str]:
    return [finding.code for finding in found(text)]


def node(text: str = VFI, name: str = "My VFI") -> DeclaredNode:
    program, diagnostics = load_program(Source(text, "test.wan"))
    assert diagnostics == []
    return program.main.nodes[name]


def test_a_declaration_says_what_the_class_takes_and_gives() -> None:
    declared = node()
    images, times, mode, mask = declared.inputs
    assert (images.name, images.type, images.required) == ("images", "IMAGE", True)
    assert (times.type, times.default, times.minimum, times.maximum) == ("INT", 2, 1, 8)
    assert (mode.type, mode.options, mode.required) == ("COMBO", ("fast", "good"), False)
    assert (mask.type, mask.required, mask.default) == ("MASK", False, None)
    assert [(output.name, output.type) for output in declared.outputs] == [
        ("frames", "IMAGE"),
        ("count", "INT"),
    ]
    assert (declared.pack, declared.is_output) == ("someone/vfi", False)
    assert [(fact.output, fact.name) for fact in declared.facts] == [
        (0, "length"),
        (0, "fps"),
        (1, "value"),
    ]


def test_an_output_without_a_name_is_called_like_its_type() -> None:
    assert node("wan 1\nnode Foo() -> IMAGE {}", "Foo").outputs[0].name == "IMAGE"


def test_a_class_without_outputs_is_an_output_node() -> None:
    assert node("wan 1\nnode Foo(images: IMAGE) {}", "Foo").is_output
    text = "wan 1\nnode Foo(images: IMAGE) -> IMAGE { output_node = true }"
    assert node(text, "Foo").is_output


def test_outputs_may_have_the_same_name_as_those_of_comfyui_do() -> None:
    assert len(node("wan 1\nnode Foo() -> (a: IMAGE, a: MASK) {}", "Foo").outputs) == 2


def test_names_are_those_of_comfyui_whatever_they_are() -> None:
    text = "wan 1\nnode `a b`(`My in`: `MODEL,CLIP`, format.codec: STRING, in: INT) -> (`Ö 1`: IMAGE) {}"
    declared = node(text, "a b")
    assert [input_.name for input_ in declared.inputs] == ["My in", "format.codec", "in"]
    assert declared.inputs[0].type == "MODEL,CLIP"
    assert declared.outputs[0].name == "Ö 1"


def test_an_input_that_is_no_word_is_read_as_an_input_of_the_class() -> None:
    text = "wan 1\nnode Foo(`My in`: IMAGE, A: INT) -> IMAGE { fps = input.`My in`.fps * input.A }"
    assert len(node(text, "Foo").facts) == 1


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ("node Foo(a: int) {}", "WAN225", "INT"),
        ("node Foo(a: image) {}", "WAN225", "IMAGE"),
        ("node Foo(a: text) {}", "WAN225", "STRING"),
        ("node Foo(a: imge) {}", "WAN225", "IMAGE"),
        ("node Foo(a: INT = 2 in 8..1) {}", "WAN226", "1..8"),
        ("node Foo(images: IMAGE) -> IMAGE { lenght = images.length }", "WAN210", "length"),
        ("node Foo(images: IMAGE) -> IMAGE { length = length }", "WAN227", "images.length"),
        ("node Foo(images: IMAGE) -> IMAGE { length = image.length }", "WAN227", "images.length"),
        ("node Foo(n: INT) -> IMAGE { length = n }", "WAN227", "1f * n"),
        ("node Foo(n: INT) -> IMAGE { fps = 16 }", "WAN227", "16fps"),
        ("node Foo(a: IMAGE) -> (out: IMAGE) { otu = { fps = 16fps } }", "WAN227", "out"),
        ("node foo(a: IMAGE) -> IMAGE {}", "WAN225", "`foo`"),
        ("node foo.bar(a: IMAGE) -> IMAGE {}", "WAN225", "`foo.bar`"),
    ],
)
def test_a_mistake_has_what_was_meant_as_its_fix(text: str, code: str, meant: str) -> None:
    (finding,) = found(text)
    assert finding.code == code
    assert finding.fix is not None
    assert finding.fix.edits[0].text == meant
    edit = finding.fix.edits[0]
    whole = edit.span.source.text
    fixed = whole[: edit.span.start] + edit.text + whole[edit.span.end :]
    assert code not in [left.code for left in compiler.check(Source(fixed, "test.wan")).diagnostics]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("node Foo(a: [IMAGE]) {}", "WAN225"),
        ("node Foo(a: IMAGE, a: INT) {}", "WAN225"),
        ("node Foo(a: IMAGE) { pack = 3 }", "WAN225"),
        ('node Foo(a: IMAGE) { links = ["b"] }', "WAN225"),
        ("node Foo(a: IMAGE = 2) {}", "WAN226"),
        ("node Foo(a: INT = 2.5) {}", "WAN226"),
        ("node Foo(a: INT = 81f) {}", "WAN226"),
        ('node Foo(a: FLOAT = "x") {}', "WAN226"),
        ('node Foo(a: text = "c" in ["a", "b"]) {}', "WAN226"),
        ("node Foo(a: INT = 9 in 1..8) {}", "WAN226"),
        ("node Foo(a: INT = 1 in 0.5..8.0) {}", "WAN226"),
        ("node Foo(a: IMAGE in [1]) {}", "WAN225"),
        ("node Foo(a: MODEL) -> MODEL { length = 81f }", "WAN227"),
        ("node Foo(a: MODEL) -> IMAGE { length = a.length }", "WAN227"),
        ("node Foo(a: IMAGE) -> IMAGE { length = a }", "WAN227"),
        ("node Foo(a: IMAGE) -> IMAGE { length = a.fps }", "WAN227"),
        ("node Foo(a: IMAGE) -> IMAGE { length = a.length + 1 }", "WAN227"),
        ("node Foo(a: IMAGE) -> IMAGE { length = a.lngth }", "WAN227"),
        ("node Foo(a: IMAGE) -> IMAGE { length = Bar(x = 1) }", "WAN227"),
        ("node Foo(a: IMAGE) -> IMAGE { length = 1f..2f }", "WAN227"),
        ("node Foo(a: IMAGE) -> IMAGE { 4 }", "WAN212"),
        ("node Foo(a: IMAGE) -> IMAGE { fps = a.fps, fps = a.fps }", "WAN211"),
        ("node Foo(a: IMAGE) {}\nnode `Foo`(a: IMAGE) {}", "WAN205"),
        ("node `Fo\\u{200B}o`(a: IMAGE) {}", "WAN225"),
        ("node Foo(`a\\nb`: IMAGE) {}", "WAN225"),
    ],
)
def test_a_mistake_is_reported_once(text: str, code: str) -> None:
    if "in [1]" in text:  # a list of choices makes any input a choice
        assert reported(text) == []
        return
    assert reported(text) == [code]


def test_facts_without_end_and_numbers_beyond_all_use_are_refused_or_unknown() -> None:
    long = " + ".join(["a.length"] * 2_000)
    assert reported(f"node Foo(a: IMAGE) -> IMAGE {{ length = {long} }}") == ["WAN227"]
    nested = "(" * 40 + "a.length" + ")" * 40
    assert reported(f"node Foo(a: IMAGE) -> IMAGE {{ length = {nested} }}") == []
    huge = "9" * 300
    assert (
        reported(f"node Foo(a: INT = 1 in 0..{huge}) -> INT {{ value = a * {huge} * {huge} }}")
        == []
    )


def test_a_choice_may_be_of_thousands_of_values() -> None:
    values = ", ".join(f'"v{number}"' for number in range(5_000))
    assert reported(f"node Foo(a: text in [{values}]) {{}}") == []


GRAPH = """
graph g {
    let start = LoadImage(image = "a.png")
    let more = `My VFI`(images = start.IMAGE, times = 3)
    PreviewImage(images = more.frames)
}
"""


def test_an_unused_class_gets_a_note_and_one_that_is_called_does_not() -> None:
    assert reported(VFI.partition("\n")[2] + GRAPH) == []
    unused = VFI.partition("\n")[2] + "node Other(a: IMAGE) {}\n" + GRAPH
    (finding,) = found(unused)
    assert (finding.code, finding.span and finding.span.text) == ("WAN222", "Other")
    assert reported("node Other(a: IMAGE) {}") == []


def test_a_call_leads_to_the_declaration_and_so_do_its_inputs() -> None:
    program, _ = load_program(Source(VFI + GRAPH, "test.wan"))
    text = program.main.source.text
    at_call = occurrences.at(program.main, text.rindex("`My VFI`") + 2)
    at_input = occurrences.at(program.main, text.rindex("times = 3") + 1)
    at_fact = occurrences.at(program.main, text.index("images.fps"))
    assert at_call is not None
    assert at_input is not None
    assert at_fact is not None
    assert at_call.declaration.span is not None
    assert (at_call.declaration.kind, at_call.declaration.span.text) == ("node", "`My VFI`")
    assert at_input.declaration.start == text.index("times: INT")
    assert at_fact.declaration.start == text.index("images: IMAGE")
