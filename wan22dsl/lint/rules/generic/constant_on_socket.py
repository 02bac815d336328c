"""WAN517: a value where only a link fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.schema import WIDGET_TYPES
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN517",
    name="constant-on-socket",
    severity=Severity.ERROR,
    summary="A constant is written where an input takes a link",
    text="`{input}` of {node} is {value}; it takes a link to an output of type {wanted}.",
    why=(
        "ComfyUI does not check a constant where a link is required. The node fails when it "
        "runs, after everything before it."
    ),
    help="Link a node that gives {wanted}.",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let latent = VAEEncode(pixels = start.IMAGE, vae = "wan_2.1_vae.safetensors")
    SaveLatent(samples = latent, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let latent = VAEEncode(pixels = start.IMAGE, vae = vae)
    SaveLatent(samples = latent, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs checks the types of links only",
)

#: ComfyUI's own sockets. Types that packs make up may have an editor of their own in the browser.
_SOCKETS = frozenset(
    {
        "MODEL",
        "CLIP",
        "VAE",
        "CONDITIONING",
        "LATENT",
        "IMAGE",
        "MASK",
        "AUDIO",
        "VIDEO",
        "SIGMAS",
        "SAMPLER",
        "GUIDER",
        "NOISE",
        "CLIP_VISION",
        "CLIP_VISION_OUTPUT",
        "CONTROL_NET",
        "UPSCALE_MODEL",
        "INTERP_MODEL",
        "AUDIO_ENCODER",
        "AUDIO_ENCODER_OUTPUT",
        "MODEL_PATCH",
        "WAN_CAMERA_EMBEDDING",
        "TRACKS",
        "STYLE_MODEL",
        "LORA_MODEL",
        "HOOKS",
    }
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every constant on a socket; null on one that may be left out is the same as leaving it out."""
    for slot in view.constants:
        input_ = slot.input
        assert input_ is not None
        if input_.type in WIDGET_TYPES:
            continue  # a number or a text works as well where the page shows a socket for it (`forceInput`)
        if not input_.is_socket or (slot.value is None and not input_.required):
            continue
        own = input_.force_input or any(part in _SOCKETS for part in input_.type.split(","))
        yield MESSAGE.at(
            slot.span,
            severity=Severity.ERROR if own or slot.value is None else Severity.WARNING,
            node=named(slot.node),
            input=slot.name,
            value=shown(slot.value),
            wanted=input_.type,
        )
