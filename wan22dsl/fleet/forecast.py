"""When a batch will be done, which deadlines it misses, and what of that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Late(NamedTuple):
    """A job that ends behind its deadline, by the same clock as `now_s`."""

    job: str
    due_s: float
    end_s: float


class Forecast(NamedTuple):
    """What is expected, by the same clock as `now_s`.

        `end_s` is when the last job ends; None where that is not known: then `known_s` is when those end of
        which something is known. `ends` are those, running jobs among them. `unknown` are jobs of which no
        time is known, on the servers that may take them; `unplanned` those that no server can take that is
    there now. Both may end late: they are not in `late`. `unsized` are model files whose size is not
        known: reading them is taken for reading a 14B expert.
    """

    end_s: float | None
    known_s: float | None
    ends: Mapping[str, float]
    late: tuple[Late, ...]
    unknown: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()
    unsized: tuple[str, ...] = ()


def forecast_of(
    ends: Mapping[str, float],
    due_s: Mapping[str, float],
    unknown: Iterable[str],
    unplanned: Iterable[str],
    unsized: Iterable[str],
) -> Forecast:
    """Puts together what was planned; jobs of which no time is known are not in `ends`."""
    unknown, unplanned = tuple(unknown), tuple(unplanned)
    known_s = max(ends.values(), default=None)
    late = [
        Late(job, due, ends[job]) for job, due in due_s.items() if job in ends and ends[job] > due
    ]
    late.sort(key=lambda each: (each.due_s, each.job))
    end_s = None if unknown or unplanned else known_s
    return Forecast(end_s, known_s, dict(ends), tuple(late), unknown, unplanned, tuple(unsized))
