"""The other places in a file that name the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.program import occurrences
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Call, ClassName, walk
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Module, Occurrence
    from wan22dsl.language.syntax.tree import File


class Highlight(NamedTuple):
    """A name, and whether it is declared or set there."""

    start: int
    end: int
    is_write: bool


def at(view: View, offset: int) -> tuple[Highlight, ...]:
    """Where a file names what is at an offset, in order; empty where no name is."""
    module = view.module
    if module is None:
        return ()
    found = occurrences.at(module, offset)
    if found is None:
        name = class_at(module.file, offset)
        return tuple(Highlight(*place, False) for place in class_places(module.file, name))
    return tuple(
        Highlight(other.start, other.end, other.is_definition)
        for other in occurrences.of_module(module)
        if _is_same(found, other, module)
    )


def _is_same(found: Occurrence, other: Occurrence, module: Module) -> bool:
    """Without a place of its own, a name means the same only within a declaration."""
    if found.declaration != other.declaration:
        return False
    return found.declaration.module is not None or found.owner == other.owner


def class_at(file: File, offset: int) -> str:
    """The node class that is called at an offset, by ComfyUI's name; empty where none is."""
    for start, end, name in _called(file):
        if start <= offset <= end:
            return name
    return ""


def class_places(file: File, class_name: str) -> Iterator[tuple[int, int]]:
    """Where a file calls a node class."""
    return ((start, end) for start, end, name in _called(file) if name == class_name)


def _called(file: File) -> Iterator[tuple[int, int, str]]:
    for declaration in file.declarations:
        for node in walk(declaration):
            if isinstance(node, Call) and isinstance(node.callee, ClassName):
                yield node.callee.start, node.callee.end, spelling.plain(node.callee.text)
