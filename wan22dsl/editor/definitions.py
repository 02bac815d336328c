"""Where what a name means is declared; for the name of a file, the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.editor import highlights, links
from wan22dsl.errors import CommandError
from wan22dsl.language.program import denoting, occurrences
from wan22dsl.language.program.denoting import Settings
from wan22dsl.language.syntax import tree
from wan22dsl.language.syntax.tree import Block, Call, Derived, Text
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.editor.project import Project
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Declaration, Module, Occurrence
    from wan22dsl.source import Span


class Definition(NamedTuple):
    """The place of a name, and all of its declaration around it; both None for a file as a whole.

    `start` and `end` are where the name stands that was asked about.
    """

    file: Path
    name: Span | None
    whole: Span | None
    start: int
    end: int


def at(project: Project, view: View, offset: int) -> Definition | None:
    """Where the name at an offset is declared; None where no name is, or nobody declares it."""
    module = view.module
    if module is None:
        return None
    found = occurrences.at(module, offset)
    if found is None:
        return _of_class(project, view, offset) or _of_file(project, view, offset)
    declaration = _declared(module, found)
    if declaration.kind == "use":
        return _of_use(declaration, found)
    home = declaration.module
    if home is None or home.source.file is None:
        return _of_class(project, view, offset)
    if declaration.kind == "file":
        return Definition(home.source.file, None, None, found.start, found.end)
    place = (declaration.start, declaration.end)
    return Definition(
        home.source.file, home.span(*place), _around(home, *place), found.start, found.end
    )


def declaration_at(view: View, offset: int) -> Definition | None:
    """The same, but for a name that a `use` line gives it is that line and not the file."""
    module = view.module
    found = occurrences.at(module, offset) if module is not None else None
    if found is None or found.declaration.kind != "use":
        return None
    home, start, end = found.declaration.module, found.declaration.start, found.declaration.end
    if home is None or home.source.file is None:
        return None
    whole = _around(home, start, end)
    return Definition(home.source.file, home.span(start, end), whole, found.start, found.end)


def _declared(module: Module, found: Occurrence) -> Declaration:
    """What a name means. `pipeline.cfg` is where the block that it is in sets it."""
    declaration = found.declaration
    if declaration.kind != "setting" or declaration.module is not None:
        return declaration
    owner = module.names.get(found.owner)
    if not isinstance(owner, (Block, Derived)):
        return declaration
    return denoting.member(Settings(module, owner), declaration.name)


def _of_use(declaration: Declaration, found: Occurrence) -> Definition | None:
    """The file that a `use` brings."""
    used = declaration.module.uses.get(declaration.name) if declaration.module is not None else None
    if used is None or used.source.file is None:
        return None
    return Definition(used.source.file, None, None, found.start, found.end)


def _around(home: Module, start: int, end: int) -> Span:
    """The declaration, parameter or setting whose name is at a place."""
    declared = next(
        (each for each in home.names.values() if each.name.start == start), None
    )  # of the library, only what is asked for is read
    if declared is not None:
        return home.span(declared.start, declared.end)
    way = tree.at(home.file, start)
    for node in reversed(way[1:]):
        if node.start <= start and end <= node.end and (node.start, node.end) != (start, end):
            return home.span(node.start, node.end)
    return home.span(start, end)


def _of_class(project: Project, view: View, offset: int) -> Definition | None:
    """The `node` that declares a class, in the files that the configuration names."""
    assert view.module is not None
    call = next(
        (
            node
            for node in tree.at(view.module.file, offset)[::-1]
            if isinstance(node, Call) and node.callee.start <= offset <= node.callee.end
        ),
        None,
    )
    name = highlights.class_at(view.module.file, offset) if call is not None else ""
    if not name or call is None:
        return None
    for module in _node_files(project, view):
        node = module.nodes.get(name)
        if node is not None and module.source.file is not None:
            whole = _around(module, *node.place)
            place = (call.callee.start, call.callee.end)
            return Definition(module.source.file, module.span(*node.place), whole, *place)
    return None


def _node_files(project: Project, view: View) -> list[Module]:
    """The files of declarations that the configuration of a file names."""
    from wan22dsl.api.node_files import node_files_for

    try:
        files = [disk.real_path(Path(file)) for file in node_files_for(str(view.source.file))]
    except CommandError:
        return []
    read = project.folders.modules(files)
    return [read[file] for file in files if file in read]


def _of_file(project: Project, view: View, offset: int) -> Definition | None:
    """The file whose name a string is."""
    assert view.module is not None
    for node in tree.at(view.module.file, offset)[:0:-1]:
        if isinstance(node, Text):
            file = links.file_of(project, view, node)
            return Definition(file, None, None, node.start, node.end) if file else None
    return None
