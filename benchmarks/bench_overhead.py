"""What `wan bench` itself costs beside the runs that it measures, on a simulated server that takes real time.

CPU seconds of its process for each run, those between two runs by themselves, and how long the server waits
from the end of a prompt to the start of the next one. With plain lines, and with the live table of a
terminal. CPU seconds hardly depend on what else the machine does; of the waits the shortest does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.executor import TEXT, serving
from wan22dsl.api import compiler
from wan22dsl.api.bench_options import BenchOptions
from wan22dsl.api.benching import run_bench
from wan22dsl.cli.bench_output import Output
from wan22dsl.graph.cost.cards import DEFAULT_CARD, card_named
from wan22dsl.graph.cost.estimate import estimate
from wan22dsl.run.events import Ended, Started
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.bench.models import RunEnded
    from wan22dsl.bench.plan import Step, Time
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done
    from wan22dsl.run.job import Job
    from wan22dsl.run.record import Host

BENCH = f"""{TEXT}
bench cost {{
    of   = clip
    vary = {{ high.cfg = [1.0] }}
}}
"""

#: Of a run that is measured, and how many there are behind the warm-up.
RUN_S, REPEAT = 60.0, 3


class Cost(NamedTuple):
    """One bench: for each run but the first its CPU seconds, and those since the run before was over; and how
    long the server waited before each but the first.
    """

    runs_s: list[float]
    between_s: list[float]
    waits_s: list[float]


class Watcher(Output):
    """Shows the bench as `wan bench` does, and notes the CPU seconds of this process."""

    def __init__(self) -> None:
        super().__init__("people")
        self.began: list[float] = []
        self.ended: list[float] = []
        self.server_began_s: list[float] = []
        self.server_ended_s: list[float] = []

    def run_begins(self, step: Step, job: Job, host: Host, left: Time) -> None:
        """A run begins."""
        super().run_begins(step, job, host, left)
        self.began.append(process_time())

    def event(self, event: Event) -> None:
        """Something happens on the server."""
        super().event(event)
        if isinstance(event, Started):
            self.server_began_s.append(perf_counter())
        elif isinstance(event, Ended):
            self.server_ended_s.append(perf_counter())

    def run_ends(self, line: RunEnded, done: Done | None) -> None:
        """Its line has been written."""
        super().run_ends(line, done)
        assert not line.reasons, line.reasons
        self.ended.append(process_time())


def main(run_s: float = RUN_S, repeat: int = REPEAT) -> list[Cost]:
    """Prints what a bench costs, and what that is of a run."""
    graph = compiler.compile(Source(BENCH, "clip.wan")).graph
    assert graph is not None
    usual_s = estimate(graph.graph, card_named(DEFAULT_CARD)).seconds
    assert usual_s is not None
    found = []
    for name, on_terminal in (("plain lines", False), ("the live table", True)):
        with serving(str(usual_s / run_s)) as url, tempfile.TemporaryDirectory() as folder:
            cost = _measured(url, Path(folder), repeat, on_terminal=on_terminal)
        found.append(cost)
        print(_line(name, cost, run_s))
    return found


def _measured(url: str, folder: Path, repeat: int, *, on_terminal: bool) -> Cost:
    """A bench in a process of its own, which has nothing else to do."""
    words = [sys.executable, "-m", "benchmarks.bench_overhead", url, str(folder), str(repeat)]
    if on_terminal:
        _on_terminal(words)
    else:
        subprocess.run(words, check=True, capture_output=True)
    noted = json.loads((folder / "noted.json").read_text("utf-8"))
    began, ended = noted["began"], noted["ended"]
    waits_s = zip(noted["server_ended_s"], noted["server_began_s"][1:])
    return Cost(
        [end - before for before, end in pairwise(ended)],
        [begin - before for before, begin in zip(ended, began[1:])],
        [begin - before for before, begin in waits_s],
    )


def _on_terminal(words: list[str]) -> None:
    """Runs a command whose standard error is a terminal that somebody reads."""
    import os
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    try:
        while os.read(ours, 65536):
            pass
    except OSError:
        pass  # how Linux says that the other side is gone
    finally:
        os.close(ours)
    assert process.wait() == 0


def _line(name: str, cost: Cost, run_s: float) -> str:
    """The costs in words."""
    whole_s, between_s, wait_s = map(median, cost)
    return (
        f"a run of {run_s:g} s with {name}: {whole_s * 1000:.0f} ms of CPU ({whole_s / run_s:.2%}), "
        f"{between_s * 1000:.0f} ms of them between two runs ({between_s / run_s:.3%}); the server waits "
        f"{wait_s * 1000:.0f} ms from one prompt to the next ({wait_s / run_s:.2%}; "
        f"from {min(cost.waits_s) * 1000:.0f} to {max(cost.waits_s) * 1000:.0f})"
    )


def _bench(url: str, folder: Path, repeat: int) -> None:
    """The process that is measured: `wan bench --server URL`."""
    options = BenchOptions(servers=[url], out=folder / "bench", repeat=repeat)
    with Watcher() as watcher:
        result = run_bench(Source(BENCH, "clip.wan"), options, watcher=watcher)
    assert result.how == "finished"
    kept = ("began", "ended", "server_began_s", "server_ended_s")
    noted = {name: getattr(watcher, name) for name in kept}
    (folder / "noted.json").write_text(json.dumps(noted), "utf-8")


if __name__ == "__main__":
    _bench(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
