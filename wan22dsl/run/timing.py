"""What each pass cost, from the events of a prompt: load, every step, decode, the rest.

No message of ComfyUI gives a node's duration, and its last messages can come late, so two clocks are put
together. Messages are stamped here when they arrive. The total is the server's own: from the timestamp of
`execution_start` to that of the ending. The difference of the clocks is that of the message that came
quickest; the end is then moved to where the server saw it. So the parts add up to the server's total.

Loading weights onto the device and patching LoRAs happen inside the sampler, before its first step ends. What
the first step took longer than the others is therefore counted as load. That is an estimate.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.run.events import (
    Cached,
    Disconnected,
    Ended,
    NodeStarted,
    Started,
    Step,
    Submitted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.run.events import Event
    from wan22dsl.run.plan import Plan


class NodeTime(NamedTuple):
    """A node's time, from its start to that of the next one. `exact`: it was seen to start."""

    node: str
    start_s: float
    seconds: float
    exact: bool = True


class PromptTimes(NamedTuple):
    """The times of one prompt. `before_s` lies between the server's start and the first node.

    `drift_s` is by how much the client's own count from start to end differs from the server's.
    """

    queue_s: float
    total_s: float
    before_s: float
    nodes: tuple[NodeTime, ...]
    steps: Mapping[str, tuple[float, ...]]
    cached: frozenset[str]
    drift_s: float
    complete: bool
    part: str = ""


class PassTime(NamedTuple):
    """What a pass took. `steps_s` are its steps, the first one without `patching_s`.

    `patching_s` is what the sampler did before its first step, estimated; it is part of `load_s`.
    `cached` means that the sampler itself was not run: the times then say nothing about speed.
    `cold` means that its model file was read in this run.
    """

    name: str
    load_s: float
    patching_s: float
    steps_s: tuple[float, ...]
    sampling_s: float
    decode_s: float
    rest_s: float
    cached: bool
    cached_nodes: int
    cold: bool
    complete: bool

    @property
    def total_s(self) -> float:
        """All of it."""
        return self.load_s + self.sampling_s + self.decode_s + self.rest_s

    @property
    def step_s(self) -> float | None:
        """The usual step: the median."""
        return median(self.steps_s) if self.steps_s else None


class StageTime(NamedTuple):
    """What a step behind the passes took."""

    name: str
    seconds: float
    cached: bool


class Times(NamedTuple):
    """A run: its passes, its stages, and what is neither. They add up to `total_s`.

    `between_s` is the time between the prompts of a staged run.
    """

    passes: tuple[PassTime, ...]
    stages: tuple[StageTime, ...]
    server_s: float
    between_s: float
    queue_s: float
    total_s: float
    drift_s: float
    complete: bool
    all_cached: bool


def of_prompt(events: Sequence[Event]) -> PromptTimes:
    """The times of one prompt, from its events."""
    sent = next((one for one in events if isinstance(one, Submitted)), None)
    submitted, part = (sent.at_s, sent.part) if sent is not None else (None, "")
    start = next((one for one in events if isinstance(one, Started)), None)
    end = next((one for one in events if isinstance(one, Ended)), None)
    begun = [one for one in events if isinstance(one, NodeStarted)]
    first_s = start.at_s if start is not None else begun[0].at_s if begun else None
    last_s = end.at_s if end is not None else events[-1].at_s if events else None
    if first_s is None or last_s is None:
        return PromptTimes(0.0, 0.0, 0.0, (), {}, _cached(events), 0.0, False)
    seen_s = last_s - first_s
    start_s, end_s = _by_the_server(events, start, end) or (first_s, last_s)
    marks = [min(max(one.at_s, start_s), end_s) for one in begun] + [end_s]
    nodes = tuple(
        NodeTime(one.node, at_s, until_s - at_s, not one.late)
        for one, at_s, until_s in zip(begun, marks, marks[1:])
    )
    broken = any(isinstance(one, Disconnected) for one in events)
    return PromptTimes(
        queue_s=max(0.0, start_s - submitted) if submitted is not None else 0.0,
        total_s=end_s - start_s,
        before_s=marks[0] - start_s,
        nodes=nodes,
        steps=_steps(events, {one.node: one for one in nodes}),
        cached=_cached(events),
        drift_s=seen_s - (end_s - start_s),
        complete=not broken and start is not None and end is not None,
        part=part,
    )


def _by_the_server(
    events: Sequence[Event], start: Started | None, end: Ended | None
) -> tuple[float, float] | None:
    """Start and end by the server's clock, on ours; None where it did not say both."""
    if start is None or end is None or start.timestamp_ms is None or end.timestamp_ms is None:
        return None
    if end.timestamp_ms < start.timestamp_ms:
        return None
    stamped = [
        one.at_s - one.timestamp_ms / 1000
        for one in events
        if isinstance(one, Started | Cached | Ended) and one.timestamp_ms is not None
    ]
    apart = min(stamped)
    return start.timestamp_ms / 1000 + apart, end.timestamp_ms / 1000 + apart


