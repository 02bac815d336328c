"""What an estimate leaves out, why, and how to get it. Where something is left out there is no total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.cost.work import lacks_clip
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.passes.recognition import recognise
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from wan22dsl.comfyui.catalogue.schema import Output
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.recognition import Pass

#: Inputs of nodes that sample, whatever pack they come from.
_MODELS = frozenset({"MODEL", "GUIDER", "WANVIDEOMODEL"})
_LATENTS = frozenset({"LATENT"})

#: Types of values that are no pictures, models or latents.
_PLAIN = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "NUMBER"})


class Uncounted(NamedTuple):
    """A pass or a node whose cost is not known. `id` is that of a pass (as in `passes`) or of a node."""

    id: str
    name: str
    reason: str
    help: str


def of_pass(pass_: Pass, *, has_shape: bool, has_steps: bool) -> Uncounted | None:
    """Why the cost of a pass is not known; None where it is."""
    family = None if pass_.model is None else pass_.model.family
    if family is None:
        reason = "the model is not known"
        help = "Declare the file as a `model` with its `family`, or use a file name that shows it."
    elif family == "1_3b":
        reason, help = "the 1.3B model was never measured", "Run it once: `wan run` measures it."
    elif not has_shape:
        reason = "the size or the number of frames is not known"
        help = "Write width, height and length as numbers where the latent is made."
    elif not has_steps:
        reason = "the number of steps is not known"
        help = "Write the steps as numbers, with a known sampler and scheduler."
    else:
        return None
    return Uncounted(pass_.id, pass_.name, reason, help)


def of_nodes(graph: Graph, facts: FactTable, sampling: Collection[str]) -> Iterator[Uncounted]:
    """The nodes whose cost is not known. `sampling` are the ids of the nodes that are passes."""
    for node in graph.nodes.values():
        if node.id in sampling:
            continue
        if lacks_clip(node, facts):
            help = "Write the size and the number of frames as numbers where they are made."
            reason = "the number of frames is not known"
            yield Uncounted(node.id, _called(node), reason, help)
        elif node_class_is_unknown(graph, node):
            help = "Run it once on a real server: `wan run` measures it."
            reason = f"no cost is known for {node.class_name}"
            yield Uncounted(node.id, _called(node), reason, help)


def of_loops(passes: Iterable[Pass]) -> Iterator[Uncounted]:
    """Passes in a loop of which nobody knows before how often it runs."""
    for pass_ in passes:
        reason = "how often its loop runs is known only when it runs"
        help = "Write the number of iterations of its StartLoop as a number."
        yield Uncounted(pass_.id, pass_.name, reason, help)


def not_counted(graph: Graph) -> tuple[str, ...]:
    """What a simulation of a graph does not count, in words: nodes of unknown cost, samplers that are not
    simulated, and unknown models.
    """
    facts = FactTable(graph)
    passes = recognise(graph, facts)
    sampling = {pass_.node.id for pass_ in passes}
    found = [
        of_pass(pass_, has_shape=True, has_steps=True)
        if _is_simulated(graph, pass_.node)
        else Uncounted(pass_.id, pass_.node.id, f"{pass_.node.class_name} is not simulated", "")
        for pass_ in passes
    ]
    nodes = [
        Uncounted(node.id, _called(node), f"no cost is known for {node.class_name}", "")
        for node in graph.nodes.values()
        if node.id not in sampling and node_class_is_unknown(graph, node)
    ]
    return tuple(
        f"{uncounted.name}: {uncounted.reason}"
        for uncounted in (*found, *nodes)
        if uncounted is not None
    )


def _is_simulated(graph: Graph, sampler: Node) -> bool:
    """Whether a simulated server counts the steps of a sampler: those that take ComfyUI's own models."""
    known = graph.catalogue.get(sampler.class_name)
    takes = {input_.type for input_ in known.inputs} if known is not None else set()
    return known is None or bool(takes & {"MODEL", "GUIDER"})


def node_class_is_unknown(graph: Graph, node: Node) -> bool:
    """Whether nothing is known of what a node costs: custom classes, samplers that are no pass, heavy ones.

    A custom class that only takes and gives numbers, strings and switches costs nothing worth counting.
    """
    known = graph.catalogue.get(node.class_name)
    if known is None:
        return not _is_plain(graph, node)
    if record_of(node.class_name).no_formula:
        return True
    takes = {input_.type for input_ in known.inputs}
    gives = {output.type for output in known.outputs}
    return bool(takes & _MODELS and takes & _LATENTS and gives & _LATENTS)


def _is_plain(graph: Graph, node: Node) -> bool:
    """Whether all links of a node carry constants, as far as the classes at their other ends are known."""
    kinds: list[str | None] = []
    for _, link in node.links():
        outputs = _outputs(graph, link.node)
        kinds.append(outputs[link.slot].type if 0 <= link.slot < len(outputs) else None)
    for id, name, _ in graph.consumers.get(node.id, ()):
        known = graph.catalogue.get(graph.nodes[id].class_name)
        inputs = inputs_of(known, graph.nodes[id].inputs) if known is not None else {}
        kinds.append(inputs[name].type if name in inputs else None)
    return bool(kinds) and all(kind in _PLAIN for kind in kinds)


def _outputs(graph: Graph, id: str) -> tuple[Output, ...]:
    node = graph.nodes.get(id)
    known = graph.catalogue.get(node.class_name) if node is not None else None
    return known.outputs if known is not None else ()


def _called(node: Node) -> str:
    return node.label or node.title or node.id
