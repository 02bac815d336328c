"""WAN526: loops that ComfyUI refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.loops import loops_of
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.loops import BadLoop
    from wan22dsl.lint.rules.view import View

_GOOD = """\
wan 1

graph demo {
    let picture = LoadImage(image = "portrait.png")
    let start = StartLoop(
        mode = "simple"
        mode.num_iterations = 3
        initial_iteration_value = picture.IMAGE
    )
    let smaller = ImageScaleBy(
        image = start.current_iteration_value
        upscale_method = "area"
        scale_by = 0.5
    )
    let end = EndLoop(output_value = smaller, next_iteration_value = smaller)
    PreviewImage(images = end)
}
"""

MESSAGE = Message(
    code="WAN526",
    name="loop-not-closed",
    severity=Severity.ERROR,
    summary="A loop has no end, no start, or is left on another way",
    text="{what}.",
    why=(
        "ComfyUI runs what is between StartLoop and EndLoop several times, and refuses a prompt "
        "in which it cannot tell what that is."
    ),
    help="{help}",
    bad=_GOOD.replace("(images = end)\n", "(images = end)\n    PreviewImage(images = smaller)\n"),
    good=_GOOD,
    source="Comfy-Org/ComfyUI 0.36, comfy_execution/validation.py: validate_loops",
)


def check(view: View) -> Iterator[Diagnostic]:
    """The first loop that is wrong; ComfyUI tells no more either."""
    bad = loops_of(view.graph).bad
    if bad is not None:
        what, help = _words(view, bad)
        nodes = [view.graph.nodes[id] for id in bad.others]
        yield MESSAGE.at(
            view.graph.nodes[bad.node].span,
            related=[Label(node.span, "and this one") for node in nodes if node.span is not None],
            what=what,
            help=help,
        )


def _words(view: View, bad: BadLoop) -> tuple[str, str]:
    """What is wrong, and what to do."""
    node = named(view.graph.nodes[bad.node])
    others = [named(view.graph.nodes[id]) for id in bad.others]
    if bad.fault == "loop_end_without_start":
        return (
            f"{node} ends no loop: no StartLoop that is still open leads to it",
            "Link what it gets to a StartLoop, or remove it.",
        )
    if bad.fault == "loop_start_without_end":
        more = f" and {several(others)}" if others else ""
        return (
            f"No EndLoop ends {node}{more}",
            "Link what the loop makes to an EndLoop.",
        )
    if bad.fault == "ambiguous_loop_nesting":
        return (
            f"{node} could end several loops: {several(others)}",
            "Link `iteration_index` of the outer loop to `parent_iteration` of the inner one.",
        )
    if bad.fault == "loop_escape":
        end, *outside = others
        return (
            f"{several(outside)} takes what the loop of {node} makes, and not from {end}",
            "Link it to `outputs` of the EndLoop, or what it gives to `terminations` there.",
        )
    return (
        f"`accumulate` of {node} comes from inside its loop",
        "Write true or false, or link it to something outside the loop.",
    )
