"""Where settings are looked up: in the pass, then in the pipeline, then in the family, then the defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import evaluate, fitting
from wan22dsl.graph.build.values import Declared, Flow
from wan22dsl.program import kinds
from wan22dsl.program.values import BROKEN, NOTHING, Constant, Nothing, Type, Unknown
from wan22dsl.syntax.tree import Name

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.conditioning import Shared
    from wan22dsl.graph.build.values import Setting, Thunk, Value
    from wan22dsl.syntax.tree import Expression

#: The settings that may be anything until something reads them as a type of its own.
_ANY = Type("*")
_MODEL = Type("MODEL")


class Settings:
    """The settings that `pipeline.name` reads: those of a pass in a pipeline, or of a pipeline alone.

    `prefix` goes in front of the ids of what is made here (`shot_1.`). `family` is that of the pass's
    model, or of the pipeline. `lets` keeps what the `let`s that stand in it came to, `conditioned` what
    the conditionings of its passes did.
    """

    def __init__(
        self,
        builder: Builder,
        blocks: tuple[Declared, ...],
        *,
        prefix: str = "",
        family: Declared | None = None,
        outer: Settings | None = None,
    ) -> None:
        self.builder = builder
        self.blocks = blocks
        self.prefix = prefix
        self.family = family
        self.outer = outer
        self.overrides: dict[str, Value] = {}
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
        if name in self.overrides:
            return self.overrides[name]
        kind = kinds.PASS_SETTINGS.get(name) or want or _ANY
        for block in self.blocks:  # the innermost first; what is `none` there is not given
            setting = block.settings.get(name)
            if setting is not None:
                value = self._home(block).evaluated(name, kind, setting)
                if not isinstance(value, Nothing):
                    return value
        if self.family is not None and name in kinds.FAMILY_SETTINGS:
            setting = self.family.settings.get(name)
            value = NOTHING if setting is None else self.evaluated(name, kind, setting)
            if not isinstance(value, Nothing):
                return value
        if self.builder.abstract and not self.pipeline.blocks:
            return Unknown(kind)  # the pipeline around may have it
        if name in kinds.DEFAULTS:
            default = kinds.DEFAULTS[name]
            return Constant(kind.name, default)
        return Nothing(name)

    def _home(self, block: Declared) -> Settings:
        """The settings that an expression in a block reads."""
        return self if block is self.blocks[0] or self.outer is None else self.outer

    def note_read(self, name: str) -> None:
        """Remembers that something reads the setting, here and in the pipeline around."""
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
        at = "" if kind == evaluate.FLOW else base + name
        b, env, node = self.builder, setting.env, setting.value
        with b.within(base, stage), b.about(f"the setting `{name}`"):
            value = evaluate.value(b, node, env, self, want=kind, at=at)
            if kind is not _ANY and not (kind == _MODEL and isinstance(value, (Declared, Flow))):
                value = fitting.fit(b, value, kind, node, env, self, at=at)
        if isinstance(value, Nothing):
            value = Nothing(name)
        self._busy.discard(key)
        self._kept[key] = (setting, value)
        return value


def is_none(expression: Expression) -> bool:
    """Whether `none` is written, which takes a setting away."""
    return isinstance(expression, Name) and expression.text == "none"
