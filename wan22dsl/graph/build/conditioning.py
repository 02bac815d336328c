"""The conditioning of a pass: a stage that gives `positive`, `negative` and `latent`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.graph import messages
from wan22dsl.graph.build import flows, stages
from wan22dsl.graph.build.values import Declared, Open, Several, StageName, Wire
from wan22dsl.program import kinds
from wan22dsl.program.values import BROKEN, Broken, Nothing, Unknown

if TYPE_CHECKING:
    from wan22dsl.graph.build.running import PassRun
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value


class Conditioned(NamedTuple):
    """What a sampler takes from the conditioning; `latent` is an empty one."""

    positive: Value
    negative: Value
    latent: Value


def conditioned(run: PassRun, model: Value, *, latent: bool = True) -> Conditioned:
    """What the conditioning gives, called with the settings as this pass sees them.

    Without `latent` no empty one is made: the pass goes on from another, which decides size and length.
    """
    found = run.own.get("conditioning")
    if isinstance(found, Nothing) and not isinstance(model, (Declared, Wire)):
        return Conditioned(BROKEN, BROKEN, BROKEN)  # with the right model there may be one
    if isinstance(found, Nothing):
        run.missing(
            "conditioning",
            "A pass takes positive, negative and latent from its conditioning.",
            "Give the model a `family`, or write `conditioning = wan22.image_to_video`.",
            ": neither it, nor the pipeline, nor a family of its model has one",
        )
        return Conditioned(BROKEN, BROKEN, BROKEN)
    made = _shared(run, found, latent=latent)
    if isinstance(made, (Broken, Unknown)):
        run.b.lost = run.b.lost or isinstance(made, Unknown)
        return Conditioned(made, made, made)
    outputs = made.values if isinstance(made, Several) else {}
    for name in Conditioned._fields:
        if name not in outputs:
            node, env = run.written("conditioning")
            span = env.span(node)
            run.b.say(messages.BAD_CONDITIONING, span, output=name)
            return Conditioned(BROKEN, BROKEN, BROKEN)
    return Conditioned(*(outputs[name] for name in Conditioned._fields))


class Shared(NamedTuple):
    """What a conditioning gave to a pass, and the settings that it read there."""

    found: Value
    own: Settings
    read: frozenset[str]
    made: Value
    latent: bool


def _shared(run: PassRun, found: Value, *, latent: bool) -> Value:
    """What the conditioning gives: for the second expert of a split, mostly what the first one got.

    Built once more it would come to the same nodes, since equal ones are made one.
    """
    own, b = run.own, run.b
    for one in own.pipeline.conditioned:
        if one.found == found and (one.latent or not latent) and _sees_the_same(own, one):
            own.note_same(one.own, one.read)
            return one.made
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
        name in one for one in written for name in before.read
    ):
        return False
    others = kinds.FAMILY_SETTINGS.keys() | own.overrides.keys() | first.overrides.keys()
    return all(own.get(name) == first.get(name) for name in before.read if name in others)


_LATENT = frozenset({"latent"})


def _called(run: PassRun, found: Value, without: frozenset[str]) -> Value:
    node, env = run.written("conditioning")
    if isinstance(found, StageName):
        return stages.call_stage(run.b, found, (), None, env, run.own, node, without=without)
    if isinstance(found, Open):
        call = found.call
        return stages.call_stage(
            run.b, found.target, call.arguments, None, found.env, run.own, call, without=without
        )
    return flows.give(run.b, found, node, env, run.own)
