"""Files and the files that they use: each is read once, and a circle is reported with its path."""

from __future__ import annotations

import os.path
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.errors import UnreadableFile
from wan22dsl.language.program import messages
from wan22dsl.language.program.library_module import LibraryModule
from wan22dsl.language.program.module import LIBRARY, Module, library_names
from wan22dsl.language.program.occurrences import used_files
from wan22dsl.language.program.resolve import resolve
from wan22dsl.language.syntax import parse, spelling
from wan22dsl.language.syntax.tree import Header, Name, Text
from wan22dsl.language.workspace import Workspace
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source, Span


#: Mistakes of syntax that are the cause of a missing header too.
_SAYS_ALL = frozenset(("WAN145", "WAN146", "WAN147"))

#: How many files may use each other, one inside the other.
MOST_FILES = 100


class Kept(NamedTuple):
    """A file that was read before, with what was found in it by parsing and by resolving."""

    module: Module
    of_syntax: list[Diagnostic]
    of_names: list[Diagnostic]


def load(
    source: Source, workspace: Workspace | None = None, kept: dict[Path, Kept] | None = None
) -> tuple[Module, list[Diagnostic]]:
    """A file and all that it uses, with the names resolved.

    `kept` has the used files of an earlier load by their real paths, and gets those of this one. A file
    whose text and whose used files are the same is the same Module again.
    """
    loader = _Loader(workspace if workspace is not None else Workspace(), kept)
    module = loader.read(source, Path(source.path).name, ())
    return module, loader.diagnostics


def load_each(
    files: Iterable[Path], workspace: Workspace, kept: dict[Path, Kept] | None = None
) -> dict[Path, Module]:
    """Files and all that they use, by their real paths; each file is one Module, whoever uses it.

    What cannot be read is left out. For `kept` see `load`.
    """
    loader = _Loader(workspace, kept)
    for file in files:
        try:
            loader.read_own(workspace.real_path(file))
        except (UnreadableFile, OSError, ValueError, RuntimeError):
            continue
    return loader.loaded


@cache
def library_module(name: str) -> Module:
    """A file of the standard library; read once in a process. Raises UnreadableFile."""
    workspace = Workspace()
    source = workspace.read(LIBRARY / f"{name}.wan", f"<library>/{name}.wan")
    module = LibraryModule(name, source, None if name == "std" else library_module("std"))
    loader = _Loader(workspace)
    for header in module.headers:
        if header.word.text == "use":
            loader.use(module, header, ())
    return module


def _shown(target: Path) -> str:
    """The path as people know it: relative to where they are, if it is below."""
    try:
        return target.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return target.as_posix()


def _is_part(finding: Diagnostic, found: list[Diagnostic]) -> bool:
    """Whether a mistake of syntax is inside of a value that is replaced as a whole."""
    return finding.code.startswith("WAN1") and any(
        other.code == "WAN148"
        and finding.span is not None
        and other.span is not None
        and finding.span.source is other.span.source
        and other.span.start <= finding.span.start <= finding.span.end <= other.span.end
        and not (other.fix is not None and finding.span.text in other.fix.edits[0].text)
        for other in found
    )


