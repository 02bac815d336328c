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


def parts_exchanged(one: Handoff) -> bool:
    """Whether the first pass runs the end of the schedule and the second its beginning."""
    first, second = one.before.settings, one.after.settings
    return first.start == second.end and second.start == 0 and first.start != 0
