"""Runs flows: hands a value from one element to the next, and gives what comes out at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import messages
from wan22dsl.graph.build import calls, evaluate, members, pipelines, sampling
from wan22dsl.graph.build.values import (
    ENDED,
    Declared,
    Ended,
    Env,
    Flow,
    Open,
    StageName,
    Wire,
    describe,
)
from wan22dsl.program.values import BROKEN, Broken, Constant, Type, Unknown
from wan22dsl.syntax.operators import Arrow, nest
from wan22dsl.syntax.tree import Call, Chain, ClassName, Group, Index, List, Member, Name

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.syntax.operators import Nested


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
    if isinstance(value, Declared) and value.kind == "pass":
        return sampling.run_pass(b, value, None, settings, node, env)
    if isinstance(value, Declared) and value.kind == "pipeline":
        return pipelines.result(b, value, settings, node, env)
    if isinstance(value, (StageName, Open)):
        target = value if isinstance(value, StageName) else value.target
        if calls.brought_of(target.stage) is None and isinstance(value, StageName):
            return calls.call_stage(b, target, (), None, env, settings, node)
        name = target.stage.name.text
        wanted = f"a link of type {want.name}" if want is not None and want.is_socket else "a value"
        b.say(messages.WAITS, env.span(node), what=f"the stage `{name}`", wanted=wanted, name=name)
        return BROKEN
    return value


def run(b: Builder, flow: Flow, settings: Settings, brought: Value | None = None) -> Value:
    """Runs a flow; `brought` goes to its first element when something stands in front of it."""
    value = brought
    for element in flow.elements:
        if value is None:
            value = _first(b, element, flow.env, settings)
        else:
            value = apply(b, element, value, flow.env, settings)
        if isinstance(value, Broken):
            return value
    return value if value is not None else ENDED


def _first(b: Builder, element: Nested, env: Env, settings: Settings) -> Value:
    """What a flow begins with. A name of something made elsewhere does not name a branch."""
    found = evaluate.value(b, element, env, settings)
    if isinstance(element, Name) and not isinstance(found, StageName):
        with b.within(b.base, b.stage):
            return give(b, found, element, env, settings)
    return give(b, found, element, env, settings)


def apply(b: Builder, element: Nested, value: Value, env: Env, settings: Settings) -> Value:
    """Hands a value to one element of a flow."""
    if isinstance(value, Ended):
        b.say(messages.GIVES_NOTHING, env.span(element), what="what stands in front of the arrow")
        return BROKEN
    if isinstance(element, List):
        return _branches(b, element, value, env, settings)
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
        callee = evaluate.name(b, element.callee, env, settings)
        if isinstance(callee, StageName):
            inner = Env(env.module, env)
            inner.brought = value
            explicit = any(_uses_underscore(item) for item in element.arguments)
            handed = None if explicit else value
            return calls.call_stage(b, callee, element.arguments, handed, inner, settings, element)
    found = evaluate.value(b, element, env, settings)
    return _into_value(b, found, element, value, env, settings)


def _into_value(
    b: Builder, found: Value, element: Nested, value: Value, env: Env, settings: Settings
) -> Value:
    if isinstance(found, StageName):
        return calls.call_stage(b, found, (), value, env, settings, element)
    if isinstance(found, Open):
        inner = Env(found.env.module, found.env)
        inner.brought = value
        return calls.call_stage(
            b, found.target, found.call.arguments, value, inner, settings, found.call
        )
    if isinstance(found, Flow):
        return run(b, found, settings, value)
    if isinstance(found, Declared) and found.kind == "pass":
        return sampling.run_pass(b, found, value, settings, element, env)
    if isinstance(found, Broken):
        return BROKEN
    if isinstance(found, Unknown) and found.type.name in ("flow", "*"):
        return Unknown(Type("*"))
    mend = 'Name a stage, such as `save("name")`.'
    if isinstance(found, Declared) and found.kind == "pipeline":
        mend = f"A pipeline begins by itself: put it in front, `{found.name} -> …`."
    elif isinstance(found, Constant):
        mend = 'Write the stage that takes it, such as `save("name")`.'
    b.say(messages.CANNOT_TAKE, env.span(element), what=describe(found), mend=mend)
    return BROKEN


def _into_node(b: Builder, call: Call, value: Value, env: Env, settings: Settings) -> Value:
    if not any(_uses_underscore(item) for item in call.arguments):
        name = call.callee.text
        mend = f"Write `{name}(images = _)`, with the right input."
        schema = b.catalogue.get(name.strip("`"))
        if schema is not None:
            sockets = [one.name for one in schema.inputs if one.is_socket]
            if sockets:
                mend = f"Write `{name}({sockets[0]} = _)`, or whichever input is meant."
        b.say(messages.NO_PLACE, env.span(call), name=name, mend=mend)
        return BROKEN
    inner = Env(env.module, env)
    inner.brought = value
    return evaluate.value(b, call, inner, settings)


def _chosen(
    b: Builder, element: Member | Index, value: Value, env: Env, settings: Settings
) -> Value:
    made = apply(b, element.target, value, env, settings)
    if isinstance(made, Broken):
        return made
    if isinstance(element, Member):
        return members.member(b, made, element.name, element, env, settings)
    return members.indexed(b, made, element, env, settings)


def _branches(b: Builder, element: List, value: Value, env: Env, settings: Settings) -> Value:
    for item in element.items:
        branch(b, item, env, settings, value)
    return ENDED


def branch(b: Builder, item: Nested, env: Env, settings: Settings, value: Value | None) -> None:
    """One flow of a list: behind its first stage, ids begin with the name of that stage."""
    with b.within(b.base, b.stage, pending=True):
        if value is not None:
            apply(b, item, value, env, settings)
        else:
            found = evaluate.value(b, item, env, settings)
            give(b, found, item, env, settings)


def decode(b: Builder, latent: Wire, node: Nested, env: Env, settings: Settings) -> Value:
    """The frames of a latent, by the VAE it belongs to. Decoding once serves everybody."""
    vae = b.facts(latent.link).vae
    owner = b.nodes[latent.link.node]
    if vae is None:
        if b.abstract:
            return Unknown(Type("IMAGE"))
        mend = "Decode it yourself: `decode(vae = wan22.vae_2_1)`."
        what = f"the latent of `{owner.id}`"
        b.say(messages.UNKNOWN_FACT, env.span(node), name="vae", what=what, mend=mend)
        return BROKEN
    made = b.node(
        "VAEDecode",
        {"samples": latent, "vae": b.wire(vae.node, vae.slot)},
        id=_beside(owner.id, "decode"),
        span=owner.span,
        stage=owner.stage,
    )
    return b.wire(made, 0)


def encode(
    b: Builder, frames: Wire, vae: Value, name: str, settings: Settings, node: Nested, env: Env
) -> Value:
    """Frames as a latent, for a pass that goes on from them."""
    made = b.node(
        "VAEEncode",
        {"pixels": frames, "vae": vae},
        id=f"{settings.prefix}{name}.encode",
        span=env.span(node),
        stage=name,
    )
    return b.wire(made, 0)


def _beside(id: str, word: str) -> str:
    """`high.sampler` → `high.decode`."""
    head, dot, _ = id.rpartition(".")
    return f"{head}{dot}{word}" if dot else f"{id}.{word}"


def _uses_underscore(item: object) -> bool:
    """Whether `_` of the arrow in front stands in an argument; inner arrows have their own."""
    pending: list[object] = [item]
    while pending:
        one = pending.pop()
        if isinstance(one, Name):
            if one.text == "_" or one.text.startswith("_."):
                return True
        elif isinstance(one, Chain):
            inner = "->" in one.operators
            pending.append(one.operands[0])
            if not inner:
                pending.extend(one.operands[1:])
        elif isinstance(one, Call):
            pending.extend(one.arguments)
        elif isinstance(one, (Member, Index)):
            pending.append(one.target)
        elif isinstance(one, Group):
            pending.append(one.inner)
        elif hasattr(one, "items") and isinstance(one.items, tuple):
            pending.extend(one.items)
        elif hasattr(one, "value"):
            pending.append(one.value)
    return False
