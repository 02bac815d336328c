"""WAN657: the prompt where the negative prompt belongs, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import switched
from wan22dsl.lint.rules.distillation.negative_without_effect import STANDARD
from wan22dsl.lint.rules.example import small
from wan22dsl.lint.rules.experts.fixes import exchange
from wan22dsl.lint.rules.experts.wording import also_node, place
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN657",
    name="prompts-swapped",
    severity=Severity.WARNING,
    summary="A prompt is linked to the input for the other prompt",
    text="`{input}` of {node} gets {what}{both}.",
    why=(
        "Both inputs accept any conditioning, and ComfyUI does not check it. The video then "
        "shows what it should avoid; at cfg 1 the negative input is not used, so the prompt is "
        "lost."
    ),
    help="{help}",
    bad=small(
        ("positive = prompt", "positive = negative"), ("negative = negative", "negative = prompt")
    ),
    good=small(),
    source="Comfy-Org/ComfyUI, nodes.py: both inputs are of the type CONDITIONING",
)

_OTHER = {"positive": "negative", "negative": "positive"}

#: Longer ways than this are given up.
_LONGEST = 50


def check(view: View) -> Iterator[Diagnostic]:
    """Every node with both inputs that gets the one where the other belongs; nodes wired alike once."""
    told: dict[tuple[Link, Link], list[Node]] = {}
    for node in view.needed:
        item, other = node.inputs.get("positive"), node.inputs.get("negative")
        if not isinstance(item, Link) or not isinstance(other, Link):
            continue
        roles = _role(view, item), _role(view, other)
        if item == other and roles[0] == "positive":
            continue  # WAN658, where it matters
        if roles[0] == "negative" or roles[1] == "positive":
            told.setdefault((item, other), []).append(node)
    for pair, nodes in told.items():
        yield _finding(view, nodes, dict(zip(_OTHER, pair)))


def _finding(view: View, nodes: list[Node], links: dict[str, Link]) -> Diagnostic:
    wrong = [name for name, link in links.items() if _role(view, link) == _OTHER[name]]
    node, name = nodes[0], wrong[0]
    swapped = len(wrong) == 2
    spans = [(linked.spans.get("positive"), linked.spans.get("negative")) for linked in nodes]
    return MESSAGE.at(
        place(node, name),
        related=[label for linked in nodes[1:] for label in also_node(linked, "this node too")],
        fix=exchange("Swap the two prompts", spans, safe=False) if swapped else None,
        node=named(node),
        input=name,
        what="the negative prompt" if name == "positive" else "the prompt",
        both=f", and `{_OTHER[name]}` {'the prompt' if name == 'positive' else 'the negative one'}"
        if swapped
        else "",
        help="Swap the two links."
        if swapped
        else f"Link {'the prompt' if name == 'positive' else 'the negative prompt'} to it.",
    )


def _role(view: View, link: Link) -> str | None:
    """What a link brings: "positive" or "negative", as its output, its title or its text says."""
    step: Link | None = link
    for _ in range(_LONGEST):
        node = view.graph.nodes.get(step.node) if step is not None else None
        if node is None or step is None:
            return None
        node_class = view.class_of(node)
        outputs = () if node_class is None else node_class.outputs
        if 0 <= step.slot < len(outputs) and outputs[step.slot].name in _OTHER:
            return outputs[step.slot].name
        if record_of(node.class_name).role == "text":
            return _said(view, node)
        step = switched(view.graph, step, view.facts)
    return None


def _said(view: View, node: Node) -> str | None:
    """What a text is for: by its title, or as the negative prompt that all templates have."""
    text = view.value(node, "text")
    if isinstance(text, str) and text.lstrip().startswith(STANDARD):
        return "negative"
    title = node.title.lower()
    found = [name for name in _OTHER if name in title]
    return found[0] if len(found) == 1 else None
