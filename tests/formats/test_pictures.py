"""Pictures of graphs: every node is there once, nothing overlaps, and the text is well formed."""

from __future__ import annotations

import json
import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checked import examples
from tests.conftest import ROOT
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats import dot, mermaid, prompt, svg
from wan22dsl.formats.drawing import SHARED, drawing
from wan22dsl.formats.svg.ink import width_px
from wan22dsl.formats.svg.layout import Place, layout
from wan22dsl.formats.svg.pieces import heading, pieces
from wan22dsl.graph.model import Graph, Link, Node
from wan22dsl.source import Source, Span

EXAMPLES = sorted((ROOT / "examples").glob("*.wan"))
GRAPHS = [
    pytest.param(checked.graph, id=f"{file.stem}-{name}") for file, name, checked in examples()
]
#: The room that a picture has between its margins.
ROOM_PX = 1552
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
        tuple(float(finding.get(name)) for name in ("x", "y", "width", "height"))
        for finding in found
        if finding.get("fill") == "#ffffff"
    ]


def overlap(first, other):
    """Whether two rectangles have more than an edge in common."""
    across = min(first.x + first.width, other.x + other.width) - max(first.x, other.x)
    down = min(first.y + first.height, other.y + other.height) - max(first.y, other.y)
    return across > 0 and down > 0


def check_layout(drawn):
    """What holds of every picture; gives its layout."""
    found = layout(drawn, ROOM_PX)
    boxes = [place for _, place in found.boxes.values()]
    frames = [place for _, place, _ in found.frames]
    for places in (boxes, frames):
        assert not any(overlap(each, other) for each, other in combinations(places, 2))
    inside = {
        box.id for piece, _, _ in found.frames for column in piece.columns for box in column.boxes
    }
    assert inside == set(found.boxes) == {box.id for box in drawn.boxes}
    for piece, frame, x in found.frames:
        for column in piece.columns:
            for box in column.boxes:
                place = found.boxes[box.id][1]
                assert overlap(frame, place) and frame.y + 20 < place.y
                assert frame.x < place.x and place.x + place.width < frame.x + frame.width
                assert place.y + place.height < frame.y + frame.height
        assert x + width_px(heading(piece.frame), 13, bold=True) <= frame.x + frame.width
    for box, place in found.boxes.values():
        widths = [width_px(box.title, 12, bold=True), *(width_px(line, 11) for line in box.lines)]
        assert max(widths) + 10 <= place.width
    assert len(found.lines) == len(drawn.wires)
    assert all(
        found.width >= x >= 0 <= y <= found.height for line in found.lines for x, y in line.points
    )
    return found


def crossings(found):
    """The boxes that a link runs through, other than its ends."""
    for line in found.lines:
        points = line.points
        for (x1, y1), (x2, y2) in pairwise(points):
            run = Place(min(x1, x2), min(y1, y2), abs(x1 - x2) or 0.1, abs(y1 - y2) or 0.1)
            yield from (box.id for box, place in found.boxes.values() if overlap(run, place))


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_picture_is_as_wide_as_a_page_and_no_link_runs_through_a_box(graph):
    found = check_layout(drawing(graph))
    assert found.width <= ROOM_PX
    assert list(crossings(found)) == []


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_picture_is_read_without_being_made_smaller(graph):
    root = ElementTree.fromstring(svg.write(graph))
    sizes = [float(each.get("font-size")) for each in root.iter() if each.get("font-size")]
    assert float(root.get("width")) <= 1600
    assert min(sizes) >= 11
    assert len(rectangles(svg.write(graph))) == len(graph.nodes)


@pytest.mark.parametrize("graph", GRAPHS)
def test_links_go_on_in_the_direction_of_reading(graph):
    drawn = drawing(graph)
    places = {id: place for id, (_, place) in layout(drawn, ROOM_PX).boxes.items()}
    for wire in drawn.wires:
        source, target = places[wire.source], places[wire.target]
        right = source.x + source.width < target.x
        assert right or source.y + source.height < target.y


