"""The settings of sampler nodes, in one shape for all that are known.

Which inputs of a class hold them is said by its record; here they are read, in the node and in the nodes that
its links lead to (Comfy-Org/ComfyUI: nodes.py, comfy_extras/nodes_custom_sampler.py).
"""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.sampling import by_names
from wan22dsl.graph.facts import reading_of
from wan22dsl.graph.model import Link
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.nodes.record import Reading, SamplerInputs
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node


class Place(NamedTuple):
    """Where a setting is written: an input of a node."""

    node: Node
    input: str


class Settings(NamedTuple):
    """The settings of one pass of a sampler. None: not known.

    `cfgs` are the values of a cfg that is another in each of the pass's own steps, of which the last one is
    repeated; `cfg` is None then, unless they are all the same. `guided` is the share of the pass's own steps,
    from and to, in which a cfg holds; in the others it is 1.
    `part` is behind the node's id where one node makes several passes. `shift` is set where the sampler
    sets it itself, `boundary` where it changes experts by itself, at this sigma. `start_sigma` and
    `end_sigma` say where a part of a schedule starts and ends that is not counted in steps, and
    `sigma_offset` how many steps behind the last one at that level or above. `sigmas` are the
    noise levels of the whole schedule, where they are written out; `sigma_model` the model that a linked
    schedule is made for. `wrapper` tells that schedulers are named, and latents handed on, as in
    WanVideoWrapper. `goes_on` tells that a sampler goes on with the schedule that is kept in its latent, for
    `steps_to_run` more. `backwards` tells that it makes noise of a clip, instead of a clip of noise.
    `places` are the inputs that hold the settings, by their names here, of this node or of those that it is
    linked to.
    """

    model_link: Link | None
    steps: int | None = None
    start: int | None = None
    end: int | None = None
    cfg: float | None = None
    cfgs: tuple[float, ...] = ()
    guided: tuple[float | None, float | None] | None = None
    sampler: str | None = None
    scheduler: str | None = None
    denoise: float | None = None
    add_noise: bool | None = None
    leftover_noise: bool | None = None
    seed: int | None = None
    positive: Link | None = None
    negative: Link | None = None
    latent: Link | None = None
    conditioning: Link | None = None
    part: str = ""
    shift: float | None = None
    boundary: float | None = None
    start_sigma: float | None = None
    end_sigma: float | None = None
    sigma_offset: int = 0
    goes_on: bool = False
    backwards: bool = False
    steps_to_run: int | None = None
    wrapper: bool = False
    sigmas: tuple[float, ...] | None = None
    sigma_model: Link | None = None
    places: Mapping[str, Place] = {}


def settings_of(graph: Graph, node: Node, facts: FactTable) -> tuple[Settings, ...]:
    """The settings of each pass that a node makes; none where it is no sampler, or lacks its latent."""
    return tuple(_of_own_steps(_settings(graph, node, inputs, facts)) for inputs in _sampling(node))


def _of_own_steps(found: Settings) -> Settings:
    """The settings, with no more values of the cfg than the pass has steps; the same ones are one cfg."""
    start, end = found.start, found.end
    count = end - start if start is not None and end is not None and end > start else None
    if found.guided is not None:
        found = _guided_in_part(found, count, *found.guided)
    if not found.cfgs:
        return found
    cfgs = found.cfgs[:count]
    return found._replace(cfgs=cfgs, cfg=cfgs[0] if len(set(cfgs)) == 1 else None)


def _guided_in_part(
    found: Settings, count: int | None, first: float | None, last: float | None
) -> Settings:
    """The settings with the cfg of each step, of which some have none."""
    cfgs = found.cfgs or (() if found.cfg is None else (found.cfg,))
    if first is None or last is None or count is None or not cfgs:
        whole = (first, last) == (0.0, 1.0)
        return found if whole else found._replace(cfg=None, cfgs=())
    given = [*cfgs, *[cfgs[-1]] * (count - len(cfgs))]
    each = (value if first <= at / count <= last else 1.0 for at, value in enumerate(given[:count]))
    return found._replace(cfgs=tuple(each))


