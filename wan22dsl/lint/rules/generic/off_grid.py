"""WAN519: a whole number that ComfyUI's editor would round to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN519",
    name="off-grid",
    severity=Severity.NOTE,
    summary="A number is not a multiple of the step of its input",
    text=(
        "`{input}` of {node} is {value}, which is not a multiple of its step {step}; ComfyUI's "
        "editor changes it to {rounded}."
    ),
    why=(
        "A server uses the number as it is; the editor rounds it as soon as somebody opens and "
        "saves the workflow, which changes the result."
    ),
    help="Write {rounded}.",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let latent = VAEEncode(pixels = start.IMAGE, vae = vae)
    let small = LatentUpscale(
        samples = latent
        upscale_method = "area"
        width = 634
        height = 640
        crop = "center"
    )
    SaveLatent(samples = small, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let latent = VAEEncode(pixels = start.IMAGE, vae = vae)
    let small = LatentUpscale(
        samples = latent
        upscale_method = "area"
        width = 640
        height = 640
        crop = "center"
    )
    SaveLatent(samples = small, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI_frontend, number widgets; measured: 830 becomes 832 where the step is "
    "16",
)

#: The sizes and lengths of Wan's latents are judged by WAN801 and WAN802.
_SHAPE = frozenset({"width", "height", "length"})


def check(view: View) -> Iterator[Diagnostic]:
    """Every whole number that is off the grid of its input."""
    for slot in view.constants:
        input_ = slot.input
        assert input_ is not None
        if (
            input_.type != "INT"
            or input_.step is None
            or input_.step <= 1
            or type(slot.value) is not int
            or slot.value == input_.default  # which the editor keeps, on the grid or not
        ):
            continue
        latent = record_of(slot.node.class_name).latent
        if slot.name in _SHAPE and latent is not None and not latent.one_picture:
            continue
        base, step = int(input_.minimum or 0), int(input_.step)
        rounded = base + (slot.value - base + step // 2) // step * step
        if rounded != slot.value:
            yield MESSAGE.at(
                slot.span,
                node=named(slot.node),
                input=slot.name,
                value=slot.value,
                step=number(input_.step),
                rounded=rounded,
            )
