"""A graph without what it says twice: optional inputs that repeat their default, as the editor sends them.

That such an input does the same as none was compared with the functions of the nodes themselves, in ComfyUI
0.25 and in the packs that are bundled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.catalogue.inputs import default_of, inputs_of
from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link
from wan22dsl.program import kinds

if TYPE_CHECKING:
    from wan22dsl.catalogue.schema import Input, NodeClass
    from wan22dsl.graph.model import Graph, Node

#: Left out, these do something else than what the class calls their default (kijai/ComfyUI-KJNodes).
_OTHERWISE = frozenset({("InjectNoiseToLatent", "seed")})


def without_defaults(graph: Graph) -> Graph:
    """The graph without optional inputs that only repeat their default, each in its shortest spelling."""
    return graph.with_nodes({node.id: _shorter(graph, node) for node in graph.nodes.values()})


def without_loader_defaults(graph: Graph) -> Graph:
    """The graph without optional inputs of the usual loaders that only repeat their default.

    The editor sends every field. That `device` of a text encoder is "default" says nothing of it, and an
    asset of the library is recognised with it and without.
    """
    loaders = {asset.loader for asset in kinds.ASSETS.values()}
    nodes = {}
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        if node_class is not None and node.class_name in loaders:
            inputs = _without_defaults(node_class, node.inputs)
            node = node if inputs == node.inputs else node.changed(inputs=inputs)
        nodes[node.id] = node
    return graph.with_nodes(nodes)


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


def optional_defaults(node_class: NodeClass) -> dict[str, Any]:
    """The defaults of the inputs that may be left out."""
    found = {one.name: default_of(one) for one in node_class.inputs if _is_free(node_class, one)}
    return {name: value for name, value in found.items() if value is not None}


def _shorter(graph: Graph, node: Node) -> Node:
    node_class = graph.class_of(node)
    if node_class is None:
        return node
    inputs = _without_defaults(node_class, _spelt_once(node_class, node.inputs))
    inputs = _without_defaults(node_class, _spelt_old(node_class, inputs))
    return node if inputs == node.inputs else node.changed(inputs=inputs)


def _without_defaults(node_class: NodeClass, inputs: dict[str, Any]) -> dict[str, Any]:
    known = inputs_of(node_class, inputs)
    return {
        name: value
        for name, value in inputs.items()
        if isinstance(value, Link)
        or name not in known
        or not _repeats(node_class, known, name, value)
    }


def _repeats(node_class: NodeClass, known: dict[str, Input], name: str, value: Any) -> bool:
    one = known[name]
    default = default_of(one)
    if default is None or not _is_free(node_class, one):
        return False
    return isinstance(value, bool) == isinstance(default, bool) and bool(
        plain(value) == plain(default)
    )


def _is_free(node_class: NodeClass, one: Input) -> bool:
    return not one.required and not one.is_socket and (node_class.name, one.name) not in _OTHERWISE


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
    own = {one.name for one in node_class.inputs if not one.required and one.branches is not None}
    names = {name: name.rpartition(".")[2] for name in inputs if "." in name}
    return {new: old for new, old in names.items() if old in own}
