"""Which pipeline or graph of a file is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.language.program.program import Program

_Graph = TypeVar("_Graph")


def named(graphs: Mapping[str, _Graph], wanted: str) -> _Graph:
    """The graph of that name. Raises CommandError where there is none."""
    if wanted in graphs:
        return graphs[wanted]
    close = nearest(wanted, graphs)
    hint = f" Did you mean `{close}`?" if close else _listed(graphs)
    raise CommandError(f"the file has no pipeline or graph `{wanted}`.{hint}")


def chosen(graphs: Mapping[str, _Graph], wanted: str | None, purpose: str) -> _Graph:
    """The graph of that name, or the only one. Raises CommandError. `purpose` is such as `compile`."""
    if wanted is not None:
        return named(graphs, wanted)
    if len(graphs) == 1:
        return next(iter(graphs.values()))
    if not graphs:
        raise nothing_to(purpose)
    text = "the file has several pipelines: choose one with --pipeline."
    raise CommandError(text + _listed(graphs))


def to_compile(program: Program) -> dict[str, str]:
    """The names of the pipelines and graphs that may be meant where none is named, each by itself.

    If all but one are parts of others, such as the sections of a video, that one is meant.
    """
    names = {declared.name.text: declared.name.text for declared in program.pipelines()}
    whole = names.keys() - _parts(program)
    return {name: name for name in whole} if len(whole) == 1 else names


def _parts(program: Program) -> set[str]:
    """The names that something else than a copy has in it: what a pipeline gives is used there."""
    from wan22dsl.language.syntax.spelling import name_parts
    from wan22dsl.language.syntax.tree import Call, Name, walk

    found: set[str] = set()
    for declared in program.main.names.values():
        if declared.word.text in ("target", "bench"):
            continue  # these only speak of pipelines
        value = getattr(declared, "value", None)
        base = value.callee if isinstance(value, Call) else value
        found |= {
            head
            for node in walk(declared)
            if isinstance(node, Name)
            and node is not base
            and (head := name_parts(node.text)[0]) != declared.name.text
        }
    return found


def nothing_to(purpose: str) -> CommandError:
    """What is wrong with a file without pipelines."""
    text = f"the file has no pipeline and no graph, so there is nothing to {purpose}."
    return CommandError(text)


def _listed(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f" Pipelines: {listed}." if listed else ""
