"""Which job goes to which server: the board against plain round-robin and against Dask's own placement.

Fleets are simulated in the clock of the cost model's cards; nothing is measured but the time of a decision.
The workload that the aims are for is the first. Dask is really run for it, and elsewhere its rule is
re-enacted.
"""

from __future__ import annotations

import gc
import tracemalloc
from time import process_time
from typing import TYPE_CHECKING

from benchmarks import fleet_dask, fleet_workloads
from benchmarks.fleet_simulation import (
    DasksRule,
    Ours,
    Policy,
    Result,
    RoundRobin,
    Workload,
    lower_bound_s,
    simulate,
)

if TYPE_CHECKING:
    from collections.abc import Callable

POLICIES: dict[str, Callable[[Workload], Policy]] = {
    "round-robin": RoundRobin,
    "Dask's rule": DasksRule,
    "the board": Ours,
}


class Timed(Ours):
    """The board, with the processor time of each choice and of each end."""

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        self.chosen: list[tuple[float, int]] = []
        self.ends: list[float] = []

    def choose(self, now_s: float) -> list[tuple[str, str]]:
        gc.disable()  # it would look through all jobs in the midst of a choice, once in some thousand
        start = process_time()
        found = super().choose(now_s)
        self.chosen.append((process_time() - start, len(found)))
        gc.enable()
        return found

    def ended(self, job: str, server: str, now_s: float, seconds: float, load_s: float) -> None:
        start = process_time()
        super().ended(job, server, now_s, seconds, load_s)
        self.ends.append(process_time() - start)


def main() -> None:
    """Prints the table, then what a decision costs with 10,000 jobs on 300 servers."""
    workloads = fleet_workloads.all_workloads()
    print("| workload | bound | policy | makespan | by the bound | loads | loading |")
    print("|---|---:|---|---:|---:|---:|---:|")
    for number, workload in enumerate(workloads):
        bound_s = lower_bound_s(workload)
        for name, policy in POLICIES.items():
            _row(workload, bound_s, name, simulate(workload, policy(workload)))
        if not number:
            _row(workload, bound_s, "Dask, really run", fleet_dask.run(workload))
    print()
    for recipes in (0, 500):
        _costs(fleet_workloads.large(recipes=recipes))


def _row(workload: Workload, bound_s: float, name: str, result: Result) -> None:
    print(
        f"| {workload.name} | {bound_s:,.0f} s | {name} | {result.makespan_s:,.0f} s "
        f"| {result.makespan_s / bound_s:.2f} | {result.loads} | {result.load_s:,.0f} s |",
        flush=True,
    )


def _costs(workload: Workload) -> None:
    tracemalloc.start()
    board = Timed(workload)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    start = process_time()
    board = Timed(workload)
    made_s = process_time() - start
    start = process_time()
    board.board.forecast(0.0)
    forecast_s = process_time() - start
    result = simulate(workload, board)
    each = sorted(seconds / max(many, 1) for seconds, many in board.chosen)
    first_s, first = board.chosen[0]
    print(
        f"{workload.name}, {len(workload.model.needs)} recipes: {held / 2**20:.0f} MiB, made in "
        f"{made_s:.2f} s, forecast {forecast_s:.2f} s, {result.makespan_s / lower_bound_s(workload):.3f} "
        f"by the bound"
    )
    print(
        f"  a decision: median {each[len(each) // 2] * 1000:.2f} ms, mean "
        f"{sum(each) / len(each) * 1000:.2f} ms, 99 of 100 below "
        f"{each[len(each) * 99 // 100] * 1000:.2f} ms, "
        f"longest {each[-1] * 1000:.1f} ms; the first {first} together {first_s * 1000:.0f} ms; "
        f"an end {sorted(board.ends)[len(board.ends) // 2] * 1000:.2f} ms"
    )


if __name__ == "__main__":
    main()
