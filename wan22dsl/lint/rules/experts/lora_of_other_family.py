"""WAN606: a LoRA that was made for another family of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import maker_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.recipes import fits
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.roles import family as family_of
from wan22dsl.lint.rules.experts.roles import mixed
from wan22dsl.lint.rules.experts.wording import called, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN606",
    name="lora-of-other-family",
    severity=Severity.WARNING,
    summary="A LoRA was made for another model family",
    text="{lora} is a LoRA for {family}, and {who} runs a model of {other}: {effect}.",
    why=(
        "Where the shapes fit, ComfyUI silently loads a LoRA of another model, with changes that "
        "were learned elsewhere. Where they do not fit, only its log says so. Distilled LoRAs of "
        "Wan 2.1 are in use across the families: a note."
    ),
    help="Use the LoRA that was made for {other}.",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(loras = [wan22.lightx2v_t2v_high])
pass low = wan22.low(loras = [wan22.lightx2v_t2v_low])""",
    ),
    good=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(loras = [wan22.lightx2v_high])
pass low = wan22.low(loras = [wan22.lightx2v_low])""",
    ),
    source="Comfy-Org workflow templates: i2v and the Fun models take the i2v LoRA, t2v its own",
)

_LARGE = frozenset({"i2v_14b", "t2v_14b"})
_OLDER = "that is common with LoRAs of Wan 2.1, but its changes were learned with another model"
_NOTHING_FITS = (
    "none of its weights applies to that model, so ComfyUI drops it and says so only in its log"
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every LoRA that is known to be for one family, on a model that is known to be of another.

    LoRAs of i2v are made for the Fun models too. Distilled LoRAs of Wan 2.1 are in use on the models of
    other families: a note.
    """
    partners = {pass_.id: each for pair in mixed(view) for pass_, each in (pair, pair[::-1])}
    for pass_ in view.passes:
        family = None if pass_.model is None else pass_.model.family
        for lora in pass_.loras:
            effect = _clash(lora, family)
            if pass_.id in partners and not _clash(lora, family_of(partners[pass_.id])):
                continue  # the model is the one that does not belong: WAN611
            if effect is not None and lora.strength != 0:
                yield MESSAGE.at(
                    place(lora.node, lora.input),
                    severity=Severity.NOTE if effect == _OLDER else None,
                    lora=f'"{lora.file}"',
                    family=lora.family or maker_of(lora.file),
                    other=family,
                    who=called(pass_),
                    effect=effect,
                )


def _clash(lora: LoadedLora, family: str | None) -> str | None:
    """What happens, where the two do not fit."""
    if family is None or lora.family == family:
        return None
    if lora.family is None:
        return _NOTHING_FITS if maker_of(lora.file) else None
    if not fits(lora, family):
        return "its shapes do not fit, so ComfyUI drops it and says so only in its log"
    if lora.family not in _LARGE or family not in _LARGE:
        return None
    if lora.generation == "2.2":
        return "it is loaded, but its changes were learned with another model"
    return _OLDER if lora.distilled else None
