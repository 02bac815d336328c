"""What a graph needs: work and memory on any card, seconds on a named one."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Literal

from wan22dsl.graph.cost.cards import CARDS, DEFAULT_CARD
from wan22dsl.graph.cost.estimate import estimate_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.cost.estimate import PassCost
    from wan22dsl.graph.cost.uncounted import Uncounted
    from wan22dsl.graph.cost.work import Work
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes.recognition import Pass


class PassNeed(NamedTuple):
    """What a pass costs: on any card, and on the named one, without which the rest is None.

    `forwards` is how often the model runs. `working_bytes` is needed beside the weights,
    `streamed_bytes` is what of the weights has no room. `seconds` are warm, expected within `plus_minus_s`.
    """

    pass_id: str
    forwards: int
    flop: float
    working_bytes: int
    weights_bytes: int | None
    seconds: float | None
    plus_minus_s: float | None
    step_s: float | None
    card_bytes: int | None
    streamed_bytes: int | None
    fit: Literal["fits", "streams", "fails"] | None


class WorkNeed(NamedTuple):
    """What is done around the passes: text, pictures in, frames out.

    `in_tiles` tells that the card has no room for all of it at once, so that ComfyUI works in tiles.
    """

    node: str
    what: str
    working_bytes: int
    seconds: float | None
    in_tiles: bool | None


class Cost(NamedTuple):
    """What all of it costs. `unknown` are the ids of the passes of which not enough is known, `uncounted`
    these and the nodes whose cost is not known, with the reasons; where there are any, totals are None.

    `resident_bytes` is what a card needs to hold the largest pass whole, `least_bytes` what it cannot do
    without. `cold_s` comes on top of `seconds` when files are read for the first time.
    """

    card: str | None
    vram_bytes: int | None
    passes: tuple[PassNeed, ...]
    work: tuple[WorkNeed, ...]
    unknown: tuple[str, ...]
    uncounted: tuple[Uncounted, ...]
    flop: float | None
    resident_bytes: int | None
    least_bytes: int | None
    seconds: float | None
    plus_minus_s: float | None
    cold_s: float | None
    peak_bytes: int | None


def cost_of(graph: Graph, facts: FactTable, passes: list[Pass], card: Card | None) -> Cost:
    """The cost of a graph. What is the same on every card is worked out on any."""
    on = card or CARDS[DEFAULT_CARD]
    found = estimate_of(graph, facts, passes, on)
    known = {pass_cost.pass_.id for pass_cost in found.passes}
    working = [pass_cost.working_bytes for pass_cost in found.passes]
    around = [work.working_bytes for work in found.work]
    whole = [pass_cost.working_bytes + (pass_cost.weights_bytes or 0) for pass_cost in found.passes]
    guessed = any(pass_cost.weights_bytes is None for pass_cost in found.passes)
    named = card is not None
    return Cost(
        card=on.name if named else None,
        vram_bytes=on.vram_bytes if named else None,
        passes=tuple(_pass(pass_cost, named) for pass_cost in found.passes),
        work=tuple(_work(work, named) for work in found.work),
        unknown=tuple(pass_.id for pass_ in passes if pass_.id not in known),
        uncounted=found.uncounted,
        flop=None if found.uncounted else fsum(pass_cost.flop for pass_cost in found.passes),
        resident_bytes=None if found.uncounted or guessed else max([*whole, *around], default=0),
        least_bytes=None if found.uncounted else max(working, default=0),
        seconds=found.seconds if named else None,
        plus_minus_s=found.plus_minus_s if named else None,
        cold_s=found.cold_s if named else None,
        peak_bytes=found.peak_bytes if named else None,
    )


def _pass(pass_cost: PassCost, named: bool) -> PassNeed:
    return PassNeed(
        pass_id=pass_cost.pass_.id,
        forwards=pass_cost.forwards,
        flop=pass_cost.flop,
        working_bytes=pass_cost.working_bytes,
        weights_bytes=pass_cost.weights_bytes,
        seconds=pass_cost.seconds if named else None,
        plus_minus_s=pass_cost.plus_minus_s if named else None,
        step_s=pass_cost.forward_s * pass_cost.forwards / pass_cost.steps if named else None,
        card_bytes=pass_cost.card_bytes if named else None,
        streamed_bytes=pass_cost.streamed_bytes if named else None,
        fit=pass_cost.fit if named else None,
    )


def _work(work: Work, named: bool) -> WorkNeed:
    return WorkNeed(
        node=work.node.id,
        what=work.what,
        working_bytes=work.working_bytes,
        seconds=work.seconds if named else None,
        in_tiles=not work.fits if named else None,
    )
