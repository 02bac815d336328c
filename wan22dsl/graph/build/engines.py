"""The engine of a pass: the stage that samples in the place of KSampler, and what the pass gives to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import calls, messages
from wan22dsl.graph.build.settings import Schedule
from wan22dsl.graph.build.values import Chosen, Open, Several, StageName, Wire
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.graph.build.settings import PassRun
    from wan22dsl.graph.build.values import Value

#: What stands for the schedule of a pass that does not say its steps: it takes up a latent, as parts do.
SOME_PART = Schedule(1, 2, 2)

_LATENT = Type("LATENT")


def schedule_of(run: PassRun, steps: Value) -> Schedule | Unknown | None:
    """The schedule of a pass with an engine; it needs no steps where the engine gets its sigmas."""
    return SOME_PART if isinstance(steps, Nothing) else run.schedule(steps)


def sampled(
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
        return Unknown(_LATENT) if isinstance(engine, Unknown) else BROKEN
    output = engine.output if isinstance(engine, Chosen) else ""
    engine = engine.stage if isinstance(engine, Chosen) else engine
    target = engine.target if isinstance(engine, Open) else engine
    if not isinstance(target, StageName) or calls.brought_of(target.stage) is None:
        return _refused(run)
    own = run.own
    given = {"model": links["model"], "add_noise": noise, "leftover_noise": leftover, "seed": seed}
    if isinstance(own.look("schedule_model"), Nothing):
        given["schedule_model"] = schedule_model(run, links, schedule)
    own.given.update(given)
    own.part = part_of(schedule)
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
    found = _latent(run, made, output or first)
    if isinstance(found, Wire) and found == links["latent_image"]:
        return _refused(run, "returns its latent unchanged, so nothing is sampled")
    if isinstance(found, Wire) and not _uses(run, found, links):
        return _refused(run, "does not use the model of the pass")
    return found


def _uses(run: PassRun, made: Wire, links: Mapping[str, Value]) -> bool:
    """Whether what an engine gives comes from the model of the pass, on the way to its latent and prompts."""
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
            waiting.extend(target for _, target in run.b.nodes[link.node].links())
    return False


def _latent(run: PassRun, made: Value, output: str) -> Value:
    """The output that is handed on, which has to be a latent."""
    if isinstance(made, Several):
        made = made.values.get(output, BROKEN)
    if isinstance(made, (Broken, Unknown)):
        return made
    if isinstance(made, Wire) and run.b.fits(made.type, _LATENT.name):
        return made
    return _refused(run)


def _refused(run: PassRun, problem: str = "does not turn a latent into a latent") -> Broken:
    node, env = run.written("engine")
    run.b.say(messages.BAD_ENGINE, env.span(node), name=run.block.name, problem=problem)
    return BROKEN


def part_of(schedule: Schedule | Unknown | None) -> str | None:
    """Which part of its schedule a pass samples; None where that is not known."""
    if not isinstance(schedule, Schedule):
        return None
    if schedule is SOME_PART:
        return "whole"
    if schedule.end >= schedule.total:
        return "whole" if schedule.start == 0 else "last"
    return "first" if schedule.start == 0 else "middle"


def schedule_model(
    run: PassRun, links: Mapping[str, Value], schedule: Schedule | Unknown | None
) -> Value:
    """The model that a schedule is made for: that of the pass which begins it."""
    latent = links["latent_image"]
    goes_on = not isinstance(schedule, Schedule) or schedule.start > 0
    if goes_on and isinstance(latent, Wire):
        return run.b.schedule_models.get(latent.link, links["model"])
    return links["model"]
