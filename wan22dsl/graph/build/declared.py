"""What declarations stand for: parameters with their values, named values, blocks and their copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label
from wan22dsl.graph import messages
from wan22dsl.graph.build import evaluate, fitting
from wan22dsl.graph.build.values import (
    Declared,
    Env,
    Setting,
    StageName,
    Thunk,
    describe,
)
from wan22dsl.program import messages as name_messages
from wan22dsl.program.values import BROKEN, FILE_SOCKETS, Broken, Constant, Type, Unknown, spell
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Block, Derived, Let, Param, Stage

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.program.modules import Module
    from wan22dsl.program.names import Named
    from wan22dsl.syntax.tree import TypeName


def value(b: Builder, module: Module, declared: Named, settings: Settings) -> Value:
    """What a declaration of a file stands for."""
    if declared.name.text in module.circular:
        return BROKEN
    if isinstance(declared, Stage):
        return StageName(declared, module)
    kept = b.declared.get(id(declared))
    if kept is not None:
        found = kept[1]
    else:
        if isinstance(declared, Param):
            found = _parameter(b, module, declared, settings)
        elif isinstance(declared, Block):
            found = _block(module, declared)
        elif declared.word.text == "let":
            found = Thunk(declared.name.text, declared.value, Env(module))
        else:
            found = _copy(b, module, declared, settings)
        b.declared[id(declared)] = (declared, found)
    return evaluate.force(b, found, settings) if isinstance(found, Thunk) else found


def type_of(written: TypeName) -> Type:
    """A type as written."""
    if written.item is not None:
        return Type("list", type_of(written.item))
    return Type(spelling.plain(written.text))


def _parameter(b: Builder, module: Module, param: Param, settings: Settings) -> Value:
    want = type_of(param.type)
    given = b.program.value_of(module, param.name.text)
    about = f"the parameter `{param.name.text}`"
    env = Env(module)
    if given is not None and given.constant is not None:
        found: Value = given.constant
        with b.about(about):
            found = fitting.fit(b, found, want, param.name, env, settings, at=param.name.text)
    else:
        expression = param.default
        if given is not None:
            assert given.expression is not None and given.module is not None
            expression, env = given.expression, Env(given.module)
        if expression is None:
            return _missing(b, module, param, want)
        with b.about(about):
            found = evaluate.value(b, expression, env, settings, want=want)
            found = fitting.fit(b, found, want, expression, env, settings, at=param.name.text)
    if param.accepts is not None and isinstance(found, Constant):
        return _accepted(b, module, param, found, settings)
    return found


def _missing(b: Builder, module: Module, param: Param, want: Type) -> Value:
    """A parameter without a value: unknown, and nothing can be compiled with it."""
    b.incomplete = True
    example = {"text": "…", "image": "portrait.png", "int": "1", "float": "1.0"}.get(want.name, "…")
    kind = messages.NOT_GIVEN_NOTE if b.abstract else messages.NOT_GIVEN
    span = module.span(param.name.start, param.name.end)
    b.say(kind, span, name=param.name.text, example=example, type=str(want))
    return Unknown(Type(FILE_SOCKETS.get(want.name, want.name), want.item))


def _accepted(
    b: Builder, module: Module, param: Param, found: Constant, settings: Settings
) -> Value:
    assert param.accepts is not None
    env = Env(module)
    allowed = evaluate.value(
        b, param.accepts, env, settings, want=Type("list", type_of(param.type))
    )
    if not isinstance(allowed, Constant):
        return found
    if allowed.type == "range":
        low, high = allowed.data
        fine = low.data <= found.data <= high.data
    else:
        want = type_of(param.type)
        items = [fitting.fit(b, one, want, param.accepts, env, settings) for one in allowed.data]
        fine = found in items
    if fine:
        return found
    span = module.span(param.name.start, param.name.end)
    label = Label(module.span(param.accepts.start, param.accepts.end), "what it accepts")
    name, accepted = param.name.text, spell(allowed)
    b.say(
        messages.NOT_ACCEPTED,
        span,
        name=name,
        accepted=accepted,
        found=spell(found),
        related=(label,),
    )
    return BROKEN


def _block(module: Module, block: Block) -> Declared:
    env = Env(module)
    settings: dict[str, Setting] = {}
    for item in block.items:
        if isinstance(item, Let):
            env.local[item.name.text] = Thunk(item.name.text, item.value, env)
        elif isinstance(item, Attribute):
            settings.setdefault(spelling.plain(item.key.text), Setting(item.value, env, item))
    span = module.span(block.name.start, block.name.end)
    own = frozenset(settings)
    return Declared(block.word.text, block.name.text, settings, own, env, module, span)


def _copy(b: Builder, module: Module, derived: Derived, settings: Settings) -> Value:
    kind, env = derived.word.text, Env(module)
    found = evaluate.value(b, derived.value, env, settings)
    if isinstance(found, Broken):
        return found
    name = derived.name.text
    if not isinstance(found, Declared) or found.kind != kind:
        span = env.span(derived.value)
        fields = {"kind": kind, "name": name}
        b.say(name_messages.NOT_A_COPY, span, **fields, related=_label_of(found))
        return BROKEN
    span = module.span(derived.name.start, derived.name.end)
    own = found.own if found.module is module and found.span != span else frozenset()
    return Declared(kind, name, found.settings, own & _written(derived), found.env, module, span)


def _written(derived: Derived) -> frozenset[str]:
    """The settings that a copy writes itself, rather than taking them over."""
    items = getattr(derived.value, "arguments", ())
    keys = (item.key.text for item in items if isinstance(item, Attribute))
    return frozenset(spelling.plain(key) for key in keys)


def _label_of(found: Value) -> tuple[Label, ...]:
    if isinstance(found, Declared):
        return (Label(found.span, f"this is {describe(found)}"),)
    return ()
