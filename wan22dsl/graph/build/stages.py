"""Calls of stages: the body is built with the parameters bound, where the stage is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import evaluate, fitting, flows, members, nodes
from wan22dsl.graph.build.arguments import arguments, missing, none_given
from wan22dsl.graph.build.values import ENDED, Env, Outputs, Several, StageName, Thunk, type_of
from wan22dsl.program.values import BROKEN, NOTHING, Nothing, Unknown
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Call, Let

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.program.modules import Module
    from wan22dsl.syntax.operators import Nested
    from wan22dsl.syntax.tree import Item, Parameter, Stage


def brought_of(stage: Stage) -> Parameter | None:
    """The parameter that an arrow fills."""
    first = stage.parameters[0] if stage.parameters else None
    return first if first is not None and first.brought else None


def waits(stage: Stage, node: Call) -> bool:
    """Whether a call of a stage still lacks what an arrow brings."""
    brought = brought_of(stage)
    keys = (item.key.text for item in node.arguments if isinstance(item, Attribute))
    return brought is not None and all(spelling.plain(key) != brought.name.text for key in keys)


def call_stage(
    b: Builder,
    target: StageName,
    given: tuple[Item, ...],
    brought: Value | None,
    env: Env,
    settings: Settings,
    node: Nested,
    *,
    at: str = "",
    without: frozenset[str] = frozenset(),
) -> Value:
    """Builds a stage with its parameters bound, and gives its outputs; those `without` are not made.

    A stage without outputs hands on what it got. `env` is where the arguments stand.
    """
    b.work.spend()
    stage, name = target.stage, target.stage.name.text
    path = at or b.base + name
    if b.pending and not at:
        b.base, b.pending = path + ".", False
    with b.within(path + ".", b.stage or path), b.called_at(target.module, env, node):
        inner = _bound(b, target, given, brought, env, settings, node)
        if b.abstract:  # every stage is looked at by itself
            return _promised(stage, brought)
        outputs = build_body(b, stage, inner, settings, path, without)
    if not stage.outputs:
        return _handed_on(stage, inner, brought)
    return Several(outputs) if stage.named else outputs.get("out", BROKEN)


def _handed_on(stage: Stage, inner: Env, brought: Value | None) -> Value:
    if brought is not None:
        return brought
    parameter = brought_of(stage)
    found = inner.local[parameter.name.text] if parameter is not None else ENDED
    return ENDED if isinstance(found, Thunk) else found


def _promised(stage: Stage, brought: Value | None) -> Value:
    """What a stage gives, as far as its head tells."""
    if not stage.outputs:
        return brought if brought is not None else ENDED
    given: dict[str, Value] = {one.name.text: Unknown(type_of(one.type)) for one in stage.outputs}
    return Several(given) if stage.named else given["out"]


def _bound(
    b: Builder,
    target: StageName,
    items: tuple[Item, ...],
    brought: Value | None,
    env: Env,
    settings: Settings,
    node: Nested,
) -> Env:
    """The parameters with their values. After a mistake in one the body is still built with the others."""
    given, complete = arguments(b, target.stage, items, brought is not None, env)
    inner = Env(target.module)
    for parameter in target.stage.parameters:
        name = parameter.name.text
        if name in given:
            written, here = given[name], env
        elif parameter.brought and brought is not None:
            inner.local[name] = _brought(b, parameter, brought, node, env, settings)
            continue
        elif parameter.default is not None:
            written, here = parameter.default, inner
        else:
            if complete:
                missing(b, target, parameter, node, env)
            inner.local[name] = BROKEN
            continue
        inner.local[name] = _argument(b, target, parameter, written, here, settings)
        inner.origins[name] = (written, here, settings)
    return inner


def _brought(
    b: Builder, parameter: Parameter, brought: Value, node: Nested, env: Env, settings: Settings
) -> Value:
    """What the arrow brings, as the parameter wants it."""
    if isinstance(brought, (Outputs, Several)):
        front = "what stands in front of the arrow"
        return members.one_output(b, brought, node, env, front)
    name, want = parameter.name.text, type_of(parameter.type)
    with b.about(f"what the arrow brings as `{name}`"):
        return fitting.fit(b, brought, want, node, env, settings, at=b.base + name)


def _argument(
    b: Builder,
    target: StageName,
    parameter: Parameter,
    written: Nested,
    env: Env,
    settings: Settings,
) -> Value:
    """An argument or a default. Alone, defaults are looked at with their own stage only."""
    name, want = parameter.name.text, type_of(parameter.type)
    if b.abstract and written is parameter.default:
        return Unknown(want)
    at = b.base + name
    with b.about(f"`{name}` of `{target.stage.name.text}`"):
        found = evaluate.value(b, written, env, settings, want=want, at=at)
        found = fitting.fit(b, found, want, written, env, settings, at=at)
    if isinstance(found, Nothing) and parameter.default is None:
        none_given(b, target, parameter, found, written, env, settings)
        return BROKEN
    return found


def build_body(
    b: Builder,
    stage: Stage,
    outer: Env,
    settings: Settings,
    path: str,
    without: frozenset[str] = frozenset(),
) -> dict[str, Value]:
    """Builds what stands in the body of a stage; gives its outputs by name, those `without` as nothing."""
    env = Env(outer.module, outer)
    single = _makes_one_node(outer.module, stage)
    outputs: dict[str, Value] = {}
    thunks: list[Thunk] = []
    for item in stage.items:
        if isinstance(item, Let):
            thunk = Thunk(item.name.text, item.value, env.above(len(thunks)), len(thunks))
            thunk.run = (settings, b.base, b.stage)
            thunk.at = path if single else ""
            env.local.setdefault(thunk.name, thunk)
            thunks.append(thunk)
        elif isinstance(item, Attribute):
            name = spelling.plain(item.key.text)
            if name in without:
                outputs[name] = NOTHING
                continue
            at = path if single or not stage.named else b.base + name
            here = env.above(len(thunks))
            outputs.setdefault(name, _output(b, stage, name, item, here, settings, at))
        else:
            here = env.above(len(thunks))
            found = evaluate.value(b, item, here, settings, at=path)
            flows.give(b, found, item, here, settings)
    for thunk in thunks:
        evaluate.force(b, thunk, settings)
    return outputs


def _makes_one_node(module: Module, stage: Stage) -> bool:
    """Asked of a stage once, however often it is called."""
    found = module.kept.get(id(stage))
    if found is None:
        found = module.kept[id(stage)] = nodes.makes_one_node(stage)
    return bool(found)


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
