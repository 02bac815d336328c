"""What declarations stand for: blocks and their copies, `let`s, and parameters with their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.graph.build import messages
from wan22dsl.graph.build.values import (
    Declared,
    Env,
    Flow,
    Flows,
    Open,
    Setting,
    Several,
    StageName,
    Thunk,
    Wire,
    describe,
    in_words,
    type_of,
)
from wan22dsl.language.program import kinds
from wan22dsl.language.program import messages as name_messages
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Unknown, spell
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Derived,
    Let,
    Name,
    Number,
    Param,
    Stage,
)
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.names import Named
    from wan22dsl.language.program.program import Given, Program
    from wan22dsl.language.syntax.tree import Nested, Parameter
    from wan22dsl.source import Span


def value(b: Builder, module: Module, declared: Named, settings: Settings) -> Value:
    """What a declaration of a file stands for."""
    if declared.name.text in module.circular:
        return b.told()
    if isinstance(declared, Stage):
        return StageName(declared, module)
    kept = b.declared.get(id(declared))
    if kept is not None:
        found = kept[1]
    elif id(declared) in module.kept:
        found = module.kept[id(declared)]
        b.declared[id(declared)] = (declared, found)
    else:
        b.declared[id(declared)] = (declared, BROKEN)
        if isinstance(declared, Param):
            b.parameters_read.add((module.source.path, declared.name.text))
            found = _parameter(b, module, declared, settings)
        elif isinstance(declared, Block):
            found = _block(module, declared)
        elif declared.word.text == "let":
            found = Thunk(declared.name.text, declared.value, Env(module))
        else:
            found = _copy(b, module, declared, settings)
        if module.is_library and isinstance(found, Declared):
            found = module.kept.setdefault(id(declared), found)  # other threads build with it too
        b.declared[id(declared)] = (declared, found)
    if isinstance(found, Thunk):
        return b.force(found, settings)
    if isinstance(found, Constant) and isinstance(declared, Param):
        return _as_frames(b, module, declared, found, settings)
    return found


def _as_frames(
    b: Builder, module: Module, param: Param, found: Constant, settings: Settings
) -> Value:
    """Seconds that were given as a length, at the rate of the pipeline that asks."""
    if found.type != "seconds" or param.type.text != "frames":
        return found
    with b.about(f"the parameter `{param.name.text}`"):
        return b.fit(found, Type("frames"), param.default or param.name, Env(module), settings)


def _block(module: Module, block: Block) -> Declared:
    env = Env(module)
    settings: dict[str, Setting] = {}
    lets = 0
    has_lets = any(isinstance(item, Let) for item in block.items)
    for item in block.items:
        if isinstance(item, Let):
            thunk = Thunk(item.name.text, item.value, env.above(lets), lets)
            env.local.setdefault(thunk.name, thunk)
            lets += 1
        elif isinstance(item, Attribute):
            name = spelling.plain(item.key.text)
            here = env.above(lets) if has_lets else env
            settings.setdefault(name, Setting(item.value, here, item))
    span = module.span(block.name.start, block.name.end)
    own = frozenset(settings)
    return Declared(block.word.text, block.name.text, settings, own, env, module, span)


def _copy(b: Builder, module: Module, derived: Derived, settings: Settings) -> Value:
    kind, env = derived.word.text, Env(module)
    found = b.evaluate(derived.value, env, settings)
    if isinstance(found, Broken):
        return found
    name = derived.name.text
    if not isinstance(found, Declared) or found.kind != kind:
        span = env.span(derived.value)
        help, fix = kinds.write_block(kind, name), None
        if kind == "pass" and isinstance(found, (Flow, Flows, Open, StageName, Several, Wire)):
            word = module.span(derived.word.start, derived.word.end)
            help = f"Write `let {name} = …`: this is a flow, and no copy of a pass."
            fix = Fix("write `let`", (Edit(word, "let"),), safe=False)
        b.say(
            name_messages.NOT_A_COPY,
            span,
            kind=kind,
            a=kinds.a(kind),
            help=help,
            fix=fix,
            related=_label_of(found),
        )
        return BROKEN
    span = module.span(derived.name.start, derived.name.end)
    own = found.own if isinstance(derived.value, Call) else frozenset()
    return Declared(kind, name, found.settings, own, found.env, module, span)


def _label_of(found: Value) -> tuple[Label, ...]:
    if isinstance(found, Declared):
        return (Label(found.span, f"this is {describe(found)}"),)
    return ()


def copied(b: Builder, block: Declared, node: Call, env: Env) -> Value:
    """A copy of a block with some settings changed; `none` takes one away.

    A mistake in the arguments is reported, and the copy goes on without it.
    """
    settings = dict(block.settings)
    own: set[str] = set()
    known = kinds.FIXED_SETTINGS.get(block.kind)
    for item in node.arguments:
        if isinstance(item, Let):
            continue  # resolving the file has said so
        if (item.start, item.end) in env.module.unread:
            continue  # resolving the file has said so
        if not isinstance(item, Attribute):
            alone = not any(
                isinstance(argument, Attribute) and argument.key.text == "strength"
                for argument in node.arguments
            )
            _unnamed(b, block, item, env, alone=alone and item is node.arguments[0])
            continue
        name = spelling.plain(item.key.text)
        if known is not None and name not in known:
            _unknown_setting(b, block, item, name, known, env)
        elif isinstance(item.value, Name) and item.value.text == "none":
            settings.pop(name, None)
            own.discard(name)
        elif name not in own:
            before = block.settings.get(name)
            settings[name] = Setting(item.value, env, item, before, env.span(node.callee).text)
            own.add(name)
    if block.kind == "pass" and "model" in own and "loras" not in own and "loras" in settings:
        settings["loras"] = settings["loras"]._replace(of_other_model=True)
    span = env.span(node.callee)
    return Declared(block.kind, block.name, settings, frozenset(own), block.env, env.module, span)


def _unnamed(b: Builder, block: Declared, item: Nested, env: Env, *, alone: bool) -> None:
    fix, help = None, "Write `setting = value`."
    if block.kind == "lora" and isinstance(item, Number) and alone:
        help = f"Write `strength = {item.text}`."
        place = env.module.span(item.start, item.start)
        fix = Fix(f"write `strength = {item.text}`", (Edit(place, "strength = "),))
    b.say(
        name_messages.MISPLACED_ITEM,
        env.span(item),
        what="a value without a name",
        where=f"in a copy of {kinds.a(block.kind)}",
        why="A copy states which settings change.",
        help=help,
        fix=fix,
    )


def _unknown_setting(
    b: Builder, block: Declared, item: Attribute, name: str, known: dict[str, Type], env: Env
) -> None:
    from wan22dsl.language.program.synonyms import ASSET_SETTINGS

    meant = ASSET_SETTINGS.get(name)
    guess = meant if meant in known else nearest(name, known)
    help = f"Did you mean `{guess}`?" if guess else "It has " + ", ".join(known) + "."
    span = env.span(item.key)
    fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False) if guess else None
    b.say(
        name_messages.UNKNOWN_SETTING, span, kind=kinds.a(block.kind), name=name, help=help, fix=fix
    )


# --- parameters ---


#: Types whose values have an order, so that a range can be accepted.
_ORDERED = frozenset("int float seconds frames fps bytes".split())


def _parameter(b: Builder, module: Module, param: Param, settings: Settings) -> Value:
    """What a parameter stands for. Seconds as a length stay seconds: each pipeline has its own rate."""
    want = type_of(param.type)
    given = b.program.value_of(module, param.name.text)
    with b.within("", ""), b.about(f"the parameter `{param.name.text}`"):
        if given is None and param.default is None:
            found: Value = _not_given(b, module, param, want)
        else:
            found = _written(b, module, param, given, want, settings)
        return accepted(b, module, param, found, settings)


def accepted(
    b: Builder,
    module: Module,
    param: Param | Parameter,
    found: Value,
    settings: Settings,
    place: Span | None = None,
) -> Value:
    """The value of a parameter; BROKEN, with a finding at the `place`, where it accepts others only."""
    want = type_of(param.type)
    allowed = _allowed(b, module, param, want, settings)
    if allowed is None or isinstance(found, Broken):
        return found
    judged = b.fit(found, want, param.accepts or param.name, Env(module), settings)
    if isinstance(judged, (Broken, Unknown, Wire)):  # what comes by a link is known when it runs
        return found
    if isinstance(allowed, Constant):
        low, high = allowed.data
        fine = isinstance(judged, Constant) and low.data <= judged.data <= high.data
    else:
        fine = any(_same(item, judged) for item in allowed)
    return found if fine else _refuse(b, module, param, allowed, judged, place)


def _written(
    b: Builder, module: Module, param: Param, given: Given | None, want: Type, settings: Settings
) -> Value:
    expression, env = param.default, Env(module)
    if given is not None:
        expression, env = given.expression, Env(given.module)
    assert expression is not None
    at = param.name.text
    found = b.evaluate(expression, env, settings, want=want, at=at)
    if want.name == "frames" and isinstance(found, Constant) and found.type == "seconds":
        return found
    return b.fit(found, want, expression, env, settings, at=at)


#: What a value of a type looks like on the command line.
_EXAMPLES = {
    "text": "…",
    "image": "portrait.png",
    "video": "dance.mp4",
    "audio": "voice.mp3",
    "int": "1",
    "float": "1.0",
    "bool": "true",
    "frames": "81f",
    "seconds": "5s",
    "fps": "16fps",
    "bytes": "24GiB",
    "size": "832x1216",
    "sampler": "euler/simple",
    "steps": '"0..2 of 4"',
    "flow": '"high -> low"',
}


def _not_given(b: Builder, module: Module, param: Param, want: Type) -> Value:
    """A parameter without a value: not known, and nothing can be compiled with it."""
    b.incomplete = True
    kind = messages.NOT_GIVEN_NOTE if b.lenient else messages.NOT_GIVEN
    span = module.span(param.name.start, param.name.end)
    name = b.program.outside_name(module, param.name.text)
    b.say(kind, span, name=name, example=_EXAMPLES.get(want.name, "…"), type=str(want))
    return Unknown(want)


def _allowed(
    b: Builder, module: Module, param: Param | Parameter, want: Type, settings: Settings
) -> list[Value] | Constant | None:
    """The values that are accepted: a list of them, or a range; None where everything is."""
    if param.accepts is None:
        return None
    env = Env(module)
    span = module.span(param.accepts.start, param.accepts.end)
    with b.about(f"the accepted values of the parameter `{param.name.text}`"):
        allowed = b.evaluate(param.accepts, env, settings, want=Type("list", want))
        if isinstance(allowed, Constant) and allowed.type == "range" and want.name in _ORDERED:
            ends = [b.fit(item, want, param.accepts, env, settings) for item in allowed.data]
            fine = all(isinstance(end, Constant) for end in ends)
            return Constant("range", tuple(ends)) if fine else None
        if isinstance(allowed, Constant) and allowed.type == "list":
            items = [b.fit(item, want, param.accepts, env, settings) for item in allowed.data]
            return None if any(isinstance(item, (Broken, Unknown)) for item in items) else items
        if not isinstance(allowed, (Broken, Unknown)):
            ordered = f", or a range of them such as {_RANGES.get(want.name, '0.0..1.0')}"
            b.say(
                messages.WRONG_TYPE,
                span,
                what=b.what,
                wanted=f"a list of values{ordered if want.name in _ORDERED else ''}",
                found=describe(allowed),
                help=f"Write `in [ … ]`, with each value {in_words(want)}.",
            )
    return None


_RANGES = {"int": "1..8", "frames": "17f..81f", "seconds": "1s..5s", "fps": "8fps..24fps"}


def _same(value: Value, other: Value) -> bool:
    """Whether two values are the same; flows are compared by what is written."""
    if isinstance(value, Flow) and isinstance(other, Flow):
        return _spelt(value) == _spelt(other)
    if isinstance(value, StageName) and isinstance(other, StageName):
        return value.stage is other.stage
    if isinstance(value, Declared) or isinstance(other, Declared):
        return value is other
    return value == other


def _spelt(flow: Flow) -> list[str]:
    return ["".join(flow.env.span(expression).text.split()) for expression in flow.elements]


def _refuse(
    b: Builder,
    module: Module,
    param: Param | Parameter,
    accepted: list[Value] | Constant,
    found: Value,
    place: Span | None,
) -> Broken:
    assert param.accepts is not None
    span = place if place is not None else module.span(param.name.start, param.name.end)
    label = Label(module.span(param.accepts.start, param.accepts.end), "an accepted value")
    shown = spell(accepted) if isinstance(accepted, Constant) else label.span.text
    told = spell(found) if isinstance(found, Constant) else describe(found)
    name = param.name.text
    b.say(messages.NOT_ACCEPTED, span, name=name, accepted=shown, found=told, related=(label,))
    return BROKEN


def given_for_nothing(
    program: Program, read: Collection[tuple[str, str]], who: str
) -> list[Diagnostic]:
    """The values from outside for parameters that no build has asked for.

    A file of parameters may be for several pipelines, so what only such a file says is not judged.
    """
    found = []
    for outside, module, param in program.parameters():
        given = program.value_of(module, param.name.text)
        if given is None or given.is_shared or (module.source.path, param.name.text) in read:
            continue
        if param.name.text in module.asked - module.mentioned:
            continue  # a target reads it
        span = given.module.span(given.expression.start, given.expression.end)
        help = "Remove it, or name a pipeline that reads it."
        if param.name.text in kinds.PASS_SETTINGS and param.name.text not in module.asked:
            help = f"Write `{param.name.text} = {param.name.text}` in the pipeline, or remove it."
        found.append(messages.GIVEN_FOR_NOTHING.at(span, name=outside, who=who, help=help))
    return found
