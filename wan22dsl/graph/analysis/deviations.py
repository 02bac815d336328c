"""Settings that the recipe of the family has otherwise. They may be right: a recipe is no law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.analysis.model import Deviation
from wan22dsl.graph.recipes import recipe_of
from wan22dsl.graph.sigmas import DEFAULT_SHIFT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.analysis.model import Value
    from wan22dsl.graph.passes import Pass


def deviations_of(passes: list[Pass]) -> tuple[Deviation, ...]:
    """What is set otherwise, passes with the same deviation together."""
    found: dict[tuple[str, Value, tuple[Value, ...]], list[str]] = {}
    for one in passes:
        for setting, value, usual in _compared(one):
            if value is not None and not any(_same(value, each) for each in usual):
                found.setdefault((setting, value, usual), []).append(one.id)
    return tuple(Deviation(tuple(ids), *key) for key, ids in found.items())


def _same(value: Value, usual: Value) -> bool:
    """Whether they are the same, but for the last digits that the editor gives numbers on a grid."""
    if isinstance(value, str) or isinstance(usual, str):
        return value == usual
    return abs(value - usual) < 1e-6


def _compared(one: Pass) -> Iterator[tuple[str, Value | None, tuple[Value, ...]]]:
    recipe = recipe_of(one)
    if recipe is None:
        return
    own = one.settings
    if own.denoise == 1.0 and own.sigmas is None:
        yield "steps", own.steps, recipe.steps
    yield "cfg", own.cfg, recipe.cfgs
    if own.sigmas is None:
        yield "shift", DEFAULT_SHIFT if one.shift_node is None else one.shift, recipe.shifts
    yield "sampler", own.sampler, recipe.samplers
    yield "scheduler", own.scheduler, recipe.schedulers
    for lora in one.loras:
        if lora.distilled:
            yield "LoRA strength", lora.strength, recipe.strengths
