"""The numbers behind the words: medians, noise, and the smallest difference that a design can see.

Noise is relative: times are compared by their ratio. What is assumed before anything was measured are figures
of real servers (docs/benches.md): runs of a session differ by 1 %, sessions by 1.5 % (standard deviations).
"""

from __future__ import annotations

from itertools import combinations
from math import comb, exp, fsum, log, sqrt
from statistics import fmean, median
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Standard deviations that are assumed, relative: between runs of a session, and between sessions.
WITHIN, BETWEEN = 0.01, 0.015

#: How many measured deviations the assumption weighs.
_PRIOR_WEIGHT = 3

#: Two-sided 1 % of a normal distribution: one false alarm in a hundred.
_ONE_IN_A_HUNDRED = 2.576

#: With three runs nothing below it can be told from noise, however quiet the machine seems: three values and
#: two sessions do not show how much it can differ.
FLOOR_PERCENT = 4.0

#: The mean range of n normal values, in standard deviations (d2 of control charts).
_RANGES = {
    2: 1.128,
    3: 1.693,
    4: 2.059,
    5: 2.326,
    6: 2.534,
    7: 2.704,
    8: 2.847,
    9: 2.970,
    10: 3.078,
}

#: The standard deviation of the median of n normal values, in theirs.
_MEDIANS = {1: 1.0, 2: 0.707, 3: 0.670, 4: 0.546, 5: 0.536, 6: 0.465, 7: 0.459}

#: More ways to share out the runs are not counted by the rank test.
_MOST_WAYS = 50_000


class Noise(NamedTuple):
    """Relative standard deviations: of runs within a session, and of the medians of sessions."""

    within: float
    of_medians: float


def noise_of(cells: Iterable[Sequence[Sequence[float]]]) -> Noise:
    """What is seen in cells, each with the values of its sessions, mixed with what is assumed.

    Within a session by the range, which is the median over all sessions: so an outlier does not count.
    Between sessions by the variance of the logarithms of their medians.
    """
    spreads: list[float] = []
    squares: list[float] = []
    free = 0
    repeat = 3
    for sessions in cells:
        medians = []
        for values in sessions:
            middle = median(values) if values else 0.0
            if middle <= 0:
                continue
            repeat = len(values)
            medians.append(log(middle))
            if len(values) > 1:
                spreads.append((max(values) - min(values)) / middle / _range(len(values)))
        if len(medians) > 1:
            centre = fmean(medians)
            squares += [(value - centre) ** 2 for value in medians]
            free += len(medians) - 1
    within = median([*spreads, *[WITHIN] * _PRIOR_WEIGHT])
    assumed = BETWEEN**2 + (within * of_median(repeat)) ** 2
    medians_squared = (fsum(squares) + _PRIOR_WEIGHT * assumed) / (free + _PRIOR_WEIGHT)
    return Noise(within, sqrt(medians_squared))


def smallest_percent(noise: Noise, rounds: int, repeat: int, *, same_session: bool) -> float:
    """The smallest difference of two cells that is not noise, with at most one false alarm in a hundred.

    The standard error of a difference of two means of medians, sqrt(2 / rounds) times the deviation of one
    median, times 2.576 (a normal distribution). Cells of one session have its offset in common: only what
    differs within it counts.
    """
    deviation = noise.within * of_median(repeat) if same_session else noise.of_medians
    error = sqrt(2 / rounds) * deviation
    return max(FLOOR_PERCENT, 100 * (exp(min(_ONE_IN_A_HUNDRED * error, 50.0)) - 1))


def of_median(count: int) -> float:
    """The deviation of the median of so many values, in theirs."""
    return _MEDIANS.get(count, sqrt(1.5708 / max(count, 1)))


def spread_percent(values: Sequence[float]) -> float:
    """The range of values, in percent of their median; 0 for one."""
    middle = median(values)
    return 100 * (max(values) - min(values)) / middle if middle > 0 else 0.0


def outliers(values: Sequence[float], within: float) -> list[int]:
    """The places of the values that are off the median of their session by 5 deviations and 5 %, at least."""
    middle = median(values)
    if middle <= 0 or len(values) < 3:
        return []
    apart = max(5 * within, 0.05)
    found = [n for n, value in enumerate(values) if abs(value / middle - 1) > apart]
    return found if len(found) == 1 else []  # more of them are no outliers, but what the session is


def rank_p(left: Sequence[float], right: Sequence[float]) -> float | None:
    """How probable ranks as far apart as these are if there is no difference: the exact one-sided test of
    Mann and Whitney. None where there are too many values to count all ways.

    With 3 and 3 values it is never below .05, so no word depends on it.
    """
    both = [*left, *right]
    if not left or not right or comb(len(both), len(left)) > _MOST_WAYS:
        return None
    ordered = sorted(both)
    rank = {value: ordered.index(value) + (ordered.count(value) + 1) / 2 for value in both}
    ranks = [rank[value] for value in both]
    middle = len(left) * (len(both) + 1) / 2
    found = abs(fsum(ranks[: len(left)]) - middle)
    side = 1 if fsum(ranks[: len(left)]) >= middle else -1
    ways = [fsum(way) for way in combinations(ranks, len(left))]
    return sum(side * (way - middle) >= found - 1e-9 for way in ways) / len(ways)


def _range(count: int) -> float:
    return _RANGES.get(count, 3.078 if count > 10 else 1.128)
