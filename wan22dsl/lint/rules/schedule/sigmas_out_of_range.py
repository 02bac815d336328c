"""WAN725: noise levels that Wan's models do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.sampling import written_sigmas
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.linked_schedules import MOST, in_range
from wan22dsl.graph.tracing import step_back
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

_GRAPH = """\
wan 1

graph demo {{
    let model = UNETLoader(
        unet_name = "wan2.2_ti2v_5B_fp16.safetensors"
        weight_dtype = "default"
    )
    let clip = CLIPLoader(clip_name = "umt5_xxl_fp8_e4m3fn_scaled.safetensors", type = "wan")
    let vae = VAELoader(vae_name = "wan2.2_vae.safetensors")
    let latent = Wan22ImageToVideoLatent(vae = vae, width = 1280, height = 704, length = 121)
    let sampled = SamplerCustom(
        model = model
        add_noise = true
        noise_seed = 1
        cfg = 5.0
        positive = CLIPTextEncode(clip = clip, text = "A street in the rain")
        negative = CLIPTextEncode(clip = clip, text = "")
        sampler = KSamplerSelect(sampler_name = "euler")
        sigmas = {sigmas}
        latent_image = latent
    )
    SaveImage(images = VAEDecode(samples = sampled.output, vae = vae), filename_prefix = "demo")
}}
"""

MESSAGE = Message(
    code="WAN725",
    name="sigmas-out-of-range",
    severity=Severity.WARNING,
    summary="Noise levels rise, or are outside Wan's range",
    text="{node} gives {who} {what}.",
    why=(
        "Wan's noise goes from 1 (pure noise) down to 0 (the picture). Levels such as 14.6 "
        "belong to Stable Diffusion: Wan was never trained on them, and the result is noise."
    ),
    help="{help}",
    bad=_GRAPH.format(
        sigmas="KarrasScheduler(steps = 20, sigma_max = 14.6, sigma_min = 0.03, rho = 7.0)"
    ),
    good=_GRAPH.format(
        sigmas='BasicScheduler(model = model, scheduler = "simple", steps = 20, denoise = 1.0)'
    ),
    source="Comfy-Org/ComfyUI, comfy/model_sampling.py, ModelSamplingDiscreteFlow; the defaults of "
    "comfy_extras/nodes_custom_sampler.py are those of Stable Diffusion",
)

#: Longer ways than this are given up.
_LONGEST = 50

_FROM_MODEL = "Take the schedule from the model: BasicScheduler, with its shift."


def check(view: View) -> Iterator[Diagnostic]:
    """Every source of noise levels that a pass of a Wan model gets by link, once."""
    seen = set()
    for pass_ in view.passes:
        source = _source(view, pass_)
        if source is None or source.id in seen or pass_.model is None or pass_.model.family is None:
            continue
        told = _told(view, source)
        if told is not None:
            seen.add(source.id)
            yield MESSAGE.at(
                place(source, "sigmas", "sigma_max"),
                node=named(source),
                who=called(pass_),
                what=told[0],
                help=told[1],
            )


def _told(view: View, source: Node) -> tuple[str, str] | None:
    if record_of(source.class_name).schedule == "manual":
        written = written_sigmas(view.value(source, "sigmas"))
        if len(written) < 2 or in_range(written):
            return None
        if max(written) <= MOST:
            return "noise levels that rise, but sampling goes down", "Write them from 1 down to 0."
        highest: Any = max(written)
    else:
        highest = view.value(source, "sigma_max")
    if type(highest) in {int, float} and highest > MOST:
        return f"noise levels from {number(highest)} down, but Wan's are 1 to 0", _FROM_MODEL
    return None


def _source(view: View, pass_: Pass) -> Node | None:
    """The node where the noise levels of a pass begin."""
    link = pass_.node.inputs.get("sigmas")
    found = None
    for _ in range(_LONGEST):
        node = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        if node is None:
            return found
        found = node
        link = step_back(view.graph, link, "SIGMAS", view.facts)
    return None
