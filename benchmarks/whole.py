"""The time of whole processes: of the clock, and of the processors, which other work hardly changes."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

BARE = [sys.executable, "-c", "pass"]


class Took(NamedTuple):
    """How long a process took. `cpu_s` is that of its children too; None where the system does not say."""

    clock_s: float
    cpu_s: float | None


def run(command: Sequence[str], environment: Mapping[str, str], folder: str | None = None) -> Took:
    """Runs a command to its end, whatever its exit code."""
    before, start = _of_children_s(), perf_counter()
    subprocess.run(command, check=False, capture_output=True, cwd=folder, env=environment)
    clock_s, after = perf_counter() - start, _of_children_s()
    return Took(clock_s, None if before is None or after is None else after - before)


def _of_children_s() -> float | None:
    try:
        from resource import RUSAGE_CHILDREN, getrusage
    except ImportError:  # Windows
        return None
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ratios(
    commands: Mapping[str, Sequence[str]],
    environment: Mapping[str, str],
    rounds: int,
    folder: str | None = None,
    before_each: Callable[[], None] | None = None,
) -> None:
    """Prints each command's time over that of a bare interpreter, which is run before each of them."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    bare_s = []
    for command in commands.values():
        run(command, environment, folder)
    for _ in range(rounds):
        for name, command in commands.items():
            if before_each is not None:
                before_each()
            bare, took = run(BARE, environment, folder), run(command, environment, folder)
            bare_s.append(bare.clock_s if bare.cpu_s is None else bare.cpu_s)
            cpu = (took.cpu_s or 0.0) / bare.cpu_s if bare.cpu_s else float("nan")
            found[name].append((cpu, took.clock_s / bare.clock_s))
    print(f"bare interpreter: median {median(bare_s) * 1000:.0f} ms")
    for name, pairs in found.items():
        by_cpu = sorted(cpu for cpu, _ in pairs)
        by_clock = median(clock for _, clock in pairs)
        print(
            f"{name:24} {median(by_cpu):5.1f} times by the processors (from {by_cpu[0]:.1f} to "
            f"{by_cpu[-1]:.1f}), {by_clock:5.1f} by the clock"
        )
