"""What targets limit, as it was measured in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.known.frames import INTERPOLATORS
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.plan import Plan
    from wan22dsl.run.memory import Usage
    from wan22dsl.run.timing import PassTime, Times


class Seen(NamedTuple):
    """A run that is over. `usage` is the card during all of it; None where nothing was seen of it."""

    graph: Graph
    plan: Plan
    times: Times
    usage: Usage | None


class Measured(NamedTuple):
    """A value in seconds, or in bytes for memory. `unfit` says why it cannot be judged, if so."""

    what: str
    value: float | None
    note: str = ""
    unfit: str = ""
    is_memory: bool = False


def of(name: str, seen: Seen, lengths: Sequence[int] = ()) -> Iterator[Measured]:
    """What was measured of a limit, by its name in the language; nothing where there is no such part.

    `lengths` are the frames that are to go into an interpolation for it to be measured; any, if empty.
    """
    if name == "each_pass":
        yield from _each_pass(seen.times)
    elif name == "all_passes":
        yield from _all_passes(seen.times)
    elif name == "interpolation":
        yield from _interpolation(seen, lengths)
    elif name == "whole":
        yield _whole("the whole run", seen.times)
    elif name == "with_interpolation":
        if any(node.class_name in INTERPOLATORS for node in seen.graph.nodes.values()):
            yield _whole("the whole run with interpolation", seen.times)
    elif name == "peak_vram":
        yield _peak(seen)


def _each_pass(times: Times) -> Iterator[Measured]:
    for one in times.passes:
        note = "cold: the model file was read" if one.cold else "warm"
        yield Measured(one.name, one.total_s, note, _unfit(one))


def _all_passes(times: Times) -> Iterator[Measured]:
    if times.passes:
        what = "both passes" if len(times.passes) == 2 else "all passes"
        total_s = sum(one.total_s for one in times.passes)
        unfit = next((why for one in times.passes if (why := _unfit(one, named=True))), "")
        yield Measured(what, total_s, _cold(times), unfit)


def _whole(what: str, times: Times) -> Measured:
    return Measured(what, times.total_s, _cold(times), _from_cache(times))


def _peak(seen: Seen) -> Measured:
    what = "the peak of the card's memory"
    if seen.usage is None:
        return Measured(what, None, unfit="the card's memory was not seen", is_memory=True)
    unfit = _from_cache(seen.times)
    return Measured(what, float(seen.usage.peak_bytes), unfit=unfit, is_memory=True)


def _unfit(one: PassTime, *, named: bool = False) -> str:
    """Why the time of a pass cannot be judged; empty where it can."""
    which = f"`{one.name}` is " if named else ""
    if one.cached:
        return f"{which}from the cache"
    return "" if one.complete else f"{which}seen in part"


def _from_cache(times: Times) -> str:
    """Why the whole of a run cannot be judged: of its total even a broken connection takes nothing."""
    if times.all_cached:
        return "nothing was run: all is from the cache"
    cached = [f"`{one.name}`" for one in times.passes if one.cached]
    return f"from the cache: {', '.join(cached)}" if cached else ""


def _cold(times: Times) -> str:
    names = [f"`{one.name}`" for one in times.passes if one.cold]
    if not times.passes:
        return ""
    return f"cold: model files were read for {', '.join(names)}" if names else "warm"


def _interpolation(seen: Seen, lengths: Sequence[int]) -> Iterator[Measured]:
    """The stages that interpolate and do nothing else: only of those the time is that of interpolating."""
    facts = FactTable(seen.graph)
    for stage in seen.times.stages:
        owned = [id for id, part in seen.plan.parts.items() if part.owner == stage.name]
        nodes = [seen.graph.nodes[id] for id in owned if any(seen.graph.nodes[id].links())]
        if len(nodes) == 1 and nodes[0].class_name in INTERPOLATORS:
            if not lengths or _frames(nodes[0], facts) in lengths:
                unfit = "" if seen.times.complete else "seen in part"
                unfit = "from the cache" if stage.cached else unfit
                yield Measured(stage.name, stage.seconds, unfit=unfit)


def _frames(node: Node, facts: FactTable) -> int | None:
    """How many frames go into a node that interpolates."""
    link = node.inputs.get(INTERPOLATORS[node.class_name])
    return facts.of(link).frames if isinstance(link, Link) else None
