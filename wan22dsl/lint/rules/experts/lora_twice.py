"""WAN615: the same LoRA twice on one model."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.wording import number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN615",
    name="lora-twice",
    severity=Severity.WARNING,
    summary="The same LoRA is applied to a model several times",
    text="{lora} is applied to {who} {times} times, so its strength is {sum}{asked}.",
    why=(
        "LoRAs add up. Applying a file twice makes the LoRA stronger, not better, and hides its "
        "actual strength."
    ),
    help="Remove one, or write the intended strength once.",
    bad=portrait(
        'wan22.high -> low -> save("demo")',
        "pass low = wan22.low(loras = [wan22.lightx2v_low, wan22.lightx2v_low])",
    ),
    good=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(loras = [wan22.lightx2v_low])"
    ),
    source="Comfy-Org/ComfyUI, comfy/model_patcher.py: patches of one key are added one after the "
    "other",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every file that occurs more than once among the LoRAs of a pass."""
    for pass_ in view.passes:
        files: dict[str, list[LoadedLora]] = {}
        for lora in pass_.loras:
            if lora.strength and lora.file and "block" not in lora.node.class_name.lower():
                files.setdefault(lora.file, []).append(lora)
        for file, loras in files.items():
            strengths = [lora.strength or 0.0 for lora in loras]
            if len(loras) > 1:
                yield MESSAGE.at(
                    place(loras[-1].node, loras[-1].input),
                    lora=f'"{file}"',
                    who=called(pass_),
                    times=len(loras),
                    sum=number(round(fsum(strengths), 4)),
                    asked=f" ({several(number(each) for each in strengths)})",
                )
