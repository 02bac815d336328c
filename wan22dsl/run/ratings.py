"""What targets limit, as measured in a run, and how good the run was against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Limit, Link, Target
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.plan import Plan
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
        if any(_frames_in(node) is not None for node in seen.graph.nodes.values()):
            yield _whole("the whole run with interpolation", seen.times)
    elif name == "peak_vram":
        yield _peak(seen)


def _each_pass(times: Times) -> Iterator[Measured]:
    for pass_time in times.passes:
        note = "cold: the model file was read" if pass_time.cold else "warm"
        yield Measured(pass_time.name, pass_time.total_s, note, _unfit(pass_time))


def _all_passes(times: Times) -> Iterator[Measured]:
    if times.passes:
        what = "both passes" if len(times.passes) == 2 else "all passes"
        total_s = sum(pass_time.total_s for pass_time in times.passes)
        unfit = next(
            (why for pass_time in times.passes if (why := _unfit(pass_time, named=True))), ""
        )
        yield Measured(what, total_s, _cold(times), unfit)


def _whole(what: str, times: Times) -> Measured:
    return Measured(what, times.total_s, _cold(times), _from_cache(times))


def _peak(seen: Seen) -> Measured:
    what = "the peak of the card's memory"
    if seen.usage is None:
        return Measured(what, None, unfit="the card's memory was not measured", is_memory=True)
    unfit = _from_cache(seen.times)
    return Measured(what, float(seen.usage.peak_bytes), unfit=unfit, is_memory=True)


def _unfit(pass_time: PassTime, *, named: bool = False) -> str:
    """Why the time of a pass cannot be judged; empty where it can."""
    which = f"`{pass_time.name}` is " if named else ""
    if pass_time.cached:
        return f"{which}from the cache"
    return "" if pass_time.complete else f"{which}partly observed"


def _from_cache(times: Times) -> str:
    """Why the whole of a run cannot be judged: of its total even a broken connection takes nothing."""
    if times.all_cached:
        return "all results came from the server's cache"
    cached = [f"`{pass_time.name}`" for pass_time in times.passes if pass_time.cached]
    return f"from the cache: {', '.join(cached)}" if cached else ""


def _cold(times: Times) -> str:
    names = [f"`{pass_time.name}`" for pass_time in times.passes if pass_time.cold]
    if not times.passes:
        return ""
    return f"cold: model files were read for {', '.join(names)}" if names else "warm"


def _interpolation(seen: Seen, lengths: Sequence[int]) -> Iterator[Measured]:
    """The stages that interpolate and do nothing else: only of those the time is that of interpolating."""
    facts = FactTable(seen.graph)
    for stage in seen.times.stages:
        owned = [id for id, part in seen.plan.parts.items() if part.owner == stage.name]
        nodes = [seen.graph.nodes[id] for id in owned if any(seen.graph.nodes[id].links())]
        if len(nodes) == 1 and _frames_in(nodes[0]) is not None:
            if not lengths or _frames(nodes[0], facts) in lengths:
                unfit = "" if seen.times.complete else "partly observed"
                unfit = "from the cache" if stage.cached else unfit
                yield Measured(stage.name, stage.seconds, unfit=unfit)


def _frames_in(node: Node) -> str | None:
    """The input of the frames of a node that interpolates."""
    interpolation = record_of(node.class_name).interpolation
    return None if interpolation is None else interpolation.frames


def _frames(node: Node, facts: FactTable) -> int | None:
    """How many frames go into a node that interpolates."""
    link = node.inputs.get(_frames_in(node) or "")
    return facts.of(link).frames if isinstance(link, Link) else None


_GIB = 1024**3


class Rating(NamedTuple):
    """What was rated, and how. `note` says what to know about it, or why it was not rated.

    `verdict` is "excellent", "good" or "not rated"; "slow" for a time above the target, and "too much"
    for memory. `seconds` is None for memory, whose peak is in `peak_bytes`; and where nothing was measured.
    """

    what: str
    seconds: float | None
    verdict: str
    target: str
    note: str = ""
    peak_bytes: int | None = None

    @property
    def is_slow(self) -> bool:
        """Whether it took longer than its target."""
        return self.verdict == "slow"

    @property
    def is_too_much(self) -> bool:
        """Whether it took more memory than its target."""
        return self.verdict == "too much"


def rate(
    graph: Graph, plan: Plan, times: Times, usage: Usage | None, own_target_s: float | None = None
) -> list[Rating]:
    """The ratings of a run by the targets of its graph. `usage` is the card during all of the run.

    `own_target_s` is one more target, for the whole run.
    """
    seen = Seen(graph, plan, times, usage)
    found = [
        rating for target in graph.targets if _is_for(target, seen) for rating in _by(target, seen)
    ]
    declared = [target for target in graph.targets if not target.is_guide]
    if declared and not found:
        names = ", ".join(f"`{target.name}`" for target in declared)
        note = f"{names} {'do' if declared[1:] else 'does'} not apply to this kind of run"
        found.append(Rating("the whole run", times.total_s, "not rated", names, note))
    if own_target_s is not None:
        found = [*_by(_of_the_command(own_target_s), seen), *found]
    return found


def without_whole(rating: Rating) -> Rating:
    """The rating of a simulated run of which a part is not counted: its whole time is not known."""
    if not rating.what.startswith("the whole run"):
        return rating
    return rating._replace(seconds=None, verdict="not rated", note="a part of it has no estimate")


def _of_the_command(seconds: float) -> Target:
    whole = Limit(excellent=None, good=(0.0, seconds))
    return Target("--target-seconds", (), (), (), (), {"whole": whole})


def _is_for(target: Target, seen: Seen) -> bool:
    """Whether a run is of the kind that a target is for: each of its passes, where it speaks of passes."""
    passes = seen.plan.passes
    if target.passes and len(passes) not in target.passes:
        return False
    if not passes:
        return not (target.sizes or target.lengths or target.steps)
    return all(
        (not target.sizes or (pass_plan.width, pass_plan.height) in target.sizes)
        and (not target.lengths or pass_plan.frames in target.lengths)
        and (not target.steps or pass_plan.total in target.steps)
        for pass_plan in passes
    )


def _by(target: Target, seen: Seen) -> Iterator[Rating]:
    for name, limit in target.limits.items():
        for measured in of(name, seen, target.lengths):
            yield _rated(measured, limit, f"{_shown(limit, measured.is_memory)} ({target.name})")


def _rated(measured: Measured, limit: Limit, target: str) -> Rating:
    verdict = "not rated" if measured.value is None or measured.unfit else _grade(measured, limit)
    note = measured.unfit or measured.note
    if measured.is_memory:
        peak_bytes = None if measured.value is None else int(measured.value)
        return Rating(measured.what, None, verdict, target, note, peak_bytes)
    return Rating(measured.what, measured.value, verdict, target, note)


def _grade(measured: Measured, limit: Limit) -> str:
    assert measured.value is not None
    if limit.excellent is not None and measured.value <= limit.excellent[1]:
        return "excellent"
    if limit.good is not None and measured.value <= limit.good[1]:
        return "good"
    return "too much" if measured.is_memory else "slow"


def _shown(limit: Limit, is_memory: bool) -> str:
    """The high ends, by grade; the grade is left out where it is only the good one."""
    unit, size = (" GiB", _GIB) if is_memory else (" s", 1)
    ends = {"excellent": limit.excellent, "good": limit.good}
    shown = {grade: f"{item[1] / size:g}{unit}" for grade, item in ends.items() if item is not None}
    if shown.keys() == {"good"}:
        return shown["good"]
    return ", ".join(f"{end} {grade}" for grade, end in shown.items())
