"""WAN675: a LoRA that was made for another model, by what is in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name, size_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.files.slots import evidence, folder_of, identity_of
from wan22dsl.lint.rules.wording import shown
from wan22dsl.model_files import judging
from wan22dsl.model_files.kinds import CHECKPOINT, LORA, MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View
    from wan22dsl.model_files.kinds import Identity
    from wan22dsl.model_files.lookup import ModelFiles

MESSAGE = Message(
    code="WAN675",
    name="lora-file-of-other-model",
    severity=Severity.ERROR,
    summary="A LoRA was made for another model, by what is in its file",
    text="{file} is {what} ({evidence}), but {who} runs {model}: {effect}.",
    why=(
        "ComfyUI applies the layers of a LoRA whose names and shapes fit, and says only in its log "
        "which ones do not. What was learned with another model changes the video in unwanted ways."
    ),
    help="Use the LoRA that was made for {model}.",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
lora style { file = "my_style.safetensors" }
pass high = wan22.high(loras = [wan22.lightx2v_high, style])
pass low = wan22.low(loras = [wan22.lightx2v_low, style])""",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/lora.py: shapes that do not fit are logged and left out",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every LoRA of a pass that has an effect on a model for which it was not made."""
    models = view.models
    if models is None:
        return
    for pass_ in view.passes:
        for lora in pass_.loras:
            if lora.strength == 0 or not lora.file:
                continue
            folder = folder_of(view, lora.node, lora.input, "loras")
            identity = identity_of(models, folder, lora.file)
            if identity is None or identity.kind != LORA:
                continue
            told = _told(view, models, pass_, lora, identity)
            if told is not None:
                effect, severity, model = told
                yield MESSAGE.at(
                    place(lora.node, lora.input),
                    severity=severity,
                    file=shown(lora.file),
                    what=f"a {_what(identity)}",
                    evidence=evidence(identity),
                    who=called(pass_),
                    model=model,
                    effect=effect,
                )


def _told(
    view: View, models: ModelFiles, pass_: Pass, lora: LoadedLora, identity: Identity
) -> tuple[str, Severity, str] | None:
    """What happens, how bad it is, and with which model; None where the two may fit."""
    family = _family(view, models, pass_)
    model = "a model of Wan" if family is None else f"a model of {family}"
    node_class = view.class_of(lora.node)
    if identity.loads is False and node_class is not None and node_class.pack is None:
        return "its loader reads none of its keys, so it has no effect", Severity.WARNING, model
    if identity.width is None and not identity.families:
        other = identity.format and "no layers" in " ".join(identity.evidence)
        if other and family is not None:
            return "none of its layers is in that model", Severity.ERROR, model
        return None
    if family is None or judging.lora_is_for(identity, family) is not False:
        return _of_other_expert(pass_, lora, identity)
    if identity.size is not None and identity.size != size_of(family):
        return "its shapes do not fit, so it has no effect", Severity.ERROR, model
    if _is_older(identity, lora):
        effect = "that is common with distilled LoRAs of Wan 2.1, but it was learned elsewhere"
        return effect, Severity.NOTE, model
    return "it is loaded, but its changes were learned with another model", Severity.ERROR, model


def _of_other_expert(
    pass_: Pass, lora: LoadedLora, identity: Identity
) -> tuple[str, Severity, str] | None:
    """A LoRA for the other expert, by its sha256 or metadata; where its name says so too, WAN602 has it."""
    noise = identity.noise
    if noise is None or pass_.noise in (None, noise) or lora.noise == noise:
        return None
    effect = f"it was made for the {noise}-noise expert"
    return effect, Severity.WARNING, f"the {pass_.noise}-noise expert"


def _is_older(identity: Identity, lora: LoadedLora) -> bool:
    """Whether a LoRA is a distilled one of Wan 2.1: those are in use across the families."""
    said = read_name(lora.file)
    generation = identity.generation or lora.generation or said.generation
    return generation == "2.1" and (lora.distilled or said.distilled)


def _family(view: View, models: ModelFiles, pass_: Pass) -> str | None:
    """The family of a pass's model: that of its header, where the two differ."""
    model = pass_.model
    if model is None:
        return None
    folder = folder_of(view, model.node, model.input, "diffusion_models")
    identity = identity_of(models, folder, model.file)
    if identity is None or identity.kind not in (MODEL, CHECKPOINT) or not identity.families:
        return model.family
    if model.family is not None and judging.is_family(identity, model.family) is not False:
        return model.family
    return identity.families[0]


def _what(identity: Identity) -> str:
    if identity.families:
        parts = [f"LoRA for {identity.families[0]}"]
    elif identity.size:
        parts = [f"LoRA for {identity.size} models"]
    else:
        parts = ["LoRA for another model"]
    if identity.noise:
        parts.append(f"{identity.noise} noise")
    if identity.rank is not None:
        parts.append(f"rank {identity.rank}")
    return ", ".join(parts)
