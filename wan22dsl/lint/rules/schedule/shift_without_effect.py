"""WAN723: a shift that no schedule is made with."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import small
from wan22dsl.lint.rules.experts.wording import also_node, called, place
from wan22dsl.lint.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN723",
    name="shift-without-effect",
    severity=Severity.WARNING,
    summary="A shift is overridden by a later node",
    text=(
        "{node} sets a shift of {shift}, and {other} overrides it with {after}: the first has no "
        "effect."
    ),
    why=(
        "A model has one shift, and each of these nodes replaces the one before. The pass uses "
        "the last one. It is a note where both are the same."
    ),
    help="{help}",
    bad=small(
        ("model = shifted", "model = ModelSamplingSD3(model = shifted, shift = 5.0)"),
    ),
    good=small(),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_model_advanced.py: add_object_patch of one name",
)

_TWO_NODES = "Remove one of the two nodes."
_IN_SAMPLER = "Set the shift in the sampler, and remove the node (in a pass: `shift = none`)."


def check(view: View) -> Iterator[Diagnostic]:
    """Every shift on the way of a model that another one, nearer to the sampler, replaces."""
    told = set()
    for pass_ in view.passes:
        last = pass_.shift_node
        if last is None or not (last is pass_.node or record_of(last.class_name).sets_shift):
            continue
        after = pass_.shift if last is pass_.node else view.value(last, "shift")
        for node in pass_.patches:
            if record_of(node.class_name).sets_shift and node.id not in told and node is not last:
                told.add(node.id)
                before = view.value(node, "shift")
                yield MESSAGE.at(
                    place(node, "shift"),
                    severity=Severity.NOTE if _is_same(before, after) else Severity.WARNING,
                    related=also_node(last, f"{called(pass_)} uses this one"),
                    node=named(node),
                    shift=_shift(before),
                    other=named(last),
                    after=_shift(after),
                    help=_IN_SAMPLER if last is pass_.node else _TWO_NODES,
                )


def _is_same(before: object, after: object) -> bool:
    numbers = (int, float)
    if not isinstance(before, numbers) or not isinstance(after, numbers):
        return False
    return isclose(before, after, rel_tol=1e-6)


def _shift(value: object) -> str:
    return number(value) if isinstance(value, (int, float)) else "its own"
