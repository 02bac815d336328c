"""What a session keeps of one file: a pipeline is built again when something that it depends on differs.

A result is kept for a pipeline with what it was made from: the text of its declaration and of all that it
reaches by name, the files that are used, the words and names that the file declares, the values from outside,
the catalogue and the card, and for each input file that it asked about what was there. Where the build itself
reports something, that may speak of the whole file, so the whole text has to be the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.api.moved import Moves, Region, places_in, places_of
from wan22dsl.graph.build.messages import NOT_GIVEN_NOTE
from wan22dsl.language.syntax.tree import Header
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.api.judging import Looked
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.language.program import modules
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.program import Program
    from wan22dsl.source import Source


class _Kept(NamedTuple):
    """A pipeline with what it was made from."""

    looked: Looked
    source: Source
    regions: dict[str, tuple[int, int]]
    texts: dict[str, str]
    whole: str | None


class KeptPipelines:
    """What a session keeps of one file: its pipelines, and the files that it uses as they were read."""

    def __init__(self) -> None:
        self.modules: dict[Path, modules.Kept] = {}
        self._around: tuple[Any, ...] = ()
        self._catalogue: Catalogue | None = None
        self._kept: dict[str, _Kept] = {}

    def known(self, program: Program, catalogue: Catalogue, card: Card | None) -> dict[str, Looked]:
        """The pipelines that are as they were, by name, with their findings where they are now."""
        around = (_around(program), card)
        if catalogue != self._catalogue or around != self._around:
            self._kept.clear()
            self._catalogue, self._around = catalogue, around
            return {}
        places, text = _places(program.main), program.main.source.text
        texts = {name: text[start:end] for name, (start, end) in places.items()}
        there = _InputFiles(program)
        found = {}
        for name, kept in self._kept.items():
            looked = kept.looked
            if (
                all(texts.get(part) == written for part, written in kept.texts.items())
                and (kept.whole is None or kept.whole == text)
                and looked.is_mentioned == (name in program.main.mentioned)
                and all(map(there.is_as_before, looked.built.files_asked))
            ):
                found[name] = _moved(kept, program.main.source, places)
        return found

    def keep(self, program: Program, looked: Looked) -> None:
        """Keeps a pipeline, unless a finding has a place outside of all declarations."""
        main, name = program.main, looked.built.name
        self._kept.pop(name, None)
        places = _places(main)
        needed = _reached(program, name)
        spans = [*places_of((*looked.found, *looked.inputs, *looked.built.diagnostics))]
        if looked.checked is not None:
            graph = looked.checked()
            spans += [*places_in(graph.graph), *places_in(graph.whole or graph.graph)]
        for start, end in {(span.start, span.end) for span in spans if span.source is main.source}:
            part = _part_at(places, start, end)
            if part is None:
                return
            needed.add(part)
        regions = {part: places[part] for part in needed if part in places}
        text = main.source.text
        texts = {part: text[start:end] for part, (start, end) in regions.items()}
        of_build = looked.built.diagnostics
        is_clean = all(finding.kind is NOT_GIVEN_NOTE for finding in of_build)
        self._kept[name] = _Kept(looked, main.source, regions, texts, None if is_clean else text)


class _InputFiles:
    """What is beside a `.wan` file now, each looked at once."""

    def __init__(self, program: Program) -> None:
        file = program.main.source.file
        self._folder = file.parent if file is not None else None
        self._workspace = program.workspace
        self._seen: dict[str, Any] = {}

    def is_as_before(self, asked: tuple[str, Path | None, Any]) -> bool:
        """Whether a name leads to the file that it led to, unchanged."""
        written, before, stamp = asked
        if self._folder is None:
            return True
        if written not in self._seen:
            file = self._workspace.input_file(self._folder, written)
            now = (file, self._workspace.stamp(file) if file is not None else None)
            self._seen[written] = now
        return bool(self._seen[written] == (before, stamp))


def _around(program: Program) -> tuple[Any, ...]:
    """What every pipeline of a file depends on, besides the text of declarations."""
    main = program.main
    text = main.source.text
    return (
        main.source.path,
        main.source.file,
        [
            text[item.start : item.end]
            if isinstance(item, Header)
            else (item.word.text, item.name.text)
            for item in main.file.declarations
        ],
        main.circular,
        main.uses,
        [
            (module.source.path, name, given.module.source.text, given.is_shared)
            for (module, name), given in program.given.items()
        ],
        [
            (name, given.module.source.text, given.is_shared)
            for name, given in program.changes.items()
        ],
    )


def _places(module: Module) -> dict[str, tuple[int, int]]:
    """Where each declaration of a file is, by its name, and each header, by its number."""
    found: dict[str, tuple[int, int]] = {}
    for index, item in enumerate(module.file.declarations):
        name = f"#{index}" if isinstance(item, Header) else item.name.text
        found.setdefault(name, (item.start, item.end))
    return found


def _part_at(places: dict[str, tuple[int, int]], start: int, end: int) -> str | None:
    for name, (first, last) in places.items():
        if first <= start <= end <= last:
            return name
    return None


def _reached(program: Program, name: str) -> set[str]:
    """The declarations of the main file that one of them reaches by name, or a value from outside does."""
    main = program.main
    named: dict[str, set[str]] = {}
    outside: set[str] = set()
    for found in main.references:
        if found.declaration.module is main:
            named.setdefault(found.owner, set()).add(found.declaration.name)
    for given in program.outside:
        outside.update(found.declaration.name for found in given.module.references)
    waiting, seen = [name, *outside], {name, *outside}
    while waiting:
        for other in named.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def _moved(kept: _Kept, source: Source, places: dict[str, tuple[int, int]]) -> Looked:
    looked = kept.looked
    moves = Moves(
        kept.source,
        source,
        [Region(*places[name], before) for name, (before, _) in kept.regions.items()],
    )
    checked = looked.checked
    return looked._replace(
        built=looked.built._replace(diagnostics=moves.diagnostics(looked.built.diagnostics)),
        found=moves.diagnostics(looked.found),
        inputs=moves.diagnostics(looked.inputs),
        checked=None if checked is None else lambda: moves.checked(checked()),
    )
