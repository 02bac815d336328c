"""The hand-offs between the passes of a graph, for the rules that each tell one cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.passes.handoffs import chosen

if TYPE_CHECKING:
    from wan22dsl.graph.passes.handoffs import Cause, Handoff
    from wan22dsl.lint.rules.view import View


def handoffs(view: View, *causes: Cause) -> list[Handoff]:
    """Every hand-off within a schedule that is not exact, for these reasons."""
    return chosen(view.handoffs, *causes)


def parts_exchanged(handoff: Handoff) -> bool:
    """Whether the first pass runs the end of the schedule and the second its beginning."""
    first, second = handoff.before.settings, handoff.after.settings
    return first.start == second.end and second.start == 0 and first.start != 0