def film(clips):
    """So many chained clips, each from the last frame of the one before."""
    shots = [
        f"pipeline shot_{at} = shot_1(image = shot_{at - 1} -> last_frame, seed = {at})"
        for at in range(2, clips + 1)
    ]
    joins = "".join(f" -> join(shot_{at} -> skip(1f))" for at in range(2, clips + 1))
    source = (EXAMPLES[0].parent / "portrait.wan").read_text(encoding="utf-8")
    source = source.replace("pipeline portrait", "pipeline shot_1")
    flow = f'pipeline film {{\n    flow = shot_1{joins} -> save("film")\n}}'
    return "\n\n".join([source, *shots, flow])


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("clips", [3, 12])
def test_each_of_many_clips_has_its_rows(clips, as_json):
    checked = compiler.check(Source(film(clips), "film.wan")).graphs["film"]
    if as_json:
        text = json.dumps(prompt.write(checked))
        checked = compiler.check(Source(text, "film.json")).graphs["film"]
    drawn = drawing(checked.graph)
    found = check_layout(drawn)
    assert found.width <= ROOM_PX
    assert [name for name, _, _ in found.sections] == [f"shot_{at}" for at in range(1, clips + 1)]
    tops = {name: y for name, _, y in found.sections}
    for at in range(1, clips):
        sampler = found.boxes[f"shot_{at}.low.sampler"][1]
        assert tops[f"shot_{at}"] < sampler.y < tops[f"shot_{at + 1}"]
    owners = {box.id: box.owner for box in drawn.boxes}
    assert owners["vae_2_1"] == owners["i2v_high"] == owners["shot_1.high.lora.1"] == SHARED
    assert owners["shot_2.image_to_video"] == "shot_2.inputs"


def test_a_loader_is_with_the_pass_that_uses_it_whatever_the_order_of_the_nodes():
    checked = compiler.check(EXAMPLES[0].parent / "portrait.wan").graphs["portrait"]
    nodes = dict(reversed(prompt.write(checked).items()))
    graph = compiler.check(Source(json.dumps(nodes), "portrait.json")).graphs["portrait"].graph
    owners = {box.id: box.owner for box in drawing(graph).boxes}
    for noise in ("high", "low"):
        own = {owners[f"{noise}.{node}"] for node in ("lora.1", "shift", "sampler")}
        assert own == {owners[f"i2v_{noise}"]} == {f"{noise}.sampler"}
    assert owners["umt5"] == owners["image"] == owners["vae_2_1"] == SHARED


def test_small_stages_share_a_frame():
    graph = compiler.check(EXAMPLES[0].parent / "portrait.wan").graphs["portrait"].graph
    names = [heading(piece.frame) for piece in pieces(drawing(graph))]
    assert names == ["inputs", "high · high noise", "low · low noise", "rife → save"]


LETTERS = st.text(st.sampled_from("aiW.漢字がрш🎬é "), min_size=1, max_size=60)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_graph_is_laid_out_without_overlaps(data):
    """Links in any direction, circles too, and names of any length and script."""
    count = data.draw(st.integers(1, 14))
    some = st.integers(0, count - 1)
    edges = data.draw(st.lists(st.tuples(some, some), max_size=30))
    titles = data.draw(st.lists(LETTERS, min_size=count, max_size=count))
    classes = st.sampled_from(["KSampler", "VAEDecode", "ImageScaleBy", "Unheard"])
    nodes = {}
    for at in range(count):
        inputs = {f"in{n}": Link(f"{a}", 0) for n, (a, b) in enumerate(edges) if b == at}
        nodes[f"{at}"] = Node(f"{at}", data.draw(classes), inputs, title=titles[at])
    graph = Graph("g", nodes, open_catalogue("0.33.0"), Span(Source("", "x.wan"), 0, 0))
    found = check_layout(drawing(graph))
    assert list(crossings(found)) == []
    ElementTree.fromstring(svg.write(graph))


def test_every_title_is_readable_in_every_format(odd):
    root = ElementTree.fromstring(svg.write(odd))
    assert ODD[:33] in "".join(root.itertext())
    assert "#lt;" not in mermaid.write(odd) and "&#60;b&#62;" in mermaid.write(odd)
    assert '\\"title\\"' in dot.write(odd)


def test_what_passes_share_stands_with_the_inputs():
    graph = compiler.check(EXAMPLES[0].parent / "portrait.wan").graphs["portrait"].graph
    owners = {box.id: box.owner for box in drawing(graph).boxes}
    assert owners["vae_2_1"] == owners["image_to_video"] == SHARED
    assert owners["high.lora.1"] == owners["high.sampler"] == "high"
    assert owners["low.decode"] == "low"
    assert owners["save.video"] == "save"


def test_the_noise_of_a_split_stands_below_it():
    graph = compiler.check(EXAMPLES[0].parent / "portrait.wan").graphs["portrait"].graph
    words = [each.text for each in ElementTree.fromstring(svg.write(graph)).iter()]
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
    assert all(re.fullmatch(statement, line) for line in lines)
    clusters = dot.write(graph)
    clusters.encode()
    lines = clusters.splitlines()
    assert len(lines) == 5 + len(drawn.boxes) + 3 * len(drawn.owners) + len(drawn.wires)
    assert all(line.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0 for line in lines)
    ids = {line.partition(" [label=")[0] for line in lines if line.startswith('        "')}
    assert len(ids) == len(drawn.boxes)
