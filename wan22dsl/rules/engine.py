"""Judges a graph by all rules. Only what has no error here can be written out or run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import has_errors, in_order
from wan22dsl.graph.model import CheckedGraph
from wan22dsl.graph.modes import active
from wan22dsl.rules import RULES
from wan22dsl.rules.view import View

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph


def judge(graph: Graph) -> tuple[CheckedGraph | None, list[Diagnostic]]:
    """The graph without its bypassed and muted nodes, if no rule finds an error in it, and all findings."""
    view = View(active(graph))
    found = in_order(one for rule in RULES for one in rule.check(view))
    return (None if has_errors(found) else CheckedGraph(view.graph)), found
