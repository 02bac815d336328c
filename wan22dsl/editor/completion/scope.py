"""What names a place sees, and what stands behind them, as far as it can be told without building."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.editor.completion import typed
from wan22dsl.errors import CatalogueError
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
    from wan22dsl.editor.completion.place import Place
    from wan22dsl.editor.completion.typed import Meaning
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Module

_PARAMETER = re.compile(
    r"(?:\A\(|[,\n(])\s*(in[ \t]+)?([a-z_]\w*)[ \t]*:[ \t]*(\[?[\w*]+\]?|`[^`\n]*`)"
)

#: How far a name is away: in the block, in the file, in a file that is used, in the standard stages.
LOCAL, FILE, USED, STANDARD = range(4)


class Seen(NamedTuple):
    """A name as it is written, how far it is away, and its declaration's word (`module` for a used file)."""

    name: str
    distance: int
    kind: str
    module: Module
    own_name: str


class Scope:
    """The names that a place sees."""

    def __init__(self, view: View, place: Place) -> None:
        assert view.module is not None and view.catalogue is not None
        self.view = view
        self.place = place
        self.module: Module = view.module
        self.catalogue = _with_declared(self.module, view.catalogue)

    @cached_property
    def locals(self) -> dict[str, Meaning]:
        """The parameters of the stage and the `let`s of the block around the place."""
        found: dict[str, Meaning] = {}
        if self.place.declared == "stage":
            heads = [token for token in self.place.frames[0].item if token.kind == "group"]
            if heads:
                for match in _PARAMETER.finditer(heads[0].text):
                    found[match[2]] = typed.parameter(spelling.plain(match[3]))
        for frame in self.place.frames:
            if frame.kind == "block":
                for name, value in frame.lets.items():
                    tree = typed.read(value)
                    meaning = typed.of(self.module, tree, self.catalogue, found)
                    found[name] = meaning._replace(kind="let", name=name)
        return found

    def node_class(self, name: str) -> NodeClass | None:
        """A class of the catalogue, by its spelling."""
        return typed.node_class(self.catalogue, spelling.plain(name))

    def of_text(self, written: str) -> Meaning:
        """What an expression stands for."""
        return typed.of(self.module, typed.read(written), self.catalogue, self.locals)

    def of_name(self, written: str) -> Meaning:
        """What a name with its members stands for."""
        return typed.of_name(self.module, written, self.catalogue, self.locals)

    def meaning(self, seen: Seen) -> Meaning:
        """What a name stands for."""
        if seen.distance == LOCAL:
            return self.locals[seen.name]
        return typed.of_declared(seen.module, seen.own_name, self.catalogue)

    def seen(self, *wanted: str) -> Iterator[Seen]:
        """The names that can be written here, of declarations of these kinds (none: of all)."""
        for name in reversed(list(self.locals)):
            if not wanted or "let" in wanted or "param" in wanted:
                yield Seen(name, LOCAL, "let", self.module, name)
        yield from self._of(self.module, "", FILE, wanted)
        for alias, used in self.module.uses.items():
            yield from self._of(used, f"{alias}.", USED, wanted)
        if self.module.standard is not None:
            yield from self._of(self.module.standard, "", STANDARD, wanted)

    def _of(
        self, module: Module, prefix: str, distance: int, wanted: tuple[str, ...]
    ) -> Iterator[Seen]:
        for name, declaration in module.declarations.items():
            kind = declaration.kind
            if kind == "use" or (wanted and kind not in wanted):
                continue
            if distance != FILE and name.startswith("_"):
                continue
            if distance == FILE and name == self.place.name:
                continue
            if distance == STANDARD and name in self.module.names:
                continue
            yield Seen(prefix + name, distance, kind, module, name)

    def copied(self, head: str) -> tuple[str, dict[str, Any]] | None:
        """The kind and the settings of a block that a call copies; None where it copies none."""
        meaning = self.of_name(head)
        if meaning.kind not in kinds.COPIED or meaning.module is None:
            return None
        return meaning.kind, typed.settings_of(meaning.module, meaning.name)


def _with_declared(module: Module, catalogue: Catalogue) -> Catalogue:
    """The catalogue with the classes that the file, and those that it uses, declare."""
    if not module.all_nodes:
        return catalogue
    key = ("catalogue", catalogue)
    found: Catalogue | None = module.kept.get(key)
    if found is None:
        from wan22dsl.graph.build.declared_nodes import with_nodes

        try:
            found = with_nodes(catalogue, [module])[0]
        except CatalogueError:  # a server that does not answer
            found = catalogue
        module.kept[key] = found
    return found
