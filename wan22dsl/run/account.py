"""What a run came to: its times, the card meanwhile, what that is worth, and what is to be said of it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.run import checks, memory, messages, ratings
from wan22dsl.run.timing import of_run, scaled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.plan import Plan
    from wan22dsl.run.attempt import Tried
    from wan22dsl.run.events import Health
    from wan22dsl.run.memory import Usage
    from wan22dsl.run.ratings import Rating
    from wan22dsl.run.timing import Times


class Account(NamedTuple):
    """What a run came to. Without a try that ended, there are no times."""

    times: Times | None
    passes_memory: Mapping[str, Usage]
    memory: Usage | None
    ratings: Sequence[Rating]
    found: Sequence[Diagnostic]


def account(
    tried: Tried | None,
    samples: Sequence[Health],
    lines: Sequence[str],
    plan: Plan,
    graph: Graph,
    scale: float,
    *,
    is_rated: bool,
    is_whole: bool = True,
    simulated: bool = False,
    target_s: float | None,
) -> Account:
    """The account of a run. `lines` are what the server logged, `scale` what measured times are times.

    `is_whole` is false where a simulation does not count all of the run.
    """
    if tried is None or not tried.prompts:
        return Account(None, {}, None, (), tuple(checks.seen(lines, None, graph)))
    times = scaled(of_run(tried.prompts, plan, tried.between_s), scale)
    began = [one.start_s for prompt in tried.prompts for one in prompt.nodes]
    whole = memory.usage(samples, [(0.0, inf)], min(began, default=0.0))
    found = [*checks.seen(lines, whole, graph)]
    rated: list[Rating] = []
    if is_rated:
        if times.all_cached:
            found.append(messages.ALL_CACHED.at(graph.span))
        rated = ratings.rate(graph, plan, times, whole, target_s)
        if not is_whole:
            rated = [ratings.without_whole(one) for one in rated]
        found += checks.slow(rated, times, plan, graph, found, simulated=simulated)
    return Account(times, _by_pass(tried, samples, plan), whole, rated, tuple(found))


def _by_pass(tried: Tried, samples: Sequence[Health], plan: Plan) -> dict[str, Usage]:
    found = {}
    nodes = [one for prompt in tried.prompts for one in prompt.nodes]
    for own in plan.passes:
        ids = {id for id, part in plan.parts.items() if part.owner == own.name}
        used = memory.usage(samples, memory.stretches(nodes, ids))
        if used is not None:
            found[own.name] = used
    return found
