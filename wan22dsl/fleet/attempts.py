"""The attempts at the jobs of a batch, with their times: when each was placed, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.fleet.facts import Facts
    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import JobEnded, Placed

#: How an attempt ended. "running": it has no end, and a driver is there. "unknown": it has no end, and
#: the driver that waited for it is gone.
HowSeen = Literal[
    "success", "error", "out of memory", "refused", "lost", "stopped", "not possible", "running", "unknown"
]  # fmt: skip


class Attempt(NamedTuple):
    """A job on a server. `ended_s` is None where it has no end; `seconds` is what its run took by itself.

    `facts` are those of its record, None where it has none that was read.
    """

    job: str
    number: int
    server: str
    record: str
    began_s: float
    ended_s: float | None = None
    how: HowSeen = "running"
    reason: str = ""
    seconds: float | None = None
    load_s: float | None = None
    expected_s: float | None = None
    is_warm: bool = False
    adopted: bool = False
    facts: Facts | None = None

    @property
    def is_failure(self) -> bool:
        """Whether it failed by itself: what was taken back by us did not."""
        return self.how not in ("success", "stopped", "running", "unknown")

    @property
    def loads(self) -> int | None:
        """How many passes read their model; None where that is not known."""
        return self.facts.loads if self.facts is not None else None


def attempts_of(
    lines: Iterable[AnyLine], at: list[float], has_driver: bool, facts: Mapping[str, Facts]
) -> list[Attempt]:
    """All attempts, in the order in which they were placed. A later word on one replaces the earlier."""
    found: dict[tuple[str, int], Attempt] = {}
    driver, began_by = 0, {}
    for line, at_s in zip(lines, at):
        if line.line == "driver":
            driver += 1
        elif line.line == "placed":
            found[line.job, line.attempt] = _began(line, at_s)
            began_by[line.job, line.attempt] = driver
        elif line.line == "ended":
            key = (line.job, line.attempt)
            began = found.get(key) or _unplaced(line, at_s)
            found[key] = _ended(began, line, at_s, facts)
    made = []
    for key, attempt in found.items():
        if attempt.how == "running" and not (has_driver and began_by.get(key) == driver):
            attempt = attempt._replace(how="unknown")
        made.append(attempt)
    return made


def _began(line: Placed, at_s: float) -> Attempt:
    return Attempt(
        line.job,
        line.attempt,
        line.server,
        line.record,
        at_s,
        expected_s=line.expected_s,
        is_warm=line.is_warm,
    )


def _unplaced(line: JobEnded, at_s: float) -> Attempt:
    """An attempt whose beginning cannot be read."""
    return Attempt(line.job, line.attempt, line.server, line.record or "", at_s)


def _ended(began: Attempt, line: JobEnded, at_s: float, facts: Mapping[str, Facts]) -> Attempt:
    return began._replace(
        ended_s=at_s,
        how=line.how,
        reason=line.reason,
        seconds=line.seconds,
        load_s=line.load_s,
        adopted=line.adopted,
        record=line.record or began.record,
        facts=facts.get(line.record or ""),
    )
