"""How often a slow server is found, and how often another is reported: on made records, 200 each.

Equal servers differ by 1.5 % (standard deviation), days by 1 %, runs by 1 %; one run in thirty takes 20 to
100 % longer. Three recipes; each server has run some of each, in no order.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from random import Random
from time import perf_counter

from wan22dsl.fleet.slow import Run, slow

_REPEATS = 200
_RECIPES = {"a" * 64: 90.0, "b" * 64: 240.0, "c" * 64: 700.0}
_START = datetime(2026, 1, 5, tzinfo=timezone.utc)


def made(random: Random, *, servers: int, runs: int, percent: float, begins: float) -> list[Run]:
    """Runs of servers over ten days; `gpu-0` is slower by so many percent after a share of its time."""
    found = []
    for number in range(servers):
        offset = random.gauss(0, 0.015)
        days = [random.gauss(0, 0.01) for _ in range(11)]
        for at in range(runs):
            share = at / runs
            recipe = random.choice(list(_RECIPES))
            factor = 1 + offset + days[int(share * 10)] + random.gauss(0, 0.01)
            factor *= random.uniform(1.2, 2.0) if random.random() < 1 / 30 else 1.0
            if number == 0 and share >= begins:
                factor *= 1 + percent / 100
            started = _START + timedelta(days=10 * share, seconds=random.uniform(0, 600))
            found.append(
                Run(
                    f"gpu-{number}",
                    "RTX 4090",
                    recipe,
                    started.isoformat(),
                    _RECIPES[recipe] * factor,
                )
            )
    return found


def main() -> None:
    """Prints the table."""
    print("servers  runs each  slower by  found  days off (median)  another reported")
    began = perf_counter()
    for servers in (4, 12):
        for runs in (12, 30, 60):
            for percent in (0.0, 8.0, 12.0, 22.0):
                print(_row(servers, runs, percent))
    print(f"{perf_counter() - began:.0f} s")


def _row(servers: int, runs: int, percent: float) -> str:
    right = wrong = 0
    off = []
    for seed in range(_REPEATS):
        random = Random(f"{servers} {runs} {percent} {seed}")
        found = slow(made(random, servers=servers, runs=runs, percent=percent, begins=0.5))
        named = {finding.server: finding for finding in found}
        if percent and "gpu-0" in named:
            right += 1
            since = named["gpu-0"].since
            if since:
                moment = datetime.fromisoformat(since)
                off.append(abs((moment - _START) / timedelta(days=1) - 5.0))
        wrong += bool(set(named) - ({"gpu-0"} if percent else set()))
    days = f"{sorted(off)[len(off) // 2]:.1f}" if off else "-"
    share = f"{right}/{_REPEATS}" if percent else "-"
    return f"{servers:7}  {runs:9}  {percent:7.0f} %  {share:>7}  {days:>17}  {wrong}/{_REPEATS}"


if __name__ == "__main__":
    main()
