"""Heads of `node` declarations that are written like those of others: one message, and what was meant."""

from __future__ import annotations

import pytest

from wan22dsl.language.syntax import parse
from wan22dsl.language.syntax.tree import NodeDeclaration
from wan22dsl.source import Source


@pytest.mark.parametrize(
    ("head", "code", "fixed"),
    [
        (
            "node RIFE VFI(frames: IMAGE) -> IMAGE {",
            "WAN113",
            "node `RIFE VFI`(frames: IMAGE) -> IMAGE {",
        ),
        ("node My-VFI(frames: IMAGE) {", "WAN113", "node `My-VFI`(frames: IMAGE) {"),
        ('node "My VFI"(frames: IMAGE) {', "WAN113", "node `My VFI`(frames: IMAGE) {"),
        ("Node Foo(frames: IMAGE) {", "WAN117", "node Foo(frames: IMAGE) {"),
        ("node Foo(in frames: IMAGE) {", "WAN101", "node Foo(frames: IMAGE) {"),
        ("node Foo {", "WAN101", "node Foo() {"),
    ],
)
def test_a_mistake_in_a_head_has_one_message_and_its_fix(head: str, code: str, fixed: str) -> None:
    text = f'wan 1\n\n{head}\n    pack = "a"\n}}\n\nlet a = 1\n'
    file, (finding,) = parse(Source(text, "x.wan"))
    assert finding.code == code
    assert any(isinstance(declaration, NodeDeclaration) for declaration in file.declarations)
    assert finding.fix is not None
    for edit in sorted(finding.fix.edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text.split("\n")[2] == fixed
    assert parse(Source(text, "x.wan"))[1] == []


@pytest.mark.parametrize(
    "head",
    ["node Foo = Bar(x = 1)", "node Foo", "node Foo(a: IMAGE) -> IMAGE", "node Foo(a IMAGE) {}"],
)
def test_a_head_that_cannot_be_read_has_one_message_and_the_rest_is_read(head: str) -> None:
    file, found = parse(Source(f"wan 1\n\n{head}\n\nlet a = 1\n", "x.wan"))
    assert len(found) == 1
    assert file.declarations[-1].word.text == "let"


def test_node_is_a_name_everywhere_else() -> None:
    text = "wan 1\n\nlet node = 1\nparam n: int = node\ngraph g {\n    let node_2 = Foo(node = node)\n}\n"
    assert parse(Source(text, "x.wan"))[1] == []
