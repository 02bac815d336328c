"""What of a graph is written: known values put in, defaults left out, and only what leads to an output.

It also tells whether a graph can be written at all, and whether two graphs run alike. Each value that is put
in keeps where it came from, so that the text can name it where it is.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.comfyui.catalogue.nearby import version_with_input
from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.comfyui.nodes.editor import OF_THE_EDITOR
from wan22dsl.diagnostics import nearest
from wan22dsl.graph.equality import digests, plain
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.graph.modes import active
from wan22dsl.graph.order import never_ready
from wan22dsl.graph.tracing import switched
from wan22dsl.importing.comments import Origin
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.importing.comments import Origins

#: What an input takes of a value, by the socket type.
_TAKES: dict[str, tuple[type, ...]] = {
    "INT": (int,),
    "FLOAT": (int, float),
    "STRING": (str,),
    "BOOLEAN": (bool,),
    "COMBO": (str,),
}

#: Longer ways through switches are given up.
_LONGEST = 200


class Computed(NamedTuple):
    """A graph with what is known put in, and where that came from."""

    graph: Graph
    origins: Origins


def computed(graph: Graph) -> Computed:
    """The graph with known values in the place of links, and links past what hands on what it gets.

    Nodes that are muted or bypassed stay as they are. What acts on what it hands on, such as one that frees
    memory, stays where it is.
    """
    facts = FactTable(graph)
    origins: Origins = {}
    nodes = {id: _put_in(graph, node, facts, origins) for id, node in graph.nodes.items()}
    return Computed(graph.with_nodes(nodes), origins)


def _put_in(graph: Graph, node: Node, facts: FactTable, origins: Origins) -> Node:
    if node.mode != "active":
        return node
    node_class = graph.class_of(node)
    known = inputs_of(node_class, node.inputs) if node_class is not None else {}
    inputs = dict(node.inputs)
    for name, link in node.links():
        inputs[name] = found = _known(graph, link, known.get(name), facts)
        if not isinstance(found, Link):
            origins[node.id, name] = _origin(graph, link, facts, found)
    return node.changed(inputs=inputs)


def _known(graph: Graph, link: Link, input_: Input | None, facts: FactTable) -> Any:
    value = facts.of(link).value
    if input_ is not None and value is not None and not input_.is_socket:
        takes = [kind for part in input_.type.split(",") for kind in _TAKES.get(part, ())]
        if type(value) in takes:
            return value
    return past(graph, link, facts)


def past(graph: Graph, link: Link, facts: FactTable) -> Link:
    """Where a link comes from, past the nodes that only hand on what they get."""
    for _ in range(_LONGEST):
        node = graph.nodes.get(link.node)
        if node is None or node.mode != "active" or record_of(node.class_name).acts:
            break
        real = switched(graph, link, facts)
        if real is None:
            break
        link = real
    return link


def _origin(graph: Graph, link: Link, facts: FactTable, value: Any) -> Origin:
    """The node that gives a value, and those at which what it is made of begins."""
    first = graph.nodes.get(past(graph, link, facts).node)
    if first is None:
        return Origin(value, (), frozenset())
    waiting, seen, starts = [first], {first.id}, []
    while waiting:
        links = [past(graph, source, facts) for _, source in waiting.pop(0).links()]
        for node in [graph.nodes[source.node] for source in links if source.node in graph.nodes]:
            if node.id in seen:
                continue
            seen.add(node.id)
            waiting.append(node)
            if not node.links() and record_of(node.class_name).role != "loader":
                starts.append(node)
    return Origin(value, (first, *starts), frozenset(seen))


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


def obstacles(graph: Graph) -> list[Diagnostic]:
    """What keeps a graph from being written as a text; empty where nothing does."""
    broken = any(_leads_nowhere(graph, node) for node in graph.nodes.values())
    if graph.nodes and not broken and not never_ready(graph):
        return []
    from wan22dsl.lint.rules.engine import judge  # all rules, where something is wrong

    return [finding for finding in judge(graph)[1] if finding.is_error]


def writable(graph: Graph) -> Graph:
    """The graph without nodes that a text cannot hold: in a circle, linked to nothing, or behind such nodes.

    Where one of them is needed, `obstacles` says so; the others never run.
    """
    lost = {id for id, node in graph.nodes.items() if _leads_nowhere(graph, node)}
    waiting = [*lost]
    while waiting:
        users = {user for user, _, _ in graph.consumers.get(waiting.pop(), ())} - lost
        lost |= users
        waiting += users
    lost |= {*never_ready(graph)}
    kept = {id: node for id, node in graph.nodes.items() if id not in lost}
    return graph.with_nodes(kept) if lost else graph


def nameless(graph: Graph) -> Node | None:
    """The first node with an input, or with a key in one, that has no name: `.wan` writes them by name."""
    return next(
        (
            node
            for node in graph.nodes.values()
            if _lacks_names(node.inputs) or _lacks_names(node.widgets)
        ),
        None,
    )


def _lacks_names(value: Any) -> bool:
    if isinstance(value, dict):
        return "" in value or any(map(_lacks_names, value.values()))
    return type(value) is list and any(map(_lacks_names, value))


def _leads_nowhere(graph: Graph, node: Node) -> bool:
    return any(link.node not in graph.nodes or link.slot < 0 for _, link in node.links()) or not (
        _has_numbers(node.inputs) and _has_numbers(node.widgets)
    )


def _has_numbers(value: Any) -> bool:
    """Whether all numbers in a value are numbers of JSON, and so of the language."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(_has_numbers, value.values()))
    return all(map(_has_numbers, value)) if type(value) is list else True


