"""What a call takes, while it is typed: a stage, a copy of a block, a node class. Also in broken text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.completion import documents
from wan22dsl.editor.completion.callee import Argument, Called, called_at
from wan22dsl.editor.completion.place import place_at
from wan22dsl.editor.completion.scope import Scope
from wan22dsl.editor.completion.suggestion import About
from wan22dsl.language.program import meanings
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.completion.place import Frame, Place
    from wan22dsl.editor.view import View

#: A value is shown up to so many characters.
_LONGEST = 40


class Parameter(NamedTuple):
    """One thing that a call takes: where it is in the label of its signature, and what it means."""

    name: str
    start: int
    end: int
    doc: str


class Signature(NamedTuple):
    """A call. `active` is the index of the parameter that is being written; None where it is not known."""

    label: str
    doc: str
    parameters: tuple[Parameter, ...]
    active: int | None


def at(view: View, offset: int) -> Signature | None:
    """The signature of the innermost call around an offset; None where there is none that is known."""
    if view.module is None or view.catalogue is None:
        return None
    place = place_at(view.source.text, offset)
    if place.word.kind == "comment":
        return None
    scope = Scope(view, place)
    for number in range(len(place.frames) - 1, -1, -1):
        frame = place.frames[number]
        if frame.kind in ("block", "about", "parameters", "outputs"):
            return None
        if frame.kind == "call":
            called = called_at(scope, frame)
            return None if called is None else _signature(view, place, number, called)
    return None


def _signature(view: View, place: Place, number: int, called: Called) -> Signature:
    frame = place.frames[number]
    active = _active(place, frame, called, is_innermost=number == len(place.frames) - 1)
    shown = [*_shown(called, active, is_brought=_is_brought(place, number))]
    label = f"{frame.head}("
    parameters: list[Parameter] = []
    for argument in shown:
        label += ", " if parameters else ""
        start = len(label)
        label += _text(called, argument)
        parameters.append(Parameter(argument.name, start, len(label), _doc(view, called, argument)))
    label += ")" + (f" -> {called.gives}" if called.gives else "")
    names = [each.name for each in shown]
    index = names.index(active) if active in names else None
    return Signature(label, _doc_of(view, called), tuple(parameters), index)


def _is_brought(place: Place, number: int) -> bool:
    """Whether an arrow is before the call."""
    item = place.frames[number - 1].item
    return len(item) > 1 and item[-2].kind == "arrow"


def _active(place: Place, frame: Frame, called: Called, *, is_innermost: bool) -> str:
    """The name of what is being written; empty where that cannot be told."""
    if frame.key:
        return frame.key
    if is_innermost and place.word.kind == "name" and not frame.item:
        begun = [each.name for each in called.arguments if each.name.startswith(place.written)]
        if len(begun) == 1:
            return begun[0]
    first = called.first
    if first is not None and not frame.plain and first.name not in frame.entries:
        return first.name
    return ""


def _shown(called: Called, active: str, *, is_brought: bool) -> Iterator[Argument]:
    """What is listed: of a copied block the settings that it has, and the one that is being written."""
    is_copy = called.kind not in ("stage", "node")
    for argument in called.arguments:
        if argument.is_brought and is_brought:
            continue
        if is_copy and not argument.default and argument.name != active:
            continue
        yield argument


def _text(called: Called, argument: Argument) -> str:
    name = spelling.key(argument.name)
    default = argument.default
    if len(default) > _LONGEST:
        default = "…"
    if called.kind not in ("stage", "node"):
        return f"{name} = {default}" if default else f"{name}: {argument.type}"
    is_optional = argument.input is not None and not argument.input.required
    text = f"{'in ' if argument.is_brought else ''}{name}: {argument.type}"
    if default:
        text += f" = {default}"
    elif is_optional:
        text += " = none"
    return f"{text} in {argument.accepts}" if argument.accepts else text


def _doc(view: View, called: Called, argument: Argument) -> str:
    if called.kind == "node":
        return documents.documentation(view, About("input", argument.name, called.name))
    if called.kind == "stage":
        return meanings.of_type(argument.type)
    return meanings.of_setting(called.kind, argument.name)


def _doc_of(view: View, called: Called) -> str:
    """What the callee says about itself."""
    if called.kind == "node" and called.node is not None:
        pack = called.node.pack
        return f"Node of the pack {pack}." if pack is not None else "Node of ComfyUI."
    if called.module is None:
        return ""
    declaration = called.module.declarations.get(called.name)
    if declaration is None:
        return ""
    text = called.module.source.text
    return documents.comment_above(text, text.rfind("\n", 0, declaration.start) + 1)
