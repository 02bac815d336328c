"""Where settings are looked up: in the pass, then the pipeline, the family, the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph.build import messages
from wan22dsl.graph.build.values import Declared, Flow, Wire, describe, in_words
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import (
    BROKEN,
    NOTHING,
    Constant,
    Nothing,
    Unknown,
    spell,
)
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Group, Name, Number, Text
from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Env, Setting, Thunk, Value
    from wan22dsl.language.syntax.tree import Expression, Nested
    from wan22dsl.source import Span


def refused(b: Builder, value: Constant, node: Nested, env: Env) -> Value:
    """The value, or BROKEN with a finding, where it asks for a random seed."""
    from wan22dsl.language.program.suggestions import seed_parameter
    from wan22dsl.language.program.synonyms import RANDOM

    if value.type == "text" and value.data.strip().lower() not in RANDOM:
        return value
    span, fix = env.span(node), None
    if isinstance(node, (Number, Text)):
        place = seed_parameter(env.module, node.start)
        if place is not None:
            edits = (
                Edit(env.module.span(place, place), "param seed: int = 0\n\n"),
                Edit(span, "seed"),
            )
            fix = Fix("write `param seed: int = 0`, and `seed` here", edits, safe=False)
    b.say(messages.RANDOM_SEED, span, found=spell(value), fix=fix)
    return BROKEN


#: The settings that may be anything until something reads them as a type of its own.
_ANY = Type("*")
_MODEL = Type("MODEL")


class Site(NamedTuple):
    """A pass as it is written in a flow: what it stands for, and the element that names it."""

    block: Declared
    node: Nested
    env: Env


class Use(NamedTuple):
    """How a pass got a setting that its pipeline has as well.

    `how` is "pipeline" where it took the pipeline's, "pass" where it has its own, and "flow" where what
    the arrow brings decides it.
    """

    site: Site
    how: str
    value: Value


class Settings:
    """The settings that `pipeline.name` reads: those of a pass in a pipeline, or of a pipeline alone.

    `prefix` goes in front of the ids of what is made here (`shot_1.`). `family` is that of the pass's
    model, or of the pipeline. `lets` keeps what the `let`s that are in it came to, `conditioned` what
    the conditionings of its passes did.

    `site` is where a pass is in the flow, and `brought` are those of its own settings that what the
    arrow brings replaced. Of a pipeline, `uses` says for each of its settings how the passes got it;
    `read_by_stages` and `read_in_texts` are those that something else reads, a stage or a string, and
    `family_reads` what it takes from the family. `overrides` come from what a pass goes on from, and
    `lacking` says how more of that would be known. `given` is what a pass has made of its settings, for its
    engine; while that is built, `part` is the part of the schedule that it samples, and `noisy` whether it
    adds noise.
    """

    def __init__(
        self,
        builder: Builder,
        blocks: tuple[Declared, ...],
        *,
        prefix: str = "",
        family: Declared | None = None,
        outer: Settings | None = None,
        site: Site | None = None,
    ) -> None:
        self.builder = builder
        self.blocks = blocks
        self.prefix = prefix
        self.family = family
        self.outer = outer
        self.site = site
        self.uses: dict[str, dict[Settings, Use]] = {}
        self.read_by_stages: set[str] = set()
        self.read_in_texts: set[str] = set()
        self.family_reads: set[str] = set()
        self.brought: dict[str, Value] = {}
        self.overrides: dict[str, Value] = {}
        self.given: dict[str, Value] = {}
        self.part: str | None = None
        self.noisy: bool | None = None
        self._quiet = False
        self.lacking = ""
        self.lets: dict[int, tuple[Thunk, Value]] = {}
        self.read: set[str] = set()
        self.conditioned: list[Shared] = []
        self._kept: dict[tuple[int, Type], tuple[Setting, Value]] = {}
        self._busy: set[tuple[int, Type]] = set()

    @property
    def pipeline(self) -> Settings:
        """The settings of the pipeline around a pass; of a pipeline, itself."""
        return self.outer if self.outer is not None else self

    @property
    def name(self) -> str:
        """The innermost block's name, for messages."""
        return self.blocks[0].name if self.blocks else ""

    def written(self, name: str) -> tuple[Setting, Settings] | None:
        """Where a setting is written that is given: in the pass, else in the pipeline."""
        for block in self.blocks:
            setting = block.settings.get(name)
            if setting is not None and not is_none(setting.value):
                return setting, self._home(block)
        return None

    def has(self, name: str) -> bool:
        """Whether the innermost block itself gives the setting."""
        setting = self.blocks[0].settings.get(name) if self.blocks else None
        return setting is not None and not is_none(setting.value)

    def get(self, name: str, want: Type | None = None) -> Value:
        """The value of a setting, fitted to a type; NOTHING when nobody gives it.

        Settings of passes have their own types; others get the type of their reader.
        """
        self.note_read(name)
        found = self._found(name, want)
        return self.given.get(name, found)

    def look(self, name: str) -> Value:
        """The value of a setting, which does not count as being read."""
        self._quiet = True
        try:
            return self.get(name)
        finally:
            self._quiet = False

    def _found(self, name: str, want: Type | None) -> Value:
        if name in self.overrides:
            found = self.overrides[name]
            self._note_use(name, "flow", found)
            return found
        kind = _kind(name, want)
        for block in self.blocks:  # the innermost first; what is `none` there is not given
            setting = block.settings.get(name)
            if setting is not None:
                value = self._home(block).evaluated(name, kind, setting)
                if not isinstance(value, Nothing):
                    self._note_use(name, "pass" if block is self.blocks[0] else "pipeline", value)
                    return value
        if self.family is not None and name in kinds.FAMILY_SETTINGS:
            setting = self.family.settings.get(name)
            value = NOTHING if setting is None else self.evaluated(name, kind, setting)
            if not isinstance(value, Nothing):
                self.family_reads.add(name)
                return value
        if self.builder.abstract and not self.pipeline.blocks:
            return Unknown(kind)  # the pipeline around may have it
        if name in kinds.DEFAULTS:
            default = kinds.DEFAULTS[name]
            return Constant(kind.name, default)
        return Nothing(name)

    def every(self, name: str) -> list[tuple[Value, Setting]]:
        """A setting that adds up: what the pass has of it, then what the pipeline has."""
        self.note_read(name)
        kind = kinds.PASS_SETTINGS[name]
        found = []
        for block in self.blocks:
            setting = block.settings.get(name)
            if setting is None or is_none(setting.value):
                continue
            found.append((self._home(block).evaluated(name, kind, setting), setting))
        return found

    def _home(self, block: Declared) -> Settings:
        """The settings that an expression in a block reads."""
        return self if block is self.blocks[0] or self.outer is None else self.outer

    def _note_use(self, name: str, how: str, value: Value) -> None:
        """Remembers how a pass got a setting, for the pipeline around; or that a stage reads it there."""
        if self._quiet:
            return
        if self.outer is None:
            (self.read_in_texts if self.builder.in_text else self.read_by_stages).add(name)
        elif self.site is not None:
            if how == "flow" and name in self.blocks[0].settings:
                self.brought[name] = value
            if self.outer.blocks and name in self.outer.blocks[0].settings:
                self.outer.uses.setdefault(name, {})[self] = Use(self.site, how, value)

    def note_same(self, other: Settings, names: Iterable[str]) -> None:
        """Remembers of settings that this pass got them as another one did."""
        for name in names:
            self.note_read(name)
            uses = self.pipeline.uses.get(name, {})
            if other in uses and self.site is not None:
                uses[self] = uses[other]._replace(site=self.site)

    def note_read(self, name: str) -> None:
        """Remembers that something reads the setting, here and in the pipeline around."""
        if self._quiet:
            return
        self.read.add(name)
        if self.outer is not None:
            self.outer.note_read(name)

    def evaluated(self, name: str, kind: Type, setting: Setting) -> Value:
        """The value of one expression, fitted to a type, once."""
        key = (id(setting), kind)
        kept = self._kept.get(key)
        if kept is not None:
            return kept[1]
        if key in self._busy:
            self.builder.say_circular(setting, name)
            return BROKEN
        self._busy.add(key)
        base = self.prefix + (f"{self.name}." if self.outer is not None else "")
        stage = self.name if self.outer is not None else ""
        at = "" if kind == kinds.FLOW else base + name
        b, env, node = self.builder, setting.env, setting.value
        quiet, self._quiet = (
            self._quiet,
            False,
        )  # what an expression reads is read, however it is used
        with b.within(base, stage), b.about(f"the setting `{name}`"), b.measuring(kind):
            value = b.evaluate(node, env, self, want=kind, at=at)
            if name == "seed" and isinstance(value, Constant) and _may_be_drawn(value):
                value = refused(b, value, node, env)
            if kind is not _ANY and not (kind == _MODEL and isinstance(value, (Declared, Flow))):
                value = b.fit(value, kind, node, env, self, at=at)
            if isinstance(value, Wire) and not kind.is_socket and name in _NEVER_BY_LINK:
                value = _never_by_link(b, name, value, kind, env.span(node))
        if isinstance(value, Nothing):
            value = Nothing(name)
        self._quiet = quiet
        self._busy.discard(key)
        self._kept[key] = (setting, value)
        return value


