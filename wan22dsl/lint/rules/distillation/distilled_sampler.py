"""WAN719: a sampler that a distilled LoRA was not trained with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import handoffs_in
from wan22dsl.graph.passes.recipes import distilled
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.schedule.meeting import sampled
from wan22dsl.lint.rules.wording import several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN719",
    name="distilled-sampler",
    severity=Severity.NOTE,
    summary="A distilled model runs with a sampler it was not trained for",
    text="{who} {run} {file} with the sampler {sampler}, but it was trained for euler{effect}.",
    why=(
        "Each of the few steps of a distilled model goes in a straight line, as in euler. Other "
        "samplers look ahead, look back or add noise, which the training did not have: the "
        "result may be better or worse. Those that look ahead run the model twice per step."
    ),
    help="Use euler (or lcm, which is also common).",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(sampler = heun/simple)
pass low = wan22.low(sampler = heun/simple)""",
    ),
    good=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(sampler = euler/simple)
pass low = wan22.low(sampler = euler/simple)""",
    ),
    source="ModelTC/Wan2.2-Lightning and LightX2V: 4 steps, shift 5, cfg 1, euler; trained "
    "timesteps 1000, 750, 500, 250",
)


#: In use with distilled LoRAs, besides euler itself, and near to what it does.
_NEAR = frozenset(
    {"euler", "lcm", "ddim", "euler_ancestral", "res_multistep", "uni_pc", "uni_pc_bh2"}
)

#: These run the model twice a step (comfy/k_diffusion/sampling.py).
_TWICE = frozenset(
    {
        "heun",
        "dpm_2",
        "dpm_2_ancestral",
        "dpmpp_2s_ancestral",
        "dpmpp_sde",
        "dpmpp_sde_gpu",
        "seeds_2",
    }
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every sampler of a schedule that is known and far from the training, once."""
    for passes in view.schedules:
        if handoffs_in(passes, "sampler"):
            continue
        found: dict[str, list[Pass]] = {}
        for pass_ in passes:
            told, sampler = distilled(pass_), pass_.settings.sampler
            steps = None if told is None else told.steps
            if steps is not None and sampler in _KNOWN and sampler not in _NEAR:
                found.setdefault(sampler, []).append(pass_)
        for sampler, those in found.items():
            yield _finding(sampler, those)


#: Samplers of ComfyUI itself that are far from euler; what others do is not known here.
_KNOWN = _TWICE | frozenset(
    "heunpp2 lms dpm_fast dpm_adaptive dpmpp_2m dpmpp_2m_sde dpmpp_2m_sde_gpu dpmpp_3m_sde dpmpp_3m_sde_gpu "
    "ddpm deis ipndm ipndm_v er_sde seeds_3".split()
)


def _finding(sampler: str, those: list[Pass]) -> Diagnostic:
    told = distilled(those[0])
    return MESSAGE.at(
        setting(those[0], "sampler"),
        related=[label for pass_ in those[1:] for label in also(pass_, "this pass too")],
        fix=sampled(those, sampler="euler"),
        who=several(called(pass_) for pass_ in those),
        run="runs" if len(those) == 1 else "run",
        file=told.file if told is not None else "a distilled LoRA",
        sampler=sampler,
        effect="; it runs the model twice per step, which takes twice the time"
        if sampler in _TWICE
        else "",
    )
