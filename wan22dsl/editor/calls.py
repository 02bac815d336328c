"""Who uses a pass, a stage, a LoRA or a pipeline, and what it uses itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.editor import references
from wan22dsl.editor.references import Target
from wan22dsl.language.program import kinds, occurrences
from wan22dsl.language.program.module import LIBRARY
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.syntax.tree import Header
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wan22dsl.editor.project import Project
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Declaration, Module
    from wan22dsl.source import Span

#: What has a name for a whole file, but node classes and what means nothing yet.
KINDS = frozenset(kinds.WORDS) - {"node", *kinds.RESERVED}


class Item(NamedTuple):
    """A declaration. `name` is the place of its name, `whole` that of all of it."""

    kind: str
    text: str
    name: Span
    whole: Span


class Call(NamedTuple):
    """Another declaration, and where the one that uses names the one that is used."""

    item: Item
    places: tuple[Span, ...]


def prepare(project: Project, view: View, offset: int) -> Item | None:
    """The declaration whose name is at an offset; None where there is none that runs or is run."""
    target = references.target_at(view, offset)
    if target is None or target.file is None or target.kind not in KINDS:
        return None
    module = _module(project, target.file)
    return _item(module, target.name, target.start) if module is not None else None


def item_at(project: Project, file: Path, start: int) -> Item | None:
    """The declaration of a file whose name begins at an offset."""
    module = _module(project, file)
    return _item(module, None, start) if module is not None else None


def incoming(project: Project, item: Item) -> tuple[Call, ...]:
    """The declarations that name this one, in all files of the editor."""
    target = Target(item.kind, item.text, item.name.source.file, item.name.start)
    found: dict[tuple[Path, str], list[Span]] = {}
    for reference in references.of(project, target).places:
        file = reference.span.source.file
        if file is not None and reference.owner and not reference.is_definition:
            found.setdefault((file, reference.owner), []).append(reference.span)
    calls = []
    for (file, owner), places in found.items():
        module = _module(project, file)
        caller = _item(module, owner, None) if module is not None else None
        if caller is not None:
            calls.append(Call(caller, tuple(places)))
    return tuple(calls)


def outgoing(project: Project, item: Item) -> tuple[Call, ...]:
    """The declarations that this one names, in the order of the text."""
    file = item.name.source.file
    module = _module(project, file) if file is not None else None
    if module is None:
        return ()
    found: dict[Declaration, list[Span]] = {}
    for occurrence in occurrences.of_module(module):
        is_inside = item.whole.start <= occurrence.start < item.whole.end
        if is_inside and not occurrence.is_definition and occurrence.declaration.kind in KINDS:
            place = module.span(occurrence.start, occurrence.end)
            found.setdefault(occurrence.declaration, []).append(place)
    calls = []
    for declaration, places in found.items():
        used = declaration.module
        called = _item(used, declaration.name, declaration.start) if used is not None else None
        if called is not None:
            calls.append(Call(called, tuple(places)))
    return tuple(calls)


def _module(project: Project, file: Path) -> Module | None:
    if file.parent == LIBRARY:
        return library_module(file.stem)
    return project.folders.modules([file]).get(file)


def _item(module: Module, name: str | None, start: int | None) -> Item | None:
    for declared in _named(module, name):
        if (
            (start is None or declared.name.start == start)
            and declared.word.text in KINDS
            and module.source.file is not None
        ):
            place = module.span(declared.name.start, declared.name.end)
            whole = module.span(declared.start, declared.end)
            return Item(declared.word.text, declared.name.text, place, whole)
    return None


def _named(module: Module, name: str | None) -> Iterator[Any]:
    if name is None:
        yield from (each for each in module.file.declarations if not isinstance(each, Header))
    elif name in module.names:
        yield module.names[name]
