"""The settings of sampler nodes, in one shape for all that are known.

KSampler, KSamplerAdvanced, SamplerCustom and SamplerCustomAdvanced with their schedulers and guiders
(Comfy-Org/ComfyUI: nodes.py, comfy_extras/nodes_custom_sampler.py); WanMoeKSampler, which changes experts by
itself (stduhpf/ComfyUI-WanMoeKSampler); and any other node that has the same inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.linked_schedules import linked_schedule
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node


class Settings(NamedTuple):
    """What one sampler run is told. None: not known.

    `part` is behind the node's id where one node makes several passes. `holder` is the node that holds
    steps and scheduler, the sampler or one linked to it; `cfg_holder` the one that holds the cfg, in its
    input `cfg_name`. `shift` is set where the sampler sets it itself. `sigmas` are the noise levels of the
    whole schedule, where they are written out; `sigma_model` the model that a linked schedule is made for.
    """

    model_link: Link | None
    steps: int | None = None
    start: int | None = None
    end: int | None = None
    cfg: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    denoise: float | None = None
    add_noise: bool | None = None
    leftover_noise: bool | None = None
    seed: int | None = None
    positive: Link | None = None
    negative: Link | None = None
    part: str = ""
    shift: float | None = None
    holder: Node | None = None
    cfg_holder: Node | None = None
    cfg_name: str = "cfg"
    sigmas: tuple[float, ...] | None = None
    sigma_model: Link | None = None


class _Inputs:
    """The constants and links of one node."""

    def __init__(self, node: Node, facts: FactTable) -> None:
        self.node = node
        self._facts = facts

    def value(self, name: str) -> Any:
        return self._facts.constant(self.node, name)

    def whole(self, name: str) -> int | None:
        value = self.value(name)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value if type(value) is int else None

    def number(self, name: str) -> float | None:
        value = self.value(name)
        return float(value) if type(value) in {int, float} and abs(value) < 1e18 else None

    def text(self, name: str) -> str | None:
        value = self.value(name)
        return value if isinstance(value, str) else None

    def switch(self, name: str) -> bool | None:
        """`enable` and `disable`, or true and false."""
        value = self.value(name)
        if isinstance(value, bool):
            return value
        return {"enable": True, "disable": False}.get(value) if isinstance(value, str) else None

    def link(self, name: str) -> Link | None:
        value = self.node.inputs.get(name)
        return value if isinstance(value, Link) else None


def settings_of(graph: Graph, node: Node, facts: FactTable) -> tuple[Settings, ...]:
    """The runs that a node makes; none where it is no sampler."""
    inputs = node.inputs
    if not isinstance(inputs.get("latent_image"), Link):
        return ()
    this_inputs = _Inputs(node, facts)
    if "guider" in inputs:
        return (_guided(graph, this_inputs, facts),)
    if "model_high_noise" in inputs:
        return _two_experts(this_inputs)
    if "model" not in inputs:
        return ()
    if isinstance(inputs.get("sigmas"), Link):
        return (_custom(graph, this_inputs, facts),)
    return (_plain(this_inputs),)


#: Inputs of samplers that go ways of their own through a schedule (ClownsharKSampler of RES4LYF).
_OWN_WAYS = frozenset({"sampler_mode", "steps_to_run"})


def _plain(this_inputs: _Inputs) -> Settings:
    """KSampler and KSamplerAdvanced, and nodes made after them."""
    steps, inputs = this_inputs.whole("steps"), this_inputs.node.inputs
    advanced = "start_at_step" in inputs or "add_noise" in inputs
    start, end = (
        (this_inputs.whole("start_at_step"), this_inputs.whole("end_at_step"))
        if advanced
        else (0, steps)
    )
    if _OWN_WAYS.intersection(inputs):
        start, end = None, None
    return Settings(
        model_link=this_inputs.link("model"),
        steps=steps,
        start=start,
        end=None if end is None or steps is None else min(end, steps),
        cfg=this_inputs.number("cfg"),
        sampler=this_inputs.text("sampler_name"),
        scheduler=this_inputs.text("scheduler"),
        denoise=this_inputs.number("denoise") if "denoise" in this_inputs.node.inputs else 1.0,
        add_noise=this_inputs.switch("add_noise") if advanced else True,
        leftover_noise=this_inputs.switch("return_with_leftover_noise") if advanced else False,
        seed=this_inputs.whole("noise_seed" if "noise_seed" in this_inputs.node.inputs else "seed"),
        positive=this_inputs.link("positive"),
        negative=this_inputs.link("negative"),
        holder=this_inputs.node,
        cfg_holder=this_inputs.node,
    )


def _two_experts(inputs: _Inputs) -> tuple[Settings, ...]:
    """WanMoeKSampler: where it changes experts it finds out when it runs."""
    plain = _plain(inputs)
    parts = []
    for level in ("high", "low"):
        parts.append(
            Settings(
                model_link=inputs.link(f"model_{level}_noise"),
                steps=plain.steps,
                cfg=inputs.number(f"cfg_{level}_noise"),
                sampler=plain.sampler,
                scheduler=plain.scheduler,
                denoise=plain.denoise,
                seed=plain.seed,
                positive=plain.positive,
                negative=plain.negative,
                part=f":{level}",
                shift=inputs.number("sigma_shift"),
                holder=inputs.node,
                cfg_holder=inputs.node,
                cfg_name=f"cfg_{level}_noise",
            )
        )
    return tuple(parts)


def _linked(graph: Graph, inputs: _Inputs, name: str, facts: FactTable) -> _Inputs | None:
    """The node behind an input."""
    link = inputs.link(name)
    node = graph.nodes.get(link.node) if link is not None else None
    return None if node is None else _Inputs(node, facts)


def _custom(graph: Graph, inputs: _Inputs, facts: FactTable) -> Settings:
    """SamplerCustom: the schedule comes by link."""
    return _scheduled(
        graph,
        inputs,
        facts,
        Settings(
            model_link=inputs.link("model"),
            cfg=inputs.number("cfg"),
            add_noise=inputs.switch("add_noise"),
            seed=inputs.whole("noise_seed"),
            positive=inputs.link("positive"),
            negative=inputs.link("negative"),
            cfg_holder=inputs.node,
        ),
    )


def _guided(graph: Graph, inputs: _Inputs, facts: FactTable) -> Settings:
    """SamplerCustomAdvanced: model, guidance and noise come by link too."""
    guider = _linked(graph, inputs, "guider", facts)
    noise = _linked(graph, inputs, "noise", facts)
    cfg = None if guider is None else record_of(guider.node.class_name).guider_cfg
    return _scheduled(
        graph,
        inputs,
        facts,
        Settings(
            model_link=None if guider is None else guider.link("model"),
            cfg=guider.number("cfg") if cfg is None and guider is not None else cfg,
            add_noise=None if noise is None else record_of(noise.node.class_name).adds_noise,
            seed=None if noise is None else noise.whole("noise_seed"),
            positive=None
            if guider is None
            else guider.link("positive") or guider.link("conditioning"),
            negative=None if guider is None else guider.link("negative"),
            cfg_holder=None if guider is None else guider.node,
        ),
    )


def _scheduled(graph: Graph, inputs: _Inputs, facts: FactTable, known: Settings) -> Settings:
    """The settings with the schedule that is linked; its steps mean nothing where it is not known."""
    sampler = _linked(graph, inputs, "sampler", facts)
    name = inputs.text("sampler_name") if sampler is None else sampler.text("sampler_name")
    known = known._replace(sampler=name)
    found = linked_schedule(graph, inputs.link("sigmas"), facts)
    if found is None:
        return known
    return known._replace(
        steps=found.steps,
        start=found.start,
        end=found.end,
        scheduler=found.scheduler,
        denoise=found.denoise,
        leftover_noise=found.leaves_noise,
        sigmas=found.values,
        sigma_model=found.model,
        holder=found.holder,
    )
