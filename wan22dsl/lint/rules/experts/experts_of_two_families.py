"""WAN611: the two passes of a split run models of two families."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.roles import family, mixed
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.experts.wrong_conditioning import made_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN611",
    name="experts-of-two-families",
    severity=Severity.WARNING,
    summary="The two passes run models of different families",
    text="{first} runs a model of {one} and {second} one of {other}: {effect}.",
    why=(
        "The experts of a family were trained as a pair, on the same conditioning. A model that "
        "takes no picture ignores it; a model that expects a picture and gets none invents one. "
        "The 5B model uses a different latent."
    ),
    help="Load both experts of one family; the conditioning of this graph is for {meant}.",
    bad=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(model = wan22.t2v_low)"
    ),
    good=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(model = wan22.i2v_low)"
    ),
    source="Comfy-Org/ComfyUI, comfy/model_base.py, WAN21.concat_cond; Comfy-Org workflow "
    "templates",
)


_SMALL = "ti2v_5b"


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off of a split between families that do not go together."""
    for first, second in mixed(view):
        item, other = family(first), family(second)
        meant = next(iter(made_for(first.conditioning)), None) if first.conditioning else None
        odd = first if meant is not None and meant == other else second
        rest = second if odd is first else first
        effect, severity = _effect(family(odd))
        if _has_its_own(first, second) and "t2v_14b" not in {item, other}:
            severity = Severity.NOTE  # such as control by the first expert only
        if _SMALL in {item, other}:
            effect, severity = "their latents differ in channels, so sampling fails", Severity.ERROR
        yield MESSAGE.at(
            setting(odd, "model"),
            severity=severity,
            related=also(rest, f"this pass runs a model of {family(rest)}"),
            first=called(first),
            second=called(second),
            one=item,
            other=other,
            effect=effect,
            meant=family(rest) if meant is None else meant,
        )


def _has_its_own(first: Pass, second: Pass) -> bool:
    """Whether each pass has a conditioning of another kind, or with another input."""
    node, other = first.conditioning, second.conditioning
    if node is None or other is None:
        return False
    return node.class_name != other.class_name or node.inputs.keys() != other.inputs.keys()


def _effect(odd: str | None) -> tuple[str, Severity]:
    """What becomes of the pass that does not belong."""
    if odd == "t2v_14b":
        return (
            "the t2v_14b model takes no picture, so it ignores the start image",
            Severity.WARNING,
        )
    return "they were trained separately, on different conditioning", Severity.WARNING
