"""WAN724: the sampling of another model, put on a model of Wan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.lint.rules.example import small
from wan22dsl.lint.rules.experts.wording import called
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN724",
    name="wrong-model-sampling",
    severity=Severity.ERROR,
    summary="A node gives Wan the sampling of another model",
    text="{node} gives {who} the sampling of another model: {effect}.",
    why=(
        "Wan's models receive the noise of a step as a number from 1000 down to 0. These nodes "
        "change how that number is computed, or how noise is added. ComfyUI runs them silently, "
        "and the result is noise."
    ),
    help="Use ModelSamplingSD3, the node for Wan.",
    bad=small(
        (
            "ModelSamplingSD3(model = model, shift = 8.0)",
            "ModelSamplingAuraFlow(model = model, shift = 8.0)",
        )
    ),
    good=small(),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_model_advanced.py and comfy/model_sampling.py: "
    "multiplier 1000 for Wan, 1 in ModelSamplingAuraFlow",
)

_COUNTED = "it numbers the noise from 1 to 0, where Wan expects 1000 to 0"
_OTHER = "it adds and removes noise in another way than in Wan's training"


def check(view: View) -> Iterator[Diagnostic]:
    """Every such node on the way of a model of Wan."""
    told = set()
    for pass_ in view.passes:
        if pass_.model is None or pass_.model.family is None:
            continue
        nodes = [*pass_.patches, *([pass_.shift_node] if pass_.shift_node is not None else [])]
        for node in nodes:
            effect = _effect(node)
            if effect is not None and node.id not in told:
                told.add(node.id)
                yield MESSAGE.at(
                    node.span,
                    fix=_fix(node),
                    node=named(node),
                    who=called(pass_),
                    effect=effect,
                )


def _effect(node: Node) -> str | None:
    """What becomes of Wan with the sampling that a node sets; None where it sets none, or Wan's own."""
    record = record_of(node.class_name)
    if record.noise_up_to == 1:
        return _COUNTED
    return _OTHER if record.replaces_sampling else None


def _fix(node: Node) -> Fix | None:
    """The right class, where the wrong one has the same inputs and is in the text as its name."""
    span = node.span
    if not record_of(node.class_name).sets_shift or span is None:
        return None
    text = span.text
    if text.strip('"') != node.class_name:
        return None
    return Fix(
        f"Write {written.SHIFT}",
        (Edit(span, text.replace(node.class_name, written.SHIFT)),),
        safe=False,
    )
