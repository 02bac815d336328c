"""What makes a simulated card slower than the cost model, and its times differ from run to run.

By default nothing does: then a run takes exactly what the cost model says. With disturbances a bench can be
tried on a known truth: an effect that is planted, under noise like that of a real card. Everything follows
from `seed`, `session` and the number of the run, so the same bench has the same times again.

In words a disturbance is a sentence, as a fault is: `8 % slower at low.sampler`, `runs differ by 1 %`.
"""

from __future__ import annotations

import random
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

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


# --- in words ---

_PERCENT = r"(?P<percent>\d+(?:\.\d+)?) ?%"

#: Form for people → what it must match, and the field that gets the percent as a share.
_FORMS: dict[str, tuple[str, str]] = {
    "8 % slower [at NODE]": (rf"{_PERCENT} (?P<how>slower)(?: at (?P<node>\S+|`[^`]+`))?", ""),
    "8 % faster [at NODE]": (rf"{_PERCENT} (?P<how>faster)(?: at (?P<node>\S+|`[^`]+`))?", ""),
    "runs differ by 1 %": (rf"runs differ by {_PERCENT}", "within"),
    "sessions differ by 1.5 %": (rf"sessions differ by {_PERCENT}", "between"),
    "runs drift by 1 %": (rf"runs drift by {_PERCENT}", "warming"),
    "sessions drift by 0.4 %": (rf"sessions drift by {_PERCENT}", "drift"),
    "5 % outliers": (rf"{_PERCENT} outliers", "outliers"),
    "throttled from run N": (r"throttled from run (?P<run>\d+)", ""),
    "others hold 3 GiB": (r"others hold (?P<gib>\d+(?:\.\d+)?) ?GiB", ""),
}


def parse(texts: Iterable[str]) -> Disturbances | None:
    """The disturbances that sentences describe; None without any. Raises CommandError, which shows all forms.

    NODE is a node's id, title or class, with `*` for any letters. Runs are counted from 1, in each session.
    """
    found = Disturbances()
    for text in texts:
        found = _with(found, text)
    return found if found != Disturbances() else None


def _with(found: Disturbances, text: str) -> Disturbances:
    words = " ".join(text.split())
    for form, field in _FORMS.values():
        match = re.fullmatch(form, words)
        if match is None:
            continue
        parts = match.groupdict()
        if "run" in parts:
            return found._replace(throttled_from=max(int(parts["run"]) - 1, 0))
        if "gib" in parts:
            return found._replace(others_bytes=round(float(parts["gib"]) * 1024**3))
        share = float(parts["percent"]) / 100
        if field:
            if share >= 1:
                raise CommandError(f"--disturb {text}: a share is below 100 %")
            shares: dict[str, Any] = {field: share}
            return found._replace(**shares)
        if parts["how"] == "faster" and share >= 1:
            raise CommandError(f"--disturb {text}: nothing is 100 % faster, it would take no time")
        factor = 1 + share if parts["how"] == "slower" else 1 - share
        slowdown = Slowdown(factor, (parts["node"] or "*").strip("`"))
        return found._replace(slowdowns=(*found.slowdowns, slowdown))
    raise CommandError(
        f"--disturb {text}: unknown disturbance; write:", *(f"  {form}" for form in _FORMS)
    )
