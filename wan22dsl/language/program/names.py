"""What a name means: the one place that knows the order in which names are looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from wan22dsl.language.program.module import Module
from wan22dsl.language.syntax.tree import Block, Derived, Param, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

Named = Union[Param, Block, Derived, Stage]


def find(module: Module, name: str) -> tuple[Module, Named] | Module | None:
    """What a file-wide name means in a file: a declaration with its file, a used file, or nothing.

    A name of the file comes before the standard stages, which need no `use`.
    """
    declared = module.names.get(name)
    if declared is not None:
        return module.home, declared
    used = module.uses.get(name)
    if used is not None:
        return used
    standard = module.standard
    if standard is not None:
        declared = standard.names.get(name)
        if declared is not None and not name.startswith("_"):
            return standard, declared
    return None


def declared(
    module: Module, head: str, rest: list[str]
) -> tuple[tuple[Module, Named] | None, list[str]]:
    """What `head.rest` names, with its file, and the members that are still to be read.

    None where there is no such thing, which resolving the file has said.
    """
    meant = find(module, head)
    if not isinstance(meant, Module):
        return meant, rest
    inner = meant.names.get(rest[0]) if rest else None
    return (None, rest) if inner is None else ((meant, inner), rest[1:])


def visible(module: Module) -> Iterator[str]:
    """All names that a file can use bare."""
    yield from module.names
    yield from module.uses
    standard = module.standard
    if standard is not None:
        yield from public(standard)


def public(module: Module) -> Iterator[str]:
    """The names that a file offers to those that use it."""
    return (name for name in module.names if not name.startswith("_"))


def unknown(name: str) -> str:
    """The problem with a name that is declared nowhere."""
    return f"unknown name `{name}`"


def of_kind(module: Module, kind: str) -> Iterator[str]:
    """The names of the declarations of a kind, in order: of a library file those that it offers.

    One that goes round in a circle is none.
    """
    for name in public(module) if module.is_library else module.names:
        if module.names[name].word.text == kind and name not in module.circular:
            yield name
