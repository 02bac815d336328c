"""WAN602: a LoRA that was made for the other expert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.rules.experts.wording import called, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN602",
    name="lora-of-other-expert",
    severity=Severity.WARNING,
    text="{lora} is a LoRA for the {noise}-noise expert, and {who} runs the {other}-noise expert.",
    why="The two experts are two models. A LoRA fits the other one's shapes, so ComfyUI loads it "
    "without a word, but what it changes was learned for other noise.",
    mend="Use the LoRA's {other}-noise half.",
    bad="""\
wan 1
use wan22

pass low = wan22.low(loras = [wan22.lightx2v_high])

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

pass low = wan22.low(loras = [wan22.lightx2v_low])

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> low -> save("demo")
}
""",
    source="ModelTC/Wan2.2-Lightning: one LoRA for each expert",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every LoRA whose level is known, on a model whose level is known."""
    for one in view.passes:
        for lora in one.loras:
            if lora.noise is None or one.noise is None or lora.noise == one.noise:
                continue
            if lora.strength == 0:
                continue
            related = []
            if one.model is not None and one.model.node.span is not None:
                related.append(Label(one.model.node.span, f"this is the {one.noise}-noise expert"))
            yield MESSAGE.at(
                place(lora.node, lora.input),
                related=related,
                lora=f'"{lora.file}"',
                noise=lora.noise,
                other=one.noise,
                who=called(one),
            )
