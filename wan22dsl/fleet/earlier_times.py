"""What earlier batches have measured: seconds of recipes on cards, for what is expected of the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

#: So many batches are looked through, the newest of them, and so many of their runs are used.
_MOST_BATCHES, _MOST_RUNS = 20, 400


class Time(NamedTuple):
    """A run: the seconds of the whole, and those of loading where they are known."""

    recipe: str
    card: str
    seconds: float
    load_s: float | None


def earlier_times(folder: Path, recipes: Collection[str], *, simulated: bool) -> list[Time]:
    """The times of runs of these recipes, the oldest first, in batches below a folder.

    Only whole runs count: none that took results from the cache of its server, or that fell back to less
    memory. What cannot be read is left out.
    """
    found: list[Time] = []
    for place in _newest(folder):
        if len(found) >= _MOST_RUNS:
            break
        try:
            of_batch = list(_of_batch(place, recipes, simulated))
        except CommandError:
            continue
        found += reversed(of_batch)
    return found[:_MOST_RUNS][::-1]


def _newest(folder: Path) -> list[Path]:
    from wan22dsl.fleet.store import PLAN

    dated = []
    for plan in folder.glob(f"*/{PLAN}"):
        try:
            dated.append((plan.stat().st_mtime, plan.parent))
        except OSError:
            continue  # it has just been removed
    return [place for _, place in sorted(dated, reverse=True)[:_MOST_BATCHES]]


def _of_batch(place: Path, recipes: Collection[str], simulated: bool) -> Iterator[Time]:
    from wan22dsl.fleet import store
    from wan22dsl.fleet.facts import facts_of

    plan = store.load_plan(place)
    wanted = {job.id: job.recipe for job in plan.jobs if job.recipe in recipes}
    if plan.simulated != simulated or not wanted:
        return
    stored = store.load(place, with_records=False)
    for line in stored.lines:
        if line.line != "ended" or line.how != "success" or line.seconds is None:
            continue
        recipe = wanted.get(line.job)
        record = stored.record(line.record) if recipe and line.record else None
        if recipe is None or record is None:
            continue
        facts = facts_of(record)
        is_whole = not any(each.staged or each.tiled for each in record.attempts)
        if is_whole and facts.card and not facts.is_cached:
            yield Time(recipe, facts.card, line.seconds, line.load_s)
