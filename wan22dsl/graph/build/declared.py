"""What declarations stand for: named values, blocks and their copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label
from wan22dsl.graph.build import evaluate, fitting, parameters
from wan22dsl.graph.build.values import Declared, Env, Setting, StageName, Thunk, describe
from wan22dsl.program import kinds
from wan22dsl.program import messages as name_messages
from wan22dsl.program.values import BROKEN, Broken, Constant, Type
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Block, Call, Derived, Let, Param, Stage

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.program.modules import Module
    from wan22dsl.program.names import Named


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
            found = parameters.value(b, module, declared, settings)
        elif isinstance(declared, Block):
            found = _block(module, declared)
        elif declared.word.text == "let":
            found = Thunk(declared.name.text, declared.value, Env(module))
        else:
            found = _copy(b, module, declared, settings)
        b.declared[id(declared)] = (declared, found)
        if module.is_library and isinstance(found, Declared):
            module.kept[id(declared)] = found
    if isinstance(found, Thunk):
        return evaluate.force(b, found, settings)
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
        return fitting.fit(
            b, found, Type("frames"), param.default or param.name, Env(module), settings
        )


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
    found = evaluate.value(b, derived.value, env, settings)
    if isinstance(found, Broken):
        return found
    name = derived.name.text
    if not isinstance(found, Declared) or found.kind != kind:
        span = env.span(derived.value)
        b.say(
            name_messages.NOT_A_COPY,
            span,
            kind=kind,
            a=kinds.a(kind),
            name=name,
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