def samples(node: Node) -> bool:
    """Whether a node makes a pass."""
    return bool(_sampling(node))


def latent_of(node: Node) -> Link | None:
    """The latent that a sampler takes up; None where a node is no sampler, or has none."""
    for inputs in _sampling(node):
        link = node.inputs.get(inputs.latent)
        return link if isinstance(link, Link) else None
    return None


def denoised_slots(node: Node) -> set[int]:
    """The outputs of a sampler that give the clean picture that its last step arrives at."""
    return {inputs.denoised_slot for inputs in _sampling(node) if inputs.denoised_slot is not None}


def _sampling(node: Node) -> tuple[SamplerInputs, ...]:
    found = record_of(node.class_name).samplers or by_names(node.inputs)
    return tuple(
        inputs
        for inputs in found
        if inputs.latent_optional or isinstance(node.inputs.get(inputs.latent), Link)
    )


def _as_good_as_1(cfg: float) -> float:
    return 1.0 if isclose(cfg, 1.0) else cfg


class _Inputs:
    """The constants and links of one node, or of none."""

    def __init__(self, node: Node | None, facts: FactTable) -> None:
        self.node = node
        self._facts = facts

    @property
    def inputs(self) -> Mapping[str, Any]:
        return {} if self.node is None else self.node.inputs

    def value(self, name: str) -> Any:
        return None if self.node is None or not name else self._facts.constant(self.node, name)

    def whole(self, name: str) -> int | None:
        """A whole number. By a link a node gets a float as it is, and fails with it."""
        value = self.value(name)
        if isinstance(value, float) and value.is_integer() and self.link(name) is None:
            return int(value)
        return value if type(value) is int else None

    def number(self, name: str) -> float | None:
        value = self.value(name)
        return float(value) if type(value) in {int, float} and abs(value) < 1e18 else None

    def cfg(self, name: str) -> float | None:
        """A cfg; what is as good as 1 counts as 1 (comfy/samplers.py, sampling_function)."""
        value = self.number(name)
        return None if value is None else _as_good_as_1(value)

    def cfgs(self, name: str) -> tuple[float, ...]:
        """The values of a cfg that is another in each step, where they are known."""
        link = self.link(name)
        return () if link is None else tuple(map(_as_good_as_1, self._facts.of(link).numbers))

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
        value = None if self.node is None else self.node.inputs.get(name)
        return value if isinstance(value, Link) else None

    def places(self, **settings: str) -> dict[str, Place]:
        """Those of the settings that an input of this node holds."""
        if self.node is None:
            return {}
        inputs = self.node.inputs
        return {key: Place(self.node, name) for key, name in settings.items() if name in inputs}


def _settings(graph: Graph, node: Node, names: SamplerInputs, facts: FactTable) -> Settings:
    own = _Inputs(node, facts)
    if names.through:
        own = _behind(graph, own, names.through, facts)
        node = own.node or node
    found = _held(graph, own, names, facts) if names.holder else None
    found = found or _of_the_node(own, names)
    if names.finish is not None:
        found = found._replace(**names.finish(_reading(graph, node, facts), _values(found, facts)))
    if names.guider:
        found = _guided(found, _behind(graph, own, names.guider, facts), names)
    if names.noise:
        found = _with_noise(found, _behind(graph, own, names.noise, facts))
    if own.link(names.sampler) is not None:
        behind = _behind(graph, own, names.sampler, facts)
        places = {**found.places, **behind.places(sampler="sampler_name")}
        found = found._replace(sampler=behind.text("sampler_name"), places=places)
    link = own.link(names.sigmas)
    if not names.sigmas or (link is None and names.holder):
        return _with_sigmas_of_holder(graph, found, own, names, facts)
    if names.unscaled:
        return _scheduled_by_kijai(graph, found, own, names, facts)
    return _scheduled(graph, found, link, facts)


def _behind(graph: Graph, inputs: _Inputs, name: str, facts: FactTable) -> _Inputs:
    """The node behind an input."""
    link = inputs.link(name)
    return _Inputs(graph.nodes.get(link.node) if link is not None else None, facts)


