"""Layers of a graph without circles: which things are beside each other, and in which order below.

The layered drawing of Sugiyama, Tagawa and Toda (1981): layers by the longest way, order by the mean place
of the neighbours. Deterministic: what is equal keeps the order in which it was given.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Rounds of ordering, forth and back; the picture hardly changes after the fourth.
_ROUNDS = 4


class Edge(NamedTuple):
    """From one thing to another. `slot` and `port` say where it leaves and enters: 0 at the top, 1 below."""

    start: str
    end: str
    slot: float = 0.0
    port: float = 0.0


def sorted_along(names: Sequence[str], edges: Iterable[Edge]) -> tuple[list[str], list[Edge]]:
    """The names, each behind those that lead to it, and the edges without those that close a circle."""
    before: dict[str, list[Edge]] = {name: [] for name in names}
    for edge in edges:
        if edge.start in before and edge.end in before:
            before[edge.end].append(edge)
    kept: list[Edge] = []
    done: dict[str, None] = {}
    for first in names:
        path: dict[str, int] = {first: 0} if first not in done else {}
        while path:
            name, at = next(reversed(path.items()))
            if at == len(before[name]):
                path.pop(name)
                done[name] = None
                continue
            path[name] = at + 1
            edge = before[name][at]
            if edge.start in path:
                continue  # closes a circle
            kept.append(edge)
            if edge.start not in done:
                path[edge.start] = 0
    return list(done), kept


def layers_of(names: Sequence[str], edges: Sequence[Edge]) -> list[list[str]]:
    """The names in layers: every edge leads to a later one, and nothing is earlier than it must be.

    What has nothing before it is right before the first that takes it. `names` are in the order of
    `sorted_along`, and so are the edges without circles.
    """
    depth = dict.fromkeys(names, 0)
    after: dict[str, list[str]] = {name: [] for name in names}
    before: dict[str, list[str]] = {name: [] for name in names}
    for edge in edges:
        after[edge.start].append(edge.end)
        before[edge.end].append(edge.start)
    for name in names:
        depth[name] = max((depth[item] + 1 for item in before[name]), default=0)
    for name in reversed(names):
        if after[name]:
            depth[name] = min(depth[item] for item in after[name]) - 1
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in names:
        found[depth[name]].append(name)
    return found


def in_order(layers: list[list[str]], edges: Sequence[Edge]) -> list[list[str]]:
    """The same layers with their names in an order that makes few edges cross."""
    after: dict[str, list[Edge]] = {}
    before: dict[str, list[Edge]] = {}
    for edge in edges:
        after.setdefault(edge.start, []).append(edge)
        before.setdefault(edge.end, []).append(edge)
    layers = [list(layer) for layer in layers]
    for number in range(2 * _ROUNDS):
        place = {name: at for layer in layers for at, name in enumerate(layer)}
        if number % 2 == 0:
            for layer in reversed(layers):
                _sort(layer, place, {name: _ends(after.get(name, ()), place) for name in layer})
        else:
            for layer in layers:
                _sort(layer, place, {name: _starts(before.get(name, ()), place) for name in layer})
    return layers


def _ends(edges: Iterable[Edge], place: Mapping[str, int]) -> list[float]:
    return [place[edge.end] + edge.port for edge in edges]


def _starts(edges: Iterable[Edge], place: Mapping[str, int]) -> list[float]:
    return [place[edge.start] + edge.slot for edge in edges]


def _sort(layer: list[str], place: dict[str, int], wanted: Mapping[str, list[float]]) -> None:
    """Sorts a layer by the mean place of the neighbours; what has none keeps its place."""
    mean = {name: fsum(at) / len(at) if at else float(place[name]) for name, at in wanted.items()}
    layer.sort(key=lambda name: mean[name])
    place.update((name, at) for at, name in enumerate(layer))
