"""Where a link of a workflow really comes from: through reroutes, Set and Get nodes, and subgraphs.

Source: Comfy-Org/ComfyUI_frontend, ExecutableNodeDTO (resolveInput, resolveOutput), and PrimitiveNode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.labels import label
from wan22dsl.formats.workflow_read import messages
from wan22dsl.formats.workflow_read.parts import (
    GETS,
    INPUT_NODE,
    PRIMITIVE,
    SETS,
    Drawing,
    Given,
    Level,
    Place,
    Raw,
    Slot,
    Spot,
    is_constant,
    is_virtual,
    set_name,
)
from wan22dsl.formats.workflow_read.promoted import Promoted
from wan22dsl.graph.model import Link
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Message
    from wan22dsl.formats.workflow_read.sheet import Sheet


class _Step(NamedTuple):
    """A link on the way: in which graph, its id, and the type of the input that it ends at."""

    place: Place
    link: str
    wanted: str


class _End(NamedTuple):
    """What a link comes from. `is_open` tells that nothing is linked to the input of the subgraph for it."""

    source: Link | Given | None
    is_open: bool = False


_NOTHING = _End(None)


class Ways:
    """Follows links backwards, each of them once.

    `open_inputs` are those that were found to end at an input of a subgraph to which nothing is linked.
    """

    def __init__(self, sheet: Sheet, drawing: Drawing, catalogue: Catalogue) -> None:
        self._sheet = sheet
        self._drawing = drawing
        self.catalogue = catalogue
        self.promoted = Promoted(drawing, catalogue)
        self.open_inputs: set[tuple[str, str]] = set()
        self._found: dict[tuple[str, str, str], _End] = {}
        self._setters: dict[int, tuple[Level, dict[tuple[str, str], Raw]]] = {}
        self._told: set[int] = set()

    def source(self, place: Place, node: Raw, slot: Slot) -> Link | Given | None:
        """What an input is linked to: an output, or the value of a primitive or of an instance.

        None where there is nothing at the other end.
        """
        if slot.link is None:
            return None
        path: dict[tuple[str, str, str], None] = {}
        at: _Step | _End = _Step(place, slot.link, slot.type)
        while isinstance(at, _Step):
            key = (at.place.path, at.link, at.wanted)
            if key in self._found:
                at = self._found[key]
            elif key in path:
                self._tell(messages.LINKS_IN_A_CIRCLE, node, slot, input=slot.name)
                at = _NOTHING
            else:
                path[key] = None
                at = self._before(at, node, slot, first=len(path) == 1)
        self._found.update(dict.fromkeys(path, at))
        if at.is_open:
            self.open_inputs.add((place.path + node.id, slot.name))
        return at.source

    def given_out(self, place: Place) -> Iterator[str]:
        """The ids of the nodes whose outputs an instance of a subgraph offers, linked outside or not."""
        links = [link for port in place.level.outputs for link in port.links] if place.host else []
        seen: set[str] = set()
        while links:
            wire = place.level.wires.get(links.pop())
            origin = None if wire is None else place.level.nodes.get(wire.origin)
            if origin is None or origin.id in seen:
                continue
            seen.add(origin.id)
            if is_virtual(origin, known=self.catalogue.get(origin.type) is not None):
                links += [slot.link for slot in origin.inputs if slot.link is not None]
            else:
                yield place.path + origin.id

    def behind_get(self, place: Place, get: Raw) -> str | None:
        """The id of the node whose output the Set of a Get has."""
        key = (GETS[get.type], set_name(get) or "")
        at: Place | None = place
        while at is not None and key not in self._set_in(at.level):
            at = at.outer
        if at is None:
            return None
        setter = self._set_in(at.level)[key]
        slot = next((slot for slot in setter.inputs if slot.link is not None), None)
        source = None if slot is None else self.source(at, setter, slot)
        return source.node if isinstance(source, Link) else None

    def _before(self, step: _Step, node: Raw, slot: Slot, *, first: bool) -> _Step | _End:
        """What a link comes from, or else the link before it."""
        place = step.place
        wire = place.level.wires.get(step.link)
        if wire is None:
            return self._lost(step, node, slot, "which is not in the file")
        if wire.origin == INPUT_NODE and place.host is not None:
            return self._outside(step, wire.origin_slot)
        origin = place.level.nodes.get(wire.origin)
        if origin is None:
            return self._lost(step, node, slot, f"whose node #{wire.origin} is not in the file")
        origin = place.own(origin)
        if origin.type in self._drawing.subgraphs:
            return self._instance(step, origin, wire.origin_slot)
        if origin.type == PRIMITIVE:
            return self._primitive(origin) if first else _NOTHING
        if is_constant(origin):
            return self._primitive(origin)
        if is_virtual(origin, known=self.catalogue.get(origin.type) is not None):
            return self._virtual(step, origin, wire.origin_slot)
        return _End(Link(place.path + origin.id, wire.origin_slot))

    def _outside(self, step: _Step, number: int) -> _Step | _End:
        """What an instance has for an input of its subgraph: a link, or the value of a widget."""
        place = step.place
        host, outer = place.host, place.outer
        if host is None or outer is None or not 0 <= number < len(place.level.inputs):
            return _NOTHING
        slot = host.input_named(place.level.inputs[number].name)
        if slot is not None and slot.link is not None:
            return _Step(outer, slot.link, step.wanted)
        value = self.promoted.value(place, number)
        return _End(value, is_open=value is None)

    def _instance(self, step: _Step, origin: Raw, number: int) -> _Step | _End:
        """Into an instance of a subgraph, or past it where it is bypassed."""
        if origin.mode == "mute":
            return _NOTHING
        if origin.mode == "bypass":
            handed = origin.handed_on(number, step.wanted)
            if handed is None or handed.link is None:
                return _NOTHING
            return _Step(step.place, handed.link, handed.type)
        inside = step.place.inner.get(origin.id)
        if inside is None or not 0 <= number < len(inside.level.outputs):
            return _NOTHING
        links = inside.level.outputs[number].links
        return _Step(inside, links[0], step.wanted) if links else _NOTHING

    def _primitive(self, origin: Raw) -> _End:
        """The value that a primitive gives to the widget that it is linked to, itself and not beyond."""
        values = origin.values if isinstance(origin.values, list) else []
        return _End(Given(values[0], Spot(origin, "widgets_values", 0))) if values else _NOTHING

    def _virtual(self, step: _Step, origin: Raw, number: int) -> _Step | _End:
        """Through a node that only hands on what it gets, unless it is muted; a Get also unless bypassed."""
        if origin.mode == "mute" or (origin.mode == "bypass" and origin.type in GETS):
            return _NOTHING
        place: Place | None = step.place
        if origin.type in GETS:
            name, number = set_name(origin) or "", 0
            key = (GETS[origin.type], name)
            while place is not None and key not in self._set_in(place.level):
                place = place.outer
            if place is None:
                help = "Set it, or get another name." if name else "Give it the name of a Set node."
                fields = {"name": name, "help": help}
                self._tell(messages.GET_WITHOUT_SET, origin, None, **fields)
                return _NOTHING
            origin = self._set_in(place.level)[key]
        slot = origin.inputs[number] if 0 <= number < len(origin.inputs) else None
        if slot is None or slot.link is None or place is None:
            return _NOTHING
        return _Step(place, slot.link, step.wanted)

    def _set_in(self, level: Level) -> dict[tuple[str, str], Raw]:
        """The Set nodes of a graph by pack and name; of two with one name the first counts."""
        if id(level) not in self._setters:
            sets = [raw for raw in level.nodes.values() if raw.type in SETS]
            named = {(SETS[raw.type], set_name(raw) or ""): raw for raw in reversed(sets)}
            found = {key: raw for key, raw in named.items() if key[1]}
            self._setters[id(level)] = (level, found)  # kept, so that no other has its id
        return self._setters[id(level)][1]

    def _lost(self, step: _Step, node: Raw, slot: Slot, what: str) -> _End:
        fields = {"input": slot.name, "link": step.link, "what": what}
        self._tell(messages.LOST_LINK, node, slot, **fields)
        return _NOTHING

    def _tell(self, message: Message, node: Raw, slot: Slot | None, **fields: Any) -> None:
        """Notes a finding at an input of a node or at the node, once."""
        spot = None if slot is None else Spot(node, "inputs", slot.number)
        span = self._sheet.of_type(node) if spot is None else self._sheet.at(spot)
        if span.start not in self._told:
            self._told.add(span.start)
            self._sheet.say(message, span, node=label(node.id, node.title, node.type), **fields)
