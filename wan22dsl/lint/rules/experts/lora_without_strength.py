"""WAN614: a LoRA at strength 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN614",
    name="lora-without-strength",
    severity=Severity.NOTE,
    summary="A LoRA has a strength of 0",
    text="{lora} is applied to {who} at strength 0, so it has no effect{effect}.",
    why=(
        "A strength of 0 leaves the weights unchanged. It switches a LoRA off for a test, and is "
        "easily forgotten."
    ),
    help="Set a strength (most LoRAs are made for 1.0), or remove it.",
    bad=portrait(
        'wan22.high -> low -> save("demo")',
        """\
lora grain { file = "grain.safetensors", strength = 0.0 }

pass low = wan22.low(loras = [wan22.lightx2v_low, grain])""",
    ),
    good=portrait(
        'wan22.high -> low -> save("demo")',
        """\
lora grain { file = "grain.safetensors", strength = 0.6 }

pass low = wan22.low(loras = [wan22.lightx2v_low, grain])""",
    ),
    source="Comfy-Org/ComfyUI, nodes.py, LoraLoader.load_lora: at strength 0 the model is "
    "unchanged",
)


#: With fewer steps a distilled LoRA is what makes them enough.
_FEW = 10


def check(view: View) -> Iterator[Diagnostic]:
    """Every LoRA on the model of a pass whose strength is known to be 0."""
    for pass_ in view.passes:
        for lora in pass_.loras:
            if lora.strength != 0:
                continue
            effect = _effect(pass_, lora)
            yield MESSAGE.at(
                place(lora.node, "strength_model", lora.input),
                severity=Severity.WARNING if effect else Severity.NOTE,
                lora=f'"{lora.file}"',
                who=called(pass_),
                effect=effect,
            )


def _effect(pass_: Pass, lora: LoadedLora) -> str:
    """What the pass lacks with it: a distilled LoRA, where the steps are few."""
    steps = pass_.settings.steps
    others = any(each.counts for each in pass_.loras)
    distilled = pass_.model is not None and pass_.model.distilled
    if not lora.distilled or others or distilled or steps is None or steps >= _FEW:
        return ""
    if pass_.model is not None and not read_name(pass_.model.file).published:
        return ""  # a mix of other makers, with a distilled LoRA in it or without
    return f": no distilled LoRA is left, and {steps} steps are too few without one"
