"""What a pass becomes: the conditioning, and the sampler or the engine behind its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import written
from wan22dsl.graph.build import assets, calls, changes, fitting, members, messages, pass_model
from wan22dsl.graph.build.builder import OF_A_PASS
from wan22dsl.graph.build.settings import (
    PassRun,
    Schedule,
    Settings,
    Shared,
    Site,
)
from wan22dsl.graph.build.values import Chosen, Declared, Open, Several, StageName, Wire
from wan22dsl.graph.model import NOTHING_KNOWN, Facts
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import BROKEN, NOTHING, Broken, Constant, Nothing, Unknown
from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.source import Span


class Conditioned(NamedTuple):
    """What a sampler takes from the conditioning; `latent` is an empty one."""

    positive: Value
    negative: Value
    latent: Value
    model: Value = NOTHING


def conditioned(run: PassRun, loaded: Value, model: Value, *, latent: bool = True) -> Conditioned:
    """What the conditioning gives, called with the settings as this pass sees them.

    Without `latent` no empty one is made: the pass goes on from another, which decides size and length.
    The `model` that the conditioning reads has its LoRAs and patches; it may give another.
    """
    run.own.given["model"] = model
    found = run.own.get("conditioning")
    if isinstance(found, Nothing) and not isinstance(loaded, (Declared, Wire)):
        return Conditioned(BROKEN, BROKEN, BROKEN)  # with the right model there may be one
    if isinstance(found, Nothing):
        run.missing(
            "conditioning",
            "A pass takes positive, negative and latent from its conditioning.",
            "Give the model a `family`, or write `conditioning = wan22.image_to_video`.",
            ": the pass, the pipeline and the family of its model have none",
        )
        return Conditioned(BROKEN, BROKEN, BROKEN)
    made = _shared(run, found, latent=latent)
    if isinstance(made, (Broken, Unknown)):
        run.b.lost = run.b.lost or isinstance(made, Unknown)
        return Conditioned(made, made, made)
    outputs = made.values if isinstance(made, Several) else {}
    for name in kinds.CONDITIONING_OUTPUTS:
        if name not in outputs:
            node, env = run.written("conditioning")
            span = env.span(node)
            run.b.say(messages.BAD_CONDITIONING, span, output=name)
            return Conditioned(BROKEN, BROKEN, BROKEN)
    low = run.model is not None and assets.text(run.b, run.model, "noise", run.own) == "low"
    positive, negative, latent_ = (
        outputs.get(f"{name}_low", outputs[name]) if low else outputs[name]
        for name in kinds.CONDITIONING_OUTPUTS
    )
    return Conditioned(positive, negative, latent_, outputs.get("model", NOTHING))


def _shared(run: PassRun, found: Value, *, latent: bool) -> Value:
    """What the conditioning gives: for the second expert of a split, mostly what the first one got.

    Built once more it would come to the same nodes, since equal ones are made one.
    """
    own, b = run.own, run.b
    for shared in own.pipeline.conditioned:
        if shared.found == found and (shared.latent or not latent) and _sees_the_same(own, shared):
            own.note_same(shared.own, shared.read)
            return shared.made
    before, own.read = own.read, set()
    with b.within(own.prefix, run.block.name):
        made = _called(run, found, frozenset() if latent else _LATENT)
    if b.merge and not b.incomplete:
        own.pipeline.conditioned.append(Shared(found, own, frozenset(own.read), made, latent))
    own.read |= before
    return made


def _sees_the_same(own: Settings, before: Shared) -> bool:
    """Whether a pass has for all that was read what the pass before it had.

    What neither of the two writes is the pipeline's; only what a pass takes over from another, or has
    from the family of its model, may differ still.
    """
    first = before.own
    written = (own.blocks[0].settings, first.blocks[0].settings)
    if own.family is not first.family or any(
        name in item for item in written for name in before.read
    ):
        return False
    others = kinds.FAMILY_SETTINGS.keys() | own.overrides.keys() | first.overrides.keys()
    return all(own.get(name) == first.get(name) for name in before.read if name in others)


_LATENT = frozenset({"latent"})


def _called(run: PassRun, found: Value, without: frozenset[str]) -> Value:
    node, env = run.written("conditioning")
    if isinstance(found, StageName):
        return calls.call_stage(run.b, found, (), None, env, run.own, node, without=without)
    if isinstance(found, Open):
        call = found.call
        return calls.call_stage(
            run.b, found.target, call.arguments, None, found.env, run.own, call, without=without
        )
    return run.b.give(found, node, env, run.own)


def run_pass(
    b: Builder,
    block: Declared,
    brought: Value | None,
    settings: Settings,
    node: Nested,
    env: Env,
) -> Value:
    """The latent that a pass gives; `brought` is what the arrow brings, or None where it begins."""
    b.work.spend(OF_A_PASS)
    block = changes.changed(b, block, block.name)
    pipeline = settings.pipeline
    own = Settings(
        b,
        (block, *pipeline.blocks),
        prefix=pipeline.prefix,
        family=pipeline.family,
        outer=pipeline,
        site=Site(block, node, env),
    )
    with b.within(f"{pipeline.prefix}{block.name}.", block.name):
        made = _built(PassRun(b, block, own, node, env), brought)
    b.reads(block, own)
    return made


def _built(run: PassRun, brought: Value | None) -> Value:
    """All nodes of the pass. What is wrong in one part does not keep the others from being looked at."""
    engine = run.own.get("engine")
    if isinstance(engine, Unknown) and run.own.written("engine") is None:
        engine = NOTHING  # a pass by itself, without the pipeline that may have one
    plain = isinstance(engine, Nothing)
    needed = {name: run.needed(name) for name in (_NEEDED if plain else ("model",))}
    steps = needed["steps"] if plain else run.own.get("steps")
    schedule = run.schedule(steps) if plain else _schedule_of(run, steps)
    if isinstance(schedule, Schedule) and schedule is not _SOME_PART:
        run.own.given["steps"] = Constant("steps", tuple(schedule))
    pass_model.find_family(run, needed["model"])
    whole = not isinstance(schedule, Schedule) or schedule.whole
    look = run.own.get if plain else run.own.look
    denoise = look("denoise") if whole else None
    latent = fitting.taken(run, brought, schedule, denoise)
    loaded = pass_model.loaded_model(run, needed["model"])
    model = pass_model.model_chain(run, loaded, schedule, needed.get("cfg", NOTHING))
    made = conditioned(run, loaded, model, latent=latent is None)
    if brought is not None and latent is None and "image" not in run.own.read:
        _unused(run)
        return BROKEN
    begins = brought is None or latent is None
    links: dict[str, Value] = {
        "model": model if isinstance(made.model, Nothing) else made.model,
        "positive": made.positive,
        "negative": made.negative,
        "latent_image": made.latent if latent is None else latent,
    }
    noise = run.flag("add_noise", Constant("bool", begins or whole), look)
    ends = isinstance(schedule, Schedule) and schedule.end < schedule.total
    leftover = run.flag("leftover_noise", Constant("bool", ends), look)
    if plain:
        sampler: Value = _sampler(run, links, needed, schedule, denoise, noise, leftover)
    else:
        seed = _seed(run, noise, look)
        sampler = _by_engine(run, engine, links, schedule, noise, leftover, seed)
        _state(run, sampler, links["latent_image"])
    if isinstance(sampler, Wire):
        _remember(run, sampler, _schedule_model(run, links, schedule))
    wrong = isinstance(steps, Broken) or schedule is None
    return BROKEN if wrong or any(isinstance(link, Broken) for link in links.values()) else sampler


#: The settings without which KSampler cannot sample.
_NEEDED = ("model", "steps", "sampler", "cfg")


def _state(run: PassRun, sampled: Value, latent: Value) -> None:
    """What the settings say of the latent of an engine, unless its stage says something of it itself."""
    node = run.b.nodes.get(sampled.link.node) if isinstance(sampled, Wire) else None
    if node is None or node.stated is not NOTHING_KNOWN:
        return
    node.stated = _stated(run, latent)
    if run.b.catalogue.get(node.class_name) is None and isinstance(latent, Wire):
        known = run.b.facts(latent.link)  # a sampler keeps the shape of its latent
        node.stated = node.stated._replace(
            frames=known.frames, width=known.width, height=known.height
        )


def _remember(run: PassRun, sampled: Wire, model: Value) -> None:
    """What the pass behind this one takes over: the clip, and the model that the schedule is made for."""
    names = ["size", "length"]
    names += ["batch"] if "batch" in run.own.read else []  # only some conditionings make several
    clip = {name: run.own.get(name) for name in names}
    run.b.taken_over[sampled.link] = {
        name: value for name, value in clip.items() if isinstance(value, Constant)
    }
    run.b.schedule_models[sampled.link] = model


def _unused(run: PassRun) -> None:
    """Frames that nobody takes: the passes before would have been for nothing."""
    what = f"the pass `{run.block.name}`, whose conditioning takes no image,"
    help = (
        'Write `handoff = "latent"` to continue from the latent, or sample a part of the schedule.'
    )
    run.b.say(messages.CANNOT_TAKE, run.place, what=what, help=help)


def _sampler(
    run: PassRun,
    links: dict[str, Value],
    needed: dict[str, Value],
    schedule: Schedule | Unknown | None,
    denoise: Value | None,
    noise: Value,
    leftover: Value,
) -> Wire:
    """The sampler's node: for a whole schedule KSampler, for a part of one KSamplerAdvanced.

    A whole schedule that adds no noise, or keeps some, is beyond KSampler, and so for the other.
    """
    whole = not isinstance(schedule, Schedule) or schedule.whole
    plain = whole and noise != _OFF and leftover != _ON
    inputs = {
        **links,
        **_scheduled(run, schedule),
        **_sampled(needed["sampler"]),
        "cfg": needed["cfg"],
        "denoise": _FULL if denoise is None else denoise,
        "add_noise": _switch(noise),
        "return_with_leftover_noise": _switch(leftover),
    }
    inputs["seed"] = inputs["noise_seed"] = _seed(run, noise, run.own.get)
    class_name, order = (
        (written.SAMPLER, _KSAMPLER) if plain else (written.ADVANCED_SAMPLER, _ADVANCED)
    )
    made = run.b.node(
        class_name,
        {name: inputs[name] for name in order},
        id=f"{run.name}.sampler",
        span=run.place,
        stage=run.block.name,
        spans={**_spans(run, order), **run.spans(fps="fps")},
        stated=_stated(run, links["latent_image"]),
    )
    return run.b.wire(made, 0)


_ON, _OFF, _FULL = Constant("bool", True), Constant("bool", False), Constant("float", 1.0)


def _scheduled(run: PassRun, schedule: Schedule | Unknown | None) -> dict[str, Value]:
    names = ("start_at_step", "end_at_step", "steps")
    if isinstance(schedule, Schedule):
        return {name: Constant("int", number) for name, number in zip(names, schedule)}
    return dict.fromkeys(names, BROKEN if schedule is None else Unknown(Type("int")))


def _sampled(sampler: Value) -> dict[str, Value]:
    names = ("sampler_name", "scheduler")
    if isinstance(sampler, Constant):
        return {name: Constant("text", item) for name, item in zip(names, sampler.data)}
    return dict.fromkeys(names, Unknown(Type("text")) if isinstance(sampler, Unknown) else BROKEN)


def _seed(run: PassRun, noise: Value, look: Callable[[str], Value]) -> Value:
    """The seed; a pass that adds no noise has 0, unless it sets one itself (it would change nothing)."""
    return Constant("int", 0) if noise == _OFF and not run.own.has("seed") else look("seed")


def _switch(on: Value) -> Value:
    if isinstance(on, Constant):
        return Constant("text", "enable" if on.data else "disable")
    return Unknown(Type("text")) if isinstance(on, Unknown) else BROKEN


def _stated(run: PassRun, latent: Value) -> Facts:
    """What the settings say of the latent: its frame rate, and the VAE it belongs to.

    What follows a video, such as that of a control video, has the rate of the video where it is known.
    Where the settings have another rate than the family, `model_fps` is the family's.
    """
    fps, vae = run.own.get("fps"), run.own.get("vae")
    rate = fps.data if isinstance(fps, Constant) else None
    of_family = _family_fps(run)
    if isinstance(latent, Wire) and members.loader_behind(run.b, latent.link) is not None:
        rate = run.b.facts(latent.link).fps or rate
        of_family = None
    return Facts(
        fps=rate,
        vae=vae.link if isinstance(vae, Wire) else None,
        model_fps=None if rate is None or rate == of_family else of_family,
    )


def _family_fps(run: PassRun) -> float | None:
    """The rate that the family of the pass's model is made for; None where it does not say."""
    family = run.own.family
    setting = None if family is None else family.settings.get("fps")
    if setting is None:
        return None
    value = run.own.evaluated("fps", Type("fps"), setting)
    return float(value.data) if isinstance(value, Constant) else None


