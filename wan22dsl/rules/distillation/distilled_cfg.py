"""WAN702: guidance with a LoRA that was distilled to go without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.recipes import distilled
from wan22dsl.rules.experts.wording import called, place
from wan22dsl.rules.mending import in_place
from wan22dsl.rules.wording import counted, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN702",
    name="distilled-cfg",
    severity=Severity.WARNING,
    text="{who} has cfg {cfg} with {what}, which was distilled for cfg 1{numbers}.",
    why="At cfg 1 ComfyUI runs the model once a step; at any other it runs it twice, for the "
    "prompt and for the negative prompt, so the pass takes twice the time. The guidance is "
    "already in the distilled weights: more of it burns colours and contrast.",
    mend="Write `cfg = 1.0`, or take the LoRA away and use about 20 steps.",
    bad="""\
wan 1
use wan22

pass high = wan22.high(cfg = 7.0)
pass low = wan22.low(cfg = 7.0)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = high -> low -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pass high = wan22.high(cfg = 1.0)
pass low = wan22.low(cfg = 1.0)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = high -> low -> save("demo")
}
""",
    source="ModelTC/Wan2.2-Lightning: cfg 1; Comfy-Org/ComfyUI, comfy/samplers.py, sampling_function",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass with a distilled LoRA or model and a cfg above 1."""
    for one in view.passes:
        cfg = one.settings.cfg
        if cfg is None or cfg <= 1.0:
            continue  # below 1 the prompt itself is held back: WAN722
        told = distilled(one)
        if told is not None:
            holder = one.settings.cfg_holder or one.node
            yield MESSAGE.at(
                place(holder, one.settings.cfg_name),
                fix=_fix(one),
                who=called(one),
                cfg=number(cfg),
                what=told.file,
                numbers=_numbers(one),
            )


def _numbers(one: Pass) -> str:
    start, end = one.settings.start, one.settings.end
    if start is None or end is None or end <= start:
        return ": the model runs twice in every step, so it takes twice the time"
    runs = end - start
    return (
        f": its {counted(runs, 'step')} {'runs' if runs == 1 else 'run'} the model {2 * runs} times instead "
        f"of {runs}, which takes twice the time"
    )


def _fix(one: Pass) -> Fix | None:
    """Changes the video, so it is not a safe one."""
    holder = one.settings.cfg_holder or one.node
    span = holder.spans.get(one.settings.cfg_name)
    return (
        in_place(span, span.text, "1.0")
        if span and span.text.replace(".", "", 1).isdigit()
        else None
    )
