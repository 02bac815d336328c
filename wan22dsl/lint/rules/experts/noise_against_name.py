"""WAN601: a declared noise level that the file name contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedLora, LoadedModel
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN601",
    name="noise-against-name",
    severity=Severity.WARNING,
    summary="The declared noise level contradicts the name of the file",
    text='{name} is declared with noise = "{noise}", but its file is {file}.',
    why=(
        "Only this declaration distinguishes the two experts. If it is wrong, every check of the "
        "order and of the LoRAs is wrong too."
    ),
    help='Write noise = "{named}", or name the other file.',
    bad=portrait(
        'high -> wan22.low -> save("demo")',
        """\
model my_high {
    file   = "wan2.2_i2v_low_noise_14B_fp16.safetensors"
    noise  = "high"
    family = wan22.i2v_14b
}

pass high = wan22.high(model = my_high)""",
    ),
    good=portrait(
        'high -> wan22.low -> save("demo")',
        """\
model my_high {
    file   = "wan2.2_i2v_high_noise_14B_fp16.safetensors"
    noise  = "high"
    family = wan22.i2v_14b
}

pass high = wan22.high(model = my_high)""",
    ),
    source="Comfy-Org/Wan_2.2_ComfyUI_Repackaged: file names",
)

#: The forms of a pipeline in which it finds nothing, with the reason.
UNSEEN_IN = {
    "prompt": "JSON has no declarations that a file name could contradict",
    "workflow": "JSON has no declarations that a file name could contradict",
}


def check(view: View) -> Iterator[Diagnostic]:
    """Every model and LoRA of a pass, once."""
    seen = set()
    for pass_ in view.passes:
        loaded: list[LoadedModel | LoadedLora] = list(pass_.loras)
        if pass_.model is not None:
            loaded.append(pass_.model)
        for each in loaded:
            key = (each.node.id, each.input)
            if key in seen or each.told != "declared" or each.noise is None:
                continue
            seen.add(key)
            if each.in_doubt:
                asset = each.node.asset
                yield MESSAGE.at(
                    asset.span
                    if asset is not None and asset.span
                    else place(each.node, each.input),
                    name=f"`{asset.name}`" if asset is not None else named(each.node),
                    noise=each.noise,
                    named=each.named_noise,
                    file=f'"{each.file}"',
                )
