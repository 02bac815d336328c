"""Renames a declaration in all files of an editor that name it, or says why not.

Names are looked up again in the changed texts: where one of them would mean something else than before,
nothing is renamed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.editor import references
from wan22dsl.editor.library import is_library
from wan22dsl.errors import WanError
from wan22dsl.language.program import occurrences, renaming
from wan22dsl.language.program.modules import library_module, load_each
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.diagnostics import Edit
    from wan22dsl.editor.project import Project
    from wan22dsl.editor.references import Target
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Declaration, Module


class CannotRename(WanError):
    """Why a name stays as it is."""


class Named(NamedTuple):
    """The name to be changed, and where it stands at the place that was asked about."""

    name: str
    start: int
    end: int


class Renamed(NamedTuple):
    """The edits of all files. `notes` are what a user has to know: places that stay as they are."""

    edits: tuple[Edit, ...]
    notes: tuple[str, ...] = ()


#: What is also named outside of `.wan` files: after `--set`, in files of parameters and rows of batches.
_OUTSIDE = frozenset({"param", "pass", "pipeline", "profile", "bench", "target"})

#: Files in which such a name may be. So many of them are read, of at most so many bytes.
_OTHERS = frozenset("toml csv tsv jsonl json yaml yml sh bat ps1 md".split())
_MOST_OTHERS, _MOST_BYTES, _MOST_TOLD = 200, 256 * 1024, 3


def prepare(project: Project, view: View, offset: int) -> Named:
    """The name at an offset, where it can be renamed. Raises CannotRename."""
    found, _, modules, declaration = _found(project, view, offset)
    problem = renaming.problem_of(declaration, modules)
    if problem:
        raise CannotRename(problem)
    return found


def rename(project: Project, view: View, offset: int, name: str) -> Renamed:
    """Gives what is at an offset another name, in every file that names it. Raises CannotRename."""
    old, target, modules, declaration = _found(project, view, offset)
    if name == old.name:
        return Renamed(())
    library = library_module("std")
    renamed = renaming.rename_in([*modules, library], declaration, name)
    if renamed.problem:
        raise CannotRename(renamed.problem)
    for file in {edit.span.source.file for edit in renamed.edits}:
        if file is not None:
            _check_syntax(project, file)
    _check_meaning(project, modules, renamed.edits, target, name)
    listing = references.files_for(project, target)
    notes = [f"Left out: {listing.problem}"] if listing.problem else []
    return Renamed(renamed.edits, (*notes, *_outside(project, target)))


def _found(
    project: Project, view: View, offset: int
) -> tuple[Named, Target, list[Module], Declaration]:
    """The name at an offset, what it means, and the files that may name it."""
    module = view.module
    here = occurrences.at(module, offset) if module is not None else None
    if module is None or here is None:
        raise CannotRename("there is no name here that a .wan file declares")
    target = references.of_declaration(here.declaration)
    if target is None or target.file is None or target.kind in ("file", "setting"):
        shown = view.source.text[here.start : here.end]
        raise CannotRename(_why_not(here.declaration.kind, shown))
    if is_library(target.file):
        raise CannotRename(f"`{target.name}` belongs to the standard library")
    files = [target.file, *references.files_for(project, target).files]
    if view.source.file is not None:
        files.append(view.source.file)
    read = project.folders.modules(files)
    home = read.get(target.file)
    declaration = _declaration(home, target) if home is not None else None
    if declaration is None:
        raise CannotRename(f"`{target.name}` is declared in a file that cannot be read")
    modules = [read[file] for file in dict.fromkeys(files) if file in read]
    return Named(target.name, here.start, here.end), target, modules, declaration


def _why_not(kind: str, shown: str) -> str:
    if kind == "file":
        return "rename the file itself: editors then ask for its `use` lines to be changed"
    what = {
        "setting": "a setting of the language, or one that a stage reads",
        "word": "a word of the language",
        "input": "an input of a ComfyUI node",
        "fact": "a fact of the language",
        "unknown": "a name that is not declared",
    }.get(kind, "a name that only a build can follow")
    return f"`{shown}` is {what}"


def _declaration(home: Module, target: Target) -> Declaration | None:
    found = occurrences.at(home, target.start)
    for each in occurrences.of_module(home):
        if each.start == target.start and each.is_definition:
            found = each
    if found is None or references.of_declaration(found.declaration) != target:
        return None
    return found.declaration


def _check_syntax(project: Project, file: Path) -> None:
    """In a text that cannot be read, names may be missed."""
    error = project.folders.syntax_error(file)
    if error is not None:
        line = f" (line {error.span.first.line})" if error.span is not None else ""
        raise CannotRename(f"{file.name} has syntax errors{line}: names in it could be missed")


def _check_meaning(
    project: Project, modules: Sequence[Module], edits: Sequence[Edit], target: Target, name: str
) -> None:
    """Reads the changed texts, and refuses them where a name means something else than before."""
    by_file: dict[Path | None, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.span.source.file, []).append(edit)
    texts = {file: _changed(changes) for file, changes in by_file.items() if file is not None}
    after = load_each(
        [module.source.file for module in modules if module.source.file is not None],
        project.workspace.with_texts(texts),
    )
    shifts = {file: _Shift(changes) for file, changes in by_file.items()}
    for module in modules:
        changed = after.get(module.source.file) if module.source.file is not None else None
        same = changed is not None and [*_meanings(module, shifts, target, name)] == [
            *_meanings(changed, {}, target, name)
        ]
        if not same:
            raise CannotRename(
                f"with `{name}` for `{target.name}`, names in {module.source.path} would mean something else"
            )


def _changed(edits: Sequence[Edit]) -> str:
    text = edits[0].span.source.text
    for edit in sorted(edits, key=lambda each: each.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


class _Shift:
    """Where the places of a text are when it has been edited."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        ordered = sorted(edits, key=lambda each: each.span.start)
        self._ends = [edit.span.end for edit in ordered]
        self._moved = [0]
        for edit in ordered:
            self._moved.append(self._moved[-1] + len(edit.text) - (edit.span.end - edit.span.start))

    def __call__(self, offset: int) -> int:
        """A place that is in no edit, but for the start of one."""
        return offset + self._moved[bisect_right(self._ends, offset)]


