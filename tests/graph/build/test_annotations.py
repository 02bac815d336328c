"""What is said about a node in the braces behind its call: title, mode and facts."""

from __future__ import annotations

import pytest

from tests.findings import findings_of, piped, place, places
from wan22dsl.api.compiler import check, compile
from wan22dsl.source import Source


def graph(annotation: str, more: str = "") -> str:
    """A graph in which a node has an annotation, in line 4."""
    return (
        f'wan 1\n{more or "# A."}\ngraph g {{\nlet a = LoadImage(image = "a.png") {{ {annotation} }}\n'
        "PreviewImage(images = ImageInvert(image = a.IMAGE))\n}"
    )


def test_a_title_is_shown_and_may_hold_names() -> None:
    compiled = compile(Source(graph('title = "Frame {n}"', "let n = 2"), "t.wan"))
    assert compiled.prompt is not None
    assert compiled.prompt["a"]["_meta"]["title"] == "Frame 2"


@pytest.mark.parametrize(
    ("mode", "classes"),
    [
        ("active", ["LoadImage", "ImageInvert", "PreviewImage"]),
        ("bypass", ["LoadImage", "PreviewImage"]),
    ],
)
def test_a_mode_says_what_becomes_of_a_node(mode: str, classes: list[str]) -> None:
    text = (
        f'wan 1\nparam how: text = "{mode}"\ngraph g {{\nlet a = LoadImage(image = "a.png")\n'
        "PreviewImage(images = ImageInvert(image = a.IMAGE) { mode = how })\n}"
    )
    compiled = compile(Source(text, "t.wan"))
    assert compiled.prompt is not None
    assert [node["class_type"] for node in compiled.prompt.values()] == classes


def test_facts_are_what_is_read_of_a_node_of_no_known_class() -> None:
    text = (
        "wan 1\ngraph g {\nlet a = Odd() { length = 17f * 3, fps = 8fps, size = 64x32 }\n"
        'SaveImage(images = a[0], filename_prefix = "{b.length} {b.fps} {b.width}")\n}'
    ).replace("SaveImage", "let b = ImageInvert(image = a[0])\nSaveImage")
    checked = check(Source(text, "t.wan"))
    assert not [finding.message for finding in checked.diagnostics if finding.is_error]
    nodes = checked.graphs["g"].graph.nodes
    assert nodes["SaveImage"].inputs["filename_prefix"] == "51f 8fps 64"


#: A annotation that is wrong, the finding, and its fix.
WRONG = {
    'mode = "bypas"': ("WAN304 4:45", 'Did you mean `"bypass"`?'),
    "mode = 4": ("WAN302 4:45", ""),
    "titel = 4": ("WAN414 4:38", "Did you mean `title`?"),
    "colour = 4": ("WAN414 4:38", "Remove it."),
    "fps = 4": ("WAN302 4:44", "Write `4fps`."),
}


@pytest.mark.parametrize("annotation", WRONG)
def test_a_remark_that_is_wrong_is_told(annotation: str) -> None:
    expected, help = WRONG[annotation]
    (finding,) = findings_of(graph(annotation))
    assert place(finding) == expected
    assert help in finding.help


def test_a_value_of_a_pipeline_that_nothing_takes_is_looked_at_too() -> None:
    text = piped(more='    let a = LoadImage(image = "a.png").IMGE\n')
    assert places(text) == ["WAN308 8:13"]
