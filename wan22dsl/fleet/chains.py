"""Jobs that wait for others: whether each can ever have its turn, and how much comes after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

#: A reason names at most so many jobs.
_NAMED = 6


class Chains(NamedTuple):
    """Who comes after whom. `order` has the jobs that can run, each behind those that it needs.

    `never` has the others, with the reason.
    """

    followers: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    never: Mapping[str, str]


def chains(after: Mapping[str, Sequence[str]], known: Iterable[str] = ()) -> Chains:
    """Reads who needs whom. `known` are jobs of earlier that may be needed too."""
    if not any(after.values()):
        return Chains({}, tuple(after), {})
    import networkx

    place = {job: number for number, job in enumerate(after)}
    there = {*after, *known}
    made: networkx.DiGraph[str] = networkx.DiGraph()
    made.add_nodes_from(after)
    for job, needed in after.items():
        made.add_edges_from((first, job) for first in dict.fromkeys(needed) if first in place)
    never = {
        job: f"needs `{missing}`, which is no job of this batch"
        for job, needed in after.items()
        if (missing := next((first for first in needed if first not in there), None)) is not None
    }
    for knot in networkx.strongly_connected_components(made):
        first = min(knot, key=place.__getitem__)
        if len(knot) > 1 or made.has_edge(first, first):
            circle = _circle(made, first, knot, place)
            never.update((job, circle) for job in sorted(knot, key=place.__getitem__))
    behind(made, never)
    can = made.subgraph(job for job in made if job not in never).copy()
    order = tuple(networkx.lexicographical_topological_sort(can, key=place.__getitem__))
    followers = {
        job: tuple(sorted(made.successors(job), key=place.__getitem__))
        for job in after
        if made.out_degree(job)
    }
    return Chains(followers, order, {job: never[job] for job in after if job in never})


def behind(graph: Any, never: dict[str, str]) -> None:
    """Adds to `never` all that needs one of them; a reason names the first that cannot run."""
    waiting = [(job, job) for job in never]
    for job, root in waiting:
        for follower in graph.successors(job):
            if follower not in never:
                never[follower] = f"needs `{root}`, which {never[root]}"
                waiting.append((follower, root))


def _circle(graph: Any, first: str, knot: Iterable[str], place: Mapping[str, int]) -> str:
    """`waits for itself: a → b → a`, by the order of the batch."""
    import networkx

    within = graph.subgraph(sorted(knot, key=place.__getitem__))
    jobs = [edge[0] for edge in networkx.find_cycle(within, first)]
    names = [f"`{job}`" for job in [*jobs, jobs[0]]]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 2], "…", *names[-2:]]
    return f"waits for itself: {' → '.join(names)}"


def tails(chains: Chains, seconds: Callable[[str], float]) -> dict[str, float]:
    """For each job that others wait for, the seconds of the longest chain behind it."""
    found: dict[str, float] = {}
    for job in reversed(chains.order):
        behind_it = [
            seconds(follower) + found.get(follower, 0.0)
            for follower in chains.followers.get(job, ())
            if follower not in chains.never
        ]
        if behind_it:
            found[job] = max(behind_it)
    return found
