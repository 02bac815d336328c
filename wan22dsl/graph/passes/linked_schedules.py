"""The schedule that a sampler gets by link: which part of which, or the noise levels themselves.

BasicScheduler, BetaSamplingScheduler, ManualSigmas, SplitSigmas and SplitSigmasDenoise (Comfy-Org/ComfyUI,
comfy_extras/nodes_custom_sampler.py), and what packs cut at a noise level. Of all other sources nothing is
known, and nothing is said.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.sampling import split_steps, written_sigmas
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.sigmas import beta, shift_at
from wan22dsl.graph.tracing import switched
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node

#: Longer ways than this are given up.
_LONGEST = 50

#: The highest noise level, and a little more for rounding.
MOST = 1.001


class LinkedSchedule(NamedTuple):
    """Steps `start` to `end` of a schedule of `steps`, by a `scheduler` for a `model`.

    Where a part is cut at a noise level, that is `start_sigma` or `end_sigma`, and the step is not known
    here. `shift` is set where the schedule has one of its own.
    `values` are the noise levels of the whole schedule, where they are written out. `holder` is the node
    where the steps are written, `cuts` the nodes and inputs where `start` and `end` are.
    """

    holder: Node
    steps: int
    start: int | None
    end: int | None
    scheduler: str | None = None
    denoise: float | None = None
    model: Link | None = None
    values: tuple[float, ...] | None = None
    shift: float | None = None
    start_sigma: float | None = None
    end_sigma: float | None = None
    sigma_offset: int = 0
    cuts: Mapping[str, tuple[Node, str]] = {}

    @property
    def leaves_noise(self) -> bool:
        """Whether the part ends before all noise is gone."""
        if self.end is None:
            return self.end_sigma is not None
        if self.values is not None:
            return self.values[self.end] > 0
        return self.end < self.steps


def linked_schedule(graph: Graph, link: Link | None, facts: FactTable) -> LinkedSchedule | None:
    """What is behind a link of type SIGMAS; None where that is not known."""
    cuts: list[tuple[Node, int]] = []
    for _ in range(_LONGEST):
        node = graph.nodes.get(link.node) if link is not None else None
        if node is None or link is None:
            return None
        if record_of(node.class_name).schedule in _CUTS:
            cuts.append((node, link.slot))
            before = node.inputs.get("sigmas")
            link = before if isinstance(before, Link) else None
            continue
        handed = switched(graph, link, facts)
        if handed is None:
            return _cut(_source(node, link.slot, facts), cuts, facts)
        link = handed
    return None


#: Classes that give the two parts of a schedule.
_CUTS = frozenset({"split", "split_denoise", "split_at_sigma"})


def _source(node: Node, slot: int, facts: FactTable) -> LinkedSchedule | None:
    how = record_of(node.class_name).schedule
    if how == "moe":
        return _for_two_experts(node, slot, facts)
    if how == "beta":
        steps, model = _value(node, "steps", facts), node.inputs.get("model")
        shapes = [_value(node, name, facts) for name in ("alpha", "beta")]
        if type(steps) is not int or steps < 1 or {type(item) for item in shapes} - {int, float}:
            return None
        return LinkedSchedule(
            holder=node,
            steps=steps,
            start=0,
            end=steps,
            scheduler=beta(*map(float, shapes)),
            denoise=1.0,
            model=model if isinstance(model, Link) else None,
        )
    if how == "basic":
        steps, scheduler = _value(node, "steps", facts), _value(node, "scheduler", facts)
        denoise, model = _value(node, "denoise", facts), node.inputs.get("model")
        if type(steps) is not int or steps < 1:
            return None
        return LinkedSchedule(
            holder=node,
            steps=steps,
            start=0,
            end=steps,
            scheduler=scheduler if isinstance(scheduler, str) else None,
            denoise=float(denoise) if type(denoise) in {int, float} else None,
            model=model if isinstance(model, Link) else None,
        )
    if how in {"manual", "listed"}:
        listed = node.inputs.get("float_list")
        if how == "manual":
            values = written_sigmas(_value(node, "sigmas", facts))
        else:
            values = facts.of(listed).numbers if isinstance(listed, Link) else ()
        if len(values) < 2 or not in_range(values):
            return None
        whole = 1.0 if values[0] > 0.999 else None
        steps = len(values) - 1
        return LinkedSchedule(node, steps, 0, steps, denoise=whole, values=values)
    return None


def _for_two_experts(node: Node, slot: int, facts: FactTable) -> LinkedSchedule | None:
    """WanMoEScheduler: the whole schedule, and a part for each expert, at a shift that it works out."""
    high, low = _value(node, "steps_high", facts), _value(node, "steps_low", facts)
    scheduler, model = _value(node, "scheduler", facts), node.inputs.get("model")
    shift = facts.of(Link(node.id, 0)).value
    if type(high) is not int or type(low) is not int or min(high, low) < 1:
        return None
    ranges = {4: (0, high + low), 5: (0, high), 6: (high, high + low)}
    if slot not in ranges or not isinstance(scheduler, str):
        return None
    if not isinstance(shift, float):
        shift = _shift_at_boundary(node, scheduler, high, high + low, facts)
    if shift is None:
        return None
    return LinkedSchedule(
        holder=node,
        steps=high + low,
        start=ranges[slot][0],
        end=ranges[slot][1],
        scheduler=scheduler,
        denoise=1.0,
        model=model if isinstance(model, Link) else None,
        shift=shift,
    )


def _shift_at_boundary(
    node: Node, scheduler: str, high: int, steps: int, facts: FactTable
) -> float | None:
    """The first shift of a grid at which the steps of the high-noise expert end at the boundary or above."""
    boundary, interval = _value(node, "boundary", facts), _value(node, "interval", facts)
    if {type(boundary), type(interval)} - {int, float} or _value(node, "denoise", facts) != 1:
        return None
    return shift_at(scheduler, high, steps, float(boundary), grid=float(interval))


def in_range(values: tuple[float, ...]) -> bool:
    """Whether noise levels go down, within what Wan has: from 1, with some room for rounding, to 0."""
    falling = all(after <= before for before, after in pairwise(values))
    return falling and values[0] <= MOST


def _cut(
    found: LinkedSchedule | None, cuts: list[tuple[Node, int]], facts: FactTable
) -> LinkedSchedule | None:
    """The part that is left, the cut nearest to the source first."""
    for node, slot in reversed(cuts):
        if found is None:
            return None
        how = record_of(node.class_name).schedule
        first, last = found.start, found.end
        if slot not in {0, 1} or first is None or last is None:
            return None
        if how == "split_at_sigma":
            found = _cut_at_sigma(found, node, slot, facts)
            continue
        at = _value(node, "step" if how == "split" else "denoise", facts)
        parts = split_steps(how, last - first, at)
        if parts is None:
            return None
        place = node, "step" if how == "split" else "denoise"
        if slot == 0:
            end = first + parts[0]
            found = found._replace(end=end, cuts={**found.cuts, "end": place})
        else:
            start = last - parts[1]
            found = found._replace(start=start, cuts={**found.cuts, "start": place})
    return found


def _cut_at_sigma(
    found: LinkedSchedule, node: Node, slot: int, facts: FactTable
) -> LinkedSchedule | None:
    """SplitSigmasAtT: the steps down to a noise level, and those from there.

    It cuts one step before the last one that starts at the level or above.
    """
    at = _value(node, "boundary", facts)
    if type(at) not in {int, float}:
        return None
    place = node, "boundary"
    if slot == 0:
        cut: dict[str, Any] = {
            "end": None,
            "end_sigma": float(at),
            "cuts": {**found.cuts, "end": place},
        }
    else:
        cut = {"start": None, "start_sigma": float(at), "cuts": {**found.cuts, "start": place}}
    return found._replace(sigma_offset=-1, **cut)


def _value(node: Node, name: str, facts: FactTable) -> Any:
    value = node.inputs.get(name)
    return facts.of(value).value if isinstance(value, Link) else value
