"""What an hour of each kind of server is worth, and how long the work that is left takes at least.

Work in parts of any size on servers that differ is a linear program: each kind of server is to do work for at
most T seconds, and T is to be small. Its dual has a price for a second of each kind. A job is worth what the
cheapest kind asks for it, and the kinds that ask more are not to do it. Any prices give a bound that T cannot
go below (weak duality), so they need not be exact; they are found by raising those of kinds that have too
much to do (Plotkin, Shmoys, Tardos: Fast approximation algorithms for fractional packing, 1995).
"""

from __future__ import annotations

from math import exp, fsum, inf
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Work(NamedTuple):
    """Equal jobs: how many, and their seconds on each kind of server, infinite where they cannot run."""

    many: float
    seconds: Sequence[float]


class Prices(NamedTuple):
    """`by_kind` is the price of a second, `values` what a job of each work is worth.

    `least_s` is the bound: all work takes at least so long.
    """

    by_kind: tuple[float, ...]
    values: tuple[float, ...]
    least_s: float


def solve(
    work: Sequence[Work],
    servers: Sequence[int],
    busy_s: Sequence[float],
    start: Sequence[float] = (),
    rounds: int = 40,
) -> Prices:
    """Prices for work on so many servers of each kind, of which `busy_s` server seconds are taken already.

    `start` are prices of earlier, from which few rounds are enough. What no kind can do is worth nothing.
    """
    work = [each for each in work if min(each.seconds, default=inf) < inf]
    kinds = range(len(servers))
    prices = list(start) if len(start) == len(servers) else _by_speed(work, servers)
    best, most = _scaled(prices, servers), -1.0
    sums, weight = [0.0] * len(servers), 0.0
    for number in range(rounds):
        prices = _scaled(prices, servers)
        loads = [own / each if each else 0.0 for own, each in zip(busy_s, servers)]
        total = [prices[kind] * busy_s[kind] for kind in kinds]
        for many, seconds in work:
            value, kind = min(
                (prices[kind] * seconds[kind], kind) for kind in kinds if servers[kind]
            )
            total.append(many * value)
            loads[kind] += many * seconds[kind] / servers[kind]
        bound = fsum(total)
        if bound > most:
            most, best = bound, list(prices)
        if number >= rounds // 2:
            sums = [old + price for old, price in zip(sums, prices)]
            weight += 1
        if bound <= 0:
            break
        pace = 0.5 / (1 + number / 4)
        prices = [
            price * exp(pace * max(min(load / bound - 1, 1.0), -1.0))
            for price, load in zip(prices, loads)
        ]
    average = [each / weight for each in sums] if weight else best
    candidates = [prices_of(own, work, servers, busy_s) for own in (best, average)]
    return max(candidates, key=lambda found: found.least_s)


def prices_of(
    by_kind: Sequence[float], work: Sequence[Work], servers: Sequence[int], busy_s: Sequence[float]
) -> Prices:
    """The values and the bound that prices give."""
    by_kind = _scaled(by_kind, servers)
    values = tuple(value_of(each.seconds, by_kind, servers) for each in work)
    taken = [price * own for price, own in zip(by_kind, busy_s)]
    finite = [each.many * value for each, value in zip(work, values) if value < inf]
    return Prices(tuple(by_kind), values, fsum([*finite, *taken]))


def value_of(seconds: Sequence[float], by_kind: Sequence[float], servers: Sequence[int]) -> float:
    """What a job is worth: what the cheapest kind that has a server asks for it."""
    return min(
        (price * own for price, own, many in zip(by_kind, seconds, servers) if many), default=inf
    )


def _scaled(prices: Sequence[float], servers: Sequence[int]) -> list[float]:
    """A second of all servers together costs 1."""
    total = fsum(price * many for price, many in zip(prices, servers))
    return [price / total for price in prices] if total > 0 else [0.0 for _ in prices]


def _by_speed(work: Sequence[Work], servers: Sequence[int]) -> list[float]:
    """Prices to begin with: a kind that is twice as fast costs twice as much."""
    speeds = [0.0] * len(servers)
    for many, seconds in work:
        quickest = min(seconds)
        for kind, own in enumerate(seconds):
            speeds[kind] += many * (quickest / own if 0 < own < inf else 0.0)
    least = max(speeds, default=0.0) / 1000 or 1.0
    return [max(speed, least) for speed in speeds]