def _spans(run: PassRun, inputs: tuple[str, ...]) -> dict[str, Span]:
    """Where the inputs of the sampler are written."""
    return run.spans(**{name: _WRITTEN[name] for name in inputs if name in _WRITTEN})


#: The inputs as ComfyUI orders them, which is how people read them.
_KSAMPLER = tuple(
    "model seed steps cfg sampler_name scheduler positive negative latent_image denoise".split()
)
_ADVANCED = (
    *"model add_noise noise_seed steps cfg sampler_name scheduler positive negative".split(),
    *"latent_image start_at_step end_at_step return_with_leftover_noise".split(),
)

#: The setting that an input of a sampler is made from.
_WRITTEN = {
    "model": "model",
    "seed": "seed",
    "noise_seed": "seed",
    "steps": "steps",
    "start_at_step": "steps",
    "end_at_step": "steps",
    "cfg": "cfg",
    "sampler_name": "sampler",
    "scheduler": "sampler",
    "denoise": "denoise",
    "add_noise": "add_noise",
    "return_with_leftover_noise": "leftover_noise",
}


# --- the engine: the stage that samples in the place of KSampler, and what the pass gives to it ---


#: What stands for the schedule of a pass that does not say its steps: it takes up a latent, as parts do.
_SOME_PART = Schedule(1, 2, 2)

