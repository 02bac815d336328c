"""The declarations of all `.wan` files of an editor, looked for by a part of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor import symbols
from wan22dsl.errors import UnreadableFile
from wan22dsl.language.syntax import parse
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.editor.project import Project
    from wan22dsl.editor.symbols import Symbol
    from wan22dsl.source import Source

#: So many are given: whoever looks for more writes another letter.
MOST = 500


class Found(NamedTuple):
    """A declaration, and the text that it is in."""

    source: Source
    symbol: Symbol


class WorkspaceSymbols:
    """Looks declarations up. What was read of a file is kept until its text changes."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[Path, tuple[Source, tuple[Symbol, ...]]] = {}

    def find(self, query: str) -> tuple[Found, ...]:
        """The declarations whose names have the letters of a query in that order, the best first."""
        listing = self._project.folders.listing()
        files = sorted({*listing.files, *self._project.open_files})
        found: list[tuple[int, int, Found]] = []
        for file in files:
            source, known = self._symbols(file)
            for symbol in known:
                rank = _rank(query.lower(), symbol.name.lower())
                if rank is not None:
                    found.append((rank, len(found), Found(source, symbol)))
        return tuple(each for _, _, each in sorted(found, key=lambda each: each[:2])[:MOST])

    def _symbols(self, file: Path) -> tuple[Source, tuple[Symbol, ...]]:
        try:
            source = self._project.workspace.read(file)
        except UnreadableFile:
            from wan22dsl.source import Source

            return Source("", str(file), file), ()
        before = self._known.get(file)
        if before is None or before[0].text != source.text:
            before = self._known[file] = (source, tuple(symbols.heads_of(parse(source)[0])))
        return before


def _rank(query: str, name: str) -> int | None:
    """How well a name fits: 0 is best; None where it does not."""
    if name.startswith(query):
        return 0 if name == query else 1
    if query in name:
        return 2
    letters = iter(name)
    return 3 if all(letter in letters for letter in query) else None
