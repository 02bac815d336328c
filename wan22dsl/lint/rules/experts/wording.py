"""How passes and what they do are told in messages, with the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label
from wan22dsl.graph.passes.handoffs import level
from wan22dsl.graph.passes.sigmas import steps_above
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.source import Span

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def place(node: Node, *names: str) -> Span | None:
    """Where the first of these inputs that was written is, or else the node."""
    return next((node.spans[name] for name in names if name in node.spans), node.span)


def setting(pass_: Pass, *names: str) -> Span | None:
    """Where the first of these settings of a pass is written; else the node that would hold it.

    That is the sampler, or a node that it is linked to: a schedule, a guider.
    """
    places = [pass_.settings.places[name] for name in names if name in pass_.settings.places]
    written = (place.node.spans[place.input] for place in places if place.input in place.node.spans)
    return next(written, places[0].node.span if places else pass_.node.span)


def length_span(pass_: Pass) -> Span | None:
    """Where the number of frames of a pass is written, or else the node that makes its latent."""
    node = pass_.conditioning or pass_.node
    latent = record_of(node.class_name).latent
    return place(node, "length" if latent is None else latent.length)


def shift_span(pass_: Pass) -> Span | None:
    """Where the shift of a pass is set; None where nothing sets one."""
    if "shift" in pass_.settings.places:
        return setting(pass_, "shift")
    return None if pass_.shift_node is None else place(pass_.shift_node, "shift")


def called(pass_: Pass) -> str:
    """A pass by its name: its stage, or else its sampler; of two parts of a sampler, which.

    Of several passes of one name, also which of them: "the second `low`".
    """
    if pass_.node.stage:
        return f"{_ordinal(pass_.number)}`{pass_.name}`"
    part = pass_.settings.part.removeprefix(":")
    return f"the {part}-noise part of {named(pass_.node)}" if part else named(pass_.node)


def _ordinal(number: int) -> str:
    if number == 0:
        return ""
    return f"the {_ORDINALS[number - 1]} " if number <= len(_ORDINALS) else f"number {number} of "


def also(pass_: Pass, text: str) -> list[Label]:
    """A pass as another place that belongs to a finding; none where it has no place."""
    return [] if pass_.node.span is None else [Label(pass_.node.span, text)]


def also_node(node: Node, text: str) -> list[Label]:
    """A node as another place that belongs to a finding; none where it has no place."""
    return [] if node.span is None else [Label(node.span, text)]


def outside(pass_: Pass) -> int | None:
    """How many of a pass's steps are where its expert was not trained; None where it is not known.

    The high-noise expert owns sigma from the boundary up, the low-noise expert what is below it.
    """
    sigmas, boundary = pass_.sigmas, pass_.boundary
    if sigmas is None or boundary is None or pass_.noise is None:
        return None
    above = steps_above(sigmas, boundary)
    return above if pass_.noise == "low" else len(sigmas) - 1 - above


def where(pass_: Pass) -> str:
    """From which to which sigma a pass runs, and how many of its steps are outside of its training.

    Empty where none do, or where it is not known.
    """
    sigmas, count = pass_.sigmas, outside(pass_)
    if sigmas is None or not count or len(sigmas) < 2:
        return ""
    side = "at or above" if pass_.noise == "low" else "below"
    return (
        f"{called(pass_)} goes from sigma {level(sigmas[0])} to {level(sigmas[-1])}, and "
        f"{count} of its {len(sigmas) - 1} steps are {side} {level(pass_.boundary or 0)}, "
        "where its expert was not trained"
    )
