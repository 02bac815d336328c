"""The state of a build: nodes so far, names for what comes next, findings, and how much it may do."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from wan22dsl.comfyui.catalogue.inputs import fits, output_type
from wan22dsl.graph.build import messages
from wan22dsl.graph.build import values as conversion
from wan22dsl.graph.build.inputs import move_values, note_own_files
from wan22dsl.graph.build.values import Outputs, Wire
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Graph, Link, Node, Sockets
from wan22dsl.graph.schemas import schemas_of
from wan22dsl.graph.tracing import switched
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Unknown
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import Protocol

    from wan22dsl.comfyui.catalogue.schema import Catalogue, Input
    from wan22dsl.diagnostics import Diagnostic, Message
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Declared, Env, Flow, Flows, Setting, Thunk, Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.program import Program
    from wan22dsl.language.program.values import Nothing
    from wan22dsl.language.syntax.tree import Name, Nested
    from wan22dsl.language.types import Type
    from wan22dsl.language.workspace import Stamp
    from wan22dsl.source import Span

#: A file name that was looked up beside the `.wan` file, what it is there, and its stamp; None: nothing.
AskedFile = tuple[str, "Path | None", "Stamp | None"]


class Builder:
    """Builds the nodes of one pipeline or graph.

    `merge` makes equal nodes one, as pipelines want it. With `lenient` a parameter without a value is a
    note. `abstract` builds with values that are not known, only to see what is wrong, and does not look
    into the stages that are called.
    `incomplete` tells that something could not be known or was wrong, so that the graph is good for
    being judged only; `wrong` that there is a mistake, told here or by reading the file; `broken` are the
    ids of the nodes that lack an input because of a mistake;
    `lost` tells that a flow is not known, so that what it would make is not there; `endless` that
    something was too deep or too much to be built; `measures` that a size or a length is evaluated, which a
    node may measure; `stating` that a
    fact is being stated, which may come to nothing where another is not known; `in_text` that names in a
    string are being replaced; `gap` that a mistake hides what an element of a flow is, so a pass may be
    missing.
    """

    def __init__(
        self,
        program: Program,
        catalogue: Catalogue,
        parts: Parts,
        *,
        merge: bool = True,
        lenient: bool = False,
        abstract: bool = False,
    ) -> None:
        self.program = program
        self.catalogue = catalogue
        self.evaluate: Evaluate = partial(parts.evaluate, self)
        self.named: Named = partial(parts.named, self)
        self.force: Force = partial(parts.force, self)
        self.fit: Fit = partial(parts.fit, self)
        self.give: Give = partial(parts.give, self)
        self.into: Into = partial(parts.into, self)
        self.schemas = schemas_of(catalogue)
        self.merge = merge
        self.lenient = lenient
        self.abstract = abstract
        self.incomplete = False
        self.wrong = False
        self.nodes: dict[str, Node] = {}
        self.diagnostics: list[Diagnostic] = []
        self.base = ""
        self.stage = ""
        self.pending = False
        self.what = ""
        self.site: Span | None = None
        self.taken_over: dict[Link, dict[str, Value]] = {}
        self.schedule_models: dict[Link, Value] = {}
        self.lost = False
        self.endless = False
        self.stating = False
        self.measures = False
        self.in_text = False
        self.gap = False
        self.broken: set[str] = set()
        self.meant: set[Span] = set()
        self.declared: dict[int, tuple[Any, Value | Thunk]] = {}
        self.parameters_read: set[tuple[str, str]] = set()
        self.changed: dict[int, tuple[Declared, Declared]] = {}
        self.asset_settings: dict[tuple[int, str], tuple[Setting, Value]] = {}
        self.settings_read: dict[tuple[int, int], tuple[Setting, Settings, Value]] = {}
        self.loaded: dict[int, tuple[Declared, Wire]] = {}
        self.loras: dict[int, Declared] = {}
        self.results: dict[int, tuple[Declared, Value]] = {}
        self.begins: dict[int, tuple[Flow, Value]] = {}
        self.files_asked: set[AskedFile] = set()
        self.videos_behind: dict[str, Node | None] = {}
        self.work = Work(self)
        self.nesting = Nesting()
        self.passes: dict[int, tuple[Declared, set[str]]] = {}
        self.pass_runs: list[Settings] = []
        self.pipelines: list[tuple[Declared, Settings]] = []
        self._made: dict[tuple[Any, ...], str] = {}
        self._counts: dict[str, int] = {}
        self._types: dict[Link, str] = {}
        self._seen = Graph("", self.nodes, catalogue)
        self._facts = FactTable(self._seen)

    # --- what is wrong ---

    def say(self, message: Message, span: Span, **fields: Any) -> None:
        """Reports a finding; an error makes the graph unusable."""
        found = message.at(self.place(span), **fields)
        self.diagnostics.append(found)
        if found.is_error:
            self.incomplete = self.wrong = True

    def told(self) -> Broken:
        """What stands for a mistake that reading the file has told of: nothing more is said of it."""
        self.incomplete = self.wrong = True
        return BROKEN

    def say_endless(self, error: RecursionError, span: Span, name: str) -> None:
        """Reports that something is too deep or too much to be built."""
        self.endless = True
        much = isinstance(error, TooMuchError)
        self.say(messages.TOO_MUCH if much else messages.TOO_DEEP, span, name=name)

    def say_circular(self, setting: Setting, name: str) -> None:
        """Reports a setting that is made from itself."""
        span = setting.env.span(setting.value)
        self.say(messages.CIRCULAR_SETTING, span, name=name)

    def say_missing(self, missing: Nothing, span: Span, settings: Settings) -> None:
        """Reports that a value is `none` where one is needed."""
        from wan22dsl.graph.build import type_errors  # only where something is wrong

        type_errors.say_missing(self, missing, span, settings)

    def refuse(
        self, value: Value, want: Type, node: Nested, env: Env, settings: Settings | None = None
    ) -> Broken:
        """Reports that a value is not what is wanted here; `settings` are those that it was written for."""
        from wan22dsl.graph.build import type_errors  # only where something is wrong

        return type_errors.refuse(self, value, want, node, env, settings)

    def about(self, what: str) -> About:
        """Says in messages what a value is for."""
        return About(self, what)

    @contextmanager
    def measuring(self, want: Type | None) -> Iterator[None]:
        """What is evaluated is a size or a length, and may be measured when it runs."""
        outer = self.measures
        self.measures = want is not None and want.name in ("size", "frames")
        try:
            yield
        finally:
            self.measures = outer

    @contextmanager
    def stating_facts(self) -> Iterator[None]:
        """Where a fact is stated from others, one that is not known leaves it unknown: no value is needed."""
        outer, self.stating = self.stating, True
        try:
            yield
        finally:
            self.stating = outer

    # --- names for what comes next ---

    def within(self, base: str, stage: str, *, pending: bool = False) -> Within:
        """Ids of what is made here begin with `base`; with `pending`, the first stage adds its name."""
        return Within(self, (base, stage, pending))

    @contextmanager
    def called_at(self, module: Module, env: Env, node: Nested) -> Iterator[None]:
        """Inside a stage of the library, findings point at the call in the user's file."""
        outer = self.site
        if module.is_library and not env.module.is_library:
            self.site = env.span(node)
        try:
            yield
        finally:
            self.site = outer

    def place(self, span: Span) -> Span:
        """A place in the user's file: the span, or the call that led into the library."""
        in_library = span.source.path.startswith("<library>")
        return self.site if in_library and self.site is not None else span

    def unique(self, id: str) -> str:
        """The id, or with `_2`, `_3` behind it when it is taken."""
        while id in self.nodes:
            count = self._counts.get(id, 1) + 1
            self._counts[id] = count
            candidate = f"{id}_{count}"
            if candidate not in self.nodes:
                return candidate
        return id

    # --- nodes ---

    def node(
        self,
        class_name: str,
        given: Mapping[str, Value],
        *,
        id: str,
        span: Span | None,
        stage: str,
        spans: dict[str, Span] | None = None,
        title: str = "",
        mode: str = "active",
        stated: Facts = NOTHING_KNOWN,
        widgets: list[Any] | None = None,
    ) -> str:
        """A node, or the equal one that exists already; gives its id.

        Inputs that are `none` are left out; required ones that are not written get the target's default,
        unless `widgets` has all the values of the node.
        """
        schema = self.schemas.get(class_name) if widgets is None else None
        known: Mapping[str, Input] = {}
        if schema is not None:
            known = schema.inputs or self.schemas.inputs(schema, conversion.constants(given))
        inputs: dict[str, Any] = {}
        holes = []
        for name, value in given.items():
            if isinstance(value, Wire):
                inputs[name] = value.link
            elif isinstance(value, Constant):
                inputs[name] = conversion.to_json(value, known.get(name))
            elif isinstance(value, (Broken, Unknown)):
                inputs[name] = conversion.NOWHERE
                holes.append(value)
        if schema is not None:
            inputs.update(self.schemas.defaults(schema, inputs))
            move_values(self, class_name, inputs, known, spans or {})
        said = (title, mode, stated) if widgets is None else (title, mode, stated, repr(widgets))
        key = (class_name, *said, conversion.key(inputs)) if self.merge else ()
        if key and not holes:
            same = self._made.get(key)
            if same is not None:
                return same
        made = Node(
            self.unique(id), class_name, inputs, title, mode, stage, span, spans or {}, stated
        )
        if widgets is not None:
            made.widgets, made.sockets = widgets, self._sockets(class_name, inputs)
        if schema is not None:
            note_own_files(self, made, schema.node_class)
        self.nodes[made.id] = made
        if holes:
            self.incomplete = True
            if any(isinstance(value, Broken) for value in holes):
                self.broken.add(made.id)
        elif key:
            self._made[key] = made.id
        return made.id

    def _sockets(self, class_name: str, inputs: Mapping[str, Any]) -> Sockets:
        """What is known of a node whose values nobody can name: it may be of any version of its class."""
        node_class = self.catalogue.get(class_name)
        outputs = () if node_class is None else node_class.outputs
        return Sockets(tuple((name, "*") for name in inputs), tuple(each.type for each in outputs))

    def forget(self, id: str) -> None:
        """No equal node is the same as this one any more: it is about to change."""
        self._made = {key: made for key, made in self._made.items() if made != id}

    def wire(self, node: str, slot: int) -> Wire:
        """An output of a node, with its type (`*` for an unknown class)."""
        link = Link(node, slot)
        kind = self._types.get(link)
        if kind is None:
            kind = self._types[link] = self._type_of(link)
        return Wire(link, kind)

    def _type_of(self, link: Link) -> str:
        """The type of an output. Those of the nodes before it have been asked for when it was made."""
        made = self.nodes.get(link.node)
        schema = self.catalogue.get(made.class_name) if made is not None else None
        if made is None or schema is None or not 0 <= link.slot < len(schema.outputs):
            return "*"
        output = schema.outputs[link.slot]
        if output.type == "*":
            source = switched(self._seen, link, self._facts)
            return "*" if source is None else self.wire(source.node, source.slot).type
        if not output.template:
            return output.type
        linked = {name: self.wire(source.node, source.slot).type for name, source in made.links()}
        return output_type(schema, link.slot, linked)

    def outputs(self, node: str) -> Value:
        """What a call of a node stands for: its only output, or all of them to choose from."""
        schema = self.catalogue.get(self.nodes[node].class_name)
        if schema is not None and len(schema.outputs) == 1:
            return self.wire(node, 0)
        return Outputs(node, schema)

    def fits(self, given: str, wanted: str) -> bool:
        """Whether a link of one type goes where another is wanted."""
        return fits(given, wanted)

    # --- facts ---

    def facts(self, link: Link) -> Facts:
        """What is known of a link without running. A node never changes once something links to it."""
        return self._facts.of(link)

    def reads(self, block: Declared, settings: Settings) -> None:
        """Remembers which settings of a pass were read."""
        _, names = self.passes.setdefault(id(block), (block, set()))
        names.update(settings.read)
        self.pass_runs.append(settings)


