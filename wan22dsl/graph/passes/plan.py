"""Which node belongs to which pass or stage, read from the graph alone.

A pass owns its sampler, all that only it needs before that, and the decode of its latent. What is behind
the samplers and is not needed by another pass belongs to the stage that it was written in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.passes.recognition import in_flow_order, recognise
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.graph.passes.samplers import Settings
    from wan22dsl.source import Span

Role = Literal["load", "sample", "decode", "rest"]

#: What a loader gives; a node that takes none of its kind and gives one reads a file.
_LOADED = frozenset({"MODEL", "CLIP", "VAE", "CLIP_VISION", "AUDIO_ENCODER", "UPSCALE_MODEL"})


class Part(NamedTuple):
    """What a node is for: `owner` is the name of a pass or of a stage."""

    owner: str
    role: Role


class PassPlan(NamedTuple):
    """A sampler that will run. A sampler that changes experts by itself counts once, as one pass.

    `steps` are its own, `total` those of the whole schedule that it runs or shares.
    """

    name: str
    node: str
    steps: int | None
    total: int | None
    cfg: float | None
    width: int | None
    height: int | None
    frames: int | None
    model: str


class Plan(NamedTuple):
    """`parts` has every node of the graph; `stages` the owners that are no passes, in their order.

    `model_loaders` are the nodes that read the file of a model.
    """

    parts: Mapping[str, Part]
    passes: tuple[PassPlan, ...]
    stages: tuple[str, ...]
    spans: Mapping[str, Span | None]
    model_loaders: frozenset[str]

    def part_of(self, node: str, piece: str = "") -> Part | None:
        """What a node is for, within a piece of a staged run.

        There a pass makes once more what it shares with the one before, and the last piece loads the
        VAE for the last pass.
        """
        part = self.parts.get(node)
        if part is None or not piece or part.role not in {"load", "rest"}:
            return part
        names = [pass_plan.name for pass_plan in self.passes]
        if part.owner not in names:
            return part
        return part._replace(owner=piece if piece in names else names[-1])


def plan(graph: Graph) -> Plan:
    """The plan of a graph."""
    found = in_flow_order(recognise(graph, FactTable(graph)))
    names = _names(found)
    parts: dict[str, Part] = {}
    for pass_ in found:
        for consumer, _, _ in graph.consumers.get(pass_.node.id, []):
            if is_decode(graph, graph.nodes[consumer]):
                parts.setdefault(consumer, Part(names[pass_.node.id], "decode"))
    below = _below(graph, names)
    staged = {id for id in below if graph.nodes[id].stage}
    seen: set[str] = set()
    for pass_ in found:
        owner = names[pass_.node.id]
        for id in _above(graph, pass_.node.id, seen):
            if id not in staged:
                parts.setdefault(id, Part(owner, _role(graph, graph.nodes[id], names)))
    # What comes after another sampler is a pass's own only where it was written in its stage.
    between = below - names.keys()
    seen_for: dict[str, set[str]] = {graph.nodes[id].stage: set() for id in staged}
    for pass_ in found:
        owner, stage = names[pass_.node.id], pass_.node.stage
        for id in _above(graph, pass_.node.id, seen_for.get(stage, set()), between):
            if id in staged and graph.nodes[id].stage == stage:
                parts.setdefault(id, Part(owner, _role(graph, graph.nodes[id], names)))
    for id, stage in _stages(graph).items():
        parts.setdefault(id, Part(stage, "rest"))
    owners = {part.owner: None for id in graph.nodes for part in (parts[id],)}
    ranges: dict[str, list[Settings]] = {}
    for pass_ in found:
        ranges.setdefault(pass_.node.id, []).append(pass_.settings)
    passes = tuple(_pass_plan(pass_, names, ranges[pass_.node.id]) for pass_ in _once(found))
    of_passes = {pass_plan.name for pass_plan in passes}
    return Plan(
        parts={id: parts[id] for id in graph.nodes},
        passes=passes,
        stages=tuple(name for name in owners if name not in of_passes),
        spans={id: node.span for id, node in graph.nodes.items()},
        model_loaders=frozenset(
            id for id, node in graph.nodes.items() if _loads(graph, node, {"MODEL"})
        ),
    )


def is_decode(graph: Graph, node: Node) -> bool:
    """Whether a node turns a latent into frames."""
    found = graph.class_of(node)
    if found is None:
        return record_of(node.class_name).role == "decode"
    takes = any(input_.type == "LATENT" for input_ in found.inputs)
    return takes and bool(found.outputs) and found.outputs[0].type == "IMAGE"


def _names(found: list[Pass]) -> dict[str, str]:
    """Sampler → the name of its pass; the id of the node where two have one name."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for pass_ in _once(found):
        name = pass_.node.stage or pass_.node.id
        name = pass_.node.id if name in taken else name
        names[pass_.node.id] = name
        taken.add(name)
    return names


