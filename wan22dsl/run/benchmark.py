"""What a server measured of a prompt by itself, where it can: its message `benchmark`.

ComfyUI has it in a branch (comfy/benchmark/SPIKE.md of Comfy-Org/ComfyUI, schema version 3): a prompt with
`extra_data.benchmark` gets one message behind its end, which is in its history too. Its nodes are timed
where they run, not where their messages arrive. Nothing relies on the shape: what is not as described is
left out, and what does not fit the run is not used.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from wan22dsl.run.events import Health
from wan22dsl.run.wire import number
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wan22dsl.run.clocks import PromptTimes

_MIB = 1024**2

#: More nodes, steps or samples than this are not read.
_MOST = 100_000

#: Groups of single values that a record keeps, and how long a text in them may be.
_KEPT = ("run", "device", "durations", "summary")
_LONGEST = 200

#: The server's clock for a step is that of Python: where the card works on meanwhile, the steps together
#: are much shorter than the sampling that they are of, and say nothing.
_LEAST_SHARE = 0.9

#: By how much nodes may take longer than the prompt that they are of: both clocks are rounded.
_SLACK_S = 0.1


class Benchmark(NamedTuple):
    """What a server measured. `nodes` ran in this order, each with its seconds.

    `steps_s` are those of all samplers, `sampling_s` is what the samplers took, `samples` the card by seconds
    since the prompt began. `about` are single values that the server says besides.
    """

    nodes: tuple[tuple[str, float], ...]
    steps_s: tuple[float, ...]
    sampling_s: float | None
    samples: tuple[tuple[float, Health], ...]
    throttled: bool | None
    about: Mapping[str, Any]


def read(data: Any) -> Benchmark | None:
    """A message as far as it is one; None where it says nothing of nodes."""
    if not isinstance(data, dict):
        return None
    nodes = []
    for item in _list(data.get("nodes")):
        seconds = _seconds(item.get("elapsed_ms"))
        if seconds is None or not isinstance(item.get("node_id"), str):
            return None  # a time line with a gap is none
        nodes.append((item["node_id"], seconds))
    if not nodes:
        return None
    sampling, durations = _dict(data.get("sampling")), _dict(data.get("durations"))
    steps = sampling.get("step_durations_ms")
    steps_s = [_seconds(step) for step in (steps[:_MOST] if isinstance(steps, list) else ())]
    throttled = _dict(data.get("summary")).get("throttled")
    return Benchmark(
        nodes=tuple(nodes),
        steps_s=tuple(step for step in steps_s if step is not None) if None not in steps_s else (),
        sampling_s=_seconds(durations.get("sampler_ms")),
        samples=tuple(_samples(data)),
        throttled=throttled if isinstance(throttled, bool) else None,
        about=_about(data),
    )


def applied(
    times: PromptTimes, benchmark: Benchmark | None, samplers: Collection[str]
) -> PromptTimes:
    """The times of a prompt with the server's own figures in place of ours, where they are of these nodes."""
    if benchmark is None or [node.node for node in times.nodes] != [
        id for id, _ in benchmark.nodes
    ]:
        return times
    seconds = [each for _, each in benchmark.nodes]
    rest_s = times.total_s - sum(seconds)
    if not times.nodes or rest_s < -_SLACK_S:
        return times
    nodes = tuple(node_time._replace(seconds=own) for node_time, own in zip(times.nodes, seconds))
    return times._replace(
        nodes=nodes,
        before_s=max(rest_s, 0.0),
        total_s=max(times.total_s, sum(seconds)),
        steps=_steps(times, benchmark, samplers),
        source="server",
    )


def _steps(
    times: PromptTimes, benchmark: Benchmark, samplers: Collection[str]
) -> Mapping[str, tuple[float, ...]]:
    """When each sampler's steps were done, from its start; ours, where the server's are of other steps."""
    ran = [(id, own) for id, own in benchmark.nodes if id in samplers and times.steps.get(id)]
    counts = [len(times.steps[id]) for id, _ in ran]
    sum_s = sum(benchmark.steps_s)
    if sum(counts) != len(benchmark.steps_s) or not benchmark.steps_s:
        return times.steps
    if sum_s < _LEAST_SHARE * (benchmark.sampling_s or sum_s):
        return times.steps
    found, begin = dict(times.steps), 0
    for (id, own), count in zip(ran, counts):
        own_steps = benchmark.steps_s[begin : begin + count]
        begin += count
        if sum(own_steps) > own + _SLACK_S:
            return times.steps
        # What the sampler did besides was mostly before its first step: weights and LoRAs.
        at_s = max(own - sum(own_steps), 0.0)
        done = []
        for step_s in own_steps:
            at_s += step_s
            done.append(at_s)
        found[id] = tuple(done)
    return found


def samples_from(benchmark: Benchmark | None, start_s: float) -> list[Health]:
    """The samples of the card, by the time of the run."""
    if benchmark is None:
        return []
    return [health._replace(at_s=start_s + at_s) for at_s, health in benchmark.samples]


def start_of(times: PromptTimes) -> float:
    """When the prompt began, by the time that its nodes are in."""
    return times.nodes[0].start_s - times.before_s if times.nodes else 0.0


def _samples(data: dict[str, Any]) -> list[tuple[float, Health]]:
    device = _dict(data.get("device"))
    name = device.get("gpu_model")
    name = name[:120] if isinstance(name, str) else ""
    total = _mib(device.get("total_vram_mb"))
    found = []
    for item in _list(_dict(data.get("resources")).get("series")):
        at_s, used = _seconds(item.get("t_ms")), _mib(item.get("vram_used_mb"))
        if at_s is None or used is None:
            continue
        power = item.get("power_w")
        health = Health(
            0.0,
            "server",
            name,
            used,
            total,
            number(item.get("vram_util_percent")),
            number(item.get("temperature_c")),
            float(power) if power is not None and number(power) is not None else None,
            number(item.get("sm_clock_mhz")),
        )
        found.append((at_s, health))
    return found


def _about(data: dict[str, Any]) -> dict[str, Any]:
    """The single values of its groups."""
    found: dict[str, Any] = {"schema": number(data.get("capture_schema_version"))}
    for group in _KEPT:
        values = _single(_dict(data.get(group)))
        baseline = _single(_dict(_dict(data.get(group)).get("baseline")))
        values |= {f"baseline_{key}": value for key, value in baseline.items()}
        if values:
            found[group] = values
    return found


def _single(values: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in list(values.items())[:100]:
        if isinstance(value, str):
            value = value[:_LONGEST]
        elif isinstance(value, bool):
            pass
        elif not isinstance(value, int | float) or number(value) is None:
            continue
        found[str(key)[:_LONGEST]] = value
    return found


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[dict[Any, Any]]:
    items = value[:_MOST] if isinstance(value, list) else ()
    return [item if isinstance(item, dict) else {} for item in items]


def _seconds(milliseconds: Any) -> float | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    if number(milliseconds) is None or not isfinite(milliseconds):
        return None
    return milliseconds / 1000 if 0 <= milliseconds < 1e12 else None


def _mib(value: Any) -> int | None:
    size = _seconds(value)
    return None if size is None else round(size * 1000 * _MIB)
