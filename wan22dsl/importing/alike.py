"""Whether a workflow and a graph send the same to a server, whatever else the workflow has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.equality import digests
from wan22dsl.graph.modes import active
from wan22dsl.importing.computed import computed
from wan22dsl.importing.simplified import without_defaults
from wan22dsl.importing.writable import needed
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph


class Form(NamedTuple):
    """As what a workflow is compared with a graph.

    A text may have its muted and bypassed nodes or only what runs without them, and the values that come by
    link or what was worked out of them.
    """

    is_active: bool
    is_worked_out: bool

    def of(self, graph: Graph, original: Graph) -> Graph:
        """A workflow in this form; what only gave values in the original leads to no output."""
        return needed(self.whole(graph), original)

    def whole(self, graph: Graph) -> Graph:
        """As `of`, with what leads to no output."""
        runs = active(graph) if self.is_active else graph
        return without_defaults(computed(runs).graph if self.is_worked_out else runs)


#: What runs: with values that come by link, or with what they are.
AS_SENT = (Form(is_active=True, is_worked_out=False), Form(is_active=True, is_worked_out=True))


def runs_alike(workflow: Graph, graph: Graph, original: Graph) -> bool:
    """Whether a workflow sends what a graph does, but for how often equal nodes are there.

    What only gave values in the `original`, and gives them to nothing any more, does not count.
    """
    return any(
        {*digests(form.of(workflow, original)).values()}
        == {*digests(form.of(graph, graph)).values()}
        for form in AS_SENT
    )


def has_all_of(workflow: Graph, graph: Graph) -> bool:
    """Whether a workflow has all that a graph runs, and nothing else that is known to be an output.

    What shows a value and gives it to others is none.
    """
    ends = {
        id
        for id, node in workflow.nodes.items()
        if (found := workflow.class_of(node)) is not None
        and found.is_output
        and not workflow.consumers[id]
    }
    for form in AS_SENT:
        made, wanted = digests(form.whole(workflow)), {*digests(form.of(graph, graph)).values()}
        if wanted <= {*made.values()} and all(made[id] in wanted for id in ends if id in made):
            return True
    return False