def _once(found: Iterable[Pass]) -> list[Pass]:
    return list({pass_.node.id: pass_ for pass_ in reversed(list(found))}.values())[::-1]


def _above(
    graph: Graph, id: str, seen: set[str], within: AbstractSet[str] | None = None
) -> Iterator[str]:
    """The node and all that it needs, of which nothing was seen yet; of the others only those `within`."""
    waiting = [id] if id not in seen else []
    seen.add(id)
    while waiting:
        current = waiting.pop()
        yield current
        for _, link in graph.nodes[current].links():
            if (
                link.node not in seen
                and link.node in graph.nodes
                and (within is None or link.node in within)
            ):
                seen.add(link.node)
                waiting.append(link.node)


def _below(graph: Graph, names: Iterable[str]) -> set[str]:
    """Everything that comes after a sampler."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        for consumer, _, _ in graph.consumers.get(waiting.pop(), []):
            if consumer not in seen:
                seen.add(consumer)
                waiting.append(consumer)
    return seen


def _role(graph: Graph, node: Node, samplers: Mapping[str, str]) -> Role:
    if node.id in samplers:
        return "sample"
    if is_decode(graph, node):
        return "decode"
    found = graph.class_of(node)
    gives = {output.type for output in found.outputs} if found is not None else set()
    return "load" if "MODEL" in gives or _loads(graph, node) else "rest"


def _loads(graph: Graph, node: Node, kinds: AbstractSet[str] = _LOADED) -> bool:
    found = graph.class_of(node)
    if found is None:
        return False
    return any(output.type in kinds for output in found.outputs) and not any(node.links())


def _stages(graph: Graph) -> dict[str, str]:
    """The stage of each node; what has none belongs to who takes it, and to itself where nobody has one."""
    stages: dict[str, str] = {}
    for start in graph.nodes:
        path: dict[str, None] = {}
        current: str | None = start
        while current is not None and current not in stages and current not in path:
            path[current] = None
            takers = graph.consumers.get(current, [])
            own = graph.nodes[current].stage
            current = takers[0][0] if takers and not own else None
        end = next(reversed(path), start)
        stage = stages.get(current or end, "") or graph.nodes[end].stage
        stages.update(dict.fromkeys(path, stage))
    return {id: stage or id for id, stage in stages.items()}


def _pass_plan(pass_: Pass, names: Mapping[str, str], parts: list[Settings]) -> PassPlan:
    known = [own.end - own.start for own in parts if own.start is not None and own.end is not None]
    return PassPlan(
        name=names[pass_.node.id],
        node=pass_.node.id,
        steps=sum(known) if len(known) == len(parts) else None,
        total=pass_.settings.steps,
        cfg=pass_.settings.cfg,
        width=pass_.latent.width,
        height=pass_.latent.height,
        frames=pass_.latent.frames,
        model=pass_.model.file if pass_.model is not None else "",
    )