def _kind(name: str, want: Type | None) -> Type:
    """The type that a setting is read as: its own, but the reader's where that is of another socket.

    A pack's stage that reads `pipeline.vae` as a VAE of its own gets that.
    """
    own = kinds.PASS_SETTINGS.get(name)
    if own is None:
        return want or _ANY
    if want is None or want == _ANY or not (own.is_socket and want.is_socket):
        return own
    return own if own.name in want.name.split(",") else want


#: Settings of a pass that decide what is built, so that they cannot come by a link.
_NEVER_BY_LINK = frozenset("denoise fps handoff add_noise leftover_noise loras_by".split())


def _never_by_link(b: Builder, name: str, value: Wire, kind: Type, span: Span) -> Value:
    """Reports a link where the value decides what is built."""
    b.say(
        messages.WRONG_TYPE,
        span,
        what=f"the setting `{name}`",
        wanted=in_words(kind).partition(" such as ")[0].rstrip(","),
        found=describe(value),
        help="Write the value itself: it decides which nodes are made, so a link is too late.",
    )
    return BROKEN


def _may_be_drawn(value: Constant) -> bool:
    """Whether a seed is one that other programs take for a random one: -1, or a word."""
    return value.type == "text" or (value.type == "int" and value.data < 0)


def is_none(expression: Expression) -> bool:
    """Whether `none` is written, which takes a setting away."""
    return isinstance(expression, Name) and expression.text == "none"


