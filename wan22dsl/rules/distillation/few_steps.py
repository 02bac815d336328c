"""WAN720: few steps without anything distilled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.filenames import read_name
from wan22dsl.graph.recipes import distilled
from wan22dsl.rules.distillation.training import FEW, total_steps
from wan22dsl.rules.experts.lora_not_used import not_used
from wan22dsl.rules.experts.wording import also, called, setting
from wan22dsl.rules.wording import counted, number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN720",
    name="few-steps",
    severity=Severity.WARNING,
    text="{who}: {steps} without a distilled LoRA{lacks}. The makers of Wan give 40 to 50, and "
    "20 are in common use.",
    why="Few steps are enough only for a model that was distilled to them. The bare model takes "
    "away a little noise in each step; after so few, the frames are blurred, grey or still "
    "noisy.",
    mend="Put the LoRA for {count} steps on it, or use about 20 steps and cfg 3.5.",
    bad="""\
wan 1
use wan22

pass high = wan22.high(loras = [])
pass low = wan22.low(loras = [])

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

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo")
}
""",
    source="Wan-Video/Wan2.2, wan/configs: sample_steps; ModelTC/Wan2.2-Lightning",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule of few steps with a published model that has nothing on it that is distilled.

    A pass without a LoRA beside one with it is a recipe, if it has guidance. A LoRA that says nothing of
    itself may be a distilled one.
    """
    for passes in view.schedules:
        bare = [one for one in passes if _is_bare(one)]
        others = [one for one in passes if distilled(one) is not None]
        if others:
            bare = [one for one in bare if one.settings.cfg == 1.0]
        elif len(bare) < len(passes):
            continue
        if not bare or any(not_used(view, one) for one in bare):
            continue
        steps = bare[0].settings.steps or 0
        cfgs = dict.fromkeys(one.settings.cfg for one in bare)
        yield MESSAGE.at(
            setting(bare[0], "steps"),
            related=[label for one in bare[1:] for label in also(one, "and so does this pass")],
            who=several(called(one) for one in bare),
            steps=counted(steps, "step"),
            count=4,
            lacks=f", at cfg {several(number(one) for one in cfgs if one is not None)}"
            if None not in cfgs
            else "",
        )


def _is_bare(one: Pass) -> bool:
    steps, model = total_steps(one), one.model
    if steps is None or not 0 < steps < FEW or model is None or one.settings.denoise != 1.0:
        return False
    if model.distilled or not read_name(model.file).published or one.loras:
        return False
    return one.before is None or one.handoff == "latent"
