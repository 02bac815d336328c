"""Fits values to the type that is wanted: what fits by itself, what is loaded, decoded, encoded or run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import written
from wan22dsl.graph.build import assets, members, messages
from wan22dsl.graph.build.settings import Schedule, choice
from wan22dsl.graph.build.values import (
    Chosen,
    Declared,
    Flow,
    Flows,
    Open,
    Outputs,
    Several,
    StageName,
    Wire,
    chosen,
    type_of,
)
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import (
    BROKEN,
    FILE_SOCKETS,
    NOTHING,
    Broken,
    Constant,
    Nothing,
    Unknown,
    frames_of,
)
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import PassRun, Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.graph.model import Facts
    from wan22dsl.language.syntax.tree import Nested, Stage

#: What ComfyUI's constant types take of ours.
_WIDGETS = {
    "INT": ("int", "frames", "bytes"),
    "FLOAT": ("float", "int", "seconds", "fps"),
    "STRING": ("text", "image", "video", "audio"),
    "BOOLEAN": ("bool",),
    "COMBO": ("text",),
}

#: The sockets that a file is loaded for, by the type of its name. A text may be any file's name.
_FILES = {
    "text": ("IMAGE", "VIDEO", "AUDIO"),
    "image": ("IMAGE",),
    "video": ("IMAGE", "VIDEO"),
    "audio": ("AUDIO",),
}

_RUNNABLE = (Flow, Flows, Open, Chosen, StageName)


def fit(
    b: Builder,
    value: Value,
    want: Type,
    at_node: Nested,
    env: Env,
    settings: Settings,
    at: str = "",
) -> Value:
    """The value as one of the wanted type; BROKEN, with a finding, when there is no way.

    `at` is the id for what has to be made for it: a loader, a decoder. `none` stays what it is.
    """
    value = value if want.name == "size" else chosen(value)
    if isinstance(value, (Broken, Nothing)) or want.name == "*":
        return value
    if isinstance(value, (Constant, Wire)) and value.type == want.name and want.item is None:
        return value  # as most are
    if isinstance(value, (Open, StageName)) and not (want.is_socket or want == kinds.FLOW):
        target = value.target if isinstance(value, Open) else value
        if _gives_a_constant(target.stage) or members.alternative(target.stage, settings):
            value = b.give(value, at_node, env, settings)
    if want.name == "flow":
        return _flow(b, value, want, at_node, env)
    if want.is_socket:
        return _socket(b, value, want, at_node, env, settings, at)
    if isinstance(value, Unknown):
        fits = _unknown_fits(value.type, want)
        return Unknown(want) if fits else b.refuse(value, want, at_node, env)
    if want.item is not None:
        return _list(b, value, want, at_node, env, settings, at)
    if isinstance(value, Flow) and (want.name == "size" or want.name in kinds.LINKS):
        value = b.give(value, at_node, env, settings)
        value = value if want.name == "size" else chosen(value)
        if isinstance(value, (Broken, Nothing)):
            return value
    linked = _by_link(b, value, want)
    if linked is not None:
        return linked
    if want.name in kinds.ASSETS or want.name == "family":
        if isinstance(value, Declared) and value.kind == want.name:
            return value
    elif isinstance(value, Constant):
        fitted = _constant(value, want, settings)
        if fitted is not None:
            return fitted
    return b.refuse(value, want, at_node, env, settings)


_SIDES = ("width", "height")


def _by_link(b: Builder, value: Value, want: Type) -> Value | None:
    """A value that is known only when it runs; None where this is none. A size has two links."""
    if want.name != "size":
        links = kinds.LINKS.get(want.name)
        is_link = links is not None and isinstance(value, Wire) and value.type in (*links, "*")
        return value if is_link else None
    if isinstance(value, Several):
        return value if set(_SIDES) <= set(value.values) else None
    if not isinstance(value, Outputs) or value.schema is None:
        return None
    names = [output.name.lower() for output in value.schema.outputs]
    if any(names.count(side) != 1 for side in _SIDES):
        return None
    return Several({side: b.wire(value.node, names.index(side)) for side in _SIDES})


def _gives_a_constant(stage: Stage) -> bool:
    """Whether a stage that waits for nothing gives a value that is known when compiling."""
    waits = bool(stage.parameters) and stage.parameters[0].brought
    return not (waits or stage.named) and any(
        not type_of(output.type).is_socket for output in stage.outputs
    )


def _flow(b: Builder, value: Value, want: Type, node: Nested, env: Env) -> Value:
    """A flow is whatever gives a value when it runs, or waits for one; a constant does neither."""
    runs = not isinstance(value, Declared) or value.kind in ("pass", "pipeline")
    if isinstance(value, Constant) or not runs:
        return b.refuse(value, want, node, env)
    return value


def _constant(value: Constant, want: Type, settings: Settings) -> Value | None:
    kind, data = value
    if kind == want.name:
        return value
    if want.name == "float" and kind == "int":
        return Constant("float", data)
    if want.name in FILE_SOCKETS and kind == "text":
        return Constant(want.name, data)
    if want.name == "text" and kind in FILE_SOCKETS:
        return Constant("text", data)
    if want.name == "frames" and kind == "seconds":
        return _frames(data, settings)
    if want.name == "steps" and kind == "int":
        return Constant("steps", (0, data, data))
    if want.name == "steps" and kind == "range":
        low, high = data
        if low.type == high.type == "int":
            return Constant("steps", (low.data, high.data, None))
    return None


def _frames(seconds: float, settings: Settings) -> Value | None:
    """Seconds as frames, at the rate of the pipeline."""
    fps = settings.get("fps")
    if isinstance(fps, Constant):
        return Constant("frames", frames_of(seconds, fps.data))
    if isinstance(fps, (Unknown, Broken)):
        return Unknown(Type("frames")) if isinstance(fps, Unknown) else BROKEN
    return None


def _unknown_fits(given: Type, want: Type) -> bool:
    """Whether a value that is not known yet may turn out to be what is wanted."""
    if want.item is not None:
        return given.name in ("*", "list") and (
            given.item is None or _unknown_fits(given.item, want.item)
        )
    if given.name in ("*", want.name):
        return True
    return (given.name, want.name) in (
        ("int", "float"),
        ("seconds", "frames"),
        ("int", "steps"),
        ("range", "steps"),
        ("text", "image"),
        ("text", "video"),
        ("text", "audio"),
        ("image", "text"),
        ("video", "text"),
        ("audio", "text"),
    )


def _list(
    b: Builder, value: Value, want: Type, node: Nested, env: Env, settings: Settings, at: str
) -> Value:
    assert want.item is not None
    if not (isinstance(value, Constant) and value.type == "list"):
        return b.refuse(value, want, node, env)
    places = getattr(node, "items", ())
    items = []
    for index, item in enumerate(value.data):
        place = places[index] if len(places) == len(value.data) else node
        with b.about(f"an item of {b.what}" if b.what else "an item of the list"):
            items.append(fit(b, item, want.item, place, env, settings, at))
    if any(isinstance(item, Broken) for item in items):
        return BROKEN
    if any(isinstance(item, Unknown) for item in items):
        return Unknown(want)
    return Constant("list", tuple(item for item in items if not isinstance(item, Nothing)))


def _socket(
    b: Builder, value: Value, want: Type, node: Nested, env: Env, settings: Settings, at: str
) -> Value:
    if isinstance(value, _RUNNABLE) or (
        isinstance(value, Declared) and value.kind in ("pass", "pipeline")
    ):
        if isinstance(value, Flows):
            return b.refuse(value, want, node, env)
        value = chosen(b.give(value, node, env, settings, want))
    if isinstance(value, (Broken, Nothing)):
        return value
    if isinstance(value, Declared):
        asset = kinds.ASSETS.get(value.kind)
        if asset is None or not asset.socket or not b.fits(asset.socket, want.name):
            return b.refuse(value, want, node, env)
        return assets.load(b, value, node, env, settings)
    if isinstance(value, (Outputs, Several)):
        return members.one_output(b, value, node, env)
    if isinstance(value, Wire):
        if b.fits(value.type, want.name):
            return value
        if value.type == "LATENT" and "IMAGE" in want.name.split(","):
            return decoded(b, value, node, env)
    elif isinstance(value, Unknown):
        if _unknown_link_fits(b, value.type, want.name):
            return Unknown(want)
    elif isinstance(value, Constant):
        if value.type in _of_widget(want.name):
            return value
        for part in want.name.split(","):
            if part in _FILES.get(value.type, ()):
                return assets.load_file(b, value, part, env.span(node), settings, at)
    return b.refuse(value, want, node, env, settings)


def _unknown_link_fits(b: Builder, given: Type, want: str) -> bool:
    """Whether a value that is not known yet may become a link, or a constant, of that type."""
    name = given.name
    if name in ("*", "flow") or name in _of_widget(want):
        return True
    if name in kinds.ASSETS:
        return b.fits(kinds.ASSETS[name].socket, want)
    if name in _FILES:
        return any(part in _FILES[name] for part in want.split(","))
    return given.is_socket and (b.fits(name, want) or (name, want) == ("LATENT", "IMAGE"))


def _of_widget(name: str) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    for part in name.split(","):
        found += _WIDGETS.get(part, ())
    return found


# --- what a pass takes over from the value in front of it ---


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
    given = chosen(run.b.give(brought, run.node, run.env, run.own))
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
    if members.loader_behind(run.b, latent.link) is None:
        return
    if known.fps is not None:
        run.own.overrides["fps"] = Constant("fps", known.fps)
    elif run.own.written("fps") is None:
        run.own.overrides["fps"] = NOTHING
    if None in (known.fps, known.width, known.height, known.frames):
        run.own.lacking = members.why_unknown(run.b, latent.link)


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


def _decode(env: Env) -> str:
    """How latents are decoded here: by the stage of a pack's module, where the file uses one."""
    for prefix, module in env.module.uses.items():
        if module.is_library and "decode" in module.names:
            return f"{prefix}.decode"
    return "decode(vae = wan22.vae_2_1)"


def decoded(b: Builder, latent: Wire, node: Nested, env: Env) -> Value:
    """The frames of a latent, by the VAE it belongs to. Decoding once serves everybody."""
    vae = b.facts(latent.link).vae
    owner = b.nodes[latent.link.node]
    if vae is None:
        if b.abstract or b.incomplete:
            return Unknown(IMAGE)
        help = f"Decode it explicitly: `{_decode(env)}`."
        what = f"the latent of `{owner.id}`"
        b.say(messages.UNKNOWN_FACT, env.span(node), name="vae", what=what, help=help)
        return BROKEN
    by = b.wire(vae.node, vae.slot)
    decoder, more = written.DECODERS.get(by.type, written.DECODERS["VAE"])
    made = b.node(
        decoder,
        {
            "samples": latent,
            "vae": by,
            **{name: Constant("text", text) for name, text in more.items()},
        },
        id=_beside(owner.id, "decode"),
        span=owner.span,
        stage=owner.stage,
    )
    return b.wire(made, 0)


def _beside(id: str, word: str) -> str:
    """`high.sampler` → `high.decode`."""
    head, dot, _ = id.rpartition(".")
    return f"{head}{dot}{word}" if dot else f"{id}.{word}"
