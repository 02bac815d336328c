"""Which pipeline or graph of a file is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_Graph = TypeVar("_Graph")


def named(graphs: Mapping[str, _Graph], wanted: str) -> _Graph:
    """The graph of that name. Raises CommandError where there is none."""
    if wanted in graphs:
        return graphs[wanted]
    close = nearest(wanted, graphs)
    listed = f"pipelines: {', '.join(graphs)}." if graphs else "the file has none."
    hint = f"did you mean `{close}`?" if close else listed
    raise CommandError(f"the file has no pipeline or graph `{wanted}`; {hint}")


def to_compile(names: Sequence[str], wanted: str | None, *, is_broken: bool) -> str | None:
    """The pipeline to compile: the one that is wanted, or the only one. Raises CommandError.

    None where the file is broken, and the one that is meant may be behind its errors.
    """
    if wanted in names:
        return wanted
    if wanted is None and len(names) == 1:
        return names[0]
    if is_broken:
        return None
    listed = " Pipelines: " + ", ".join(names) + "." if names else ""
    if wanted is not None:
        close = nearest(wanted, names)
        hint = f" Did you mean `{close}`?" if close else listed
        raise CommandError(f"the file has no pipeline or graph `{wanted}`.{hint}")
    if not names:
        raise CommandError("the file has no pipeline and no graph, so there is nothing to compile.")
    raise CommandError(f"the file has several pipelines: choose one with --pipeline.{listed}")
