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
    from collections.abc import Iterable, Iterator, Sequence

    from wan22dsl.language.program.module import Declaration, Module, Occurrence
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
    taken = _taken(declaration, name, modules)
    return rename_in(modules, declaration, name, taken)


def rename_in(
    modules: Sequence[Module], declaration: Declaration, name: str, taken: str | None = None
) -> Renamed:
    """The same in files that need not be one program, each of which is one Module.

    `taken` says why the declaration cannot have the name; None: where its own file has the name already.
    """
    own = [] if declaration.module is None else [declaration.module]
    problem = problem_of(declaration, modules)
    if not problem:
        problem = taken if taken is not None else _taken(declaration, name, modules, own)
    if problem:
        return Renamed((), problem)
    edits = [
        Edit(module.span(found.start, found.end), name)
        for module, found in _named(modules, declaration)
        if not (found.is_definition and _is_short_use(module, declaration))
    ]
    for module, found in _varied(modules, declaration):
        if _means_others(module, declaration):
            return Renamed((), _may_be(module, found, declaration.name))
        edits.append(Edit(module.span(found.start, found.end), name))
    if declaration.module is not None and _is_short_use(declaration.module, declaration):
        behind = declaration.module.span(declaration.end, declaration.end)
        edits.append(Edit(behind, f" as {name}"))
    return Renamed(tuple(edits))


def _named(
    modules: Iterable[Module], declaration: Declaration
) -> Iterator[tuple[Module, Occurrence]]:
    """Where files of a user name a declaration; the library names none of theirs."""
    for module in modules:
        if not module.is_library:
            for found in occurrences.of_module(module):
                if found.declaration == declaration:
                    yield module, found


def _varied(
    modules: Iterable[Module], declaration: Declaration
) -> Iterator[tuple[Module, Occurrence]]:
    """Where benches vary a setting of a pass that another file declares: `high.cfg`."""
    if declaration.kind not in ("pass", "pipeline"):
        return
    for module in modules:
        if module.is_library or not _reaches(module, declaration):
            continue
        for found in occurrences.of_module(module):
            meant = found.declaration
            is_key = meant.kind == "key" and meant.module is None
            if is_key and meant.name == declaration.name and _is_bench(module, found.owner):
                if module.source.text.startswith(".", found.end):
                    yield module, found


def _is_bench(module: Module, owner: str) -> bool:
    declared = module.names.get(owner)
    return declared is not None and declared.word.text == "bench"


def _reaches(module: Module, declaration: Declaration) -> bool:
    return declaration.module in module.with_used()


def _means_others(module: Module, declaration: Declaration) -> bool:
    """Whether a file reaches another pass or pipeline of that name: a bench then varies both."""
    return any(
        other.kind in ("pass", "pipeline") and other != declaration
        for used in occurrences.modules_of(module)
        for name, other in used.declarations.items()
        if name == declaration.name
    )


def problem_of(declaration: Declaration, modules: Sequence[Module]) -> str:
    """Why a declaration keeps its name; empty where it can have another."""
    kind, old, home = declaration.kind, declaration.name, declaration.module
    if home is None or kind not in _RENAMED:
        return f"`{one_line(old)}` is not a name that this program declares"
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
                return _may_be(module, found, old)
    return ""


def _may_be(module: Module, found: Occurrence, old: str) -> str:
    line = module.span(found.start, found.end).first.line
    return f"`{old}` in line {line} of {module.source.path} may be it, or not"


def _taken(
    declaration: Declaration,
    name: str,
    modules: Sequence[Module],
    own: Sequence[Module] | None = None,
) -> str:
    """Why a declaration cannot have a name: one of the files `own` has it already, or all, if not given."""
    if not spelling.is_own_name(name):
        return f"`{one_line(name)}` is not a name: write lowercase letters, digits and `_`"
    if name in kinds.NOT_NAMES:
        return f"`{name}` is a word of the language"
    outside = any(module is not declaration.module for module, _ in _named(modules, declaration))
    if name.startswith("_") and outside:
        return f"`{name}` would be private, and another file names it"
    for module in modules:
        if module.is_library:
            if declaration.kind in kinds.WORDS and name in module.names and module.name == "std":
                return f"`{name}` is a standard stage"
        elif (own is None or module in own) and any(
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
