"""What an expression means while a graph is built, in words, and how values become inputs of nodes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Union

from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import (
    Broken,
    Constant,
    Nothing,
    Unknown,
    plain_number,
    spell,
)
from wan22dsl.language.syntax import spelling
from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.syntax.tree import Attribute, Call, Expression, Nested, Stage, TypeName
    from wan22dsl.source import Span


def type_of(written: TypeName) -> Type:
    """A type as written."""
    if written.item is not None:
        return Type("list", type_of(written.item))
    return _type_named(written.text)


@lru_cache(maxsize=512)
def _type_named(text: str) -> Type:
    name = spelling.plain(text)
    known = not name[:1].islower() or name in kinds.TYPES
    return Type(name if known else "*")  # resolving the file has said that there is no such type


class Wire(NamedTuple):
    """An output of a node, and its socket type."""

    link: Link
    type: str


class Outputs(NamedTuple):
    """A node of which no output has been chosen yet; `schema` is None for an unknown class.

    `like` is the class in whose place it is.
    """

    node: str
    schema: NodeClass | None
    like: NodeClass | None = None


class Several:
    """The outputs of a stage that names more than one."""

    __slots__ = ("values",)

    def __init__(self, values: dict[str, Value]) -> None:
        self.values = values


def chosen(value: Value) -> Value:
    """The output `out` of a stage with several, which is meant where none is chosen."""
    return value.values.get("out", value) if isinstance(value, Several) else value


class Setting(NamedTuple):
    """A setting as written: its expression, where its names are looked up, and where it is.

    In a copy, `before` is the setting of the original that it replaces, and `original` its name there.
    `of_other_model` tells of LoRAs that a copy took over while it set another model.
    """

    value: Expression
    env: Env
    key: Attribute
    before: Setting | None = None
    original: str = ""
    of_other_model: bool = False


class Declared:
    """A declared block, or a copy of one: an asset, a family, a pass or a pipeline.

    `own` are the settings that the last declaration or call wrote itself; `name` is that of the last
    declaration, so that a copy in place keeps the original's; `module` and `span` are where it is.
    """

    __slots__ = ("env", "kind", "module", "name", "own", "settings", "span")

    def __init__(
        self,
        kind: str,
        name: str,
        settings: Mapping[str, Setting],
        own: frozenset[str],
        env: Env,
        module: Module,
        span: Span,
    ) -> None:
        self.kind = kind
        self.name = name
        self.settings = settings
        self.own = own
        self.env = env
        self.module = module
        self.span = span


class StageName(NamedTuple):
    """A stage by its bare name: it waits for a value, or needs none."""

    stage: Stage
    module: Module


class Open(NamedTuple):
    """A call of a stage that still waits for what an arrow brings."""

    call: Call
    target: StageName
    env: Env


class Chosen(NamedTuple):
    """An output of a stage that still waits for what an arrow brings."""

    stage: StageName | Open
    output: str


class Flow(NamedTuple):
    """A flow that has not run: `elements` are handed on from one to the next. A list: several flows."""

    elements: tuple[Nested, ...]
    env: Env


class Flows(NamedTuple):
    """A list of flows."""

    items: tuple[Expression, ...]
    env: Env


class Ended(NamedTuple):
    """What a flow gives that ends in a list, or a node that has no output: nothing."""


ENDED = Ended()

Value = Union[
    Constant,
    Unknown,
    Nothing,
    Broken,
    Wire,
    Outputs,
    Several,
    Declared,
    StageName,
    Open,
    Chosen,
    Flow,
    Flows,
    Ended,
]


class Thunk:
    """A `let`: evaluated when it is first needed, once for each pipeline that it is in.

    `index` counts the `let`s of its block, since only those above can be named. `run` belongs to the
    `let` of a stage's body: the settings of the call, the base of its ids, and the stage of the flow.
    `at` is the id of what it makes, where that is not its own name.
    """

    __slots__ = ("at", "env", "expression", "index", "name", "run")

    def __init__(self, name: str, expression: Expression, env: Env, index: int = 0) -> None:
        self.name = name
        self.expression = expression
        self.env = env
        self.index = index
        self.run: tuple[Settings, str, str] | None = None
        self.at = ""


class Further:
    """What the call of a stage says of the node that the stage makes with `call`.

    `class_name` is the class that it really has, `given` are inputs beyond those of the stage; `about` is
    what the braces of a node in its place say, None where it is the stage's own. `is_result` tells that
    the stage gives what the node gives. `made` is the id of the node, once it is there.
    """

    __slots__ = ("about", "call", "class_name", "given", "is_result", "made", "spans")

    def __init__(
        self,
        call: Call,
        class_name: str,
        given: dict[str, Value],
        spans: dict[str, Span],
        about: Any,
        *,
        is_result: bool,
    ) -> None:
        self.call = call
        self.is_result = is_result
        self.class_name = class_name
        self.given = given
        self.spans = spans
        self.about = about
        self.made = ""


class Env:
    """The names of a block inside those of another; the outermost is the file itself."""

    __slots__ = ("_lets", "brought", "further", "in_graph", "local", "module", "origins", "outer")

    def __init__(self, module: Module, outer: Env | None = None, *, in_graph: bool = False) -> None:
        self.module = module
        self.outer = outer
        self.local: dict[str, Value | Thunk] = {}
        self.origins: dict[str, tuple[Nested, Env, Settings]] = {}
        self.brought: Value | None = None
        self.further: Further | None = None
        self.in_graph: bool = in_graph or (outer is not None and outer.in_graph)
        self._lets: int | None = None

    def above(self, lets: int) -> Env:
        """The same block as seen from behind its first `lets` `let`s."""
        env = Env(self.module, self)
        env._lets = lets
        return env

    def find(self, name: str) -> Value | Thunk | None:
        """A `let` above or a parameter; None when the name is not local."""
        env: Env | None = self
        lets: int | None = None
        while env is not None:
            found = env.local.get(name)
            if found is not None:
                if lets is None or not isinstance(found, Thunk) or found.index < lets:
                    return found
            lets = env._lets
            env = env.outer
        return None

    def origin(self, name: str) -> tuple[Nested, Env, Settings] | None:
        """What the value of a parameter was written as, in the call or as its default, and where."""
        env: Env | None = self
        while env is not None:
            if name in env.local:
                return env.origins.get(name)
            env = env.outer
        return None

    def underscore(self) -> Value | None:
        """What `_` stands for: what the nearest arrow brings."""
        env: Env | None = self
        while env is not None:
            if env.brought is not None:
                return env.brought
            env = env.outer
        return None

    def further_of(self, call: Call) -> Further | None:
        """What the call of the stage says of the node that this call in its body makes."""
        env: Env | None = self
        while env is not None:
            if env.further is not None:
                return env.further if env.further.call is call else None
            env = env.outer
        return None

    def span(self, node: Any) -> Span:
        """Where a node of the tree is."""
        return self.module.span(node.start, node.end)


def _short(written: str) -> str:
    """What is long is shown with its beginning only."""
    return written if len(written) <= 100 else f"{written[:99]}…"


def describe(value: Value) -> str:
    """A value in the words of a message."""
    if isinstance(value, Constant):
        kinds = {"int": "the number", "float": "the number", "text": "the string"}
        return f"{kinds.get(value.type, f'the {value.type} value')} {_short(spell(value))}"
    if isinstance(value, Unknown):
        return f"a value of type {value.type}"
    if isinstance(value, Wire):
        return f"a link of type {value.type}"
    if isinstance(value, Outputs):
        return f"a node with {len(value.schema.outputs) if value.schema else 'unknown'} outputs"
    if isinstance(value, Several):
        return "several outputs (" + ", ".join(value.values) + ")"
    if isinstance(value, Declared):
        return f"the {value.kind} `{value.name}`"
    if isinstance(value, StageName):
        return f"the stage `{value.stage.name.text}`"
    if isinstance(value, Open):
        return f"the stage `{value.target.stage.name.text}`, which needs an input"
    if isinstance(value, Chosen):
        return f"the output `{value.output}` of {describe(value.stage)}"
    if isinstance(value, Nothing):
        return "nothing"
    if isinstance(value, Ended):
        return "a flow without a value"
    return "a flow"


#: Sizes that Wan 2.2 is made for, by what people call them.
BY_HEIGHT = {"480p": "832x480", "720p": "1280x720"}

_WORDS = {
    "int": "a whole number such as 4",
    "float": "a number such as 1.0",
    "bool": "true or false",
    "text": 'a string in quotes, such as "x"',
    "seconds": "seconds, such as 5s",
    "frames": "a length, such as 81f or 5s",
    "fps": "frames per second, such as 16fps",
    "bytes": "an amount of memory, such as 24GiB",
    "size": "a size, such as 832x1216",
    "sampler": "a sampler and a scheduler, such as euler/simple",
    "steps": "steps, such as 0..2 of 4, or 4 for a whole schedule",
    "flow": "a flow, such as high -> low",
    "image": 'the name of an image file, such as "portrait.png"',
    "video": 'the name of a video file, such as "dance.mp4"',
    "audio": 'the name of a sound file, such as "voice.mp3"',
    "INT": "a whole number",
    "FLOAT": "a number",
    "STRING": "a string",
    "BOOLEAN": "true or false",
}

#: What becomes a link by itself, by the type of the link.
_FITTING = {
    **{asset.socket: f"the name of {kinds.a(kind)}, or " for kind, asset in kinds.ASSETS.items()},
    "IMAGE": "the name of an image file, or ",
    "VIDEO": "the name of a video file, or ",
    "AUDIO": "the name of a sound file, or ",
    "COMBO": "a string, or ",
}


def in_words(want: Type) -> str:
    """A type in the words of a message."""
    if want.item is not None:
        return f"a list of {want.item}s"
    if want.name in _WORDS:
        return _WORDS[want.name]
    if want.is_socket:
        return f"{_FITTING.get(want.name, '')}a link of type {want.name}"
    return f"the name of {kinds.a(want.name)}"


#: What is in an input whose value is not known: a link to nothing, of which nothing is known.
NOWHERE = Link("", 0)


def to_json(value: Constant, known: Input | None) -> Any:
    """A constant in the type of the input: 4 for an INT that was given 4.0, and so on."""
    data = json_of(value)
    if known is None or isinstance(data, bool):
        return data
    kinds = known.type.split(",")
    if isinstance(data, float) and "FLOAT" not in kinds and "INT" in kinds and data.is_integer():
        return int(data)
    if isinstance(data, int) and "INT" not in kinds and "FLOAT" in kinds:
        return float(data)
    return data


def json_of(value: Constant) -> Any:
    """A constant as ComfyUI gets it: `81f` is 81, `16fps` is 16."""
    kind, data = value
    if kind == "list":
        return [json_of(item) for item in data]
    if kind == "record":
        return {key: json_of(item) for key, item in data}
    if isinstance(data, float):
        return plain_number(data)
    return data


def constants(given: Mapping[str, Value]) -> dict[str, Any]:
    """The inputs that are constants, which decide which others a dynamic choice has; links as Links."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Constant):
            found[name] = json_of(value)
        elif isinstance(value, Wire):
            found[name] = value.link
        elif isinstance(value, (Broken, Unknown)):
            found[name] = NOWHERE
    return found


def key(inputs: Mapping[str, Any]) -> frozenset[tuple[str, type, Any]]:
    """What makes two nodes of one class equal: the inputs, told apart by type (1, 1.0 and true differ).

    Inside of a record 4 and 4.0 are the same number.
    """
    return frozenset(
        (name, value.__class__, repr(plain(value)) if isinstance(value, (list, dict)) else value)
        for name, value in inputs.items()
    )
