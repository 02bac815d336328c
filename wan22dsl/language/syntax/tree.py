"""The syntax tree of a `.wan` file: what is written, and where. It knows no meaning.

Every node ends with `start` and `end`, offsets into the text of the file, `end` exclusive. Words, numbers
and texts are kept as they are spelled, for the printer; `wan22dsl.language.syntax.spelling` reads them. Walks
are loops: a chain or a nest may be longer than Python's stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.source import Source


#: An expression or an item inside of another one. Spelled out, these types would contain each other, and
#: type checkers, which compare tuples part by part, would not come to an end.
Inner = Any

# --- expressions ---------------------------------------------------------------------------------


class Number(NamedTuple):
    """A number with or without a unit: `4`, `-1`, `5.0`, `5s`, `81f`, `832x1216`, `24GiB`."""

    text: str
    start: int
    end: int


class Text(NamedTuple):
    """A text with its quotes: `"one line"` or `\"\"\"` over several lines."""

    text: str
    start: int
    end: int


class Sampler(NamedTuple):
    """A sampler and scheduler: `euler/simple`."""

    text: str
    start: int
    end: int


class Name(NamedTuple):
    """A name of ours, with its members: `high`, `wan22.i2v_high`, `info.`source_fps🟨``; or `_`."""

    text: str
    start: int
    end: int


class ClassName(NamedTuple):
    """A name of ComfyUI's: `KSampler`, or in backticks `` `RIFE VFI` `` (kept with the backticks)."""

    text: str
    start: int
    end: int


class List(NamedTuple):
    """`[a, b]`."""

    items: tuple[Inner, ...]
    start: int
    end: int


class Record(NamedTuple):
    """`{ key = value }` as a value. Items that are no attributes are a mistake of meaning."""

    items: tuple[Inner, ...]
    start: int
    end: int


class Group(NamedTuple):
    """`( … )` around an expression."""

    inner: Inner
    start: int
    end: int


class Call(NamedTuple):
    """`name(input = value)`, with what is said about it in braces (None: no braces)."""

    callee: Name | ClassName
    arguments: tuple[Inner, ...]
    about: tuple[Inner, ...] | None
    start: int
    end: int


class Member(NamedTuple):
    """`call(…).name`; `name` as spelled, without the dot. Members of bare names are part of the Name."""

    target: Inner
    name: str
    start: int
    end: int


class Index(NamedTuple):
    """`call(…)[0]` or `name[0]`; `number` as spelled."""

    target: Inner
    number: Number
    start: int
    end: int


class Chain(NamedTuple):
    """Operands with operators between them, flat, as written. Operators: `->`, `+`, `-`, `*`, `/`,
    `..`, `of`.

    `operators[i]` is between `operands[i]` and `operands[i + 1]`. See `operators.nest`.
    """

    operands: tuple[Inner, ...]
    operators: tuple[str, ...]
    start: int
    end: int


class Bad(NamedTuple):
    """What could not be read, which a diagnostic says."""

    start: int
    end: int


Expression = Union[
    Number, Text, Sampler, Name, ClassName, List, Record, Group, Call, Member, Index, Chain, Bad
]

# --- items of bodies and argument lists ----------------------------------------------------------


class Let(NamedTuple):
    """`let name = value` inside a block."""

    name: Name
    value: Expression
    start: int
    end: int


class Attribute(NamedTuple):
    """`key = value`: a setting, an argument, an input of a node, an entry of a record."""

    key: Name | ClassName
    value: Expression
    start: int
    end: int


Item = Union[Let, Attribute, Expression]

# --- types ---------------------------------------------------------------------------------------


class TypeName(NamedTuple):
    """A type by its name: `int`, `image`, `IMAGE`, `` `MODEL,CLIP` ``; or a list of one: `[lora]`."""

    text: str
    item: TypeName | None
    start: int
    end: int


# --- declarations --------------------------------------------------------------------------------


class Header(NamedTuple):
    """`wan 1`, `use wan22`, `use "a.wan" as house`."""

    word: Name
    value: Number | Text | Name | Bad
    alias: Name | None
    start: int
    end: int


class Param(NamedTuple):
    """`param seed: int = 42 in [1, 42]`; `default` and `accepts` may be missing."""

    word: Name
    name: Name
    type: TypeName
    default: Expression | None
    accepts: Expression | None
    start: int
    end: int


class Block(NamedTuple):
    """`pass high { … }`: a kind, a name and a body."""

    word: Name
    name: Name
    items: tuple[Item, ...]
    start: int
    end: int


class Derived(NamedTuple):
    """`pass low = high(…)`, `let x = …`: a kind, a name and a value."""

    word: Name
    name: Name
    value: Expression
    start: int
    end: int