class _Loader:
    """Reads files, each once, however many others use it."""

    def __init__(self, workspace: Workspace, kept: dict[Path, Kept] | None = None) -> None:
        self.workspace = workspace
        self.kept = kept
        self.loaded: dict[Path, Module] = {}
        self.diagnostics: list[Diagnostic] = []

    def read(self, source: Source, name: str, chain: tuple[Path, ...]) -> Module:
        """The module of a source and, before its names are resolved, of all that it uses."""
        file, diagnostics = parse(source)
        module = Module(name, source, file, is_library=False, standard=library_module("std"))
        return self._resolved(module, diagnostics, chain).module

    def read_own(self, file: Path) -> None:
        """Reads a file that nothing needs to use. Raises UnreadableFile."""
        if file not in self.loaded:
            source = self.workspace.read(file, _shown(file))
            self.loaded[file] = self._used(source, file, (file,))

    def _resolved(
        self,
        module: Module,
        diagnostics: list[Diagnostic],
        chain: tuple[Path, ...],
        before: Kept | None = None,
    ) -> Kept:
        """A parsed file with its used files and its names; what it was `before`, where nothing differs."""
        self.diagnostics += diagnostics
        declarations = module.file.declarations
        if not declarations and any(finding.code in _SAYS_ALL for finding in diagnostics):
            return Kept(module, diagnostics, [])
        for header in declarations:
            if isinstance(header, Header) and header.word.text == "use":
                self.use(module, header, chain)
        is_same = before is not None and (
            (module.uses, module.broken_uses) == (before.module.uses, before.module.broken_uses)
        )
        if before is not None and is_same:
            module, found = before.module, before.of_names
        else:
            found = resolve(module)
        self.diagnostics = [
            finding for finding in self.diagnostics if not _is_part(finding, found)
        ] + found
        return Kept(module, diagnostics, found)

    def use(self, module: Module, header: Header, chain: tuple[Path, ...]) -> None:
        """Takes up one `use` line."""
        span = module.span(header.value.start, header.value.end)
        if isinstance(header.value, Text):
            if header.alias is None:
                return  # resolve says that the name is missing
            alias = header.alias.text
            parts = spelling.text_parts(header.value.text)
            path = "".join(part for part in parts if isinstance(part, str))
            used = self.use_file(path, span, module.source.file, chain)
        elif isinstance(header.value, Name):
            alias = header.alias.text if header.alias is not None else header.value.text
            used = self.use_library(header.value.text, span)
        else:
            return
        if used is None:
            module.broken_uses |= {alias.partition(".")[0], *library_names()}
        else:
            module.uses.setdefault(alias, used)

    def refuse(self, span: Span, name: str, reason: str, help: str) -> None:
        """Says why something cannot be used."""
        self.diagnostics.append(messages.NO_MODULE.at(span, name=name, reason=reason, help=help))

    def use_library(self, name: str, span: Span) -> Module | None:
        """A file of the standard library."""
        names = library_names()
        if name in names:
            return library_module(name)
        guess = nearest(name, names)
        help = (
            f"Did you mean `use {guess}`?" if guess else "The library has " + ", ".join(names) + "."
        )
        help += f' Your own files are imported with `use "{name}.wan" as {name}`.'
        reason = "the standard library has no such file"
        fix = Fix(f"write `use {guess}`", (Edit(span, guess),), safe=False) if guess else None
        self.diagnostics.append(
            messages.NO_MODULE.at(span, name=name, reason=reason, help=help, fix=fix)
        )
        return None

    def use_file(
        self, path: str, span: Span, file: Path | None, chain: tuple[Path, ...]
    ) -> Module | None:
        """A file of the project, by a path relative to the file that uses it."""
        here = file.parent if file is not None else Path()
        try:
            if not chain and file is not None:  # the first file of a chain: few files use others
                chain = (self.workspace.real_path(file),)
            # A network share is not even looked at: Windows would log in to the machine that it names.
            is_share = path.replace("\\", "/").startswith("//")
            target = here if is_share else self.workspace.real_path(here / path)
            root = self.workspace.project_of(file if file is not None else Path("stdin.wan"))
            if is_share or "\\" in path or not target.is_relative_to(root):
                help = (
                    "Use `/` between folders, and a path inside the project, relative to this file."
                )
                self.refuse(span, path, "the path leaves the project", help)
                return None
            if target in chain:
                names = [used.name for used in (*chain[chain.index(target) :], target)]
                self.diagnostics.append(messages.USE_CYCLE.at(span, path=" → ".join(names)))
                return None
            if target not in self.loaded:
                self._read_used(target, path, span, chain)
            return self.loaded.get(target)
        except UnreadableFile as error:
            help = "Check the path: it is relative to this file."
            self.refuse(span, path, error.reason, help)
        except (OSError, ValueError, RuntimeError):
            help = "Use `/` between folders, relative to this file."
            self.refuse(span, path, "it is not a path", help)
        return None

    def _read_used(self, target: Path, path: str, span: Span, chain: tuple[Path, ...]) -> None:
        """Reads a file that is used for the first time."""
        help = "Check the path: it is relative to this file."
        if self.workspace.is_folder(target):
            self.refuse(span, path, "it is a folder", help)
        elif not self.workspace.exists(target):
            self.refuse(span, path, "no such file", help)
        elif len(chain) > MOST_FILES:
            self.refuse(
                span, path, f"`use` is nested more than {MOST_FILES} files deep", "Use it above."
            )
        else:
            source = self.workspace.read(target, _shown(target))
            self.loaded[target] = self._used(source, target, (*chain, target))

    def _used(self, source: Source, target: Path, chain: tuple[Path, ...]) -> Module:
        """The module of a file that is used, which may be kept from an earlier load."""
        if self.kept is None:
            return self.read(source, target.name, chain)
        before = self.kept.get(target)
        if before is not None and _is_same(before.module.source, source):
            file, diagnostics = before.module.file, before.of_syntax
        else:
            before = None
            file, diagnostics = parse(source)
        standard = library_module("std")
        module = Module(target.name, file.source, file, is_library=False, standard=standard)
        found = self.kept[target] = self._resolved(module, diagnostics, chain, before)
        return found.module


def _is_same(before: Source, source: Source) -> bool:
    return (before.text, before.path, before.file) == (source.text, source.path, source.file)


def used_texts(source: Source, workspace: Workspace | None = None) -> dict[str, str]:
    """The text of each file that is used, by its path from the folder of the one that is given.

    The library's files are not among them: they come with wan22dsl.
    """
    main, _ = load(source, workspace)
    here = (source.file.parent if source.file is not None else Path()).resolve()
    found: dict[str, str] = {}
    for used in used_files(main):
        if used.source.file is not None:
            path = os.path.relpath(used.source.file.resolve(), here).replace(os.sep, "/")
            found[path] = used.source.text
    return dict(sorted(found.items()))
