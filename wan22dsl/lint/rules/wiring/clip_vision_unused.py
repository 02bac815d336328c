"""WAN654: a picture encoded by CLIP Vision for a model that does not look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import SPLIT, changed
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

_SEEN = """\
    let vision = CLIPVisionLoader(clip_name = "clip_vision_h.safetensors")
    let seen = CLIPVisionEncode(clip_vision = vision, image = image.IMAGE, crop = "none")
"""

MESSAGE = Message(
    code="WAN654",
    name="clip-vision-unused",
    severity=Severity.NOTE,
    summary="A CLIP Vision input has no effect on the model",
    text="{node} gets {inputs}, which the model of {who} does not read.",
    why=(
        "Wan 2.1's image-to-video model also reads its picture through CLIP Vision. Wan 2.2's "
        "has no such part: the encoder is loaded and run without effect."
    ),
    help="Remove the link, and the nodes before it.",
    bad=changed(
        SPLIT,
        ("    let start = ", f"{_SEEN}    let start = "),
        (
            "start_image = image.IMAGE\n",
            "start_image = image.IMAGE\n        clip_vision_output = seen\n",
        ),
    ),
    good=SPLIT,
    source="Comfy-Org/ComfyUI, comfy/ldm/wan/model.py: img_emb, which the weights of Wan 2.2 do not have",
)

_INPUTS = ("clip_vision_output", "clip_vision_start_image", "clip_vision_end_image")

#: The families of Wan 2.2 without that part. Others (animate, and those of Wan 2.1) do read it.
_BLIND = frozenset({"i2v_14b", "fun_inpaint_14b"})


def check(view: View) -> Iterator[Diagnostic]:
    """Every conditioning that gets it for a model of Wan 2.2, once."""
    seen = set()
    for pass_ in view.passes:
        node = pass_.conditioning
        if node is None or node.id in seen or not _is_2_2(pass_):
            continue
        inputs = [name for name in _INPUTS if isinstance(node.inputs.get(name), Link)]
        if inputs:
            seen.add(node.id)
            yield MESSAGE.at(
                place(node, *inputs),
                node=named(node),
                inputs=several(f"`{name}`" for name in inputs),
                who=called(pass_),
            )


def _is_2_2(pass_: Pass) -> bool:
    model = pass_.model
    if model is None or model.family not in _BLIND:
        return False
    return model.noise is not None or read_name(model.file).generation == "2.2"
