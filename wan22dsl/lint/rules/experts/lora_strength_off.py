"""WAN617: a LoRA at a strength that is in no recipe, or a distilled one at which it does not do its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.recipes import distilled
from wan22dsl.lint.rules.distillation.training import FEW, total_steps
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import counted, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View
    from wan22dsl.source import Span

MESSAGE = Message(
    code="WAN617",
    name="lora-strength-off",
    severity=Severity.WARNING,
    summary="A LoRA has an unusual strength",
    text="{lora} is applied to {who} at strength {strength}: {effect}.",
    why=(
        "A distilled LoRA replaces most of the steps and the guidance. It was trained at "
        "strength 1; those of Wan 2.1 are used at up to 6 on the high-noise expert of 2.2. Other "
        "LoRAs are made for about 1, sliders for up to 10 in both directions; ComfyUI accepts "
        "100, and 80 usually means 80 %."
    ),
    help="Set the strength to {meant}, or to what its author recommends.",
    bad=portrait(
        'high -> wan22.low -> save("demo")',
        "pass high = wan22.high(loras = [wan22.lightx2v_high(strength = 0.2)])",
        size="832x480",
    ),
    good=portrait(
        'high -> wan22.low -> save("demo")',
        "pass high = wan22.high(loras = [wan22.lightx2v_high(strength = 0.8)])",
        size="832x480",
    ),
    source="ModelTC/Wan2.2-Lightning: strength 1; public workflows with LoRAs of 2.1 at up to 5.6 on 2.2",
)

#: Beyond this nobody uses any LoRA: those that are sliders go from -10 to 10.
_FARTHEST = 10.0

#: Beyond this nobody uses distilled ones; below `_LEAST` they do not replace the steps. Beyond `_TAKEN` the
#: node takes nothing: WAN504.
_MOST, _LEAST, _TAKEN = 4.0, 0.5, 100.0

#: Beyond this nobody uses those of Wan 2.1 on the high-noise expert of 2.2, which they hardly fit.
_MOST_OF_2_1 = 6.0


def check(view: View) -> Iterator[Diagnostic]:
    """Every LoRA of known strength on the model of a pass."""
    for pass_ in view.passes:
        for lora in pass_.loras:
            effect = _effect(pass_, lora)
            if effect is not None and lora.strength is not None:
                span = place(lora.node, "strength_model", lora.input)
                per_cent = _FARTHEST < lora.strength <= _TAKEN
                meant = number(lora.strength / 100) if per_cent else "1"
                yield MESSAGE.at(
                    span,
                    fix=_fix(span, lora.strength, meant) if per_cent else None,
                    lora=f'"{lora.file}"',
                    who=called(pass_),
                    strength=number(lora.strength),
                    effect=effect,
                    meant=meant,
                )


def _fix(span: Span | None, strength: float, meant: str) -> Fix | None:
    """The share for the per cent, where the strength is what is written."""
    return in_place(span, repr(strength), meant) or in_place(span, number(strength), meant)


def _effect(pass_: Pass, lora: LoadedLora) -> str | None:
    strength, steps = lora.strength, total_steps(pass_)
    if not strength or abs(strength) > _TAKEN:
        return None
    if "block" in lora.node.class_name.lower():
        return None  # its strengths are those of the blocks
    if abs(strength) > _FARTHEST:
        return (
            f"more than {number(_FARTHEST)}, in either direction, is in no recipe, and burns the "
            "picture"
        )
    if not lora.distilled:
        return None
    if strength < 0:
        return "below 0 it pushes the model away from its distillation"
    is_high = pass_.model is not None and pass_.model.noise == "high"
    most = _MOST_OF_2_1 if is_high and lora.generation != "2.2" else _MOST
    if strength > most:
        return f"more than {number(most)} is in no recipe, and burns the picture"
    if sum(other.distilled and bool(other.strength) for other in pass_.loras) > 1:
        return (
            None  # several at a part of their strength each: what they do together is in no table
        )
    if strength < _LEAST and distilled(pass_) is None and steps is not None and steps < FEW:
        return f"that is too little for {counted(steps, 'step')}, and no other LoRA is distilled"
    return None
