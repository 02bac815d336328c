"""The graph as it is looked at while its text is made: links and constants apart, no repeated defaults."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Union

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.comfyui.catalogue.nearby import version_with_input
from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.comfyui.nodes.editor import OF_THE_EDITOR
from wan22dsl.diagnostics import nearest
from wan22dsl.graph.equality import inputs_of_meaning, plain
from wan22dsl.graph.model import Link
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.graph.model import Graph, Node


def without_defaults(graph: Graph) -> Graph:
    """The graph without optional inputs that only repeat their default, each in its shortest spelling."""
    return graph.with_nodes({node.id: _shorter(graph, node) for node in graph.nodes.values()})


def without_loader_defaults(graph: Graph) -> Graph:
    """The graph without optional inputs of the usual loaders that only repeat their default.

    The editor sends every field. That `device` of a text encoder is "default" says nothing of it, and an
    asset of the library is recognised with it and without.
    """
    loaders = set(written.LOADERS.values())
    nodes = {}
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        if node_class is not None and node.class_name in loaders:
            inputs = _without_defaults(node_class, node.inputs)
            node = node if inputs == node.inputs else node.changed(inputs=inputs)
        nodes[node.id] = node
    return graph.with_nodes(nodes)


def without_added(graph: Graph) -> Graph:
    """The graph without what the editor sends of each node though nobody chose it.

    Those are inputs that its class did not always have, and inputs of its choice, at their defaults.
    """
    nodes = {}
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        versions = record_of(node.class_name).versions
        if node_class is not None and (versions.added or versions.choice_sent):
            node = _without_added(node, node_class)
        nodes[node.id] = node
    return graph.with_nodes(nodes)


def without_idle(graph: Graph) -> Graph:
    """The graph without inputs that change nothing: what the page sends beside rows, a text encoder that
    nobody takes, and inputs of a choice at their defaults.
    """
    nodes = {}
    for node in graph.nodes.values():
        record, node_class = record_of(node.class_name), graph.class_of(node)
        if node_class is not None and record.versions.choice_sent:
            node = _without_added(node, node_class)
        if node_class is not None and record.widgets.rows is not None and record.loras is not None:
            taken = {slot for _, _, slot in graph.consumers.get(node.id, [])}
            idle = set(record.widgets.rows.beside)
            if not any(node_class.outputs[slot].type == "CLIP" for slot in taken):
                idle.add("clip")
            inputs = {name: value for name, value in node.inputs.items() if name not in idle}
            node = node if inputs == node.inputs else node.changed(inputs=inputs)
        nodes[node.id] = node
    return graph.with_nodes(nodes)


def without_stray(graph: Graph) -> Graph:
    """The graph without constants that ComfyUI drops: its class has no input of that name.

    What a newer version of ComfyUI has is kept, what looks like a misspelt input, and of a class of a pack
    everything but what only the page has: another version may take it.
    """
    nodes = {}
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        if node_class is not None and node.mode == "active":
            stray = {name for name in node.inputs if _is_stray(graph, node, node_class, name)}
            inputs = {name: value for name, value in node.inputs.items() if name not in stray}
            node = node.changed(inputs=inputs) if stray else node
        nodes[node.id] = node
    return graph.with_nodes(nodes)


#: Fields that the page has beside the inputs of many classes.
_OF_THE_PAGE = OF_THE_EDITOR | {"control_after_generate"}


def _is_stray(graph: Graph, node: Node, node_class: NodeClass, name: str) -> bool:
    known = inputs_of(node_class, node.inputs)
    record = record_of(node.class_name)
    if name in known or isinstance(node.inputs[name], Link) or name in node.placeholders:
        return False
    if node_class.takes_anything or record.takes_anything or name in record.former:
        return False
    if name in _OF_THE_PAGE:
        return True
    if node_class.pack is not None or "." in name or name in dict(record.undocumented):
        return False
    free = [other for other in known if other not in node.inputs]
    return nearest(name, free) is None and not version_with_input(node_class, name, graph.catalogue)


def _without_added(node: Node, node_class: NodeClass) -> Node:
    versions = record_of(node.class_name).versions
    known = inputs_of(node_class, node.inputs)
    added = dict(versions.added)
    if versions.choice_sent:
        own = {input_.name for input_ in node_class.inputs}
        added.update({name: default_of(known[name]) for name in known if name not in own})
    same = _same_as_defaults(node_class, node.inputs)
    inputs = {
        name: value
        for name, value in node.inputs.items()
        if name not in same
        and (
            name not in added
            or name not in known
            or added[name] is None
            or not value == added[name] == default_of(known[name])
        )
    }
    return node if inputs == node.inputs else node.changed(inputs=inputs)


def automatic_values(node_class: NodeClass, inputs: dict[str, Any]) -> dict[str, Any]:
    """The values that the defaults of inputs stand for which are not given: 8 bits for "auto"."""
    found: dict[str, Any] = {}
    for auto in record_of(node_class.name).versions.automatic:
        known = {input_.name: input_ for input_ in node_class.inputs}
        if auto.input in known and default_of(known[auto.input]) == auto.word and auto.by in known:
            by = inputs.get(auto.by, default_of(known[auto.by]))
            found.update((auto.input, value) for key, value in auto.values if key == by)
    return found


def with_old_spelling(graph: Graph) -> Graph:
    """The graph with `codec` for a `format.codec` that has no `codec` beside it, as in our prompts."""
    nodes = {}
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        inputs = node.inputs
        if node_class is not None and not set(_old_names(node_class, inputs).values()) & set(
            inputs
        ):
            inputs = _spelt_old(node_class, inputs)
        nodes[node.id] = node if inputs == node.inputs else node.changed(inputs=inputs)
    return graph.with_nodes(nodes)


def _shorter(graph: Graph, node: Node) -> Node:
    node_class = graph.class_of(node)
    if node_class is None:
        return node
    inputs = _without_defaults(node_class, _spelt_once(node_class, node.inputs))
    inputs = _without_defaults(node_class, _spelt_old(node_class, inputs))
    return node if inputs == node.inputs else node.changed(inputs=inputs)


def _without_defaults(node_class: NodeClass, inputs: dict[str, Any]) -> dict[str, Any]:
    known = inputs_of(node_class, inputs)
    same = _same_as_defaults(node_class, inputs)
    return {
        name: value
        for name, value in inputs.items()
        if isinstance(value, Link)
        or name not in known
        or (name not in same and not _repeats(node_class, known, name, value))
    }


def _same_as_defaults(node_class: NodeClass, inputs: dict[str, Any]) -> set[str]:
    """The inputs that state the value which their default stands for: 8 bits, as "auto" takes for sRGB."""
    values = automatic_values(node_class, inputs)
    return {name for name, value in values.items() if inputs.get(name) == value}


def _repeats(node_class: NodeClass, known: dict[str, Input], name: str, value: Any) -> bool:
    input_ = known[name]
    default = default_of(input_)
    if default is None or not _is_free(node_class, input_):
        return False
    return isinstance(value, bool) == isinstance(default, bool) and bool(
        plain(value) == plain(default)
    )


def _is_free(node_class: NodeClass, input_: Input) -> bool:
    return (
        not input_.required
        and not input_.is_socket
        and input_.name not in record_of(node_class.name).other_left_out
    )


# --- 0.33's SaveVideo: `codec` does for `format.codec`, which counts where both are sent ---


def _spelt_once(node_class: NodeClass, inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs without the old spelling of those that have the new one."""
    old = _old_names(node_class, inputs).values()
    return {name: value for name, value in inputs.items() if name.partition(".")[0] not in old}


