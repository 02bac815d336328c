"""Plain nodes: a call of a class of ComfyUI's, with what is said about it in braces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.catalogue.inputs import inputs_of
from wan22dsl.diagnostics import nearest
from wan22dsl.graph import messages
from wan22dsl.graph.build import evaluate, fitting, flows, members
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
from wan22dsl.graph.model import NOTHING_KNOWN, Facts
from wan22dsl.program import kinds
from wan22dsl.program.values import BROKEN, Broken, Constant, Nothing, Type, Unknown
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Call, ClassName, Let

if TYPE_CHECKING:
    from wan22dsl.catalogue.schema import Input
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.source import Span
    from wan22dsl.syntax.operators import Nested
    from wan22dsl.syntax.tree import Stage

_MODES = ("active", "bypass", "mute")


def plain_node(b: Builder, node: Call, env: Env, settings: Settings, *, at: str = "") -> Value:
    """The node of a call, and what the call stands for."""
    class_name = spelling.plain(node.callee.text)
    id = at or b.base + class_name
    given: dict[str, Value] = {}
    spans: dict[str, Span] = {}
    schema = b.catalogue.get(class_name)
    plain = {one.name: one for one in schema.inputs} if schema is not None else {}
    for item in node.arguments:
        if not isinstance(item, Attribute):
            continue  # resolve has said so
        name = spelling.plain(item.key.text)
        if name in given:
            continue
        with b.about(f"the input `{name}` of `{class_name}`"):
            given[name] = _input(b, item.value, plain.get(name), env, settings, f"{id}.{name}")
        spans[name] = b.place(evaluate.origin(item.value, env, settings))
    if schema is not None:
        _say_missing(b, schema_inputs(schema, given), given, spans, settings)
    title, mode, stated = _about(b, node, env, settings)
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
    return b.outputs(made)


def schema_inputs(schema: object, given: dict[str, Value]) -> dict[str, Input]:
    """The inputs that a node with these values has."""
    from wan22dsl.graph.build import inputs as conversion

    return inputs_of(schema, conversion.constants(given))  # type: ignore[arg-type]


def _say_missing(
    b: Builder,
    known: dict[str, Input],
    given: dict[str, Value],
    spans: dict[str, Span],
    settings: Settings,
) -> None:
    """A needed value that is `none` because the pipeline lacks a setting: no default takes its place."""
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
    known: Input | None,
    env: Env,
    settings: Settings,
    at: str,
) -> Value:
    want = Type(known.type) if known is not None and known.is_socket else None
    found = evaluate.value(b, written, env, settings, want=want, at=at)
    if isinstance(found, (Broken, Nothing, Wire, Unknown)):
        if isinstance(found, Wire) and want is not None and want.name == "IMAGE":
            return _decoded(b, found, written, env, settings)
        return found
    if isinstance(found, Constant):
        if _has_links(found):
            return _refuse_link(b, found, written, env)
        return found if found.type in _PLAIN else _not_plain(b, found, written, env)
    if isinstance(found, Declared) and found.kind in kinds.ASSETS:
        socket = kinds.ASSETS[found.kind].socket
        return fitting.fit(b, found, Type(socket or "MODEL"), written, env, settings, at=at)
    if isinstance(found, (Flow, Open, StageName, Declared)):
        found = flows.give(b, found, written, env, settings, want)
        if isinstance(found, Wire):
            if want is not None and want.name == "IMAGE":
                return _decoded(b, found, written, env, settings)
            return found
    if isinstance(found, (Outputs, Several)):
        return members.one_output(b, found, written, env)
    if isinstance(found, (Broken, Nothing, Unknown)):
        return found
    if isinstance(found, Ended):
        b.say(messages.GIVES_NOTHING, env.span(written), what="this")
    elif isinstance(found, Constant):
        return found
    else:
        assert isinstance(found, (Flows, Declared))
        b.say(
            messages.WRONG_TYPE,
            env.span(written),
            what=b.what,
            wanted="a value or a link",
            found=describe(found),
            mend="Give it what the input takes.",
        )
    return BROKEN


#: The types of constants that an input of a node takes as they are.
_PLAIN = frozenset("int float bool text frames fps seconds bytes list record null".split())


def _has_links(found: Constant) -> bool:
    if found.type == "list":
        return any(not isinstance(one, Constant) or _has_links(one) for one in found.data)
    return False


def _refuse_link(b: Builder, found: Constant, written: Nested, env: Env) -> Value:
    if any(isinstance(one, (Broken, Unknown)) for one in found.data):
        return BROKEN if any(isinstance(one, Broken) for one in found.data) else Unknown(Type("*"))
    mend = "A list as an input holds plain values; links go to inputs of their own."
    b.say(
        messages.WRONG_TYPE,
        env.span(written),
        what="an item of a list that a node gets",
        wanted="a plain value",
        found="something else",
        mend=mend,
    )
    return BROKEN


def _not_plain(b: Builder, found: Constant, written: Nested, env: Env) -> Value:
    if found.type in ("image", "video", "audio"):
        return Constant("text", found.data)
    mends = {
        "size": "Give its sides one by one: `width = size.width`, `height = size.height`.",
        "sampler": 'Give them one by one: `sampler_name = "euler"`, `scheduler = "simple"`.',
        "steps": "Give them one by one: `steps = 4`, `start_at_step = 0`, `end_at_step = 2`.",
    }
    b.say(
        messages.WRONG_TYPE,
        env.span(written),
        what=b.what,
        wanted="a plain value or a link",
        found=describe(found),
        mend=mends.get(found.type, "Give it what the input takes."),
    )
    return BROKEN


def _decoded(b: Builder, found: Wire, node: Nested, env: Env, settings: Settings) -> Value:
    if found.type == "LATENT" and not env.in_graph:
        return flows.decode(b, found, node, env, settings)
    return found


def _about(b: Builder, node: Call, env: Env, settings: Settings) -> tuple[str, str, Facts]:
    """The title, the mode and the facts in the braces after a call."""
    title, mode, stated = "", "active", {}
    for item in node.about or ():
        if not isinstance(item, Attribute):
            continue
        name = spelling.plain(item.key.text)
        if name == "title":
            title = _text(b, item, env, settings)
        elif name == "mode":
            mode = _mode(b, item, env, settings)
        elif name in members.FACTS:
            stated[name] = item
        else:
            guess = nearest(name, ("title", "mode", *members.FACTS))
            mend = f"Did you mean `{guess}`?" if guess else "Remove it."
            problem = f"nothing is said about a node by `{name}`"
            b.say(messages.BAD_MODE, env.span(item.key), problem=problem, mend=mend)
    return title, mode, _facts(b, stated, env, settings) if stated else NOTHING_KNOWN


def _text(b: Builder, item: Attribute, env: Env, settings: Settings) -> str:
    with b.about(f"the {spelling.plain(item.key.text)} of a node"):
        found = evaluate.value(b, item.value, env, settings)
        found = fitting.fit(b, found, Type("text"), item.value, env, settings)
    return found.data if isinstance(found, Constant) else ""


def _mode(b: Builder, item: Attribute, env: Env, settings: Settings) -> str:
    mode = _text(b, item, env, settings)
    if mode and mode not in _MODES:
        choice = evaluate.choice(b, Constant("text", mode), _MODES, "mode", item.value, env)
        return choice.data if isinstance(choice, Constant) else "active"
    return mode or "active"


def _facts(b: Builder, stated: dict[str, Attribute], env: Env, settings: Settings) -> Facts:
    values: dict[str, Value] = {}
    for name, item in stated.items():
        with b.about(f"the fact `{name}`"):
            want = Type(members.FACTS[name])
            found = evaluate.value(b, item.value, env, settings, want=want)
            found = fitting.fit(b, found, want, item.value, env, settings)
        if isinstance(found, (Constant, Wire)):
            values[name] = found
    size = values.get("size")
    width, height = size.data if isinstance(size, Constant) else (None, None)
    vae = values.get("vae")

    def number(name: str) -> int | float | None:
        found = values.get(name)
        return found.data if isinstance(found, Constant) else None

    frames, fps = number("length"), number("fps")
    wide, high = number("width"), number("height")
    return Facts(
        frames=int(frames) if frames is not None else None,
        fps=float(fps) if fps is not None else None,
        width=int(wide) if wide is not None else width,
        height=int(high) if high is not None else height,
        vae=vae.link if isinstance(vae, Wire) else None,
    )


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
