"""What becomes of the latent that a pass gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.passes.samplers import denoised_slots, latent_of, settings_of

if TYPE_CHECKING:
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View


def goes_nowhere(view: View, pass_: Pass) -> list[Node]:
    """The samplers that take up what a pass leaves, and that nothing needs."""
    users = view.graph.consumers.get(pass_.node.id, ())
    takers = {user for user, _, _ in users if user not in view.used}
    return [
        node for user in sorted(takers) if _takes_up(node := view.graph.nodes[user], pass_.node)
    ]


def _takes_up(node: Node, sampler: Node) -> bool:
    link = latent_of(node)
    return link is not None and link.node == sampler.id


def forgotten(view: View, pass_: Pass) -> Node | None:
    """A sampler that nothing needs, and that ends with noise left at the step at which a pass begins."""
    for node in view.graph.nodes.values():
        if node.id in view.used or latent_of(node) is None:
            continue
        settings = settings_of(view.graph, node, view.facts)
        if any(each.leftover_noise and each.end == pass_.settings.start for each in settings):
            return node
    return None


def is_decoded(view: View, node: Node) -> bool:
    """Whether the latent of a sampler is decoded, with nothing unknown on the way.

    A latent that is saved may be sampled on by another prompt, and an output of its own gives the clean
    picture.
    """
    waiting, seen = [node.id], {node.id}
    decoded, clean = False, denoised_slots(node)
    while waiting:
        for user, _, slot in view.graph.consumers.get(here := waiting.pop(), ()):
            if user in seen or (here == node.id and slot in clean):
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
