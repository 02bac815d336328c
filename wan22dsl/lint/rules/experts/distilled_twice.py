"""WAN618: a distilled LoRA on a model that is distilled already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import is_merged
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.recipes import fits
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN618",
    name="distilled-twice",
    severity=Severity.WARNING,
    summary="A distilled LoRA is applied to a model that is distilled already",
    text="{lora} is applied to {model} in {who}, which {has}: it is distilled twice.",
    why=(
        "The LoRA adds what the model has learned already, at full strength. Contrast and colours "
        "get too strong and motion stiff. For merged models of which only their makers say what is "
        "in them, it is a note."
    ),
    help="Remove the LoRA, or load the model that is not distilled.",
    bad=portrait(
        'high -> wan22.low -> save("demo")',
        """\
model quick_high {
    file   = "wan2.2_i2v_lightx2v_4steps_high_noise_14B.safetensors"
    noise  = "high"
    family = wan22.i2v_14b
}

pass high = wan22.high(model = quick_high, loras = [wan22.lightx2v_high])""",
    ),
    good=portrait(
        'high -> wan22.low -> save("demo")',
        """\
model quick_high {
    file   = "wan2.2_i2v_lightx2v_4steps_high_noise_14B.safetensors"
    noise  = "high"
    family = wan22.i2v_14b
}

pass high = wan22.high(model = quick_high, loras = [])""",
    ),
    source="lightx2v/Wan2.2-Distill-Models: full models and LoRAs of the same training, to be used one or "
    "the other",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every distilled LoRA of some strength on a model whose name says that it is distilled."""
    for pass_ in view.passes:
        model = pass_.model
        if model is None or not model.distilled:
            continue
        merged = is_merged(model.file)
        for lora in pass_.loras:
            if lora.counts and fits(lora, model.family):
                yield MESSAGE.at(
                    place(lora.node, lora.input),
                    severity=Severity.NOTE if merged else None,
                    lora=f'"{lora.file}"',
                    model=f'"{model.file}"',
                    who=called(pass_),
                    has="is a merge with a distilled LoRA in it"
                    if merged
                    else "is distilled by its name",
                )
