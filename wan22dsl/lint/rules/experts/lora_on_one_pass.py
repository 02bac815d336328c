"""WAN612: a LoRA on one expert of a split and not on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.lora_not_used import not_used
from wan22dsl.lint.rules.experts.roles import told_by_role
from wan22dsl.lint.rules.experts.wording import also, called, place
from wan22dsl.lint.rules.wording import number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN612",
    name="lora-on-one-pass",
    severity=Severity.NOTE,
    summary="A distilled or paired LoRA is on one expert only",
    text="{lora} is on {who} only, and {without} {lacks}: {meaning}.",
    why=(
        "The high-noise expert makes motion, the low-noise expert detail, and a LoRA affects "
        "only its own expert. The plain high-noise expert with guidance and the distilled LoRA "
        "on the low-noise expert is a published recipe: fuller motion, for more time. It is "
        "reported because it is also a common mistake."
    ),
    help="{help}",
    bad=portrait(
        'wan22.high -> low -> save("demo")',
        """\
lora jump { file = "jump_i2v_14b_low_noise.safetensors", noise = "low" }

pass low = wan22.low(loras = [wan22.lightx2v_low, jump])""",
    ),
    good=portrait(
        'high -> low -> save("demo")',
        """\
lora jump { file = "jump_i2v_14b_low_noise.safetensors", noise = "low" }

lora leap { file = "jump_i2v_14b_high_noise.safetensors", noise = "high" }

pass high = wan22.high(loras = [wan22.lightx2v_high, leap])
pass low = wan22.low(loras = [wan22.lightx2v_low, jump])""",
    ),
    source="ModelTC/Wan2.2-Lightning: one LoRA for each expert; public workflows with the LoRA on "
    "the low-noise expert only",
)


#: With fewer steps a pass without a distilled LoRA is WAN720's to tell.
_FEW = 10


def check(view: View) -> Iterator[Diagnostic]:
    """Every split of both experts with a distilled LoRA, or one half of a pair, on one side only."""
    told = told_by_role(view)
    for passes in view.schedules:
        highs = [pass_ for pass_ in passes if pass_.noise == "high"]
        lows = [pass_ for pass_ in passes if pass_.noise == "low"]
        if not highs or not lows or any(pass_.id in told for pass_ in passes):
            continue
        for having, lacking in ((highs, lows), (lows, highs)):
            if any(lora.strength == 0 for pass_ in lacking for lora in pass_.loras):
                continue
            if any(not_used(view, pass_) or pass_.has_unknown_lora for pass_ in lacking):
                continue
            yield from _distilled(having, lacking)
            yield from _halves(having, lacking)


def _distilled(having: list[Pass], lacking: list[Pass]) -> Iterator[Diagnostic]:
    """A distilled LoRA that the other side goes without."""
    if any(lora.distilled for pass_ in lacking for lora in pass_.loras):
        return  # a weak one may be meant
    if any(pass_.model is None or pass_.model.distilled for pass_ in lacking):
        return
    found = next(((pass_, lora) for pass_ in having for lora in pass_.loras if lora.counts), None)
    cfgs = [pass_.settings.cfg for pass_ in lacking]
    steps = lacking[0].settings.steps
    if found is None or None in cfgs or (1.0 in cfgs and (steps is None or steps < _FEW)):
        return
    cfg = several(dict.fromkeys(number(value) for value in cfgs if value is not None))
    if 1.0 in cfgs:
        meaning = "without guidance and without the LoRA that replaces it, it stays vague"
    else:
        meaning = (
            "the model runs twice per step there, with the negative prompt, which takes twice "
            "the time"
        )
    yield _finding(
        *found,
        lacking,
        f"runs without it, at cfg {cfg}",
        meaning,
        "Unless this is intended, put the other half of the LoRA on {without}, at cfg 1.",
    )


def _halves(having: list[Pass], lacking: list[Pass]) -> Iterator[Diagnostic]:
    """A LoRA that is one half of a pair by its name, where the other side has no other LoRA at all."""
    level = having[0].noise
    others = [lora for pass_ in lacking for lora in pass_.loras if not lora.distilled]
    if others:
        return
    for pass_ in having:
        for lora in pass_.loras:
            if lora.noise == level and not lora.distilled and lora.strength != 0:
                yield _finding(
                    pass_,
                    lora,
                    lacking,
                    "runs without its other half",
                    f"it affects only the {level}-noise part of the schedule",
                    "Unless this is intended, put the other half of the LoRA on {without}.",
                )


def _finding(
    pass_: Pass, lora: LoadedLora, lacking: list[Pass], lacks: str, meaning: str, help: str
) -> Diagnostic:
    without = several(called(each) for each in lacking)
    return MESSAGE.at(
        place(lora.node, lora.input),
        related=[label for each in lacking for label in also(each, "this pass runs without it")],
        lora=f'"{lora.file}"',
        who=called(pass_),
        without=without,
        lacks=lacks,
        meaning=meaning,
        help=help.format(without=without),
    )