class Parameter(NamedTuple):
    """A parameter of a stage; `brought` when it is marked `in`."""

    brought: bool
    name: Name
    type: TypeName
    default: Expression | None
    accepts: Expression | None
    start: int
    end: int


class Output(NamedTuple):
    """An output of a stage. A stage with `-> IMAGE` has one, called `out`."""

    name: Name
    type: TypeName
    start: int
    end: int


class Stage(NamedTuple):
    """`stage rife(in frames: IMAGE, …) -> IMAGE { … }`. `named` when the outputs are in parentheses."""

    word: Name
    name: Name
    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    named: bool
    items: tuple[Item, ...]
    start: int
    end: int


class NodeInput(NamedTuple):
    """An input of a node class: `times: INT = 2 in 1..8`."""

    name: Name | ClassName
    type: TypeName
    default: Expression | None
    accepts: Expression | None
    start: int
    end: int


class NodeOutput(NamedTuple):
    """An output of a node class. Of one with `-> IMAGE` the name is spelled like the type."""

    name: Name | ClassName
    type: TypeName
    start: int
    end: int


class NodeDeclaration(NamedTuple):
    """``node `My VFI`(images: IMAGE, …) -> (frames: IMAGE) { … }``: what is known of a node class."""

    word: Name
    name: ClassName
    inputs: tuple[NodeInput, ...]
    outputs: tuple[NodeOutput, ...]
    named: bool
    items: tuple[Item, ...]
    start: int
    end: int


Declaration = Union[Header, Param, Block, Derived, Stage, NodeDeclaration]


class File(NamedTuple):
    """A whole file. `comments` are the stretches of its comments, in order, without the line end."""

    source: Source
    declarations: tuple[Declaration, ...]
    comments: tuple[tuple[int, int], ...]


# What counts as a level of nesting: brackets, and outputs of outputs.
NESTING = (Call, Group, Index, List, Member, Record)


def children(node: Any) -> Iterator[Any]:
    """The nodes directly below a node, in the order of its fields."""
    for field in node:
        if field.__class__ is tuple:
            for item in field:
                if isinstance(item, tuple):
                    yield item
        elif isinstance(field, tuple):
            yield field


def walk(node: Any) -> Iterator[Any]:
    """The node and all below it, each before what is below it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += reversed(list(children(found)))


def at(node: Any, offset: int) -> tuple[Any, ...]:
    """The way from a node to the innermost one at an offset, each inside of the one before it.

    Behind its last character is still at a node, but what begins there comes first. A file is everywhere.
    """
    way = [node]
    while True:
        inner = way[-1].declarations if isinstance(way[-1], File) else children(way[-1])
        found = None
        for child in inner:
            if child.start <= offset < child.end:
                found = child
                break
            if child.end == offset and child.start < offset:
                found = child
        if found is None:
            return tuple(way)
        way.append(found)


class Binary(NamedTuple):
    """`left operator right`; the operator is one of `*`, `+`, `-`, `..` and `of`."""

    operator: str
    left: Nested
    right: Nested
    start: int
    end: int


class Arrow(NamedTuple):
    """`a -> b -> c`: the elements of a flow, at least two. None of them is an Arrow itself."""

    elements: tuple[Nested, ...]
    start: int
    end: int


Nested = Union["Expression", Binary]

# How tightly an operator binds. `->` is the loosest; see `nest`.
BINDING = {"*": 3, "/": 3, "+": 2, "-": 2, "..": 1, "of": 1}


def nest(chain: Chain) -> Arrow | Binary:
    """The chain with its operators in order. Operands stay as they are."""
    elements: list[Nested] = []
    first = 0
    ends = [at for at, sign in enumerate(chain.operators) if sign == "->"]
    for at in [*ends, len(chain.operators)]:
        elements.append(_arithmetic(chain.operands[first : at + 1], chain.operators[first:at]))
        first = at + 1
    if ends:
        return Arrow(tuple(elements), chain.start, chain.end)
    only = elements[0]
    assert isinstance(only, Binary)  # a chain has an operator
    return only


def _arithmetic(operands: tuple[Expression, ...], operators: tuple[str, ...]) -> Nested:
    """Operands between two arrows: a stack of what still waits for its right side."""
    values: list[Nested] = [operands[0]]
    waiting: list[str] = []
    for sign, operand in zip(operators, operands[1:]):
        while waiting and BINDING[waiting[-1]] >= BINDING[sign]:
            _join(values, waiting.pop())
        waiting.append(sign)
        values.append(operand)
    while waiting:
        _join(values, waiting.pop())
    return values[0]


def _join(values: list[Nested], sign: str) -> None:
    right = values.pop()
    left = values.pop()
    values.append(Binary(sign, left, right, left.start, right.end))
