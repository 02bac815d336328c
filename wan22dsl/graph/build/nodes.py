"""Plain nodes: a call of a class of ComfyUI's, with its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import messages
from wan22dsl.graph.build import evaluate, fitting, flows, handoff, members, remarks
from wan22dsl.graph.build import inputs as conversion
from wan22dsl.graph.build.values import (
    Declared,
    Ended,
    Flow,
    Flows,
    Open,
    Outputs,
    Several,
    StageName,
    Wire,
    describe,
)
from wan22dsl.program import kinds
from wan22dsl.program.values import BROKEN, Broken, Constant, Nothing, Type, Unknown
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Call, ClassName, Let

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.graph.schemas import Schema
    from wan22dsl.source import Span
    from wan22dsl.syntax.operators import Nested
    from wan22dsl.syntax.tree import Stage


def plain_node(b: Builder, node: Call, env: Env, settings: Settings, *, at: str = "") -> Value:
    """The node of a call, and what the call stands for."""
    class_name = spelling.plain(node.callee.text)
    id = at or b.base + class_name
    given: dict[str, Value] = {}
    spans: dict[str, Span] = {}
    schema = b.schemas.get(class_name)
    wanted = schema.wanted if schema is not None else {}
    misplaced = False
    for item in node.arguments:
        if not isinstance(item, Attribute):
            misplaced = True  # resolving the file has said so
            continue
        name = spelling.plain(item.key.text)
        if name in given:
            continue
        with b.about(f"the input `{name}` of `{class_name}`"):
            given[name] = _input(b, item.value, wanted.get(name), env, settings, f"{id}.{name}")
        spans[name] = b.place(evaluate.origin(item.value, env, settings))
    if schema is not None and any(isinstance(one, Nothing) for one in given.values()):
        _say_missing(b, schema, given, spans, settings)
    title, mode, stated = remarks.read(b, node, env, settings)
    made = b.node(
        class_name,
        given,
        id=id,
        span=b.place(env.span(node)),
        stage=b.stage,
        spans=spans,
        title=title,
        mode=mode,
        stated=stated,
    )
    if misplaced:  # which input it was meant for cannot be told, so none is said to be missing
        b.told()
        b.broken.add(made)
    return b.outputs(made)


def _say_missing(
    b: Builder,
    schema: Schema,
    given: dict[str, Value],
    spans: dict[str, Span],
    settings: Settings,
) -> None:
    """A needed value that is `none` because the pipeline lacks a setting: no default takes its place."""
    known = b.schemas.inputs(schema, conversion.constants(given))
    for name, value in given.items():
        one = known.get(name)
        if isinstance(value, Nothing) and one is not None:
            needed = value.setting in kinds.PASS_SETTINGS
            if needed and one.required and not one.is_socket:
                b.say_missing(value, spans[name], settings)
                given[name] = BROKEN


def _input(
    b: Builder,
    written: Nested,
    want: Type | None,
    env: Env,
    settings: Settings,
    at: str,
) -> Value:
    """The value of an input: a constant as it is, or a link; what gives a link is made or run."""
    found = evaluate.value(b, written, env, settings, want=want, at=at)
    if isinstance(found, Constant):
        return _plain(b, found, written, env)
    if isinstance(found, Declared) and found.kind in kinds.ASSETS:
        socket = kinds.ASSETS[found.kind].socket
        return fitting.fit(b, found, Type(socket or "MODEL"), written, env, settings, at=at)
    if isinstance(found, (Flow, Open, StageName, Declared)) and not _is_family(found):
        found = flows.give(b, found, written, env, settings, want)
    if isinstance(found, Wire):
        decodes = found.type == "LATENT" and want is not None and want.name == "IMAGE"
        return handoff.decoded(b, found, written, env) if decodes and not env.in_graph else found
    if isinstance(found, (Outputs, Several)):
        return members.one_output(b, found, written, env)
    if isinstance(found, (Broken, Nothing, Unknown)):
        return found
    if isinstance(found, Constant):
        return _plain(b, found, written, env)
    if isinstance(found, Ended):
        b.say(messages.GIVES_NOTHING, env.span(written), what="this")
    else:
        assert isinstance(found, (Flow, Flows, Open, StageName, Declared))
        _refuse(
            b, written, "a value or a link", describe(found), "Give it what the input takes.", env
        )
    return BROKEN


def _is_family(found: Value) -> bool:
    return isinstance(found, Declared) and found.kind == "family"


def _refuse(b: Builder, written: Nested, wanted: str, found: str, mend: str, env: Env) -> None:
    span = env.span(written)
    b.say(messages.WRONG_TYPE, span, what=b.what, wanted=wanted, found=found, mend=mend)


#: The types of constants that an input of a node takes as they are.
_PLAIN = frozenset("int float bool text frames fps seconds bytes record null".split())

_PARTS = {
    "size": "Give its sides one by one: `width = size.width`, `height = size.height`.",
    "sampler": 'Give them one by one: `sampler_name = "euler"`, `scheduler = "simple"`.',
    "steps": "Give them one by one: `steps = 4`, `start_at_step = 0`, `end_at_step = 2`.",
    "range": "Give both ends one by one.",
}


def _plain(b: Builder, found: Constant, written: Nested, env: Env) -> Value:
    """A constant as a node gets it: lists and records all the way down."""
    if found.type in ("image", "video", "audio"):
        return Constant("text", found.data)
    if found.type == "list":
        items = [_item(b, one, written, env) for one in found.data]
        if any(isinstance(one, Broken) for one in items):
            return BROKEN
        unknown = any(isinstance(one, Unknown) for one in items)
        return Unknown(Type("list")) if unknown else Constant("list", tuple(items))
    if found.type in _PLAIN:
        return found
    mend = _PARTS.get(found.type, "Give it what the input takes.")
    _refuse(b, written, "a plain value or a link", describe(found), mend, env)
    return BROKEN


def _item(b: Builder, one: Value, written: Nested, env: Env) -> Value:
    if isinstance(one, Constant):
        return _plain(b, one, written, env)
    if isinstance(one, (Broken, Unknown)):
        return one
    mend = "A list as an input holds plain values; links go to inputs of their own."
    with b.about("an item of a list that a node gets"):
        _refuse(b, written, "a plain value", describe(one), mend, env)
    return BROKEN


def makes_one_node(stage: Stage) -> bool:
    """Whether the body of a stage writes one node and calls nothing else, so that it can have its name."""
    count = 0
    pending: list[object] = list(stage.items)
    while pending:
        one = pending.pop()
        if isinstance(one, Call):
            if not isinstance(one.callee, ClassName):
                return False
            count += 1
            pending.extend(one.arguments)
        elif isinstance(one, (Attribute, Let)):
            pending.append(one.value)
        elif hasattr(one, "operands"):
            return False
        elif hasattr(one, "target"):
            pending.append(one.target)
        elif hasattr(one, "inner"):
            pending.append(one.inner)
        elif hasattr(one, "items") and isinstance(one.items, tuple):
            pending.extend(one.items)
    return count == 1
