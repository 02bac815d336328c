"""WAN607: a conditioning that the model was not made for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.comfyui.filenames import maker_of
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.experts.roles import mixed
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN607",
    name="wrong-conditioning",
    severity=Severity.WARNING,
    summary="A conditioning node does not fit the model",
    text="{node} is for {made_for}, and {who} runs a model of {family}: {effect}.",
    why="Every family of models expects its own channels beside the latent. What it does not "
    "expect is ignored without a word, or fails in the sampler, after everything has been "
    "loaded.",
    help="For {family} use {instead}.",
    bad="""\
wan 1
use wan22

pipeline demo {
    conditioning = wan22.text_to_video
    prompt       = "She smiles"
    size         = 832x1216
    length       = 81f
    flow         = wan22.high -> wan22.low -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy/model_base.py, WAN21.concat_cond, and "
    "comfy_extras/nodes_wan.py; run",
)


class _Use(NamedTuple):
    """What a conditioning is for, and what becomes of it with any other family."""

    families: tuple[str, ...]
    effect: str


_PICTURE = ("i2v_14b", "fun_inpaint_14b", "fun_camera_14b", "animate_14b")
_USES = {
    "WanImageToVideo": _Use(_PICTURE, "the picture is ignored"),
    "WanFirstLastFrameToVideo": _Use(_PICTURE, "the pictures are ignored"),
    "WanFunInpaintToVideo": _Use(_PICTURE, "the pictures are ignored"),
    "Wan22FunControlToVideo": _Use(("fun_control_14b",), "the control video is not followed"),
    "WanFunControlToVideo": _Use(("fun_control_14b",), "the control video is not followed"),
    "WanCameraImageToVideo": _Use(("fun_camera_14b",), "the camera is ignored"),
    "WanAnimateToVideo": _Use(("animate_14b",), "pose and face are ignored"),
    "WanSoundImageToVideo": _Use(("s2v_14b",), "the sound is ignored"),
    "WanVaceToVideo": _Use(("vace_14b",), "the control video is ignored"),
    "EmptyHunyuanLatentVideo": _Use(("t2v_14b",), "it gets no picture, and expects one"),
    "Wan22ImageToVideoLatent": _Use(("ti2v_5b",), "the video comes out at half the size"),
}

#: What each family takes. Only these families are judged: what others take is not known here.
_INSTEAD = {
    "i2v_14b": ("WanImageToVideo", "WanFirstLastFrameToVideo", "WanFunInpaintToVideo"),
    "fun_inpaint_14b": ("WanFunInpaintToVideo", "WanImageToVideo", "WanFirstLastFrameToVideo"),
    "fun_control_14b": ("Wan22FunControlToVideo",),
    "fun_camera_14b": ("WanCameraImageToVideo",),
    "t2v_14b": ("EmptyHunyuanLatentVideo",),
    "ti2v_5b": ("Wan22ImageToVideoLatent",),
    "s2v_14b": ("WanSoundImageToVideo",),
}

_PICTURES = ("start_image", "end_image", "ref_image")

#: The conditionings that only Wan's models understand. The empty latent serves others too.
_WAN_ONLY = frozenset(_USES) - {"EmptyHunyuanLatentVideo", "Wan22ImageToVideoLatent"}


def check(view: View) -> Iterator[Diagnostic]:
    """Every conditioning with a model of a family that it is not for, once."""
    seen = set()
    told = {pass_.id for pair in mixed(view) for pass_ in pair}
    for pass_ in view.passes:
        if pass_.id in told:
            continue  # two families in one split, of which one at least is wrong: WAN611
        odd = _of_others(pass_)
        if odd is not None:
            yield odd
            continue
        node, family = pass_.conditioning, None if pass_.model is None else pass_.model.family
        if node is None or family not in _INSTEAD or node.class_name not in _USES:
            continue
        use = _USES[node.class_name]
        if family in use.families or (node.id, family) in seen or _harmless(node, family):
            continue
        seen.add((node.id, family))
        span = pass_.model.node.span if pass_.model is not None else None
        effect, severity = _effect(node, family, use)
        yield MESSAGE.at(
            node.span,
            severity=severity,
            related=[Label(span, f"this is a model of {family}")] if span is not None else [],
            node=named(node),
            made_for=several(use.families)
            if len(use.families) == 1
            else "models that take a picture",
            who=called(pass_),
            family=family,
            effect=effect,
            instead=" or ".join(_INSTEAD[family]),
        )


def _of_others(pass_: Pass) -> Diagnostic | None:
    """A model of other makers, with a conditioning of Wan's."""
    node, model = pass_.conditioning, pass_.model
    maker = None if model is None or model.family is not None else maker_of(model.file)
    if node is None or model is None or maker is None or node.class_name not in _WAN_ONLY:
        return None
    families = _USES[node.class_name].families
    return MESSAGE.at(
        place(model.node, model.input),
        severity=Severity.ERROR,
        related=[Label(node.span, "this is the conditioning")] if node.span is not None else [],
        node=named(node),
        made_for=several(families) if len(families) == 1 else "models that take a picture",
        who=called(pass_),
        family=maker,
        effect="nothing of the two fits together, so sampling fails",
        instead=f"a model of Wan 2.2, or the conditioning of {maker}",
    )


def made_for(node: Node) -> tuple[str, ...]:
    """The families that a conditioning is for; none where it is not known."""
    use = _USES.get(node.class_name)
    return () if use is None else use.families


def _harmless(node: Node, family: str) -> bool:
    """A conditioning for pictures that has none only makes the empty latent, which t2v takes as well."""
    if family == "t2v_14b" and node.class_name in {"WanImageToVideo", "WanFirstLastFrameToVideo"}:
        return not _pictured(node)
    return False


def _pictured(node: Node) -> bool:
    return any(isinstance(node.inputs.get(name), Link) for name in _PICTURES)


def _effect(node: Node, family: str, use: _Use) -> tuple[str, Severity]:
    """What happens, and whether it can run at all."""
    if node.class_name == "Wan22FunControlToVideo" and family == "i2v_14b":
        effect = (
            "it has more channels than the model takes, so sampling fails or goes without control"
        )
        return effect, Severity.ERROR
    if node.class_name == "Wan22ImageToVideoLatent" and _pictured(node):
        return "its latent has 48 channels, the model takes 16, and sampling fails", Severity.ERROR
    if family == "ti2v_5b":
        return "its latent is made for another VAE, at twice the size", Severity.WARNING
    return use.effect, Severity.WARNING
