"""How passes and what they do are told in messages, with the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label
from wan22dsl.graph.handoffs import EPSILON, level
from wan22dsl.rules.wording import named

if TYPE_CHECKING:
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes import Pass
    from wan22dsl.source import Span

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def place(node: Node, *names: str) -> Span | None:
    """Where the first of these inputs stands that was written, or else the node."""
    return next((node.spans[name] for name in names if name in node.spans), node.span)


def setting(one: Pass, *names: str) -> Span | None:
    """Where the first of these inputs stands that was written, of the pass or of its schedule."""
    return place(one.settings.holder or one.node, *names)


def model_input(one: Pass) -> str:
    """The input of the sampler that takes the model of the pass."""
    part = one.settings.part.removeprefix(":")
    return f"model_{part}_noise" if part else "model"


def called(one: Pass) -> str:
    """A pass by its name: its stage, or else its sampler; of two parts of a sampler, which.

    Of several passes of one name, also which of them: "the second `low`".
    """
    if one.node.stage:
        return f"{_ordinal(one.number)}`{one.name}`"
    part = one.settings.part.removeprefix(":")
    return f"the {part}-noise part of {named(one.node)}" if part else named(one.node)


def _ordinal(number: int) -> str:
    if number == 0:
        return ""
    return f"the {_ORDINALS[number - 1]} " if number <= len(_ORDINALS) else f"number {number} of "


def also(one: Pass, text: str) -> list[Label]:
    """A pass as another place that belongs to a finding; none where it stands nowhere."""
    return [] if one.node.span is None else [Label(one.node.span, text)]


def also_node(node: Node, text: str) -> list[Label]:
    """A node as another place that belongs to a finding; none where it stands nowhere."""
    return [] if node.span is None else [Label(node.span, text)]


def outside(one: Pass) -> int | None:
    """How many of a pass's steps lie where its expert was not trained; None where it is not known.

    The high-noise expert owns sigma from the boundary up, the low-noise expert what is below it.
    """
    sigmas, boundary = one.sigmas, one.boundary
    if sigmas is None or boundary is None or one.noise is None:
        return None
    above = sum(1 for sigma in sigmas[:-1] if sigma >= boundary - EPSILON)
    return above if one.noise == "low" else len(sigmas) - 1 - above


def where(one: Pass) -> str:
    """From which to which sigma a pass runs, and how many of its steps lie outside of its training.

    Empty where none do, or where it is not known.
    """
    sigmas, count = one.sigmas, outside(one)
    if sigmas is None or not count or len(sigmas) < 2:
        return ""
    side = "at or above" if one.noise == "low" else "below"
    return (
        f"{called(one)} goes from sigma {level(sigmas[0])} to {level(sigmas[-1])}, and {count} of its "
        f"{len(sigmas) - 1} steps lie {side} {level(one.boundary or 0)}, where its expert was not trained"
    )
