"""WAN607: a conditioning that the model was not made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import maker_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.wan import CONDITIONINGS, WRAPPER_CONDITIONINGS
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import portrait
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
    why=(
        "Every family of models expects its own channels in addition to the latent. Others are "
        "silently ignored, or fail in the sampler after everything has been loaded."
    ),
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
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/model_base.py, WAN21.concat_cond, and "
    "comfy_extras/nodes_wan.py; run",
)


#: Channels that i2v_14b takes in all, and those of the latents of the 14B models.
_CHANNELS, _LATENT_CHANNELS = 36, 16


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
        families = () if node is None else made_for(node)
        usual = WRAPPER_CONDITIONINGS if pass_.settings.wrapper else CONDITIONINGS
        if node is None or family is None or not families or family not in usual:
            continue
        if family in families or (node.id, family) in seen or _harmless(pass_, node, family):
            continue
        seen.add((node.id, family))
        span = pass_.model.node.span if pass_.model is not None else None
        effect, severity = _effect(node, family)
        yield MESSAGE.at(
            node.span,
            severity=severity,
            related=[Label(span, f"this is a model of {family}")] if span is not None else [],
            node=named(node),
            made_for=several(families) if len(families) == 1 else "models that take a picture",
            who=called(pass_),
            family=family,
            effect=effect,
            instead=" or ".join(usual[family]),
        )


def _of_others(pass_: Pass) -> Diagnostic | None:
    """A model of other makers, with a conditioning of Wan's."""
    node, model = pass_.conditioning, pass_.model
    maker = None if model is None or model.family is not None else maker_of(model.file)
    if node is None or model is None or maker is None:
        return None
    families = made_for(node)
    if not families or record_of(node.class_name).role != "conditioning":
        return None  # an empty latent serves others too
    return MESSAGE.at(
        place(model.node, model.input),
        severity=Severity.ERROR,
        related=[Label(node.span, "this is the conditioning")] if node.span is not None else [],
        node=named(node),
        made_for=several(families) if len(families) == 1 else "models that take a picture",
        who=called(pass_),
        family=maker,
        effect="the two do not fit together, so sampling fails",
        instead=f"a model of Wan 2.2, or the conditioning of {maker}",
    )


def made_for(node: Node) -> tuple[str, ...]:
    """The families that a conditioning is for; none where it is not known."""
    conditioning = record_of(node.class_name).conditioning
    return () if conditioning is None else conditioning.families


def _harmless(pass_: Pass, node: Node, family: str) -> bool:
    """A conditioning for pictures that has none only makes the empty latent, which t2v takes as well.

    Of the wrapper's, what other nodes add to them is not known.
    """
    record = record_of(node.class_name)
    if pass_.settings.conditioning is not None:
        alone = () if record.conditioning is None else record.conditioning.alone
        return pass_.settings.conditioning.node != node.id or any(
            isinstance(node.inputs.get(name), Link) for name in alone
        )
    by_pictures = record.conditioning is not None and record.conditioning.by_pictures
    if family == "t2v_14b" and by_pictures and record.role == "conditioning":
        return not _pictured(node)
    return False


def _pictured(node: Node) -> bool:
    conditioning = record_of(node.class_name).conditioning
    names = () if conditioning is None else conditioning.encodes
    return any(isinstance(node.inputs.get(name), Link) for name in names)


def _effect(node: Node, family: str) -> tuple[str, Severity]:
    """What happens, and whether it can run at all."""
    record = record_of(node.class_name)
    conditioning, latent = record.conditioning, record.latent
    assert conditioning is not None
    if conditioning.channels > _CHANNELS and family == "i2v_14b":
        effect = (
            "it has more channels than the model takes, so sampling fails or ignores the control"
        )
        return effect, Severity.ERROR
    if latent is not None and latent.channels > _LATENT_CHANNELS and _pictured(node):
        effect = (
            f"its latent has {latent.channels} channels, the model takes {_LATENT_CHANNELS}, "
            "and sampling fails"
        )
        return effect, Severity.ERROR
    if conditioning.fails:
        return conditioning.with_others, Severity.ERROR
    if family == "animate_14b" and conditioning.by_pictures:
        return "it has one expert, and gets no movement and no face to follow", Severity.WARNING
    if family == "ti2v_5b":
        return "its latent is made for another VAE, at twice the size", Severity.WARNING
    return conditioning.with_others, Severity.WARNING
