"""Pipelines: their settings, the family of their first pass, their flow, and the graph that is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import assets, declared, messages
from wan22dsl.graph.build.inputs import name_own_files
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env, Flow, Flows, Thunk
from wan22dsl.graph.build.work import OF_A_PASS
from wan22dsl.graph.model import Draft, Graph
from wan22dsl.language.program import kinds, names
from wan22dsl.language.program.values import BROKEN, Nothing
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Call, Chain, Derived, Group, List, Name
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Setting, Value, Wire
    from wan22dsl.graph.model import Node
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.source import Span


def result(b: Builder, block: Declared, settings: Settings, node: Nested, env: Env) -> Value:
    """What a pipeline gives where another one uses it; built once, its ids begin with its name."""
    kept = b.results.get(id(block))
    if kept is not None:
        return kept[1]
    b.results[id(block)] = (block, BROKEN)  # for a pipeline that comes back to itself
    made = build(b, block, f"{settings.prefix}{block.name}.")
    b.results[id(block)] = (block, made)
    return made


def build(b: Builder, block: Declared, prefix: str = "") -> Value:
    """Builds the nodes of a pipeline; gives what its flow gives."""
    b.work.spend(OF_A_PASS)
    settings = Settings(b, (block,), prefix=prefix)
    settings.family = family_of(b, block, settings)
    flow = settings.get("flow", kinds.FLOW)
    with b.within(prefix, ""):
        if isinstance(flow, Nothing):
            _no_flow(b, block)
            given: Value = BROKEN
        else:
            written = block.settings["flow"]
            given = b.give(flow, written.value, written.env, settings)
        for local in block.env.local.values():
            if isinstance(local, Thunk):
                b.force(local, settings)
    b.pipelines.append((block, settings))
    return given


def _no_flow(b: Builder, block: Declared) -> None:
    b.say(
        messages.MISSING_SETTING,
        block.span,
        kind="pipeline",
        name=block.name,
        setting="flow",
        needed="",
        why="The flow defines the work, from the first pass to the saved file.",
        help='Write `flow = high -> low -> save("name")`.',
    )


def family_of(b: Builder, block: Declared, settings: Settings) -> Declared | None:
    """The family of a pipeline: the one that is set, else that of the first pass in its flow."""
    if "family" in block.settings:
        found = settings.get("family", Type("family"))
        if not isinstance(found, Nothing):
            return found if isinstance(found, Declared) else None
    flow = block.settings.get("flow")
    if flow is None:
        return None
    first = _first_pass(b, _looked_at(b, flow.value, flow.env, settings), settings, set())
    if first is None:
        return None
    model = first.settings.get("model") or block.settings.get("model")
    if model is None:
        return None
    asset = model_of(b, _looked_at(b, model.value, model.env, settings), settings)
    return assets.family(b, asset, settings) if isinstance(asset, Declared) else None


def looked_at(b: Builder, setting: Setting, settings: Settings) -> Value | None:
    """What a setting stands for, if it can be known without making a node."""
    return _looked_at(b, setting.value, setting.env, settings)


def passes_of(b: Builder, flow: Setting, settings: Settings) -> list[Declared]:
    """The passes that a flow names itself, in order."""
    found: list[Declared] = []
    left: list[Value | None] = [looked_at(b, flow, settings)]
    for _ in range(1000):  # a flow that comes back to itself is reported elsewhere
        if not left:
            break
        value = left.pop(0)
        if isinstance(value, Declared) and value.kind == "pass":
            found.append(value)
        elif isinstance(value, (Flow, Flows)):
            elements = value.elements if isinstance(value, Flow) else value.items
            left = [
                *(_looked_at(b, expression, value.env, settings) for expression in elements),
                *left,
            ]
    return found


def model_of(b: Builder, model: Value | None, settings: Settings) -> Value | None:
    """A model, or the one that a flow begins with, as in `my_high -> sage()`."""
    while isinstance(model, Flow):
        model = _looked_at(b, model.elements[0], model.env, settings)
    return model


def _first_pass(
    b: Builder, value: Value | None, settings: Settings, seen: set[tuple[bool, Module, int]]
) -> Declared | None:
    """The first pass that a flow runs. What gave no pass is not looked at again."""
    if isinstance(value, Declared):
        return value if value.kind == "pass" else None
    if not isinstance(value, (Flow, Flows)):
        return None
    elements = value.elements if isinstance(value, Flow) else value.items
    place = (isinstance(value, Flow), value.env.module, elements[0].start if elements else 0)
    if place in seen:
        return None
    seen.add(place)
    for element in elements:
        first = _first_pass(b, _looked_at(b, element, value.env, settings), settings, seen)
        if first is not None:
            return first
    return None


def _looked_at(b: Builder, element: Nested, env: Env, settings: Settings) -> Value | None:
    """What an expression stands for, if it can be told without making a node."""
    while isinstance(element, Group):
        element = element.inner
    if isinstance(element, Name):
        return _named(b, element, env, settings)
    if isinstance(element, Call) and isinstance(element.callee, Name):
        callee = _named(b, element.callee, env, settings)
        return b.evaluate(element, env, settings) if isinstance(callee, Declared) else None
    if isinstance(element, (Chain, List)):
        return b.evaluate(element, env, settings, want=kinds.FLOW)
    return None


def _named(b: Builder, name: Name, env: Env, settings: Settings) -> Value | None:
    head, *rest = spelling.name_parts(name.text)
    local = env.find(head)
    if isinstance(local, Thunk):
        return None if rest else _looked_at(b, local.expression, local.env, settings)
    if head in ("pipeline", "_") or local is not None:
        return None
    meant, rest = names.declared(env.module, head, rest)
    if meant is None or rest:
        return None
    module, found = meant
    if isinstance(found, Derived) and found.word.text == "let":
        circular = found.name.text in module.circular
        return None if circular else _looked_at(b, found.value, Env(module), settings)
    return declared.value(b, module, found, settings)


def finished(b: Builder, name: str, span: Span, results: list[Wire]) -> Graph | Draft:
    """The graph of a build. A plain graph keeps what is written, in its order."""
    nodes = b.nodes
    if b.merge and not (b.lost or b.wrong):
        nodes = _ordered(_needed(b, results))
    for node in nodes.values():
        node.title = node.title or node.id
    graph = Graph(name, nodes, b.catalogue, span)
    name_own_files(b, graph)
    if not b.incomplete:
        return graph
    return Draft(graph, frozenset(b.broken), b.wrong, b.wrong or b.lost)


def _needed(b: Builder, results: list[Wire]) -> dict[str, Node]:
    """What leads to an output, or to what the pipeline gives to another."""
    pending = [wire.link.node for wire in results]
    for node in b.nodes.values():
        schema = b.catalogue.get(node.class_name)
        if schema is None or schema.is_output:
            pending.append(node.id)
    needed: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending.extend(link.node for _, link in b.nodes[name].links() if link.node in b.nodes)
    return {name: node for name, node in b.nodes.items() if name in needed}


def _ordered(nodes: dict[str, Node]) -> dict[str, Node]:
    """The same nodes, each loader right before its first user.

    ComfyUI runs nodes in the order of the prompt's keys as far as the links allow, so a loader that
    comes early is loaded early, while the pass before it still needs the memory.
    """
    found: dict[str, Node] = {}
    used = {link.node for node in nodes.values() for _, link in node.links()}
    for name, node in nodes.items():
        links = list(node.links())
        if not links and name in used:
            continue
        for _, link in links:
            if link.node not in found and link.node in nodes:
                found[link.node] = nodes[link.node]
        found[name] = node
    return found
