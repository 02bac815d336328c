"""The hand-overs between the passes of a graph, for the rules that each tell one cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.handoffs import chosen

if TYPE_CHECKING:
    from wan22dsl.graph.handoffs import Cause, Handoff
    from wan22dsl.rules.view import View


def handoffs(view: View, *causes: Cause) -> list[Handoff]:
    """Every hand-over within a schedule that is not exact, for these reasons."""
    return chosen(view.handoffs, *causes)