_NEEDED = {
    "model": ("A pass samples with one expert.", "Write `model = wan22.i2v_high`."),
    "steps": ("The schedule is the core of a pass.", "Write `steps = 0..2 of 4`, or `steps = 4`."),
    "sampler": ("ComfyUI's own default is rarely intended.", "Write `sampler = euler/simple`."),
    "cfg": (
        "At 1.0 the negative prompt has no effect and a step takes half the time.",
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
    """One run of a pass. `own` are its settings; `node` in `env` is where it is in the flow.

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
            why, help = _NEEDED[name]
            self.missing(name, why, help)
            return BROKEN
        return found

    def missing(self, name: str, why: str, help: str, needed: str = "") -> None:
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
            help=help,
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

    def flag(self, name: str, otherwise: Value, look: Callable[[str], Value]) -> Value:
        """A yes or no that follows from the place in the flow, unless it is written."""
        found = look(name)
        return otherwise if isinstance(found, Nothing) else found

    def written(self, name: str) -> tuple[Nested, Env]:
        """The expression of a setting and where its names are looked up; else where the pass is."""
        found = self.own.written(name)
        return (self.node, self.env) if found is None else (found[0].value, found[0].env)

    def span_of(self, name: str) -> Span | None:
        """Where a setting is written; for one of the library, where the pass is."""
        written = self.own.written(name)
        return None if written is None else self.origin_of(written[0])

    def origin_of(self, setting: Setting) -> Span:
        """Where the value of a setting is written; for one of the library, where the pass is."""
        if setting.env.module.is_library:
            return self.place
        return origin(setting.value, setting.env, self.own)

    def spans(self, **settings: str) -> dict[str, Span]:
        """Where the settings behind inputs are written: the input's name, and that of the setting."""
        places = {setting: self.span_of(setting) for setting in dict.fromkeys(settings.values())}
        found = {name: places[setting] for name, setting in settings.items()}
        return {name: span for name, span in found.items() if span is not None}


def origin(expression: Nested, env: Env, settings: Settings) -> Span:
    """Where the value of an expression was written: behind a parameter, its argument; else itself."""
    while True:
        while isinstance(expression, Group):
            expression = expression.inner
        if not isinstance(expression, Name):
            return env.span(expression)
        head, *rest = spelling.name_parts(expression.text)
        if head == "pipeline" and rest:
            written = settings.written(rest[0])
            if written is not None:
                return written[0].env.span(written[0].value)
        found = env.origin(head)
        if found is None:
            return env.span(expression)
        expression, env, settings = found


def choice(
    b: Builder, found: Constant, choices: tuple[str, ...], what: str, node: Nested, env: Env
) -> Value:
    """A text that has to be one of a few."""
    if found.data in choices:
        return found
    guess = nearest(str(found.data), choices)
    help = f'Did you mean `"{guess}"`?' if guess else "Use one of them."
    fix = None
    if guess and isinstance(node, Text):
        fix = Fix(f'write `"{guess}"`', (Edit(env.span(node), f'"{guess}"'),), safe=False)
    b.say(
        messages.NOT_A_CHOICE,
        env.span(node),
        what=f"`{what}`",
        found=spell(found),
        choices=", ".join(f'"{choice}"' for choice in choices),
        help=help,
        fix=fix,
    )
    return BROKEN


class Shared(NamedTuple):
    """What a conditioning gave to a pass, and the settings that it read there."""

    found: Value
    own: Settings
    read: frozenset[str]
    made: Value
    latent: bool
