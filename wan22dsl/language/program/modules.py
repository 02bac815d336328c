"""Files and the files that they use: each is read once, and a circle is reported with its path."""

from __future__ import annotations

import os.path
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.disk import TOPS
from wan22dsl.errors import UnreadableFile
from wan22dsl.language.program import messages
from wan22dsl.language.program.module import LIBRARY, Module, library_names
from wan22dsl.language.program.occurrences import used_files
from wan22dsl.language.program.resolve import resolve
from wan22dsl.language.syntax import parse, spelling
from wan22dsl.language.syntax.tree import Header, Name, Text
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Span


#: Mistakes of syntax that are the cause of a missing header too.
_SAYS_ALL = frozenset(("WAN145", "WAN146", "WAN147"))

#: How many files may use each other, one inside the other.
MOST_FILES = 100


def project_of(file: Path) -> Path:
    """The folder outside which nothing is read: the nearest one upwards that looks like a project's top."""
    folder = file.resolve().parent
    for candidate in (folder, *folder.parents):
        if any((candidate / top).exists() for top in TOPS):
            return candidate
    return folder


def load(source: Source) -> tuple[Module, list[Diagnostic]]:
    """A file and all that it uses, with the names resolved."""
    loader = _Loader()
    module = loader.read(source, Path(source.path).name, ())
    return module, loader.diagnostics


@cache
def library_module(name: str) -> Module:
    """A file of the standard library; read once in a process. Raises UnreadableFile."""
    source = Source.read(LIBRARY / f"{name}.wan", f"<library>/{name}.wan")
    loader = _Loader()
    module = loader.read(source, name, (), is_library=True)
    for finding in loader.diagnostics:  # the library is tested; this is for those who change it
        if finding.is_error:
            where = f"line {finding.span.first.line}: " if finding.span else ""
            raise UnreadableFile(source.path, where + finding.message)
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

    def __init__(self) -> None:
        self.loaded: dict[Path, Module] = {}
        self.diagnostics: list[Diagnostic] = []

    def read(
        self, source: Source, name: str, chain: tuple[Path, ...], *, is_library: bool = False
    ) -> Module:
        """The module of a source and, before its names are resolved, of all that it uses."""
        file, diagnostics = parse(source)
        self.diagnostics += diagnostics
        standard = None if is_library and name == "std" else library_module("std")
        module = Module(name, source, file, is_library=is_library, standard=standard)
        if not file.declarations and any(finding.code in _SAYS_ALL for finding in diagnostics):
            return module
        for header in file.declarations:
            if isinstance(header, Header) and header.word.text == "use":
                self.use(module, header, chain)
        found = resolve(module)
        self.diagnostics = [
            finding for finding in self.diagnostics if not _is_part(finding, found)
        ] + found
        return module

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
        help += f' A file of your own is used with `use "{name}.wan" as {name}`.'
        reason = "the standard library has no file of that name"
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
                chain = (file.resolve(),)
            # A network share is not even looked at: Windows would log in to the machine that it names.
            is_share = path.replace("\\", "/").startswith("//")
            target = here if is_share else (here / path).resolve()
            root = project_of(file if file is not None else Path("stdin.wan"))
            if is_share or "\\" in path or not target.is_relative_to(root):
                help = (
                    "Write the path with `/`, relative to this file, to a file inside the project."
                )
                self.refuse(span, path, "the path leads out of the project", help)
                return None
            if target in chain:
                names = [this_path.name for this_path in (*chain[chain.index(target) :], target)]
                self.diagnostics.append(messages.USE_CYCLE.at(span, path=" → ".join(names)))
                return None
            if target not in self.loaded:
                self._read_used(target, path, span, chain)
            return self.loaded.get(target)
        except UnreadableFile as error:
            help = "Check the path: it is relative to this file."
            self.refuse(span, path, error.reason, help)
        except (OSError, ValueError, RuntimeError):
            help = "Write it with `/`, relative to this file."
            self.refuse(span, path, "that is not a path", help)
        return None

    def _read_used(self, target: Path, path: str, span: Span, chain: tuple[Path, ...]) -> None:
        """Reads a file that is used for the first time."""
        help = "Check the path: it is relative to this file."
        if target.is_dir():
            self.refuse(span, path, "that is a folder", help)
        elif not target.exists():
            self.refuse(span, path, "there is no such file", help)
        elif len(chain) > MOST_FILES:
            self.refuse(
                span, path, f"files use each other more than {MOST_FILES} deep", "Use it above."
            )
        else:
            source = Source.read(target, _shown(target))
            self.loaded[target] = self.read(source, target.name, (*chain, target))


def used_texts(source: Source) -> dict[str, str]:
    """The text of each file that is used, by its path from the folder of the one that is given.

    The library's files are not among them: they come with wan22dsl.
    """
    main, _ = load(source)
    here = (source.file.parent if source.file is not None else Path()).resolve()
    found: dict[str, str] = {}
    for used in used_files(main):
        if used.source.file is not None:
            path = os.path.relpath(used.source.file.resolve(), here).replace(os.sep, "/")
            found[path] = used.source.text
    return dict(sorted(found.items()))