def _of_the_node(own: _Inputs, names: SamplerInputs) -> Settings:
    """What the node itself says."""
    steps = own.whole(names.steps)
    end = own.whole(names.end) if names.end else steps
    known = not names.own_way and not names.sigmas
    return Settings(
        model_link=own.link(names.model),
        steps=steps,
        start=None if not known else own.whole(names.start) if names.start else 0,
        end=None if not known or end is None or steps is None else min(end, steps),
        cfg=own.cfg(names.cfg),
        cfgs=own.cfgs(names.cfg),
        sampler=own.text(names.sampler),
        scheduler=own.text(names.scheduler),
        denoise=_denoise(own, names),
        add_noise=own.switch(names.add_noise) if names.add_noise else known or None,
        leftover_noise=_leftover(own, names, known=known),
        seed=own.whole(names.seed),
        positive=own.link(names.positive),
        negative=own.link(names.negative),
        latent=own.link(names.latent),
        conditioning=own.link(names.conditioning),
        wrapper=names.unscaled,
        part=names.part,
        shift=own.number(names.shift),
        boundary=own.number(names.boundary),
        places=own.places(
            model=names.model,
            latent=names.latent,
            positive=names.positive,
            negative=names.negative,
            conditioning=names.conditioning,
            steps=names.steps,
            start=names.start,
            end=names.end,
            cfg=names.cfg,
            sampler=names.sampler,
            scheduler=names.scheduler,
            denoise=names.denoise,
            add_noise=names.add_noise,
            leftover_noise=names.leftover_noise,
            seed=names.seed,
            shift=names.shift,
            boundary=names.boundary,
            noise=names.noise,
        ),
    )


def _held(graph: Graph, own: _Inputs, names: SamplerInputs, facts: FactTable) -> Settings | None:
    """With the settings that the node behind an input holds, where it does."""
    holder = _behind(graph, own, names.holder, facts)
    held = None if holder.node is None else record_of(holder.node.class_name).held
    if held is None or _gives_sigmas(graph, own.link(names.holder)):
        return None
    found, other = _of_the_node(own, names), _of_the_node(holder, held)
    taken = {name: getattr(other, name) for name in _HELD if getattr(held, name)}
    return found._replace(**taken, places={**found.places, **other.places})


def _gives_sigmas(graph: Graph, link: Link | None) -> bool:
    """Whether an output is noise levels, not what holds the settings: files of an older class have that."""
    node = None if link is None else graph.nodes.get(link.node)
    node_class = None if node is None else graph.class_of(node)
    outputs = () if node_class is None else node_class.outputs
    return link is not None and link.slot < len(outputs) and outputs[link.slot].type == "SIGMAS"


#: What a node may hold for a sampler.
_HELD = (
    "steps", "start", "end", "cfg", "sampler", "scheduler", "denoise", "shift", "seed", "add_noise",
    "leftover_noise",
)  # fmt: skip


def _reading(graph: Graph, node: Node, facts: FactTable) -> Reading:
    return reading_of(node, 0, graph.class_of(node), facts.of)


def _values(found: Settings, facts: FactTable) -> dict[str, Any]:
    """The constants of all settings that are written, as they are written."""
    return {name: facts.constant(*place) for name, place in found.places.items()}


def _denoise(own: _Inputs, names: SamplerInputs) -> float | None:
    if names.sigmas:
        return None  # the schedule has it
    return own.number(names.denoise) if names.denoise else 1.0


def _leftover(own: _Inputs, names: SamplerInputs, *, known: bool) -> bool | None:
    if names.leftover_noise and not names.own_way:
        return own.switch(names.leftover_noise)
    return False if known else None


