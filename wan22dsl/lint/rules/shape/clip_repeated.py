"""WAN816: the next clip of a chain that is given the whole clip before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.experts.wording import also, place
from wan22dsl.lint.rules.wording import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

_PIPELINE = """\
wan 1
use wan22

pipeline first {{
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x480
    length = 81f
    flow   = wan22.high -> wan22.low
}}

pipeline second = first(image = {image}, prompt = "She waves", seed = 2)

pipeline both {{
    flow = first -> join(second -> skip(1f)) -> save("both")
}}
"""

MESSAGE = Message(
    code="WAN816",
    name="clip-repeated",
    severity=Severity.WARNING,
    summary="All frames of a clip are the start image of the next one",
    text=(
        "{node} gets all {given} of the previous clip as `start_image`, and makes {made}: {effect}."
    ),
    why=(
        "A start image may have several frames, and all of them are kept unchanged. To continue "
        "a clip, its last frame is enough; a few more continue the motion."
    ),
    help=(
        "Use the last frame: ImageFromBatch with `batch_index` {last} and `length` 1 (`-> "
        "last_frame` in the language)."
    ),
    bad=_PIPELINE.format(image="first"),
    good=_PIPELINE.format(image="first -> last_frame"),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py, WanImageToVideo: start_image[:length], its mask",
)

#: With fewer frames than this share it goes on with the motion of some frames, as it is meant to.
_MOST = 0.5


def check(view: View) -> Iterator[Diagnostic]:
    """Every new split, from the high-noise expert on, that begins with the frames of a finished one."""
    by_id = {pass_.id: pass_ for pass_ in view.passes}
    ends = {pass_.id: passes for passes in view.schedules for pass_ in passes}
    for pass_ in view.passes:
        before, node = by_id.get(pass_.before or ""), pass_.conditioning
        if before is None or node is None or not begins_anew(ends[before.id], before, pass_):
            continue
        given = view.facts_of(node, "start_image").frames
        made = pass_.latent.frames
        if given is None or made is None or given <= _MOST * made:
            continue
        new = made - given
        yield MESSAGE.at(
            place(node, "start_image"),
            related=also(before, "this is the last pass of the previous clip"),
            node=named(node),
            given=counted(given, "frame"),
            made=counted(made, "frame"),
            effect=f"only {counted(new, 'frame')} of them are new"
            if new > 0
            else "none of them is new",
            last=given - 1,
        )


def begins_anew(earlier: list[Pass], before: Pass, pass_: Pass) -> bool:
    """Whether a pass begins the next clip, behind a split that went through both experts."""
    return (
        pass_.handoff == "frames"
        and pass_.noise == "high"
        and not pass_.whole
        and before is earlier[-1]
        and earlier[0].noise == "high"
        and earlier[-1].noise == "low"
    )
