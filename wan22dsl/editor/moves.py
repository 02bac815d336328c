"""What changes in `.wan` files when a file or a folder gets another name or another place.

The `use` lines of those that use a file, and the names of pictures and other files beside a `.wan` file.
"""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.diagnostics import Edit
from wan22dsl.errors import UnreadableFile
from wan22dsl.language.syntax import parse, spelling
from wan22dsl.language.syntax.tree import Header, Text, walk
from wan22dsl.source import Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wan22dsl.editor.project import Project
    from wan22dsl.source import Source


class Move(NamedTuple):
    """A file or a folder, where it is and where it will be."""

    old: Path
    new: Path


class Moved(NamedTuple):
    """The edits, in the files as they are before the move. `notes` are what stays wrong."""

    edits: tuple[Edit, ...]
    notes: tuple[str, ...] = ()


def edits_for(project: Project, moves: Sequence[Move]) -> Moved:
    """What has to change so that every name of a file still leads to it after the moves."""
    moves = [Move(_real(move.old), _real(move.new)) for move in moves]
    listing = project.folders.listing(*(move.old for move in moves))
    files = sorted({*listing.files, *project.open_files})
    edits: list[Edit] = []
    notes = [f"Left out: {listing.problem}"] if listing.problem else []
    for file in files:
        try:
            source = project.workspace.read(file)
        except UnreadableFile:
            continue
        if _may_name(source, file, moves):
            for text, is_use in _names(source):
                new = _new_name(project, file, text, moves, is_use=is_use)
                if new == "":
                    line = source.position(text.start).line
                    notes.append(
                        f"{source.file.name if source.file else source.path} line {line}: "
                        f"{text.text} will not be found from the new place"
                    )
                elif new is not None:
                    edits.append(Edit(Span(source, text.start, text.end), new))
    return Moved(tuple(edits), tuple(notes))


def _real(path: Path) -> Path:
    """A path without links, but for the last part: a link that is moved stays a link."""
    try:
        return disk.real_path(path.parent) / path.name
    except (OSError, ValueError, RuntimeError):
        return path


def _may_name(source: Source, file: Path, moves: Sequence[Move]) -> bool:
    """Whether a file moves itself, or has the last part of a name that changes."""
    return any(file.is_relative_to(move.old) or move.old.name in source.text for move in moves)


def _names(source: Source) -> Iterator[tuple[Text, bool]]:
    """The strings of a file that may be names of files, each with whether it is that of a `use`."""
    for declaration in parse(source)[0].declarations:
        for node in walk(declaration):
            if isinstance(node, Text) and not node.text.startswith('"""'):
                yield node, isinstance(declaration, Header) and declaration.word.text == "use"


def _new_name(
    project: Project, file: Path, text: Text, moves: Sequence[Move], *, is_use: bool
) -> str | None:
    """How a string has to be written after the moves. None: as it is; empty: it leads nowhere then."""
    parts = spelling.text_parts(text.text)
    if len(parts) != 1 or not isinstance(parts[0], str):
        return None
    written = parts[0]
    if written.replace("\\", "/").startswith("//") or "\\" in written:
        return None
    if not is_use and written.rpartition(".")[2].lower() not in spelling.FILE_ENDINGS:
        return None
    named = _named(project, file, written, is_use=is_use)
    if named is None:
        return None
    folder = _after(file, moves).parent
    try:
        path = os.path.relpath(_after(named, moves), folder).replace(os.sep, "/")
    except ValueError:  # on another drive
        return ""
    if os.path.normpath(written).replace(os.sep, "/") == path:
        return None
    if not is_use and path.startswith("../"):
        return ""  # only what is beside a file or below it is found
    return spelling.quote(path)


def _named(project: Project, file: Path, written: str, *, is_use: bool) -> Path | None:
    """The file that a string leads to now."""
    if not is_use:
        return project.workspace.input_file(file.parent, written)
    try:
        found = disk.real_path(file.parent / written)
        return found if project.workspace.exists(found) else None
    except (OSError, ValueError, RuntimeError):
        return None


def _after(file: Path, moves: Sequence[Move]) -> Path:
    """Where a file is after the moves; the longest of several that concern it counts."""
    for move in sorted(moves, key=lambda each: len(each.old.parts), reverse=True):
        if file.is_relative_to(move.old):
            return move.new / file.relative_to(move.old)
    return file
