"""A file of the standard library, of which only the declarations that somebody asks for are read.

A pipeline takes a few of its hundred declarations, and reading all of them takes longer than all else that
is done with a pipeline. The library has no mistakes, which its tests ensure, so a declaration is read without
a look at the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wan22dsl.language.program.module import Declaration, Module
from wan22dsl.language.program.resolve import resolve
from wan22dsl.language.syntax import parse
from wan22dsl.language.syntax.parser import parse_part
from wan22dsl.language.syntax.tree import File, Header, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.language.program.names import Named
    from wan22dsl.source import Source

#: How a declaration begins: with its word and its name. All else in the library is indented, or ends one.
_HEAD = re.compile(r"^(?!use |wan )([a-z_]+) ([a-z_]\w*)", re.MULTILINE)

#: What only the whole file tells.
_OF_THE_WHOLE = ("file", "references", "locals", "reads")


class _Names(Mapping[str, "Named"]):
    """The declarations of a file by name; each is read when it is first asked for."""

    def __init__(self, source: Source, places: dict[str, tuple[int, int]]) -> None:
        self._source, self._places = source, places
        self._read: dict[str, Named] = {}

    def __getitem__(self, name: str) -> Named:
        found = self._read.get(name)
        if found is None:
            (declared,) = parse_part(self._source, *self._places[name])
            # Of several threads the first one counts: a declaration is always the same object.
            found = self._read.setdefault(name, declared)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class LibraryModule(Module):
    """A `Module` that reads its declarations one by one, and the whole file for those who ask for more."""

    def __init__(self, name: str, source: Source, standard: Module | None) -> None:
        super().__init__(name, source, File(source, (), ()), is_library=True, standard=standard)
        heads = [*_HEAD.finditer(source.text)]
        starts = [head.start() for head in heads]
        places = zip(starts, [*starts[1:], len(source.text)], strict=True)
        self.names = _Names(source, {head[2]: place for head, place in zip(heads, places)})
        self.declarations = {
            head[2]: Declaration(head[1], head[2], self, head.start(2), head.end(2))
            for head in heads
        }
        self.headers: list[Header] = parse_part(source, 0, starts[0] if starts else None)
        for header in self.headers:
            used = header.alias if header.alias is not None else header.value
            if header.word.text == "use" and isinstance(used, Name):
                declared = Declaration("use", used.text, self, used.start, used.end)
                self.declarations.setdefault(used.text, declared)
        for whole in _OF_THE_WHOLE:
            delattr(self, whole)

    def __getattr__(self, name: str) -> Any:
        """Reads the whole file when something is asked for that only that tells."""
        if name not in _OF_THE_WHOLE:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        vars(self).update(self._whole())
        return vars(self)[name]

    def _whole(self) -> dict[str, Any]:
        """What only the whole file tells. The declarations in it are those of `names`."""
        file, diagnostics = parse(self.source)
        declarations = (
            item if isinstance(item, Header) else self.names[item.name.text]
            for item in file.declarations
        )
        file = file._replace(declarations=tuple(declarations))
        whole = Module(self.name, self.source, file, is_library=True, standard=self.standard)
        whole.uses = self.uses
        diagnostics += resolve(whole)
        errors = [finding.message for finding in diagnostics if finding.is_error]
        assert not errors, errors

        def own(declaration: Declaration) -> Declaration:
            return declaration._replace(module=self) if declaration.module is whole else declaration

        references = [
            occurrence._replace(declaration=own(occurrence.declaration))
            for occurrence in whole.references
        ]
        locals_ = [own(declaration) for declaration in whole.locals]
        return {"file": file, "references": references, "locals": locals_, "reads": whole.reads}