def _meanings(
    module: Module, shifts: Mapping[Path | None, _Shift], target: Target, name: str
) -> Iterator[tuple[object, ...]]:
    """What each name of a file means, as it has to be when the target has the new name."""
    here = shifts.get(module.source.file, int)
    for found in occurrences.of_module(module):
        meant = found.declaration
        if target.kind == "use" and meant.kind in ("use", "file"):
            # The name of a library file is there twice where it has got another: `use wan22 as w`.
            if meant.kind == "use" and not found.is_definition:
                yield (
                    here(found.start),
                    meant.kind,
                    name if meant.name == target.name else meant.name,
                )
            continue
        home = meant.module.source.file if meant.module is not None else None
        start = meant.start if meant.module is None else shifts.get(home, int)(meant.start)
        shown = name if meant.name == target.name else meant.name
        yield here(found.start), meant.kind, shown, home, start, found.is_definition


def _outside(project: Project, target: Target) -> Iterator[str]:
    """Where other files than `.wan` may name what is renamed: they are told and not changed."""
    if target.kind not in _OUTSIDE or target.file is None:
        return
    word = re.compile(rf"(?<![\w.-])(?:[\w]+\.)*{re.escape(target.name)}(?![\w-])\s*[.=:,\"]")
    told: list[str] = []
    for file in project.folders.others(target.file, _OTHERS)[:_MOST_OTHERS]:
        text = disk.text_of(str(file), _MOST_BYTES)
        found = word.search(text)
        if found is not None:
            line = text.count("\n", 0, found.start()) + 1
            told.append(f"{file.name} line {line}")
    if told:
        more = f" and {len(told) - _MOST_TOLD} more files" if len(told) > _MOST_TOLD else ""
        yield (
            f"`{target.name}` also occurs in {', '.join(told[:_MOST_TOLD])}{more}: not renamed there"
        )