def _spelt_old(node_class: NodeClass, inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs in the old spelling, which other versions know as well, where that says all."""
    old = {
        new: name
        for new, name in _old_names(node_class, inputs).items()
        if not any(other.startswith(f"{new}.") for other in inputs)
    }
    return {old.get(name, name): value for name, value in inputs.items()}


def _old_names(node_class: NodeClass, inputs: dict[str, Any]) -> dict[str, str]:
    """The old name for each given input of a choice that has one."""
    own = {
        input_.name
        for input_ in node_class.inputs
        if not input_.required and input_.branches is not None
    }
    names = {name: name.rpartition(".")[2] for name in inputs if "." in name}
    return {new: old for new, old in names.items() if old in own}


class Value(NamedTuple):
    """A constant of an input, as JSON has it."""

    json: Any


class Absent(NamedTuple):
    """An input that is not there."""


ABSENT = Absent()


class SizeBy(NamedTuple):
    """A size of which one side at least is known only when it runs."""

    width: Link | Value
    height: Link | Value


#: What can be in an input, or in the two inputs of a size.
Target = Union[Link, Value, Absent, SizeBy]


class Sight:
    """A graph whose links all lead somewhere and never in a circle."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._inputs: dict[str, dict[str, Target]] = {}

    def node(self, id: str) -> Node:
        """A node by its id."""
        return self.graph.nodes[id]

    def class_of(self, id: str) -> NodeClass | None:
        """The class of a node."""
        return self.graph.class_of(self.graph.nodes[id])

    def inputs(self, id: str) -> dict[str, Target]:
        """The inputs of a node with the defaults that it needs, constants in one spelling."""
        if id not in self._inputs:
            found = inputs_of_meaning(self.graph, self.graph.nodes[id])
            self._inputs[id] = {
                name: value if isinstance(value, Link) else Value(value)
                for name, value in found.items()
            }
        return self._inputs[id]

    def input(self, id: str, name: str) -> Target:
        """What is in an input of a node."""
        return self.inputs(id).get(name, ABSENT)

    def type_of(self, link: Link) -> str:
        """The socket type of an output; `*` where it is not known."""
        found = self.class_of(link.node)
        if found is None or not 0 <= link.slot < len(found.outputs):
            return "*"
        return found.outputs[link.slot].type

    def type_of_input(self, node: Node, name: str) -> str:
        """The type of an input; `*` where it is not known."""
        node_class = self.graph.class_of(node)
        found = {} if node_class is None else inputs_of(node_class, node.inputs)
        return found[name].type if name in found else "*"

    def slot_named(self, id: str, name: str) -> int | None:
        """The slot of an output by its name; None where there is none, or several."""
        found = self.class_of(id)
        slots = (
            [at for at, output in enumerate(found.outputs) if output.name == name] if found else []
        )
        return slots[0] if len(slots) == 1 else None

    def output(self, id: str, slot: int) -> str:
        """How an output is chosen: `.name`, `[1]`, or nothing where there is only one."""
        found = self.class_of(id)
        if found is None or not 0 <= slot < len(found.outputs):
            return f"[{slot}]"
        if len(found.outputs) == 1:
            return ""
        name = found.outputs[slot].name
        if not name or self.slot_named(id, name) is None:
            return f"[{slot}]"
        return f".{spelling.member(name)}"

    def needs(self, id: str) -> set[str]:
        """The nodes that a node is linked to."""
        return {link.node for _, link in self.node(id).links()}

    def above(self, id: str) -> frozenset[str]:
        """The node and all that it needs."""
        return self._above[id]

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for node in self.ordered:
            mine = {node.id}
            for _, link in node.links():
                mine |= found[link.node]
            found[node.id] = frozenset(mine)
        return found

    @cached_property
    def ordered(self) -> list[Node]:
        """The nodes, each behind those that it needs, else in their order."""
        done: dict[str, None] = {}
        for first in self.graph.nodes:
            pending = [first]
            while pending:
                id = pending[-1]
                missing = [link.node for _, link in self.node(id).links() if link.node not in done]
                if missing and id not in done:
                    pending.extend(reversed(missing))
                    continue
                done.setdefault(id)
                pending.pop()
        return [self.graph.nodes[id] for id in done]

    @cached_property
    def twins(self) -> frozenset[str]:
        """The nodes that equal one before them; in a pipeline such nodes become one unless titles differ."""
        seen: dict[tuple[Any, ...], str] = {}
        found = set()
        for node in self.ordered:
            key = (node.class_name, node.mode, repr(sorted(self.inputs(node.id).items())))
            if seen.setdefault(key, node.id) != node.id:
                found.add(node.id)
        return frozenset(found)
