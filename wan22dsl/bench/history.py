"""Benches of one kind over time: since when a cell is slower or faster, and what changed then.

A step is looked for as in binary segmentation: the place that parts a series best, then within both parts. It
counts where the means of both parts are apart by more than their noise explains, and by more than a limit.
The noise is that of neighbours (the median of their differences), so that a step does not hide itself.
Source of the method: Scott and Knott, A cluster analysis method for grouping means (Biometrics 30, 1974).
"""

from __future__ import annotations

from itertools import pairwise
from math import sqrt
from statistics import fmean, median
from typing import TYPE_CHECKING

from wan22dsl.bench import between_benches, cohort
from wan22dsl.bench.units import Limit
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.bench.between_benches import Part
    from wan22dsl.bench.cohort import Fact
    from wan22dsl.bench.measured import Key, Measured, MeasuredCell

#: Means of several benches show less than two benches do; below this a step is of no use to anybody.
LIMIT = Limit(3.0, 0.25)

#: How many standard errors two parts are apart: of 100 series of 30 benches with nothing but noise, fewer
#: than one shows a step (`python -m benchmarks gate`).
_LEAST_APART = 4.5

#: Noise is never taken to be less than this share of the value: clocks and cards are not that exact.
_LEAST_NOISE = 0.004


class Point(NamedTuple):
    """A cell in one bench."""

    bench: Measured
    cell: MeasuredCell
    value: float


class Step(NamedTuple):
    """From `first` on a cell takes `now` in place of `before` (means), in the unit of the figure.

    `last` is the last point before. `changed`: what differs between the two, by its known effect on speed.
    `parts`: which passes and stages made it.
    """

    last: Point
    first: Point
    before: float
    now: float
    changed: tuple[Fact, ...]
    unknown: tuple[Fact, ...]
    parts: tuple[Part, ...]

    @property
    def percent(self) -> float:
        """Positive: slower."""
        return 100.0 * (self.now / self.before - 1.0)


class Series(NamedTuple):
    """A cell over time. `broken`: why it cannot be compared with what was before, where it begins again."""

    id: str
    points: tuple[Point, ...]
    steps: tuple[Step, ...]
    broken: tuple[Fact, ...] = ()


def of(benches: Sequence[Measured], figure: str = "total_s", limit: Limit = LIMIT) -> list[Series]:
    """The series of every cell, in the order of time. Each goes as far as its benches are comparable."""
    points: dict[Key, list[Point]] = {}
    for bench in sorted(benches, key=lambda bench: (bench.made, bench.id)):
        for cell in bench.cells:
            value = cell.value(figure)
            if value is not None:
                points.setdefault(cell.key, []).append(Point(bench, cell, value))
    return [
        Series(part[-1].cell.id, tuple(part), tuple(_steps(part, limit)), broken)
        for own in points.values()
        for part, broken in _comparable(own)
    ]


def _comparable(points: list[Point]) -> Iterator[tuple[list[Point], tuple[Fact, ...]]]:
    """A series in parts within which the cohort allows to compare."""
    begin = 0
    broken: tuple[Fact, ...] = ()
    for at in range(1, len(points)):
        found = cohort.compare(points[at - 1].cell.cohort, points[at].cell.cohort)
        forbidden = [
            fact for fact in found.differences if fact.kind not in between_benches.MAY_DIFFER
        ]
        if forbidden:
            yield points[begin:at], broken
            begin, broken = at, tuple(forbidden)
    yield points[begin:], broken


def _steps(points: Sequence[Point], limit: Limit) -> Iterator[Step]:
    values = [point.value for point in points]
    cuts = sorted(cuts_of(values, limit))
    edges = [0, *cuts, len(values)]
    for before, at, end in zip(edges, edges[1:], edges[2:]):
        last, first = points[at - 1], points[at]
        found = cohort.compare(last.cell.cohort, first.cell.cohort)
        yield Step(
            last,
            first,
            fmean(values[before:at]),
            fmean(values[at:end]),
            found.differences,
            found.unknown,
            between_benches.parts_of(last.cell, first.cell),
        )


def cuts_of(values: Sequence[float], limit: Limit = LIMIT) -> list[int]:
    """Where steps are: the index of the first value of each new level."""
    if len(values) < 3:
        return []
    neighbours = [abs(second - first) for first, second in pairwise(values)]
    # The difference of two values has sqrt(2) times the noise of one; .6745 of it is the median.
    noise = median(neighbours) / (0.6745 * sqrt(2.0))
    noise = max(noise, _LEAST_NOISE * abs(median(values)))
    found: list[int] = []
    parts = [(0, len(values))]
    while parts:
        begin, end = parts.pop()
        at = _best_cut(values[begin:end])
        if at and _is_step(values[begin : begin + at], values[begin + at : end], noise, limit):
            found.append(begin + at)
            parts += [(begin, begin + at), (begin + at, end)]
    return found


def _best_cut(values: Sequence[float]) -> int:
    """Where the means of both sides explain most of the differences; 0 where there is nothing to part."""
    best, best_at, total, left = 0.0, 0, sum(values), 0.0
    for at in range(1, len(values)):
        left += values[at - 1]
        count = len(values) - at
        apart = left / at - (total - left) / count
        explained = apart * apart * at * count
        if explained > best:
            best, best_at = explained, at
    return best_at


def _is_step(left: Sequence[float], right: Sequence[float], noise: float, limit: Limit) -> bool:
    before, now = fmean(left), fmean(right)
    difference = abs(now - before)
    error = noise * sqrt(1 / len(left) + 1 / len(right))
    is_much = not before or 100.0 * difference / abs(before) > limit.percent
    return is_much and difference > limit.floor and difference > _LEAST_APART * error
