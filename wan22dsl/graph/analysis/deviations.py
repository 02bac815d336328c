"""Settings that the recipe of the family has otherwise. They may be right: a recipe is no law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.analysis.model import Deviation
from wan22dsl.graph.passes.recipes import recipe_of
from wan22dsl.graph.passes.sigmas import DEFAULT_SHIFT
from wan22dsl.graph.passes.wrapper_sigmas import core_scheduler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.analysis.model import Value
    from wan22dsl.graph.passes.recognition import Pass


def deviations_of(passes: list[Pass]) -> tuple[Deviation, ...]:
    """What is set otherwise, passes with the same deviation together."""
    found: dict[tuple[str, Value, tuple[Value, ...]], list[str]] = {}
    for pass_ in passes:
        for setting, value, usual in _compared(pass_):
            if value is not None and not any(_same(value, each) for each in usual):
                found.setdefault((setting, value, usual), []).append(pass_.id)
    return tuple(Deviation(tuple(ids), *key) for key, ids in found.items())


def _same(value: Value, usual: Value) -> bool:
    """Whether they are the same, but for the last digits that the editor gives numbers on a grid."""
    if isinstance(value, str) or isinstance(usual, str):
        return value == usual
    return abs(value - usual) < 1e-6


def _compared(pass_: Pass) -> Iterator[tuple[str, Value | None, tuple[Value, ...]]]:
    recipe = recipe_of(pass_)
    if recipe is None:
        return
    own = pass_.settings
    if own.denoise == 1.0 and own.sigmas is None:
        yield "steps", own.steps, recipe.steps
    yield "cfg", own.cfg, recipe.cfgs
    if own.sigmas is None:
        yield "shift", DEFAULT_SHIFT if pass_.shift_node is None else pass_.shift, recipe.shifts
    yield "sampler", own.sampler, recipe.samplers
    same = core_scheduler(own.scheduler) if own.wrapper and own.scheduler else None
    if same not in recipe.schedulers:
        yield "scheduler", own.scheduler, recipe.schedulers
    for lora in pass_.loras:
        if lora.distilled:
            yield "LoRA strength", lora.strength, recipe.strengths
