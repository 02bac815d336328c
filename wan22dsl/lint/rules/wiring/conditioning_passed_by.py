"""WAN659: a sampler that takes the latent of a conditioning, and its prompt from before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import step_back
from wan22dsl.lint.rules.experts.roles import mixed
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

_LINKS = """\
    let sampled = KSamplerAdvanced(
        model = model
        positive = {positive}
        negative = {negative}
        latent_image = start.latent
        add_noise = "enable"
        noise_seed = 1
        steps = 20
        cfg = 3.5
        sampler_name = "euler"
        scheduler = "simple"
        start_at_step = 0
        end_at_step = 10
        return_with_leftover_noise = "enable"
    )
    SaveLatent(samples = sampled, filename_prefix = "demo")
}}
"""
_GRAPH = (
    """\
wan 1

graph demo {{
    let model = UNETLoader(
        unet_name = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"
        weight_dtype = "default"
    )
    let clip = CLIPLoader(clip_name = "umt5_xxl_fp8_e4m3fn_scaled.safetensors", type = "wan")
    let vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let prompt = CLIPTextEncode(clip = clip, text = "She smiles")
    let nothing = CLIPTextEncode(clip = clip, text = "")
    let start = WanImageToVideo(
        positive = prompt
        negative = nothing
        vae = vae
        start_image = LoadImage(image = "portrait.png").IMAGE
        width = 832
        height = 480
        length = 81
    )
"""
    + _LINKS
)

MESSAGE = Message(
    code="WAN659",
    name="conditioning-passed-by",
    severity=Severity.WARNING,
    summary="A pass uses the latent of a node, but not its conditioning",
    text="{who} uses the latent of {node}, and its {inputs} from before that node: {effect}.",
    why=(
        "The latent of such a node is empty. Its picture, control video or sound are part of "
        "`positive` and `negative`, so a sampler with other prompts never sees them."
    ),
    help="Use {inputs} from the outputs of {node}.",
    bad=_GRAPH.format(positive="prompt", negative="nothing"),
    good=_GRAPH.format(positive="start.positive", negative="start.negative"),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py: concat_latent_image is put into the conditioning",
)

#: Inputs that travel with the conditioning.
_CARRIED = (
    "start_image",
    "end_image",
    "ref_image",
    "reference_image",
    "control_video",
    "camera_conditions",
    "audio_encoder_output",
    "pose_video",
    "face_video",
)

#: Longer ways than this are given up.
_LONGEST = 500


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass of a schedule that begins with such a latent."""
    told = {pass_.id for pair in mixed(view) for pass_ in pair}  # WAN611
    for passes in view.schedules:
        maker = _maker(view, passes[0])
        if maker is None or not any(isinstance(maker.inputs.get(name), Link) for name in _CARRIED):
            continue
        for pass_ in passes:
            if pass_.id in told:
                continue
            links = {"positive": pass_.settings.positive}
            if pass_.settings.cfg != 1.0:
                links["negative"] = pass_.settings.negative
            wrong = [name for name, link in links.items() if link is not None and _bare(view, link)]
            if wrong:
                yield _finding(pass_, maker, wrong)


def _finding(pass_: Pass, maker: Node, wrong: list[str]) -> Diagnostic:
    both = "positive" in wrong
    given = [name for name in _CARRIED if isinstance(maker.inputs.get(name), Link)]
    verb = "reach" if len(given) > 1 else "reaches"
    there = "" if both else " there, and the guidance goes from one without to one with"
    return MESSAGE.at(
        setting(pass_, wrong[0]),
        related=[Label(maker.span, "this node has it")] if maker.span is not None else [],
        who=called(pass_),
        node=named(maker),
        inputs=several(f"`{name}`" for name in wrong),
        effect=f"{several(f'`{name}`' for name in given)} never {verb} the model{there}",
    )


def _maker(view: View, pass_: Pass) -> Node | None:
    """The node that makes the latent of a pass together with its conditioning."""
    link = pass_.settings.latent
    node = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
    shape = record_of(node.class_name).latent if node is not None else None
    return node if shape is not None and shape.slot >= 2 else None


def _bare(view: View, link: Link) -> bool:
    """Whether a conditioning is a text and nothing else, by nodes that are all known."""
    current: Link | None = link
    for _ in range(_LONGEST):
        node = view.graph.nodes.get(current.node) if current is not None else None
        if (
            node is None
            or view.class_of(node) is None
            or record_of(node.class_name).latent is not None
        ):
            return False
        if record_of(node.class_name).role == "text":
            return True
        current = step_back(view.graph, current, "CONDITIONING", view.facts)
    return False
