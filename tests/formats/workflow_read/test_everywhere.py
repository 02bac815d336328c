"""Links that cg-use-everywhere sends are read, from what the file has of them or from its nodes."""

from __future__ import annotations

import pytest

from tests.formats.workflow_read.sketch import Sketch, sent, source_of, told
from wan22dsl.api.compiler import check


def sketch(sender="Anything Everywhere", title="anything", mode=0):
    """A picture that is sent to an input that has no line."""
    made = Sketch()
    made.node(1, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    made.node(2, "ImageScaleBy", ("lanczos", 2), inputs=[slot("image", "IMAGE")])
    made.node(3, "PreviewImage", links={"images": (2, 0)}, gives=())
    node = made.node(4, sender, gives=(), mode=mode)
    made.link((1, 0), node, title)
    return made


def slot(name, type, link=None, **more):
    return {"name": name, "type": type, "link": link, **more}


def entry(**more):
    return {
        "downstream": 2,
        "downstream_slot": 0,
        "upstream": "1",
        "upstream_slot": 0,
        "controller": 4,
        "type": "IMAGE",
        **more,
    }


def with_extra(made, **extra):
    return made.workflow(extra=extra)


def image_of(workflow):
    return sent(workflow)["2"].get("image")


def test_a_link_of_the_file_is_read():
    assert image_of(with_extra(sketch(), ue_links=[entry()])) == ["1", 0]


def test_a_workflow_with_such_links_has_no_findings_and_no_sender():
    checked = check(source_of(with_extra(sketch(), ue_links=[entry()])))
    assert checked.diagnostics == []
    assert {node.class_name for node in checked.graphs["drawn"].graph.nodes.values()} == {
        "LoadImage",
        "ImageScaleBy",
        "PreviewImage",
    }


def test_a_link_that_the_extension_has_added_is_one_of_its_own():
    made = sketch()
    made.nodes[1]["inputs"] = [slot("image", "IMAGE", 77)]
    workflow = with_extra(made, ue_links=[entry()], links_added_by_ue=[77, 78, None, {}])
    workflow["links"].append([77, 3, 0, 2, 0, "IMAGE"])
    assert image_of(workflow) == ["1", 0]


def test_a_line_comes_before_what_is_sent():
    made = sketch()
    made.node(5, "LoadImage", ("other.png", "image"), gives=("IMAGE", "MASK"))
    made.nodes[1]["inputs"] = []
    made.link((5, 0), made.nodes[1], "image")
    assert image_of(with_extra(made, ue_links=[entry()])) == ["5", 0]


@pytest.mark.parametrize(
    "rows",
    [
        [entry(downstream=99)],
        [entry(upstream=99)],
        [entry(downstream_slot=9)],
        [entry(downstream_slot=-1)],
        [entry(upstream_slot=None)],
        [entry(type="LATENT")],
        [entry(type=None)],
        [entry(upstream="-10")],
        [None, 1, "x", [], {}],
        [entry(downstream=[1], upstream={})],
    ],
)
def test_a_stale_link_of_the_file_is_none(rows):
    assert image_of(with_extra(sketch(), ue_links=rows)) is None


@pytest.mark.parametrize("off", [2, 4])
def test_nothing_is_sent_where_the_source_or_the_sender_is_off(off):
    muted = sketch()
    muted.nodes[0]["mode"] = off
    assert image_of(with_extra(muted, ue_links=[entry()])) is None
    assert image_of(with_extra(sketch(mode=off), ue_links=[entry()])) is None


@pytest.mark.parametrize("sender", ["Anything Everywhere", "Anything Everywhere3"])
def test_without_such_a_list_the_senders_say_what_is_sent(sender):
    assert image_of(sketch(sender).workflow()) == ["1", 0]


def test_a_sender_without_restrictions_sends_to_all():
    made = sketch("Anything Everywhere?")
    made.nodes[3]["widgets_values"] = [".*", ".*", ".*"]
    assert image_of(made.workflow()) == ["1", 0]


@pytest.mark.parametrize(
    "more",
    [
        {"widgets_values": ["Scale", ".*", ".*"]},
        {"properties": {"group_restricted": 1}},
        {"properties": {"ue_properties": {"title_regex": "(a+)+$"}}},
    ],
)
def test_what_a_sender_sends_to_some_nodes_is_not_guessed(more):
    made = sketch("Anything Everywhere?")
    made.nodes[3] |= more
    assert image_of(made.workflow()) is None


def test_two_senders_of_one_type_send_nothing():
    made = sketch()
    made.node(5, "LoadImage", ("other.png", "image"), gives=("IMAGE", "MASK"))
    made.link((5, 0), made.node(6, "Anything Everywhere", gives=()), "anything")
    assert image_of(made.workflow()) is None


def test_a_node_may_reject_what_is_sent():
    made = sketch()
    made.nodes[1]["properties"]["rejects_ue_links"] = True
    assert image_of(made.workflow()) is None


def test_prompts_and_seeds_go_to_inputs_of_their_names():
    made = Sketch()
    made.node(1, "CLIPLoader", ("umt5.safetensors", "wan", "default"), gives=("CLIP",))
    for id, text in ((2, "a fox"), (3, "blurry")):
        node = made.node(id, "CLIPTextEncode", (text,), gives=("CONDITIONING",))
        made.link((1, 0), node, "clip")
    sender = made.node(4, "Prompts Everywhere", gives=())
    made.link((2, 0), sender, "+ve")
    made.link((3, 0), sender, "-ve")
    made.node(5, "Seed Everywhere", (7, "fixed"), gives=("INT",), inputs=[])
    ins = [slot("positive", "CONDITIONING"), slot("negative", "CONDITIONING")]
    ins.append(slot("seed", "INT", widget={"name": "seed"}))
    made.node(6, "KSampler", (1, "fixed", 4, 1, "euler", "simple", 1), inputs=ins)
    inputs = sent(made.workflow())["6"]
    assert (inputs["positive"], inputs["negative"]) == (["2", 0], ["3", 0])
    assert inputs["seed"] == ["5", 0]


def test_links_are_sent_within_a_subgraph():
    inner = sketch()
    inner.nodes.pop(2)
    definition = inner.subgraph("own", {"picture": [(4, "more")]}, {"images": (2, 0)})
    definition["extra"] = {"ue_links": [entry(upstream=-10)]}
    outer = Sketch()
    outer.node(1, "LoadImage", ("outer.png", "image"), gives=("IMAGE", "MASK"))
    host = outer.node(9, "own")
    outer.link((1, 0), host, "picture")
    outer.node(3, "PreviewImage", links={"images": (9, 0)}, gives=())
    assert sent(outer.workflow(definition))["9:2"]["image"] == ["1", 0]


@pytest.mark.parametrize("extra", [None, [], {"ue_links": {}}, {"links_added_by_ue": 3}])
def test_damaged_lists_are_no_fault(extra):
    assert told(sketch().workflow(extra=extra)) == []
