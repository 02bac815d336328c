"""The state of a build: nodes so far, names for what comes next, and what was found to be wrong.

What holds in a builder only while something is made: what it is for, and how its nodes are named.

Classes, since these are entered for every input and every setting: a generator's context takes several times
as long.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import fits, output_type
from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.graph.build import messages
from wan22dsl.graph.build import values as conversion
from wan22dsl.graph.build.inputs import move_values, note_own_files
from wan22dsl.graph.build.values import Outputs, Wire
from wan22dsl.graph.build.work import Nesting, TooMuchError, Work
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Graph, Link, Node, Sockets
from wan22dsl.graph.schemas import schemas_of
from wan22dsl.graph.tracing import switched
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue, Input
    from wan22dsl.diagnostics import Diagnostic, Message
    from wan22dsl.graph.build.parts import Evaluate, Fit, Force, Give, Named, Parts
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Declared, Env, Flow, Setting, Thunk, Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.program import Program
    from wan22dsl.language.program.values import Nothing
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.language.workspace import Stamp
    from wan22dsl.source import Span


#: A file name that was looked up beside the `.wan` file, what it is there, and its stamp; None: nothing.
AskedFile = tuple[str, "Path | None", "Stamp | None"]


def _write(name: str, lacking: str) -> str:
    """What to do about a setting that is missing; `lacking` says how the video would give it."""
    if lacking and name in ("size", "length", "fps"):
        return f"The video determines it: {lacking}. Or write `{name} = …` in it."
    return f"Write `{name} = …` in it."


class Builder:
    """Builds the nodes of one pipeline or graph.

    `merge` makes equal nodes one, as pipelines want it. With `lenient` a parameter without a value is a
    note. `abstract` builds with values that are not known, only to see what is wrong, and does not look
    into the stages that are called.
    `incomplete` tells that something could not be known or was wrong, so that the graph is good for
    being judged only; `wrong` that there is a mistake, told here or by reading the file; `broken` are the
    ids of the nodes that lack an input because of a mistake;
    `lost` tells that a flow is not known, so that what it would make is not there; `endless` that
    something was too deep or too much to be built; `stating` that a
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
        self.lost = False
        self.endless = False
        self.stating = False
        self.in_text = False
        self.gap = False
        self.broken: set[str] = set()
        self.meant: set[Span] = set()
        self.declared: dict[int, tuple[Any, Value | Thunk]] = {}
        self.parameters_read: set[tuple[str, str]] = set()
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
        name = missing.setting
        block = settings.pipeline.blocks[0] if settings.pipeline.blocks else None
        if name and block is not None:
            help, fix = self._misspelt(block, name)
            self.say(
                messages.MISSING_SETTING,
                block.span,
                kind=block.kind,
                name=block.name,
                setting=name,
                needed=", which is needed here",
                why="A value is needed here, and none is set.",
                help=help or _write(name, settings.lacking),
                related=(Label(self.place(span), f"`{name}` is read here"),),
                fix=fix,
            )
            return
        what = f"`{span.text}`"
        self.say(
            messages.WRONG_TYPE,
            span,
            what=what,
            wanted="a value",
            found="none",
            help="Give it a value.",
        )

    def _misspelt(self, block: Declared, name: str) -> tuple[str, Fix | None]:
        """The setting of a block that was probably meant to be the missing one."""
        from wan22dsl.graph.build import setting_fixes  # only where something is wrong

        known = setting_fixes.meant(block, name)
        if known is not None:
            self.meant.update(known[2])
            return known[0], known[1]
        others = [item for item in block.own if item not in kinds.PASS_SETTINGS and item != "flow"]
        guess = nearest(name, others)
        if guess is None:
            return "", None
        setting = block.settings[guess]
        span = setting.env.span(setting.key.key)
        self.meant.add(span)
        fix = Fix(f"write `{name}`", (Edit(span, name),), safe=False)
        return f"Did you mean `{guess}`?", fix

    def about(self, what: str) -> About:
        """Says in messages what a value is for."""
        return About(self, what)

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
