"""Reads the expressions of a stage backwards: what names and literals have to be to make what is there.

A frame is one such reading: where it begins, and what it has found.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link
from wan22dsl.importing.spellings import spelled
from wan22dsl.importing.units import ABSENT, Absent, SizeBy, Value
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import read_number
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Arrow,
    Attribute,
    Call,
    Chain,
    Group,
    Index,
    Let,
    Member,
    Name,
    Number,
    Text,
    nest,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.units import Sight, Target
    from wan22dsl.importing.vocabulary import StageWord, Vocabulary
    from wan22dsl.language.syntax.tree import Parameter


class Part(NamedTuple):
    """A part of a parameter: `size.width`, `lora.file`."""

    parameter: str
    member: str


class Frame:
    """One reading of a stage: what its parameters, `let`s and parts of parameters were found to be.

    `wants` are the settings of the pipeline that it reads; `nodes` those that it stands for; `guessed`
    tells that something was left open. `further` are the inputs of its node that its body does not set;
    `in_place` is the class that its node has instead of the body's.
    """

    def __init__(self, word: StageWord) -> None:
        self.word = word
        self.parameters = {parameter.name.text: parameter for parameter in word.stage.parameters}
        self.bound: dict[str, Target] = {}
        self.parts: dict[Part, Target] = {}
        self.lets = {
            expression.name.text: expression.value
            for expression in word.stage.items
            if isinstance(expression, Let)
        }
        self.let_nodes: dict[str, str] = {}
        self.wants: dict[str, Target] = {}
        self.nodes: set[str] = set()
        self.guessed = False
        self.brought: list[Any] = []
        self.further: dict[str, Target] = {}
        self.in_place = ""


class Root(NamedTuple):
    """Where the reading of a stage begins: an output, or a statement (then `output` is None)."""

    output: str | None
    expression: Any


def roots(word: StageWord) -> list[Root]:
    """The outputs of a stage; of one that has none, its last statement."""
    outputs = {output.name.text for output in word.stage.outputs}
    if outputs:
        return [
            Root(spelling.plain(expression.key.text), expression.value)
            for expression in word.stage.items
            if isinstance(expression, Attribute) and spelling.plain(expression.key.text) in outputs
        ]
    found = [
        expression
        for expression in word.stage.items
        if not isinstance(expression, (Let, Attribute))
    ]
    return [Root(None, found[0])] if len(found) == 1 else []


class SizeOf(NamedTuple):
    """A size that was found in two parts."""

    width: int
    height: int


def links_in(target: Any) -> list[Link]:
    """The links that a value is, or that a size is made of."""
    parts = target if isinstance(target, SizeBy) else (target,)
    return [part for part in parts if isinstance(part, Link)]


class Members(NamedTuple):
    """What is known of some steps, or of a sampler: `end` and `total`, or the `name`."""

    kind: str
    parts: tuple[tuple[str, Any], ...]


def alternative(word: StageWord, part: str | None, *, noisy: bool) -> list[Root]:
    """The outputs that a stage may stand for; in an engine the one that fits the pass, as it is compiled."""
    found = roots(word)
    names = [root.output for root in found]
    if part is None or not word.stage.named:
        return found
    for known, meant in ((kinds.PARTS, part), (kinds.NOISES, kinds.NOISES[not noisy])):
        if names and all(name in known for name in names):
            only = meant if meant in names else word.stage.outputs[0].name.text
            return [root for root in found if root.output == only]
    return found


def argument(frame: Frame, name: str, assets: Assets) -> Target | None:
    """What a parameter was found to be; None where nothing says it."""
    if name in frame.bound:
        return frame.bound[name]
    parts = {part.member: item for part, item in frame.parts.items() if part.parameter == name}
    if not parts:
        return None
    kind = frame.parameters[name].type.text
    if kind in ("steps", "sampler"):
        if not all(isinstance(item, Value) for item in parts.values()):
            return None
        values = {key: item.json for key, item in parts.items() if isinstance(item, Value)}
        return Value(Members(kind, tuple(sorted(values.items()))))
    if set(parts) == {"width", "height"}:
        sides = [parts[side] for side in ("width", "height")]
        if all(isinstance(px, Absent) for px in sides):
            return ABSENT
        if all(isinstance(px, Value) and type(px.json) is int for px in sides):
            return Value(SizeOf(*(px.json for px in sides if isinstance(px, Value))))
        width, height = sides
        if isinstance(width, (Link, Value)) and isinstance(height, (Link, Value)):
            return SizeBy(width, height)
        return None
    file = parts.get("file")
    if isinstance(file, Value) and isinstance(file.json, str):
        return Value(assets.file(frame.parameters[name].type.text, file.json))
    return None


def given(word: StageWord, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The arguments of a call by the names of its parameters."""
    found: dict[str, Any] = {}
    free = [parameter for parameter in word.stage.parameters if not parameter.brought]
    for argument in arguments:
        if isinstance(argument, Attribute):
            found[spelling.plain(argument.key.text)] = argument.value
        elif free:
            found[free[0].name.text] = argument
    return found


def bind(into: dict[Any, Target], name: Any, target: Target) -> bool:
    """Notes what a name was found to be; False where it was found to be something else before."""
    before = into.setdefault(name, target)
    if isinstance(before, Value) and isinstance(target, Value):
        one, other = before.json, target.json
        if isinstance(one, Members) and isinstance(other, Members):
            merged = {**dict(one.parts), **dict(other.parts)}
            into[name] = Value(Members(one.kind, tuple(sorted(merged.items()))))
            return all(merged[key] == value for key, value in one.parts)
    return type(before) is type(target) and before == target


def equal(value: Any, target: Target) -> bool:
    """Whether a value is the constant that is there."""
    if not isinstance(target, Value):
        return False
    item, other = plain(value), target.json
    return bool(item == other) and isinstance(item, bool) == isinstance(other, bool)


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
