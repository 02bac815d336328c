"""Changes to workflow JSON that keep its form: links in both of their ends, values, nodes."""

from __future__ import annotations

from typing import Any

from wan22dsl.formats.workflow_read.keys import key, whole
from wan22dsl.tuples import NamedTuple

#: The ids of the nodes of a subgraph that stand for its own inputs and outputs.
INPUTS, OUTPUTS = "-10", "-20"


class Spot(NamedTuple):
    """A node of the file: the number of its graph (0 is the outer one), and its own in the list there."""

    level: int
    number: int


class CannotKeepError(Exception):
    """The workflow cannot be changed in place; the text says why."""


class Page:
    """Workflow JSON with its graphs, the outer one first."""

    def __init__(self, value: dict[str, Any], levels: list[dict[str, Any]]) -> None:
        self.value = value
        self._levels = levels
        self._nodes = [list(level.get("nodes") or ()) for level in levels]

    def node(self, spot: Spot) -> dict[str, Any]:
        """A node of the file, by where it was."""
        found: dict[str, Any] = self._nodes[spot.level][spot.number]
        return found

    def nodes(self, level: int) -> list[dict[str, Any]]:
        """The nodes of a graph."""
        found: list[dict[str, Any]] = self._levels[level].setdefault("nodes", [])
        return found

    def instances(self, level: int) -> list[tuple[int, dict[str, Any]]]:
        """The nodes that stand for a subgraph, each with the number of its graph."""
        id = self._levels[level].get("id") if level else None
        return [
            (number, node)
            for number, each in enumerate(self._levels)
            for node in each.get("nodes") or ()
            if id is not None and node.get("type") == id
        ]

    def ports(self, level: int, which: str) -> list[dict[str, Any]]:
        """The `inputs` or `outputs` of a subgraph."""
        found: list[dict[str, Any]] = self._levels[level].get(which) or []
        return found

    def _find(self, level: int, id: str | None) -> dict[str, Any] | None:
        if id is None:
            return None
        return next((node for node in self.nodes(level) if key(node.get("id")) == id), None)

    # --- links ---

    def _links(self, level: int) -> list[Any]:
        links = self._levels[level].setdefault("links", [])
        if not isinstance(links, list):
            raise CannotKeepError("its links are in an unusual form")
        return links

    def link_into(self, level: int, node: dict[str, Any], name: str) -> tuple[str, int] | None:
        """Where the link of an input comes from: the id of a node, and the number of its output."""
        slot = slot_named(node, name)
        id = None if slot is None else key(slot.get("link"))
        if id is None:
            return None
        for row in self._links(level):
            ends = _ends(row)
            if ends is not None and ends[0] == id:
                return ends[1], ends[2]
        return None

    def link_out_of(self, level: int, port: int) -> tuple[str, int] | None:
        """Where an output of a subgraph comes from inside."""
        for row in self._links(level):
            ends = _ends(row)
            if ends is not None and ends[3] == OUTPUTS and ends[4] == port:
                return ends[1], ends[2]
        return None

    def unlink(self, level: int, node: dict[str, Any], name: str) -> None:
        """Takes the link of an input away."""
        slot = slot_named(node, name)
        if slot is not None and slot.get("link") is not None:
            self._drop(level, key(slot["link"]))
            slot["link"] = None

    def link(
        self,
        level: int,
        source: dict[str, Any],
        output: int,
        node: dict[str, Any],
        name: str,
        type: str,
        *,
        is_widget: bool = False,
    ) -> None:
        """Links an input to an output of a node of the same graph."""
        self.unlink(level, node, name)
        slots = node.setdefault("inputs", [])
        slot = slot_named(node, name)
        if slot is None:
            slot = {"name": name, "type": type, "link": None}
            if is_widget:
                slot["widget"] = {"name": name}
            slots.append(slot)
        outputs = source.setdefault("outputs", [])
        while len(outputs) <= output:
            outputs.append({"name": "*", "type": "*", "links": None})
        id = self._next_link(level)
        outputs[output]["links"] = [*(outputs[output].get("links") or ()), id]
        slot["link"] = id
        place = next(at for at, each in enumerate(slots) if each is slot)
        row = [id, source["id"], output, node["id"], place, type]
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
        self._links(level).append(dict(zip(names, row)) if level else row)

    def _drop(self, level: int, id: str | None) -> None:
        """Takes a link out of the list, and from the output that it leaves."""
        links = self._links(level)
        for row in [row for row in links if (ends := _ends(row)) and ends[0] == id]:
            links.remove(row)
            _, origin, number, _, _ = _ends(row) or ("", "", 0, "", 0)
            if origin == INPUTS:
                _forget(self.ports(level, "inputs"), number, "linkIds", id)
            node = self._find(level, origin)
            if node is not None:
                _forget(node.get("outputs") or [], number, "links", id)
        extra = self._levels[level].get("extra")
        bent = extra.get("linkExtensions") if isinstance(extra, dict) else None
        if isinstance(extra, dict) and isinstance(bent, list):
            extra["linkExtensions"] = [
                each for each in bent if not isinstance(each, dict) or key(each.get("id")) != id
            ]

    def _next_link(self, level: int) -> int:
        about = self._levels[level]
        used = [
            whole(ends[0]) or _number(ends[0]) for row in self._links(level) if (ends := _ends(row))
        ]
        state = about.get("state")
        if level and isinstance(state, dict):
            state["lastLinkId"] = id = max([whole(state.get("lastLinkId")) or 0, *used]) + 1
        else:
            about["last_link_id"] = id = max([whole(about.get("last_link_id")) or 0, *used]) + 1
        return id

    # --- nodes ---

    def remove(self, level: int, node: dict[str, Any]) -> None:
        """Takes a node away with its links."""
        for slot in node.get("inputs") or ():
            if isinstance(slot, dict) and slot.get("link") is not None:
                self._drop(level, key(slot["link"]))
        id = key(node.get("id"))
        for row in list(self._links(level)):
            ends = _ends(row)
            if ends is None or ends[1] != id:
                continue
            self._drop(level, ends[0])
            target = self._find(level, ends[3])
            for slot in () if target is None else target.get("inputs") or ():
                if isinstance(slot, dict) and key(slot.get("link")) == ends[0]:
                    slot["link"] = None
            if ends[3] == OUTPUTS:
                _forget(self.ports(level, "outputs"), ends[4], "linkIds", ends[0])
        nodes = self.nodes(level)
        nodes[:] = [each for each in nodes if each is not node]

    def add(self, level: int, node: dict[str, Any]) -> None:
        """Puts a node in, with a free id and behind all others."""
        about, nodes = self._levels[level], self.nodes(level)
        used = [_number(key(each.get("id")) or "") for each in nodes]
        state = about.get("state")
        if level and isinstance(state, dict):
            state["lastNodeId"] = id = max([whole(state.get("lastNodeId")) or 0, *used]) + 1
        else:
            about["last_node_id"] = id = max([whole(about.get("last_node_id")) or 0, *used]) + 1
        node["id"] = id
        node["order"] = max((whole(each.get("order")) or 0 for each in nodes), default=-1) + 1
        nodes.append(node)


def slot_named(node: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The input of a node that has the name."""
    return next(
        (
            each
            for each in node.get("inputs") or ()
            if isinstance(each, dict) and each.get("name") == name
        ),
        None,
    )


def _ends(row: Any) -> tuple[str, str, int, str, int] | None:
    """The id of a link, and its two ends."""
    if isinstance(row, dict):
        row = [
            row.get(name) for name in ("id", "origin_id", "origin_slot", "target_id", "target_slot")
        ]
    if not isinstance(row, list) or len(row) < 5:
        return None
    id, origin, target = key(row[0]), key(row[1]), key(row[3])
    if id is None or origin is None or target is None:
        return None
    return id, origin, whole(row[2]) or 0, target, whole(row[4]) or 0


def _forget(slots: list[Any], number: int, name: str, id: str | None) -> None:
    slot = slots[number] if 0 <= number < len(slots) else None
    if isinstance(slot, dict) and isinstance(slot.get(name), list):
        slot[name] = [each for each in slot[name] if key(each) != id]


def _number(id: str) -> int:
    return int(id) if id.isascii() and id.isdigit() and len(id) < 16 else 0
