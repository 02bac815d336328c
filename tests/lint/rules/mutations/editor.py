"""A workflow in the shape of the official templates, changed as people do it in the editor.

The pipeline lies in a subgraph whose prompt, size, length and seed are promoted. Outside are the picture,
behind a reroute, what saves the video, a note, and a muted instance with other settings.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from tests.lint.rules.mutations.suite import drawn, prompt_of

Json = dict[str, Any]

#: Inputs of the subgraph: the node inside and its input, and what the instance has for it.
PROMOTED: dict[str, tuple[str, str, Any]] = {
    "start_image": ("image_to_video", "start_image", None),
    "text": ("image_to_video.positive", "text", "She smiles"),
    "width": ("image_to_video", "width", 832),
    "height": ("image_to_video", "height", 480),
    "length": ("image_to_video", "length", 81),
    "noise_seed": ("first.sampler", "noise_seed", 42),
}
_OUTSIDE = ("image", "save", "save.video")
_ID, _MUTED_ID = "7c0dfb9e-4a44-4d0e-9a53-0f8f2f4c4c10", "c2b1b6ac-6a52-43a1-8a5e-2f1f7d0f7a11"


class Editor:
    """The workflow, and ways to change it."""

    def __init__(self, base: str = "fast") -> None:
        flat: Json = json.loads(drawn(prompt_of(base)))
        self.nodes: dict[str, Json] = {node["properties"]["wan id"]: node for node in flat["nodes"]}
        for node in self.nodes.values():
            node["properties"].pop("wan id")
            node["properties"].update(cnr_id="comfy-core", ver="0.33.0")
        inner = [node for id, node in self.nodes.items() if id not in _OUTSIDE]
        within = {each["id"] for each in inner}
        links = [
            dict(zip(("id", "origin_id", "origin_slot", "target_id", "target_slot", "type"), row))
            for row in flat["links"]
        ]
        self.subgraph: Json = {
            "id": _ID,
            "name": "Image to Video (Wan 2.2)",
            "inputNode": {"id": -10},
            "outputNode": {"id": -20},
            "inputs": [],
            "outputs": [],
            "nodes": inner,
            "links": [link for link in links if {link["origin_id"], link["target_id"]} <= within],
        }
        self._next = flat["last_link_id"] + 1
        outside = [self.nodes[id] for id in _OUTSIDE]
        self.instance: Json = {
            "id": 100, "type": _ID, "mode": 0, "title": "", "inputs": [], "properties": {},
            "outputs": [{"name": "VIDEO", "type": "IMAGE", "links": []}],
            "widgets_values": [value for _, _, value in PROMOTED.values() if value is not None],
        }  # fmt: skip
        self.workflow: Json = {"nodes": [*outside, self.instance], "links": [], "version": 0.4}
        self.workflow["links"] = [
            row for row in flat["links"] if row[1] not in within and row[3] not in within
        ]
        self._promote()
        self._join()
        self._add_decoration()

    def _promote(self) -> None:
        for number, (name, (id, input, value)) in enumerate(PROMOTED.items()):
            node = self.nodes[id]
            slot = next(at for at, each in enumerate(node["inputs"]) if each["name"] == input)
            kind = node["inputs"][slot]["type"]
            link = self._link_inside(-10, number, node["id"], slot, kind)
            node["inputs"][slot]["link"] = link
            self.subgraph["inputs"].append({"name": name, "type": kind, "linkIds": [link]})
            widget = {} if value is None else {"widget": {"name": name}}
            self.instance["inputs"].append({"name": name, "type": kind, "link": None, **widget})
        decode = self.nodes["second.decode"]
        link = self._link_inside(decode["id"], 0, -20, 0, "IMAGE")
        decode["outputs"][0]["links"] = [link]
        self.subgraph["outputs"].append({"name": "IMAGE", "type": "IMAGE", "linkIds": [link]})

    def _link_inside(self, origin: int, slot: int, target: int, to: int, kind: str) -> int:
        number, self._next = self._next, self._next + 1
        self.subgraph["links"].append(
            {
                "id": number, "origin_id": origin, "origin_slot": slot,
                "target_id": target, "target_slot": to, "type": kind,
            }
        )  # fmt: skip
        return number

    def _join(self) -> None:
        """The picture goes into the instance by a reroute, and its frames to the video."""
        image, video = self.nodes["image"], self.nodes["save.video"]
        reroute: Json = {
            "id": 101, "type": "Reroute", "mode": 0, "properties": {},
            "inputs": [{"name": "", "type": "*", "link": None}],
            "outputs": [{"name": "", "type": "IMAGE", "links": []}],
        }  # fmt: skip
        self.workflow["nodes"].append(reroute)
        self.connect(image, 0, reroute, "")
        self.connect(reroute, 0, self.instance, "start_image")
        self.connect(self.instance, 0, video, "images")

    def _add_decoration(self) -> None:
        """A note, and an instance of a copy with other settings that is muted."""
        copy = deepcopy(self.subgraph)
        copy["id"] = _MUTED_ID
        for part in copy["nodes"]:
            if part["type"] == "KSamplerAdvanced":
                part["widgets_values"][3:5] = [20, 9.0]
        muted = {**deepcopy(self.instance), "id": 102, "type": _MUTED_ID, "mode": 2}
        for part in [*muted["inputs"], *muted["outputs"]]:
            part["link" if "link" in part else "links"] = None
        note = {"id": 103, "type": "MarkdownNote", "mode": 0, "widgets_values": ["Read me"]}
        self.workflow["nodes"] += [muted, note]
        self.workflow["definitions"] = {"subgraphs": [self.subgraph, copy]}

    def connect(self, source: Json, slot: int, target: Json, name: str) -> None:
        """A link in the outer graph; one that goes there already is taken away."""
        number, self._next = self._next, self._next + 1
        to = next(at for at, each in enumerate(target["inputs"]) if each["name"] == name)
        kind = source["outputs"][slot]["type"]
        source["outputs"][slot]["links"] = [*(source["outputs"][slot]["links"] or ()), number]
        target["inputs"][to]["link"] = number
        self.workflow["links"].append([number, source["id"], slot, target["id"], to, kind])

    def set(self, id: str, **values: Any) -> None:
        """Other values in the fields of a node."""
        node = self.nodes[id]
        for name, value in values.items():
            node["widgets_values"][_number(node, name)] = value

    def promote(self, **values: Any) -> None:
        """Other values in the fields of the instance."""
        names = [name for name, (_, _, value) in PROMOTED.items() if value is not None]
        for name, value in values.items():
            self.instance["widgets_values"][names.index(name)] = value

    def rewire(self, id: str, name: str, source: str, slot: int = 0) -> None:
        """The link of an input inside the subgraph comes from another node."""
        node, origin = self.nodes[id], self.nodes[source]
        (link,) = (input_["link"] for input_ in node["inputs"] if input_["name"] == name)
        (row,) = (each for each in self.subgraph["links"] if each["id"] == link)
        (old,) = (node for node in self.subgraph["nodes"] if node["id"] == row["origin_id"])
        old["outputs"][row["origin_slot"]]["links"].remove(link)
        row.update(origin_id=origin["id"], origin_slot=slot)
        origin["outputs"][slot]["links"] = [*(origin["outputs"][slot]["links"] or ()), link]

    def unlink(self, id: str, name: str) -> None:
        """A link inside the subgraph is taken away."""
        node = self.nodes[id]
        (slot,) = (input_ for input_ in node["inputs"] if input_["name"] == name)
        self.subgraph["links"] = [
            link for link in self.subgraph["links"] if link["id"] != slot["link"]
        ]
        slot["link"] = None

    def mode(self, id: str, mode: int) -> None:
        """A node is muted (2) or bypassed (4)."""
        self.nodes[id]["mode"] = mode

    @property
    def text(self) -> str:
        """The text of the file."""
        self.workflow["definitions"]["subgraphs"][0] = self.subgraph
        return json.dumps(self.workflow, indent=2, ensure_ascii=False)


def _number(node: Json, name: str) -> int:
    """The place of a field among the values; behind a seed is what becomes of it."""
    at = 0
    for input_ in node["inputs"]:
        if "widget" not in input_:
            continue
        if input_["name"] == name:
            return at
        at += 2 if input_["name"] in {"seed", "noise_seed"} else 1
    raise KeyError(name)