def _guided(found: Settings, guider: _Inputs, names: SamplerInputs) -> Settings:
    """With what a guider holds: the model, the prompts and the cfg."""
    if guider.node is None:
        return found._replace(model_link=None, cfg=None, positive=None, negative=None)
    record = record_of(guider.node.class_name)
    cfg = record.guider_cfg
    positive = names.positive if guider.link(names.positive) is not None else "conditioning"
    return found._replace(
        model_link=guider.link(names.model),
        cfg=guider.cfg(names.cfg) if cfg is None else cfg,
        cfgs=guider.cfgs(names.cfg),
        guided=_share_of(guider, record.guided_from, record.guided_to),
        positive=guider.link(positive),
        negative=guider.link(names.negative),
        places={
            **found.places,
            "cfg": Place(guider.node, names.cfg),
            **guider.places(model=names.model, positive=positive, negative=names.negative),
        },
    )


def _share_of(guider: _Inputs, first: str, last: str) -> tuple[float | None, float | None] | None:
    return None if not first else (guider.number(first), guider.number(last))


def _with_noise(found: Settings, noise: _Inputs) -> Settings:
    """With what a source of noise holds."""
    adds = None if noise.node is None else record_of(noise.node.class_name).adds_noise
    places = {**found.places, **noise.places(seed="noise_seed")}
    return found._replace(add_noise=adds, seed=noise.whole("noise_seed"), places=places)


def _with_sigmas_of_holder(
    graph: Graph, known: Settings, own: _Inputs, names: SamplerInputs, facts: FactTable
) -> Settings:
    """With the noise levels that are linked to the node that holds the schedule; mostly it has its own."""
    if not names.holder:
        return known
    holder = _behind(graph, own, names.holder, facts)
    held = None if holder.node is None else record_of(holder.node.class_name).held
    if held is None or holder.link("sigmas") is None:
        return known
    unknown = known._replace(steps=None, start=None, end=None, scheduler=None)
    return _scheduled_by_kijai(graph, unknown, holder, held._replace(sigmas="sigmas"), facts)


def _scheduled_by_kijai(
    graph: Graph, known: Settings, own: _Inputs, names: SamplerInputs, facts: FactTable
) -> Settings:
    """With the noise levels that are linked to a sampler of the wrapper, which counts its steps in them.

    Its own number of steps, scheduler and shift count for nothing then.
    """
    from wan22dsl.graph.passes.linked_schedules import linked_schedule

    found = linked_schedule(graph, own.link(names.sigmas), facts)
    if found is None or found.values is None or found.start is None or found.end is None:
        return _scheduled(graph, known, own.link(names.sigmas), facts)
    values = found.values[found.start : found.end + 1]
    start, end, share = (
        own.value(name) if name in own.inputs else default
        for name, default in ((names.start, 0), (names.end, -1), (names.denoise, 1.0))
    )
    steps = len(values) - 1
    if not isinstance(start, int) or not isinstance(end, int) or share != 1:
        start = end = None
    elif end == -1:
        end = steps
    unused = (names.steps, names.scheduler, names.shift)
    return known._replace(
        steps=steps,
        start=start,
        end=None if end is None else min(end, steps),
        sigmas=values,
        places={key: place for key, place in known.places.items() if place.input not in unused},
    )


def _scheduled(graph: Graph, known: Settings, link: Link | None, facts: FactTable) -> Settings:
    """The settings with the schedule that is linked; its steps mean nothing where it is not known."""
    from wan22dsl.graph.passes.linked_schedules import linked_schedule

    found = linked_schedule(graph, link, facts)
    if found is None:
        return known
    holder = _Inputs(found.holder, facts)
    places = holder.places(steps="steps", scheduler="scheduler", denoise="denoise", sigmas="sigmas")
    places |= {name: Place(node, input) for name, (node, input) in found.cuts.items()}
    return known._replace(
        steps=found.steps,
        start=found.start,
        end=found.end,
        scheduler=found.scheduler,
        denoise=found.denoise,
        leftover_noise=found.leaves_noise,
        sigmas=found.values,
        sigma_model=found.model,
        start_sigma=found.start_sigma,
        end_sigma=found.end_sigma,
        sigma_offset=found.sigma_offset,
        shift=known.shift if found.shift is None else found.shift,
        places={**known.places, **places},
    )
