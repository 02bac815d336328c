"""Calls of stages and declared blocks: which argument goes to which parameter, and what the call builds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.graph.build import declared, members, messages, nodes, pass_model
from wan22dsl.graph.build.values import (
    ENDED,
    Declared,
    Env,
    Open,
    Outputs,
    Several,
    StageName,
    Thunk,
    chosen,
    describe,
    type_of,
)
from wan22dsl.language.program import kinds
from wan22dsl.language.program import messages as name_messages
from wan22dsl.language.program.own_node import inputs_set
from wan22dsl.language.program.values import BROKEN, NOTHING, Broken, Nothing, Unknown
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Bad, Call, ClassName, Let, List, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.syntax.tree import Item, Nested, Parameter, Stage
    from wan22dsl.language.types import Type


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
    callee = b.named(node.callee, env, settings)
    if isinstance(callee, StageName):
        if waits(callee.stage, node) or want == kinds.FLOW:
            return Open(node, callee, env)
        choose = want != members.SEVERAL
        return call_stage(
            b, callee, node.arguments, None, env, settings, node, at=at, choose=choose
        )
    if isinstance(callee, Declared):
        return declared.copied(b, callee, node, env)
    if isinstance(callee, Broken):
        return BROKEN
    help = f"Write `{node.callee.text}` without parentheses."
    b.say(messages.NOT_CALLABLE, env.span(node.callee), what=describe(callee), help=help)
    return BROKEN


def arguments(
    b: Builder, target: StageName, items: tuple[Item, ...], brought: bool, env: Env
) -> tuple[dict[str, Nested], bool]:
    """The arguments by parameter, and whether each of them fits one.

    One may be written without its name: it goes to the first parameter that is not `in`.
    """
    stage = target.stage
    names = [parameter.name.text for parameter in stage.parameters]
    takes = [parameter.name.text for parameter in stage.parameters if not parameter.brought]
    given: dict[str, Nested] = {}
    complete = True
    for item in items:
        if isinstance(item, Attribute):
            name = spelling.plain(item.key.text)
            if name in takes or (name in names and not brought):
                if name in given and not _repeated(items, name):
                    b.say(name_messages.SET_TWICE, env.span(item.key), name=name)
                given.setdefault(name, item.value)
            else:
                _unknown(b, target, item, name, takes, brought and name in names, env)
                complete = False
        elif not isinstance(item, Let):
            if not takes:
                _unknown(b, target, item, "", takes, False, env)
                complete = False
            elif takes[0] not in given:
                given[takes[0]] = item
            elif any(isinstance(expression, Attribute) for expression in items):
                b.say(name_messages.SET_TWICE, env.span(item), name=takes[0])
    return given, complete


def _repeated(items: tuple[Item, ...], name: str) -> bool:
    """Whether a name occurs twice as a key; reading the file has said so."""
    keys = [spelling.plain(item.key.text) for item in items if isinstance(item, Attribute)]
    return keys.count(name) > 1


def _unknown(
    b: Builder,
    target: StageName,
    item: Item,
    name: str,
    takes: list[str],
    is_brought: bool,
    env: Env,
) -> None:
    from wan22dsl.language.program.synonyms import PARAMETERS

    if name == nodes.NODE and isinstance(item, Attribute) and isinstance(item.value, Bad):
        b.told()
        return
    fix = None
    own = nodes.own_of(target)
    more = nodes.further_names(b, target.stage, own)
    guess = nearest(name, [*takes, *more]) if name and not is_brought else None
    if PARAMETERS.get(name) in takes and not is_brought:
        guess = PARAMETERS[name]
    setter = None if own is None or is_brought else inputs_set(own).get(name)
    if isinstance(setter, Name) and setter.text in takes:
        guess = setter.text
    if is_brought:
        help = "The arrow already supplies it: remove one of the two."
    elif name == nodes.NODE and own is not None:
        help = "Write a call of a class, `node = MyClass(…)`, to put its node in the place of this one."
    elif guess and isinstance(item, Attribute):
        help = f"Did you mean `{guess}`?"
        if not isinstance(item.value, List) or _takes_list(target.stage, guess):
            fix = Fix(f"write `{guess}`", (Edit(env.span(item.key), guess),), safe=False)
    elif takes:
        help = "It takes " + ", ".join(f"`{take}`" for take in takes) + "."
    else:
        help = "It takes only the value of the arrow."
    if more and own is not None and not guess and not is_brought:
        few = ", ".join(f"`{take}`" for take in more[:_SHOWN])
        help += f" Further inputs of its node: {few}{', …' if len(more) > _SHOWN else ''}."
    place = item.key if isinstance(item, Attribute) else item
    b.say(
        messages.UNKNOWN_ARGUMENT,
        env.span(place),
        what=f"the stage `{target.stage.name.text}`",
        word="parameter" if not is_brought else "other place for",
        name=name or env.span(item).text,
        help=help,
        fix=fix,
    )


def _takes_list(stage: Stage, name: str) -> bool:
    """Whether a parameter can be a list, such as `[lora]` or a flow; an input of a node cannot."""
    return any(
        parameter.name.text == name
        and (parameter.type.item is not None or parameter.type.text in ("flow", "*"))
        for parameter in stage.parameters
    )


#: So many of the further inputs of a node are shown in a message.
_SHOWN = 8


def missing(b: Builder, target: StageName, parameter: Parameter, node: Nested, env: Env) -> None:
    """Reports a parameter that has no default and was not given."""
    stage, name = target.stage.name.text, parameter.name.text
    fix = None
    if parameter.brought:
        help = f"Put its input before it: `frames -> {stage}`."
    else:
        help = f"Write `{stage}({name} = …)`."
        if parameter.type.text == "text":
            written = re.fullmatch(rf"{stage}(\(\s*\))?", env.span(node).text)
            text = f'{stage}("{_pipeline_around(env, node)}")'
            help = f"Write `{text}`, or another {name}."
            if written is not None:
                fix = Fix(f"write `{text}`", (Edit(env.span(node), text),), safe=False)
    span = target.module.span(parameter.start, parameter.end)
    label = Label(span, "the parameter is declared here")
    b.say(
        messages.MISSING_ARGUMENT,
        env.span(node),
        stage=stage,
        name=name,
        help=help,
        related=(label,),
        fix=fix,
    )


def _pipeline_around(env: Env, node: Nested) -> str:
    """The name of the pipeline in which something is written; `clip` outside of all."""
    for name, expression in env.module.names.items():
        if expression.word.text == "pipeline" and expression.start <= node.start < expression.end:
            return name
    return "clip"


def none_given(
    b: Builder,
    target: StageName,
    parameter: Parameter,
    found: Nothing,
    place: Nested,
    env: Env,
    settings: Settings,
) -> None:
    """Reports that a parameter without a default was given `none`."""
    if found.setting:
        b.say_missing(found, env.span(place), settings)
    else:
        missing(b, target, parameter, place, env)


def brought_of(stage: Stage) -> Parameter | None:
    """The parameter that an arrow fills."""
    first = stage.parameters[0] if stage.parameters else None
    return first if first is not None and first.brought else None


def needed_of(stage: Stage) -> Parameter | None:
    """The parameter that an arrow fills, of a stage that cannot begin a flow."""
    brought = brought_of(stage)
    return brought if brought is not None and brought.default is None else None


def waits(stage: Stage, node: Call) -> bool:
    """Whether a call of a stage still lacks what an arrow brings."""
    brought = needed_of(stage)
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
    made: Mapping[str, Value] = {},
    choose: bool = True,
) -> Value:
    """Builds a stage with its parameters bound, and gives its outputs; those `without` are not made.

    A stage without outputs hands on what it got. `env` is where the arguments are; `made` has values for
    parameters that no argument gives and that have no default. With `choose` a stage whose outputs are
    called as what a pass does stands in an engine for one of them.
    """
    b.work.spend()
    stage, name = target.stage, target.stage.name.text
    only = members.alternative(stage, settings) if choose else ""
    if only:
        without = frozenset(output.name.text for output in stage.outputs) - {only}
    path = at or b.base + name
    if b.pending and not at:
        b.base, b.pending = path + ".", False
    with b.within(path + ".", b.stage or path), b.called_at(target.module, env, node):
        inner = _bound(b, target, given, brought, env, settings, node, made)
        if b.abstract:  # every stage is looked at by itself
            promised = _promised(stage, brought)
            return promised.values[only] if only and isinstance(promised, Several) else promised
        if (
            name == pass_model.BOUNDARY
            and target.module.is_library
            and target.module.standard is None
        ):
            return pass_model.at_boundary(b, inner, settings, node, env)
        outputs = build_body(b, stage, inner, settings, path, without)
    if only:
        return outputs[only]
    if not stage.outputs:
        return _handed_on(stage, inner, brought)
    if stage.named and inner.further is not None:
        outputs = {**nodes.of_low_expert(b, inner.further), **outputs}
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
    given: dict[str, Value] = {
        output.name.text: Unknown(type_of(output.type)) for output in stage.outputs
    }
    return Several(given) if stage.named else given["out"]


def _bound(
    b: Builder,
    target: StageName,
    items: tuple[Item, ...],
    brought: Value | None,
    env: Env,
    settings: Settings,
    node: Nested,
    made: Mapping[str, Value],
) -> Env:
    """The parameters with their values. After a mistake in one the body is still built with the others."""
    further, items = nodes.further_inputs(b, target, items, env, settings)
    given, complete = arguments(b, target, items, brought is not None, env)
    inner = Env(target.module)
    inner.further = further
    for parameter in target.stage.parameters:
        name = parameter.name.text
        if name in given:
            written, here = given[name], env
        elif parameter.brought and brought is not None:
            inner.local[name] = _brought(b, parameter, brought, node, env, settings)
            continue
        elif parameter.default is not None:
            written, here = parameter.default, inner
        elif name in made:
            inner.local[name] = made[name]
            continue
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
    brought = chosen(brought)
    if isinstance(brought, (Outputs, Several)):
        front = "the value before the arrow"
        return members.one_output(b, brought, node, env, front)
    name, want = parameter.name.text, type_of(parameter.type)
    with b.about(f"the value of the arrow as `{name}`"):
        return b.fit(brought, want, node, env, settings, at=b.base + name)


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
    with b.about(f"`{name}` of `{target.stage.name.text}`"), b.measuring(want):
        found = b.evaluate(written, env, settings, want=want, at=at)
        found = b.fit(found, want, written, env, settings, at=at)
    if isinstance(found, Nothing) and parameter.default is None:
        none_given(b, target, parameter, found, written, env, settings)
        return BROKEN
    if parameter.accepts is None or isinstance(found, Nothing):
        return found
    place = env.span(written)
    return declared.accepted(b, target.module, parameter, found, settings, place)


def build_body(
    b: Builder,
    stage: Stage,
    outer: Env,
    settings: Settings,
    path: str,
    without: frozenset[str] = frozenset(),
) -> dict[str, Value]:
    """Builds what is in the body of a stage; gives its outputs by name, those `without` as nothing."""
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
            found = b.evaluate(item, here, settings, at=path)
            b.give(found, item, here, settings)
    for thunk in thunks:
        b.force(thunk, settings)
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
        found = b.evaluate(item.value, env, settings, want=want, at=at)
        return b.fit(found, want, item.value, env, settings, at=at)
