"""Links that no line shows: what the nodes of cg-use-everywhere send to inputs of a type.

The extension works them out anew whenever a prompt is made. The file has what it last found, under
`extra.ue_links`; files from before that have only the nodes. What those send is then worked out here, but
for nodes that choose their targets by titles, groups or colours.

Source: chrisgoringe/cg-use-everywhere, its README and `ue_links`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.packs.use_everywhere import ANYTHING, MATCHING, PROMPTS, SEED, THREE
from wan22dsl.formats.workflow_read.keys import key, whole
from wan22dsl.formats.workflow_read.parts import INPUT_NODE, Level, Raw, Slot, Wire
from wan22dsl.graph.modes import joins
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SENDERS = frozenset({ANYTHING, MATCHING, THREE, PROMPTS, SEED})

#: Whom the two inputs of `Prompts Everywhere` go to.
_PROMPT_NAMES = (re.compile(r"pos|prompt", re.I), re.compile(r"neg", re.I))

#: What says in the properties of a node that it sends to some nodes only.
_RESTRICTIONS = ("group_restricted", "color_restricted")

#: Where a node has no regular expression, or one that is true of everything.
_EVERYTHING = ("", ".*")


class _Sent(NamedTuple):
    """What a node sends: an output, its type, and of which names its targets are (None: any)."""

    origin: str
    slot: int
    type: str
    names: re.Pattern[str] | None
    priority: int


def add_links(level: Level, extra: Any) -> None:
    """Adds the links that are sent to a graph of the file, whose `extra` has what is known of them."""
    about = extra if isinstance(extra, dict) else {}
    for id in _list(about, "links_added_by_ue"):
        level.wires.pop(key(id) or "", None)
    if isinstance(about.get("ue_links"), list):
        found = _of_file(level, about["ue_links"])
    else:
        found = _worked_out(level)
    for number, (node, slot, origin, origin_slot) in enumerate(list(found)):
        id = f"everywhere {number}"
        while id in level.wires:
            id += "+"
        level.wires[id] = Wire(origin, origin_slot, node.id, slot.number)
        inputs = list(level.nodes[node.id].inputs)
        inputs[slot.number] = slot._replace(link=id)
        level.nodes[node.id] = level.nodes[node.id]._replace(inputs=inputs)
        source = level.nodes.get(origin)
        if source is not None and 0 <= origin_slot < len(source.outputs):
            outputs = list(source.outputs)
            outputs[origin_slot] = outputs[origin_slot]._replace(
                links=(*outputs[origin_slot].links, id)
            )
            level.nodes[origin] = source._replace(outputs=outputs)


_Link = tuple[Raw, Slot, str, int]


def _of_file(level: Level, listed: list[Any]) -> Iterator[_Link]:
    """The links that the file has; of those to one input the first."""
    seen: set[tuple[str, int]] = set()
    for row in listed:
        about = row if isinstance(row, dict) else {}
        node = level.nodes.get(key(about.get("downstream")) or "")
        origin_id = key(about.get("upstream")) or ""
        origin = level.nodes.get(origin_id)
        sender = level.nodes.get(key(about.get("controller")) or "")
        number, origin_slot = whole(about.get("downstream_slot")), whole(about.get("upstream_slot"))
        if node is None or number is None or origin_slot is None:
            continue
        if any(each is not None and each.mode != "active" for each in (origin, sender)):
            continue
        if origin is None and not (origin_id == INPUT_NODE and level.inputs):
            continue
        if not 0 <= number < len(node.inputs) or (node.id, number) in seen:
            continue
        slot, type = node.inputs[number], about.get("type")
        if _is_linked(level, slot) or not (isinstance(type, str) and joins(type, slot.type)):
            continue
        seen.add((node.id, number))
        yield node, slot, origin_id, origin_slot


def _worked_out(level: Level) -> Iterator[_Link]:
    sent = [
        each
        for node in level.nodes.values()
        if node.type in _SENDERS and node.mode == "active" and _sends_to_all(node)
        for each in _sent_by(level, node)
    ]
    if not sent:
        return
    by_type: dict[str, list[_Sent]] = {}
    for each in sent:
        by_type.setdefault(each.type, []).append(each)
    for node in level.nodes.values():
        if node.type in _SENDERS or node.properties.get("rejects_ue_links"):
            continue
        for slot in node.inputs:
            is_seed = slot.widget and slot.name == "seed"
            if (slot.widget and not is_seed) or _is_linked(level, slot):
                continue
            fitting = [
                each
                for each in by_type.get(slot.type, ())
                if (each.names.search(slot.name) if each.names is not None else not is_seed)
            ]
            best = max((each.priority for each in fitting), default=0)
            chosen = [each for each in fitting if each.priority == best]
            if len(chosen) == 1:  # of two that are as good none is taken
                yield node, slot, chosen[0].origin, chosen[0].slot


def _sends_to_all(node: Raw) -> bool:
    about = node.properties.get("ue_properties")
    said = {**node.properties, **(about if isinstance(about, dict) else {})}
    if any(said.get(name) for name in _RESTRICTIONS):
        return False
    named = [value for name, value in said.items() if name.endswith("_regex")]
    if node.type == MATCHING:
        named += list(node.values)
    return all(value in _EVERYTHING or value is None for value in named)


def _sent_by(level: Level, node: Raw) -> Iterator[_Sent]:
    if node.type == SEED:
        yield _Sent(node.id, 0, "INT", re.compile(r"^seed$|_seed$", re.I), 20)
        return
    for number, slot in enumerate(node.inputs):
        wire = level.wires.get(slot.link or "")
        origin = None if wire is None else level.nodes.get(wire.origin)
        if wire is None or origin is None or origin.mode != "active":
            continue
        outputs = origin.outputs
        type = outputs[wire.origin_slot].type if 0 <= wire.origin_slot < len(outputs) else "*"
        if type == "*":
            type = slot.type
        if type == "*":
            continue
        is_prompt = node.type == PROMPTS and number < len(_PROMPT_NAMES)
        names = _PROMPT_NAMES[number] if is_prompt else None
        yield _Sent(wire.origin, wire.origin_slot, type, names, 20 if is_prompt else 10)


def _is_linked(level: Level, slot: Slot) -> bool:
    return slot.link is not None and slot.link in level.wires


def _list(about: dict[str, Any], name: str) -> list[Any]:
    value = about.get(name)
    return value if isinstance(value, list) else []