# Classes, since they are entered for every input and every setting: a generator's context takes several times
# as long.


class About:
    """Says what a value is for, while it is made."""

    __slots__ = ("_builder", "_outer", "_what")

    def __init__(self, builder: Builder, what: str) -> None:
        self._builder = builder
        self._what = what

    def __enter__(self) -> None:
        self._outer = self._builder.what
        self._builder.what = self._what

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._builder.what = self._outer


class Within:
    """What the ids of what is made meanwhile begin with, and the stage that it belongs to."""

    __slots__ = ("_builder", "_names", "_outer")

    def __init__(self, builder: Builder, names: tuple[str, str, bool]) -> None:
        self._builder = builder
        self._names = names

    def __enter__(self) -> None:
        b = self._builder
        self._outer = b.base, b.stage, b.pending
        b.base, b.stage, b.pending = self._names

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        b = self._builder
        b.base, b.stage, b.pending = self._outer


# --- how much a build may do, and how deep it may nest ---
#
# Counted, and never limited by the stack of the host. What is written twice in each of forty levels would
# be made a million million times.


#: Calls of stages and runs of flows that a pipeline may take, or a declaration by itself. A long video of a
#: hundred parts takes about four thousand.
MOST_CALLS = 25_000


#: A pass, or a pipeline in another one, is as much work as so many calls.
OF_A_PASS = 10


