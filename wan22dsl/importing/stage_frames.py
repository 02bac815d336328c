"""What the reading of a stage has found, and where such a reading begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link
from wan22dsl.importing.simplified import ABSENT, Absent, SizeBy, Value
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Let
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.simplified import Target
    from wan22dsl.importing.vocabulary import StageWord


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
