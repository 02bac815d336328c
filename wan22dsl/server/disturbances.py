"""What makes a simulated card slower than the cost model, and its times differ from run to run.

By default nothing does: then a run takes exactly what the cost model says. With disturbances a bench can be
tried on a known truth: an effect that is planted, under noise like that of a real card. Everything follows
from `seed`, `session` and the number of the run, so the same bench has the same times again.
"""

from __future__ import annotations

import random
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.server.faults import Node


class Slowdown(NamedTuple):
    """Nodes that take longer than the cost model says. `node` is an id, title or class, with `*` for any
    letters, as faults name them; `factor` 1.08 is 8 % longer.
    """

    factor: float
    node: str = "*"


class Disturbances(NamedTuple):
    """A start of the simulated server. Spreads are relative standard deviations, .01 is 1 %.

    `session` counts the starts, from 0: `between` is how much they differ, `drift` by how much each is slower
    than the one before. Within one, runs differ by `within`, and each is slower than the one before by
    `warming`; `outliers` is the share of runs that take `outlier_factor` times as long.

    From its run `throttled_from` on (from 0) the card throttles, takes `throttled_factor` times as long, and
    says so. `others_bytes` of its memory are held by other programs, and it says so.
    """

    seed: int = 0
    session: int = 0
    slowdowns: tuple[Slowdown, ...] = ()
    within: float = 0.0
    between: float = 0.0
    drift: float = 0.0
    warming: float = 0.0
    outliers: float = 0.0
    outlier_factor: float = 1.08
    throttled_from: int | None = None
    throttled_factor: float = 1.3
    others_bytes: int | None = None

    def of_session(self, session: int) -> Disturbances:
        """The same at another start."""
        return self._replace(session=session)

    def factor(self, run: int) -> float:
        """How many times as long as the cost model says a run takes (counted from 0), but for `slowdowns`."""
        offset = random.Random(f"{self.seed} {self.session}").gauss(0.0, self.between)
        own = random.Random(f"{self.seed} {self.session} {run}")
        spread, chance = own.gauss(0.0, self.within), own.random()
        found = (1 + offset) * (1 + self.drift * self.session) * (1 + self.warming * run)
        found *= 1 + spread
        found *= self.outlier_factor if chance < self.outliers else 1.0
        found *= self.throttled_factor if self.is_throttled(run) else 1.0
        return max(found, 0.01)  # a spread without sense still lets time pass

    def slowdown(self, node: Node) -> float:
        """How many times as long a node takes."""
        found = 1.0
        for own in self.slowdowns:
            if any(fnmatchcase(name, own.node) for name in (node.id, node.title, node.class_type)):
                found *= own.factor
        return found

    def is_throttled(self, run: int) -> bool:
        """Whether the card throttles in a run."""
        return self.throttled_from is not None and run >= self.throttled_from
