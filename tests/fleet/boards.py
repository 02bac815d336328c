"""Boards for tests: costs that are given, and a fleet that runs what the board chooses."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.fleet.expected import Estimated
from wan22dsl.fleet.needs import ModelFile, ModelUse, Needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.fleet.board import Board, BoardServer, Choice

GIB = 2**30


class Given:
    """Costs as a table: seconds by recipe and card, and the bytes that a recipe needs beside weights."""

    def __init__(
        self,
        seconds: Mapping[tuple[str, str], float | None],
        least: Mapping[str, int] | None = None,
        files: Mapping[str, tuple[ModelFile, ...]] | None = None,
    ) -> None:
        self.seconds = dict(seconds)
        self.least = dict(least or {})
        self.of_recipe = dict(files or {})

    def of(self, recipe: str, card: str) -> Estimated:
        return Estimated(self.seconds.get((recipe, card)), least_bytes=self.least.get(recipe))

    def files(self, recipe: str) -> tuple[ModelFile, ...]:
        return self.of_recipe.get(recipe, ())


def model(name: str, size_bytes: int | None = 15_000_000_000) -> ModelUse:
    return ModelUse(name, size_bytes, (ModelFile(name, size_bytes),))


def needs(recipe: str, *models: str) -> Needs:
    return Needs(recipe, tuple(map(model, models)))


class Fate(NamedTuple):
    """What happens to a job on a server: how it ends, and its seconds by those that are expected."""

    how: str
    times: float


class Lived(NamedTuple):
    """What a fleet has done: choices with their time, ends of jobs, and those that were set aside."""

    chosen: list[tuple[float, Choice]]
    done: dict[str, float]
    aside: dict[str, str]
    failed: dict[str, list[str]]


class Fleet:
    """Runs a board. `fates` says what happens to the attempts at a job, one after the other."""

    def __init__(
        self,
        board: Board,
        servers: Sequence[BoardServer],
        fates: Mapping[str, Sequence[Fate]] | None = None,
        seconds: float = 100.0,
    ) -> None:
        self.board = board
        self.servers = {server.name: server for server in servers}
        self.fates = {job: list(each) for job, each in (fates or {}).items()}
        self.usual_s = seconds

    def live(self, most_s: float = 1e9) -> Lived:
        lived = Lived([], {}, {}, {})
        events: list[tuple[float, int, Choice, Fate, float]] = []
        running: dict[str, str] = {}
        now_s, number = 0.0, 0
        while True:
            for choice in self.board.choose(now_s):
                assert choice.server not in running, "two jobs at once on a server"
                assert choice.job not in running.values(), "a job on two servers"
                running[choice.server] = choice.job
                lived.chosen.append((now_s, choice))
                waiting = self.fates.get(choice.job)
                fate = waiting.pop(0) if waiting else Fate("success", 1.0)
                whole = choice.expected.whole_s
                seconds = (self.usual_s if whole is None else whole) * fate.times
                number += 1
                heappush(events, (now_s + seconds, number, choice, fate, seconds))
            for job, reason in self.board.impossible().items():
                for gone in self.board.set_aside(job, reason, now_s):
                    lived.aside[gone] = reason
            if not events:
                return lived
            now_s, _, choice, fate, seconds = heappop(events)
            assert now_s < most_s
            del running[choice.server]
            if fate.how == "success":
                lived.done[choice.job] = now_s
            else:
                lived.failed.setdefault(choice.job, []).append(choice.server)
            self.board.ended(
                choice.job, choice.server, fate.how, now_s, seconds=seconds, load_s=None
            )
