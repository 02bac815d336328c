"""What declarations mean: named values, blocks, and copies of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.graph.build import (
    parameters,
)
from wan22dsl.graph.build.values import (
    Declared,
    Env,
    Setting,
    StageName,
    Thunk,
    describe,
)
from wan22dsl.language.program import kinds
from wan22dsl.language.program import messages as name_messages
from wan22dsl.language.program.synonyms import ASSET_SETTINGS
from wan22dsl.language.program.values import BROKEN, Broken, Constant
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
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.names import Named
    from wan22dsl.language.syntax.tree import Nested


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
            found = parameters.value(b, module, declared, settings)
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
    meant = ASSET_SETTINGS.get(name)
    guess = meant if meant in known else nearest(name, known)
    help = f"Did you mean `{guess}`?" if guess else "It has " + ", ".join(known) + "."
    span = env.span(item.key)
    fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False) if guess else None
    b.say(
        name_messages.UNKNOWN_SETTING, span, kind=kinds.a(block.kind), name=name, help=help, fix=fix
    )
