"""Pictures of graphs: every node is there once, nothing overlaps, and the text is well formed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl import compiler
from wan22dsl.catalogue.open import open_catalogue
from wan22dsl.formats import dot, mermaid, prompt, svg
from wan22dsl.formats.drawing import SHARED, drawing
from wan22dsl.graph.model import Graph, Link, Node
from wan22dsl.source import Source, Span

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.wan"))
GRAPHS = [
    pytest.param(checked.graph, id=f"{file.stem}-{name}")
    for file in EXAMPLES
    for name, checked in compiler.check(file).graphs.items()
]
ODD = 'a "title" with <b>, [brackets] & a \\ backslash'


@pytest.fixture(scope="module")
def odd():
    """A graph whose titles hold what the formats read as their own."""
    title = ODD.replace("\\", "\\\\").replace('"', '\\"')
    text = (
        'wan 1\ngraph g {\n    let a = LoadImage(image = "a.png") { title = "%s" }\n'
        "    PreviewImage(images = a.IMAGE)\n}\n"
    )
    return compiler.check(Source(text % title, "odd.wan")).graphs["g"].graph


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_flowchart_has_every_node_and_every_link_once(graph):
    drawn, text = drawing(graph), mermaid.write(graph)
    boxes = re.findall(r"^ +(n\d+)\[", text, re.MULTILINE)
    assert len(boxes) == len(set(boxes)) == len(graph.nodes)
    assert len(re.findall(r"-->", text)) == len(drawn.wires)
    assert text.count("subgraph") == text.count("    end\n") == len(drawn.owners)


@pytest.mark.parametrize("graph", GRAPHS)
def test_dot_has_every_node_and_every_link_once(graph):
    text = dot.write(graph)
    assert len(re.findall(r"^ {8}\".*\[label=", text, re.MULTILINE)) == len(graph.nodes)
    assert len(re.findall(r"^ {4}\".*\" -> \"", text, re.MULTILINE)) == len(drawing(graph).wires)
    assert text.count("{") - text.count("}") == 0 or '"' in text


def rectangles(text):
    """The boxes of a picture: white, and no paper."""
    root = ElementTree.fromstring(text)
    found = root.iter("{http://www.w3.org/2000/svg}rect")
    return [
        tuple(float(one.get(name)) for name in ("x", "y", "width", "height"))
        for one in found
        if one.get("fill") == "#ffffff"
    ]


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_boxes_of_a_picture_do_not_overlap(graph):
    boxes = rectangles(svg.write(graph))
    assert len(boxes) == len(graph.nodes)
    for number, (x, y, width, height) in enumerate(boxes):
        for left, top, wide, high in boxes[:number]:
            apart = x >= left + wide or left >= x + width or y >= top + high or top >= y + height
            assert apart, (x, y, left, top)


@pytest.mark.parametrize("graph", GRAPHS)
def test_links_go_from_left_to_right(graph):
    drawn = drawing(graph)
    boxes = dict(zip((one.id for one in drawn.boxes), rectangles(svg.write(graph)), strict=True))
    for wire in drawn.wires:
        assert boxes[wire.source][0] + boxes[wire.source][2] < boxes[wire.target][0]


def test_every_title_is_readable_in_every_format(odd):
    root = ElementTree.fromstring(svg.write(odd))
    assert ODD[:33] in "".join(root.itertext())
    assert "#lt;" not in mermaid.write(odd) and "&#60;b&#62;" in mermaid.write(odd)
    assert '\\"title\\"' in dot.write(odd)


def test_what_passes_share_stands_with_the_inputs():
    graph = compiler.check(EXAMPLES[0].parent / "portrait.wan").graphs["portrait"].graph
    owners = {one.id: one.owner for one in drawing(graph).boxes}
    assert owners["vae_2_1"] == owners["image_to_video"] == SHARED
    assert owners["high.lora.1"] == owners["high.sampler"] == "high"
    assert owners["low.decode"] == "low"
    assert owners["save.video"] == "save"


def test_the_noise_of_a_split_stands_below_it():
    graph = compiler.check(EXAMPLES[0].parent / "portrait.wan").graphs["portrait"].graph
    words = [one.text for one in ElementTree.fromstring(svg.write(graph)).iter()]
    assert {"1", "0.938", "0.833", "0.625"} <= set(words)
    assert "high: 0..2 of 4" in words
    assert "noise before each step; dashed: the experts change at 0.9" in words


#: Nodes that no output needs: a circle, what follows it, a node linked to itself, a link to no node.
UNNEEDED = {
    "30": {"class_type": "VAEEncode", "inputs": {"pixels": ["31", 0], "vae": ["99", 0]}},
    "31": {"class_type": "VAEDecode", "inputs": {"samples": ["30", 0], "vae": ["99", 0]}},
    "32": {"class_type": "ImageScaleBy", "inputs": {"image": ["31", 0], "scale_by": 2.0}},
    "33": {"class_type": "KSampler", "inputs": {"latent_image": ["33", 0], "steps": 4}},
}


@pytest.mark.parametrize("format", ["svg", "mermaid", "dot"])
@pytest.mark.parametrize("nodes", [["30", "31"], ["33"], ["30"], ["32", "31", "30", "33"]])
def test_circles_and_open_links_of_unneeded_nodes_are_drawn(wan, nodes, format):
    checked = compiler.check(EXAMPLES[0].parent / "portrait.wan").graphs["portrait"]
    nodes_of_portrait = prompt.write(checked)
    wan.write("a.json", json.dumps(nodes_of_portrait | {id: UNNEEDED[id] for id in nodes}))
    shown = wan("graph", "a.json", "--format", format)
    assert (shown.stderr, shown.status) == ("", 0)
    assert all(re.search(rf"\b{id}\b", shown.stdout) for id in nodes)


#: Any name, title or value: control characters, ends of lines, halves of characters, what the formats use.
WORDS = st.text(
    st.one_of(
        st.characters(), st.sampled_from('\x00\x1b\x85\u2028\ud800\uffff\n\r\t"\\`|;#%{}[]<>&')
    )
).filter(bool)


def named(id: str, other: str, title: str, stage: str, value: str) -> Graph:
    """Two linked nodes with these words in every place that a picture shows."""
    nodes = {
        id: Node(id, "LoadImage", {"image": value}, title=title, stage=stage),
        other: Node(other, value, {"images": Link(id, 0)}, title=value, stage=title),
    }
    return Graph(title, nodes, open_catalogue("0.33.0"), Span(Source("", "x.wan"), 0, 0))


@given(st.lists(WORDS, min_size=5, max_size=5, unique=True))
def test_pictures_of_any_words_are_well_formed(words):
    graph = named(*words)
    drawn = drawing(graph)
    picture = svg.write(graph)
    picture.encode()
    ElementTree.fromstring(picture)
    chart = mermaid.write(graph)
    chart.encode()
    lines = chart.splitlines()
    assert len(lines) == 1 + len(drawn.boxes) + 2 * len(drawn.owners) + len(drawn.wires)
    statement = r' *(subgraph g\d+\["[^"]*"\]|end|n\d+.*|flowchart LR)'
    assert all(re.fullmatch(statement, one) for one in lines)
    clusters = dot.write(graph)
    clusters.encode()
    lines = clusters.splitlines()
    assert len(lines) == 5 + len(drawn.boxes) + 3 * len(drawn.owners) + len(drawn.wires)
    assert all(one.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0 for one in lines)
    ids = {one.partition(" [label=")[0] for one in lines if one.startswith('        "')}
    assert len(ids) == len(drawn.boxes)
