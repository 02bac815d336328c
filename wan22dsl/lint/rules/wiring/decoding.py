"""Which decoder decodes what which pass has made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import step_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

#: Longer ways than this are given up.
_LONGEST = 500


def decoders(view: View) -> Iterator[tuple[Node, Pass]]:
    """Every node that decodes the latent of a pass, with that pass."""
    passes = {pass_.node.id: pass_ for pass_ in view.passes}
    if not passes:
        return
    for node in view.needed:
        link = node.inputs.get("samples") if record_of(node.class_name).role == "decode" else None
        made = _made(view, link, passes) if isinstance(link, Link) else None
        if made is not None:
            yield node, made


def _made(view: View, link: Link, passes: dict[str, Pass]) -> Pass | None:
    """The last pass on the way of a latent."""
    current: Link | None = link
    for _ in range(_LONGEST):
        node = view.graph.nodes.get(current.node) if current is not None else None
        if node is None:
            return None
        if node.id in passes:
            return passes[node.id]
        current = step_back(view.graph, current, "LATENT", view.facts)
    return None
