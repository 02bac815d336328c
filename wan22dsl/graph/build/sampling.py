"""What a pass becomes: the model's chain, the conditioning, and the sampler that takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import messages
from wan22dsl.graph.build import conditioning, handoff, models
from wan22dsl.graph.build.running import PassRun, Schedule
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Wire
from wan22dsl.graph.model import Facts
from wan22dsl.program.values import BROKEN, Broken, Constant, Type, Unknown

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.conditioning import Conditioned
    from wan22dsl.graph.build.values import Declared, Env, Value
    from wan22dsl.source import Span
    from wan22dsl.syntax.operators import Nested

_INT, _TEXT = Type("int"), Type("text")


def run_pass(
    b: Builder,
    block: Declared,
    brought: Value | None,
    settings: Settings,
    node: Nested,
    env: Env,
) -> Value:
    """The latent that a pass gives; `brought` is what the arrow brings, or None where it begins."""
    pipeline = settings.pipeline
    own = Settings(
        b, (block, *pipeline.blocks), prefix=pipeline.prefix, family=pipeline.family, outer=pipeline
    )
    with b.within(f"{pipeline.prefix}{block.name}.", block.name):
        made = _built(PassRun(b, block, own, node, env), brought)
    b.reads(block, own)
    return made


def _built(run: PassRun, brought: Value | None) -> Value:
    """All nodes of the pass. What is wrong in one part does not keep the others from being looked at."""
    needed = {name: run.needed(name) for name in ("model", "steps", "sampler", "cfg")}
    schedule = run.schedule(needed["steps"])
    models.find_family(run, needed["model"])
    whole = not isinstance(schedule, Schedule) or schedule.whole
    denoise = run.own.get("denoise") if whole else None
    latent = handoff.taken(run, brought, schedule, denoise)
    model = models.chain(run, needed["model"])
    made = conditioning.conditioned(run)
    if brought is not None and latent is None and "image" not in run.own.read:
        _unused(run)
        return BROKEN
    begins = brought is None or latent is None
    links: dict[str, Value] = {
        "model": model,
        "positive": made.positive,
        "negative": made.negative,
        "latent_image": made.latent if latent is None else latent,
    }
    sampler = _sampler(run, links, needed, schedule, denoise, begins=begins)
    wrong = isinstance(needed["steps"], Broken) or schedule is None
    return BROKEN if wrong or any(isinstance(one, Broken) for one in links.values()) else sampler


def _unused(run: PassRun) -> None:
    """Frames that nobody takes: the passes before would have been for nothing."""
    what = f"the pass `{run.block.name}`, whose conditioning takes no image,"
    mend = 'Write `handoff = "latent"` to sample the latent on, or sample a part of the schedule.'
    run.b.say(messages.CANNOT_TAKE, run.place, what=what, mend=mend)


def _sampler(
    run: PassRun,
    links: dict[str, Value],
    needed: dict[str, Value],
    schedule: Schedule | Unknown | None,
    denoise: Value | None,
    *,
    begins: bool,
) -> Wire:
    """The sampler's node: for a whole schedule KSampler, for a part of one KSamplerAdvanced."""
    whole = not isinstance(schedule, Schedule) or schedule.whole
    unknown: Value = BROKEN if schedule is None else Unknown(_INT)
    start, end, total = (
        (Constant("int", one) for one in schedule)
        if isinstance(schedule, Schedule)
        else (unknown, unknown, unknown)
    )
    sampler = needed["sampler"]
    noisy = run.flag("add_noise", Constant("bool", begins or whole))
    leaves = run.flag("leftover_noise", Constant("bool", not whole and end.data < total.data))
    if isinstance(sampler, Constant):
        names: tuple[Value, ...] = tuple(Constant("text", one) for one in sampler.data)
    else:
        names = (Unknown(_TEXT) if isinstance(sampler, Unknown) else BROKEN,) * 2
    seed = _seed(run, noisy)
    inputs = {
        **links,
        "steps": total,
        "cfg": needed["cfg"],
        "sampler_name": names[0],
        "scheduler": names[1],
        "seed": seed,
        "denoise": Constant("float", 1.0) if denoise is None else denoise,
        "noise_seed": seed,
        "add_noise": _switch(noisy),
        "start_at_step": start,
        "end_at_step": end,
        "return_with_leftover_noise": _switch(leaves),
    }
    class_name, order = ("KSampler", _KSAMPLER) if whole else ("KSamplerAdvanced", _ADVANCED)
    made = run.b.node(
        class_name,
        {name: inputs[name] for name in order},
        id=f"{run.name}.sampler",
        span=run.place,
        stage=run.block.name,
        spans=_spans(run, order),
        stated=_stated(run),
    )
    wire = run.b.wire(made, 0)
    clip = {name: run.own.get(name) for name in ("size", "length")}
    run.b.taken_over[wire.link] = {
        name: value for name, value in clip.items() if isinstance(value, Constant)
    }
    return wire
