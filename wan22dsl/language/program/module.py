"""One file of a program: its tree, what it declares and uses by name, and what its names mean."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.source import Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.language.program.declared_nodes import DeclaredNode
    from wan22dsl.language.syntax.tree import Block, Derived, File, Param, Stage
    from wan22dsl.source import Source


LIBRARY = Path(__file__).parent.parent / "library"


@cache
def library_names() -> tuple[str, ...]:
    """The names that `use` takes without quotes."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.wan") if path.stem != "std"))


class Declaration(NamedTuple):
    """What a name means, and where that name is declared.

    `kind` is the word of a declaration (`pass`, `param`, …), or `use`, `file`, `parameter`, `output`,
    `setting`. These have no place, so `module` is None: a `word` of the language, an `input` of a node, a
    `fact`, the `key` of a record, a `member` that only a build can know, the name in a `reserved`
    declaration; and a `setting` that is read as `pipeline.name`, or that nothing in sight sets.
    """

    kind: str
    name: str
    module: Module | None = None
    start: int = -1
    end: int = -1

    @property
    def span(self) -> Span | None:
        """Where the name is declared."""
        return self.module.span(self.start, self.end) if self.module is not None else None


class Occurrence(NamedTuple):
    """A name in a file, and what it means.

    `owner` is the declaration in which it occurs. `in_string` tells that it is in the braces of a string,
    other than a prompt: what is put there does not change the video.
    """

    start: int
    end: int
    declaration: Declaration
    is_definition: bool = False
    owner: str = ""
    in_string: bool = False


class Module:
    """One file: its tree, what it declares by name, and what it uses by name.

    `nodes` are the node classes that it declares, by ComfyUI's names for them.

    `standard` is the file of the standard stages; None for that file itself. `references` are the names in
    values that resolving has looked up, in the order of the file, and `locals` the `let`s in blocks;
    `language.program.occurrences` has all names. `kept` is for what is the same in every build: what the
    library declares is made once in a process. `unread` are values of which resolving has said that they
    are something else; `set_twice` are declarations with a setting that they set twice.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        file: File,
        *,
        is_library: bool,
        standard: Module | None = None,
    ) -> None:
        self.name = name
        self.source = source
        self.file = file
        self.is_library = is_library
        self.standard = standard
        self.home = self
        self.names: Mapping[str, Param | Block | Derived | Stage] = {}
        self.nodes: dict[str, DeclaredNode] = {}
        self.uses: dict[str, Module] = {}
        self.declarations: dict[str, Declaration] = {}
        self.references: list[Occurrence] = []
        self.locals: list[Declaration] = []
        self.broken_uses: set[str] = set()
        self.circular: set[str] = set()
        self.reads: dict[str, list[str]] = {}
        self.kept: dict[Any, Any] = {}
        self.unread: set[tuple[int, int]] = set()
        self.set_twice: set[tuple[str, str]] = set()

    def node(self, class_name: str) -> tuple[Module, DeclaredNode] | None:
        """What this file, or one that it uses, declares of a node class; the nearest one counts."""
        for module in self.with_used():
            found = module.nodes.get(class_name)
            if found is not None:
                return module, found
        return None

    @property
    def all_nodes(self) -> frozenset[str]:
        """The node classes that this file and those that it uses declare."""
        return frozenset(name for module in self.with_used() for name in module.nodes)

    def with_used(self) -> tuple[Module, ...]:
        """This file and all that it uses, each once, the nearest first, without those of the library."""
        found = [self]
        for module in found:
            found += (
                used
                for used in dict.fromkeys(module.uses.values())
                if used not in found and not used.is_library
            )
        return tuple(found)

    def span(self, start: int, end: int) -> Span:
        """A stretch of this file."""
        return Span(self.source, start, end)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The names of the file, and the files it uses, that a declaration of another name asks for."""
        return frozenset(
            found.declaration.name for found in self.references if self._is_asked_by_another(found)
        )

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """The same without what only targets and benches name: they only speak of pipelines."""
        return frozenset(
            found.declaration.name
            for found in self.references
            if self._is_asked_by_another(found)
            and found.declaration.kind != "use"
            and not self._only_speaks(found.owner)
        )

    @cached_property
    def asked_as_values(self) -> frozenset[str]:
        """The names of the file that something other than a string names, or a prompt."""
        return frozenset(
            found.declaration.name
            for found in self.references
            if not found.in_string and self._is_of_this_file(found.declaration)
        )

    def _is_asked_by_another(self, found: Occurrence) -> bool:
        declaration = found.declaration
        return declaration.name != found.owner and self._is_of_this_file(declaration)

    def _is_of_this_file(self, declaration: Declaration) -> bool:
        return self.declarations.get(declaration.name) == declaration

    def _only_speaks(self, owner: str) -> bool:
        declared = self.names.get(owner)
        return declared is not None and declared.word.text in ("target", "bench")

    def __repr__(self) -> str:
        return f"Module({self.name!r})"
