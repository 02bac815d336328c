"""Calls: of stages, which build their bodies; of declared blocks, which are copied; of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.graph import messages
from wan22dsl.graph.build import evaluate, fitting, flows, nodes
from wan22dsl.graph.build.declared import type_of
from wan22dsl.graph.build.values import (
    ENDED,
    Declared,
    Env,
    Open,
    Setting,
    Several,
    StageName,
    Thunk,
    describe,
)
from wan22dsl.program import kinds
from wan22dsl.program import messages as name_messages
from wan22dsl.program.values import BROKEN, Broken, Nothing, Type
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Call, ClassName, Let, Name

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.syntax.operators import Nested
    from wan22dsl.syntax.tree import Item, Parameter, Stage


def call(
    b: Builder,
    node: Call,
    env: Env,
    settings: Settings,
    *,
    want: Type | None = None,
    at: str = "",
) -> Value:
    """What a call stands for."""
    if isinstance(node.callee, ClassName):
        return nodes.plain_node(b, node, env, settings, at=at)
    callee = evaluate.name(b, node.callee, env, settings)
    if isinstance(callee, StageName):
        if env.in_graph:
            what = f"the stage `{callee.stage.name.text}`"
            b.say(name_messages.NOT_IN_GRAPH, env.span(node.callee), what=what)
            return BROKEN
        waits = brought_of(callee.stage) is not None and not _gives_brought(callee.stage, node)
        if waits or want == evaluate.FLOW:
            return Open(node, callee, env)
        return call_stage(b, callee, node.arguments, None, env, settings, node, at=at)
    if isinstance(callee, Declared):
        return _copied(b, callee, node, env)
    if isinstance(callee, Broken):
        return BROKEN
    mend = f"Write `{node.callee.text}` without parentheses."
    b.say(messages.NOT_CALLABLE, env.span(node.callee), what=describe(callee), mend=mend)
    return BROKEN


def brought_of(stage: Stage) -> Parameter | None:
    """The parameter that an arrow fills."""
    first = stage.parameters[0] if stage.parameters else None
    return first if first is not None and first.brought else None


def _gives_brought(stage: Stage, node: Call) -> bool:
    brought = brought_of(stage)
    assert brought is not None
    keys = (item.key.text for item in node.arguments if isinstance(item, Attribute))
    return any(spelling.plain(key) == brought.name.text for key in keys)


# --- stages ---


def call_stage(
    b: Builder,
    target: StageName,
    arguments: tuple[Item, ...],
    brought: Value | None,
    env: Env,
    settings: Settings,
    node: Nested,
    *,
    at: str = "",
) -> Value:
    """Builds the body of a stage with its parameters bound, and gives its outputs.

    A stage without outputs hands on what it got.
    """
    stage, name = target.stage, target.stage.name.text
    path = at or b.base + name
    if b.pending and not at:
        b.base, b.pending = path + ".", False
    with b.deeper(name, env.span(node)) as allowed:
        if not allowed:
            return BROKEN
        with b.within(path + ".", b.stage or path), b.called_at(target.module, env, node):
            inner = _bind(b, target, arguments, brought, env, settings, node)
            if inner is None:
                return BROKEN
            outputs = build_body(b, stage, inner, settings, path)
    if not stage.outputs:
        return brought if brought is not None else ENDED
    if stage.named:
        return Several(outputs)
    return outputs.get("out", BROKEN)


def _bind(
    b: Builder,
    target: StageName,
    arguments: tuple[Item, ...],
    brought: Value | None,
    env: Env,
    settings: Settings,
    node: Nested,
) -> Env | None:
    given = _arguments(b, target.stage, arguments, brought is not None, env)
    inner = Env(target.module)
    complete = given is not None
    for parameter in target.stage.parameters:
        name, want = parameter.name.text, type_of(parameter.type)
        about = f"`{name}` of `{target.stage.name.text}`"
        with b.about(about):
            if parameter.brought and brought is not None:
                found = fitting.fit(b, brought, want, node, env, settings, at=b.base + name)
            elif given is not None and name in given:
                found = _argument(b, given[name], want, name, env, settings)
            elif parameter.default is not None:
                found = _default(b, parameter, want, inner, settings)
            elif given is None:
                found = BROKEN
            else:
                _missing(b, target, parameter, node, env)
                found = BROKEN
        if isinstance(found, Nothing) and parameter.default is None:
            _not_given(b, target, parameter, found, given, node, env, settings)
            found = BROKEN
        complete = complete and not isinstance(found, Broken)
        inner.local[name] = found
        if given is not None and name in given:
            inner.origins[name] = evaluate.origin(given[name], env, settings)
        elif parameter.default is not None:
            inner.origins[name] = evaluate.origin(parameter.default, inner, settings)
    return inner if complete else None


def _argument(
    b: Builder, value: Nested, want: Type, name: str, env: Env, settings: Settings
) -> Value:
    at = b.base + name
    found = evaluate.value(b, value, env, settings, want=want, at=at)
    return fitting.fit(b, found, want, value, env, settings, at=at)


def _default(b: Builder, parameter: Parameter, want: Type, inner: Env, settings: Settings) -> Value:
    assert parameter.default is not None
    return _argument(b, parameter.default, want, parameter.name.text, inner, settings)


def _arguments(
    b: Builder, stage: Stage, arguments: tuple[Item, ...], brought: bool, env: Env
) -> dict[str, Nested] | None:
    """The arguments by parameter; None, with findings, when one fits none."""
    names = [parameter.name.text for parameter in stage.parameters]
    takes = [parameter.name.text for parameter in stage.parameters if not parameter.brought]
    given: dict[str, Nested] = {}
    fine = True
    for item in arguments:
        if isinstance(item, Attribute):
            name = spelling.plain(item.key.text)
            if name not in names or (brought and name not in takes):
                _unknown_argument(b, stage, item, name, takes, env)
                fine = False
            given.setdefault(name, item.value)
        elif not isinstance(item, Let):
            if not takes:
                _unknown_argument(b, stage, item, "", takes, env)
                fine = False
            elif takes[0] in given:
                b.say(name_messages.SET_TWICE, env.span(item), name=takes[0])
            else:
                given[takes[0]] = item
    return given if fine else None


def _unknown_argument(
    b: Builder, stage: Stage, item: Item, name: str, takes: list[str], env: Env
) -> None:
    fix = None
    guess = nearest(name, takes) if name else None
    if guess and isinstance(item, Attribute):
        mend = f"Did you mean `{guess}`?"
        fix = Fix(f"write `{guess}`", (Edit(env.span(item.key), guess),), safe=False)
    elif takes:
        mend = "It takes " + ", ".join(f"`{one}`" for one in takes) + "."
    else:
        mend = "It takes nothing but what the arrow brings."
    place = item.key if isinstance(item, Attribute) else item
    what, shown = f"the stage `{stage.name.text}`", name or env.span(item).text
    b.say(
        messages.UNKNOWN_ARGUMENT,
        env.span(place),
        what=what,
        word="parameter",
        name=shown,
        mend=mend,
        fix=fix,
    )


def _missing(b: Builder, target: StageName, parameter: Parameter, node: Nested, env: Env) -> None:
    stage, name = target.stage.name.text, parameter.name.text
    if parameter.brought:
        mend = f"Put what it works on in front: `frames -> {stage}`."
    else:
        mend = f"Write `{stage}({name} = …)`."
    span = target.module.span(parameter.start, parameter.end)
    label = Label(span, "the parameter is declared here")
    b.say(
        messages.MISSING_ARGUMENT,
        env.span(node),
        stage=stage,
        name=name,
        because="",
        mend=mend,
        related=(label,),
    )


def _not_given(
    b: Builder,
    target: StageName,
    parameter: Parameter,
    found: Nothing,
    given: dict[str, Nested] | None,
    node: Nested,
    env: Env,
    settings: Settings,
) -> None:
    """A parameter without a default was given `none`."""
    value = (given or {}).get(parameter.name.text)
    if found.setting:
        b.say_missing(found, env.span(value if value is not None else node), settings)
    else:
        _missing(b, target, parameter, value if value is not None else node, env)


def build_body(
    b: Builder, stage: Stage, outer: Env, settings: Settings, path: str
) -> dict[str, Value]:
    """Builds what stands in the body of a stage; gives its outputs by name."""
    env = Env(outer.module, outer)
    single = nodes.makes_one_node(stage)
    outputs: dict[str, Value] = {}
    thunks: list[Thunk] = []
    for item in stage.items:
        if isinstance(item, Let):
            name = item.name.text
            thunk = Thunk(name, item.value, env, settings, b.base, b.stage)
            if single:
                thunk.at = path
            env.local[name] = thunk
            thunks.append(thunk)
        elif isinstance(item, Attribute):
            name = spelling.plain(item.key.text)
            at = path if single or not stage.named else b.base + name
            outputs[name] = _output(b, stage, name, item, env, settings, at)
        else:
            found = evaluate.value(b, item, env, settings, at=path)
            found = flows.give(b, found, item, env, settings)
    for thunk in thunks:
        evaluate.force(b, thunk, settings)
    return outputs


def _output(
    b: Builder, stage: Stage, name: str, item: Attribute, env: Env, settings: Settings, at: str
) -> Value:
    promised = [output for output in stage.outputs if output.name.text == name]
    if not promised:
        return BROKEN
    want = type_of(promised[0].type)
    with b.about(f"the output `{name}` of `{stage.name.text}`"):
        found = evaluate.value(b, item.value, env, settings, want=want, at=at)
        return fitting.fit(b, found, want, item.value, env, settings, at=at)


# --- copies ---


def _copied(b: Builder, block: Declared, node: Call, env: Env) -> Value:
    """A copy of a block with some settings changed; `none` takes one away."""
    if block.kind not in kinds.COPIED:
        mend = "Only assets, families, passes and pipelines can be copied."
        b.say(messages.NOT_CALLABLE, env.span(node.callee), what=describe(block), mend=mend)
        return BROKEN
    settings = dict(block.settings)
    own: set[str] = set()
    fine = True
    for item in node.arguments:
        if not isinstance(item, Attribute):
            if not isinstance(item, Let):
                _unnamed(b, block, item, env)
            fine = False
            continue
        name = spelling.plain(item.key.text)
        known = kinds.FIXED_SETTINGS.get(block.kind)
        if known is not None and name not in known:
            _unknown_setting(b, block, item, name, known, env)
            fine = False
        elif isinstance(item.value, Name) and item.value.text == "none":
            settings.pop(name, None)
        else:
            settings[name] = Setting(item.value, env, item)
            own.add(name)
    if not fine:
        return BROKEN
    span = env.span(node.callee)
    return Declared(block.kind, block.name, settings, frozenset(own), block.env, env.module, span)


def _unnamed(b: Builder, block: Declared, item: Nested, env: Env) -> None:
    b.say(
        name_messages.MISPLACED_ITEM,
        env.span(item),
        what="a value without a name",
        where=f"in a copy of a {block.kind}",
        why="A copy says which settings are changed.",
        mend="Write `setting = value`.",
    )


def _unknown_setting(
    b: Builder, block: Declared, item: Attribute, name: str, known: dict[str, Type], env: Env
) -> None:
    guess = nearest(name, known)
    mend = f"Did you mean `{guess}`?" if guess else "It has " + ", ".join(known) + "."
    fix = None
    if guess:
        fix = Fix(f"write `{guess}`", (Edit(env.span(item.key), guess),), safe=False)
    span = env.span(item.key)
    b.say(name_messages.UNKNOWN_SETTING, span, kind=block.kind, name=name, mend=mend, fix=fix)
