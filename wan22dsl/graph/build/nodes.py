"""Nodes: a call of a class, its inputs and annotations; and inputs that a stage's call adds to its node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import every_input, has_input
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph.build import fitting, members, messages
from wan22dsl.graph.build import values as conversion
from wan22dsl.graph.build.settings import choice, origin
from wan22dsl.graph.build.values import (
    Chosen,
    Declared,
    Ended,
    Flow,
    Flows,
    Further,
    Open,
    Outputs,
    Several,
    StageName,
    Wire,
    chosen,
    describe,
)
from wan22dsl.graph.model import NOTHING_KNOWN, Facts
from wan22dsl.language.program import kinds
from wan22dsl.language.program import messages as name_messages
from wan22dsl.language.program.own_node import inputs_set, of_experts, own_node
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Call, ClassName, Let, Name
from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.graph.schemas import Schema
    from wan22dsl.language.syntax.tree import Item, Nested, Stage
    from wan22dsl.source import Span

_MODES = ("active", "bypass", "mute")


class About(NamedTuple):
    """What the braces behind the call of a node say of it."""

    title: str = ""
    mode: str = "active"
    stated: Facts = NOTHING_KNOWN
    widgets: list[Any] | None = None


def read(b: Builder, node: Call, env: Env, settings: Settings) -> About:
    """The title, the mode, the facts, and the values of the widgets where nobody can name them."""
    title, mode, stated = "", "active", {}
    widgets = None
    for item in node.about or ():
        if not isinstance(item, Attribute):
            continue  # resolving the file has said so
        name = spelling.plain(item.key.text)
        if name == "title":
            title = _text(b, item, env, settings)
        elif name == "mode":
            mode = _mode(b, item, env, settings)
        elif name == "on":
            mode = _on(b, item, env, settings)
        elif name == "widgets":
            widgets = _widgets(b, item, env, settings)
        elif name in members.FACTS:
            stated[name] = item
        else:
            _unknown(b, item, name, env)
    facts = _facts(b, stated, env, settings) if stated else NOTHING_KNOWN
    return About(title, mode, facts, widgets)


def _unknown(b: Builder, item: Attribute, name: str, env: Env) -> None:
    guess = nearest(name, ("title", "mode", "on", "widgets", *members.FACTS))
    help = f"Did you mean `{guess}`?" if guess else "Remove it."
    span = env.span(item.key)
    fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False) if guess else None
    b.say(messages.BAD_ANNOTATION, span, name=name, help=help, fix=fix)


def _text(b: Builder, item: Attribute, env: Env, settings: Settings) -> str:
    with b.about(f"the {spelling.plain(item.key.text)} of a node"):
        found = b.evaluate(item.value, env, settings)
        found = b.fit(found, Type("text"), item.value, env, settings)
    return found.data if isinstance(found, Constant) else ""


def _widgets(b: Builder, item: Attribute, env: Env, settings: Settings) -> list[Any] | None:
    """The values of all widgets in their order, as a workflow has them."""
    with b.about("`widgets` of a node"):
        found = b.evaluate(item.value, env, settings)
        if isinstance(found, Constant) and found.type == "list":
            plain = _plain(b, found, item.value, env)
            return [*conversion.json_of(plain)] if isinstance(plain, Constant) else None
        if not isinstance(found, (Broken, Unknown)):
            help = 'Write the values in their order: `widgets = [0.5, "fast"]`.'
            _refuse(b, item.value, "a list", describe(found), help, env)
    return None


def _mode(b: Builder, item: Attribute, env: Env, settings: Settings) -> str:
    mode = _text(b, item, env, settings)
    if not mode:
        return "active"
    chosen = choice(b, Constant("text", mode), _MODES, "mode", item.value, env)
    return chosen.data if isinstance(chosen, Constant) else "active"


def _on(b: Builder, item: Attribute, env: Env, settings: Settings) -> str:
    with b.about("`on` of a node"):
        found = b.evaluate(item.value, env, settings)
        found = b.fit(found, Type("bool"), item.value, env, settings)
    return "bypass" if isinstance(found, Constant) and not found.data else "active"


def _facts(b: Builder, stated: dict[str, Attribute], env: Env, settings: Settings) -> Facts:
    values: dict[str, Value] = {}
    for name, item in stated.items():
        with b.about(f"the fact `{name}`"):
            want = Type(members.FACTS[name])
            with b.stating_facts():
                found = b.evaluate(item.value, env, settings, want=want)
            values[name] = b.fit(found, want, item.value, env, settings)

    def data(name: str) -> int | float | None:
        found = values.get(name)
        return found.data if isinstance(found, Constant) else None

    size, vae = values.get("size"), values.get("vae")
    width, height = size.data if isinstance(size, Constant) else (None, None)
    frames, fps, wide, high = (data(name) for name in ("length", "fps", "width", "height"))
    return Facts(
        frames=int(frames) if frames is not None else None,
        fps=float(fps) if fps is not None else None,
        width=int(wide) if wide is not None else width,
        height=int(high) if high is not None else height,
        vae=vae.link if isinstance(vae, Wire) else None,
    )


def plain_node(b: Builder, node: Call, env: Env, settings: Settings, *, at: str = "") -> Value:
    """The node of a call, and what the call stands for."""
    class_name = spelling.plain(node.callee.text)
    further = env.further_of(node)
    own = b.schemas.get(class_name)
    if further is not None:
        class_name = further.class_name
    id = at or b.base + class_name
    schema = b.schemas.get(class_name)
    misplaced = not all(isinstance(item, Attribute) for item in node.arguments)
    given, spans = inputs(b, class_name, node.arguments, env, settings, id)
    about = read(b, node, env, settings)
    if further is not None:
        if further.about is not None:
            if _misfits(b, further, own, schema, given, env.span(node)):
                return BROKEN
            about = further.about
            given = _in_place(b, given, class_name, schema)
        given = {**given, **further.given}
        spans = {**spans, **further.spans}
    if schema is not None and any(isinstance(value, Nothing) for value in given.values()):
        _say_missing(b, schema, given, spans, settings)
    made = b.node(
        class_name,
        given,
        id=id,
        span=b.place(env.span(node)),
        stage=b.stage,
        spans=spans,
        title=about.title,
        mode=about.mode,
        stated=about.stated,
        widgets=about.widgets,
    )
    if misplaced:  # which input it was meant for cannot be told, so none is said to be missing
        b.told()
        b.broken.add(made)
    found = b.outputs(made)
    if further is not None:
        further.made = made
        if own is not None and isinstance(found, Outputs):
            found = found._replace(like=own.node_class)
    return found


def _misfits(
    b: Builder,
    further: Further,
    own: Schema | None,
    schema: Schema | None,
    given: dict[str, Value],
    span: Span,
) -> bool:
    """Whether a known class cannot be in the place of the stage's: that is one mistake, not one an input."""
    if own is None or schema is None:
        return False
    links = [name for name, value in given.items() if isinstance(value, Wire)]
    known = b.schemas.inputs(schema, conversion.constants({**given, **further.given}))
    takes = schema.node_class.takes_anything or record_of(further.class_name).takes_anything
    types = {output.type for output in schema.node_class.outputs}
    gives = own.node_class.outputs[0].type if own.node_class.outputs else "*"
    if further.is_result and not types & {gives, "*"}:
        wanted = f"a class with an output of type {gives}"
    elif links and not takes and not any(name in known for name in links):
        wanted = "a class that takes " + " or ".join(f"`{name}`" for name in links)
    else:
        return False
    b.say(
        messages.WRONG_TYPE,
        span,
        what=f"`{NODE}` in the place of {own.node_class.name}",
        wanted=wanted,
        found=further.class_name,
        help="Use a class that does the same work, or put a node of its own into the flow.",
    )
    return True


