"""What a pass becomes: loader, LoRAs, patches, shift; the conditioning; the sampler."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.graph import messages
from wan22dsl.graph.build import assets, calls, evaluate, fitting, flows
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env, Flow, Open, Several, StageName, Wire
from wan22dsl.graph.model import Facts
from wan22dsl.program import kinds
from wan22dsl.program.values import BROKEN, Broken, Constant, Nothing, Type, Unknown

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Value
    from wan22dsl.source import Span
    from wan22dsl.syntax.operators import Nested


MODEL, IMAGE, LATENT = Type("MODEL"), Type("IMAGE"), Type("LATENT")

_NEEDED = {
    "model": ("A pass samples with one expert.", "Write `model = wan22.i2v_high`."),
    "steps": ("The schedule is the heart of a pass.", "Write `steps = 0..2 of 4`, or `steps = 4`."),
    "sampler": ("ComfyUI's own default is rarely meant.", "Write `sampler = euler/simple`."),
    "cfg": (
        "At 1.0 the negative prompt does nothing and a step takes half the time; nobody can guess it.",
        "Write `cfg = 1.0` with a 4-step LoRA, `cfg = 3.5` without.",
    ),
}


class Schedule(NamedTuple):
    """The part of a schedule that a pass samples; `whole` when it is all of it."""

    start: int
    end: int
    total: int

    @property
    def whole(self) -> bool:
        """From the first step to the last."""
        return self.start == 0 and self.end >= self.total


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
    with b.deeper(block.name, env.span(node)) as allowed:
        if not allowed:
            return BROKEN
        with b.within(f"{pipeline.prefix}{block.name}.", block.name):
            made = _Pass(b, block, own, node, env).build(brought)
    b.reads(block, own)
    return made


class _Pass:
    """One pass while it is built."""

    def __init__(self, b: Builder, block: Declared, own: Settings, node: Nested, env: Env) -> None:
        self.b = b
        self.block = block
        self.own = own
        self.node = node
        self.env = env
        self.name = f"{own.prefix}{block.name}"
        self.place = b.place(env.span(node))

    def build(self, brought: Value | None) -> Value:
        """All nodes of the pass; gives the sampler's latent."""
        needed = {name: self.needed(name) for name in ("model", "steps", "sampler", "cfg")}
        schedule = self.schedule(needed["steps"])
        model = self.family_of(needed["model"])
        denoise = self.own.get("denoise") if schedule is None or schedule.whole else None
        latent = self.hand_over(brought, schedule, denoise)
        wire = self.model(model)
        conditioning = self.conditioning()
        if schedule is None or conditioning is None or isinstance(latent, Broken):
            return BROKEN
        if isinstance(wire, Broken):
            return BROKEN
        positive, negative, empty = conditioning
        inputs: dict[str, Value] = {
            "model": wire,
            "positive": positive,
            "negative": negative,
            "latent_image": latent if latent is not None else empty,
        }
        begins = brought is None or latent is None
        return self.sampler(inputs, needed, schedule, denoise, begins=begins)

    # --- settings ---

    def needed(self, name: str) -> Value:
        """A setting without which there is no pass."""
        found = self.own.get(name)
        if isinstance(found, Nothing):
            why, mend = _NEEDED[name]
            self.b.say(
                messages.MISSING_SETTING,
                self.block.span,
                kind="pass",
                name=self.block.name,
                setting=name,
                needed="",
                why=why,
                mend=mend,
            )
            return BROKEN
        return found

    def schedule(self, steps: Value) -> Schedule | None:
        """Which steps of how many; the total may be the pipeline's."""
        if isinstance(steps, Unknown):
            return Schedule(0, 4, 4)
        if not isinstance(steps, Constant):
            return None
        start, end, total = steps.data
        if total is None:
            outer = self.own.pipeline.get("steps")
            total = outer.data[2] if isinstance(outer, Constant) else None
        if total is None:
            span = self.span_of("steps") or self.block.span
            shown = f"{start}..{end}"
            self.b.say(messages.BAD_STEPS, span, name=self.block.name, steps=shown)
            return None
        return Schedule(start, end, total)

    def family_of(self, model: Value) -> Value:
        """The model; its family is where settings are looked up that nobody wrote."""
        asset = model
        while isinstance(asset, (Flow, Open)):
            if isinstance(asset, Open):
                break
            asset = evaluate.value(self.b, asset.elements[0], asset.env, self.own)
        if isinstance(asset, Declared):
            family = assets.family(self.b, asset, self.own)
            if family is not None:
                self.own.family = family
        return model

    def span_of(self, name: str) -> Span | None:
        """Where a setting is written; for one of the library, where the pass stands."""
        written = self.own.written(name)
        if written is None:
            return None
        if written[0].env.module.is_library:
            return self.place
        return evaluate.origin(written[0].value, written[0].env, self.own)

    # --- hand-off ---

    def hand_over(
        self, brought: Value | None, schedule: Schedule | None, denoise: Value | None
    ) -> Value | None:
        """The latent to go on from; None where the pass begins from an empty one.

        Frames that are handed over become the image; of a latent the size and length replace the settings.
        """
        handoff = self.own.get("handoff")
        if brought is None or schedule is None:
            return BROKEN if isinstance(brought, Broken) else None
        if isinstance(handoff, Constant):
            choices = kinds.CHOICES["handoff"]
            written = self.own.written("handoff")
            assert written is not None
            place = written[0]
            handoff = evaluate.choice(self.b, handoff, choices, "handoff", place.value, place.env)
            frames = isinstance(handoff, Constant) and handoff.data == "frames"
        else:
            full = isinstance(denoise, Constant) and denoise.data == 1.0
            frames = schedule.whole and full
        given = flows.give(self.b, brought, self.node, self.env, self.own)
        if frames:
            fitted = fitting.fit(self.b, given, IMAGE, self.node, self.env, self.own)
            self.own.overrides["image"] = fitted
            return BROKEN if isinstance(fitted, Broken) else None
        return self.latent(given)

    def latent(self, given: Value) -> Value:
        """A latent as it is, or frames encoded; its size and length are those of the pass."""
        if isinstance(given, Wire) and given.type == "IMAGE":
            vae = self.own.get("vae")
            given = flows.encode(self.b, given, vae, self.block.name, self.own, self.node, self.env)
        with self.b.about(f"what the pass `{self.block.name}` goes on from"):
            fitted = fitting.fit(self.b, given, LATENT, self.node, self.env, self.own)
        if isinstance(fitted, Wire):
            before = self.b.taken_over.get(fitted.link)
            if before is not None:  # the same clip, as the pass before was told to make it
                self.own.overrides.update(before)
                return fitted
            known = self.b.facts(fitted.link)
            if known.width is not None and known.height is not None:
                self.own.overrides["size"] = Constant("size", (known.width, known.height))
            if known.frames is not None:
                self.own.overrides["length"] = Constant("frames", known.frames)
        return fitted

    # --- model and conditioning ---

    def model(self, found: Value) -> Value:
        """Loader, LoRAs in order, patches, shift."""
        span = self.span_of("model") or self.block.span
        with self.b.about(f"the model of `{self.block.name}`"):
            wire = fitting.fit(self.b, found, MODEL, self.node, self.env, self.own)
        if not isinstance(wire, Wire):
            self.own.get("loras"), self.own.get("patches"), self.own.get("shift")
            return wire
        loras = self.own.get("loras")
        for index, lora in enumerate(loras.data if isinstance(loras, Constant) else (), 1):
            if not isinstance(lora, Declared) or not isinstance(wire, Wire):
                continue
            wire = assets.with_lora(
                self.b,
                wire,
                lora,
                self.own,
                id=f"{self.name}.lora.{index}",
                span=self.span_of("loras") or span,
                stage=self.block.name,
            )
        wire = self.patched(wire)
        shift = self.own.get("shift")
        if isinstance(shift, Constant) and isinstance(wire, Wire):
            made = self.b.node(
                "ModelSamplingSD3",
                {"model": wire, "shift": shift},
                id=f"{self.name}.shift",
                span=self.span_of("shift"),
                stage=self.block.name,
                spans=self.spans(shift="shift"),
            )
            wire = self.b.wire(made, 0)
        return wire

    def patched(self, wire: Value) -> Value:
        """The model behind the patches."""
        patches = self.own.get("patches")
        if isinstance(patches, (Nothing, Broken)) or not isinstance(wire, Wire):
            return BROKEN if isinstance(patches, Broken) else wire
        written = self.own.written("patches")
        place = written[0].value if written is not None else self.node
        env = written[0].env if written is not None else self.env
        result = flows._into_value(self.b, patches, place, wire, env, self.own)
        if isinstance(result, (Broken, Unknown)):
            return result
        if isinstance(result, Wire) and self.b.fits(result.type, "MODEL"):
            return result
        self.b.say(messages.NOT_A_PATCH, env.span(place), name=self.block.name)
        return BROKEN

    def conditioning(self) -> tuple[Value, Value, Value] | None:
        """What the conditioning gives: positive, negative and an empty latent."""
        found = self.own.get("conditioning")
        written = self.own.written("conditioning")
        place = written[0].value if written is not None else self.node
        env = written[0].env if written is not None else self.env
        if isinstance(found, Nothing):
            why = "A pass takes positive, negative and latent from its conditioning."
            mend = "Give the model a `family`, or write `conditioning = wan22.image_to_video`."
            self.b.say(
                messages.MISSING_SETTING,
                self.block.span,
                kind="pass",
                name=self.block.name,
                setting="conditioning",
                needed=": neither it, nor the pipeline, nor a family of its model has one",
                why=why,
                mend=mend,
            )
            return None
        with self.b.within(self.own.prefix, self.block.name):
            made = self.conditioned(found, place, env)
        if isinstance(made, (Broken, Unknown)):
            return None
        outputs = made.values if isinstance(made, Several) else {}
        for name in ("positive", "negative", "latent"):
            if name not in outputs:
                span = env.span(place)
                self.b.say(messages.BAD_CONDITIONING, span, name=self.block.name, output=name)
                return None
        return outputs["positive"], outputs["negative"], outputs["latent"]

    def conditioned(self, found: Value, place: Nested, env: Env) -> Value:
        """Calls the conditioning with the settings as this pass sees them."""
        if isinstance(found, StageName):
            return calls.call_stage(self.b, found, (), None, env, self.own, place)
        if isinstance(found, Open):
            call = found.call
            return calls.call_stage(
                self.b, found.target, call.arguments, None, found.env, self.own, call
            )
        return flows.give(self.b, found, place, env, self.own)

    # --- sampler ---

    def sampler(
        self,
        inputs: dict[str, Value],
        needed: dict[str, Value],
        schedule: Schedule,
        denoise: Value | None,
        *,
        begins: bool,
    ) -> Value:
        """The sampler: KSampler for a whole schedule, KSamplerAdvanced for a part of one."""
        pair = needed["sampler"]
        if isinstance(pair, Constant):
            inputs["sampler_name"] = Constant("text", pair.data[0])
            inputs["scheduler"] = Constant("text", pair.data[1])
        else:
            inputs["sampler_name"] = inputs["scheduler"] = pair
        inputs["cfg"] = needed["cfg"]
        inputs["steps"] = Constant("int", schedule.total)
        add_noise = self.flag("add_noise", begins or schedule.whole)
        leftover = self.flag("leftover_noise", schedule.end < schedule.total)
        partial = not schedule.whole or not add_noise or leftover
        seed = self.seed(add_noise=add_noise)
        if partial:
            inputs["noise_seed"] = seed
            inputs["add_noise"] = _switch(add_noise)
            inputs["start_at_step"] = Constant("int", schedule.start)
            inputs["end_at_step"] = Constant("int", schedule.end)
            inputs["return_with_leftover_noise"] = _switch(leftover)
        else:
            inputs["seed"] = seed
            inputs["denoise"] = denoise if denoise is not None else Constant("float", 1.0)
        made = self.b.node(
            "KSamplerAdvanced" if partial else "KSampler",
            _ordered(inputs, partial=partial),
            id=f"{self.name}.sampler",
            span=self.place,
            stage=self.block.name,
            spans=self.sampler_spans(partial=partial),
            stated=self.stated(),
        )
        wire = self.b.wire(made, 0)
        clip = {name: self.own.get(name) for name in ("size", "length")}
        self.b.taken_over[wire.link] = {
            name: value for name, value in clip.items() if isinstance(value, Constant)
        }
        return wire

    def flag(self, name: str, otherwise: bool) -> bool:
        """A yes or no that follows from the place in the flow, unless it is written."""
        found = self.own.get(name)
        return bool(found.data) if isinstance(found, Constant) else otherwise

    def seed(self, *, add_noise: bool) -> Value:
        """The seed; a pass that adds no noise has 0, unless it sets one itself (it would change nothing)."""
        if add_noise or self.own.has("seed"):
            return self.own.get("seed")
        return Constant("int", 0)

    def stated(self) -> Facts:
        """What the settings say of the latent: its frame rate, and the VAE it belongs to."""
        fps, vae = self.own.get("fps"), self.own.get("vae")
        return Facts(
            fps=fps.data if isinstance(fps, Constant) else None,
            vae=vae.link if isinstance(vae, Wire) else None,
        )

    def spans(self, **inputs: str) -> dict[str, Span]:
        """Where the settings behind inputs are written."""
        found = {name: self.span_of(setting) for name, setting in inputs.items()}
        return {name: span for name, span in found.items() if span is not None}

    def sampler_spans(self, *, partial: bool) -> dict[str, Span]:
        """Where the inputs of the sampler are written."""
        common = {
            "model": "model",
            "sampler_name": "sampler",
            "scheduler": "sampler",
            "cfg": "cfg",
            "steps": "steps",
        }
        if partial:
            common |= {
                "noise_seed": "seed",
                "add_noise": "add_noise",
                "start_at_step": "steps",
                "end_at_step": "steps",
                "return_with_leftover_noise": "leftover_noise",
            }
        else:
            common |= {"seed": "seed", "denoise": "denoise"}
        return self.spans(**common)


def _switch(on: bool) -> Constant:
    return Constant("text", "enable" if on else "disable")


#: The inputs as ComfyUI orders them, which is how people read them.
_KSAMPLER = "model seed steps cfg sampler_name scheduler positive negative latent_image denoise"
_ADVANCED = (
    "model add_noise noise_seed steps cfg sampler_name scheduler positive negative latent_image "
    "start_at_step end_at_step return_with_leftover_noise"
)


def _ordered(inputs: dict[str, Value], *, partial: bool) -> dict[str, Value]:
    return {name: inputs[name] for name in (_ADVANCED if partial else _KSAMPLER).split()}
