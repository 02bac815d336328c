"""Which pipeline or graph of a file is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

_Graph = TypeVar("_Graph")


def named(graphs: Mapping[str, _Graph], wanted: str) -> _Graph:
    """The graph of that name. Raises CommandError where there is none."""
    if wanted in graphs:
        return graphs[wanted]
    close = nearest(wanted, graphs)
    listed = f"there are: {', '.join(graphs)}." if graphs else "there is none in the file."
    hint = f"did you mean `{close}`?" if close else listed
    raise CommandError(f"there is no pipeline or graph `{wanted}` in the file; {hint}")
