"""What is said of a file that has no mistake: names that nothing uses, files that are declared twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label
from wan22dsl.program import kinds, messages
from wan22dsl.syntax.tree import Attribute, Block, Header, Name, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.program.modules import Module
    from wan22dsl.program.program import Program

#: The declarations that are there for others; pipelines and graphs are what a file is for.
_JUDGED = frozenset({"let", "param", "stage", "pass", "family", *kinds.ASSETS})


def remarks(program: Program) -> list[Diagnostic]:
    """All of it, for the main file. What is used may be used by others too, so nothing is said of it."""
    main = program.main
    found = list(_twice(main))
    if not program.given and any(True for _ in program.pipelines()):
        found += _unused(main)
    return found


def _unused(module: Module) -> Iterator[Diagnostic]:
    for name, declared in module.names.items():
        kind = declared.word.text
        if kind in _JUDGED and name not in module.asked:
            yield _never(module, declared.name, f"the {kind}", "")
    for declaration in module.file.declarations:
        if isinstance(declaration, Header) and declaration.word.text == "use":
            alias = declaration.alias or declaration.value
            if isinstance(alias, Name) and alias.text in module.uses.keys() - module.asked:
                yield _never(module, alias, "the used file", "")
    for local, taken in module.lets:
        if local.text not in taken:
            yield _never(module, local, "the value", ", so nothing of it is made")


def _never(module: Module, name: Name, what: str, effect: str) -> Diagnostic:
    span = module.span(name.start, name.end)
    return messages.NEVER_USED.at(span, what=what, name=name.text, effect=effect)


def _twice(module: Module) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Block] = {}
    for declared in module.names.values():
        if not isinstance(declared, Block) or declared.word.text not in kinds.ASSETS:
            continue
        file = _file(declared)
        if file is None:
            continue
        earlier = first.setdefault((declared.word.text, file), declared)
        if earlier is not declared:
            at = module.span(declared.name.start, declared.name.end)
            label = Label(module.span(earlier.name.start, earlier.name.end), "the other one")
            yield messages.DECLARED_TWICE.at(
                at,
                related=[label],
                name=declared.name.text,
                other=earlier.name.text,
                kind=declared.word.text.replace("_", " "),
            )


def _file(declared: Block) -> str | None:
    """The file of an asset as it is written; None where it has none, or one with a name in it."""
    for item in declared.items:
        if isinstance(item, Attribute) and item.key.text == "file" and isinstance(item.value, Text):
            return None if "{" in item.value.text else item.value.text
    return None
