"""What becomes of the latent that a pass gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View


def goes_nowhere(view: View, pass_: Pass) -> list[Node]:
    """The samplers that take up what a pass leaves, and that nothing needs."""
    users = view.graph.consumers.get(pass_.node.id, ())
    found = {user for user, name, _ in users if name == "latent_image"} - view.used
    return [view.graph.nodes[user] for user in sorted(found)]


def forgotten(view: View, pass_: Pass) -> Node | None:
    """A sampler that nothing needs, and that ends with noise left at the step at which a pass begins."""
    for node in view.graph.nodes.values():
        if node.id in view.used or not isinstance(node.inputs.get("latent_image"), Link):
            continue
        leaves = view.value(node, "return_with_leftover_noise")
        if leaves == "enable" and view.value(node, "end_at_step") == pass_.settings.start:
            return node
    return None


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
            saving = record_of(taker.class_name).saving
            if node_class is None or (saving is not None and saving.what == "latent"):
                return False
            outputs = {output.type for output in node_class.outputs}
            decoded = decoded or "IMAGE" in outputs
            if outputs & {"LATENT", "*"}:
                waiting.append(user)
    return decoded
