"""Renames a declaration at every place that names it, or says why that cannot be known to be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit
from wan22dsl.escapes import one_line
from wan22dsl.language.program import kinds, occurrences
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Header
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.language.program.module import Declaration, Module
    from wan22dsl.language.program.program import Program

#: What can have another name: declarations, files as a file calls them, names in blocks and stages.
_RENAMED = frozenset((*kinds.WORDS, "use", "parameter", "output"))


class Renamed(NamedTuple):
    """The edits of all files of the program; none where there is a `problem`."""

    edits: tuple[Edit, ...]
    problem: str = ""


def rename(program: Program, declaration: Declaration, name: str) -> Renamed:
    """Gives a declaration another name. The program must have no errors.

    Files that use this one and are not a part of the program are not known here.
    """
    modules = occurrences.modules_of(program.main)
    problem = _problem(declaration, modules) or _taken(declaration, name, modules)
    if problem:
        return Renamed((), problem)
    edits = [
        Edit(module.span(found.start, found.end), name)
        for module, found in occurrences.references_of(program.main, declaration)
        if not (found.is_definition and _is_short_use(module, declaration))
    ]
    if declaration.module is not None and _is_short_use(declaration.module, declaration):
        behind = declaration.module.span(declaration.end, declaration.end)
        edits.append(Edit(behind, f" as {name}"))
    return Renamed(tuple(edits))


def _problem(declaration: Declaration, modules: Sequence[Module]) -> str:
    """Why a declaration keeps its name."""
    kind, old, home = declaration.kind, declaration.name, declaration.module
    if home is None or kind not in _RENAMED:
        return f"`{old}` is not a name that this program declares"
    if home.is_library:
        return f"`{old}` belongs to the standard library"
    if kind == "node":
        return (
            f"`{one_line(old)}` is ComfyUI's name for a node class: another name is another class"
        )
    if kind in kinds.RESERVED:
        return f"what a `{kind}` names is not known yet"
    if kind == "output" and old in kinds.CONDITIONING_OUTPUTS:
        return f"a conditioning gives `{old}` by this name"
    unknown = ("reserved",) if kind in (*kinds.WORDS, "use") else ("member", "fact", "key")
    for module in modules:
        if module.is_library:
            continue
        for found in occurrences.of_module(module):
            meant = found.declaration
            if meant.kind in unknown and meant.name.partition(".")[0] == old:
                line = module.span(found.start, found.end).first.line
                return f"`{old}` in line {line} of {module.source.path} may be it, or not"
    return ""


def _taken(declaration: Declaration, name: str, modules: Sequence[Module]) -> str:
    """Why a declaration cannot have a name."""
    if not spelling.is_own_name(name):
        return f"`{name}` is not a name: write lowercase letters, digits and `_`"
    if name in kinds.NOT_NAMES:
        return f"`{name}` is a word of the language"
    outside = any(
        found.declaration == declaration
        for module in modules
        if module is not declaration.module
        for found in occurrences.of_module(module)
    )
    if name.startswith("_") and outside:
        return f"`{name}` would be private, and another file names it"
    for module in modules:
        if module.is_library:
            if declaration.kind in kinds.WORDS and name in module.names and module.name == "std":
                return f"`{name}` is a standard stage"
        elif any(
            found.declaration.name == name and found.declaration.kind not in ("setting", "input")
            for found in occurrences.of_module(module)
        ):
            return f"{module.source.path} has a `{name}` already"
    return ""


def _is_short_use(module: Module, declaration: Declaration) -> bool:
    """Whether a `use` brings a file of the library under its own name: then that name stays."""
    return declaration.kind == "use" and any(
        isinstance(header, Header)
        and header.alias is None
        and header.value.start == declaration.start
        for header in module.file.declarations
    )
