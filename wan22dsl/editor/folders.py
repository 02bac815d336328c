"""The `.wan` files of the folders of an editor, and which of them uses which.

Texts that are not saved count. What is on disk is read again only where its stamp has changed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.language.program import modules
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.modules import Kept
    from wan22dsl.language.workspace import Stamp, Workspace

#: So many names are looked at in all folders together, and so many `.wan` files are read.
MOST_NAMES, MOST_FILES = 50_000, 2_000

#: So many names are looked at to find files of another kind.
_MOST_OTHERS = 5_000

#: Folders that hold the work of others.
_OF_OTHERS = frozenset({"node_modules", "venv", "__pycache__"})

#: A `use` with a path, wherever a line begins with it; one in a string does no harm.
_USE = re.compile(r'^[ \t]*use[ \t]+("(?:[^"\\\n]|\\[^\n])*")', re.MULTILINE)


class Listing(NamedTuple):
    """The `.wan` files of folders, in order. `problem` says what was left out; empty where nothing was."""

    files: tuple[Path, ...]
    problem: str = ""


class _Read(NamedTuple):
    """The files that a file names in its `use` lines, and what its text was when they were read."""

    stamp: Stamp | str | None
    uses: frozenset[Path]


class Folders:
    """The files below `roots`. For one thread."""

    def __init__(self, workspace: Workspace) -> None:
        self.roots: tuple[Path, ...] = ()
        self._workspace = workspace
        self._read: dict[Path, _Read] = {}
        self._kept: dict[Path, Kept] = {}

    def listing(self, *files: Path, most_names: int = MOST_NAMES) -> Listing:
        """The `.wan` files below the folders, and below those of the projects of `files`."""
        roots = dict.fromkeys((*self.roots, *map(self._workspace.project_of, files)))
        budget = [most_names]
        found: dict[Path, None] = {}
        for root in roots:
            for file in _below(root, budget):
                found[file] = None
        problem = ""
        if budget[0] < 0:
            problem = f"the folders have more than {most_names:,} names: some were not looked at"
        if len(found) > MOST_FILES:
            problem = f"the folders have more than {MOST_FILES:,} .wan files: some were not read"
        return Listing(tuple(sorted(found)[:MOST_FILES]), problem)

    def others(self, file: Path, endings: Container[str]) -> tuple[Path, ...]:
        """The files with these endings below the folder of the project of a file."""
        budget = [_MOST_OTHERS]
        root = self._workspace.project_of(file)
        return tuple(sorted(_below(root, budget, lambda name: name.rpartition(".")[2] in endings)))

    def users_of(self, file: Path, opened: Iterable[Path]) -> Listing:
        """The files that use a file, and those that use these; `opened` are the files that are open."""
        opened = frozenset(opened)
        listing = self.listing(file)
        candidates = {*listing.files, *opened}
        used_by: dict[Path, list[Path]] = {}
        for each in sorted(candidates):
            for used in self._uses(each, is_open=each in opened):
                used_by.setdefault(used, []).append(each)
        found: dict[Path, None] = {}
        waiting = [file]
        for used in waiting:
            new = [each for each in used_by.get(used, ()) if each not in found and each != file]
            found.update(dict.fromkeys(new))
            waiting += new
        return Listing(tuple(found), listing.problem)

    def modules(self, files: Iterable[Path]) -> dict[Path, Module]:
        """Files and all that they use, by their real paths, with the names resolved; each is there once."""
        return modules.load_each(files, self._workspace, self._kept)

    def syntax_error(self, file: Path) -> Diagnostic | None:
        """The first syntax error of a file that `modules` has given."""
        kept = self._kept.get(file)
        errors = [each for each in kept.of_syntax if each.is_error] if kept is not None else []
        return errors[0] if errors else None

    def _uses(self, file: Path, *, is_open: bool) -> frozenset[Path]:
        stamp = None if is_open else self._workspace.stamp(file)
        before = self._read.get(file)
        if before is not None and stamp is not None and before.stamp == stamp:
            return before.uses
        try:
            text = self._workspace.read(file).text
        except UnreadableFile:
            return frozenset()
        if before is None or before.stamp != text:
            before = _Read(stamp or text, frozenset(used_in(text, file.parent)))
            self._read[file] = before
        return before.uses


def used_in(text: str, folder: Path) -> Iterator[Path]:
    """The real paths of the files that a text names in its `use` lines."""
    for found in _USE.finditer(text):
        written = "".join(part for part in spelling.text_parts(found[1]) if isinstance(part, str))
        if written.replace("\\", "/").startswith("//"):
            continue  # a network share is not even looked at
        try:
            yield disk.real_path(folder / written)
        except (OSError, ValueError, RuntimeError):
            continue


def _is_wan(name: str) -> bool:
    return name.endswith(".wan")


def _below(
    root: Path, budget: list[int], is_meant: Callable[[str], bool] = _is_wan
) -> Iterator[Path]:
    """The files below a folder, without those of others. Links to folders are not followed."""
    waiting = [os.fspath(root)]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    budget[0] -= 1
                    if budget[0] < 0:
                        return
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _OF_OTHERS:
                            waiting.append(entry.path)
                    elif is_meant(entry.name):
                        yield disk.real_path(Path(entry.path))
        except OSError:
            continue
