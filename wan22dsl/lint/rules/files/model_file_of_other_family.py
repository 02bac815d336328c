"""WAN674: a diffusion model that is of another family than its name or its declaration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.experts.wrong_conditioning import made_for
from wan22dsl.lint.rules.files.slots import evidence, folder_of, identity_of
from wan22dsl.lint.rules.wording import shown
from wan22dsl.model_files import judging
from wan22dsl.model_files.kinds import CHECKPOINT, MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedModel
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View
    from wan22dsl.model_files.kinds import Identity

MESSAGE = Message(
    code="WAN674",
    name="model-file-of-other-family",
    severity=Severity.ERROR,
    summary="A model's header says that it is another model",
    text="{file} is {what} by its header ({evidence}), but {who} takes it for {claimed}.",
    why=(
        "A name can be anything; the channels that a model takes in decide what it can do. A model "
        "for text ignores the start image, and other numbers of channels fail at the first step, "
        "after everything is loaded."
    ),
    help="Use the file of {claimed}, or correct the name and the declaration.",
    bad=portrait(
        'wan22.high -> low -> save("demo")',
        """\
model own = wan22.i2v_low(file = "my_low_noise.safetensors")
pass low = wan22.low(model = own)""",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/model_detection.py; comfy/model_base.py: concat_cond",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every model of a pass, once, that is not what it is taken for."""
    models = view.models
    if models is None:
        return
    seen: set[tuple[str, str]] = set()
    for pass_ in view.passes:
        model = pass_.model
        if model is None or (model.node.id, model.input) in seen:
            continue
        seen.add((model.node.id, model.input))
        folder = folder_of(view, model.node, model.input, "diffusion_models")
        identity = identity_of(models, folder, model.file)
        if identity is None or identity.kind not in (MODEL, CHECKPOINT):
            continue
        claimed, severity = _claimed(pass_, model, identity)
        if claimed is not None:
            yield MESSAGE.at(
                place(model.node, model.input),
                severity=severity,
                related=_declared(model),
                file=shown(model.file),
                what=_what(identity),
                evidence=evidence(identity),
                who=called(pass_),
                claimed=claimed,
            )


def _claimed(pass_: Pass, model: LoadedModel, identity: Identity) -> tuple[str | None, Severity]:
    """What a model is taken for and is not; None where it may be that."""
    if model.family is not None:
        if judging.is_family(identity, model.family) is False:
            return f"a model of {model.family}", Severity.ERROR
        other = judging.against_name(identity, "diffusion_models", model.file)
        if other == "a model of Wan 2.1":
            return "a model of Wan 2.2", Severity.WARNING
    elif pass_.conditioning is not None:
        families = made_for(pass_.conditioning)
        fits = [judging.is_family(identity, family) for family in families]
        if fits and all(each is False for each in fits):
            return f"a model of {families[0]}, by its conditioning", Severity.ERROR
    if identity.noise is not None and model.noise is not None and identity.noise != model.noise:
        return f"the expert for {model.noise} noise", Severity.WARNING
    return None, Severity.ERROR


def _what(identity: Identity) -> str:
    families = " or ".join(identity.families[:2])
    parts = [f"a model of {families}" if families else "a model of an unknown family"]
    if identity.size and not families:
        parts[0] = f"a {identity.size} model"
    if identity.noise:
        parts.append(f"for {identity.noise} noise")
    return " ".join(parts)


def _declared(model: LoadedModel) -> list[Label]:
    asset = model.node.asset
    if asset is None or asset.family is None or asset.span is None:
        return []
    return [Label(asset.span, f"declared as {asset.family} here")]
