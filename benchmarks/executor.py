"""What the executor itself costs, beside a simulated server in a process of its own.

CPU seconds of a whole run beside its wall time; what an event more costs; and how long after the server has
recorded the end of a prompt that is known here, with the socket and without it.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, time
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from wan22dsl.api import compiler
from wan22dsl.graph.passes import plan
from wan22dsl.network import address
from wan22dsl.run import seeds
from wan22dsl.run.client import Client
from wan22dsl.run.ending import Limits
from wan22dsl.run.events import Ended
from wan22dsl.run.execute import Run
from wan22dsl.run.job import Job, Options
from wan22dsl.run.record import Host, Subject
from wan22dsl.run.submit import submit
from wan22dsl.run.watch import Watch
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.model import Graph
    from wan22dsl.run.events import Event
    from wan22dsl.run.stream import Stream

TEXT = """\
wan 1
use wan22

pass high {
    model   = wan22.t2v_high
    sampler = euler/simple
    cfg     = 1.0
    steps   = 0..2 of 4
}

pass low = high(model = wan22.t2v_low, steps = 2..4 of 4)

pipeline clip {
    prompt = "A lighthouse at dusk"
    size   = 832x1216
    length = 81f
    flow   = high -> low -> rife(times = 2) -> save("clip")
}
"""

#: Times faster than the card: a run of 150 s then takes some tenths.
SPEED = "1000"
RUNS = 10
ROUNDS = 25
STEPS = 4000


class Cost(NamedTuple):
    """One run: CPU and wall seconds, and how many events it had."""

    cpu_s: float
    wall_s: float
    events: int


def main() -> None:
    """Prints the costs and the delays, and what they are of the run."""
    compiled = compiler.compile(Source(TEXT, "clip.wan"))
    assert compiled.graph is not None and compiled.prompt is not None
    graph, prompt = compiled.graph.graph, compiled.prompt
    numbers = iter(range(1, 1_000_000))
    with tempfile.TemporaryDirectory() as folder:
        with serving(SPEED) as url:
            client = Client(address.read(url))
            one(
                client, graph, prompt, next(numbers), Path(folder)
            )  # warm: imports, and the server's own
            report([one(client, graph, prompt, next(numbers), Path(folder)) for _ in range(RUNS)])
            for socket in (True, False):
                print(delays(client, graph, prompt, numbers, socket=socket))
        with serving("max") as url:
            client = Client(address.read(url))
            one(client, graph, prompt, next(numbers), Path(folder))
            each(client, graph, prompt, numbers, Path(folder))


@contextmanager
def serving(speed: str) -> Iterator[str]:
    """The address of a simulated server in a process of its own."""
    words = ["serve", "--simulate", "--port", "0", "--speed", speed]
    process = subprocess.Popen(
        [sys.executable, "-m", "wan22dsl", *words], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()  # simulating … at URL; …
        yield line.partition(" at ")[2].partition(";")[0]
    finally:
        process.terminate()
        process.communicate()


def one(client: Client, graph: Graph, prompt: dict[str, Any], number: int, folder: Path) -> Cost:
    """A whole run, with other seeds than all before: submit, watch, fetch, record."""
    ready = seeds.raised(prompt, graph, number)
    subject = Subject("clip.wan", TEXT, graph.name, {}, graph.catalogue.target, ready)
    events: list[Event] = []
    job = Job(subject, ready, graph, plan.plan(graph), {}, number)
    host = Host(client.shown, True, client.system_stats())
    began_s, cpu_s = perf_counter(), process_time()
    done = Run(client, host, job, Options(folder), events.append).run()
    assert done.ok, [finding.message for finding in done.record.found]
    return Cost(process_time() - cpu_s, perf_counter() - began_s, len(events))


def stretched(prompt: dict[str, Any], steps: int) -> dict[str, Any]:
    """The prompt with so many steps, half of them in each pass."""
    found = {id: {**node, "inputs": dict(node["inputs"])} for id, node in prompt.items()}
    for node in found.values():
        if node["class_type"] == "KSamplerAdvanced":
            inputs = node["inputs"]
            is_first = inputs["start_at_step"] == 0
            inputs["steps"] = steps
            inputs["start_at_step"], inputs["end_at_step"] = (
                (0, steps // 2) if is_first else (steps // 2, steps)
            )
    return found


def report(costs: list[Cost]) -> None:
    """What a run costs, beside its time."""
    cpu_s, wall_s = (median(getattr(cost, name) for cost in costs) for name in ("cpu_s", "wall_s"))
    least, most = (pick(cost.cpu_s for cost in costs) for pick in (min, max))
    print(
        f"a run of 4 steps: {cpu_s * 1000:.0f} ms of CPU (from {least * 1000:.0f} to {most * 1000:.0f}) "
        f"for {costs[0].events} events, the file and the record"
    )
    print(
        f" in {wall_s:.2f} s on a simulated card at {SPEED} times its speed: {cpu_s / wall_s:.0%}"
    )


def each(
    client: Client, graph: Graph, prompt: dict[str, Any], numbers: Iterator[int], folder: Path
) -> None:
    """What an event more costs, on a server that lets no time pass."""
    few, many = (
        [one(client, graph, stretched(prompt, steps), next(numbers), folder) for _ in range(5)]
        for steps in (4, STEPS)
    )
    more_s = median(cost.cpu_s for cost in many) - median(cost.cpu_s for cost in few)
    events = many[0].events - few[0].events
    print(
        f"one more event: {more_s / events * 1000000.0:.0f} µs of CPU ({events} more events "
        f"in {STEPS} steps, {median(cost.wall_s for cost in many):.1f} s)"
    )


def delays(
    client: Client, graph: Graph, prompt: dict[str, Any], numbers: Iterator[int], *, socket: bool
) -> str:
    """How long after its end by the server's clock, which is ours too, a prompt is known to be over."""
    chance, found = random.Random(1), []
    stream = client.stream()
    if socket:
        with stream:
            stream.ready(10.0)
            for _ in range(ROUNDS):
                found.append(_delay(client, stream, graph, prompt, next(numbers), chance))
    else:
        # A stream that was never begun: its socket is gone, and only the history tells.
        for _ in range(ROUNDS):
            found.append(_delay(client, stream, graph, prompt, next(numbers), chance))
    name = "with the socket" if socket else "without it"
    return (
        f"the end is known {name} after {median(found) * 1000:.0f} ms "
        f"(from {min(found) * 1000:.0f} to {max(found) * 1000:.0f}, {ROUNDS} prompts)"
    )


def _delay(
    client: Client,
    stream: Stream,
    graph: Graph,
    prompt: dict[str, Any],
    number: int,
    chance: random.Random,
) -> float:
    # Of chance length, so that the end does not always fall at the same moment of the questions.
    ready = seeds.raised(stretched(prompt, chance.randrange(4, 60, 2)), graph, number)
    prompt_id = str(uuid4())
    submit(client, ready, prompt_id, {})
    ending = Watch(client, stream, prompt_id, ready, Limits(), lambda event: None).wait()
    now_s = time()
    (end,) = [event for event in ending.seen if isinstance(event, Ended)]
    assert ending.how == "success" and end.timestamp_ms is not None
    return max(0.0, now_s - end.timestamp_ms / 1000)


if __name__ == "__main__":
    main()
