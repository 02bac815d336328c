"""WAN662: a latent that still has noise, saved as a video between two passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import level, pairs
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called
from wan22dsl.lint.rules.wiring.decoding import decoders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN662",
    name="half-denoised-saved",
    severity=Severity.NOTE,
    summary="A latent that still has noise is saved between two passes",
    text=(
        "The frames after {who} are saved at sigma {sigma}, before {after} removes the rest of "
        "the noise."
    ),
    why=(
        "The saved frames show noise. This is fine for a look at the first pass, but costs a "
        "decode and is not a finished video."
    ),
    help="Save after {after}, or use `-> preview`, which keeps no file.",
    bad=portrait('wan22.high -> save("early") -> wan22.low -> save("demo")'),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, nodes.py: KSamplerAdvanced, return_with_leftover_noise",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every decoder of a pass whose latent another pass goes on with, and whose frames are saved."""
    next_ = {before.id: after for passes in view.schedules for before, after in pairs(passes)}
    for decoder, pass_ in decoders(view):
        after = next_.get(pass_.id)
        if after is None or after.handoff == "frames" or pass_.settings.leftover_noise is not True:
            continue
        sigmas = pass_.sigmas
        if decoder.inputs["samples"].node != pass_.node.id or not sigmas or sigmas[-1] <= 0:
            continue
        if _is_kept(view, decoder):
            yield MESSAGE.at(
                decoder.span, who=called(pass_), sigma=level(sigmas[-1]), after=called(after)
            )


def _is_kept(view: View, decoder: Node) -> bool:
    """Whether something that leads from a decoder is an output other than a preview."""
    outputs = {node.id for node in view.outputs if record_of(node.class_name).role != "preview"}
    waiting, seen = [decoder.id], {decoder.id}
    while waiting:
        for id, _, _ in view.graph.consumers[waiting.pop()]:
            if id in outputs:
                return True
            if id not in seen:
                seen.add(id)
                waiting.append(id)
    return False
