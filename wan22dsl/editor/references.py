"""Where the files of an editor name something: also those that are not open and use the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor import highlights
from wan22dsl.editor.folders import Listing
from wan22dsl.editor.library import is_library
from wan22dsl.language.program import occurrences
from wan22dsl.language.program.module import library_names
from wan22dsl.language.program.modules import library_module
from wan22dsl.source import Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wan22dsl.editor.project import Project
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Declaration, Module

#: What only its own file can name.
_OF_ONE_FILE = frozenset({"use", "word", "unknown"})


class Target(NamedTuple):
    """What a name means, whichever program has read the file: where it is declared.

    `file` and `start` are those of the name, or of the file that is meant as a whole; None: the node class
    `name`, which no file of a user declares.
    """

    kind: str
    name: str
    file: Path | None
    start: int


class Reference(NamedTuple):
    """A place that names it. `owner` is the declaration in which it is; empty for a `use`."""

    span: Span
    is_definition: bool
    owner: str


class References(NamedTuple):
    """All places, the file of the declaration first. `problem` says what was left out; empty: nothing."""

    places: tuple[Reference, ...]
    problem: str = ""


def of_declaration(declaration: Declaration) -> Target | None:
    """What a name means; None where that is nowhere declared."""
    module = declaration.module
    if module is None or module.source.file is None:
        return None
    if declaration.kind == "file":
        return Target("file", "", module.source.file, 0)
    return Target(declaration.kind, declaration.name, module.source.file, declaration.start)


def target_at(view: View, offset: int) -> Target | None:
    """What the name at an offset means; None where no name is, or one that is nowhere declared."""
    if view.module is None:
        return None
    found = occurrences.at(view.module, offset)
    if found is not None:
        return of_declaration(found.declaration)
    name = highlights.class_at(view.module.file, offset)
    return Target("class", name, None, -1) if name else None


def at(project: Project, view: View, offset: int) -> References:
    """Where the name at an offset is named, its declaration among these; none where no name is."""
    target = target_at(view, offset)
    if target is None:
        return References(tuple(_here(view, offset)))
    return of(project, target, view)


def _here(view: View, offset: int) -> Iterator[Reference]:
    """The places in a file that name what is declared nowhere."""
    for found in highlights.at(view, offset):
        yield Reference(Span(view.source, found.start, found.end), found.is_write, "")


def of(project: Project, target: Target, view: View | None = None) -> References:
    """Where the files of the folders name something, and the file of the view, if one is given."""
    listing = files_for(project, target)
    files = dict.fromkeys(listing.files)
    if target.file is not None:
        files = {target.file: None, **files}
    if view is not None and view.source.file is not None:
        files.setdefault(view.source.file)
    read = project.folders.modules(files)
    modules = [read[file] for file in files if file in read]
    if target.file is None or is_library(target.file):
        modules += [library_module(name) for name in (*library_names(), "std")]
    found: dict[tuple[str, int], Reference] = {}
    for module in modules:
        for reference in _in_module(module, target):
            found.setdefault((str(module.source.file), reference.span.start), reference)
    return References(tuple(found.values()), listing.problem)


def files_for(project: Project, target: Target) -> Listing:
    """The files that may name something, without that of the declaration."""
    if target.file is None or is_library(target.file):
        return project.folders.listing()
    if target.kind in _OF_ONE_FILE or target.name.startswith("_"):
        return Listing(())
    return project.folders.users_of(target.file, project.open_files)


def _in_module(module: Module, target: Target) -> Iterator[Reference]:
    if target.file is None:
        for start, end in highlights.class_places(module.file, target.name):
            yield Reference(module.span(start, end), False, "")
        return
    for found in occurrences.of_module(module):
        if found.declaration.name == target.name or target.kind == "file":
            if of_declaration(found.declaration) == target:
                place = module.span(found.start, found.end)
                yield Reference(place, found.is_definition, found.owner)
