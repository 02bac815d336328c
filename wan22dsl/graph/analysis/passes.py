"""The facts of each pass, and the clips that passes on the same frames make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.analysis.model import Clip, HandOver, Lora, PassFacts, Patch, Schedule
from wan22dsl.graph.analysis.starts import (
    begins_as_picture,
    encoded_of,
    inputs_of,
    kind_of,
    prompts_of,
)
from wan22dsl.graph.loops import times_by_node
from wan22dsl.graph.passes.handoffs import expected_split, handoffs_in, pairs
from wan22dsl.graph.passes.recognition import schedules
from wan22dsl.graph.passes.sigmas import DEFAULT_SHIFT

if TYPE_CHECKING:
    from wan22dsl.graph.analysis.model import Manner, Value
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.recognition import Pass


#: Titles longer than this are no names.
_LONGEST = 32


def called(node: Node) -> str:
    """What people call a node: its stage, its title, or else its class, whose id says nothing in JSON."""
    if node.stage:
        return node.stage
    title = " ".join(node.title.split())
    return title if 0 < len(title) <= _LONGEST else node.class_name if node.label else node.id


def names_of(passes: list[Pass]) -> dict[str, str]:
    """What each pass is called, by its id: its stage, or a title that no other one has, or `#15`.

    Of passes with one stage each is named with its expert, where these differ: `high sample`; where they do
    not, each has the name that it has in a run: `sample`, `sample_2`.
    """
    titles = [called(node) for node in {pass_.node.id: pass_.node for pass_ in passes}.values()]
    found = {}
    for pass_ in passes:
        name = called(pass_.node)
        plain = not pass_.node.stage and (titles.count(name) > 1 or name == pass_.node.class_name)
        number = f"#{pass_.node.id}" if pass_.node.label else pass_.node.id
        found[pass_.id] = (number if plain else name) + pass_.settings.part
    for name in {name for name in titles if titles.count(name) > 1}:
        alike = [pass_ for pass_ in passes if pass_.node.stage == name and not pass_.settings.part]
        levels = [pass_.noise for pass_ in alike if pass_.noise is not None]
        if len(set(levels)) == len(alike) > 1:
            found.update((pass_.id, f"{pass_.noise} {name}") for pass_ in alike)
            continue
        ids = {pass_.id: pass_.node.id.removesuffix(".sampler") for pass_ in alike}
        if not any("." in id for id in ids.values()):  # else they are told apart by their clips
            found.update(ids)
    return found


def facts_of(
    pass_: Pass,
    name: str,
    facts: FactTable,
    times: int | None,
    *,
    of_picture: bool = False,
) -> PassFacts:
    """A pass and its settings; `of_picture` tells that its clip begins as one picture."""
    own, model = pass_.settings, pass_.model
    known = own.start is not None and own.end is not None
    by_default = pass_.schedule_is_by_default and pass_.is_of_wan is True
    return PassFacts(
        name=name,
        id=pass_.id,
        noise=pass_.noise,
        family=None if model is None else model.family,
        model=None if model is None or not model.file else model.file,
        loras=tuple(
            Lora(lora.file, lora.strength, lora.noise, lora.distilled, lora.steps)
            for lora in pass_.loras
        ),
        patches=tuple(_patch(node, facts) for node in pass_.patches),
        steps=max((own.end or 0) - (own.start or 0), 0) if known else None,
        start_step=own.start,
        end_step=own.end,
        of_steps=own.steps,
        cfg=own.cfg,
        sampler=own.sampler,
        scheduler=own.scheduler,
        denoise=own.denoise,
        shift=DEFAULT_SHIFT if by_default else pass_.shift,
        shift_is_default=by_default,
        seed=own.seed,
        adds_noise=own.add_noise,
        leaves_noise=own.leftover_noise,
        width_px=pass_.latent.width,
        height_px=pass_.latent.height,
        frames=1 if of_picture else pass_.latent.frames,
        before=pass_.before,
        handoff=pass_.handoff,
        sigmas=pass_.sigmas,
        times=times,
    )


def _patch(node: Node, facts: FactTable) -> Patch:
    found: dict[str, Value] = {}
    for name in node.inputs:
        value = facts.constant(node, name)
        if isinstance(value, (int, float, str, bool)):
            found[name] = value
    return Patch(node.id, node.class_name, found)


def clips_of(graph: Graph, facts: FactTable, passes: list[Pass]) -> tuple[Clip, ...]:
    """The clips, in the order of the flow."""
    names = names_of(passes)
    times = times_by_node(graph, facts)
    return tuple(_clip(graph, facts, item, names, times) for item in _together(passes))


def _together(passes: list[Pass]) -> list[list[list[Pass]]]:
    """The schedules of each clip: those that take up what another one of it has made."""
    place: dict[str, list[list[Pass]]] = {}
    found: list[list[list[Pass]]] = []
    for schedule in schedules(passes):
        before = schedule[0].before
        clip = place.get(before) if before is not None else None
        if clip is None:
            clip = []
            found.append(clip)
        clip.append(schedule)
        place.update({pass_.id: clip for pass_ in schedule})
    return found


def _clip(
    graph: Graph,
    facts: FactTable,
    own: list[list[Pass]],
    names: dict[str, str],
    times: dict[str, int | None],
) -> Clip:
    passes = [pass_ for schedule in own for pass_ in schedule]
    first = passes[0]
    picture = begins_as_picture(graph, facts, first)
    inputs = inputs_of(graph, facts, first)
    prompt, negative = prompts_of(graph, facts, first.settings)
    return Clip(
        name=_name(first),
        kind=kind_of(first, inputs, encoded_of(graph, facts, first)),
        family=next(
            (pass_.model.family for pass_ in passes if pass_.model and pass_.model.family), None
        ),
        manner=_manner(own),
        order=tuple(pass_.noise for pass_ in passes),
        prompt=prompt,
        negative=negative,
        inputs=inputs,
        passes=tuple(
            facts_of(
                pass_,
                names[pass_.id],
                facts,
                times.get(pass_.node.id, 1),
                of_picture=picture,
            )
            for pass_ in passes
        ),
        schedules=tuple(_schedule(item) for item in own),
    )


def _name(first: Pass) -> str:
    """The pipeline within the pipeline that it was written in; empty where there is none."""
    within, dot, _ = first.node.id.partition(f".{first.node.stage}.")
    return within if dot and first.node.stage else ""


def _manner(own: list[list[Pass]]) -> Manner:
    shared = any(len(item) > 1 for item in own)
    if len(own) > 1:
        return "split_and_refine" if shared else "refine"
    return "split" if shared else "single"


def _schedule(passes: list[Pass]) -> Schedule:
    first = passes[0]
    known = len(passes) == 1 or all(pass_.schedule is not None for pass_ in passes)
    shared = known and len({_counted(pass_) for pass_ in passes}) == 1
    return Schedule(
        passes=tuple(pass_.id for pass_ in passes),
        steps=first.settings.steps if shared else None,
        boundary=first.boundary,
        boundary_step=expected_split(first),
        hand_overs=tuple(_hand_over(*pair) for pair in pairs(passes)),
    )


def _counted(pass_: Pass) -> tuple[object, ...]:
    """What makes the schedule of a pass; passes with the same count the same steps."""
    own = pass_.settings
    shift = None if pass_.shift is None else round(pass_.shift, 6)  # sliders save 8.000000000000002
    return own.steps, own.scheduler, own.sigmas, shift


def _hand_over(before: Pass, after: Pass) -> HandOver:
    inexact = handoffs_in([before, after])
    off = next((handoff for handoff in inexact if handoff.after is after), None)
    end = before.sigmas[-1] if before.sigmas else None
    start = after.sigmas[0] if after.sigmas else None
    known = before.settings.leftover_noise is not None and after.settings.add_noise is not None
    renewed = after.settings.add_noise is True or after.takes_denoised
    exact = off is None and known and not renewed and end is not None and start is not None
    changes = None not in (before.noise, after.noise) and before.noise != after.noise
    return HandOver(
        before=before.id,
        after=after.id,
        end_step=before.settings.end,
        start_step=after.settings.start,
        end_sigma=end if off is None else off.end,
        start_sigma=start if off is None else off.start,
        factor=(1.0 if exact else None) if off is None else off.factor,
        cause=None if off is None else off.cause,
        boundary_step=expected_split(before) if changes else None,
        of_steps=before.settings.steps,
        renewed=renewed,
    )
