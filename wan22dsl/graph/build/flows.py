"""Runs flows and pipelines: hands a value from one element to the next, and gives what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import calls, changes, members, messages, sampling
from wan22dsl.graph.build.assets import family_of
from wan22dsl.graph.build.builder import OF_A_PASS
from wan22dsl.graph.build.inputs import name_own_files
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import (
    ENDED,
    Chosen,
    Declared,
    Ended,
    Env,
    Flow,
    Flows,
    Open,
    Outputs,
    StageName,
    Thunk,
    Wire,
    describe,
)
from wan22dsl.graph.model import Draft, Graph
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.syntax.tree import (
    Arrow,
    Call,
    Chain,
    ClassName,
    Group,
    Index,
    List,
    Member,
    Name,
    nest,
)
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Value
    from wan22dsl.graph.model import Node
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.source import Span


def give(
    b: Builder,
    value: Value,
    node: Nested,
    env: Env,
    settings: Settings,
    want: Type | None = None,
) -> Value:
    """What a flow, a pass or a pipeline gives when it runs, where it lacks nothing."""
    if isinstance(value, Flow):
        return run(b, value, settings)
    if isinstance(value, Flows):
        return _all(b, value, settings, None)
    if isinstance(value, Declared) and value.kind == "pass":
        return sampling.run_pass(b, value, None, settings, node, env)
    if isinstance(value, Declared) and value.kind == "pipeline":
        return _pipeline_result(b, value, settings, node, env)
    if isinstance(value, Open):
        call = value.call
        if not calls.waits(value.target.stage, call):
            return calls.call_stage(
                b, value.target, call.arguments, None, value.env, settings, call
            )
        return _waiting(b, value.target, node, env, want)
    if isinstance(value, Chosen):
        found = value.stage
        target = found.target if isinstance(found, Open) else found
        return _waiting(b, target, node, env, want)
    if isinstance(value, StageName):
        if calls.needed_of(value.stage) is None:
            return calls.call_stage(b, value, (), None, env, settings, node)
        return _waiting(b, value, node, env, want)
    if isinstance(value, Unknown) and value.type.name == "flow":
        b.lost = True
        return Unknown(Type("*"))
    b.gap = b.gap or isinstance(value, Broken)
    return value


def _waiting(b: Builder, target: StageName, node: Nested, env: Env, want: Type | None) -> Broken:
    name = target.stage.name.text
    wanted = f"a link of type {want.name}" if want is not None and want.is_socket else "a value"
    b.say(messages.WAITS, env.span(node), what=f"the stage `{name}`", wanted=wanted, name=name)
    return BROKEN


def run(b: Builder, flow: Flow, settings: Settings, brought: Value | None = None) -> Value:
    """Runs a flow; `brought` goes to its first element when something is in front of it.

    Behind a mistake the rest is still looked at, with a value that is not known.
    """
    return b.work.once(flow, brought, settings, lambda: _run(b, flow, settings, brought))


def _run(b: Builder, flow: Flow, settings: Settings, brought: Value | None) -> Value:
    value = brought
    wrong = False
    for element in flow.elements:
        if value is None:
            value = _first(b, element, flow.env, settings)
        else:
            value = apply(b, element, value, flow.env, settings)
        if isinstance(value, Broken):
            wrong, value = True, Unknown(Type("*"))
    if wrong or value is None:
        return BROKEN
    return value


def rehearse(b: Builder, flow: Flow, settings: Settings) -> None:
    """Runs a flow on its own, with a value that is not known where it waits for one."""
    found = _beginning(b, flow, settings)
    if isinstance(found, Declared) and found.kind == "pipeline":
        return  # that one is built
    waits = (
        calls.needed_of(found.stage) is not None
        if isinstance(found, StageName)
        else isinstance(found, Open) and calls.waits(found.target.stage, found.call)
    )
    run(b, flow, settings, Unknown(Type("*")) if waits else None)


def _beginning(b: Builder, flow: Flow, settings: Settings) -> Value:
    """What a flow begins with, through all the flows that its first element names."""
    passed: list[Flow] = []
    found: Value = flow
    while isinstance(found, Flow) and id(found) not in b.begins:
        passed.append(found)
        found = b.evaluate(found.elements[0], found.env, settings)
    if isinstance(found, Flow):
        found = b.begins[id(found)][1]
    b.begins.update((id(before), (before, found)) for before in passed)
    return found


def _first(b: Builder, element: Nested, env: Env, settings: Settings) -> Value:
    """What a flow begins with. A name of something made elsewhere does not name a branch."""
    found = b.evaluate(element, env, settings)
    pending = b.pending and not (isinstance(element, Name) and not isinstance(found, StageName))
    if not pending:
        with b.within(b.base, b.stage):
            return give(b, found, element, env, settings)
    return give(b, found, element, env, settings)


def apply(b: Builder, element: Nested, value: Value, env: Env, settings: Settings) -> Value:
    """Hands a value to one element of a flow."""
    if isinstance(value, Ended):
        b.say(messages.GIVES_NOTHING, env.span(element), what="the value before the arrow")
        value = Unknown(Type("*"))
    elif isinstance(value, Nothing):
        b.say_missing(value, env.span(element), settings)
        value = Unknown(Type("*"))
    if isinstance(element, List):
        return _each(b, element.items, env, settings, value)
    if isinstance(element, Group):
        return apply(b, element.inner, value, env, settings)
    if isinstance(element, Chain):
        nested = nest(element)
        if isinstance(nested, Arrow):
            return run(b, Flow(nested.elements, env), settings, value)
    if isinstance(element, (Member, Index)):
        return _chosen(b, element, value, env, settings)
    if isinstance(element, Call):
        if isinstance(element.callee, ClassName):
            return _into_node(b, element, value, env, settings)
        callee = b.named(element.callee, env, settings)
        if isinstance(callee, StageName):
            return _into_stage(b, callee, element, value, env, settings)
    found = b.evaluate(element, env, settings)
    return into(b, found, element, value, env, settings)


def into(
    b: Builder, found: Value, element: Nested, value: Value, env: Env, settings: Settings
) -> Value:
    """Hands a value to what an element stands for; `env` is where the element is written."""
    if isinstance(found, StageName):
        return calls.call_stage(b, found, (), value, env, settings, element)
    if isinstance(found, Open):
        return _into_stage(b, found.target, found.call, value, found.env, settings)
    if isinstance(found, Chosen):
        made = into(b, found.stage, element, value, env, settings)
        return members.member(b, made, found.output, element, env, settings)
    if isinstance(found, Flow):
        return run(b, found, settings, value)
    if isinstance(found, Flows):
        return _all(b, found, settings, value)
    if isinstance(found, Declared) and found.kind == "pass":
        return sampling.run_pass(b, found, value, settings, element, env)
    if isinstance(found, Broken):
        b.gap = True
        return BROKEN
    if isinstance(found, Unknown) and found.type.name in ("flow", "*"):
        b.lost = True
        return Unknown(Type("*"))
    help = 'Name a stage, such as `save("name")`.'
    if isinstance(found, Declared) and found.kind == "pipeline":
        help = f"A pipeline has no input: put it first, `{found.name} -> …`."
    elif isinstance(found, Constant):
        help = 'Write a stage that takes it, such as `save("name")`.'
    b.say(messages.CANNOT_TAKE, env.span(element), what=describe(found), help=help)
    return BROKEN


def _into_stage(
    b: Builder, target: StageName, call: Call, value: Value, env: Env, settings: Settings
) -> Value:
    """A call of a stage; where `_` is in its arguments, the value goes only there."""
    inner = Env(env.module, env)
    inner.brought = value
    explicit = any(_uses_underscore(item) for item in call.arguments)
    handed = None if explicit else value
    return calls.call_stage(b, target, call.arguments, handed, inner, settings, call)


def _into_node(b: Builder, call: Call, value: Value, env: Env, settings: Settings) -> Value:
    inner = Env(env.module, env)
    inner.brought = value
    if not any(_uses_underscore(item) for item in call.arguments):
        name = call.callee.text
        schema = b.catalogue.get(name.strip("`"))
        sockets = [input_.name for input_ in schema.inputs if input_.is_socket] if schema else []
        help = f"Write `{name}({sockets[0] if sockets else 'images'} = _)`"
        help += ", or another input." if sockets else ", with the right input."
        b.say(messages.NO_PLACE, env.span(call), name=name, help=help)
        made = b.evaluate(call, inner, settings)
        b.broken |= {made.link.node} if isinstance(made, Wire) else set()
        b.broken |= {made.node} if isinstance(made, Outputs) else set()
        return BROKEN
    return b.evaluate(call, inner, settings)


def _chosen(
    b: Builder, element: Member | Index, value: Value, env: Env, settings: Settings
) -> Value:
    made = apply(b, element.target, value, env, settings)
    if isinstance(made, Broken):
        return made
    if isinstance(element, Member):
        return members.member(b, made, element.name, element, env, settings)
    return members.indexed(b, made, element, env, settings)


def _all(b: Builder, flows: Flows, settings: Settings, value: Value | None) -> Value:
    return b.work.once(
        flows, value, settings, lambda: _each(b, flows.items, flows.env, settings, value)
    )


def _each(
    b: Builder, items: tuple[Nested, ...], env: Env, settings: Settings, value: Value | None
) -> Value:
    """The flows of a list; behind the first stage of each, ids begin with the name of that stage."""
    for item in items:
        with b.within(b.base, b.stage, pending=True):
            if value is not None:
                apply(b, item, value, env, settings)
            else:
                found = b.evaluate(item, env, settings)
                given = give(b, found, item, env, settings)
                _check_given(b, given, item, env)
    return ENDED


def _check_given(b: Builder, given: Value, item: Nested, env: Env) -> None:
    """A flow of a list has to be one: a constant there would be dropped silently."""
    if isinstance(given, Constant):
        help = 'Name a pass or a stage, or write a flow such as `raw -> save("name")`.'
        b.say(
            messages.NO_FLOW_TARGET,
            env.span(item),
            what=describe(given),
            help=help,
        )


def _uses_underscore(item: object) -> bool:
    """Whether `_` of the arrow in front is in an argument; inner arrows have their own."""
    pending: list[object] = [item]
    while pending:
        value = pending.pop()
        if isinstance(value, Name):
            if value.text == "_" or value.text.startswith("_."):
                return True
        elif isinstance(value, Chain):
            inner = "->" in value.operators
            pending.append(value.operands[0])
            if not inner:
                pending.extend(value.operands[1:])
        elif isinstance(value, Call):
            pending.extend(value.arguments)
        elif isinstance(value, (Member, Index)):
            pending.append(value.target)
        elif isinstance(value, Group):
            pending.append(value.inner)
        elif hasattr(value, "items") and isinstance(value.items, tuple):
            pending.extend(value.items)
        elif hasattr(value, "value"):
            pending.append(value.value)
    return False


# --- pipelines ---


def _pipeline_result(
    b: Builder, block: Declared, settings: Settings, node: Nested, env: Env
) -> Value:
    """What a pipeline gives where another one uses it; built once, its ids begin with its name."""
    kept = b.results.get(id(block))
    if kept is not None:
        return kept[1]
    b.results[id(block)] = (block, BROKEN)  # for a pipeline that comes back to itself
    made = build_pipeline(b, block, f"{settings.prefix}{block.name}.")
    b.results[id(block)] = (block, made)
    return made


def build_pipeline(b: Builder, block: Declared, prefix: str = "") -> Value:
    """Builds the nodes of a pipeline; gives what its flow gives."""
    b.work.spend(OF_A_PASS)
    block = changes.changed(b, block, block.name if prefix else "")
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
