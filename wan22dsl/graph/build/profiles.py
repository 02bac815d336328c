"""Profiles: how ComfyUI is to be started, as the `profile` declarations of a file say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.starting.flags import flags_of, usual
from wan22dsl.comfyui.starting.profile import Flag, Profile, Variable
from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import assets, declared, messages, records
from wan22dsl.graph.build.making import new_builder
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, describe
from wan22dsl.language.program.names import of_kind
from wan22dsl.language.program.values import Broken, Constant, Nothing, Unknown, spell
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.comments import doc_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.comfyui.starting.profile import FlagValue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.program import Program
    from wan22dsl.source import Span

_GIB = 2**30

#: What a flag may be, for messages.
_FLAG = "`true`, a number, a string, or a list of these"


def of_file(program: Program, catalogue: Catalogue) -> tuple[tuple[Profile, ...], list[Diagnostic]]:
    """The profiles that the main file declares, in order, and what is wrong with their values.

    Of a library file they are those that it offers. What one has from another is reported once.
    """
    b = new_builder(program, catalogue, lenient=True)
    found = [_profile(b, program.main, name) for name in of_kind(program.main, "profile")]
    profiles = tuple(profile for profile in found if profile is not None)
    return profiles, list({(each.code, each.span): each for each in b.diagnostics}.values())


def named(
    program: Program, catalogue: Catalogue, name: str
) -> tuple[Profile | None, list[Diagnostic]]:
    """A profile of the main file with all that is wrong with it, also with what it has from another."""
    b = new_builder(program, catalogue, lenient=True)
    return _profile(b, program.main, name), b.diagnostics


def _profile(b: Builder, main: Module, name: str) -> Profile | None:
    """A profile. A copy that is none has been reported."""
    expression = main.names[name]
    try:
        block = declared.value(b, main, expression, Settings(b, ()))
        if isinstance(block, Declared) and block.kind == "profile":
            return read(b, block)
    except RecursionError as error:
        b.say_endless(error, main.span(expression.name.start, expression.name.end), name)
    return None


def read(b: Builder, block: Declared) -> Profile:
    """The profile that a block declares."""
    settings, module = Settings(b, ()), block.module
    version = assets.text(b, block, "comfyui", settings) or ""
    expression = module.names.get(block.name)
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
        doc="" if expression is None else doc_of(module.file, expression),
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
    written = records.entries(b, setting.value, setting.env)
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
