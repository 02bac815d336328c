"""The state of a build: nodes so far, names for what comes next, and what was found to be wrong."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wan22dsl.catalogue.inputs import defaults_of, fits, inputs_of, output_type
from wan22dsl.diagnostics import Label
from wan22dsl.graph import messages
from wan22dsl.graph.build import inputs as conversion
from wan22dsl.graph.build.values import Outputs, Wire
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Graph, Link, Node
from wan22dsl.program.values import Broken, Nothing, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic, Message
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Declared, Env, Setting, Thunk, Value
    from wan22dsl.program.modules import Module
    from wan22dsl.program.program import Program
    from wan22dsl.source import Span
    from wan22dsl.syntax.operators import Nested


#: How many stages, flows and pipelines may stand inside each other.
MAX_DEPTH = 400


class Builder:
    """Builds the nodes of one pipeline or graph.

    `merge` makes equal nodes one, as pipelines want it. `abstract` builds with values that are not
    known, only to see what is wrong; the nodes are then thrown away. `incomplete` tells that something
    could not be known or was wrong, so that the graph must not be used.
    """

    def __init__(
        self, program: Program, catalogue: Catalogue, *, merge: bool = True, abstract: bool = False
    ) -> None:
        self.program = program
        self.catalogue = catalogue
        self.merge = merge
        self.abstract = abstract
        self.incomplete = False
        self.nodes: dict[str, Node] = {}
        self.diagnostics: list[Diagnostic] = []
        self.base = ""
        self.stage = ""
        self.pending = False
        self.what = ""
        self.site: Span | None = None
        self.taken_over: dict[Link, dict[str, Value]] = {}
        self.depth = 0
        self.declared: dict[int, tuple[Any, Value | Thunk]] = {}
        self.asset_settings: dict[tuple[int, str], tuple[Setting, Value]] = {}
        self.results: dict[int, tuple[Declared, Value]] = {}
        self.passes: dict[int, tuple[Declared, set[str]]] = {}
        self._made: dict[tuple[Any, ...], str] = {}
        self._counts: dict[str, int] = {}
        self._types: dict[Link, str] = {}
        self._facts = FactTable(Graph("", self.nodes, catalogue))

    # --- what is wrong ---

    def say(self, message: Message, span: Span, **fields: Any) -> None:
        """Reports a finding; an error makes the graph unusable."""
        found = message.at(self.place(span), **fields)
        self.diagnostics.append(found)
        self.incomplete = self.incomplete or found.is_error

    def say_circular(self, setting: Setting, name: str) -> None:
        """Reports a setting that is made from itself."""
        span = setting.env.span(setting.value)
        self.say(messages.CIRCULAR_SETTING, span, name=name)

    def say_missing(self, missing: Nothing, span: Span, settings: Settings) -> None:
        """Reports that a value is `none` where one is needed."""
        name = missing.setting
        block = settings.pipeline.blocks[0] if settings.pipeline.blocks else None
        if name and block is not None:
            self.say(
                messages.MISSING_SETTING,
                block.span,
                kind=block.kind,
                name=block.name,
                setting=name,
                needed=", which is needed here",
                why="It is read where a value is needed, and nothing gives one.",
                mend=f"Write `{name} = …` in it.",
                related=(Label(span, f"`{name}` is read here"),),
            )
            return
        what = f"`{span.text}`"
        self.say(
            messages.WRONG_TYPE,
            span,
            what=what,
            wanted="a value",
            found="none",
            mend="Give it a value.",
        )

    @contextmanager
    def about(self, what: str) -> Iterator[None]:
        """Says in messages what a value is for."""
        outer, self.what = self.what, what
        try:
            yield
        finally:
            self.what = outer

    # --- names for what comes next ---

    @contextmanager
    def within(self, base: str, stage: str, *, pending: bool = False) -> Iterator[None]:
        """Ids of what is made here begin with `base`; with `pending`, the first stage adds its name."""
        outer = self.base, self.stage, self.pending
        self.base, self.stage, self.pending = base, stage, pending
        try:
            yield
        finally:
            self.base, self.stage, self.pending = outer

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

    @contextmanager
    def deeper(self, name: str, span: Span) -> Iterator[bool]:
        """Counts a level of nesting; False, with a finding, when there are too many."""
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                self.say(messages.TOO_DEEP, span, name=name)
            yield self.depth <= MAX_DEPTH
        finally:
            self.depth -= 1

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
    ) -> str:
        """A node, or the equal one that exists already; gives its id.

        Inputs that are `none` are left out; required ones that are not written get the target's default.
        """
        schema = self.catalogue.get(class_name)
        plain = {name: value for name, value in given.items() if not isinstance(value, Nothing)}
        if any(isinstance(value, (Broken, Unknown)) for value in plain.values()):
            self.incomplete = True
        known = inputs_of(schema, conversion.constants(plain)) if schema is not None else {}
        inputs: dict[str, Any] = {}
        for name, value in plain.items():
            if not isinstance(value, (Broken, Unknown)):
                inputs[name] = conversion.to_json(value, known.get(name))
        if schema is not None:
            for name, default in defaults_of(schema, inputs).items():
                if name not in given or isinstance(given[name], Nothing):
                    inputs[name] = default
        if self.merge:
            key = (class_name, title, mode, stated, *conversion.key(inputs))
            same = self._made.get(key)
            if same is not None and not self.incomplete:
                return same
        made = Node(
            self.unique(id), class_name, inputs, title, mode, stage, span, spans or {}, stated
        )
        self.nodes[made.id] = made
        if self.merge:
            self._made[key] = made.id
        return made.id

    def wire(self, node: str, slot: int) -> Wire:
        """An output of a node, with its type (`*` for an unknown class)."""
        link = Link(node, slot)
        kind = self._types.get(link)
        if kind is None:
            kind = self._types[link] = self._type_of(link)
        return Wire(link, kind)

    def _type_of(self, link: Link) -> str:
        """The type of an output. Those of the nodes before it have been asked for when it was made."""
        made = self.nodes[link.node]
        schema = self.catalogue.get(made.class_name)
        if schema is None or not 0 <= link.slot < len(schema.outputs):
            return "*"
        output = schema.outputs[link.slot]
        if not output.template:
            return output.type
        linked = {name: self.wire(one.node, one.slot).type for name, one in made.links()}
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