def _in_place(
    b: Builder, given: dict[str, Value], class_name: str, schema: Schema | None
) -> dict[str, Value]:
    """The inputs of a stage's node as far as a class in its place has them.

    One that stands for "nothing special", a batch of 1, is no loss. All others are kept, and reported.
    """
    if schema is None:
        return given
    known = b.schemas.inputs(schema, conversion.constants(given))
    return {
        name: value for name, value in given.items() if name in known or value != Constant("int", 1)
    }


def inputs(
    b: Builder,
    class_name: str,
    items: tuple[Item, ...],
    env: Env,
    settings: Settings,
    id: str,
) -> tuple[dict[str, Value], dict[str, Span]]:
    """The inputs that are written for a node, and where each of them is."""
    schema = b.schemas.get(class_name)
    wanted = schema.wanted if schema is not None else {}
    given: dict[str, Value] = {}
    spans: dict[str, Span] = {}
    for item in items:
        if not isinstance(item, Attribute):
            continue  # resolving the file has said so
        name = spelling.plain(item.key.text)
        if name in given:
            continue
        with b.about(f"the input `{name}` of `{class_name}`"):
            given[name] = _input(b, item.value, wanted.get(name), env, settings, f"{id}.{name}")
        spans[name] = b.place(origin(item.value, env, settings))
    return given, spans


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
        input_ = known.get(name)
        if isinstance(value, Nothing) and input_ is not None:
            needed = value.setting in kinds.PASS_SETTINGS
            if needed and input_.required and not input_.is_socket:
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
    found = b.evaluate(written, env, settings, want=want, at=at)
    if isinstance(found, Constant):
        return _plain(b, found, written, env)
    if isinstance(found, Declared) and found.kind in kinds.ASSETS:
        socket = kinds.ASSETS[found.kind].socket
        return b.fit(found, Type(socket or "MODEL"), written, env, settings, at=at)
    if isinstance(found, (Flow, Open, Chosen, StageName, Declared)) and not _is_family(found):
        found = b.give(found, written, env, settings, want)
    found = chosen(found)
    if isinstance(found, Wire):
        decodes = found.type == "LATENT" and want is not None and want.name == "IMAGE"
        return fitting.decoded(b, found, written, env) if decodes and not env.in_graph else found
    if isinstance(found, (Outputs, Several)):
        return members.one_output(b, found, written, env)
    if isinstance(found, (Broken, Nothing, Unknown)):
        return found
    if isinstance(found, Constant):
        return _plain(b, found, written, env)
    if isinstance(found, Ended):
        b.say(messages.GIVES_NOTHING, env.span(written), what="this")
    else:
        assert isinstance(found, (Flow, Flows, Open, Chosen, StageName, Declared))
        _refuse(
            b,
            written,
            "a value or a link",
            describe(found),
            "Give it a value that the input accepts.",
            env,
        )
    return BROKEN


