"""Reads expressions backwards: what names and literals have to be to make what is there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from wan22dsl.graph.model import Link
from wan22dsl.importing.simplified import Absent, SizeBy, Value
from wan22dsl.importing.spellings import spelled
from wan22dsl.importing.stage_frames import Part, bind, equal
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import read_number
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Arrow,
    Call,
    Chain,
    Group,
    Index,
    Member,
    Name,
    Number,
    Text,
    nest,
)

if TYPE_CHECKING:
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.simplified import Sight, Target
    from wan22dsl.importing.stage_frames import Frame
    from wan22dsl.importing.vocabulary import StageWord, Vocabulary
    from wan22dsl.language.syntax.tree import Parameter


class Expressions(ABC):
    """Reads expressions in one graph. What calls stand for is known to `Unifier`.

    While an engine is read, `part` is the part of the schedule that its pass samples, and `noisy` whether it
    adds noise.
    """

    def __init__(self, sight: Sight, words: Vocabulary, assets: Assets) -> None:
        self.sight = sight
        self.words = words
        self.assets = assets
        self.part: str | None = None
        self.noisy = True

    def expression(self, value: Any, target: Target, frame: Frame) -> bool:
        """Whether an expression may stand for what is there."""
        if isinstance(value, Chain):
            value = nest(value)
        if isinstance(value, Arrow):
            return self._arrow(value.elements, target, frame)
        if isinstance(value, Group):
            return self.expression(value.inner, target, frame)
        if isinstance(value, Name):
            return self._name(value.text, target, frame)
        if isinstance(value, Number):
            constant = read_number(value.text)
            return (
                isinstance(target, Value) and constant is not None and equal(constant.data, target)
            )
        if isinstance(value, Text):
            return self._text(value.text, target, frame)
        if isinstance(value, Call):
            return self._call(value, target, frame)
        if isinstance(value, Member):
            return self._member(value.target, spelling.plain(value.name), target, frame)
        if isinstance(value, Index):
            return self._index(value, target, frame)
        return self._open(target, frame)  # arithmetic and other things that cannot be turned round

    def _open(self, target: Target, frame: Frame) -> bool:
        frame.guessed = True
        return isinstance(target, Value)

    def _name(self, text: str, target: Target, frame: Frame) -> bool:
        head, *rest = spelling.name_parts(text)
        if text in ("true", "false"):
            return isinstance(target, Value) and target.json is (text == "true")
        if text == "none":
            return isinstance(target, Absent)
        if head == "_" and not rest:
            return bool(frame.brought) and self.expression(frame.brought[-1], target, frame)
        if head == "pipeline":
            return len(rest) == 1 and bind(frame.wants, rest[0], target)
        if head in frame.parameters:
            return self._parameter(frame.parameters[head], rest, target, frame)
        if head in frame.lets:
            return self._let(head, rest, target, frame)
        return self._declared(text, target, frame)

    def _parameter(
        self, parameter: Parameter, rest: list[str], target: Target, frame: Frame
    ) -> bool:
        name, kind = parameter.name.text, spelling.plain(parameter.type.text)
        if rest:
            if kind in ("steps", "sampler") and not isinstance(target, Value):
                return False  # they decide which nodes there are
            if kind in kinds.MEMBERS or kind in kinds.ASSETS:
                return len(rest) == 1 and bind(frame.parts, Part(name, rest[0]), target)
            return self._open(target, frame)  # a fact
        return self._fits(kind, target) and bind(frame.bound, name, target)

    def _fits(self, kind: str, target: Target) -> bool:
        """Whether what is there can be an argument of that type."""
        if isinstance(target, Absent):
            return True
        if isinstance(target, SizeBy):
            return kind == "size"
        if isinstance(target, Value):
            return spelled(target.json, kind) is not None
        if kind in kinds.ASSETS:
            return self.assets.of(target) is not None
        if kind in kinds.LINKS:
            return self.sight.type_of(target) in (*kinds.LINKS[kind], "*")
        return not kind[:1].islower()

    def _let(self, name: str, rest: list[str], target: Target, frame: Frame) -> bool:
        value = frame.lets[name]
        if not isinstance(target, Link):
            return False
        if rest and len(rest) == 1 and isinstance(value, Call):
            if frame.let_nodes.setdefault(name, target.node) != target.node:
                return False
            return self._member(value, spelling.plain(rest[0]), target, frame)
        return not rest and self.expression(value, target, frame)

    def _declared(self, text: str, target: Target, frame: Frame) -> bool:
        """An asset of the file, or a stage that waits for nothing."""
        found = self.words.lookup(frame.word.module, text)
        stage = self.words.stage_of(frame.word.module, text)
        if stage is not None and self.part is not None and isinstance(target, Value):
            return self._stage(stage, (), None, target, frame)
        if found is None or not isinstance(target, Link):
            return self._open(target, frame)
        if stage is not None:
            return self._stage(stage, (), None, target, frame)
        asset = self.assets.of(target)
        called = self.words.called(*found)
        if asset is None or called is None or asset.name != called:
            return False
        frame.nodes.add(target.node)
        return True

    def _text(self, raw: str, target: Target, frame: Frame) -> bool:
        if not isinstance(target, Value) or not isinstance(target.json, str):
            return False
        parts = spelling.text_parts(raw)
        holes = [part for part in parts if not isinstance(part, str)]
        if not holes:
            return "".join(map(str, parts)) == target.json
        if len(holes) > 1:
            return True
        at = parts.index(holes[0])
        before = "".join(map(str, parts[:at]))
        after = "".join(map(str, parts[at + 1 :]))
        said = target.json
        if len(said) < len(before) + len(after):
            return False
        if not (said.startswith(before) and said.endswith(after)):
            return False
        name = holes[0].name
        parameter = frame.parameters.get(name)
        if parameter is None or parameter.type.text != "text":
            return True
        return bind(frame.bound, name, Value(said[len(before) : len(said) - len(after)]))

    # --- known to the one that reads calls ---

    @abstractmethod
    def _call(self, call: Call, target: Target, frame: Frame) -> bool:
        """A call."""

    @abstractmethod
    def _member(self, value: Any, name: str, target: Target, frame: Frame) -> bool:
        """A member of what is in front of its dot."""

    @abstractmethod
    def _index(self, index: Index, target: Target, frame: Frame) -> bool:
        """An item by its number."""

    @abstractmethod
    def _arrow(self, elements: tuple[Any, ...], target: Target, frame: Frame) -> bool:
        """A flow."""

    @abstractmethod
    def _stage(
        self,
        word: StageWord,
        arguments: tuple[Any, ...],
        output: str | None,
        target: Target | str,
        frame: Frame,
        brought: Any = None,
    ) -> bool:
        """A call of a stage inside of a stage."""
