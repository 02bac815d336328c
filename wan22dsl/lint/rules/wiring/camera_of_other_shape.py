"""WAN660: a camera move that was made for a video of another size or length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.wan_latents import made_frames, made_px
from wan22dsl.diagnostics import Edit, Fix, Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

_GRAPH = """\
wan 1

graph demo {{
    let clip = CLIPLoader(clip_name = "umt5_xxl_fp8_e4m3fn_scaled.safetensors", type = "wan")
    let prompt = CLIPTextEncode(clip = clip, text = "A market hall in the rain")
    let start = WanCameraImageToVideo(
        positive = prompt
        negative = CLIPTextEncode(clip = clip, text = "")
        vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
        start_image = LoadImage(image = "hall.png").IMAGE
        camera_conditions = WanCameraEmbedding(
            camera_pose = "Zoom In"
            width = {width}
            height = 480
            length = 81
        ).camera_embedding
        width = 832
        height = 480
        length = 81
    )
    SaveLatent(samples = start.latent, filename_prefix = "demo")
}}
"""

MESSAGE = Message(
    code="WAN660",
    name="camera-of-other-shape",
    severity=Severity.ERROR,
    summary="A camera move has another shape than the video",
    text=(
        "{node} makes a camera move for {camera}, but {start} makes a video of {video}: sampling "
        "fails, because the two are added element by element."
    ),
    why=(
        "The move is a grid of rays, one for each element of the latent. It is never resized, "
        "and ComfyUI fails at the first step, after all models are loaded."
    ),
    help="Give both the same {inputs}, or link those outputs of {node} to {start}.",
    bad=_GRAPH.format(width=640),
    good=_GRAPH.format(width=832),
    source="Comfy-Org/ComfyUI, comfy/ldm/wan/model.py, CameraWanModel.forward_orig",
)

_SIDES = ("width", "height", "length")


def check(view: View) -> Iterator[Diagnostic]:
    """Every camera move of known shape on a conditioning of known shape."""
    for node in view.needed:
        link = node.inputs.get("camera_conditions")
        camera = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        if camera is None or record_of(camera.class_name).role != "camera":
            continue
        item, other = ([view.value(each, name) for name in _SIDES] for each in (camera, node))
        if not all(type(value) is int and value > 0 for value in [*item, *other]):
            continue
        wrong = [
            name
            for name, here, there in zip(_SIDES, item, other)
            if _made(name, here) != _made(name, there)
        ]
        if wrong:
            yield _finding(camera, node, wrong, dict(zip(_SIDES, item)), dict(zip(_SIDES, other)))


def _made(name: str, value: int) -> int:
    """What the latent has of it."""
    return made_frames(value) if name == "length" else made_px(value, 8)


def _finding(
    camera: Node, start: Node, wrong: list[str], value: dict[str, int], other: dict[str, int]
) -> Diagnostic:
    spans = {name: camera.spans.get(name) for name in wrong}
    edits = tuple(
        Edit(span, str(other[name]))
        for name, span in spans.items()
        if span is not None and span.text == str(value[name])
    )
    whole = len(edits) == len(wrong)
    return MESSAGE.at(
        place(camera, wrong[0]),
        related=[Label(start.span, "this is the video")] if start.span is not None else [],
        fix=Fix("Give the camera the shape of the video", edits, safe=False) if whole else None,
        node=named(camera),
        start=named(start),
        camera=_shape(value),
        video=_shape(other),
        inputs=several(f"`{name}`" for name in wrong),
    )


def _shape(value: dict[str, int]) -> str:
    return f"{value['width']}x{value['height']} with {value['length']} frames"
