"""Samplers and schedulers by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.choices import samplers_of
from wan22dsl.editor.hovers.markdown import code, items, paragraphs
from wan22dsl.graph.cost.formulas import TWO_CALLS
from wan22dsl.graph.passes.handoffs import level
from wan22dsl.graph.passes.sigmas import DROPS_ONE, sigmas
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue

#: How schedulers spread their steps over the noise levels (Comfy-Org/ComfyUI, comfy/samplers.py).
_SCHEDULERS = {
    "simple": "even steps of time, from the model's table: what Wan's recipes use",
    "normal": "even steps of time, the last one at the lowest noise",
    "sgm_uniform": "as `normal`, with one more point, the last of which is dropped",
    "karras": "most steps at low noise: it leaves high noise in the first step",
    "exponential": "even steps of the logarithm of the noise",
    "beta": "more steps at both ends, by a beta distribution",
    "ddim_uniform": "even steps through the model's table",
    "linear_quadratic": "small even steps first, then growing ones",
    "kl_optimal": "steps by the arctangent of the noise (Align Your Steps)",
}

#: The example that the noise of a scheduler is shown for.
_STEPS, _SHIFT = 4, 5.0


def told(catalogue: Catalogue, text: str, offset: int) -> str:
    """`euler/simple`: what is known of both parts."""
    sampler, scheduler = spelling.sampler_parts(text)
    return paragraphs(
        f"**{code(text)}**: sampler and scheduler", items(_lines(catalogue, sampler, scheduler))
    )


def _lines(catalogue: Catalogue, sampler: str, scheduler: str) -> Iterator[str]:
    known = samplers_of(catalogue)
    yield f"sampler {code(sampler)}: {', '.join(_sampler(sampler, known.samplers))}"
    said = _SCHEDULERS.get(scheduler)
    if said is None:
        missing = scheduler not in known.schedulers
        said = "not one of ComfyUI's own" if missing else "one of ComfyUI's own"
    yield f"scheduler {code(scheduler)}: {said}"
    levels = sigmas(scheduler, _STEPS, _SHIFT, sampler)
    if levels is not None:
        shown = ", ".join(level(each) for each in levels[:-1])
        yield f"sigmas of {_STEPS} steps at shift {_SHIFT:g}: {shown} → {level(levels[-1])}"


def _sampler(name: str, known: tuple[object, ...]) -> Iterator[str]:
    if known and name not in known:
        yield "not one of ComfyUI's own"
        return
    calls = 2 if name in TWO_CALLS else 1
    yield f"runs the model {'twice' if calls == 2 else 'once'} in each step"
    if "ancestral" in name or "sde" in name:
        yield "adds noise in each step"
    if name in DROPS_ONE:
        yield "computes one step more and drops the last but one"
