"""Small workflows to begin with, put together as the editor would save them, and what becomes of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.prompt import write
from wan22dsl.formats.workflow_read import read
from wan22dsl.graph.model import CheckedGraph
from wan22dsl.graph.modes import active
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph

#: The types of the inputs that the sketches link.
TYPES = {
    "image": "IMAGE",
    "images": "IMAGE",
    "pixels": "IMAGE",
    "model": "MODEL",
    "vae": "VAE",
    "samples": "LATENT",
    "mask": "MASK",
}
WIDGETS = {"steps": "INT", "seed": "INT", "scale_by": "FLOAT", "text": "STRING", "width": "INT"}


class Sketch:
    """A graph of the editor: the outer one, or the definition of a subgraph."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.links: list[dict[str, Any]] = []

    def node(self, id: int, type: str, values: Any = (), **more: Any) -> dict[str, Any]:
        """A node; in `links` its inputs with the node and the slot that each of them is linked to."""
        links: dict[str, tuple[int, int]] = more.pop("links", {})
        made = {
            "id": id,
            "type": type,
            "mode": 0,
            "inputs": [],
            "outputs": [{"type": one, "links": []} for one in more.pop("gives", ("IMAGE",))],
            "properties": {"Node name for S&R": type},
            "widgets_values": list(values) if isinstance(values, tuple) else values,
            **more,
        }
        self.nodes.append(made)
        for name, source in links.items():
            self.link(source, made, name)
        return made

    def link(self, source: tuple[int, int], target: dict[str, Any], name: str) -> int:
        """A link from an output to an input, which is added; its id."""
        number = len(self.links) + 1
        kind = TYPES.get(name) or WIDGETS.get(name) or "*"
        slot = {"name": name, "type": kind, "link": number}
        if name in WIDGETS:
            slot["widget"] = {"name": name}
        target["inputs"].append(slot)
        self.links.append(
            {
                "id": number,
                "origin_id": source[0],
                "origin_slot": source[1],
                "target_id": target["id"],
                "target_slot": len(target["inputs"]) - 1,
                "type": kind,
            }
        )
        for one in self.nodes:
            if one["id"] == source[0] and source[1] < len(one["outputs"]):
                one["outputs"][source[1]]["links"].append(number)
        return number

    def rows(self) -> list[list[Any]]:
        """The links as the outer graph of version 0.4 has them."""
        return [list(one.values()) for one in self.links]

    def workflow(self, *subgraphs: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The whole file."""
        made = {"nodes": self.nodes, "links": self.rows(), "groups": [], "version": 0.4, **more}
        return {**made, "definitions": {"subgraphs": list(subgraphs)}} if subgraphs else made

    def subgraph(
        self, id: str, inputs: dict[str, list[tuple[int, str]]], outputs: dict[str, tuple[int, int]]
    ) -> dict[str, Any]:
        """The definition: inputs by name with the inputs that they lead to, outputs with their source."""
        by_id = {one["id"]: one for one in self.nodes}
        ins, outs = [], []
        for number, (name, targets) in enumerate(inputs.items()):
            links = [self.link((-10, number), by_id[to], slot) for to, slot in targets]
            kind = TYPES.get(targets[0][1]) or WIDGETS.get(targets[0][1], "*") if targets else "*"
            ins.append({"name": name, "type": kind, "linkIds": links})
        for number, (name, source) in enumerate(outputs.items()):
            link = self.link(source, {"id": -20, "inputs": []}, name)
            self.links[-1]["target_slot"] = number
            outs.append({"name": name, "type": TYPES.get(name, "*"), "linkIds": [link]})
        return {
            "id": id,
            "name": f"The {id}",
            "inputNode": {"id": -10},
            "outputNode": {"id": -20},
            "inputs": ins,
            "outputs": outs,
            "nodes": self.nodes,
            "links": self.links,
        }


def picture() -> Sketch:
    """A picture, enlarged and shown: nodes 1, 2 and 3."""
    made = Sketch()
    made.node(1, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    made.node(2, "ImageScaleBy", ("lanczos", 2), links={"image": (1, 0)})
    made.node(3, "PreviewImage", links={"images": (2, 0)}, gives=())
    return made


def source_of(workflow: Any) -> Source:
    """A workflow as the text of a file."""
    text = workflow if isinstance(workflow, str) else json.dumps(workflow, indent=1)
    return Source(text, "drawn.json")


def graph_of(workflow: Any, target: str = "0.33.0") -> Graph:
    """The graph of a workflow in which nothing is wrong."""
    graph, diagnostics = read(source_of(workflow), open_catalogue(target))
    assert graph is not None, [one.message for one in diagnostics]
    assert diagnostics == []
    return graph


def sent(workflow: Any, target: str = "0.33.0") -> dict[str, dict[str, Any]]:
    """The inputs of each node of the prompt that a workflow becomes."""
    prompt = write(CheckedGraph(active(graph_of(workflow, target))))
    return {id: node["inputs"] for id, node in prompt.items()}


def told(workflow: Any, target: str = "0.33.0") -> list[Diagnostic]:
    """What is said of the form of a workflow."""
    return read(source_of(workflow), open_catalogue(target))[1]
