"""What the runs of a pipeline are held to: the targets of its file, or else those of the library's guide.

A target stands outside of every pipeline, so its values are known by themselves, and `wan lint` finds in it
what compiling does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wan22dsl.graph import messages
from wan22dsl.graph.build import declared, evaluate, limits
from wan22dsl.graph.build.builder import Builder
from wan22dsl.graph.build.refusing import in_words, refuse
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, describe
from wan22dsl.graph.targets import Limit, Target
from wan22dsl.program import kinds
from wan22dsl.program.modules import library_module
from wan22dsl.program.names import public
from wan22dsl.program.program import Program
from wan22dsl.program.values import Broken, Constant, Nothing, Type, Unknown
from wan22dsl.syntax.tree import Call, Group, List

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.program.modules import Module
    from wan22dsl.syntax.operators import Nested

#: The file of the library whose targets rate what has none of its own.
GUIDE = "guide"


def of_pipeline(
    program: Program, name: str, catalogue: Catalogue
) -> tuple[tuple[Target, ...], list[Diagnostic]]:
    """The targets of a pipeline or graph of the main file."""
    b = Builder(program, catalogue)
    found: list[Target] = []
    for block in _targets(b, program.main):
        pipelines = _pipelines(b, block)
        if pipelines is None or name in pipelines:
            found.append(_target(b, block, block.name))
    if found:
        return tuple(found), b.diagnostics
    return _of_guide(catalogue), b.diagnostics


@lru_cache(maxsize=4)
def _of_guide(catalogue: Catalogue) -> tuple[Target, ...]:
    """The targets of the guide. They stand alone, so they are the same for every program."""
    guide = library_module(GUIDE)
    b = Builder(Program(guide, {}), catalogue)
    named = [(block, f"{GUIDE}.{block.name}") for block in _targets(b, guide)]
    return tuple(_target(b, block, shown)._replace(is_guide=True) for block, shown in named)


def check(program: Program, catalogue: Catalogue) -> list[Diagnostic]:
    """What is wrong in the targets of the main file."""
    b = Builder(program, catalogue, lenient=True)
    for block in _targets(b, program.main):
        _pipelines(b, block)
        _target(b, block, block.name)
    return b.diagnostics


def _targets(b: Builder, module: Module) -> Iterator[Declared]:
    """The targets that a file declares. A copy that is wrong has been told."""
    for name in public(module) if module.is_library else module.names:
        one = module.names[name]
        if one.word.text == "target" and name not in module.circular:
            found = _evaluated(b, module, name)
            if isinstance(found, Declared) and found.kind == "target":
                yield found


def _evaluated(b: Builder, module: Module, name: str) -> Value:
    one = module.names[name]
    try:
        return declared.value(b, module, one, Settings(b, ()))
    except RecursionError as error:
        b.say_endless(error, module.span(one.name.start, one.name.end), name)
        return Broken()


# --- the pipelines that it is for ---


def _pipelines(b: Builder, block: Declared) -> frozenset[str] | None:
    """The names of the pipelines in `of`; None where it is for all of the file."""
    setting = block.settings.get("of")
    if setting is None:
        return None
    places = _places(setting.value)
    found = [_value(b, block, "of", place, setting) for place in places]
    if len(places) == 1 and isinstance(found[0], Nothing):
        return None
    named = [_pipeline(b, one, place, setting) for one, place in zip(found, places)]
    return frozenset(name for name in named if name is not None)


def _pipeline(b: Builder, found: Value, place: Nested, setting: Setting) -> str | None:
    """The name of a pipeline or graph of the file; None, with a finding, where it is none."""
    if isinstance(found, Broken):
        return None
    main = b.program.main
    if isinstance(found, Declared) and found.kind in ("pipeline", "graph"):
        kept = b.declared.get(id(main.names.get(found.name)))
        if kept is not None and kept[1] is found:
            return found.name
    shown = describe(found)
    if isinstance(found, Declared) and found.module is main and isinstance(place, Call):
        shown = f"a copy of {shown} that has no name"
    names = [one.name.text for one in b.program.pipelines()]
    mend = f"Name one of them, such as `{names[0]}`." if names else "Leave `of` out."
    b.say(messages.NO_SUCH_PIPELINE, setting.env.span(place), found=shown, mend=mend)
    return None


# --- what it is for, and what it limits ---


def _target(b: Builder, block: Declared, shown: str) -> Target:
    before = len(b.diagnostics)
    known = {name: _condition(b, block, name) for name in kinds.TARGET_CONDITIONS}
    found = {name: _limit(b, block, name) for name in kinds.TARGET_LIMITS}
    limited = {name: one for name, one in found.items() if one is not None}
    written = [name for name in block.settings if name in kinds.TARGET_LIMITS]
    misspelt = set(block.settings) - kinds.FIXED_SETTINGS["target"].keys()
    if not written and not misspelt and len(b.diagnostics) == before:
        b.say(messages.NO_LIMIT, block.span, name=block.name)
    return Target(
        shown,
        sizes=known["size"],
        lengths=known["length"],
        steps=known["steps"],
        passes=known["passes"],
        limits=limited,
        span=block.span,
    )


def _limit(b: Builder, block: Declared, name: str) -> Limit | None:
    setting = block.settings.get(name)
    if setting is None:
        return None
    found = _value(b, block, name, setting.value, setting)
    if isinstance(found, (Broken, Nothing, Unknown)):
        return None
    with b.about(_what(block, name)):
        return limits.read(b, found, setting, kinds.TARGET_LIMITS[name])


def _condition(b: Builder, block: Declared, name: str) -> tuple[Any, ...]:
    """The values of a condition, of which one has to hold."""
    setting = block.settings.get(name)
    if setting is None:
        return ()
    kind = kinds.TARGET_CONDITIONS[name]
    values = []
    for place in _places(setting.value):
        one = _value(b, block, name, place, setting)
        for part in one.data if isinstance(one, Constant) and one.type == "list" else (one,):
            values += _fitting(b, part, kind, place, setting, _what(block, name))
    return tuple(values)


def _fitting(
    b: Builder, found: Value, kind: str, place: Nested, setting: Setting, what: str
) -> list[Any]:
    """The value of a condition, where it is of the kind that is wanted."""
    if isinstance(found, (Broken, Nothing, Unknown)):
        return []
    if isinstance(found, Constant) and found.type == kind:
        return [found.data]
    with b.about(what):
        if isinstance(found, Constant) and (found.type, kind) == ("seconds", "frames"):
            wanted, mend = (
                "a length in frames, such as 81f",
                "A target has no frame rate: 5 seconds at 16 fps are 81f.",
            )
            span = setting.env.span(place)
            fields = {"wanted": wanted, "found": describe(found), "mend": mend}
            b.say(messages.WRONG_TYPE, span, what=what, **fields)
        else:
            refuse(b, found, Type(kind), place, setting.env)
    return []


def _value(b: Builder, block: Declared, name: str, node: Nested, setting: Setting) -> Value:
    """A value of a target; BROKEN where it is one that only a pipeline could give."""
    with b.within("", ""), b.about(_what(block, name)):
        try:
            found = evaluate.value(b, node, setting.env, Settings(b, ()))
        except RecursionError as error:
            b.say_endless(error, block.span, block.name)
            return Broken()
        if isinstance(found, Nothing) and found.setting:
            wanted = Type(kinds.TARGET_CONDITIONS.get(name, "*"))
            fields = {"wanted": in_words(wanted), "found": "read from no pipeline"}
            mend = "A target stands outside of the pipelines: write the value itself."
            b.say(messages.WRONG_TYPE, setting.env.span(node), what=b.what, mend=mend, **fields)
            return Broken()
    return found


def _places(node: Nested) -> tuple[Nested, ...]:
    """The values of a list as they are written, or the one value."""
    while isinstance(node, Group):
        node = node.inner
    return node.items if isinstance(node, List) else (node,)


def _what(block: Declared, name: str) -> str:
    return f"the {name} of `{block.name}`"
