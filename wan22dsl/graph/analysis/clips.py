"""The clips of a graph: passes that work on the same frames, what they start from, and their noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.analysis.model import Clip, HandOver, Schedule
from wan22dsl.graph.analysis.passes import facts_of, names_of
from wan22dsl.graph.analysis.starts import inputs_of, kind_of, text_of
from wan22dsl.graph.handoffs import expected_split, handoffs_in, pairs
from wan22dsl.graph.passes import schedules

if TYPE_CHECKING:
    from wan22dsl.graph.analysis.model import Manner
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes import Pass


def clips_of(graph: Graph, facts: FactTable, passes: list[Pass]) -> tuple[Clip, ...]:
    """The clips, in the order of the flow."""
    names = names_of(passes)
    return tuple(_clip(graph, facts, one, names) for one in _together(passes))


def _together(passes: list[Pass]) -> list[list[list[Pass]]]:
    """The schedules of each clip: those that take up what another one of it has made."""
    place: dict[str, list[list[Pass]]] = {}
    found: list[list[list[Pass]]] = []
    for schedule in schedules(passes):
        before = schedule[0].before
        clip = place.get(before) if before is not None else None
        if clip is None:
            clip = []
            found.append(clip)
        clip.append(schedule)
        place.update({one.id: clip for one in schedule})
    return found


def _clip(graph: Graph, facts: FactTable, own: list[list[Pass]], names: dict[str, str]) -> Clip:
    passes = [one for schedule in own for one in schedule]
    first = passes[0]
    inputs = inputs_of(graph, facts, first)
    return Clip(
        name=_name(first),
        kind=kind_of(first, inputs),
        family=next((one.model.family for one in passes if one.model and one.model.family), None),
        manner=_manner(own),
        order=tuple(one.noise for one in passes),
        prompt=text_of(graph, facts, first.settings.positive),
        negative=text_of(graph, facts, first.settings.negative),
        inputs=inputs,
        passes=tuple(facts_of(one, names[one.id], facts) for one in passes),
        schedules=tuple(_schedule(one) for one in own),
    )


def _name(first: Pass) -> str:
    """The pipeline within the pipeline that it was written in; empty where there is none."""
    within, dot, _ = first.node.id.partition(f".{first.node.stage}.")
    return within if dot and first.node.stage else ""


def _manner(own: list[list[Pass]]) -> Manner:
    shared = any(len(one) > 1 for one in own)
    if len(own) > 1:
        return "split_and_refine" if shared else "refine"
    return "split" if shared else "single"


def _schedule(passes: list[Pass]) -> Schedule:
    first = passes[0]
    return Schedule(
        passes=tuple(one.id for one in passes),
        steps=first.settings.steps,
        boundary=first.boundary,
        boundary_step=expected_split(first),
        hand_overs=tuple(_hand_over(*pair) for pair in pairs(passes)),
    )


def _hand_over(before: Pass, after: Pass) -> HandOver:
    inexact = handoffs_in([before, after])
    off = next((one for one in inexact if one.after is after), None)
    end = before.sigmas[-1] if before.sigmas else None
    start = after.sigmas[0] if after.sigmas else None
    exact = off is None and end is not None and start is not None
    changes = None not in (before.noise, after.noise) and before.noise != after.noise
    return HandOver(
        before=before.id,
        after=after.id,
        end_step=before.settings.end,
        start_step=after.settings.start,
        end_sigma=end if off is None else off.end,
        start_sigma=start if off is None else off.start,
        factor=(1.0 if exact else None) if off is None else off.factor,
        cause=None if off is None else off.cause,
        boundary_step=expected_split(before) if changes else None,
    )
