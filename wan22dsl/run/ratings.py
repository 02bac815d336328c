"""How good a run was, against the targets of its pipeline.

A target rates a run of the kind that it is for, and of that what is limited. What came from the server's
cache, or was seen only in part, says nothing about speed and is not rated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.graph.targets import Limit, Target
from wan22dsl.run import measures
from wan22dsl.run.measures import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.plan import Plan
    from wan22dsl.run.measures import Measured
    from wan22dsl.run.memory import Usage
    from wan22dsl.run.timing import Times

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
    found = [one for target in graph.targets if _is_for(target, seen) for one in _by(target, seen)]
    declared = [target for target in graph.targets if not target.is_guide]
    if declared and not found:
        names = ", ".join(f"`{target.name}`" for target in declared)
        note = f"the run is not of a kind that {names} {'are' if declared[1:] else 'is'} for"
        found.append(Rating("the whole run", times.total_s, "not rated", names, note))
    if own_target_s is not None:
        found = [*_by(_of_the_command(own_target_s), seen), *found]
    return found


def without_whole(one: Rating) -> Rating:
    """The rating of a simulated run of which a part is not counted: its whole time is not known."""
    if not one.what.startswith("the whole run"):
        return one
    return one._replace(seconds=None, verdict="not rated", note="a part of it is not counted")


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
        (not target.sizes or (one.width, one.height) in target.sizes)
        and (not target.lengths or one.frames in target.lengths)
        and (not target.steps or one.total in target.steps)
        for one in passes
    )


def _by(target: Target, seen: Seen) -> Iterator[Rating]:
    for name, limit in target.limits.items():
        for one in measures.of(name, seen, target.lengths):
            yield _rated(one, limit, f"{_shown(limit, one.is_memory)} ({target.name})")


def _rated(one: Measured, limit: Limit, target: str) -> Rating:
    verdict = "not rated" if one.value is None or one.unfit else _grade(one, limit)
    note = one.unfit or one.note
    if one.is_memory:
        peak_bytes = None if one.value is None else int(one.value)
        return Rating(one.what, None, verdict, target, note, peak_bytes)
    return Rating(one.what, one.value, verdict, target, note)


def _grade(one: Measured, limit: Limit) -> str:
    assert one.value is not None
    if limit.excellent is not None and one.value <= limit.excellent[1]:
        return "excellent"
    if limit.good is not None and one.value <= limit.good[1]:
        return "good"
    return "too much" if one.is_memory else "slow"


def _shown(limit: Limit, is_memory: bool) -> str:
    """The high ends, by grade; the grade is left out where it is only the good one."""
    unit, size = (" GiB", _GIB) if is_memory else (" s", 1)
    ends = {"excellent": limit.excellent, "good": limit.good}
    shown = {grade: f"{one[1] / size:g}{unit}" for grade, one in ends.items() if one is not None}
    if shown.keys() == {"good"}:
        return shown["good"]
    return ", ".join(f"{end} {grade}" for grade, end in shown.items())
