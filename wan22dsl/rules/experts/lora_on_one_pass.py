"""WAN612: a LoRA on one expert of a split and not on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.rules.experts.lora_not_used import not_used
from wan22dsl.rules.experts.roles import told_by_role
from wan22dsl.rules.experts.wording import also, called, place
from wan22dsl.rules.wording import number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes import Pass
    from wan22dsl.graph.trails import LoadedLora
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN612",
    name="lora-on-one-pass",
    severity=Severity.NOTE,
    summary="A distilled or paired LoRA is on one expert only",
    text="{lora} is on {who} only, and {without} {lacks}: {meaning}.",
    why="Motion is made by the high-noise expert, detail by the low-noise expert, and a LoRA "
    "acts only on the one that it is put on. The plain high-noise expert with guidance and "
    "the distilled LoRA on the low-noise expert is a published recipe: fuller motion, for "
    "more time. Said because it is as often forgotten as it is meant.",
    mend="{mend}",
    bad="""\
wan 1
use wan22

lora jump { file = "jump_i2v_14b_low_noise.safetensors", noise = "low" }

pass low = wan22.low(loras = [wan22.lightx2v_low, jump])

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> low -> save("demo")
}
""",
    good="""\
wan 1
use wan22

lora jump { file = "jump_i2v_14b_low_noise.safetensors", noise = "low" }

lora leap { file = "jump_i2v_14b_high_noise.safetensors", noise = "high" }

pass high = wan22.high(loras = [wan22.lightx2v_high, leap])
pass low = wan22.low(loras = [wan22.lightx2v_low, jump])

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = high -> low -> save("demo")
}
""",
    source="ModelTC/Wan2.2-Lightning: one LoRA for each expert; public workflows with the LoRA on "
    "the low-noise expert only",
)


#: With fewer steps a pass without a distilled LoRA is WAN720's to tell.
_FEW = 10


def check(view: View) -> Iterator[Diagnostic]:
    """Every split of both experts with a distilled LoRA, or one half of a pair, on one side only."""
    told = told_by_role(view)
    for passes in view.schedules:
        highs = [one for one in passes if one.noise == "high"]
        lows = [one for one in passes if one.noise == "low"]
        if not highs or not lows or any(one.id in told for one in passes):
            continue
        for having, lacking in ((highs, lows), (lows, highs)):
            if any(lora.strength == 0 for one in lacking for lora in one.loras):
                continue
            if any(not_used(view, one) for one in lacking):
                continue
            yield from _distilled(having, lacking)
            yield from _halves(having, lacking)


def _distilled(having: list[Pass], lacking: list[Pass]) -> Iterator[Diagnostic]:
    """A distilled LoRA that the other side goes without."""
    if any(lora.counts for one in lacking for lora in one.loras):
        return
    if any(one.model is None or one.model.distilled for one in lacking):
        return
    found = next(((one, lora) for one in having for lora in one.loras if lora.counts), None)
    cfgs = [one.settings.cfg for one in lacking]
    steps = lacking[0].settings.steps
    if found is None or None in cfgs or (1.0 in cfgs and (steps is None or steps < _FEW)):
        return
    cfg = several(dict.fromkeys(number(one) for one in cfgs if one is not None))
    if 1.0 in cfgs:
        meaning = "without guidance and without the LoRA that takes its place, it stays vague"
    else:
        meaning = "there the model runs twice a step, with the negative prompt, which takes twice the time"
    yield _finding(
        *found,
        lacking,
        f"goes without it, at cfg {cfg}",
        meaning,
        "If it is not meant, put the LoRA's other half on {without}, at cfg 1.",
    )


def _halves(having: list[Pass], lacking: list[Pass]) -> Iterator[Diagnostic]:
    """A LoRA that is one half of a pair by its name, where the other side has no other LoRA at all."""
    level = having[0].noise
    others = [lora for one in lacking for lora in one.loras if not lora.distilled]
    if others:
        return
    for one in having:
        for lora in one.loras:
            if lora.noise == level and not lora.distilled and lora.strength != 0:
                yield _finding(
                    one,
                    lora,
                    lacking,
                    "goes without its other half",
                    f"what it teaches acts in the {level}-noise part of the schedule only",
                    "If it is not meant, put the LoRA's other half on {without}.",
                )


def _finding(
    one: Pass, lora: LoadedLora, lacking: list[Pass], lacks: str, meaning: str, mend: str
) -> Diagnostic:
    without = several(called(each) for each in lacking)
    return MESSAGE.at(
        place(lora.node, lora.input),
        related=[label for each in lacking for label in also(each, "this pass goes without it")],
        lora=f'"{lora.file}"',
        who=called(one),
        without=without,
        lacks=lacks,
        meaning=meaning,
        mend=mend.format(without=without),
    )
