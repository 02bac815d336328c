"""What becomes of the latent that a pass gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.graph.model import Node
    from wan22dsl.rules.view import View


def is_decoded(view: View, node: Node) -> bool:
    """Whether the latent of a sampler is decoded, with nothing unknown on the way.

    A latent that is saved may be sampled on by another prompt.
    """
    waiting, seen = [node.id], {node.id}
    decoded = False
    while waiting:
        for user, _, _ in view.graph.consumers.get(waiting.pop(), ()):
            if user in seen:
                continue
            seen.add(user)
            taker = view.graph.nodes[user]
            node_class = view.class_of(taker)
            if node_class is None or taker.class_name.startswith("SaveLatent"):
                return False
            outputs = {one.type for one in node_class.outputs}
            decoded = decoded or "IMAGE" in outputs
            if outputs & {"LATENT", "*"}:
                waiting.append(user)
    return decoded