_LATENT_TYPE = Type("LATENT")

_SIGMAS = "SIGMAS"


def _schedule_of(run: PassRun, steps: Value) -> Schedule | Unknown | None:
    """The schedule of a pass with an engine; it needs no steps where the engine gets its sigmas."""
    return _SOME_PART if isinstance(steps, Nothing) else run.schedule(steps)


def _by_engine(
    run: PassRun,
    engine: Value,
    links: Mapping[str, Value],
    schedule: Schedule | Unknown | None,
    noise: Value,
    leftover: Value,
    seed: Value,
) -> Value:
    """What the engine gives for the model, the conditioning and the latent of a pass."""
    if isinstance(engine, (Broken, Unknown)):
        run.b.lost = run.b.lost or isinstance(engine, Unknown)
        return Unknown(_LATENT_TYPE) if isinstance(engine, Unknown) else BROKEN
    output = engine.output if isinstance(engine, Chosen) else ""
    engine = engine.stage if isinstance(engine, Chosen) else engine
    target = engine.target if isinstance(engine, Open) else engine
    if not isinstance(target, StageName) or calls.brought_of(target.stage) is None:
        return _refused_engine(run)
    own = run.own
    given = {"model": links["model"], "add_noise": noise, "leftover_noise": leftover, "seed": seed}
    if isinstance(own.look("schedule_model"), Nothing):
        given["schedule_model"] = _schedule_model(run, links, schedule)
    own.given.update(given)
    own.part = _part_of(schedule)
    own.noisy = None if not isinstance(noise, Constant) else bool(noise.data)
    node, env = run.written("engine")
    made = calls.call_stage(
        run.b,
        target,
        engine.call.arguments if isinstance(engine, Open) else (),
        links["latent_image"],
        engine.env if isinstance(engine, Open) else env,
        own,
        engine.call if isinstance(engine, Open) else node,
        at=f"{run.name}.sampler",
        made={name: links[name] for name in ("model", "positive", "negative")},
    )
    own.part = own.noisy = None
    first = target.stage.outputs[0].name.text if target.stage.outputs else ""
    found = _latent_of(run, made, output or first)
    if isinstance(found, Wire) and found == links["latent_image"]:
        return _refused_engine(run, "returns its latent unchanged, so nothing is sampled")
    if isinstance(found, Wire) and not _uses_model(run, found, links):
        return _refused_engine(run, "does not use the model of the pass, with its LoRAs")
    return found


