"""How long jobs took, by what they make and by card, and each server against its equals.

Equals are servers with the same card, and jobs of one recipe. Loading models is left out where it is known.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.fleet.attempts import Attempt
    from wan22dsl.fleet.models import Job
    from wan22dsl.fleet.overview import Overview, ServerView

#: A median of fewer runs is chance.
_LEAST_RUNS = 3


class Kind(NamedTuple):
    """Jobs of one recipe on servers with one card. `medians_s` has those of single servers."""

    recipe: str
    label: str
    card: str
    runs: int
    median_s: float
    medians_s: Mapping[str, float]


class Pace(NamedTuple):
    """`against_equals` has for a server how much longer its runs take than those of its equals: 1.22 for
    22 %. One without equals, or with too few runs, is not in it.
    """

    kinds: tuple[Kind, ...]
    against_equals: Mapping[str, float]


def label_of(job: Job) -> str:
    """What a job makes, for people."""
    return f"{job.pipeline} ({job.workload})" if job.workload else job.pipeline


def pace_of(overview: Overview) -> Pace:
    """The times of a batch."""
    jobs = {job.id: job for job in overview.plan.jobs}
    seconds: dict[tuple[str, str], dict[str, list[float]]] = {}
    labels: dict[tuple[str, str], str] = {}
    for server in overview.servers:
        for attempt in server.done:
            took_s = net_s(attempt)
            if took_s is None:
                continue
            job = jobs[attempt.job]
            key = (job.recipe or job.pipeline, server.card)
            labels[key] = label_of(job)
            seconds.setdefault(key, {}).setdefault(server.name, []).append(took_s)
    kinds = []
    for (recipe, card), own in seconds.items():
        every = [each for found in own.values() for each in found]
        medians = {name: median(found) for name, found in own.items() if len(found) >= _LEAST_RUNS}
        kinds.append(Kind(recipe, labels[recipe, card], card, len(every), median(every), medians))
    kinds.sort(key=lambda kind: (kind.label, kind.median_s, kind.card))
    ratios = {server.name: _against_equals(server, kinds) for server in overview.servers}
    return Pace(tuple(kinds), {name: each for name, each in ratios.items() if each is not None})


def net_s(attempt: Attempt) -> float | None:
    """The seconds of a run without loading; None where it was not run, or not timed."""
    if attempt.seconds is None or (attempt.facts is not None and attempt.facts.is_cached):
        return None
    return max(attempt.seconds - (attempt.load_s or 0.0), 0.0)


def _against_equals(server: ServerView, kinds: list[Kind]) -> float | None:
    if not server.card:
        return None
    found = []
    for kind in kinds:
        own = kind.medians_s.get(server.name)
        others = [each for name, each in kind.medians_s.items() if name != server.name]
        if kind.card == server.card and own is not None and others and median(others) > 0:
            found.append(own / median(others))
    return median(found) if found else None
