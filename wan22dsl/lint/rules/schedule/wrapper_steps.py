"""WAN726: steps of WanVideoWrapper's samplers that it refuses, or that do not meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import switched
from wan22dsl.lint.rules.experts.wording import also_node, place
from wan22dsl.lint.rules.wording import counted, named, number
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

_GRAPH = """\
{{
 "1": {{"class_type": "LoadLatent", "inputs": {{"latent": "start.latent"}}}},
 "2": {{"class_type": "WanVideoSampler", "inputs": {{"samples": ["1", 0], "steps": 6, "shift": 5.0,
  "start_step": 0, "end_step": 3}}}},
 "3": {{"class_type": "WanVideoSampler", "inputs": {{"samples": ["2", 0], "steps": 6, "shift": 5.0,
  "start_step": {start}, "end_step": -1}}}}
}}
"""

MESSAGE = Message(
    code="WAN726",
    name="wrapper-steps",
    severity=Severity.WARNING,
    summary="A WanVideoSampler has invalid steps, or does not fit the previous sampler",
    text="{node} {what}.",
    why=(
        "WanVideoSampler counts like KSamplerAdvanced: `start_step` is the first step that it "
        "runs, `end_step` the first that it does not, and -1 the end. Both samplers of a split "
        "need the same steps, shift and scheduler, and the second starts where the first ends."
    ),
    help="{help}",
    bad=_GRAPH.format(start=4),
    good=_GRAPH.format(start=3),
    source="kijai/ComfyUI-WanVideoWrapper, nodes_sampler.py; wanvideo/schedulers/__init__.py, get_scheduler",
)

#: What a split needs to be the same on both sides.
_SHARED = ("steps", "shift", "scheduler")

#: Longer ways than this are given up.
_LONGEST = 50


class _Range(NamedTuple):
    """Which steps one sampler runs, the end excluded."""

    steps: int
    start: int
    end: int


def check(view: View) -> Iterator[Diagnostic]:
    """Every sampler of the wrapper that will run, by what is written in it."""
    for node in view.needed:
        if record_of(node.class_name).steps is None:
            continue
        own = _range(view, node)
        refused = None if own is None else _refused(view, node, own)
        if refused is not None:
            yield _told(node, *refused, severity=Severity.ERROR)
            continue
        before = _before(view, node)
        other = None if before is None else _range(view, before)
        if own is None or before is None or other is None or _refused(view, before, other):
            continue
        if view.value(node, "add_noise_to_samples") is True or _denoise(view, node) < 1:
            continue  # it begins anew, on what the first one made
        told = _meeting(view, before, node, other, own)
        if told is not None:
            yield _told(node, *told, before=before)


def _told(
    node: Node,
    name: str,
    what: str,
    help: str,
    *,
    before: Node | None = None,
    severity: Severity = Severity.WARNING,
) -> Diagnostic:
    return MESSAGE.at(
        place(node, name),
        severity=severity,
        related=[] if before is None else also_node(before, "this sampler comes before it"),
        node=named(node),
        what=what,
        help=help,
    )


def _refused(view: View, node: Node, own: _Range) -> tuple[str, str, str] | None:
    """Where it is written, what the wrapper stops at, and what to do."""
    if own.start >= own.steps:
        return (
            "start_step",
            f"starts at step {own.start} of {own.steps}, so it fails",
            f"Start below {own.steps}.",
        )
    if own.end > own.steps:
        return (
            "end_step",
            f"ends at step {own.end} of {own.steps}, so it fails",
            f"Write {own.steps}, or -1 for the end.",
        )
    if own.start >= own.end:
        return (
            "end_step",
            f"starts at step {own.start} and ends at step {own.end}, so it fails",
            "Let it end after its first step.",
        )
    if own.start and _denoise(view, node) < 1:
        return (
            "start_step",
            f"has a denoise_strength below 1 and starts at step {own.start}, so it fails",
            "Use one of the two.",
        )
    return None


def _meeting(
    view: View, before: Node, node: Node, first: _Range, own: _Range
) -> tuple[str, str, str] | None:
    """What is wrong between two samplers of a split; None where nothing is."""
    for name in _SHARED:
        item, other = view.value(before, name), view.value(node, name)
        if item is not None and other is not None and item != other:
            item, other = (
                number(x) if type(x) in {int, float} else f'"{x}"' for x in (item, other)
            )
            what = (
                f"continues with {name} {other} where {named(before)} has {item}: it expects "
                "other noise"
            )
            return name, what, f"Give both the same {name}."
    if first.end == own.start:
        return None
    count = counted(abs(own.start - first.end), "step")
    gap = first.end < own.start
    verb = "is" if abs(own.start - first.end) == 1 else "are"
    what = (
        f"starts at step {own.start} where {named(before)} ends at step {first.end} of "
        f"{first.steps}: {count} {verb} {'skipped' if gap else 'run twice'}"
    )
    return "start_step", what, "Let the second start where the first ends."


def _range(view: View, node: Node) -> _Range | None:
    first, behind = record_of(node.class_name).steps or ("", "")
    steps, start, end = (view.value(node, name) for name in ("steps", first, behind))
    start, end = 0 if start is None else start, -1 if end is None else end
    if type(steps) is not int or type(start) is not int or type(end) is not int:
        return None
    if steps < 1 or start < 0 or isinstance(node.inputs.get("sigmas"), Link):
        return None
    return _Range(steps, start, steps if end == -1 else end)


def _denoise(view: View, node: Node) -> float:
    value = view.value(node, "denoise_strength")
    return float(value) if type(value) in {int, float} else 1.0


def _before(view: View, node: Node) -> Node | None:
    """The sampler whose noisy latent it goes on with."""
    link = node.inputs.get("samples")
    for _ in range(_LONGEST):
        before = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        if before is None or not isinstance(link, Link):
            return None
        if record_of(before.class_name).steps is not None:
            return before if link.slot == 0 else None
        link = switched(before, view.facts)
    return None
