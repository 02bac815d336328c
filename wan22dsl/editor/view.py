"""A file as it is at one moment: its text, its names, its graphs, its findings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from wan22dsl import disk
from wan22dsl.language.program import occurrences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from wan22dsl.api.compiler import Checked
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.editor.mistakes import Mistake
    from wan22dsl.graph.analysis.model import Analysis
    from wan22dsl.graph.model import Graph
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.program import Program
    from wan22dsl.language.syntax.tree import File
    from wan22dsl.source import Source


#: Analyses by what was built, and the card: an edit elsewhere leaves them as they are.
_ANALYSES: WeakKeyDictionary[Graph, dict[str | None, Analysis]] = WeakKeyDictionary()


class View:
    """A file, as `Project.view` gives it. Nothing in it changes; what costs something is made when asked for.

    `findings` are those that count by the configuration, with the notes on where input files are. `program`
    is None for what is not `.wan`. `catalogue` has the node classes by which it was judged, and `card` is the
    name of the card; both are None where the configuration is wrong, which `problem` tells then. `kept` is
    for what a feature works out once. `not_judged` says why a text of ours is not judged; `mistakes` are
    those of a configuration.
    """

    def __init__(
        self,
        source: Source,
        checked: Checked | None = None,
        catalogue: Catalogue | None = None,
        card: str | None = None,
        findings: tuple[Diagnostic, ...] = (),
        problem: str = "",
        not_judged: str = "",
        mistakes: tuple[Mistake, ...] = (),
    ) -> None:
        self.source = source
        self.checked = checked
        self.catalogue = catalogue
        self.card = card
        self.findings = findings
        self.problem = problem
        self.kept: dict[str, Any] = {}
        self.not_judged = not_judged
        self.mistakes = mistakes

    @property
    def program(self) -> Program | None:
        """The program of a `.wan` file."""
        return self.checked.program if self.checked is not None else None

    @property
    def module(self) -> Module | None:
        """The names of a `.wan` file, and what they mean."""
        return self.program.main if self.program is not None else None

    @property
    def tree(self) -> File | None:
        """The tree of a `.wan` file; where the text is broken, what could be read of it."""
        return self.module.file if self.module is not None else None

    @cached_property
    def used_files(self) -> frozenset[Path]:
        """The files that it uses, and those that these use, by their real paths; none of the library."""
        if self.module is None:
            return frozenset()
        used = (each.source.file for each in occurrences.used_files(self.module))
        return frozenset(disk.real_path(file) for file in used if file is not None)

    @cached_property
    def graphs(self) -> Mapping[str, Graph]:
        """What was built, by pipeline, with muted and bypassed nodes, and also where there are errors."""
        if self.checked is None:
            return {}
        found = {name: each.whole or each.graph for name, each in self.checked.graphs.items()}
        for looked in self.checked.looked:
            graph = looked.built.graph
            if looked.built.name not in found and graph is not None:
                found[looked.built.name] = graph.graph if hasattr(graph, "graph") else graph
        if self.program is None and not found and self.catalogue is not None:
            from wan22dsl.formats.kind import is_json, read

            graph = read(self.source, self.catalogue)[0] if is_json(self.source) else None
            return {} if graph is None else {graph.name: graph}
        return found

    @cached_property
    def analyses(self) -> Mapping[str, Analysis]:
        """What each sound pipeline is: its passes, sigmas, hand-offs, outputs, and its cost on the card."""
        names = self.checked.graphs if self.checked is not None else ()
        return Analyses(names, self.analyses_of_all.__getitem__)

    @cached_property
    def analyses_of_all(self) -> Mapping[str, Analysis]:
        """The same of all that was built: with errors, and of what others are made of, as far as known."""
        return Analyses(self.graphs, self._analysed)

    def _analysed(self, name: str) -> Analysis:
        """The analysis of a pipeline. One that a session has kept is analysed once: it knows no places."""
        looked = self.checked.looked if self.checked is not None else ()
        built = next((each.built.graph for each in looked if each.built.name == name), None)
        if built is None:
            return self._made_anew(name)
        graph: Graph = built.graph if hasattr(built, "graph") else built
        kept = _ANALYSES.setdefault(graph, {})
        if self.card not in kept:
            kept[self.card] = self._made_anew(name)
        return kept[self.card]

    def _made_anew(self, name: str) -> Analysis:
        from wan22dsl.graph.analysis import analyse
        from wan22dsl.graph.cost.cards import card_named

        cards = [card_named(self.card)] if self.card is not None else []
        sound = self.checked.graphs.get(name) if self.checked is not None else None
        if sound is not None:
            return analyse(sound.graph, *cards, whole=sound.whole)
        return analyse(self.graphs[name], *cards)


class Analyses(Mapping[str, "Analysis"]):
    """Analyses by the names of pipelines, each made when somebody asks for it."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Analysis]) -> None:
        self._names = tuple(names)
        self._make = make
        self._made: dict[str, Analysis] = {}

    def __getitem__(self, name: str) -> Analysis:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
