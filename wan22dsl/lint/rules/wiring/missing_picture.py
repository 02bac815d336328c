"""WAN652: a model that is made to follow a picture, and gets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN652",
    name="missing-picture",
    severity=Severity.WARNING,
    summary="A conditioning node lacks the input of its model",
    text="{node} has no {inputs}, and {who} runs a model of {family}: {effect}.",
    why=(
        "ComfyUI makes these inputs optional and fills them with an empty picture. The model was "
        "trained to follow one, so it follows nothing, or the empty picture."
    ),
    help="{help}",
    bad="""\
wan 1
use wan22

pipeline demo {
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo")
}
""",
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/model_base.py, WAN21.concat_cond: zeros where there is no picture; run",
)

_T2V = "Link a picture, such as a LoadImage, or load the text-to-video models."
_T2V_WRITTEN = (
    'Write `image = "start.png"` in the pipeline, or run the text-to-video experts, wan22.text_high and '
    "wan22.text_low."
)

#: For what a model goes by: what happens without it, and what to do.
_WITHOUT = {
    "start_image": (
        "it makes a video from the prompt alone, which it was not trained for",
        _T2V,
    ),
    "control_video": (
        "there is nothing to follow",
        "Link the control video: outlines, depth or poses.",
    ),
    "camera_conditions": ("the camera moves at random", "Link a WanCameraEmbedding."),
    "audio_encoder_output": ("the lips follow no sound", "Link an AudioEncoderEncode."),
}


def check(view: View) -> Iterator[Diagnostic]:
    """Every conditioning without what its model goes by, once."""
    if view.is_blueprint:  # its pictures come from where it is inserted
        return
    seen = set()
    for pass_ in view.passes:
        node = pass_.conditioning
        conditioning = None if node is None else record_of(node.class_name).conditioning
        if node is None or conditioning is None or node.id in seen or pass_.model is None:
            continue
        inputs, family = conditioning.needs, pass_.model.family
        if not inputs or family != conditioning.families[0]:
            continue
        effect, help = _WITHOUT[inputs[0]]
        if any(node.inputs.get(name) is not None for name in inputs):
            continue  # a value that is no link is told by WAN517
        seen.add(node.id)
        if help is _T2V and not node.label:  # a `.wan` file has words of its own for it
            help = _T2V_WRITTEN
        yield MESSAGE.at(
            node.span,
            node=named(node),
            inputs=" and no ".join(f"`{name}`" for name in inputs),
            who=called(pass_),
            family=family,
            effect=effect,
            help=help,
        )