class TooMuchError(RecursionError):
    """A build that would take too long; nobody could run what it makes."""


class _Ran(NamedTuple):
    """What a flow came to, `base` and `pending` of the branch behind it, and what its key is made of."""

    value: Value
    base: str
    pending: bool
    kept: tuple[object, ...]


class Work:
    """Counts what a build does, and keeps what its flows came to."""

    __slots__ = ("_builder", "_calls", "_ran")

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._calls = 0
        self._ran: dict[tuple[object, ...], _Ran] = {}

    def spend(self, calls: int = 1) -> None:
        """Counts what is done next; raises TooMuchError when that is too much."""
        self._calls += calls
        if self._calls > MOST_CALLS:
            raise TooMuchError

    def begin(self) -> None:
        """Counts from nothing again, for another declaration."""
        self._calls = 0

    def once(
        self,
        flow: Flow | Flows,
        brought: Value | None,
        settings: Settings,
        run: Callable[[], Value],
    ) -> Value:
        """What a flow comes to. With the same settings and the same value in front it is run once.

        A name that is used twice stands for the same nodes, so they need not be made again to find that
        they are there. One that nests too deeply, or is too much, is that for all who name it.
        """
        b = self._builder
        front = brought if brought is None or isinstance(brought, (Wire, Unknown)) else id(brought)
        key = (id(flow), id(settings), front, b.base if b.pending else None)
        kept = self._ran.get(key)
        if kept is None:
            self.spend()
            try:
                value = b.nesting.deeper(run)
            except RecursionError:
                self._ran[key] = _Ran(BROKEN, b.base, b.pending, (flow, settings, brought))
                raise
            self._ran[key] = _Ran(value, b.base, b.pending, (flow, settings, brought))
            return value
        if b.pending:  # the first stage of a branch names what is behind it
            b.base, b.pending = kept.base, kept.pending
        return kept.value


