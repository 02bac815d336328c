"""A batch with what follows from it, and what several of its sections ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.fleet.facts import FactsOf
from wan22dsl.fleet.overview import overview
from wan22dsl.fleet.pace import pace_of
from wan22dsl.report.results import shown
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.fleet.attempts import Attempt
    from wan22dsl.fleet.overview import Overview
    from wan22dsl.fleet.pace import Pace
    from wan22dsl.fleet.store import Stored


class Batch(NamedTuple):
    """A batch; `id` begins the ids of all that is shown of it."""

    id: str
    stored: Stored
    seen: Overview
    pace: Pace

    @property
    def is_simulated(self) -> bool:
        """Whether no model was run."""
        return self.seen.plan.simulated

    def cards(self) -> list[str]:
        """The cards with their number: `10 × RTX 4090`."""
        many: dict[str, int] = {}
        for server in self.seen.servers:
            card = shown.name(server.card) or "card not known"
            many[card] = many.get(card, 0) + 1
        return [f"{number} × {card}" for card, number in many.items()]

    def label(self, job: str) -> str:
        """A job for people: its id, and what makes it different from the others."""
        state = self.seen.jobs.get(job)
        label = shown.name(state.job.label, 60) if state is not None else ""
        return f"{shown.name(job, 40)} {label}".strip()

    def time(self, seconds: float) -> str:
        """A moment as people write it, in UTC."""
        return f"{self.seen.at(seconds):%Y-%m-%d %H:%M:%S}"

    def success(self, job: str) -> Attempt | None:
        """The attempt that succeeded; None where there is none."""
        return next(
            (each for each in self.seen.attempts.get(job, ()) if each.how == "success"), None
        )


def batch_of(stored: Stored, id: str) -> Batch:
    """A batch as its report shows it: at the moment of its last line, with all its records read."""
    ids = [record for state in stored.jobs.values() for record in state.records]
    seen = overview(stored, None, FactsOf(stored.folder).of(ids))
    return Batch(id, stored, seen, pace_of(seen))
