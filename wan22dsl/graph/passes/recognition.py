"""The passes of a graph: one sampler run with one expert, recognised on the graph alone.

Follow each sampler's model link back through shift, patches and LoRAs to the loader; its latent back to
the pass before, or to the node that makes it; and what it all says is a `Pass`. Nothing is remembered from
the language, so that pipelines, plain nodes and imported JSON are judged alike. What is not known is None.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from wan22dsl.comfyui.filenames import OF_TWO_EXPERTS, half_of_pair, is_of_wan
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.passes.latent_origins import Origins
from wan22dsl.graph.passes.model_chain import UNTRACED, Trails
from wan22dsl.graph.passes.samplers import settings_of
from wan22dsl.graph.passes.sigmas import DEFAULT_SHIFT, sigmas, steps_above
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Facts, Graph, Node
    from wan22dsl.graph.passes.model_chain import LoadedLora, LoadedModel
    from wan22dsl.graph.passes.samplers import Settings

#: How a pass gets what the pass before it made: its latent; its frames, encoded again; or its frames, as
#: the picture of the conditioning.
Handoff = Literal["latent", "encoded", "frames"]


class Pass(NamedTuple):
    """One sampler run with one model.

    `id` is that of the sampler node (a sampler that changes experts by itself has two passes: `id:high`
    and `id:low`). `start` and `end` count steps of a schedule of `steps`, the end excluded. `shift` is
    None where no node sets one. `before` is the id of the pass whose result this one takes up, `handoff`
    how. `conditioning` is the node that its latent, or else its conditioning, comes from; `latent` what
    is known of the latent. `number` counts from 1 the passes of one name, as a flow may call a pass twice;
    it is 0 where no other has the name. `takes_denoised` tells that it takes up the clean picture that the
    pass before arrives at, not its latent with the noise that is left. `has_unknown_lora` tells that its
    model has a LoRA whose file is not known.
    """

    id: str
    node: Node
    settings: Settings
    model: LoadedModel | None
    loras: tuple[LoadedLora, ...]
    patches: tuple[Node, ...]
    shift: float | None
    shift_node: Node | None
    conditioning: Node | None
    latent: Facts
    before: str | None
    handoff: Handoff | None
    number: int = 0
    takes_denoised: bool = False
    has_unknown_lora: bool = False

    @property
    def name(self) -> str:
        """How people call it: its stage, or else its sampler."""
        return (self.node.stage or self.node.id) + self.settings.part

    def holder(self, name: str) -> Node:
        """The node in which a setting is written: one that its schedule or guider comes from, or its own."""
        place = self.settings.places.get(name)
        return self.node if place is None else place.node

    @property
    def noise(self) -> str | None:
        """The noise level of its expert: "high", "low", or None where it is not known or any.

        Not known either where the declaration and the file name contradict each other.
        """
        return None if self.model is None or self.model.in_doubt else self.model.noise

    @property
    def boundary(self) -> float | None:
        """The sigma at which the family of its model changes experts."""
        return None if self.model is None else self.model.boundary

    @property
    def is_of_wan(self) -> bool | None:
        """Whether it runs a model of Wan: by its file, or else by the conditioning; None where not known."""
        named = None if self.model is None else is_of_wan(self.model.file)
        if named is not None or self.conditioning is None:
            return named
        record = record_of(self.conditioning.class_name)
        shape = record.latent
        return True if record.conditioning or (shape and not shape.one_picture) else None

    @property
    def schedule_is_by_default(self) -> bool:
        """Whether no node sets the shift: neither on the way to the loader nor the sampler itself."""
        settings = self.settings
        if settings.wrapper or settings.sigmas is not None or "shift" in settings.places:
            return False
        return self.shift_node is None and self.shift is None and self.model is not None

    @property
    def whole(self) -> bool:
        """Whether it runs a whole schedule, from pure noise to none."""
        settings = self.settings
        return (
            settings.start == 0
            and settings.steps is not None
            and settings.end == settings.steps
            and settings.denoise == 1.0
        )

    @property
    def schedule(self) -> tuple[float, ...] | None:
        """The noise before each step of its whole schedule, and behind the last; None where not known."""
        settings = self.settings
        if settings.sigmas is not None:
            return settings.sigmas
        if settings.scheduler is None or settings.steps is None or settings.denoise is None:
            return None
        if self.shift is None and not settings.wrapper:
            if not (self.schedule_is_by_default and self.is_of_wan):
                return None  # it is set elsewhere, or by the rules of another model
        shift = DEFAULT_SHIFT if self.shift is None else self.shift
        if settings.wrapper and settings.sigma_model is None:
            from wan22dsl.graph.passes.wrapper_sigmas import wrapper_sigmas

            known = self.shift is not None
            return wrapper_sigmas(settings.scheduler, settings.steps, shift) if known else None
        if self.shift_node is not None and self.shift is None:
            return None  # a shift is set, and what it is comes out when it runs
        # BasicScheduler knows no sampler, so there no step is dropped.
        sampler = settings.sampler if settings.sigma_model is None else None
        return sigmas(
            settings.scheduler, settings.steps, shift, sampler or "euler", settings.denoise
        )

    @property
    def sigmas(self) -> tuple[float, ...] | None:
        """The noise before each of its steps, and behind the last one; None where it is not known.

        A pass that is to leave no noise goes from its last step straight to 0, wherever it ends.
        """
        settings, found = self.settings, self.schedule
        if (
            found is None
            or settings.start is None
            or settings.end is None
            or settings.end < settings.start
        ):
            return None
        part = found[settings.start : settings.end + 1]
        if settings.leftover_noise is False and len(part) > 1:
            return (*part[:-1], 0.0)
        return part


def recognise(graph: Graph, facts: FactTable) -> list[Pass]:
    """The passes of a graph without bypassed and muted nodes, in its order."""
    trails, origins = Trails(graph, facts), Origins(graph, facts)
    found: list[Pass] = []
    for node in graph.nodes.values():
        settings = settings_of(graph, node, facts)
        if not settings:
            continue
        origin = origins.of_sampler(settings[0])
        before, handoff = origin.before, origin.handoff
        for setting in settings:
            trail = trails.of(setting.model_link) if setting.model_link is not None else UNTRACED
            shifted = trails.of(setting.sigma_model) if setting.sigma_model is not None else trail
            id = node.id + setting.part
            patches, own = trail.patches, shifted.shift_node
            if setting.shift is not None and own is not None:
                patches, own = (*patches, own), node  # the sampler sets its own in its place
            found.append(
                Pass(
                    id=id,
                    node=node,
                    settings=setting,
                    model=trail.model,
                    loras=trail.loras,
                    patches=patches,
                    shift=shifted.shift if setting.shift is None else setting.shift,
                    shift_node=own if setting.shift is None else node,
                    conditioning=origin.conditioning,
                    latent=origin.latent,
                    before=before,
                    handoff=handoff,
                    takes_denoised=origin.denoised and before == origin.before,
                    has_unknown_lora=trail.has_unknown_lora,
                )
            )
            before, handoff = id, "latent"
    return _numbered(_completed(_last_parts(_paired(found))))


def _paired(found: list[Pass]) -> list[Pass]:
    """The passes with the noise level of models whose names differ in `high` and `low` and in nothing else.

    A name alone may mean something else by such a word (`high_lighting`); of two of them it is the expert.
    """
    halves = {pass_.id: half for pass_ in found if (half := _half(pass_)) is not None}
    levels: dict[tuple[str, ...], set[str]] = {}
    for level, rest in halves.values():
        levels.setdefault(rest, set()).add(level)
    return [
        _with_noise(pass_, halves[pass_.id][0])
        if pass_.id in halves and len(levels[halves[pass_.id][1]]) == 2
        else pass_
        for pass_ in found
    ]


def _half(pass_: Pass) -> tuple[str, tuple[str, ...]] | None:
    model = pass_.model
    if model is None or model.noise is not None or model.told == "declared":
        return None
    return half_of_pair(model.file) if model.family in OF_TWO_EXPERTS else None


def _with_noise(pass_: Pass, level: str) -> Pass:
    assert pass_.model is not None
    return pass_._replace(model=pass_.model._replace(noise=level, named_noise=level))


def _completed(found: list[Pass]) -> list[Pass]:
    """The passes with the steps that follow from another pass, or from a noise level."""
    if not any(pass_.settings.goes_on or _is_cut_at_sigma(pass_) for pass_ in found):
        return found
    known: dict[str, Pass] = {}
    for pass_ in in_flow_order(found):
        before = known.get(pass_.before or "")
        known[pass_.id] = _by_sigma(_gone_on(pass_, before))
    return [known[pass_.id] for pass_ in found]


def _gone_on(pass_: Pass, before: Pass | None) -> Pass:
    """A pass on the schedule that its latent brings along."""
    settings = pass_.settings
    if not settings.goes_on or before is None or pass_.handoff != "latent":
        return pass_
    other = before.settings
    start, steps = other.end, other.steps
    end = steps if settings.steps_to_run is None else _added(start, settings.steps_to_run)
    end = end if end is None or steps is None else min(end, steps)
    settings = settings._replace(
        start=start,
        end=end,
        steps=steps,
        scheduler=other.scheduler,
        sigmas=other.sigmas,
        denoise=other.denoise,
    )
    return pass_._replace(settings=settings, shift=before.shift, shift_node=before.shift_node)


def _added(number: int | None, more: int) -> int | None:
    return None if number is None else number + more


def _is_cut_at_sigma(pass_: Pass) -> bool:
    return pass_.settings.start_sigma is not None or pass_.settings.end_sigma is not None


def _by_sigma(pass_: Pass) -> Pass:
    """The steps at which a part of a schedule starts and ends that is cut at a noise level."""
    settings, schedule = pass_.settings, pass_.schedule
    if schedule is None or not _is_cut_at_sigma(pass_):
        return pass_
    start, end = (
        step
        if step is not None or level is None
        else max(steps_above(schedule, level) + settings.sigma_offset, 0)
        for step, level in (
            (settings.start, settings.start_sigma),
            (settings.end, settings.end_sigma),
        )
    )
    return pass_._replace(settings=settings._replace(start=start, end=end))


def _numbered(found: list[Pass]) -> list[Pass]:
    """The passes, those of the same name numbered in the order in which they run."""
    names = Counter(pass_.name for pass_ in found)
    if len(names) == len(found):
        return found
    numbers: dict[str, int] = {}
    seen: Counter[str] = Counter()
    for pass_ in in_flow_order(found):
        seen[pass_.name] += 1
        numbers[pass_.id] = seen[pass_.name]
    return [
        pass_._replace(number=numbers[pass_.id]) if names[pass_.name] > 1 else pass_
        for pass_ in found
    ]


def _last_parts(found: list[Pass]) -> list[Pass]:
    """Passes that take up a sampler of two parts take up its last one."""
    last = {pass_.node.id: pass_.id for pass_ in found}
    if all(node == id for node, id in last.items()):
        return found
    return [pass_._replace(before=last.get(pass_.before or "", pass_.before)) for pass_ in found]


def schedules(passes: list[Pass]) -> list[list[Pass]]:
    """The passes that share a schedule, each list in the order in which they run.

    A pass goes on with the schedule of the pass whose latent it takes, unless it begins anew: from its
    first step, with noise of its own.
    """
    place: dict[str, list[Pass]] = {}
    found: list[list[Pass]] = []
    for pass_ in in_flow_order(passes):
        shared = place.get(pass_.before) if pass_.before is not None and goes_on(pass_) else None
        if shared is None:
            shared = []
            found.append(shared)
        shared.append(pass_)
        place[pass_.id] = shared
    return found


def goes_on(pass_: Pass) -> bool:
    """Whether a pass goes on with the schedule of the pass before it."""
    return pass_.handoff == "latent" and not (
        pass_.settings.start == 0 and pass_.settings.add_noise
    )


def in_flow_order(passes: list[Pass]) -> list[Pass]:
    """The passes, each behind the one that it takes up."""
    by_id = {pass_.id: pass_ for pass_ in passes}
    placed: dict[str, Pass] = {}
    for pass_ in passes:
        path: dict[str, Pass] = {}
        current: Pass | None = pass_
        while current is not None and current.id not in placed and current.id not in path:
            path[current.id] = current
            current = by_id.get(current.before) if current.before is not None else None
        placed.update(reversed(path.items()))
    return list(placed.values())
