"""WAN720: few steps without anything distilled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.recipes import distilled, fits
from wan22dsl.lint.rules.distillation.training import FEW, total_steps
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.lora_not_used import not_used
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.wording import counted, number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN720",
    name="few-steps",
    severity=Severity.WARNING,
    summary="A model without a known distilled LoRA runs few steps",
    text="{who}: {steps} {problem}. The makers of Wan recommend 40 to 50, and 20 are common.",
    why=(
        "Few steps are enough only for a distilled model. The base model removes little noise "
        "per step; after so few steps the frames are blurred, grey or noisy."
    ),
    help="Add the LoRA for {count} steps, or use about 20 steps and cfg 3.5{unless}.",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(loras = [])
pass low = wan22.low(loras = [])""",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Wan-Video/Wan2.2, wan/configs: sample_steps; ModelTC/Wan2.2-Lightning",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule of few steps with a published model that has nothing on it that is distilled.

    A pass without a LoRA beside one with it is a recipe, if it has guidance. A LoRA that says nothing of
    itself may be a distilled one, so it is only reported beside the other expert with its distilled LoRA.
    """
    yield from _in_doubt(view)
    for passes in view.schedules:
        bare = [pass_ for pass_ in passes if _is_bare(pass_)]
        others = [pass_ for pass_ in passes if distilled(pass_) is not None]
        if others:
            bare = [pass_ for pass_ in bare if _is_unguided(pass_)]
        elif len(bare) < len(passes):
            continue
        if not bare or any(not_used(view, pass_) for pass_ in bare):
            continue
        steps = bare[0].settings.steps or 0
        cfgs = dict.fromkeys(pass_.settings.cfg for pass_ in bare)
        yield MESSAGE.at(
            setting(bare[0], "steps"),
            related=[label for pass_ in bare[1:] for label in also(pass_, "this pass too")],
            who=several(called(pass_) for pass_ in bare),
            steps=counted(steps, "step"),
            count=4,
            problem="without a distilled LoRA"
            + (
                f", at cfg {several(number(cfg) for cfg in cfgs if cfg is not None)}"
                if None not in cfgs
                else ""
            ),
            unless="",
        )


def _in_doubt(view: View) -> Iterator[Diagnostic]:
    """Passes whose LoRAs are not distilled by name, beside the other expert with its distilled one."""
    passes = [pass_ for every in view.schedules for pass_ in every]
    for pass_ in passes:
        if not pass_.loras or not _is_few(pass_) or pass_.settings.cfg != 1.0:
            continue
        if pass_.has_unknown_lora:
            continue
        if any(_has_other_cause(pass_, lora) for lora in pass_.loras):
            continue
        other = next((each for each in passes if _is_other_half(pass_, each)), None)
        found = None if other is None else distilled(other)
        if other is None or found is None or not_used(view, pass_):
            continue
        files = several(f'"{lora.file}"' for lora in pass_.loras)
        none = (
            "is not a distilled LoRA by its name"
            if len(pass_.loras) == 1
            else ("are not distilled by their names")
        )
        yield MESSAGE.at(
            setting(pass_, "steps"),
            related=also(other, f"this one has {found.file}"),
            who=called(pass_),
            steps=counted(pass_.settings.steps or 0, "step"),
            problem=f"at cfg 1 with {files}, which {none}, while {called(other)} has its own",
            count=found.steps or 4,
            unless="; if it is distilled under another name, declare `distilled = 4`",
        )


def _has_other_cause(pass_: Pass, lora: LoadedLora) -> bool:
    """Whether a LoRA is distilled but switched off, of another family, or known to have replaced one."""
    reported = lora.node.asset is not None and bool(lora.node.asset.instead_of)
    return (
        lora.distilled
        or reported
        or not fits(lora, None if pass_.model is None else pass_.model.family)
    )


def _is_other_half(pass_: Pass, other: Pass) -> bool:
    """Whether a pass runs the other expert of the same family for as many steps, and is distilled."""
    return (
        distilled(other) is not None
        and {pass_.noise, other.noise} == {"high", "low"}
        and pass_.model is not None
        and other.model is not None
        and pass_.model.family == other.model.family
        and total_steps(pass_) == total_steps(other)
    )


def _is_unguided(pass_: Pass) -> bool:
    """Whether a pass has no guidance in most of its steps."""
    cfgs = pass_.settings.cfgs
    return pass_.settings.cfg == 1.0 or 2 * cfgs.count(1.0) > len(cfgs)


def _is_bare(pass_: Pass) -> bool:
    return not pass_.loras and not pass_.has_unknown_lora and _is_few(pass_)


def _is_few(pass_: Pass) -> bool:
    """Whether a published model runs few steps, from noise or from the latent of another pass."""
    steps, model = total_steps(pass_), pass_.model
    if steps is None or not 0 < steps < FEW or model is None or pass_.settings.denoise != 1.0:
        return False
    if model.distilled or not read_name(model.file).published:
        return False
    return pass_.before is None or pass_.handoff == "latent"
