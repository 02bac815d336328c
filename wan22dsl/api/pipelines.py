"""Which pipeline or graph of a file is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def nothing_to(purpose: str) -> CommandError:
    """What is wrong with a file without pipelines."""
    text = f"the file has no pipeline and no graph, so there is nothing to {purpose}."
    return CommandError(text)


def _listed(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f" Pipelines: {listed}." if listed else ""