def _is_family(found: Value) -> bool:
    return isinstance(found, Declared) and found.kind == "family"


def _refuse(b: Builder, written: Nested, wanted: str, found: str, help: str, env: Env) -> None:
    span = env.span(written)
    b.say(messages.WRONG_TYPE, span, what=b.what, wanted=wanted, found=found, help=help)


#: The types of constants that an input of a node takes as they are.
_PLAIN = frozenset("int float bool text frames fps seconds bytes record null".split())

_PARTS = {
    "size": "Set its sides separately: `width = size.width`, `height = size.height`.",
    "sampler": 'Set them separately: `sampler_name = "euler"`, `scheduler = "simple"`.',
    "steps": "Set them separately: `steps = 4`, `start_at_step = 0`, `end_at_step = 2`.",
    "range": "Set both ends separately.",
}


def _plain(b: Builder, found: Constant, written: Nested, env: Env) -> Value:
    """A constant as a node gets it: lists and records all the way down."""
    if found.type in ("image", "video", "audio"):
        return Constant("text", found.data)
    if found.type == "list":
        items = [_item(b, item, written, env) for item in found.data]
        if any(isinstance(item, Broken) for item in items):
            return BROKEN
        unknown = any(isinstance(item, Unknown) for item in items)
        return Unknown(Type("list")) if unknown else Constant("list", tuple(items))
    if found.type in _PLAIN:
        return found
    help = _PARTS.get(found.type, "Give it a value that the input accepts.")
    _refuse(b, written, "a plain value or a link", describe(found), help, env)
    return BROKEN


def _item(b: Builder, value: Value, written: Nested, env: Env) -> Value:
    if isinstance(value, Constant):
        return _plain(b, value, written, env)
    if isinstance(value, (Broken, Unknown)):
        return value
    help = "A list as an input contains plain values; links use inputs of their own."
    with b.about("an item of a list input"):
        _refuse(b, written, "a plain value", describe(value), help, env)
    return BROKEN


def makes_one_node(stage: Stage) -> bool:
    """Whether the body of a stage writes one node and calls nothing else, so that it can have its name."""
    count = 0
    pending: list[object] = list(stage.items)
    while pending:
        item = pending.pop()
        if isinstance(item, Call):
            if not isinstance(item.callee, ClassName):
                return False
            count += 1
            pending.extend(item.arguments)
        elif isinstance(item, (Attribute, Let)):
            pending.append(item.value)
        elif hasattr(item, "operands"):
            return False
        elif hasattr(item, "target"):
            pending.append(item.target)
        elif hasattr(item, "inner"):
            pending.append(item.inner)
        elif hasattr(item, "items") and isinstance(item.items, tuple):
            pending.extend(item.items)
    return count == 1


