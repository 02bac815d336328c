"""The model of a pass: its loader, the LoRAs in order, the patches, the shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import messages
from wan22dsl.graph.build import assets, fitting, flows
from wan22dsl.graph.build.peeking import model_of
from wan22dsl.graph.build.values import Declared, Wire
from wan22dsl.program.values import BROKEN, Broken, Constant, Nothing, Type, Unknown

if TYPE_CHECKING:
    from wan22dsl.graph.build.running import PassRun
    from wan22dsl.graph.build.values import Value

MODEL = Type("MODEL")


def find_family(run: PassRun, model: Value) -> None:
    """The family of the model is where settings are looked up that nobody wrote."""
    asset = model_of(run.b, model, run.own)
    if isinstance(asset, Declared):
        family = assets.family(run.b, asset, run.own)
        if family is not None:
            run.own.family = family


def loaded(run: PassRun, found: Value) -> Value:
    """The model by itself."""
    node, env = run.written("model")
    at = f"{run.name}.model"
    with run.b.about(f"the model of `{run.block.name}`"):
        return fitting.fit(run.b, found, MODEL, node, env, run.own, at)


def chain(run: PassRun, wire: Value) -> Value:
    """The link that goes into the sampler, from that of the model by itself."""
    loras, patches, shift = (run.own.get(name) for name in ("loras", "patches", "shift"))
    for index, lora in enumerate(loras.data if isinstance(loras, Constant) else (), 1):
        if isinstance(lora, Declared):
            wire = _with_lora(run, wire, lora, index)
    if isinstance(loras, (Broken, Unknown)):
        wire = BROKEN if isinstance(loras, Broken) else Unknown(MODEL)
    wire = _patched(run, wire, patches)
    return wire if isinstance(shift, Nothing) else _shifted(run, wire, shift)


def _with_lora(run: PassRun, wire: Value, lora: Declared, index: int) -> Value:
    return assets.with_lora(
        run.b,
        wire,
        lora,
        run.own,
        id=f"{run.name}.lora.{index}",
        span=run.span_of("loras") or run.place,
        stage=run.block.name,
    )


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
