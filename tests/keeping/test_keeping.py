"""A workflow keeps the looks of its original: only what the text says otherwise is changed in it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.comparing.test_stored import SAMPLES
from tests.conftest import ROOT
from tests.formats.workflow_read.sketch import Sketch
from wan22dsl.api import DEFAULT_TARGET, compiler
from wan22dsl.errors import CommandError
from wan22dsl.formats.workflow_read import read
from wan22dsl.importing.simplified import runs_alike
from wan22dsl.keeping.placing import box_of
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = json.loads((ROOT / "examples" / "canvas" / "monday.json").read_bytes())
WORKFLOWS = [file for file in SAMPLES if file.name != "errors.json"]

#: What a file was made for, where it is not the default target.
TARGETS = {"workbench.workflow.json": "0.33.0"}


def imported(workflow: dict[str, Any], **more: Any) -> str:
    found = compiler.import_file(json.dumps(workflow).encode(), shown="mine.json", **more)
    assert found.text is not None, [each.message for each in found.diagnostics]
    return found.text


def kept(text: str, workflow: dict[str, Any], **more: Any) -> Any:
    side = (json.dumps(workflow).encode(), "mine.json", None)
    found, diagnostics = compiler.workflow_like(Source(text, "mine.wan"), side, **more)
    assert found is not None, [each.message for each in diagnostics]
    return found


def without_text(workflow: dict[str, Any]) -> dict[str, Any]:
    made = deepcopy(workflow)
    (made.get("extra") or {}).pop("wan", None)
    for node in made["nodes"]:
        if node["properties"].get("wan note"):
            node["widgets_values"] = []
    if not made.get("extra"):
        made.pop("extra", None)
    return made


def same_meaning(text: str, workflow: dict[str, Any]) -> bool:
    """Whether the editor would send what the text says, values that come by link worked out."""
    checked = compiler.compile(Source(text, "a.wan")).graph
    assert checked is not None
    graph, _ = read(Source(json.dumps(workflow), "b.json"), checked.graph.catalogue)
    assert graph is not None
    return runs_alike(graph, checked.whole or checked.graph, graph)


def looks(workflow: dict[str, Any]) -> dict[Any, dict[str, Any]]:
    """What its owner sees of each node, but for values and links."""
    hidden = ("widgets_values", "inputs", "outputs")
    return {
        node["id"]: {key: value for key, value in node.items() if key not in hidden}
        for node in workflow["nodes"]
    }


def by_id(workflow: dict[str, Any], id: int) -> dict[str, Any]:
    return next(node for node in workflow["nodes"] if node["id"] == id)


# --- the same ---


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
@pytest.mark.parametrize("exact", [False, True])
def test_an_imported_workflow_comes_back_as_it_was(file: Path, exact: bool):
    workflow = json.loads(file.read_bytes())
    target = TARGETS.get(file.name, DEFAULT_TARGET)
    text = imported(workflow, exact=exact, from_graph=True, target=target)
    found = kept(text, workflow, target=target)
    assert without_text(found.workflow) == without_text(workflow)
    assert found.note == "drawn as in mine.json"


def test_the_text_comes_back_from_it():
    text = imported(MONDAY).replace("seed", "seed ", 1)
    made = kept(text, MONDAY).workflow
    assert compiler.import_file(json.dumps(made).encode(), shown="x.json").text == text


# --- values ---


def test_another_value_changes_nothing_else():
    text = imported(MONDAY)
    assert "seed" in text
    changed = text.replace("seed   = 42", "seed   = 43")
    assert changed != text
    made = kept(changed, MONDAY).workflow
    wanted = deepcopy(MONDAY)
    places = [
        (node, at)
        for node in wanted["nodes"]
        for at, value in enumerate(node.get("widgets_values") or ())
        if value == 42 and node["type"] == "KSamplerAdvanced"
    ]
    node, at = places[0]
    node["widgets_values"][at] = 43
    assert without_text(made) == without_text(wanted)


def sampler(id: int, source: int) -> dict[str, Any]:
    return {"links": {"steps": (source, 0)}, "pos": [400, id * 300], "size": [300, 200]}


def two_with(type: str, *values: Any) -> dict[str, Any]:
    """Two samplers whose steps one node gives, as their owner has titled and painted it."""
    sketch = Sketch()
    looks = {"title": "How many", "color": "#432", "pos": [0, 0], "size": [200, 80]}
    sketch.node(1, type, values, gives=("INT",), **looks)
    sketch.node(2, "EmptyImage", (64, 64, 1, 0), links={"width": (1, 0)}, pos=[400, 0])
    sketch.node(3, "PreviewImage", links={"images": (2, 0)}, gives=(), pos=[800, 0])
    sketch.node(4, "ImageInvert", links={"image": (2, 0)}, pos=[800, 400])
    sketch.node(5, "EmptyImage", (64, 32, 1, 0), links={"width": (1, 0)}, pos=[400, 800])
    sketch.node(6, "ImageBatch", links={"image1": (4, 0), "image2": (5, 0)}, pos=[1200, 400])
    sketch.node(7, "PreviewImage", links={"images": (6, 0)}, gives=(), pos=[1600, 400])
    for node in sketch.nodes:
        node.setdefault("size", [300, 200])
    return sketch.workflow()


@pytest.mark.parametrize("type", ["PrimitiveNode", "PrimitiveInt"])
def test_a_value_that_a_node_gives_to_all_is_changed_in_that_node(type: str):
    workflow = two_with(type, 64, "fixed")
    workflow["nodes"][0]["widgets_values"][0] = 96
    text = imported(workflow)
    assert text.count("96") == 2
    found = kept(text.replace("96", "80"), workflow)
    wanted = deepcopy(workflow)
    wanted["nodes"][0]["widgets_values"][0] = 80
    assert without_text(found.workflow) == wanted
    assert same_meaning(text.replace("96", "80"), found.workflow)


@pytest.mark.parametrize("type", ["PrimitiveNode", "PrimitiveInt"])
def test_a_value_of_one_of_several_users_is_changed_there_alone(type: str):
    workflow = two_with(type, 96, "fixed")
    text = imported(workflow).replace("96", "80", 1)
    found = kept(text, workflow)
    assert by_id(found.workflow, 1)["widgets_values"][0] == 96
    assert same_meaning(text, found.workflow)
    assert looks(found.workflow) == looks(workflow)


def test_a_value_that_others_are_worked_out_of_is_changed_where_it_is():
    def made(side: int) -> dict[str, Any]:
        sketch = Sketch()
        sketch.node(1, "PrimitiveInt", (side, "fixed"), gives=("INT",), title="Side", pos=[0, 0])
        links = {"a": (1, 0)}
        sketch.node(2, "SimpleMath+", ("a / 2",), links=links, gives=("INT", "FLOAT"), pos=[300, 0])
        links = {"width": (1, 0), "height": (2, 0)}
        sketch.node(3, "EmptyImage", (64, 64, 1, 0), links=links, pos=[600, 0])
        sketch.node(4, "PreviewImage", links={"images": (3, 0)}, gives=(), pos=[900, 0])
        return sketch.workflow()

    text = imported(made(96))
    assert "96" in text and "48" in text
    text = text.replace("96", "80").replace("48", "40")
    found = kept(text, made(96))
    assert without_text(found.workflow) == made(80)
    text = text.replace("40", "24")
    found = kept(text, made(96))
    assert same_meaning(text, found.workflow) and looks(found.workflow) == looks(made(80))


# --- links and nodes ---


def text_with_scale(text: str) -> str:
    """The text with an enlargement before the first save."""
    head, arrow, rest = text.rpartition("-> save")
    return f"{head}-> scale(by = 2.0) {arrow}{rest}"


def overlapping(workflow: dict[str, Any], id: int) -> list[int]:
    mine = box_of(by_id(workflow, id))
    return [
        node["id"]
        for node in workflow["nodes"]
        if node["id"] != id
        and mine.x < (box := box_of(node)).x + box.width
        and box.x < mine.x + mine.width
        and mine.y < box.y + box.height
        and box.y < mine.y + mine.height
    ]


def test_a_new_node_has_a_free_place_beside_what_it_is_linked_to():
    text = text_with_scale(imported(MONDAY))
    found = kept(text, MONDAY)
    before, after = looks(MONDAY), looks(found.workflow)
    (new,) = after.keys() - before.keys()
    assert {id: after[id] for id in before} == before
    assert found.workflow["groups"] == MONDAY["groups"]
    assert overlapping(found.workflow, new) == [] and same_meaning(text, found.workflow)
    assert by_id(found.workflow, new)["type"] == "ImageScaleBy"
    assert found.note.endswith("1 changed, 1 new")


def test_a_node_that_is_gone_disappears_and_groups_stay():
    text = text_with_scale(imported(MONDAY))
    more = kept(text, MONDAY).workflow
    more["groups"] = [{"id": 1, "title": "Mine", "bounding": [0, 0, 10, 10]}]
    found = kept(imported(MONDAY), more)
    assert {node["id"] for node in found.workflow["nodes"]} == {n["id"] for n in MONDAY["nodes"]}
    assert found.workflow["groups"] == more["groups"]
    assert same_meaning(imported(MONDAY), found.workflow)


def decorated() -> dict[str, Any]:
    """A picture through a reroute, with a note, a muted node, an unused one, and equal ones."""
    sketch = Sketch()
    sketch.node(1, "LoadImage", ("a.png", "image"), gives=("IMAGE", "MASK"), pos=[0, 0])
    sketch.node(2, "Reroute", links={"": (1, 0)}, pos=[300, 0])
    sketch.node(3, "ImageScaleBy", ("lanczos", 2), links={"image": (2, 0)}, pos=[600, 0])
    sketch.node(4, "PreviewImage", links={"images": (3, 0)}, gives=(), pos=[900, 0])
    sketch.node(5, "Note", ("mind the step",), gives=(), pos=[0, 900], color="#432")
    sketch.node(6, "PreviewImage", links={"images": (1, 0)}, gives=(), mode=2, pos=[300, 900])
    sketch.node(7, "ImageInvert", links={"image": (1, 0)}, pos=[600, 900])
    sketch.node(8, "LoadImage", ("a.png", "image"), gives=("IMAGE", "MASK"), pos=[0, 500])
    sketch.node(9, "PreviewImage", links={"images": (8, 0)}, gives=(), pos=[900, 500])
    for node in sketch.nodes:
        node["size"] = [200, 100]
    return sketch.workflow(groups=[{"title": "All", "bounding": [0, 0, 2000, 2000]}])


def test_reroutes_notes_muted_unused_and_equal_nodes_stay():
    workflow = decorated()
    found = kept(imported(workflow), workflow)
    assert without_text(found.workflow) == workflow
    text = imported(workflow).replace("scale(2.0)", "scale(3.0)")
    made = kept(text, workflow).workflow
    assert looks(made) == looks(workflow) and made["links"] == workflow["links"]
    assert by_id(made, 3)["widgets_values"] == ["lanczos", 3]


def within() -> dict[str, Any]:
    """An enlargement inside of a subgraph."""
    inner = Sketch()
    inner.node(1, "ImageScaleBy", ("lanczos", 2), pos=[0, 0], size=[200, 100])
    definition = inner.subgraph("box", {"image": [(1, "image")]}, {"IMAGE": (1, 0)})
    sketch = Sketch()
    sketch.node(1, "LoadImage", ("a.png", "image"), gives=("IMAGE", "MASK"), pos=[0, 0])
    sketch.node(2, "box", links={"image": (1, 0)}, pos=[400, 0], title="Larger")
    sketch.node(3, "PreviewImage", links={"images": (2, 0)}, gives=(), pos=[800, 0])
    for node in sketch.nodes:
        node["size"] = [200, 100]
    return sketch.workflow(definition)


def test_a_value_inside_of_a_subgraph_is_changed_there():
    workflow = within()
    text = imported(workflow)
    assert without_text(kept(text, workflow).workflow) == workflow
    assert text.count("scale(2.0)") == 1
    made = kept(text.replace("scale(2.0)", "scale(3.0)"), workflow).workflow
    (inner,) = made["definitions"]["subgraphs"][0]["nodes"]
    assert inner["widgets_values"] == ["lanczos", 3]
    assert looks(made) == looks(workflow)


def test_a_node_before_a_subgraph_is_put_in_outside():
    workflow = within()
    graph = 'wan 1\n\ngraph mine {\n    let a = LoadImage(image = "a.png")\n'
    graph += "    let i = ImageInvert(image = a.IMAGE)\n"
    graph += '    let b = ImageScaleBy(image = i, upscale_method = "lanczos", scale_by = 2.0)\n'
    graph += "    PreviewImage(images = b)\n}\n"
    found = kept(graph, workflow)
    assert "is new" not in found.note and same_meaning(graph, found.workflow)
    assert found.workflow["definitions"]["subgraphs"] == workflow["definitions"]["subgraphs"]


def test_where_a_subgraph_does_not_allow_a_change_places_are_kept():
    workflow = within()
    graph = 'wan 1\n\ngraph mine {\n    let a = LoadImage(image = "a.png")\n'
    graph += (
        '    let b = ImageScaleBy(image = a.IMAGE, upscale_method = "lanczos", scale_by = 2.0)\n'
    )
    graph += "    PreviewImage(images = b)\n    let m = ImageBatch(image1 = a.IMAGE, image2 = b)\n"
    graph += '    let c = ImageScaleBy(image = m, upscale_method = "lanczos", scale_by = 4.0)\n'
    graph += "    PreviewImage(images = c)\n}\n"
    found = kept(graph, workflow)
    assert same_meaning(graph, found.workflow)
    assert by_id(found.workflow, 1)["pos"] == [0, 0]


def test_a_node_that_the_editor_makes_higher_than_it_was_saved_has_its_room():
    node = {
        "pos": [0, 0],
        "size": [200, 10],
        "inputs": [],
        "outputs": [{}],
        "widgets_values": [1] * 5,
    }
    assert box_of(node).height > 120
    assert box_of({**node, "flags": {"collapsed": True}}).height < 40


# --- what is no original ---


def test_prompt_json_has_no_layout():
    prompt = compiler.compile(Source(imported(MONDAY), "a.wan")).prompt
    with pytest.raises(CommandError, match=r"no workflow JSON.*Prompt JSON .* has no positions"):
        kept(imported(MONDAY), prompt or {})


def test_another_workflow_is_told():
    with pytest.raises(CommandError, match=r"another workflow: it has only . of the .* nodes"):
        kept(imported(MONDAY), decorated())


@pytest.mark.parametrize("data", [b"{", b"[1, 2]", b"wan 1\n", b'{"nodes": [3]}'])
def test_a_broken_original_is_told(data: bytes):
    with pytest.raises(CommandError, match=r"^o\.json: "):
        compiler.workflow_like(Source(imported(MONDAY), "a.wan"), (data, "o.json", None))


# --- the command ---


def test_the_file_that_a_text_was_imported_from_is_taken_by_itself(wan):
    wan.write("mine.json", json.dumps(MONDAY))
    wan("import", "mine.json", "-o", "mine.wan")
    result = wan("compile", "mine.wan", "-f", "workflow", "-o", "out.json")
    assert (
        "note: drawn as in mine.json; --like none makes a new layout"
        in result.stderr + result.stdout
    )
    assert without_text(json.loads(wan.read("out.json"))) == without_text(MONDAY)
    wan("compile", "mine.wan", "-f", "workflow", "-o", "new.json", "--like", "none")
    assert looks(json.loads(wan.read("new.json"))) != looks(MONDAY)


@pytest.mark.parametrize(("mode", "is_told"), [("randomize", True), ("fixed", False)])
def test_a_new_layout_tells_which_seeds_no_longer_change(wan, mode: str, is_told: bool):
    sketch = Sketch()
    sketch.node(1, "PrimitiveInt", (96, mode), gives=("INT",), title="Seed")
    sketch.node(2, "EmptyImage", (64, 64, 1, 0), links={"width": (1, 0)})
    sketch.node(3, "PreviewImage", links={"images": (2, 0)}, gives=())
    wan.write("mine.json", json.dumps(sketch.workflow()))
    wan("import", "mine.json", "-o", "mine.wan")
    result = wan("compile", "mine.wan", "-f", "workflow", "-o", "new.json", "--like", "none")
    told = " ".join((result.stderr + result.stdout).split())
    assert result.status == 0
    note = f'note: `value` of #1 "Seed" ({mode}) of mine.json changes after each run and is fixed'
    assert (note in told) == is_told, told
    assert ("fixed here" in told) == is_told


def test_what_is_no_original_of_a_text_keeps_nothing_from_being_made(wan):
    wan.write("mine.json", json.dumps(MONDAY))
    wan("import", "mine.json", "-o", "mine.wan")
    wan.write("mine.json", json.dumps(decorated()))
    result = wan("compile", "mine.wan", "-f", "workflow", "-o", "out.json")
    assert result.status == 0
    assert "note: the layout is new, not that of mine.json: mine.json: another" in (
        result.stderr + result.stdout
    )


@pytest.mark.parametrize("name", ["../mine.json", "sub/mine.json", "gone.json", "mine.txt"])
def test_only_a_file_beside_the_text_is_taken_by_itself(wan, name: str):
    (wan.folder / "sub").mkdir()
    for file in ("sub/mine.json", "mine.txt"):
        wan.write(file, json.dumps(MONDAY))
    text = imported(MONDAY).replace("Imported from mine.json", f"Imported from {name}")
    wan.write("mine.wan", text)
    result = wan("compile", "mine.wan", "-f", "workflow", "-o", "out.json")
    assert result.status == 0 and "drawn as" not in result.stderr + result.stdout


def test_an_original_that_is_named_must_be_there_and_be_one(wan):
    wan.write("mine.wan", imported(MONDAY)).write("prompt.json", '{"1": {"class_type": "A"}}')
    words = ("compile", "mine.wan", "-f", "workflow", "-o", "out.json", "--like")
    for name, said in (("gone.json", "gone.json"), ("prompt.json", "no workflow JSON")):
        result = wan(*words, name)
        assert result.status == 2 and said in result.stderr
    result = wan("compile", "mine.wan", "--like", "mine.json")
    assert result.status == 2 and "--format workflow" in result.stderr


# --- laws ---

TEXT = imported(MONDAY)
NUMBERS = [
    (line, word)
    for line in TEXT.splitlines()
    for word in line.replace("(", " ").replace(")", " ").split()
    if word.isdigit() and " = " in line and "#" not in line
]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(NUMBERS), st.integers(1, 40))
def test_whatever_number_is_changed_the_layout_stays_and_the_text_is_meant(
    place: tuple[str, str], number: int
):
    line, word = place
    text = TEXT.replace(line, line.replace(word, str(number), 1), 1)
    side = (json.dumps(MONDAY).encode(), "mine.json", None)
    found, diagnostics = compiler.workflow_like(Source(text, "mine.wan"), side)
    if found is None:
        assert any(finding.is_error for finding in diagnostics)
        return
    assert same_meaning(text, found.workflow)
    before, after = looks(MONDAY), looks(found.workflow)
    assert {id: after[id] for id in before if id in after} == {
        id: before[id] for id in before if id in after
    }
