"""The model of a pass: its loader, the LoRAs in order, the patches, the shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import messages
from wan22dsl.graph.build import assets, expert_files, fitting, flows, replaced
from wan22dsl.graph.build.peeking import model_of
from wan22dsl.graph.build.values import Declared, Wire
from wan22dsl.program.values import BROKEN, Broken, Constant, Nothing, Type, Unknown

if TYPE_CHECKING:
    from wan22dsl.graph.build.running import PassRun, Schedule
    from wan22dsl.graph.build.values import Value

MODEL = Type("MODEL")


def find_family(run: PassRun, model: Value) -> None:
    """The family of the model is where settings are looked up that nobody wrote."""
    asset = model_of(run.b, model, run.own)
    if isinstance(asset, Declared):
        run.model = asset
        family = assets.family(run.b, asset, run.own)
        if family is not None:
            run.own.family = family
            return
    if run.own.family is None and run.own.pipeline.blocks:
        from wan22dsl.graph.build import no_family  # only where something is missing

        no_family.recover(run, model, asset if isinstance(asset, Declared) else None)


def loaded(run: PassRun, found: Value) -> Value:
    """The model by itself."""
    node, env = run.written("model")
    at = f"{run.name}.model"
    with run.b.about(f"the model of `{run.block.name}`"):
        return fitting.fit(run.b, found, MODEL, node, env, run.own, at)


def chain(run: PassRun, wire: Value, schedule: Schedule | Unknown | None, cfg: Value) -> Value:
    """The link that goes into the sampler, from that of the model by itself."""
    patches, shift = (run.own.get(name) for name in ("patches", "shift"))
    wire = _with_loras(run, wire, schedule, cfg)
    wire = _patched(run, wire, patches)
    return wire if isinstance(shift, Nothing) else _shifted(run, wire, shift)


def _with_loras(
    run: PassRun, wire: Value, schedule: Schedule | Unknown | None, cfg: Value
) -> Value:
    """The model with the LoRAs of the pass, then with those that are added to them."""
    own = run.own.get("loras")
    setting = run.own.written("loras")
    lists = [] if setting is None else [(own, setting[0])]
    lists += run.own.every("add_loras")
    placed = [
        (lora, run.origin_of(where))
        for found, where in lists
        for lora in (found.data if isinstance(found, Constant) else ())
        if isinstance(lora, Declared)
    ]
    instead_of = replaced.say(run, [lora for lora, _ in placed], schedule, cfg)
    for index, (lora, span) in enumerate(placed, 1):
        file, expert = expert_files.of(run, lora, span)
        wire = assets.with_lora(
            run.b,
            wire,
            lora,
            run.own,
            file=file,
            expert=expert,
            id=f"{run.name}.lora.{index}",
            span=span,
            stage=run.block.name,
            instead_of=instead_of,
        )
    if any(isinstance(found, Broken) for found, _ in lists):
        return BROKEN
    return Unknown(MODEL) if any(isinstance(found, Unknown) for found, _ in lists) else wire


def _patched(run: PassRun, wire: Value, patches: Value) -> Value:
    """The model behind the patches."""
    if isinstance(patches, Nothing):
        return wire
    if isinstance(patches, Broken):
        return BROKEN
    node, env = run.written("patches")
    brought = Unknown(MODEL) if isinstance(wire, Broken) else wire
    result = flows.into(run.b, patches, node, brought, env, run.own)
    if isinstance(wire, Broken) or isinstance(result, (Broken, Unknown)):
        return BROKEN if isinstance(wire, Broken) else result
    if isinstance(result, Wire) and run.b.fits(result.type, "MODEL"):
        return result
    run.b.say(messages.NOT_A_PATCH, env.span(node), name=run.block.name)
    return BROKEN


def _shifted(run: PassRun, wire: Value, shift: Value) -> Value:
    made = run.b.node(
        "ModelSamplingSD3",
        {"model": wire, "shift": shift},
        id=f"{run.name}.shift",
        span=run.span_of("shift"),
        stage=run.block.name,
        spans=run.spans(shift="shift"),
    )
    return run.b.wire(made, 0)