T = TypeVar("T")


#: Levels that are built: a stage, a flow or a `let` inside another is one, a pipeline in another four.
DEEPEST = 2_000


#: Levels that are built on one stack. A level takes 16 frames at most, so a segment stays at half of
#: Python's default limit of 1,000 frames, and a host may have used the other half.
_SEGMENT = 32


class TooDeepError(RecursionError):
    """What is built nests more than `DEEPEST` levels deep."""


class Nesting:
    """The level that a build is at."""

    __slots__ = ("level",)

    def __init__(self) -> None:
        self.level = 0

    def deeper(self, build: Callable[[], T]) -> T:
        """Builds one level further down. Raises TooDeepError, and what `build` raises."""
        self.level += 1
        try:
            if self.level % _SEGMENT:
                return build()
            if self.level > DEEPEST:
                raise TooDeepError
            return _on_a_new_stack(build)
        finally:
            self.level -= 1


def _on_a_new_stack(build: Callable[[], T]) -> T:
    """The result of `build`, run to its end in a thread while this one waits."""
    import threading  # hardly any pipeline nests so deep

    results: list[T] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            results.append(build())
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=run, name="wan22dsl build", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:  # no threads here, as in a browser, or no more of them
        raise TooDeepError from error
    thread.join()
    if faults:
        raise faults[0]
    return results[0]


# --- the parts that call each other ---


class Parts(NamedTuple):
    """What calls each other while a build goes on. Every file calls these through its builder.

    `evaluate` gives what an expression stands for, `named` what a name does, and `force` the value of a
    `let`; `fit` makes a value one of a wanted type; `give` runs what is a flow, a pass or a pipeline, and
    `into` hands a value to one.
    """

    evaluate: Callable[..., Value]
    named: Callable[..., Value]
    force: Callable[..., Value]
    fit: Callable[..., Value]
    give: Callable[..., Value]
    into: Callable[..., Value]


if TYPE_CHECKING:

    class Evaluate(Protocol):
        """See `evaluate.value`."""

        def __call__(
            self,
            expression: Nested,
            env: Env,
            settings: Settings,
            *,
            want: Type | None = None,
            at: str = "",
        ) -> Value: ...

    class Named(Protocol):
        """See `evaluate.named`."""

        def __call__(
            self, node: Name, env: Env, settings: Settings, *, want: Type | None = None
        ) -> Value: ...

    class Force(Protocol):
        """See `evaluate.force`."""

        def __call__(self, thunk: Thunk, settings: Settings) -> Value: ...

    class Fit(Protocol):
        """See `fitting.fit`."""

        def __call__(
            self,
            value: Value,
            want: Type,
            at_node: Nested,
            env: Env,
            settings: Settings,
            at: str = "",
        ) -> Value: ...

    class Give(Protocol):
        """See `flows.give`."""

        def __call__(
            self,
            value: Value,
            node: Nested,
            env: Env,
            settings: Settings,
            want: Type | None = None,
        ) -> Value: ...

    class Into(Protocol):
        """See `flows.into`."""

        def __call__(
            self, found: Value, element: Nested, value: Value, env: Env, settings: Settings
        ) -> Value: ...
