"""Profiles: how ComfyUI is to be started, as the `profile` declarations of a file say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.starting.flags import flags_of, usual
from wan22dsl.comfyui.starting.profile import Flag, Profile, Variable
from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import assets, declared, messages
from wan22dsl.graph.build.making import new_builder
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env, describe
from wan22dsl.language.program import names
from wan22dsl.language.program.names import public
from wan22dsl.language.program.values import Broken, Constant, Nothing, Unknown, spell
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.comments import doc_of
from wan22dsl.language.syntax.tree import (
    Attribute,
    Binary,
    Chain,
    Derived,
    Group,
    Name,
    Param,
    Record,
    nest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.comfyui.starting.profile import FlagValue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.program import Program
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.source import Span

_GIB = 2**30

#: What a flag may be, for messages.
_FLAG = "`true`, a number, a string, or a list of these"

#: So many names are followed to where an entry is written.
_FAR = 40

#: An entry of a record, and where its names are looked up.
_Entry = tuple[Attribute, Env]


def of_file(program: Program, catalogue: Catalogue) -> tuple[tuple[Profile, ...], list[Diagnostic]]:
    """The profiles that the main file declares, in order, and what is wrong with their values.

    Of a library file they are those that it offers. What one has from another is reported once.
    """
    b = new_builder(program, catalogue, lenient=True)
    found = [_profile(b, program.main, name) for name in names_of(program)]
    profiles = tuple(profile for profile in found if profile is not None)
    return profiles, list({(each.code, each.span): each for each in b.diagnostics}.values())


def named(
    program: Program, catalogue: Catalogue, name: str
) -> tuple[Profile | None, list[Diagnostic]]:
    """A profile of the main file with all that is wrong with it, also with what it has from another."""
    b = new_builder(program, catalogue, lenient=True)
    return _profile(b, program.main, name), b.diagnostics


def names_of(program: Program) -> list[str]:
    """The names of the profiles of the main file. One that goes round in a circle is none."""
    main = program.main
    return [
        name
        for name in (public(main) if main.is_library else main.names)
        if main.names[name].word.text == "profile" and name not in main.circular
    ]


def _profile(b: Builder, main: Module, name: str) -> Profile | None:
    """A profile. A copy that is none has been reported."""
    expression = main.names[name]
    try:
        block = declared.value(b, main, expression, Settings(b, ()))
        if isinstance(block, Declared) and block.kind == "profile":
            return _read(b, main, block)
    except RecursionError as error:
        b.say_endless(error, main.span(expression.name.start, expression.name.end), name)
    return None


def _read(b: Builder, module: Module, block: Declared) -> Profile:
    settings = Settings(b, ())
    version = assets.text(b, block, "comfyui", settings) or ""
    expression = module.names[block.name]
    return Profile(
        block.name,
        assets.text(b, block, "card", settings) or "",
        version,
        tuple(_flags(b, block, version)),
        tuple(_variables(b, block)),
        _packages(b, block, settings),
        span=block.span,
        card_span=_value_span(block, "card"),
        comfyui_span=_value_span(block, "comfyui"),
        doc=doc_of(module.file, expression),
        flags_span=_setting_span(block, "flags"),
        packages_span=_setting_span(block, "packages"),
    )


def _value_span(block: Declared, name: str) -> Span | None:
    setting = block.settings.get(name)
    return None if setting is None else setting.env.span(setting.value)


def _setting_span(block: Declared, name: str) -> Span | None:
    setting = block.settings.get(name)
    return None if setting is None else setting.env.span(setting.key)


def _packages(b: Builder, block: Declared, settings: Settings) -> tuple[str, ...]:
    found = assets.setting(b, block, "packages", settings)
    items = found.data if isinstance(found, Constant) and found.type == "list" else ()
    return tuple(item.data for item in items if isinstance(item, Constant))


# --- flags and variables ---


def _flags(b: Builder, block: Declared, version: str) -> Iterator[Flag]:
    """The flags in their order; of two keys that mean one flag the later counts."""
    known = flags_of(version)
    found: dict[str, Flag] = {}
    for key, value, place, name_span in _entries(b, block, "flags"):
        name = known.by_key(key)
        with b.about(f"the flag `{key}` of `{block.name}`"):
            read = _flag_value(b, value, name, place, block)
        if read is not None:
            found[name] = Flag(name, usual(read, known.get(name)), place, name_span)
    yield from found.values()


#: The flags whose number is an amount of memory in GiB, so that `1GiB` says the same.
_IN_GIB = frozenset(("--reserve-vram", "--vram-headroom", "--cache-ram"))


def _flag_value(
    b: Builder, value: Constant, name: str, place: Span, block: Declared
) -> FlagValue | None:
    """The value of a flag; None, with a finding, where it can be none."""
    parts = value.data if value.type == "list" else (value,)
    found: list[Any] = []
    for part in parts:
        kind = part.type if isinstance(part, Constant) else ""
        if kind == "bool" and value.type != "list":
            return bool(value.data)
        if kind in ("int", "float", "text"):
            found.append(part.data)
        elif kind == "bytes" and name in _IN_GIB:
            found.append(part.data / _GIB)
        else:
            shown = describe(part)
            help = "Write a number without a unit." if kind in _UNITS else f"Write {_FLAG}."
            b.say(messages.WRONG_TYPE, place, what=b.what, wanted=_FLAG, found=shown, help=help)
            return None
    return tuple(found) if value.type == "list" else found[0]


_UNITS = frozenset(("seconds", "frames", "fps", "bytes"))


def _variables(b: Builder, block: Declared) -> Iterator[Variable]:
    for key, value, place, name_span in _entries(b, block, "env"):
        if value.type in ("text", "int", "float"):
            yield Variable(key, str(value.data), place, name_span)
            continue
        meant = {"true": '"1"', "false": '"0"'}.get(spell(value), "")
        fix = None
        if meant and place.text == spell(value):
            fix = Fix(f"write `{meant}`", (Edit(place, meant),), safe=False)
        b.say(
            messages.WRONG_TYPE,
            place,
            what=f"the variable `{key}` of `{block.name}`",
            wanted="a string or a number",
            found=describe(value),
            help=f"Write `{meant}`." if meant else "Write the value as a string.",
            fix=fix,
        )


def _entries(
    b: Builder, block: Declared, name: str
) -> Iterator[tuple[str, Constant, Span, Span | None]]:
    """The entries of a record: key, value, and where the value and the key are written."""
    setting = block.settings.get(name)
    if setting is None:
        return
    what = f"`{name}` of `{block.name}`"
    found = _record(b, setting, what)
    if found is None:
        return
    written = _written(b, setting.value, setting.env)
    whole = setting.env.span(setting.value)
    for key, value in found.data:
        entry = written.get(key)
        if entry is None:
            yield key, value, whole, None
        else:
            item, env = entry
            yield key, value, env.span(item.value), env.span(item.key)


_EXAMPLES = {"flags": "{ reserve_vram = 1.0 }", "env": "{ OMP_NUM_THREADS = 8 }"}


def _record(b: Builder, setting: Setting, what: str) -> Constant | None:
    """The record of a setting; None, with a finding, where it is none."""
    found: Value
    with b.within("", ""), b.about(what):
        found = b.evaluate(setting.value, setting.env, Settings(b, ()))
    if isinstance(found, (Broken, Nothing, Unknown)):
        return None
    if isinstance(found, Constant) and found.type == "record":
        return found
    example = _EXAMPLES[spelling.plain(setting.key.key.text)]
    b.say(
        messages.WRONG_TYPE,
        setting.env.span(setting.value),
        what=what,
        wanted=f"a record such as `{example}`",
        found=describe(found),
        help=f"Write `{example}`.",
    )
    return None


def _written(b: Builder, node: Nested, env: Env, far: int = 0) -> dict[str, _Entry]:
    """Where the entries of a record are written, followed through names and sums; the right one wins."""
    while isinstance(node, Group):
        node = node.inner
    if far > _FAR:
        return {}
    if isinstance(node, Record):
        return {
            spelling.plain(item.key.text): (item, env)
            for item in node.items
            if isinstance(item, Attribute)
        }
    if isinstance(node, Chain):
        nested = nest(node)
        return _written(b, nested, env, far) if isinstance(nested, Binary) else {}
    if isinstance(node, Binary):
        left, right = _written(b, node.left, env, far + 1), _written(b, node.right, env, far + 1)
        return {**left, **right}
    if isinstance(node, Name):
        return _named(b, node, env, far + 1)
    return {}


def _named(b: Builder, node: Name, env: Env, far: int) -> dict[str, _Entry]:
    """The same for a name: of a `let`, of a parameter, or of a setting of another profile."""
    head, *rest = spelling.name_parts(node.text)
    meant, rest = names.declared(env.module, head, rest)
    if meant is None:
        return {}
    module, expression = meant
    if isinstance(expression, Param):
        given = b.program.value_of(module, expression.name.text)
        value = expression.default if given is None else given.expression
        home = module if given is None else given.module
        return {} if value is None or rest else _written(b, value, Env(home), far)
    if isinstance(expression, Derived) and expression.word.text == "let":
        return {} if rest else _written(b, expression.value, Env(module), far)
    found = declared.value(b, module, expression, Settings(b, ()))
    setting = found.settings.get(rest[0]) if isinstance(found, Declared) and rest else None
    return {} if setting is None else _written(b, setting.value, setting.env, far)
