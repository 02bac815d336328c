"""What of a workflow differs from the graph that is wanted, and the changes that make it so."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.formats import prompt
from wan22dsl.formats.widget_values import named
from wan22dsl.formats.widgets import has_widget
from wan22dsl.formats.workflow_write.drawing import node_of, prepared
from wan22dsl.formats.workflow_write.layout import Box
from wan22dsl.formats.workflow_write.widgets import TITLE_PX, size_of, with_nodes_for_constants
from wan22dsl.graph.equality import inputs_of_meaning, plain
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.matching import matching
from wan22dsl.graph.model import CheckedGraph, Link
from wan22dsl.graph.modes import active
from wan22dsl.importing.simplified import Form, needed, without_defaults
from wan22dsl.keeping import placing
from wan22dsl.keeping.page import INPUTS, CannotKeepError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.formats.workflow_write.drawing import Drawn
    from wan22dsl.formats.workflow_write.widgets import Face, Widget
    from wan22dsl.graph.model import Graph
    from wan22dsl.keeping.original import Original
    from wan22dsl.keeping.page import Page, Spot

_MODES = {"active": 0, "mute": 2, "bypass": 4}

_ABSENT = object()


class Pairing(NamedTuple):
    """Which node of the original is which of the wanted graph; equal ones of the original are one there.

    `seen` is the original in the `form` in which it is compared. `alike` is the share of the wanted nodes
    that are in the original with all their values.
    """

    form: Form
    seen: Graph
    wanted: Graph
    nodes: dict[str, str]
    alike: float


def paired(original: Graph, wanted: Graph) -> list[Pairing]:
    """The pairs, with the original in each of its forms, the nearest to what is wanted first."""
    wanted = without_defaults(wanted)
    found = [
        _paired(Form(is_active, is_worked_out), original, wanted)
        for is_active in (False, True)
        for is_worked_out in (True, False)
    ]
    return sorted(found, key=_distance)


def _distance(pairing: Pairing) -> tuple[int, int]:
    """How many nodes would be new, and how much else there is to change."""
    count = len(pairing.seen.nodes) - len(pairing.nodes)
    new = len(pairing.wanted.nodes) - len({*pairing.nodes.values()})
    for id, to in pairing.nodes.items():
        node, other = pairing.seen.nodes[id], pairing.wanted.nodes[to]
        count += node.mode != other.mode
        before, after = (
            inputs_of_meaning(graph, each)
            for graph, each in ((pairing.seen, node), (pairing.wanted, other))
        )
        for name in {*before, *after}:
            old, other_value = before.get(name, _ABSENT), after.get(name, _ABSENT)
            count += not _is_same(old, other_value, pairing.nodes)
    return new, count


def _is_same(old: Any, new: Any, pairs: dict[str, str]) -> bool:
    """Whether an input has the same, a link where the pair of its node is."""
    if isinstance(old, Link) and isinstance(new, Link):
        return pairs.get(old.node) == new.node and old.slot == new.slot
    if isinstance(old, Link) or isinstance(new, Link) or old is _ABSENT or new is _ABSENT:
        return old is new
    return repr(plain(old)) == repr(plain(new))


def _paired(form: Form, original: Graph, wanted: Graph) -> Pairing:
    seen = form.of(original, original)
    match = matching(seen, wanted)
    nodes = {
        id: to
        for id, to in match.pairs.items()
        if seen.nodes[id].class_name == wanted.nodes[to].class_name
    }
    made = {match.before[0][id]: to for id, to in nodes.items() if id in match.before[0]}
    for id in seen.nodes:
        number = match.before[0].get(id)
        if id not in match.pairs and number in made:
            nodes[id] = made[number]
    pairs = {to: id for id, to in match.pairs.items() if id in nodes}
    same = sum(_constants(seen, id) == _constants(wanted, to) for to, id in pairs.items())
    return Pairing(form, seen, wanted, nodes, same / max(len(wanted.nodes), 1))


def _constants(graph: Graph, id: str) -> str:
    inputs = inputs_of_meaning(graph, graph.nodes[id])
    return repr(sorted((n, repr(v)) for n, v in inputs.items() if not isinstance(v, Link)))


class Edits:
    """The changes to a page, made one after another. Raises CannotKeepError where one cannot be made."""

    def __init__(self, original: Original, wanted: Graph, pairing: Pairing, page: Page) -> None:
        self._original, self._page = original, page
        self._graph, self._seen = original.graph, pairing.seen
        self._pairing = pairing
        self._wanted, self._pairs = pairing.wanted, pairing.nodes
        self._whole = with_nodes_for_constants(wanted)
        self._back: dict[str, list[str]] = {}
        for id, to in self._pairs.items():
            self._back.setdefault(to, []).append(id)
        self._values: dict[tuple[str, str], Any] = {}
        self._links: list[tuple[str, str, Link]] = []
        self._cut: list[tuple[str, str]] = []
        self._new: dict[str, tuple[int, dict[str, Any]]] = {}
        self.added: list[str] = []
        self.removed: list[str] = []
        self.changed = 0

    def make(self) -> None:
        """Makes all of them."""
        for id, to in self._pairs.items():
            self._compare(id, to)
        for id in self._wanted.nodes:
            if id not in self._back:
                self._draw(id)
        self._set_sources()
        for id, name in [*self._values]:
            if (id, name) in self._values:
                self._set(id, name)
        for id, name in self._cut:
            level, node = self._place(id)
            self._page.unlink(level, node, name)
        for id, name, link in self._links:
            self._link(id, name, link)
        for id in self._new:
            self._link_new(id)
        self._remove()
        for id in self._new:
            self._put(id)

    def make_sure(self, graph: Graph) -> None:
        """Sets at the nodes themselves what did not come out as wanted; `graph` is the page, read again.

        A value may come from a node whose other users are to have another one.
        """
        shown = self._pairing.form.of(graph, self._graph)
        pairs = {**self._pairs, **{str(node["id"]): id for id, (_, node) in self._new.items()}}
        for id, to in self._pairs.items():
            if id not in shown.nodes or id in self.removed:
                continue
            before = inputs_of_meaning(shown, shown.nodes[id])
            after = inputs_of_meaning(self._wanted, self._wanted.nodes[to])
            for name, new in after.items():
                if _is_same(before.get(name, _ABSENT), new, pairs):
                    continue
                if isinstance(new, Link):
                    self._link(id, name, new)
                    continue
                self._values[id, name] = new
                level, node = self._place(id)
                self._page.unlink(level, node, name)
                self._set_own(id, name, node)

    def _place(self, id: str) -> tuple[int, dict[str, Any]]:
        """The graph and the node of the file that a node of the original's graph is."""
        spot = self._original.spot(id)
        if spot is None:
            raise CannotKeepError("a node that differs is inside a group node")
        return spot.level, self._page.node(spot)

    # --- what differs ---

    def _compare(self, id: str, to: str) -> None:
        node, other = self._seen.nodes[id], self._wanted.nodes[to]
        before, after = (
            inputs_of_meaning(graph, each)
            for graph, each in ((self._seen, node), (self._wanted, other))
        )
        count = len(self._values) + len(self._links) + len(self._cut)
        for name in dict.fromkeys((*before, *after)):
            old, new = before.get(name, _ABSENT), after.get(name, _ABSENT)
            if _is_same(old, new, self._pairs):
                continue
            if isinstance(new, Link):
                self._links.append((id, name, new))
            elif new is _ABSENT:
                self._leave_out(id, name, old)
            else:
                self._values[id, name] = new
        if isinstance(other.widgets, list) and plain(other.widgets) != plain(node.widgets):
            self._place(id)[1]["widgets_values"] = other.widgets
            self.changed += 1
        if node.mode != other.mode:
            self._place(id)[1]["mode"] = _MODES[other.mode]
            self.changed += 1
        self.changed += len(self._values) + len(self._links) + len(self._cut) > count

    def _leave_out(self, id: str, name: str, old: Any) -> None:
        if isinstance(old, Link):
            self._cut.append((id, name))
            return
        node = self._seen.nodes[id]
        node_class = self._seen.class_of(node)
        known = {} if node_class is None else inputs_of(node_class, node.inputs)
        default = default_of(known[name]) if name in known else None
        if default is not None:
            self._values[id, name] = default

    # --- values ---

    def _set(self, id: str, name: str) -> None:
        """Sets a value where the original has it: at the node, or in what gives it to the node."""
        given = self._graph.nodes[id].inputs.get(name)
        spot = self._spot(id, name)
        if (
            not isinstance(given, Link)
            and spot is not None
            and self._original.spot_of(spot.node) != self._original.spot(id)
        ):
            takers = self._takers[spot.node.start, spot.key]
            if self._is_for_all(takers, self._values[id, name]):
                self._write(spot, self._written(id, name))
                for taker in takers:
                    self._values.pop(taker, None)
                return
        level, node = self._place(id)
        self._page.unlink(level, node, name)
        self._set_own(id, name, node)

    def _set_sources(self) -> None:
        """Sets values in the nodes that give them, and leaves out what is worked out of those as wanted."""
        nodes = dict(self._graph.nodes)
        for id, name in [*self._values]:
            given = self._graph.nodes[id].inputs.get(name)
            if (id, name) in self._values and isinstance(given, Link):
                value = self._values[id, name]
                if self._set_at_source(id, name, given):
                    source = nodes[given.node]
                    nodes[source.id] = source.changed(inputs=dict.fromkeys(source.inputs, value))
        if nodes == self._graph.nodes:
            return
        facts = FactTable(self._graph.with_nodes(nodes))
        for id, name in [*self._values]:
            given = self._graph.nodes[id].inputs.get(name)
            if isinstance(given, Link):
                value = facts.of(given).value
                if repr(plain(value)) == repr(plain(self._values[id, name])):
                    del self._values[id, name]

    def _set_at_source(self, id: str, name: str, link: Link) -> bool:
        """Sets the value in the node that only gives it, where all that take it are to have it.

        What is worked out of it in other nodes is looked at afterwards.
        """
        source = self._graph.nodes.get(link.node)
        if source is None or source.links() or len(source.inputs) != 1 or source.mode != "active":
            return False
        if record_of(source.class_name).role != "value":
            return False
        ((inner, old),) = source.inputs.items()
        value = self._values[id, name]
        takers = [(user, input_) for user, input_, _ in self._graph.consumers[link.node]]
        seen = self._seen.nodes[id].inputs.get(name)
        fits = type(old) is type(value) or (type(old) is float and type(value) is int)
        if not fits or repr(plain(old)) != repr(plain(seen)):
            return False
        direct = [taker for taker in takers if taker[0] in self._pairs]
        if not self._is_for_all(direct, value):
            return False
        spot = self._spot(source.id, inner)
        if spot is None:
            return False
        self._write(spot, float(value) if type(old) is float else value)
        for taker in takers:
            self._values.pop(taker, None)
        return True

    def _is_for_all(self, takers: list[tuple[str, str]], value: Any) -> bool:
        """Whether a value is wanted by all that take it, and by nothing that is not compared."""
        return all(
            repr(plain(self._values.get(taker, _ABSENT))) == repr(plain(value)) for taker in takers
        )

    @cached_property
    def _takers(self) -> dict[tuple[int, int | str], list[tuple[str, str]]]:
        """Which inputs have their value from which place of the file."""
        found: dict[tuple[int, int | str], list[tuple[str, str]]] = {}
        for id, node in self._graph.nodes.items():
            for name in node.inputs:
                spot = self._spot(id, name)
                if spot is not None:
                    found.setdefault((spot.node.start, spot.key), []).append((id, name))
        return found

    def _spot(self, id: str, name: str) -> Any:
        """Where the value of an input is in the file."""
        spots: Any = self._graph.nodes[id].spans
        return spots.spot(name)

    def _write(self, spot: Any, value: Any) -> None:
        place = self._original.spot_of(spot.node)
        if place is None:
            raise CannotKeepError("a value that differs is inside a group node")
        node = self._page.node(place)
        node[spot.part][spot.key] = value

    def _set_own(self, id: str, name: str, node: dict[str, Any]) -> None:
        """Sets the value of a widget of a node itself."""
        spot = self._original.spot(id)
        assert spot is not None  # else it would have no place
        raw = self._original.raw(spot)
        widget = self._widget(id, name)
        value = widget.written if widget is not None else self._values[id, name]
        given = named(raw, self._graph.class_of(self._graph.nodes[id])).values.get(name)
        at = None if given is None or given.spot is None else given.spot
        if at is not None and at.part in ("widgets_values", "widgets_values_named"):
            node[at.part][at.key] = value
        elif isinstance(node.get("widgets_values"), dict):
            node["widgets_values"][name] = value
        else:
            node["widgets_values"] = self._face(id).values
        if isinstance(node.get("widgets_values_named"), dict):
            node["widgets_values_named"][name] = value
        numbers = record_of(raw.type).widgets.numbers
        if numbers:
            drawn = self._node(self._pairs[id])["properties"]
            keys = {key for number in numbers for key in (number.property, number.digits)}
            node.setdefault("properties", {}).update({k: drawn[k] for k in keys if k in drawn})
        unset = node.get("properties", {}).get("wan unset")
        if isinstance(unset, list) and name in unset:
            node["properties"]["wan unset"] = [each for each in unset if each != name]

    def _written(self, id: str, name: str) -> Any:
        widget = self._widget(id, name)
        return self._values[id, name] if widget is None else widget.value

    def _widget(self, id: str, name: str) -> Widget | None:
        return next((each for each in self._face(id).widgets if each.name == name), None)

    def _face(self, id: str) -> Face:
        return self._drawn.faces[self._pairs[id]]

    @cached_property
    def _drawn(self) -> Drawn:
        """The wanted graph as it would be drawn."""
        made = prompt.write(CheckedGraph(self._whole))
        return prepared(self._whole, {id: node["inputs"] for id, node in made.items()})

    # --- links ---

    def _link(self, id: str, name: str, link: Link) -> None:
        level, node = self._place(id)
        self._join(level, node, name, link, self._original.path(id))

    def _join(self, level: int, node: dict[str, Any], name: str, link: Link, path: str) -> None:
        """Links an input to an output of the wanted graph, in the graph where both are."""
        kind = self._type(link)
        at, source, slot = self._source(link, level, path)
        while at != level:
            came = self._page.link_into(level, node, name)
            if came is None or came[0] != INPUTS:
                raise CannotKeepError("a new link would cross the border of a subgraph")
            port = self._page.ports(level, "inputs")[came[1]].get("name")
            instances = self._page.instances(level)
            if len(instances) != 1 or not isinstance(port, str):
                raise CannotKeepError("a subgraph that is used several times would differ")
            ((level, node),) = instances
            name = port
        is_widget = self._is_widget(node, name)
        self._page.link(level, source, slot, node, name, kind, is_widget=is_widget)

    def _is_widget(self, node: dict[str, Any], name: str) -> bool:
        node_class = self._graph.catalogue.get(str(node.get("type")))
        known = () if node_class is None else node_class.inputs
        return any(input_.name == name and has_widget(input_) for input_ in known)

    def _source(self, link: Link, level: int, path: str) -> tuple[int, dict[str, Any], int]:
        """The node of the page that gives a link, in the graph where it is wanted if that can be."""
        if link.node in self._new:
            number, made = self._new[link.node]
            return number, made, link.slot
        ids = self._back.get(link.node, [])
        nearest = sorted(ids, key=lambda id: self._original.path(id) != path)
        if not nearest:
            raise CannotKeepError("a node that is needed has no place")
        at, node = self._place(nearest[0])
        slot = link.slot
        while at != level and at:
            exposed = self._exposed(at, node, slot)
            if exposed is None:
                break
            at, node, slot = exposed
        return at, node, slot

    def _exposed(
        self, level: int, node: dict[str, Any], slot: int
    ) -> tuple[int, dict[str, Any], int] | None:
        """The instance of a subgraph, and its output, that an output inside leads to."""
        instances = self._page.instances(level)
        if len(instances) != 1:
            return None
        for port in range(len(self._page.ports(level, "outputs"))):
            if self._page.link_out_of(level, port) == (str(node.get("id")), slot):
                return (*instances[0], port)
        return None

    def _type(self, link: Link) -> str:
        face = self._drawn.faces[link.node]
        return face.outputs[link.slot][1] if 0 <= link.slot < len(face.outputs) else "*"

    # --- new nodes ---

    def _draw(self, id: str) -> None:
        level = self._level_for(id)
        for inner in self._with_constants(id):
            node = self._node(inner)
            for slot in node["inputs"]:
                slot["link"] = None
            for output in node["outputs"]:
                output["links"] = None
            self._page.add(level, node)
            self._new[inner] = level, node
        self.added.append(id)

    def _node(self, id: str) -> dict[str, Any]:
        node = self._whole.nodes[id]
        size = size_of(node.title or id, self._drawn.faces[id])
        box = Box(0, TITLE_PX, size.width, size.height)
        return node_of(node, self._drawn, box, 0, is_constant=id not in self._wanted.nodes)

    def _with_constants(self, id: str) -> list[str]:
        """A node, and those that stand for constants that it has no field for."""
        links = [link.node for _, link in self._whole.nodes[id].links()]
        return [id, *(each for each in links if each not in self._wanted.nodes)]

    def _level_for(self, id: str) -> int:
        """The graph of the file that a new node belongs to: that of all that it is linked to."""
        beside = [link.node for _, link in self._wanted.nodes[id].links()]
        beside += [user for user, _, _ in self._wanted.consumers[id]]
        levels = {self._place(near)[0] for each in beside for near in self._back.get(each, [])[:1]}
        return levels.pop() if len(levels) == 1 else 0

    def _link_new(self, id: str) -> None:
        level, node = self._new[id]
        for name, link in self._whole.nodes[id].links():
            self._join(level, node, name, link, "")

    def _put(self, id: str) -> None:
        level, node = self._new[id]
        sources = [self._near(link.node, level) for _, link in self._whole.nodes[id].links()]
        users = [self._near(user, level) for user, _, _ in self._whole.consumers[id]]
        placing.put(
            node,
            self._page.nodes(level),
            [each for each in sources if each is not None],
            [each for each in users if each is not None],
        )

    def _near(self, id: str, level: int) -> dict[str, Any] | None:
        """A node that is linked to a new one, if it is in that graph and has its place."""
        if id in self._new:
            number, node = self._new[id]
            is_placed = node["pos"] != [0, TITLE_PX]
            return node if number == level and is_placed else None
        for near in self._back.get(id, []):
            at, found = self._place(near)
            if at == level:
                return found
        return None

    # --- what goes ---

    def _remove(self) -> None:
        """Takes away what ran in the original and is not wanted; what never ran there stays."""
        ran = needed(active(self._graph)).nodes
        gone = [id for id in self._seen.nodes if id not in self._pairs and id in ran]
        spots: dict[Spot, int] = {}
        for id in gone:
            spot = self._original.spot(id)
            if spot is None:
                raise CannotKeepError("a node that goes is inside a group node")
            spots[spot] = spots.get(spot, 0) + 1
        uses: dict[Spot, int] = {}
        for id in self._graph.nodes if spots else ():
            spot = self._original.spot(id)
            if spot in spots:
                uses[spot] = uses.get(spot, 0) + 1
        for spot, count in spots.items():
            if count != uses[spot]:
                raise CannotKeepError("a subgraph that is used several times would differ")
            self._page.remove(spot.level, self._page.node(spot))
        self.removed = gone
