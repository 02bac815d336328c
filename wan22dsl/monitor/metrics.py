"""Metrics of a batch and of its servers, as Prometheus reads them.

All follows from the lines of the batch, so that a page that is started again says the same. Names of servers,
cards and workloads are labels; of a batch that has more of them than is good for a database, the rest is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.fleet.pace import label_of, net_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from wan22dsl.fleet.overview import Overview
    from wan22dsl.fleet.store import Stored
    from wan22dsl.monitor.watching import Looked, Seen

MISSING = 'metrics need prometheus-client: pip install "wan22dsl[fleet]"'

#: So many values of a label, and the word for the rest.
_MOST_SERVERS, _MOST_WORKLOADS, _MOST_REASONS, _MOST_CHARACTERS = 400, 20, 20, 120
_OTHERS = "others"

_JOBS = ("waiting", "blocked", "running", "unknown", "done", "set_aside")
_STATES = ("ready", "busy", "held", "away", "drained")


def text(looked: Looked) -> bytes:
    """The metrics in the text format. Raises CommandError where the library is not installed."""
    seen = looked.seen
    found: list[Any] = []
    look_for_library()
    if seen is not None:
        found += _of_batch(seen.stored, seen.overview, _last_write(seen))
    if looked.fleet is not None:
        found += _of_fleet(looked.fleet)
    return _written(found)


def of_stored(stored: Stored, overview: Overview) -> bytes:
    """The same of a batch alone. Raises CommandError."""
    look_for_library()
    return _written(_of_batch(stored, overview, overview.at(overview.last_s)))


def look_for_library() -> None:
    """Raises CommandError where it is not installed."""
    try:
        import prometheus_client  # noqa: F401
    except ImportError:
        raise CommandError(MISSING) from None


def _last_write(seen: Seen) -> datetime:
    return seen.overview.at(max(0.0, seen.overview.now_s - seen.silent_s))


def _written(families: Iterable[Any]) -> bytes:
    from prometheus_client import CollectorRegistry, generate_latest

    class Collector:
        def collect(self) -> Iterator[Any]:
            yield from families

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())
    return generate_latest(registry)


def _of_batch(stored: Stored, overview: Overview, last: datetime) -> Iterator[Any]:
    from prometheus_client.metrics_core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        InfoMetricFamily,
    )

    plan = overview.plan
    info = InfoMetricFamily("wan_batch", "The batch.")
    names = {"batch": plan.id, "name": plan.name, "fleet": plan.fleet}
    info.add_metric([], {key: _short(value) for key, value in names.items()} | {
        "simulated": str(plan.simulated).lower()
    })  # fmt: skip
    yield info

    jobs = GaugeMetricFamily("wan_batch_jobs", "Jobs by state.", labels=["state"])
    for state, number in zip(_JOBS, overview.counts):
        jobs.add_metric([state], number)
    yield jobs

    attempts = CounterMetricFamily(
        "wan_batch_attempts", "Attempts that have ended, by result.", labels=["result"]
    )
    for how, number in _ended(stored).items():
        attempts.add_metric([how.replace(" ", "_")], number)
    yield attempts

    failures = CounterMetricFamily(
        "wan_batch_failures", "Failed attempts by reason.", labels=["result", "reason"]
    )
    for labels, number in _reasons(overview).items():
        failures.add_metric(list(labels), number)
    yield failures

    yield from _seconds(overview)
    yield from _of_servers(overview)

    warm = CounterMetricFamily(
        "wan_batch_warm_placements",
        "Successful runs by whether their models were thought to be loaded, and whether that was right.",
        labels=["thought", "right"],
    )
    found = overview.warmth
    for thought, right, number in (
        ("warm", "true", found.warm_right),
        ("warm", "false", found.warm_wrong),
        ("cold", "true", found.cold_right),
        ("cold", "false", found.cold_wrong),
    ):
        warm.add_metric([thought, right], number)
    yield warm
    yield GaugeMetricFamily(
        "wan_batch_driven_seconds", "Time in which a driver was there.", value=overview.driven_s
    )
    yield GaugeMetricFamily(
        "wan_batch_last_write_timestamp_seconds",
        "When the driver last wrote something.",
        value=last.timestamp(),
    )
    yield GaugeMetricFamily(
        "wan_batch_has_driver",
        "Whether a driver has begun and has not said that it ends.",
        value=float(overview.has_driver),
    )


def _ended(stored: Stored) -> dict[str, int]:
    """Attempts by how they ended, counted as the lines have them, so that no number gets smaller."""
    found = dict.fromkeys(
        ("success", "error", "out of memory", "refused", "lost", "stopped", "not possible"), 0
    )
    for line in stored.lines:
        if line.line == "ended":
            found[line.how] += 1
    return found


def _reasons(overview: Overview) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for number, reason in enumerate(overview.reasons):
        text = _short(reason.text) if number < _MOST_REASONS else _OTHERS
        labels = (reason.how.replace(" ", "_"), text)
        found[labels] = found.get(labels, 0) + reason.times
    return found


def _seconds(overview: Overview) -> Iterator[Any]:
    """How long jobs took, without loading models, and how long that took."""
    from prometheus_client.metrics_core import SummaryMetricFamily

    jobs = {job.id: job for job in overview.plan.jobs}
    labels = list(dict.fromkeys(map(label_of, overview.plan.jobs)))
    known = {label: _short(label) for label in labels[:_MOST_WORKLOADS]}
    runs: dict[tuple[str, str], list[float]] = {}
    loads: dict[tuple[str, str], list[float]] = {}
    for server in overview.servers:
        for attempt in server.done:
            key = (
                _short(server.card) or "unknown",
                known.get(label_of(jobs[attempt.job]), _OTHERS),
            )
            took_s = net_s(attempt)
            if took_s is not None:
                runs.setdefault(key, []).append(took_s)
            if attempt.load_s is not None:
                loads.setdefault(key, []).append(attempt.load_s)
    for name, about, found in (
        ("wan_batch_job_seconds", "Time of successful runs, without loading models.", runs),
        ("wan_batch_job_load_seconds", "Time that successful runs took to load models.", loads),
    ):
        family = SummaryMetricFamily(name, about, labels=["card", "workload"])
        for labels_, values in found.items():
            family.add_metric(list(labels_), count_value=len(values), sum_value=sum(values))
        yield family


def _of_servers(overview: Overview) -> Iterator[Any]:
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

    states = GaugeMetricFamily(
        "wan_batch_servers", "Servers by what the driver saw of them last.", labels=["state"]
    )
    many = dict.fromkeys((*_STATES, "unknown"), 0)
    for server in overview.servers:
        many[server.state or "unknown"] += 1
    for state, number in many.items():
        states.add_metric([state], number)
    yield states

    labels = ["server", "card"]
    families = {
        "done": CounterMetricFamily("wan_batch_server_jobs_done", "Jobs done.", labels=labels),
        "failures": CounterMetricFamily(
            "wan_batch_server_failures", "Failed attempts.", labels=labels
        ),
        "busy": CounterMetricFamily(
            "wan_batch_server_busy_seconds", "Time with a job.", labels=labels
        ),
        "loads": CounterMetricFamily(
            "wan_batch_server_model_loads", "Models read, as far as known.", labels=labels
        ),
    }
    rest = dict.fromkeys(families, 0.0)
    for number, server in enumerate(overview.servers):
        values = {
            "done": float(len(server.done)),
            "failures": float(len(server.failures)),
            "busy": server.busy_s,
            "loads": float(server.loads or 0),
        }
        for name, value in values.items():
            if number < _MOST_SERVERS:
                own = [_short(server.name), _short(server.card) or "unknown"]
                families[name].add_metric(own, value)
            else:
                rest[name] += value
    if len(overview.servers) > _MOST_SERVERS:
        for name, value in rest.items():
            families[name].add_metric([_OTHERS, _OTHERS], value)
    yield from families.values()


def _of_fleet(status: Any) -> Iterator[Any]:
    """What the servers say now."""
    from prometheus_client.metrics_core import GaugeMetricFamily

    up = GaugeMetricFamily("wan_fleet_server_up", "Whether it answers.", labels=["server"])
    drained = GaugeMetricFamily(
        "wan_fleet_server_drained", "Whether it is drained.", labels=["server"]
    )
    free = GaugeMetricFamily(
        "wan_fleet_server_vram_free_bytes", "Free memory of its card.", labels=["server"]
    )
    whole = GaugeMetricFamily(
        "wan_fleet_server_vram_bytes", "Memory of its card.", labels=["server"]
    )
    queue = GaugeMetricFamily(
        "wan_fleet_server_queue_prompts",
        "Prompts that it has, by whose they are.",
        labels=["server", "whose"],
    )
    for server in status.servers[:_MOST_SERVERS]:
        name = _short(server.name)
        up.add_metric([name], float(server.reachable))
        drained.add_metric([name], float(server.drained))
        if server.vram_free_bytes is not None:
            free.add_metric([name], server.vram_free_bytes)
        if server.vram_bytes is not None:
            whole.add_metric([name], server.vram_bytes)
        if server.queue is not None:
            queue.add_metric([name, "ours"], server.queue.ours)
            queue.add_metric([name, "others"], server.queue.others)
    yield from (up, drained, free, whole, queue)


def _short(value: str) -> str:
    """A label in one line, of a length that a database can take."""
    from wan22dsl.escapes import one_line

    return one_line(" ".join(value[:2000].split()))[:_MOST_CHARACTERS]
