"""WAN658: guidance from the prompt to the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import NEGATIVE, small
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN658",
    name="one-prompt-for-both",
    severity=Severity.WARNING,
    summary="One conditioning is both the positive and the negative prompt",
    text=(
        "{who} gets the same conditioning as `positive` and as `negative`: at cfg {cfg} the "
        "model runs twice per step, and there is no guidance between the two."
    ),
    why=(
        "Guidance is the difference between the results of the prompt and of the negative "
        "prompt, times cfg. Where both are the same, every cfg gives the picture of cfg 1, in "
        "twice the time."
    ),
    help="Link a separate negative prompt (an empty one will do), or set cfg to 1.",
    bad=small(("negative = negative", "negative = prompt"), (NEGATIVE, "")),
    good=small(),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, cfg_function",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass with guidance whose two conditionings are one."""
    for pass_ in view.passes:
        cfg = pass_.settings.cfg
        if cfg is None or cfg == 1.0 or not _same(view, pass_):
            continue
        yield MESSAGE.at(setting(pass_, "negative"), who=called(pass_), cfg=number(cfg))


def _same(view: View, pass_: Pass) -> bool:
    """Whether both come from one link, or from a conditioning that gets one link twice."""
    links = (pass_.settings.positive, pass_.settings.negative)
    for _ in range(8):
        if links[0] is None or links[1] is None:
            return False
        if links[0] == links[1]:
            return True
        if links[0].node != links[1].node or links[0].node not in view.graph.nodes:
            return False
        inputs = view.graph.nodes[links[0].node].inputs
        pair = (inputs.get("positive"), inputs.get("negative"))
        links = (
            pair[0] if isinstance(pair[0], Link) else None,
            pair[1] if isinstance(pair[1], Link) else None,
        )
    return False
