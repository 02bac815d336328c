"""What each pass cost, from the times of its nodes: load, every step, decode, the rest.

Loading weights onto the device and patching LoRAs happen inside the sampler, before its first step ends. What
the first step took longer than the others is therefore counted as load. That is an estimate.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.clocks import NodeTime, PromptTimes, Source


class PassTime(NamedTuple):
    """What a pass took. `steps_s` are its steps, the first one without `patching_s`.

    `patching_s` is what the sampler did before its first step, estimated; it is part of `load_s`.
    `cached` means that the sampler itself was not run: the times then say nothing about speed.
    `cold` means that its model file was read in this run, `finished` that the sampler came to its end.
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
    finished: bool = True

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

    `between_s` is the time between the prompts of a staged run, `source` where times of nodes and steps are
    from.
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
    source: Source = "messages"


def of_run(prompts: Sequence[PromptTimes], plan: Plan, between_s: float = 0.0) -> Times:
    """The times of a run, from those of its prompts: one, or several if it was staged."""
    ran = {node_time.node: node_time for prompt in prompts for node_time in prompt.nodes}
    cached = frozenset().union(*(prompt.cached for prompt in prompts)) - ran.keys()
    seconds: dict[tuple[str, str], float] = {}  # by owner and role
    unknown_s = 0.0
    for prompt in prompts:
        for node_time in prompt.nodes:
            part = plan.part_of(node_time.node, prompt.part)
            if part is None:
                unknown_s += node_time.seconds  # the nodes that save and load between the parts
            else:
                seconds[part] = seconds.get(part, 0.0) + node_time.seconds
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
        source=_source({prompt.source for prompt in prompts}),
    )


def _source(sources: set[Source]) -> Source:
    """Where all times are from; where they are from several places, the least exact."""
    return sources.pop() if len(sources) == 1 else "messages"


def scaled(times: Times, by: float) -> Times:
    """The times of a simulation that was sped up, as the card would have taken them.

    What passes between the prompts of a staged run is our own time, and is what it is.
    """
    passes = tuple(
        pass_time._replace(
            load_s=pass_time.load_s * by,
            patching_s=pass_time.patching_s * by,
            steps_s=tuple(step * by for step in pass_time.steps_s),
            sampling_s=pass_time.sampling_s * by,
            decode_s=pass_time.decode_s * by,
            rest_s=pass_time.rest_s * by,
        )
        for pass_time in times.passes
    )
    return times._replace(
        passes=passes,
        stages=tuple(
            stage_time._replace(seconds=stage_time.seconds * by) for stage_time in times.stages
        ),
        server_s=times.server_s * by,
        total_s=(times.total_s - times.between_s) * by + times.between_s,
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
        finished=sampler is not None and sampler.finished,
    )