# --- further inputs of the node of a stage ---


#: The argument that puts a node of another class in the place of the stage's.
NODE = "node"


def further_inputs(
    b: Builder, target: StageName, items: tuple[Item, ...], env: Env, settings: Settings
) -> tuple[Further | None, tuple[Item, ...]]:
    """What a call says of the stage's node, and the arguments that are left for its parameters."""
    stage = target.stage
    takes = {parameter.name.text for parameter in stage.parameters}
    others = [
        item
        for item in items
        if isinstance(item, Attribute) and spelling.plain(item.key.text) not in takes
    ]
    own = own_of(target) if others else None
    if own is None:
        return None, items
    other, wanted = _other(others), []
    class_name = spelling.plain((own if other is None else other).callee.text)
    schema = b.schemas.get(class_name)
    for item in others:
        name = spelling.plain(item.key.text)
        if name == NODE and item.value is other:
            continue
        if (
            schema is not None
            and name not in inputs_set(own)
            and has_input(schema.node_class, name)
        ):
            wanted.append(item)
    if other is None and not wanted:
        return None, items
    if other is not None:
        _say_set_twice(b, stage, own, other, items, env)
    here = (*(() if other is None else other.arguments), *wanted)
    given, spans = inputs(b, class_name, here, env, settings, f"{b.base}{class_name}")
    about = None if other is None else read(b, other, env, settings)
    used = {id(item) for item in (*wanted, *(item for item in others if item.value is other))}
    left = tuple(item for item in items if id(item) not in used)
    made = Further(own, class_name, given, spans, about, is_result=bool(stage.outputs))
    return made, left


def _say_set_twice(
    b: Builder, stage: Stage, own: Call, other: Call, items: tuple[Item, ...], env: Env
) -> None:
    """Reports the inputs of a class in the place of the stage's that the call or its arrow gives too."""
    given = {spelling.plain(item.key.text) for item in items if isinstance(item, Attribute)}
    unnamed = not all(isinstance(item, Attribute) for item in items)
    given.update(each.name.text for each in stage.parameters if each.brought)
    given.update(each.name.text for each in stage.parameters[: 2 if unnamed else 0])
    sets = inputs_set(own)
    for item in other.arguments:
        name = spelling.plain(item.key.text) if isinstance(item, Attribute) else ""
        setter = sets.get(name)
        if isinstance(item, Attribute) and isinstance(setter, Name) and setter.text in given:
            b.say(name_messages.SET_TWICE, env.span(item.key), name=name)


def own_of(target: StageName) -> Call | None:
    """The call that makes the node of a stage, looked for once."""
    kept, key = target.module.kept, ("own node", id(target.stage))
    if key not in kept:
        kept[key] = own_node(target.stage)
    found = kept[key]
    return found if isinstance(found, Call) else None


def of_low_expert(b: Builder, further: Further) -> dict[str, Value]:
    """The outputs of a class in the place of a conditioning's that are for the low-noise expert."""
    schema = b.schemas.get(further.class_name)
    if further.about is None or schema is None or not further.made:
        return {}
    outputs = [output.name for output in schema.node_class.outputs]
    return {
        f"{name}_low": b.wire(further.made, outputs.index(theirs))
        for name in kinds.CONDITIONING_OUTPUTS
        for theirs in of_experts(name, "low")
        if theirs in outputs
    }


def further_names(b: Builder, stage: Stage, own: Call | None) -> list[str]:
    """The inputs that a call of a stage may give besides its parameters."""
    schema = None if own is None else b.schemas.get(spelling.plain(own.callee.text))
    if own is None or schema is None:
        return []
    taken = {*inputs_set(own), *(parameter.name.text for parameter in stage.parameters)}
    return [name for name in every_input(schema.node_class.inputs) if name not in taken]


def _other(items: list[Attribute]) -> Call | None:
    """The call of another class, where one is given."""
    for item in items:
        if spelling.plain(item.key.text) == NODE and isinstance(item.value, Call):
            if isinstance(item.value.callee, ClassName):
                return item.value
    return None
