"""Node classes of the catalogue, and of the `node` declarations of the project."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.choices import MOST_USED
from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.comfyui.catalogue.open import is_own
from wan22dsl.editor.completion.suggestion import About, Suggestion, escaped
from wan22dsl.errors import CatalogueError
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue, Input, NodeClass
    from wan22dsl.editor.completion import typed
    from wan22dsl.editor.completion.place import Place
    from wan22dsl.editor.completion.scope import Scope

#: So many classes are offered at once; a longer word brings others.
MOST = 40


class _Class(NamedTuple):
    """The name of a class: in lower case, as it is, and how far back it is offered."""

    low: str
    name: str
    rank: int


@lru_cache(maxsize=4)
def _by_letters(catalogue: Catalogue) -> list[_Class]:
    """All classes, sorted by their letters. ComfyUI's own come first, then names without backticks."""
    try:
        names = catalogue.names()
    except CatalogueError:
        return []
    found = []
    for name in names:
        plain = spelling.class_name(name) == name
        rank = MOST_USED.index(name) if name in MOST_USED else 100
        rank += 0 if rank < 100 else (0 if is_own(name) else 2) + (0 if plain else 1)
        found.append(_Class(name.lower(), name, rank))
    return sorted(found)


def classes(
    scope: Scope, place: Place, written: str, gives: str = "", takes: str = ""
) -> tuple[list[Suggestion], bool]:
    """The classes that begin as it is written, then those that have it inside; whether these are all.

    `gives` is the type that is wanted, `takes` what an arrow brings: classes that fit come first.
    """
    names, complete = _named(scope, written.strip("`"))
    found = []
    for number, name in enumerate(names):
        node = scope.node_class(name)
        if node is not None:
            found.append((_rank(node, gives, takes), number, node))
    found.sort(key=lambda item: item[:2])
    return [suggestion(place, node, takes=takes) for _, _, node in found], complete


def _named(scope: Scope, written: str) -> tuple[list[str], bool]:
    own = [name for name in sorted(scope.module.all_nodes) if written.lower() in name.lower()]
    if not written:
        return list(dict.fromkeys((*own, *MOST_USED))), False
    known = _by_letters(getattr(scope.catalogue, "base", scope.catalogue))
    wanted = written.lower()
    first = bisect_left(known, (wanted,))
    last = bisect_left(known, (wanted + "\U0010ffff",))
    found = sorted(known[first:last], key=lambda each: each.rank)
    complete = len(found) <= MOST
    if complete and len(wanted) > 1:
        inside = [each for each in known if wanted in each.low[1:]]
        found += sorted(inside, key=lambda each: each.rank)
        complete = False
    names = (each.name for each in found[: MOST + 20])
    return list(dict.fromkeys((*own, *names)))[:MOST], complete


def _rank(node: NodeClass, gives: str, takes: str) -> int:
    rank = 0
    if gives and gives != "*" and not any(_is(each.type, gives) for each in node.outputs):
        rank += 2
    if takes and not any(_is(each.type, takes) for each in node.inputs):
        rank += 1
    return rank


def _is(have: str, want: str) -> bool:
    return have == want or have == "*" or want in have.split(",")


def suggestion(place: Place, node: NodeClass, *, takes: str = "") -> Suggestion:
    """A class as a call, with the inputs that must be given as places to fill in."""
    name = spelling.class_name(node.name)
    gives = ", ".join(dict.fromkeys(each.type for each in node.outputs))
    pack = node.pack or "ComfyUI"
    found = Suggestion(
        name,
        "class",
        name,
        f"{pack} -> {gives}" if gives else pack,
        about=About("class", node.name),
    )
    if place.behind.startswith("("):
        return found
    needed = _needed(node)
    parts, number = [], 0
    arrow = takes
    for each in needed:
        key = spelling.key(each.name)
        if arrow and _is(each.type, arrow):
            parts.append(f"{escaped(key)} = _")
            arrow = ""
            continue
        number += 1
        quote = '"' if each.type in ("STRING", "COMBO") and not each.is_socket else ""
        parts.append(f"{escaped(key)} = {quote}${number}{quote}")
    return found._replace(
        insert=f"{escaped(name)}({', '.join(parts) or '$0'})", is_snippet=True, again=bool(needed)
    )


def _needed(node: NodeClass) -> list[Input]:
    """The inputs that have to be written, at most as many as fit in a line."""
    found = [
        each for each in inputs_of(node, {}).values() if each.required and default_of(each) is None
    ]
    return found if len(found) <= 6 else found[:6]


def members(meaning: typed.Meaning) -> list[Suggestion]:
    """The outputs of a call."""
    return [
        Suggestion(spelling.member(name), "output", detail=kind, about=About("class", meaning.name))
        for name, kind in dict(meaning.outputs).items()
    ]
