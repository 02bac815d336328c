"""The limits that runs of a pipeline must keep: those of its file, or those of the library."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph.build import declared, messages
from wan22dsl.graph.build.making import new_builder
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, describe, in_words
from wan22dsl.graph.model import Limit, Target
from wan22dsl.language.program import kinds
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.program.names import of_kind
from wan22dsl.language.program.program import Program
from wan22dsl.language.program.values import Broken, Constant, Nothing, Unknown, spell
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Call, Group, List, Record
from wan22dsl.language.types import Type
from wan22dsl.language.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.graph.model import Range
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.syntax.tree import ClassName, Expression, Nested


_EXAMPLES = {"seconds": "0s..85s", "bytes": "0GiB..30GiB"}
_WORDS = {"seconds": "seconds", "bytes": "memory"}
_UNITS = {"seconds": "s", "bytes": "GiB"}


def read(b: Builder, found: Value, setting: Setting, kind: str) -> Limit | None:
    """A limit in seconds or bytes; None, with a finding, when it is none."""
    if not (isinstance(found, Constant) and found.type == "record"):
        good = _range(b, found, setting.value, setting, kind)
        return None if good is None else Limit(None, good)
    grades: dict[str, Range] = {}
    for key, value in found.data:
        item = _entry(setting.value, key)
        if key not in kinds.GRADES:
            _unknown_grade(b, key, setting.value if item is None else item.key, setting)
            return None
        place = setting.value if item is None else item.value
        limits = _range(b, value, place, setting, kind)
        if limits is None:
            return None
        grades[key] = limits
    if not grades:
        _refuse(b, found, setting.value, setting, kind)
        return None
    limit = Limit(*(grades.get(grade) for grade in kinds.GRADES))
    return limit if _in_order(b, limit, found, setting) else None


def _entry(node: Nested, key: str) -> Attribute | None:
    """An entry, where the record is written out."""
    for item in node.items if isinstance(node, Record) else ():
        if isinstance(item, Attribute) and spelling.plain(item.key.text) == key:
            return item
    return None


def _range(b: Builder, found: Value, node: Nested, setting: Setting, kind: str) -> Range | None:
    if isinstance(found, Unknown):
        return None
    ends: tuple[Constant, ...] = ()
    if isinstance(found, Constant) and found.type == "range":
        ends = found.data
    if [constant.type for constant in ends] != [kind, kind]:
        _refuse(b, found, node, setting, kind)
        return None
    low, high = ends
    if low.data > high.data:
        turned = f"{spell(high)}..{spell(low)}"
        problem = f"{b.what} ends before it starts: {spell(found)}"
        _upside_down(b, problem, f"Write `{turned}`.", node, setting, turned)
        return None
    return float(low.data), float(high.data)


def _in_order(b: Builder, limit: Limit, found: Constant, setting: Setting) -> bool:
    if limit.excellent is None or limit.good is None or limit.excellent[1] <= limit.good[1]:
        return True
    ends = {key: spell(item.data[1]) for key, item in found.data}
    problem = f"{b.what} is excellent up to {ends['excellent']}, but good only up to {ends['good']}"
    _upside_down(b, problem, "`excellent` must be tighter than `good`.", setting.value, setting)
    return False


def _upside_down(
    b: Builder, problem: str, help: str, node: Nested, setting: Setting, turned: str = ""
) -> None:
    span = setting.env.span(node)
    plain = turned and re.fullmatch(r"[\w.]+", span.text)
    fix = Fix(f"write `{turned}`", (Edit(span, turned),), safe=False) if plain else None
    b.say(messages.UPSIDE_DOWN, span, problem=problem, help=help, fix=fix)


def _unknown_grade(b: Builder, key: str, place: Expression | ClassName, setting: Setting) -> None:
    guess = nearest(key, kinds.GRADES)
    span = setting.env.span(place)
    b.say(
        messages.NOT_A_CHOICE,
        span,
        what=f"a grade of {b.what}",
        found=f"`{key}`",
        choices=" and ".join(f"`{grade}`" for grade in kinds.GRADES),
        help=f"Did you mean `{guess}`?" if guess else "Anything else has missed the target.",
        fix=Fix(f"write `{guess}`", (Edit(span, guess),), safe=False) if guess else None,
    )


def _refuse(b: Builder, found: Value, node: Nested, setting: Setting, kind: str) -> None:
    """Says that a value is no range of the right kind, and what was probably meant."""
    span, example = setting.env.span(node), _EXAMPLES[kind]
    meant = _meant(found, kind) if re.fullmatch(r"[\w. ]+", span.text) else ""
    b.say(
        messages.WRONG_TYPE,
        span,
        what=b.what,
        wanted=f"a range of {_WORDS[kind]}, such as {example}",
        found=describe(found),
        help=f"Write `{meant}`." if meant else f"Write it as a range, such as `{example}`.",
        fix=Fix(f"write `{meant}`", (Edit(span, meant),), safe=False) if meant else None,
    )


def _meant(found: Value, kind: str) -> str:
    """`85s` is up to 85 seconds, and `0..85` or `85` where seconds are wanted as well."""
    if not isinstance(found, Constant):
        return ""
    if found.type == "range":
        ends = [_with_unit(item, kind) for item in found.data]
        return "..".join(ends) if all(ends) else ""
    high = _with_unit(found, kind)
    return f"0{_UNITS[kind]}..{high}" if high else ""


def _with_unit(constant: Constant, kind: str) -> str:
    if constant.type == kind:
        return spell(constant)
    return f"{spell(constant)}{_UNITS[kind]}" if constant.type in ("int", "float") else ""


#: The file of the library whose targets rate what has none of its own.
GUIDE = "guide"


def of_pipeline(
    program: Program, name: str, catalogue: Catalogue
) -> tuple[tuple[Target, ...], list[Diagnostic]]:
    """The targets of a pipeline or graph of the main file."""
    b = new_builder(program, catalogue)
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
    """The targets of the guide. They are alone, so they are the same for every program."""
    guide = library_module(GUIDE)
    b = new_builder(Program(guide, {}, Workspace()), catalogue)
    named = [(block, f"{GUIDE}.{block.name}") for block in _targets(b, guide)]
    return tuple(_target(b, block, shown)._replace(is_guide=True) for block, shown in named)


def check(program: Program, catalogue: Catalogue) -> list[Diagnostic]:
    """What is wrong in the targets of the main file."""
    b = new_builder(program, catalogue, lenient=True)
    for block in _targets(b, program.main):
        _pipelines(b, block)
        _target(b, block, block.name)
    return b.diagnostics


def _targets(b: Builder, module: Module) -> Iterator[Declared]:
    """The targets that a file declares. A copy that is wrong has been told."""
    for name in of_kind(module, "target"):
        found = _evaluated(b, module, name)
        if isinstance(found, Declared) and found.kind == "target":
            yield found


def _evaluated(b: Builder, module: Module, name: str) -> Value:
    expression = module.names[name]
    try:
        return declared.value(b, module, expression, Settings(b, ()))
    except RecursionError as error:
        b.say_endless(error, module.span(expression.name.start, expression.name.end), name)
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
    named = [_pipeline(b, item, place, setting) for item, place in zip(found, places)]
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
    names = [expression.name.text for expression in b.program.pipelines()]
    help = f"Name one of them, such as `{names[0]}`." if names else "Remove `of`."
    b.say(messages.NO_SUCH_PIPELINE, setting.env.span(place), found=shown, help=help)
    return None


# --- what it is for, and what it limits ---


def _target(b: Builder, block: Declared, shown: str) -> Target:
    before = len(b.diagnostics)
    known = {name: _condition(b, block, name) for name in kinds.TARGET_CONDITIONS}
    found = {name: _limit(b, block, name) for name in kinds.TARGET_LIMITS}
    limited = {name: limit for name, limit in found.items() if limit is not None}
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
        return read(b, found, setting, kinds.TARGET_LIMITS[name])


def _condition(b: Builder, block: Declared, name: str) -> tuple[Any, ...]:
    """The values of a condition, of which one has to hold."""
    setting = block.settings.get(name)
    if setting is None:
        return ()
    kind = kinds.TARGET_CONDITIONS[name]
    values = []
    for place in _places(setting.value):
        item = _value(b, block, name, place, setting)
        for part in item.data if isinstance(item, Constant) and item.type == "list" else (item,):
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
            wanted, help = (
                "a length in frames, such as 81f",
                "A target has no frame rate: 5 seconds at 16 fps are 81f.",
            )
            span = setting.env.span(place)
            fields = {"wanted": wanted, "found": describe(found), "help": help}
            b.say(messages.WRONG_TYPE, span, what=what, **fields)
        else:
            b.refuse(found, Type(kind), place, setting.env)
    return []


def _value(b: Builder, block: Declared, name: str, node: Nested, setting: Setting) -> Value:
    """A value of a target; BROKEN where it is one that only a pipeline could give."""
    with b.within("", ""), b.about(_what(block, name)):
        try:
            found = b.evaluate(node, setting.env, Settings(b, ()))
        except RecursionError as error:
            b.say_endless(error, block.span, block.name)
            return Broken()
        if isinstance(found, Nothing) and found.setting:
            wanted = Type(kinds.TARGET_CONDITIONS.get(name, "*"))
            fields = {"wanted": in_words(wanted), "found": "read from no pipeline"}
            help = "A target is outside the pipelines: write the value itself."
            b.say(messages.WRONG_TYPE, setting.env.span(node), what=b.what, help=help, **fields)
            return Broken()
    return found


def _places(node: Nested) -> tuple[Nested, ...]:
    """The values of a list as they are written, or the one value."""
    while isinstance(node, Group):
        node = node.inner
    return node.items if isinstance(node, List) else (node,)


def _what(block: Declared, name: str) -> str:
    return f"the {name} of `{block.name}`"
