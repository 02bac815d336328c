"""WAN653: passes of one split with a conditioning each."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.roles import mixed
from wan22dsl.lint.rules.experts.wording import called
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN653",
    name="two-conditionings",
    severity=Severity.WARNING,
    summary="The passes of a split have different conditionings",
    text=(
        "{node} of {low} is not the conditioning of {high}, with which it shares a schedule; "
        "they differ in {what}."
    ),
    why=(
        "The passes of a split make one video. With another picture or strength the second pass "
        "pulls towards another one, and the picture is encoded twice. It is a note where only "
        "the prompt differs, which may be intended."
    ),
    help="Use one conditioning for both passes.",
    bad=portrait('wan22.high -> low -> save("demo")', 'pass low = wan22.low(image = "other.png")'),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org workflow templates: one conditioning for both samplers",
)

#: What is judged by others: sizes and lengths by WAN806.
_ELSEWHERE = frozenset({"width", "height", "length", "batch_size"})
_TEXTS = {"positive": "the prompt", "negative": "the negative prompt"}

#: Nodes further away than this are taken for different.
_DEPTH = 4


def check(view: View) -> Iterator[Diagnostic]:
    """Every two passes of a schedule whose conditionings say different things."""
    apart = {(first.id, second.id) for first, second in mixed(view)}  # each has its own: WAN611
    for passes in view.schedules:
        for high, low in pairwise(passes):
            if (high.id, low.id) not in apart:
                yield from _pair(view, high, low)


def _pair(view: View, high: Pass, low: Pass) -> Iterator[Diagnostic]:
    node, other = high.conditioning, low.conditioning
    if node is None or other is None or node.id == other.id or node.class_name != other.class_name:
        return
    names = {*node.inputs, *other.inputs} - _ELSEWHERE
    what = [
        name
        for name in sorted(names)
        if not _same(view, node.inputs.get(name), other.inputs.get(name), _DEPTH)
    ]
    if not what:
        return  # ComfyUI runs equal nodes once
    only_text = all(name in _TEXTS for name in what)
    yield MESSAGE.at(
        other.span,
        severity=Severity.NOTE if only_text else Severity.WARNING,
        related=[Label(node.span, f"this is that of {called(high)}")]
        if node.span is not None
        else [],
        node=named(other),
        low=called(low),
        high=called(high),
        what=several(_TEXTS.get(name, f"`{name}`") for name in what),
    )


def _same(view: View, value: Any, other: Any, depth: int) -> bool:
    """Whether two inputs get the same, by the same node or by one that is written alike."""
    if not (isinstance(value, Link) and isinstance(other, Link)):
        return bool(value == other)
    if value == other:
        return True
    first, second = view.graph.nodes.get(value.node), view.graph.nodes.get(other.node)
    if first is None or second is None or depth == 0 or value.slot != other.slot:
        return False
    return first.class_name == second.class_name and _alike(view, first, second, depth - 1)


def _alike(view: View, node: Node, other: Node, depth: int) -> bool:
    return node.inputs.keys() == other.inputs.keys() and all(
        _same(view, value, other.inputs[name], depth) for name, value in node.inputs.items()
    )