def _steps(events: Sequence[Event], nodes: Mapping[str, NodeTime]) -> dict[str, tuple[float, ...]]:
    """For each node, when its steps were done, counted from its start. A skipped step is spread."""
    found: dict[str, list[float]] = {}
    for one in events:
        if isinstance(one, Step) and one.node in nodes:
            done = found.setdefault(one.node, [])
            own = nodes[one.node]
            at_s = min(max(one.at_s - own.start_s, 0.0), own.seconds)
            before_s = done[-1] if done else 0.0
            missing = one.value - len(done)
            done += [before_s + (at_s - before_s) * (n + 1) / missing for n in range(missing)]
    return {node: tuple(done) for node, done in found.items()}


def _cached(events: Iterable[Event]) -> frozenset[str]:
    return frozenset(node for one in events if isinstance(one, Cached) for node in one.nodes)


def of_run(prompts: Sequence[PromptTimes], plan: Plan, between_s: float = 0.0) -> Times:
    """The times of a run, from those of its prompts: one, or several if it was staged."""
    ran = {one.node: one for prompt in prompts for one in prompt.nodes}
    cached = frozenset().union(*(prompt.cached for prompt in prompts)) - ran.keys()
    seconds: dict[tuple[str, str], float] = {}  # by owner and role
    unknown_s = 0.0
    for prompt in prompts:
        for one in prompt.nodes:
            part = plan.part_of(one.node, prompt.part)
            if part is None:
                unknown_s += one.seconds  # the nodes that save and load between the parts
            else:
                seconds[part] = seconds.get(part, 0.0) + one.seconds
    steps = {node: done for prompt in prompts for node, done in prompt.steps.items()}
    passes = tuple(
        _pass(index, seconds, ran, cached, steps, plan) for index in range(len(plan.passes))
    )
    stages = tuple(
        StageTime(name, seconds.get((name, "rest"), 0.0), _all(plan, name, cached))
        for name in plan.stages
    )
    return Times(
        passes,
        stages,
        server_s=unknown_s + sum(prompt.before_s for prompt in prompts),
        between_s=between_s,
        queue_s=sum(prompt.queue_s for prompt in prompts),
        total_s=sum(prompt.total_s for prompt in prompts) + between_s,
        drift_s=max((prompt.drift_s for prompt in prompts), key=abs, default=0.0),
        complete=all(prompt.complete for prompt in prompts),
        all_cached=not ran and bool(cached),
    )


def scaled(times: Times, by: float) -> Times:
    """The times of a simulation that was sped up, as the card would have taken them."""
    passes = tuple(
        one._replace(
            load_s=one.load_s * by,
            patching_s=one.patching_s * by,
            steps_s=tuple(step * by for step in one.steps_s),
            sampling_s=one.sampling_s * by,
            decode_s=one.decode_s * by,
            rest_s=one.rest_s * by,
        )
        for one in times.passes
    )
    return times._replace(
        passes=passes,
        stages=tuple(one._replace(seconds=one.seconds * by) for one in times.stages),
        server_s=times.server_s * by,
        between_s=times.between_s * by,
        total_s=times.total_s * by,
    )


def _all(plan: Plan, owner: str, cached: frozenset[str]) -> bool:
    return all(id in cached for id, part in plan.parts.items() if part.owner == owner)


def _pass(
    index: int,
    seconds: Mapping[tuple[str, str], float],
    ran: Mapping[str, NodeTime],
    cached: frozenset[str],
    steps: Mapping[str, tuple[float, ...]],
    plan: Plan,
) -> PassTime:
    own = plan.passes[index]
    nodes = [id for id, part in plan.parts.items() if part.owner == own.name]
    sampler_s = seconds.get((own.name, "sample"), 0.0)
    done = steps.get(own.node, ())
    each = [until - since for since, until in zip((0.0, *done), done)]
    patching_s = 0.0
    if len(each) > 1:
        usual = median(each[1:])
        patching_s = max(0.0, each[0] - usual)
        each[0] -= patching_s
    load_s = seconds.get((own.name, "load"), 0.0) + patching_s
    sampler = ran.get(own.node)
    return PassTime(
        name=own.name,
        load_s=load_s,
        patching_s=patching_s,
        steps_s=tuple(each),
        sampling_s=sampler_s - patching_s,
        decode_s=seconds.get((own.name, "decode"), 0.0),
        rest_s=seconds.get((own.name, "rest"), 0.0),
        cached=own.node in cached,
        cached_nodes=sum(id in cached for id in nodes),
        cold=any(id in ran for id in nodes if id in plan.model_loaders),
        complete=sampler is not None and sampler.exact,
    )
