"""Runs every benchmark, or those named: `python -m benchmarks [parse] [compile] [edits] [editor] [large]
[process] [executor] [lint] [gate] [bench_design] [bench_overhead] [fleet]
[slow_servers] [fleet_faults]`."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "parse",
    "compile",
    "edits",
    "editor",
    "large",
    "process",
    "executor",
    "lint",
    "gate",
    "bench_design",
    "bench_overhead",
    "fleet",
    "slow_servers",
    "fleet_faults",
)


def main(names: list[str]) -> int:
    """Runs the benchmarks in turn; 2 when one is not known."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}; benchmarks: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in names or NAMES:
        print(f"--- {name}")
        import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
