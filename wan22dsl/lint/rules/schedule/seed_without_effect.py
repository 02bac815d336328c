"""WAN716: a seed on a pass that adds no noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.fixes import in_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN716",
    name="seed-without-effect",
    severity=Severity.NOTE,
    summary="A seed has no effect on its pass",
    text=(
        "The seed {seed} of {who} has no effect: the pass adds no noise, and its sampler "
        "({sampler}) draws none."
    ),
    why=(
        "The frames are the same with any seed. But ComfyUI treats the node as changed when its "
        "seed changes, and runs it again for nothing. For another video, change the seed of the "
        "first pass."
    ),
    help="Write 0, and keep it fixed.",
    bad=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(seed = 7)"),
    good=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(seed = 0)"),
    source="Comfy-Org/ComfyUI, nodes.py, common_ksampler; run",
)


#: Samplers that draw no noise between their steps; the others (ancestral, sde, lcm, …) do use the seed.
_QUIET = frozenset(
    "euler heun heunpp2 dpm_2 lms dpmpp_2m ipndm ipndm_v deis res_multistep gradient_estimation ddim uni_pc "
    "uni_pc_bh2 res_2m_ode res_3m_ode res_2s_ode res_3s_ode res_5s_ode res_6s_ode deis_2m_ode "
    "deis_3m_ode".split()
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass that takes up another, adds no noise and has a seed of its own, other than that one's."""
    seeds = {pass_.id: pass_.settings.seed for pass_ in view.passes}
    for pass_ in view.passes:
        settings = pass_.settings
        if pass_.handoff != "latent" or settings.add_noise is not False or not settings.seed:
            continue
        place = settings.places.get("seed")
        if place is None or isinstance(place.node.inputs.get(place.input), Link):
            continue
        if settings.sampler not in _QUIET:
            continue
        if settings.seed == seeds.get(pass_.before or ""):
            continue
        span = setting(pass_, "seed")
        yield MESSAGE.at(
            span,
            fix=in_place(span, str(settings.seed), "0", safe=True),
            seed=settings.seed,
            who=called(pass_),
            sampler=settings.sampler,
        )
