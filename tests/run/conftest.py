"""What the tests of the executor share: a small pipeline, and runs of it on the embedded server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from wan22dsl.api.compiler import compile
from wan22dsl.graph.passes import plan
from wan22dsl.network import address
from wan22dsl.run.client import Client
from wan22dsl.run.ending import Limits
from wan22dsl.run.execute import Run
from wan22dsl.run.job import Job, Options
from wan22dsl.run.record import Host, Subject
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done

SPLIT = """\
wan 1
use wan22

param seed: int = 42

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
    seed   = seed
    flow   = high -> low -> rife(times = 2) -> save("clip")
}
"""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "live: needs a ComfyUI server, named by WAN_LIVE_SERVER")


class Compiled(NamedTuple):
    """The small pipeline, ready to run."""

    graph: Graph
    prompt: dict[str, Any]
    plan: Plan


def compiled(text: str = SPLIT, **values: Any) -> Compiled:
    """A pipeline, compiled by the bundled facts."""
    result = compile(Source(text, "clip.wan"), values=values)
    assert result.graph is not None and result.prompt is not None, result.diagnostics
    return Compiled(result.graph.graph, result.prompt, plan.plan(result.graph.graph))


class Ran(NamedTuple):
    """A run that is over, and everything that was told of it meanwhile."""

    done: Done
    events: list[Event]

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.done.record.found}

    @property
    def hows(self) -> list[tuple[str, str]]:
        return [(attempt.after, attempt.how) for attempt in self.done.record.attempts]


#: Everything that takes minutes with a real server takes moments here.
QUICK = Limits(silence_s=1.5, begin_s=1.0, gone_s=4.0, quiet_s=0.3, confirm_s=1.0)


def run_on(
    url: str,
    folder: Path,
    text: str = SPLIT,
    tell: Callable[[Event], None] | None = None,
    **options: Any,
) -> Ran:
    """Runs a pipeline on a server."""
    client = Client(address.read(url))
    ready = compiled(text)
    subject = Subject("clip.wan", text, ready.graph.name, {}, "ComfyUI 0.33.0", ready.prompt, "0")
    extra = {"wan": {"source": text, "name": "clip.wan"}}
    job = Job(subject, ready.prompt, ready.graph, ready.plan, extra)
    stats = client.system_stats()
    host = Host(client.shown, "simulated" in stats["system"], stats)
    events: list[Event] = []

    def both(event: Event) -> None:
        events.append(event)
        if tell is not None:
            tell(event)

    options.setdefault("limits", QUICK)
    done = Run(client, host, job, Options(folder=folder, **options), both).run()
    return Ran(done, events)


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """No thread and no half file is left over, whatever a test does."""
    before = set(threading.enumerate())
    yield
    own = [each for each in threading.enumerate() if each not in before]
    for thread in own:  # on a busy machine a thread that was told to end may not have done so yet
        thread.join(timeout=5)
    assert not [each.name for each in own if each.is_alive()]
    assert not list(tmp_path.rglob("*.part*"))
