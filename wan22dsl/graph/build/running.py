"""One pass while it is built: its settings as it sees them, and where each is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.graph import messages
from wan22dsl.graph.build import evaluate
from wan22dsl.program.values import BROKEN, Constant, Nothing, Unknown

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Declared, Env, Setting, Value
    from wan22dsl.source import Span
    from wan22dsl.syntax.operators import Nested

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
    """The part of a schedule that a pass samples; the end is excluded."""

    start: int
    end: int
    total: int

    @property
    def whole(self) -> bool:
        """From the first step to the last."""
        return self.start == 0 and self.end >= self.total


class PassRun:
    """One run of a pass. `own` are its settings; `node` in `env` is where it stands in the flow.

    `name` is the pass's, with that of a pipeline inside another in front; `place` is where findings and
    nodes of the pass itself point. `model` is its model, where that is declared.
    """

    def __init__(self, b: Builder, block: Declared, own: Settings, node: Nested, env: Env) -> None:
        self.b = b
        self.block = block
        self.own = own
        self.node = node
        self.env = env
        self.name = f"{own.prefix}{block.name}"
        self.model: Declared | None = None
        self.place = b.place(env.span(node))

    def needed(self, name: str) -> Value:
        """A setting without which there is no pass."""
        found = self.own.get(name)
        if isinstance(found, Nothing):
            why, mend = _NEEDED[name]
            self.missing(name, why, mend)
            return BROKEN
        return found

    def missing(self, name: str, why: str, mend: str, needed: str = "") -> None:
        """Reports a setting that the pass cannot do without."""
        span = self.place if self.block.module.is_library else self.block.span
        self.b.say(
            messages.MISSING_SETTING,
            span,
            kind="pass",
            name=self.block.name,
            setting=name,
            needed=needed,
            why=why,
            mend=mend,
        )

    def schedule(self, steps: Value) -> Schedule | Unknown | None:
        """Which steps of how many; the total may be the pipeline's. None: it cannot be told."""
        if isinstance(steps, Unknown):
            return steps
        if not isinstance(steps, Constant):
            return None
        start, end, total = steps.data
        if total is None:
            outer = self.own.pipeline.get("steps")
            if isinstance(outer, Unknown):
                return outer
            total = outer.data[2] if isinstance(outer, Constant) else None
        if total is None:
            span = self.span_of("steps") or self.block.span
            self.b.say(messages.BAD_STEPS, span, name=self.block.name, steps=f"{start}..{end}")
            return None
        return Schedule(start, end, total)

    def flag(self, name: str, otherwise: Value) -> Value:
        """A yes or no that follows from the place in the flow, unless it is written."""
        found = self.own.get(name)
        return otherwise if isinstance(found, Nothing) else found

    def written(self, name: str) -> tuple[Nested, Env]:
        """The expression of a setting and where its names are looked up; else where the pass stands."""
        found = self.own.written(name)
        return (self.node, self.env) if found is None else (found[0].value, found[0].env)

    def span_of(self, name: str) -> Span | None:
        """Where a setting is written; for one of the library, where the pass stands."""
        written = self.own.written(name)
        return None if written is None else self.origin_of(written[0])

    def origin_of(self, setting: Setting) -> Span:
        """Where the value of a setting is written; for one of the library, where the pass stands."""
        if setting.env.module.is_library:
            return self.place
        return evaluate.origin(setting.value, setting.env, self.own)

    def spans(self, **settings: str) -> dict[str, Span]:
        """Where the settings behind inputs are written: the input's name, and that of the setting."""
        places = {setting: self.span_of(setting) for setting in dict.fromkeys(settings.values())}
        found = {name: places[setting] for name, setting in settings.items()}
        return {name: span for name, span in found.items() if span is not None}
