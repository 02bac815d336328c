"""Settings of a declaration, arguments of a call and inputs of a node that are not given yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.completion import pipelines, typed
from wan22dsl.editor.completion.callee import Argument, Called, settings_for, spelled
from wan22dsl.editor.completion.suggestion import About, Suggestion
from wan22dsl.language.program import kinds, meanings
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wan22dsl.editor.completion.place import Frame, Place
    from wan22dsl.editor.completion.scope import Scope

#: In which order people write the settings of a declaration.
_ORDER: dict[str, tuple[str, ...]] = {
    "pass": (
        *("model", "loras", "shift", "sampler", "cfg", "steps", "patches", "engine", "seed"),
        *("denoise", "add_loras", "handoff", "conditioning", "prompt", "negative", "image"),
        *("size", "length", "add_noise", "leftover_noise", "batch", "schedule_model", "loras_by"),
        *("vae", "text_encoder", "fps"),
    ),
    "pipeline": (
        *("image", "prompt", "size", "length", "flow", "seed", "negative", "add_loras", "batch"),
        *("conditioning", "fps", "shift", "sampler", "cfg", "steps", "denoise", "vae"),
        *("text_encoder", "family", "model", "loras", "patches", "engine", "handoff", "add_noise"),
        *("leftover_noise", "loras_by", "schedule_model"),
    ),
    "copy of pass": (
        "model",
        "loras",
        "steps",
        "cfg",
        "shift",
        "sampler",
        "patches",
        "engine",
        "seed",
    ),
    "copy of pipeline": ("flow", "prompt", "image", "seed", "length", "size", "negative", "batch"),
    "copy of profile": ("flags", "packages", "card", "comfyui", "env"),
    "copy of model": ("file", "noise", "load", "family", "dtype"),
    "copy of lora": ("strength", "file", "noise", "on", "family"),
    "copy of family": ("conditioning", "vae", "boundary", "fps", "text_encoder"),
    "model": ("file", "noise", "family", "load", "dtype", "distilled"),
    "lora": ("file", "strength", "noise", "family", "distilled", "high", "low", "on"),
    "text_encoder": ("file", "type", "device", "load"),
    "upscaler": ("file", "scale", "load"),
    "bench": (
        "of",
        "vary",
        "profiles",
        "baseline",
        "repeat",
        "quality",
        "warmups",
        "rounds",
        "cold",
    ),
}

#: What a declaration has to have, or nearly always has.
_NEEDED: dict[str, frozenset[str]] = {
    "pass": frozenset(("model", "steps", "sampler", "cfg")),
    "pipeline": frozenset(("prompt", "size", "length", "flow")),
    "bench": frozenset(("of", "vary")),
    "target": frozenset(("each_pass", "whole")),
    "profile": frozenset(("card", "flags")),
    "family": frozenset(("conditioning", "vae", "text_encoder")),
}

#: Settings that passes have for themselves, so that a pipeline of such passes need not have them.
_OF_PASSES = ("model", "steps", "sampler", "cfg", "loras", "shift", "patches", "engine")


def key_text(name: str, place: Place) -> tuple[str, bool]:
    """What is inserted for a key, and whether a value is asked for at once."""
    if place.behind.startswith("="):
        return spelling.key(name), False
    return f"{spelling.key(name)} = ", True


def settings(scope: Scope, place: Place, frame: Frame) -> Iterator[Suggestion]:
    """The settings of the declaration around the place that it does not have yet."""
    kind = place.declared
    given = frame.entries
    extra: dict[str, Argument] = {}
    known = dict(settings_for(kind))
    if kind in ("pipeline", "pass"):
        extra = pipelines.read_settings(scope, given)
    order = list(_ORDER.get(kind, tuple(known)))
    ranked = _ranked(scope, kind, order, known, extra, given)
    for name in ranked:
        if name in given or (name not in known and name not in extra):
            continue
        if kind in ("model", "lora", "vae") and _is_excluded(name, given):
            continue
        if name in known:
            argument = Argument(name, str(known[name]), _default(kind, name))
        else:
            argument = extra[name]
        yield of_setting(kind, argument, place)


def _is_excluded(name: str, given: Mapping[str, str]) -> bool:
    """Whether something takes the place of a setting: a `load` that of a `file`."""
    files = {"file", "load", "high", "low"}
    has = files & given.keys()
    if name in ("high", "low") and has <= {"high", "low"}:
        return False
    return name in files and bool(has)


def _ranked(
    scope: Scope,
    kind: str,
    order: list[str],
    known: Mapping[str, object],
    extra: Mapping[str, Argument],
    given: Mapping[str, str],
) -> list[str]:
    """The settings, those that are missing first."""
    needed = set(_NEEDED.get(kind, ()))
    late: set[str] = set()
    if kind == "pipeline":
        conditioning = pipelines.conditioning_of(scope, given)
        reads = set(extra)
        if conditioning is not None:
            late |= {name for name in ("image", "size", "length") if name not in reads}
            needed |= {name for name in reads if name == "image" or name not in known}
        of_passes = _settings_of_passes(scope, given)
        for name in _OF_PASSES:
            if of_passes is None or name in of_passes:
                late.add(name)
            elif name in ("model", "steps", "sampler", "cfg", "shift"):
                needed.add(name)
    rest = [name for name in (*extra, *known) if name not in order]
    names = list(dict.fromkeys((*order, *rest)))

    def rank(name: str) -> int:
        if name in late:
            return 3
        if name in needed:
            return 0
        return 1 if name in extra and name not in known else 2

    return sorted(names, key=rank)


def _settings_of_passes(scope: Scope, given: Mapping[str, str]) -> set[str] | None:
    """The settings that all passes of a flow have for themselves; None where none is known."""
    found: set[str] | None = None
    for meaning in pipelines.passes_in(scope, given.get("flow", "")):
        assert meaning.module is not None
        own = set(typed.settings_of(meaning.module, meaning.name))
        found = own if found is None else found & own
    return found


def _default(kind: str, name: str) -> str:
    """The default of a setting in words; empty where there is none."""
    if kind in ("pass", "pipeline"):
        if name in kinds.DEFAULTS:
            value = kinds.DEFAULTS[name]
            return f'"{value}"' if isinstance(value, str) else str(value)
        return meanings.LEFT_TO.get(name, "")
    value = kinds.ASSET_DEFAULTS.get((kind, name))
    return "" if value is None else str(value).lower()


def of_setting(kind: str, argument: Argument, place: Place, *, is_copy: bool = False) -> Suggestion:
    """A setting as a suggestion."""
    insert, again = key_text(argument.name, place)
    label = "now" if is_copy else "default"
    detail = argument.type
    if argument.default:
        detail += f", {label} {argument.default}"
    return Suggestion(
        argument.name,
        "setting",
        insert,
        detail,
        meanings.of_setting(kind, argument.name),
        again=again,
    )


def arguments(scope: Scope, place: Place, frame: Frame, called: Called) -> Iterator[Suggestion]:
    """What a call takes and does not have yet."""
    if called.kind == "stage":
        yield from _parameters(place, frame, called)
    elif called.kind == "node":
        yield from _inputs(place, frame, called)
    else:
        yield from _changes(scope, place, frame, called)


def _parameters(place: Place, frame: Frame, called: Called) -> Iterator[Suggestion]:
    brought = _is_brought(place)
    first = called.first
    for argument in sorted(called.arguments, key=lambda each: not each.is_needed):
        if argument.name in frame.entries or (argument.is_brought and brought):
            continue
        if frame.plain and argument is first:
            continue
        insert, again = key_text(argument.name, place)
        detail = argument.type + (f" = {argument.default}" if argument.default else ", required")
        if argument.is_brought:
            detail = f"{argument.type}, what an arrow brings"
        yield Suggestion(argument.name, "argument", insert, detail, again=again, about=_of(called))


def _of(called: Called) -> About | None:
    if called.module is None:
        return None
    return About("declaration", called.name, called.module.source.path)


def _is_brought(place: Place) -> bool:
    """Whether an arrow is before the call around the place."""
    if len(place.frames) < 2:
        return False
    item = place.frames[-2].item
    return len(item) > 1 and item[-2].kind == "arrow"


def _inputs(place: Place, frame: Frame, called: Called) -> Iterator[Suggestion]:
    """The inputs of a node: those that must be given, those with a default, those that may be left out."""

    def rank(argument: Argument) -> int:
        input_ = argument.input
        if argument.is_needed:
            return 0
        return 1 if input_ is not None and input_.required else 2

    for argument in sorted(called.arguments, key=rank):
        if argument.name in frame.entries:
            continue
        insert, again = key_text(argument.name, place)
        yield Suggestion(
            argument.name,
            "input",
            insert,
            input_detail(argument),
            again=again,
            about=About("input", argument.name, called.name),
        )


def input_detail(argument: Argument) -> str:
    """The type of an input, its default, and whether it may be left out."""
    input_ = argument.input
    detail = argument.type
    if argument.default:
        detail += f" = {argument.default}"
    elif argument.is_needed:
        detail += ", required"
    if input_ is not None and not input_.required:
        detail += ", optional"
    return detail


def _changes(scope: Scope, place: Place, frame: Frame, called: Called) -> Iterator[Suggestion]:
    """The settings that a copy can change, first those that are usually changed."""
    kind = called.kind
    known = settings_for(kind)
    has: dict[str, str] = {each.name: each.default for each in called.arguments if each.default}
    extra: dict[str, Argument] = {}
    if kind in ("pipeline", "pass"):
        extra = pipelines.read_settings(scope, {**has, **frame.entries})
    order = [
        *(name for name in _ORDER.get(f"copy of {kind}", ()) if name in has or kind != "pass"),
        *(name for name in _ORDER.get(kind, ()) if name in has),
        *has,
        *extra,
        *_ORDER.get(kind, ()),
        *known,
    ]
    for name in dict.fromkeys(order):
        if name in frame.entries or (name not in known and name not in extra and name not in has):
            continue
        type_ = str(known[name]) if name in known else extra[name].type if name in extra else ""
        argument = Argument(name, type_, has.get(name, ""))
        yield of_setting(kind, argument, place, is_copy=name in has)


def outputs(scope: Scope, place: Place, frame: Frame) -> Iterator[Suggestion]:
    """The outputs of the stage around the place that are not set yet."""
    declared = scope.module.names.get(place.name)
    for output in getattr(declared, "outputs", ()):
        if output.name.text not in frame.entries:
            insert, again = key_text(output.name.text, place)
            detail = typed.type_text(output.type)
            yield Suggestion(output.name.text, "output", insert, detail, again=again)


def of_record(names: Iterable[tuple[str, str, str]], place: Place) -> Iterator[Suggestion]:
    """Keys of a record, each with its detail and its documentation."""
    for name, detail, doc in names:
        insert, again = key_text(name, place)
        yield Suggestion(name, "setting", insert, detail, doc, again=again)


__all__ = ["arguments", "key_text", "of_record", "of_setting", "outputs", "settings", "spelled"]
