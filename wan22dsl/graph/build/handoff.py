"""What one pass hands to the next: a latent, or frames; and how the one becomes the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import written
from wan22dsl.graph.build import from_video, members, messages
from wan22dsl.graph.build.settings import Schedule
from wan22dsl.graph.build.type_errors import choice
from wan22dsl.graph.build.values import Outputs, Several, Wire
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import BROKEN, NOTHING, Broken, Constant, Unknown
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import PassRun
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.graph.model import Facts
    from wan22dsl.language.syntax.tree import Nested

IMAGE, LATENT = Type("IMAGE"), Type("LATENT")

#: The types of values that name a file whose frames can be encoded.
_FILE_NAMES = ("text", "image", "video")


def taken(
    run: PassRun, brought: Value | None, schedule: Schedule | Unknown | None, denoise: Value | None
) -> Value | None:
    """The latent that a pass goes on from; None where it begins from an empty one.

    Frames that are handed off become the image; of a latent the size and length replace the settings.
    """
    if brought is None:
        _nothing_in_front(run)
        return None
    handoff = _handoff(run)
    if isinstance(brought, Broken):
        return brought
    given = run.b.give(brought, run.node, run.env, run.own)
    if isinstance(given, (Several, Outputs)):
        what = "the value before the arrow"
        return members.one_output(run.b, given, run.node, run.env, what)
    if isinstance(handoff, Constant):
        frames = handoff.data == "frames"
    elif isinstance(schedule, Schedule) and not isinstance(denoise, (Unknown, Broken)):
        full = denoise is None or (isinstance(denoise, Constant) and denoise.data == 1.0)
        frames = schedule.whole and full
    else:  # a mistake or a missing value hides which of the two it is
        return BROKEN if schedule is None or isinstance(denoise, Broken) else Unknown(LATENT)
    if frames:
        return _as_image(run, given)
    return _as_latent(run, given)


def _handoff(run: PassRun) -> Value:
    found = run.own.get("handoff")
    if isinstance(found, Constant):
        node, env = run.written("handoff")
        return choice(run.b, found, kinds.CHOICES["handoff"], "handoff", node, env)
    return found


def _nothing_in_front(run: PassRun) -> None:
    """A pass that begins a flow takes nothing over; one that is built by itself may be anywhere."""
    if run.own.has("handoff") and not (isinstance(_handoff(run), Broken) or run.b.abstract):
        run.own.brought["handoff"] = NOTHING


def _as_image(run: PassRun, given: Value) -> Value | None:
    with run.b.about(f"the start of the pass `{run.block.name}`"):
        fitted = run.b.fit(given, IMAGE, run.node, run.env, run.own)
    run.own.overrides["image"] = fitted
    return BROKEN if isinstance(fitted, Broken) else None


def _as_latent(run: PassRun, given: Value) -> Value:
    """A latent as it is, or frames encoded; its size and length are those of the pass."""
    if isinstance(given, Wire) and given.type == "IMAGE":
        given = _encoded(run, given)
    elif isinstance(given, Constant) and given.type in _FILE_NAMES:
        loaded = run.b.fit(given, IMAGE, run.node, run.env, run.own)
        given = _encoded(run, loaded) if isinstance(loaded, Wire) else loaded
    elif isinstance(given, Unknown) and given.type.name in (IMAGE.name, *_FILE_NAMES):
        given = Unknown(LATENT)  # it will be encoded as well
    with run.b.about(f"the input latent of the pass `{run.block.name}`"):
        fitted = run.b.fit(given, LATENT, run.node, run.env, run.own)
    if run.own.has("batch"):
        run.own.brought["batch"] = NOTHING  # the latent has its own, which may not be known
    if isinstance(fitted, Wire):
        before = run.b.taken_over.get(fitted.link)
        if before is not None:  # the same clip, as the pass before was told to make it
            run.own.overrides.update(before)
            return fitted
        known = run.b.facts(fitted.link)
        _take_rate(run, fitted, known)
        if known.width is not None and known.height is not None:
            run.own.overrides["size"] = Constant("size", (known.width, known.height))
        if known.frames is not None:
            run.own.overrides["length"] = Constant("frames", known.frames)
    return fitted


def _take_rate(run: PassRun, latent: Wire, known: Facts) -> None:
    """What follows a video keeps its rate; one that is not known is not replaced by that of the model."""
    if from_video.loader_behind(run.b, latent.link) is None:
        return
    if known.fps is not None:
        run.own.overrides["fps"] = Constant("fps", known.fps)
    elif run.own.written("fps") is None:
        run.own.overrides["fps"] = NOTHING
    if None in (known.fps, known.width, known.height, known.frames):
        run.own.lacking = from_video.why_unknown(run.b, latent.link)


def _encoded(run: PassRun, frames: Wire) -> Value:
    """The latent of frames: one clip, however many clips they were decoded from."""
    run.own.overrides["batch"] = Constant("int", 1)
    made = run.b.node(
        written.ENCODER,
        {"pixels": frames, "vae": run.own.get("vae")},
        id=f"{run.name}.encode",
        span=run.env.span(run.node),
        stage=run.block.name,
    )
    return run.b.wire(made, 0)


def decoded(b: Builder, latent: Wire, node: Nested, env: Env) -> Value:
    """The frames of a latent, by the VAE it belongs to. Decoding once serves everybody."""
    vae = b.facts(latent.link).vae
    owner = b.nodes[latent.link.node]
    if vae is None:
        if b.abstract or b.incomplete:
            return Unknown(IMAGE)
        help = "Decode it explicitly: `decode(vae = wan22.vae_2_1)`."
        what = f"the latent of `{owner.id}`"
        b.say(messages.UNKNOWN_FACT, env.span(node), name="vae", what=what, help=help)
        return BROKEN
    made = b.node(
        written.DECODER,
        {"samples": latent, "vae": b.wire(vae.node, vae.slot)},
        id=_beside(owner.id, "decode"),
        span=owner.span,
        stage=owner.stage,
    )
    return b.wire(made, 0)


def _beside(id: str, word: str) -> str:
    """`high.sampler` → `high.decode`."""
    head, dot, _ = id.rpartition(".")
    return f"{head}{dot}{word}" if dot else f"{id}.{word}"
