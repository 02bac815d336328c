"""What fits at a place: the type of the value that is being written, and what it is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.editor.completion.callee import Argument, Called, called_at, type_of_setting
from wan22dsl.language.program import kinds
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.editor.completion.place import Frame, Place
    from wan22dsl.editor.completion.scope import Scope

_ITEM = re.compile(r"\[(.*)\]")


class Want(NamedTuple):
    """What is wanted.

    `type` is a type as it is written (empty: anything fits), of an item where the value is in a list
    (`in_list`). `owner` is the kind of the declaration or call, `setting` the name of the setting, argument
    or input; `argument` is what is known of it. `entries` are the others beside it.
    """

    type: str = ""
    owner: str = ""
    setting: str = ""
    argument: Argument | None = None
    called: Called | None = None
    entries: Mapping[str, str] = {}
    in_list: bool = False


def want_of(scope: Scope, place: Place) -> Want:
    """What the value at a place has to be."""
    return _in(scope, place, len(place.frames) - 1)


def _in(scope: Scope, place: Place, at: int) -> Want:
    frame = place.frames[at]
    if frame.kind == "file":
        return _of_declaration(place, frame)
    if frame.kind == "block":
        return _of_item(place, frame)
    if frame.kind == "call":
        return _of_argument(scope, frame)
    if frame.kind == "list":
        want = _in(scope, place, at - 1)
        item = _ITEM.fullmatch(want.type)
        inner = item[1] if item is not None else want.type if want.type == "flow" else ""
        return want._replace(type=inner, in_list=True)
    if frame.kind == "group":
        return _in(scope, place, at - 1)
    if frame.kind == "parameters":
        return _of_parameter(frame)
    if frame.kind == "record":
        want = _in(scope, place, at - 1)
        return Want("", f"record {want.owner}", frame.key or want.setting, entries=frame.entries)
    if frame.kind == "about":
        types = {**kinds.FACTS, "title": "text", "mode": "text", "on": "bool"}
        return Want(types.get(frame.key, ""), "about", frame.key, entries=frame.entries)
    return Want(owner=frame.kind)


def _of_declaration(place: Place, frame: Frame) -> Want:
    word, name = place.declared, place.name
    if word == "param":
        written = "".join(token.text for token in frame.item)
        match = re.match(r"param\w*:(\[?[\w*`]+\]?)", written.replace(" ", ""))
        argument = Argument(name, match[1], accepts=_accepts(frame)) if match else None
        return Want(match[1] if match else "", "param", name, argument)
    if word in kinds.COPIED:
        return Want(word, "derived", "")
    return Want("", word, name)


def _accepts(frame: Frame) -> str:
    return ""


def _of_item(place: Place, frame: Frame) -> Want:
    """An item in the body of a declaration."""
    owner = place.declared
    if frame.is_let or not frame.key:
        return Want("", owner, "", entries=frame.entries)
    want = type_of_setting(owner, frame.key)
    return Want(str(want or ""), owner, frame.key, entries=frame.entries)


def _of_argument(scope: Scope, frame: Frame) -> Want:
    called = called_at(scope, frame)
    if called is None:
        return Want("", "call", frame.key, entries=frame.entries)
    argument = called.get(frame.key) if frame.key else called.first
    if argument is None:
        want = type_of_setting(called.kind, frame.key)
        return Want(str(want or ""), called.kind, frame.key, None, called, frame.entries)
    kind = argument.type
    return Want(kind, called.kind, argument.name, argument, called, frame.entries)


def _of_parameter(frame: Frame) -> Want:
    item = frame.item
    for at, token in enumerate(item):
        if token.text == ":" and at + 1 < len(item):
            kind = (
                "".join(each.text for each in item[at + 1 :]).partition("=")[0].partition("in")[0]
            )
            return Want(kind.strip("`"), "parameter", item[at - 1].text)
    return Want(owner="parameter")
