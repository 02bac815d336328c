"""WAN722: a cfg that the model was not made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.recipes import distilled, recipe_of
from wan22dsl.lint.rules.distillation.training import FEW, total_steps
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.lora_not_used import not_used
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.wording import number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN722",
    name="cfg-off-recipe",
    severity=Severity.WARNING,
    summary="The cfg is far from the usual values for the model",
    text="{who} {effect}.",
    why=(
        "cfg scales the push from the negative prompt towards the prompt. Wan's models were made "
        "for 3 to 5; the distilled LoRAs include the push and use 1. Without either the prompt "
        "hardly counts and the picture stays soft; far beyond, colours burn and motion jerks."
    ),
    help="{help}",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.base_high(cfg = 1.0)
pass low = wan22.base_low(cfg = 1.0)""",
        size="832x480",
    ),
    good=portrait('wan22.base_high -> wan22.base_low -> save("demo")', size="832x480"),
    source="Wan-Video/Wan2.2, wan/configs: sample_guide_scale 3.0 to 5.0; ModelTC/Wan2.2-Lightning: cfg 1",
)

#: Beyond this is too far: the largest cfg that is published for a model of Wan (Wan-Video/Wan2.1, t2v 1.3B).
_TOO_FAR = 6.0

#: Wan 2.1 was made for 5, and ComfyUI's templates for it have 6 (Wan-Video/Wan2.1, generate.py).
_CFGS_2_1 = (5.0, 6.0)
_TOO_FAR_2_1 = 8.0


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule with such a cfg, once for each of its values."""
    for passes in view.schedules:
        found: dict[tuple[str, str], list[Pass]] = {}
        for pass_ in passes:
            told = _told(view, pass_, passes)
            if told is not None:
                found.setdefault(told, []).append(pass_)
        for (effect, help), those in found.items():
            verb = "runs" if len(those) == 1 else "run"
            yield MESSAGE.at(
                setting(those[0], "cfg"),
                related=[label for pass_ in those[1:] for label in also(pass_, "this pass too")],
                who=several(called(pass_) for pass_ in those),
                effect=f"{verb} {effect}",
                help=help,
            )


def _told(view: View, pass_: Pass, passes: list[Pass]) -> tuple[str, str] | None:
    cfg, recipe = pass_.settings.cfg, recipe_of(pass_)
    if cfg is None or pass_.settings.denoise == 0 or pass_.settings.backwards:
        return None
    if cfg < 1:
        lost = "the prompt has no effect" if cfg == 0 else "the prompt counts for less than half"
        return (
            f"at cfg {number(cfg)}, where {lost if cfg < 0.5 else 'the prompt is held back'}",
            "Set cfg to 1 with a distilled LoRA, to 3.5 without.",
        )
    if recipe is None or distilled(pass_) is not None:
        return None
    is_2_1 = pass_.model is not None and read_name(pass_.model.file).generation == "2.1"
    cfgs, too_far = (_CFGS_2_1, _TOO_FAR_2_1) if is_2_1 else (recipe.cfgs, _TOO_FAR)
    usual = " to ".join(dict.fromkeys(map(number, (min(cfgs), max(cfgs)))))
    if cfg == 1:
        return _unguided(usual, cfgs[0]) if is_unguided(view, pass_, passes) else None
    if cfg > too_far:
        return (
            f"at cfg {number(cfg)}, where {usual} is usual: colours burn and motion jerks",
            f"Set cfg to {number(cfgs[0])}.",
        )
    return None


def _unguided(usual: str, right: float) -> tuple[str, str]:
    effect = "with no guidance at all: the prompt hardly counts, and the picture stays soft"
    help = f"Set cfg to about {number(right)}, or put a distilled LoRA on every pass."
    return f"at cfg 1 without a distilled model, so {effect} ({usual} is usual)", help


def is_unguided(view: View, pass_: Pass, passes: list[Pass]) -> bool:
    """Whether a pass has no guidance, and nothing distilled in it or beside it that makes up for it.

    With few steps WAN720 tells it, beside a LoRA WAN612. What makes noise of a clip needs none.
    """
    if pass_.settings.cfg != 1 or pass_.settings.backwards or recipe_of(pass_) is None:
        return False
    steps = total_steps(pass_)
    if pass_.loras or pass_.model is None or not read_name(pass_.model.file).published:
        return False
    if steps is None or steps < FEW or not_used(view, pass_):
        return False
    if any(_guides_before(each, pass_) for each in passes):
        return False
    return not any(distilled(each) is not None for each in passes)


def _guides_before(earlier: Pass, pass_: Pass) -> bool:
    """Whether a pass of the same model had the guidance: the last steps do without, in half the time."""
    cfg, models = earlier.settings.cfg, (earlier.model, pass_.model)
    return cfg is not None and cfg > 1 and all(models) and len({m.file for m in models if m}) == 1
