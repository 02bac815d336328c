"""Copies of declared blocks: a call of one gives it with some settings changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph.build.values import Declared, Setting
from wan22dsl.program import kinds
from wan22dsl.program import messages as name_messages
from wan22dsl.program.synonyms import ASSET_SETTINGS
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Let, Name, Number

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.program.values import Type
    from wan22dsl.syntax.operators import Nested
    from wan22dsl.syntax.tree import Call


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
                isinstance(one, Attribute) and one.key.text == "strength" for one in node.arguments
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
    fix, mend = None, "Write `setting = value`."
    if block.kind == "lora" and isinstance(item, Number) and alone:
        mend = f"Write `strength = {item.text}`."
        place = env.module.span(item.start, item.start)
        fix = Fix(f"write `strength = {item.text}`", (Edit(place, "strength = "),))
    b.say(
        name_messages.MISPLACED_ITEM,
        env.span(item),
        what="a value without a name",
        where=f"in a copy of {kinds.a(block.kind)}",
        why="A copy says which settings are changed.",
        mend=mend,
        fix=fix,
    )


def _unknown_setting(
    b: Builder, block: Declared, item: Attribute, name: str, known: dict[str, Type], env: Env
) -> None:
    meant = ASSET_SETTINGS.get(name)
    guess = meant if meant in known else nearest(name, known)
    mend = f"Did you mean `{guess}`?" if guess else "It has " + ", ".join(known) + "."
    span = env.span(item.key)
    fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False) if guess else None
    b.say(
        name_messages.UNKNOWN_SETTING, span, kind=kinds.a(block.kind), name=name, mend=mend, fix=fix
    )
