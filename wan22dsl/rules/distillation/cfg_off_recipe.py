"""WAN722: a cfg that the model was not made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.filenames import read_name
from wan22dsl.graph.recipes import distilled, recipe_of
from wan22dsl.rules.distillation.training import FEW, total_steps
from wan22dsl.rules.experts.lora_not_used import not_used
from wan22dsl.rules.experts.wording import also, called, place
from wan22dsl.rules.wording import number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN722",
    name="cfg-off-recipe",
    severity=Severity.WARNING,
    summary="The cfg is far from what is used with the model",
    text="{who} {effect}.",
    why="cfg is how far the picture is pushed from the negative prompt towards the prompt. Wan's models were "
    "made for 3 to 5; the distilled LoRAs have the push built in and take 1. Without either the prompt "
    "hardly counts and the picture stays soft; far beyond, colours burn and motion jerks.",
    mend="{mend}",
    bad="""\
wan 1
use wan22

pass high = wan22.base_high(cfg = 1.0)
pass low = wan22.base_low(cfg = 1.0)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x480
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
    size   = 832x480
    length = 81f
    flow   = wan22.base_high -> wan22.base_low -> save("demo")
}
""",
    source="Wan-Video/Wan2.2, wan/configs: sample_guide_scale 3.0 to 5.0; ModelTC/Wan2.2-Lightning: cfg 1",
)

#: So many times the largest cfg of the published recipes is too far.
_TOO_FAR = 2.0


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule with such a cfg, once for each of its values."""
    for passes in view.schedules:
        found: dict[tuple[str, str], list[Pass]] = {}
        for one in passes:
            told = _told(view, one, passes)
            if told is not None:
                found.setdefault(told, []).append(one)
        for (effect, mend), those in found.items():
            holder = those[0].settings.cfg_holder or those[0].node
            verb = "runs" if len(those) == 1 else "run"
            yield MESSAGE.at(
                place(holder, those[0].settings.cfg_name),
                related=[label for one in those[1:] for label in also(one, "so does this pass")],
                who=several(called(one) for one in those),
                effect=f"{verb} {effect}",
                mend=mend,
            )


def _told(view: View, one: Pass, passes: list[Pass]) -> tuple[str, str] | None:
    cfg, recipe = one.settings.cfg, recipe_of(one)
    if cfg is None or one.settings.denoise == 0:
        return None
    if cfg < 1:
        lost = "the prompt does nothing" if cfg == 0 else "the prompt counts for less than half"
        return (
            f"at cfg {number(cfg)}, where {lost if cfg < 0.5 else 'the prompt is held back'}",
            "Set cfg to 1 with a distilled LoRA, to 3.5 without.",
        )
    if recipe is None or distilled(one) is not None:
        return None
    usual = " to ".join(dict.fromkeys(map(number, (min(recipe.cfgs), max(recipe.cfgs)))))
    if cfg == 1:
        return _unguided(usual) if is_unguided(view, one, passes) else None
    if cfg > _TOO_FAR * max(recipe.cfgs):
        return (
            f"at cfg {number(cfg)}, where {usual} is in use: colours burn and motion jerks",
            f"Set cfg to {number(recipe.cfgs[0])}.",
        )
    return None


def _unguided(usual: str) -> tuple[str, str]:
    effect = "with no guidance at all: the prompt hardly counts, and the picture stays soft"
    mend = "Set cfg to 3.5 or so, or put a distilled LoRA on every pass."
    return f"at cfg 1 without anything distilled, so {effect} ({usual} is in use)", mend


def is_unguided(view: View, one: Pass, passes: list[Pass]) -> bool:
    """Whether a pass has no guidance, and nothing distilled in it or beside it that makes up for it.

    With few steps WAN720 tells it, beside a LoRA WAN612.
    """
    if one.settings.cfg != 1 or recipe_of(one) is None:
        return False
    steps = total_steps(one)
    if one.loras or one.model is None or not read_name(one.model.file).published:
        return False
    if steps is None or steps < FEW or not_used(view, one):
        return False
    return not any(distilled(each) is not None for each in passes)
