"""`wan bench`: which configuration is fastest, by runs in an order that lets differences be seen."""

from __future__ import annotations

from wan22dsl.cli import bench_gate, bench_new, bench_run, bench_show
from wan22dsl.cli.declare import Group

COMMAND = Group(
    "Find out which configuration is fastest on a card.",
    {
        "show": bench_show.SHOW,
        "compare": bench_show.COMPARE,
        "gate": bench_gate.GATE,
        "accept": bench_gate.ACCEPT,
        "new": bench_new.COMMAND,
    },
    bench_run.RUN,
)