def _uses_model(run: PassRun, made: Wire, links: Mapping[str, Value]) -> bool:
    """Whether what an engine gives comes from the model of the pass, on the way to its latent and prompts.

    Noise levels are not sampled with the model that they are made for.
    """
    model = links["model"]
    if not isinstance(model, Wire):
        return True
    seen = {link.link.node for link in links.values() if isinstance(link, Wire) and link != model}
    waiting = [made.link]
    while waiting:
        link = waiting.pop()
        if link == model.link:
            return True
        if link.node not in seen and link.node in run.b.nodes:
            seen.add(link.node)
            targets = [target for _, target in run.b.nodes[link.node].links()]
            waiting += [each for each in targets if run.b.wire(*each).type != _SIGMAS]
    return False


def _latent_of(run: PassRun, made: Value, output: str) -> Value:
    """The output that is handed on, which has to be a latent."""
    if isinstance(made, Several):
        made = made.values.get(output, BROKEN)
    if isinstance(made, (Broken, Unknown)):
        return made
    if isinstance(made, Wire) and run.b.fits(made.type, _LATENT_TYPE.name):
        return made
    return _refused_engine(run)


def _refused_engine(run: PassRun, problem: str = "does not turn a latent into a latent") -> Broken:
    node, env = run.written("engine")
    run.b.say(messages.BAD_ENGINE, env.span(node), name=run.block.name, problem=problem)
    return BROKEN


def _part_of(schedule: Schedule | Unknown | None) -> str | None:
    """Which part of its schedule a pass samples; None where that is not known."""
    if not isinstance(schedule, Schedule):
        return None
    if schedule is _SOME_PART:
        return "whole"
    if schedule.end >= schedule.total:
        return "whole" if schedule.start == 0 else "last"
    return "first" if schedule.start == 0 else "middle"


def _schedule_model(
    run: PassRun, links: Mapping[str, Value], schedule: Schedule | Unknown | None
) -> Value:
    """The model that a schedule is made for: that of the pass which begins it."""
    latent = links["latent_image"]
    goes_on = not isinstance(schedule, Schedule) or schedule.start > 0
    if goes_on and isinstance(latent, Wire):
        return run.b.schedule_models.get(latent.link, links["model"])
    return links["model"]
