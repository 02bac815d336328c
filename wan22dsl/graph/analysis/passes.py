"""The facts of one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.analysis.model import Lora, PassFacts, Patch
from wan22dsl.graph.sigmas import DEFAULT_SHIFT

if TYPE_CHECKING:
    from wan22dsl.graph.analysis.model import Value
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes import Pass

#: Titles longer than this are no names.
_LONGEST = 32


def called(node: Node) -> str:
    """What people call a node: its stage, its title, or else its class, whose id says nothing in JSON."""
    if node.stage:
        return node.stage
    title = " ".join(node.title.split())
    return title if 0 < len(title) <= _LONGEST else node.class_name if node.label else node.id


def names_of(passes: list[Pass]) -> dict[str, str]:
    """What each pass is called, by its id: its stage, or a title that no other one has, or `#15`."""
    titles = [called(node) for node in {one.node.id: one.node for one in passes}.values()]
    found = {}
    for one in passes:
        name = called(one.node)
        plain = not one.node.stage and (titles.count(name) > 1 or name == one.node.class_name)
        number = f"#{one.node.id}" if one.node.label else one.node.id
        found[one.id] = (number if plain else name) + one.settings.part
    return found


def facts_of(one: Pass, name: str, facts: FactTable) -> PassFacts:
    """A pass and its settings."""
    own, model = one.settings, one.model
    known = own.start is not None and own.end is not None
    by_default = one.shift_node is None and own.sigmas is None
    return PassFacts(
        name=name,
        id=one.id,
        noise=one.noise,
        family=None if model is None else model.family,
        model=None if model is None or not model.file else model.file,
        loras=tuple(
            Lora(lora.file, lora.strength, lora.noise, lora.distilled, lora.steps)
            for lora in one.loras
        ),
        patches=tuple(_patch(node, facts) for node in one.patches),
        steps=max((own.end or 0) - (own.start or 0), 0) if known else None,
        start_step=own.start,
        end_step=own.end,
        of_steps=own.steps,
        cfg=own.cfg,
        sampler=own.sampler,
        scheduler=own.scheduler,
        denoise=own.denoise,
        shift=DEFAULT_SHIFT if by_default else one.shift,
        shift_is_default=by_default,
        seed=own.seed,
        adds_noise=own.add_noise,
        leaves_noise=own.leftover_noise,
        width_px=one.latent.width,
        height_px=one.latent.height,
        frames=one.latent.frames,
        before=one.before,
        handoff=one.handoff,
        sigmas=one.sigmas,
    )


def _patch(node: Node, facts: FactTable) -> Patch:
    found: dict[str, Value] = {}
    for name in node.inputs:
        value = facts.constant(node, name)
        if isinstance(value, (int, float, str, bool)):
            found[name] = value
    return Patch(node.id, node.class_name, found)
