"""Where settings are looked up: in the pass, then in the pipeline, then in the family, then the defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import evaluate, fitting
from wan22dsl.graph.build.values import Declared
from wan22dsl.program import kinds
from wan22dsl.program.values import BROKEN, Constant, Nothing, Type, Unknown

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Setting, Thunk, Value

#: The settings that may be anything until something reads them as a type of its own.
_ANY = Type("*")


class Settings:
    """The settings that `pipeline.name` reads: those of a pass in a pipeline, or of a pipeline alone.

    `prefix` goes in front of the ids of what is made here (`shot_1.`). `family` is that of the pass's
    model, or of the pipeline. `lets` keeps what the `let`s that stand in it came to.
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
        self._kept: dict[tuple[str, Type], Value] = {}
        self._busy: set[str] = set()

    @property
    def pipeline(self) -> Settings:
        """The settings of the pipeline around a pass; of a pipeline, itself."""
        return self.outer if self.outer is not None else self

    @property
    def name(self) -> str:
        """The innermost block's name, for messages."""
        return self.blocks[0].name if self.blocks else ""

    def written(self, name: str) -> tuple[Setting, Declared, Settings] | None:
        """Where a setting is written: in the pass, else in the pipeline."""
        for block in self.blocks:
            setting = block.settings.get(name)
            if setting is not None:
                home = self if block is self.blocks[0] or self.outer is None else self.outer
                return setting, block, home
        return None

    def has(self, name: str) -> bool:
        """Whether the innermost block itself has the setting."""
        return bool(self.blocks) and name in self.blocks[0].settings

    def get(self, name: str, want: Type | None = None) -> Value:
        """The value of a setting, fitted to a type; NOTHING when nobody gives it.

        Settings of passes have their own types; others get the type of their reader.
        """
        self.note_read(name)
        if name in self.overrides:
            return self.overrides[name]
        kind = kinds.PASS_SETTINGS.get(name) or want or _ANY
        found = self.written(name)
        if found is not None:
            setting, _, home = found
            return home._evaluated(name, kind, setting)
        if self.family is not None and name in kinds.FAMILY_SETTINGS:
            setting = self.family.settings.get(name)  # type: ignore[assignment]
            if setting is not None:
                return self._evaluated(name, kind, setting)
        if name in kinds.DEFAULTS:
            default = kinds.DEFAULTS[name]
            return Constant(kind.name, default)
        if self.builder.abstract and not self.blocks:
            return Unknown(kind if kind is not _ANY else Type("*"))
        return Nothing(name)

    def note_read(self, name: str) -> None:
        """Remembers that something reads the setting, here and in the pipeline around."""
        self.read.add(name)
        if self.outer is not None:
            self.outer.note_read(name)

    def _evaluated(self, name: str, kind: Type, setting: Setting) -> Value:
        key = (name, kind)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        if name in self._busy:
            self.builder.say_circular(setting, name)
            return BROKEN
        self._busy.add(name)
        base = self.prefix + (f"{self.name}." if self.outer is not None else "")
        builder, at = self.builder, base + name
        stage = self.name if self.outer is not None else ""
        with builder.within(base, stage), builder.about(f"the setting `{name}`"):
            value = evaluate.value(builder, setting.value, setting.env, self, want=kind, at=at)
            if kind is not _ANY and not (kind.name == "MODEL" and isinstance(value, Declared)):
                value = fitting.fit(builder, value, kind, setting.value, setting.env, self, at=at)
        if isinstance(value, Nothing):
            value = Nothing(name)
        self._busy.discard(name)
        self._kept[key] = value
        return value
