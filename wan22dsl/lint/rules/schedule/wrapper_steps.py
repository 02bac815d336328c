"""WAN726: steps at which a sampler of WanVideoWrapper fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import WRAPPED, changed
from wan22dsl.lint.rules.experts.wording import called, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN726",
    name="wrapper-steps",
    severity=Severity.ERROR,
    summary="A sampler of WanVideoWrapper has steps at which it fails",
    text="{who} {what}, so it fails.",
    why=(
        "`start_step` is the first step that a sampler of WanVideoWrapper runs, `end_step` the "
        "first that it does not run, and -1 or more than there are means the end. It checks them "
        "when it runs, after the models are loaded."
    ),
    help="{help}",
    bad=changed(
        WRAPPED, ('"start_step": 0', '"start_step": 10'), ('"end_step": -1', '"end_step": 10')
    ),
    good=WRAPPED,
    source="kijai/ComfyUI-WanVideoWrapper, nodes_sampler.py; wanvideo/schedulers/__init__.py, get_scheduler",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every sampler of the wrapper that will run, by what is written in it."""
    for pass_ in view.passes:
        found = _refused(view, pass_) if pass_.settings.wrapper else None
        if found is not None:
            name, what, help = found
            yield MESSAGE.at(setting(pass_, name), who=called(pass_), what=what, help=help)


def _refused(view: View, pass_: Pass) -> tuple[str, str, str] | None:
    """Where it is written, what the sampler stops at, and what to do; None where nothing is known of it."""
    steps, start, end, denoise, scheduler = (
        _value(view, pass_, name) for name in ("steps", "start", "end", "denoise", "scheduler")
    )
    if scheduler == "flowmatch_distill" and type(steps) is int and steps != 4:
        return "steps", f"runs {steps} steps with flowmatch_distill, which has 4", "Write 4 steps."
    if type(denoise) is float and denoise < 1 and start not in {None, 0}:
        return (
            "start",
            f"has a denoise_strength below 1 and starts at step {start}",
            "Use one of the two.",
        )
    if type(start) is float and type(end) is int and end != -1:
        return (
            "end",
            f"starts at a sigma ({start:g}) and ends at a step ({end})",
            "Give both as sigmas, or both as steps.",
        )
    if type(start) is not int:
        return None
    if type(end) is int and end != -1 and start >= end:
        return (
            "end",
            f"starts at step {start} and ends at step {end}",
            "Let it end after its first step.",
        )
    if type(steps) is int and start >= steps:
        return "start", f"starts at step {start} of {steps}", f"Start below {steps}."
    return None


def _value(view: View, pass_: Pass, name: str) -> Any:
    place = pass_.settings.places.get(name)
    if place is None:
        return None
    value = view.value(place.node, place.input)
    if name in {"start", "end"} and type(value) is float:
        linked = isinstance(place.node.inputs.get(place.input), Link)
        return value if linked else int(value)  # ComfyUI makes a written fraction whole
    return value
