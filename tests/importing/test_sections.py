"""What stays plain is under the titles of the groups that its owner made."""

from __future__ import annotations

import json
from typing import Any

from wan22dsl.api import compiler
from wan22dsl.importing.comments import in_sections, sections


def _node(id: int, type: str, x: int, links: dict[str, int], values: list[Any]) -> dict[str, Any]:
    return {
        "id": id,
        "type": type,
        "mode": 0,
        "pos": [x, 50],
        "size": [80, 80],
        "inputs": [{"name": name, "type": "IMAGE", "link": link} for name, link in links.items()],
        "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": []}],
        "widgets_values": values,
    }


def _workflow(second: str = "Small") -> str:
    nodes = [
        _node(1, "LoadImage", 100, {}, ["a.png", "image"]),
        _node(2, "ImageInvert", 200, {"image": 1}, []),
        _node(3, "ImageBatch", 600, {"image1": 2, "image2": 3}, []),
        _node(4, "ImageInvert", 700, {"image": 4}, []),
        _node(5, "ImageBatch", 1200, {"image1": 5, "image2": 6}, []),
        _node(6, "SaveImage", 1300, {"images": 7}, ["x"]),
    ]
    places = [(1, 2, 0), (2, 3, 0), (2, 3, 1), (3, 4, 0), (4, 5, 0), (4, 5, 1), (5, 6, 0)]
    links = [
        [number + 1, source, 0, node, place, "IMAGE"]
        for number, (source, node, place) in enumerate(places)
    ]
    groups = [
        {"title": "Picture", "bounding": [0, 0, 500, 500]},
        {"title": second, "bounding": [500, 0, 500, 500]},
        {"title": "Unused", "bounding": [5000, 0, 500, 500]},
    ]
    return json.dumps({"nodes": nodes, "links": links, "groups": groups, "version": 0.4})


def test_lets_are_under_the_titles_of_their_groups() -> None:
    text = compiler.import_file(_workflow().encode(), shown="a.json").text
    assert text is not None
    assert "    # Picture\n    let image_invert =" in text
    assert "\n\n    # Small\n    let join_2 =" in text and "    let image_invert_2 =" in text
    assert "# Groups: Unused\n" in text and "Groups: Picture" not in text


def test_a_plain_graph_has_the_titles_too() -> None:
    workflow = json.loads(_workflow())
    workflow["nodes"][4]["type"] = "Odd Batch {{HOW}}"
    workflow["nodes"][5] |= {"type": "Odd Save", "widgets_values": [True]}
    del workflow["nodes"][2:4]
    workflow["links"] = [
        [1, 1, 0, 2, 0, "IMAGE"],
        [5, 2, 0, 5, 0, "IMAGE"],
        [7, 5, 0, 6, 0, "IMAGE"],
    ]
    workflow["nodes"][2]["inputs"] = [{"name": "image1", "type": "IMAGE", "link": 5}]
    text = compiler.import_file(json.dumps(workflow).encode(), shown="a.json").text
    assert text is not None and "graph a {\n    # Picture\n    let load_image =" in text
    assert "\n\n    let odd_batch_how =" in text and "# Groups: Small, Unused\n" in text


def test_a_group_without_a_name_has_no_title() -> None:
    text = compiler.import_file(_workflow("Group").encode(), shown="a.json").text
    assert text is not None and "# Group\n" not in text and "# Picture\n" in text


def test_the_smallest_group_around_a_node_counts() -> None:
    workflow = json.loads(_workflow())
    workflow["groups"].append({"title": "All", "bounding": [0, 0, 9000, 9000]})
    found = sections(json.dumps(workflow)).of
    assert (found["2"], found["3"], found["5"]) == ("Picture", "Small", "All")


def test_nodes_of_a_subgraph_are_in_the_group_of_its_own_node() -> None:
    inner = {"id": "sub", "nodes": [{"id": 9, "type": "ImageInvert", "pos": [0, 0]}]}
    workflow = {
        "nodes": [{"id": 1, "type": "sub", "pos": [10, 10]}],
        "groups": [{"title": "Start", "bounding": [0, 0, 100, 100]}],
        "definitions": {"subgraphs": [inner]},
    }
    assert sections(json.dumps(workflow)).of == {"1": "Start", "1:9": "Start"}


def test_statements_stay_behind_what_they_need_group_by_group() -> None:
    needs = {"a": set(), "b": set(), "c": {"a"}, "d": {"b", "c"}}
    of = {"a": "one", "b": "two", "c": "one", "d": "two"}
    assert in_sections("abcd", needs.__getitem__, of) == ["a", "c", "b", "d"]
    assert in_sections("abcd", needs.__getitem__, {}) == list("abcd")


def test_groups_that_are_no_groups_are_passed_over() -> None:
    for groups in (None, 1, [1, {"title": 3}, {"title": "A", "bounding": "x"}, {"title": "B"}]):
        found = sections(json.dumps({"nodes": [{"id": 1, "pos": None}, 3], "groups": groups}))
        assert found.of == {}
