"""WAN664: attention that is steered away from the prompt itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import small
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

_NAG = """\
    let steered = WanVideoNAG(
        model = shifted
        conditioning = {}
        nag_scale = 11.0
        nag_alpha = 0.25
        nag_tau = 2.5
    )
    let sampled = KSampler(
        model = steered
"""

MESSAGE = Message(
    code="WAN664",
    name="steered-from-prompt",
    severity=Severity.WARNING,
    summary="Attention is steered away from the prompt itself",
    text="{node} gets the prompt as `{input}`, which it steers away from, and so changes nothing.",
    why=(
        "Normalized attention guidance (NAG) compares the attention to the prompt with that to a negative "
        "one, and moves away from the second, at cfg 1 too. Where both are the same there is no difference "
        "to follow, and each step still computes both."
    ),
    help="Link the negative prompt to `{input}`.",
    bad=small(("    let sampled = KSampler(\n        model = shifted\n", _NAG.format("prompt"))),
    good=small(("    let sampled = KSampler(\n        model = shifted\n", _NAG.format("negative"))),
    source="kijai/ComfyUI-KJNodes, nodes/model_optimization_nodes.py: WanVideoNAG",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that steers away from the prompt that it is compared with, or from that of its pass."""
    of_pass = {node.id: pass_ for pass_ in view.passes for node in pass_.patches}
    for node in view.needed:
        steers = record_of(node.class_name).steers_from
        if steers is None:
            continue
        away, prompt = (node.inputs.get(name) for name in steers)
        if not steers[1] and node.id in of_pass:
            prompt = of_pass[node.id].settings.positive
        if not isinstance(away, Link) or not isinstance(prompt, Link):
            continue
        if _origin(view, away) == _origin(view, prompt):
            span = node.spans.get(steers[0], node.span)
            yield MESSAGE.at(span, node=named(node), input=steers[0])


#: So many nodes that add pictures to a prompt are gone through at most.
_MOST = 8


def _origin(view: View, link: Link) -> Link:
    """The prompt before the nodes that add pictures to it."""
    for _ in range(_MOST):
        node = view.graph.nodes.get(link.node)
        name = {0: "positive", 1: "negative"}.get(link.slot)
        before = node.inputs.get(name) if node is not None and name is not None else None
        if not isinstance(before, Link):
            break
        link = before
    return link