def needed(graph: Graph, before: Graph | None = None) -> Graph:
    """What leads to an output, where there is one; other nodes never run, though the editor keeps them.

    A node of an unknown class may be an output. It is none if others took what it gives `before` the values
    that it gives were put in; nor is one that gives values and shows them.
    """
    led_on = {} if before is None else before.consumers
    waiting = [
        node.id
        for node in graph.nodes.values()
        if ((found := graph.class_of(node)) is None or found.is_output)
        and not (
            led_on.get(node.id) and (found is None or record_of(node.class_name).role == "value")
        )
    ]
    seen: set[str] = set()
    while waiting:
        id = waiting.pop()
        if id in graph.nodes and id not in seen:
            seen.add(id)
            waiting.extend(link.node for _, link in graph.nodes[id].links())
    kept = {id: node for id, node in graph.nodes.items() if id in seen}
    return graph.with_nodes(kept) if kept else graph


def linked(graph: Graph, ids: Container[str]) -> Graph:
    """What hangs together with the nodes of these ids, in whatever direction."""
    beside: dict[str, set[str]] = {id: set() for id in graph.nodes}
    for node in graph.nodes.values():
        for _, link in node.links():
            if link.node in beside:
                beside[node.id].add(link.node)
                beside[link.node].add(node.id)
    waiting = [id for id in graph.nodes if id in ids]
    seen: set[str] = set()
    while waiting:
        id = waiting.pop()
        if id not in seen:
            seen.add(id)
            waiting.extend(beside[id])
    return graph.with_nodes({id: node for id, node in graph.nodes.items() if id in seen})


class Form(NamedTuple):
    """As what a workflow is compared with a graph.

    A text may have its muted and bypassed nodes or only what runs without them, and the values that come by
    link or what was worked out of them.
    """

    is_active: bool
    is_worked_out: bool

    def of(self, graph: Graph, original: Graph) -> Graph:
        """A workflow in this form; what only gave values in the original leads to no output."""
        return needed(self.whole(graph), original)

    def whole(self, graph: Graph) -> Graph:
        """As `of`, with what leads to no output."""
        runs = active(graph) if self.is_active else graph
        return without_defaults(computed(runs).graph if self.is_worked_out else runs)


#: What runs: with values that come by link, or with what they are.
AS_SENT = (Form(is_active=True, is_worked_out=False), Form(is_active=True, is_worked_out=True))


def runs_alike(workflow: Graph, graph: Graph, original: Graph) -> bool:
    """Whether a workflow sends what a graph does, but for how often equal nodes are there.

    What only gave values in the `original`, and gives them to nothing any more, does not count.
    """
    return any(
        {*digests(form.of(workflow, original)).values()}
        == {*digests(form.of(graph, graph)).values()}
        for form in AS_SENT
    )


def has_all_of(workflow: Graph, graph: Graph) -> bool:
    """Whether a workflow has all that a graph runs, and nothing else that is known to be an output.

    What shows a value and gives it to others is none.
    """
    ends = {
        id
        for id, node in workflow.nodes.items()
        if (found := workflow.class_of(node)) is not None
        and found.is_output
        and not workflow.consumers[id]
    }
    for form in AS_SENT:
        made, wanted = digests(form.whole(workflow)), {*digests(form.of(graph, graph)).values()}
        if wanted <= {*made.values()} and all(made[id] in wanted for id in ends if id in made):
            return True
    return False
