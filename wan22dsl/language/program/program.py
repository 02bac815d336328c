"""A resolved program: the file, what it uses, values from outside, and hints about unused names."""

from __future__ import annotations

from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Label, Severity, nearest
from wan22dsl.errors import CommandError
from wan22dsl.language.outside import Values
from wan22dsl.language.program import changes, kinds, messages, modules, occurrences
from wan22dsl.language.program.expressions import Scope, Walker
from wan22dsl.language.program.module import Module
from wan22dsl.language.program.values import Constant, spell
from wan22dsl.language.syntax import parse_expression, spelling
from wan22dsl.language.syntax.checks import DEEPEST
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Derived,
    File,
    Param,
    Text,
)
from wan22dsl.language.workspace import Workspace
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.program.modules import Kept
    from wan22dsl.language.program.names import Named
    from wan22dsl.language.syntax.tree import Expression


_TEXT_TYPES = ("text", "image", "video", "audio", "STRING")


class Given(NamedTuple):
    """A value from outside: an expression, and the file in which its names are looked up.

    `is_shared` tells that it comes from a file of parameters, which may be for several pipelines. In a
    bench, `key` is where its name is written.
    """

    expression: Expression
    module: Module
    is_shared: bool = False
    key: Attribute | None = None


class Program(NamedTuple):
    """The main file with all that it uses, and the parameters' values by (file, name).

    `workspace` is where its files come from. `changes` are values for settings, by what they change:
    `high.cfg` is the setting of every pass `high` in the pipeline that is built, and of a pipeline `high`
    inside it; `length` is a setting of the pipeline itself.
    """

    main: Module
    given: dict[tuple[Module, str], Given]
    workspace: Workspace
    changes: Mapping[str, Given] = MappingProxyType({})

    @property
    def outside(self) -> list[Given]:
        """All values from outside."""
        return [*self.given.values(), *self.changes.values()]

    def value_of(self, module: Module, name: str) -> Given | None:
        """What was given from outside for a parameter of a file."""
        return self.given.get((module, name))

    def outside_name(self, module: Module, name: str) -> str:
        """The name by which a parameter of a file is set from outside; its own, where it cannot be."""
        for outside, home, param in self.parameters():
            if home is module and param.name.text == name:
                return outside
        return name

    def pipelines(self) -> Iterator[Block | Derived]:
        """The pipelines and graphs of the main file, in order."""
        for declared in self.main.names.values():
            if self.is_pipeline(declared):
                yield declared  # type: ignore[misc]  # a stage never has these words

    def is_pipeline(self, declared: Named) -> bool:
        """Whether a declaration is a pipeline or a graph."""
        return declared.word.text in ("pipeline", "graph") and not isinstance(declared, Param)

    def is_pipeline_named(self, name: str) -> bool:
        """Whether a name is that of a pipeline or a graph of the main file."""
        return name in self.main.names and self.is_pipeline(self.main.names[name])

    def parameters(self) -> Iterator[tuple[str, Module, Param]]:
        """The parameters that can be set, by the name to use outside: `seed`, `house.cfg`."""
        yield from _parameters(self.main, "", set())


def _parameters(
    module: Module, prefix: str, seen: set[Module]
) -> Iterator[tuple[str, Module, Param]]:
    if module in seen:
        return
    seen.add(module)
    for name, declaration in module.declarations.items():
        if declaration.kind == "param" and not (prefix and name.startswith("_")):
            declared = module.names[name]
            if isinstance(declared, Param):
                yield prefix + name, module, declared
    for alias, used in module.uses.items():
        yield from _parameters(used, f"{prefix}{alias}.", seen)


def load_program(
    source: Source,
    values: Mapping[str, Any] | None = None,
    workspace: Workspace | None = None,
    kept: dict[Path, Kept] | None = None,
) -> tuple[Program, list[Diagnostic]]:
    """The program of a source. Raises CommandError for a value that no parameter takes.

    Files are read from the `workspace`, by default the disk. For `kept` see `modules.load`.
    """
    workspace = workspace if workspace is not None else Workspace()
    main, diagnostics = modules.load(source, workspace, kept)
    program = Program(main, {}, workspace)
    if values:
        changed: dict[str, Given] = {}
        known = {name: (module, param) for name, module, param in program.parameters()}
        for name, raw in values.items():
            module, param = known.get(name, (main, None))
            if param is None and not (changes.has_pipeline(main) and changes.is_change(name, main)):
                raise CommandError(*_unknown_name(name, main, known))
            if param is None:
                is_text = _takes_text(name) and raw != "none"
            else:
                is_text = param.type.text in _TEXT_TYPES
            given, problems = _given(name, raw, main, is_text=is_text)
            diagnostics = diagnostics + problems
            shared = isinstance(values, Values) and name in values.shared
            given = given._replace(is_shared=shared)
            if param is None:
                changed[name] = given
            else:
                program.given[module, param.name.text] = given
        program = program._replace(changes=changed)
    return program, diagnostics


def _takes_text(name: str) -> bool:
    """Whether a setting takes a string. One that only stages read may be of any type."""
    kind = kinds.PASS_SETTINGS.get(changes.parts(name)[1])
    return kind is not None and kind.name in ("text", "IMAGE")


def _unknown_name(name: str, main: Module, known: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with a name that is no parameter and no setting, and what could be set."""
    owner, setting = changes.parts(name)
    if not changes.has_pipeline(main) or nearest(name, known) or owner in main.uses:
        return (_unknown_parameter(name, main, known),)
    declared = main.names.get(name)
    if declared is not None and declared.word.text == "let":
        return (_unknown_parameter(name, main, known),)
    found, guess = changes.owners(main), nearest(setting, changes.settings(main))
    if owner and owner not in found:
        close = nearest(owner, found) or nearest(owner.rpartition(".")[2], found)
        meant = f" Did you mean `{close}.{setting}`?" if close else ""
        return (f"unknown pass `{owner}` in `{name}`.{meant}",)
    hint = "Settings can be set too: of the pipeline (`length`), and of its passes (`high.cfg`)."
    if owner:
        meant = f" Did you mean `{owner}.{guess}`?" if guess else ""
        return (f"unknown setting `{setting}` in `{name}`.{meant}",)
    close = changes.close_setting(name, main)
    if close is not None:
        return (f"unknown parameter or setting `{name}`. Did you mean `{close}`?",)
    return _unknown_parameter(name, main, known), hint


def _unknown_parameter(name: str, main: Module, known: Mapping[str, Any]) -> str:
    alias, _, member = name.rpartition(".")
    home = main.uses.get(alias) if alias else main
    declared = home.names.get(member) if home is not None else None
    if declared is not None and declared.word.text == "let":
        return (
            f"`{name}` cannot be set from outside: it is a `let`. Declare it as `param "
            f"{member}: type = value` instead."
        )
    guess = nearest(name, known)
    if guess:
        return f"unknown parameter `{name}`. Did you mean `{guess}`?"
    if known:
        return f"unknown parameter `{name}`. The file declares: " + ", ".join(sorted(known)) + "."
    return f"unknown parameter `{name}`: the file declares none."


def _given(name: str, raw: Any, main: Module, *, is_text: bool) -> tuple[Given, list[Diagnostic]]:
    """A value as an expression: a text of another type than text is read as the language has it."""
    if isinstance(raw, str):
        quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
        return _parsed(name, spelling.quote(raw) if is_text and not quoted else raw, main)
    if _is_too_deep(raw):
        raise CommandError(f"the value of `{name}` is nested too deeply (limit: {DEEPEST} levels)")
    constant = constant_of(raw)
    if constant is None:
        raise CommandError(f"the value of `{name}` has an unsupported type: {raw!r}")
    return _parsed(name, spell(constant), main)


def _is_too_deep(raw: Any) -> bool:
    waiting = [(raw, 0)]
    while waiting:
        value, level = waiting.pop()
        if level > DEEPEST:
            return True
        if isinstance(value, (list, tuple, dict)):
            inside = value.values() if isinstance(value, dict) else value
            waiting += [(item, level + 1) for item in inside]
    return False


def constant_of(raw: Any) -> Constant | None:
    """A Python value (of a TOML or JSON file) as a constant; None where there is none for it."""
    if isinstance(raw, bool):
        return Constant("bool", raw)
    if isinstance(raw, int):
        return Constant("int", raw)
    if isinstance(raw, float):
        return Constant("float", raw) if isfinite(raw) else None
    if isinstance(raw, str):
        return Constant("text", raw)
    if raw is None:
        return Constant("null", None)
    if isinstance(raw, (list, tuple)):
        items = [constant_of(item) for item in raw]
        return None if None in items else Constant("list", tuple(items))
    if isinstance(raw, dict):
        entries = [(str(key), constant_of(item)) for key, item in raw.items()]
        if any(constant is None for _, constant in entries):
            return None
        return Constant("record", tuple(entries))
    return None


def _parsed(name: str, raw: str, main: Module) -> tuple[Given, list[Diagnostic]]:
    """A text such as `low -> high` or `720x1280`, read with the names of the main file."""
    source = Source(raw, f"--set {name}")
    expression, diagnostics = parse_expression(source)
    tree = File(source, (), ())
    module = Module(source.path, source, tree, is_library=False, standard=main.standard)
    module.home = main
    module.declarations = main.declarations
    module.names = main.names
    module.uses = main.uses
    module.broken_uses = main.broken_uses
    module.circular = main.circular
    walker = Walker(module)
    walker.begin(name)
    walker.expression(expression, Scope(None))
    return Given(expression=expression, module=module), diagnostics + walker.diagnostics


def notes(program: Program) -> list[Diagnostic]:
    """All of it, for the main file. What is used may be used by others too, so nothing is said of it."""
    main = program.main
    found = list(_twice(main))
    if any(expression.word.text == "pipeline" for expression in program.pipelines()):
        found += only_in_strings(program)
    if not program.outside and any(True for _ in program.pipelines()):
        found += _unused(main)
    return found


def only_in_strings(program: Program) -> Iterator[Diagnostic]:
    """Parameters of the main file that have the name and the type of a setting, and that no setting takes.

    A warning where a pipeline sets that setting to a value of its own: it is hardly meant. Else a note.
    """
    module = program.main
    outside = {given.module for given in program.outside}
    as_values = {name for reader in (module, *outside) for name in reader.asked_as_values}
    for name, declared in module.names.items():
        setting = kinds.PASS_SETTINGS.get(name)
        if not isinstance(declared, Param) or setting is None:
            continue
        if name not in module.mentioned or name in as_values:
            continue
        if declared.type.text not in (setting.name, *_ALSO.get(setting.name, ())):
            continue
        own = _own_settings(module, name)
        labels = [
            Label(module.span(attribute.start, attribute.end), "this value is used")
            for _, attribute in own
        ]
        names = list(dict.fromkeys(f"`{block}`" for block, _ in own))
        yield messages.NAMED_LIKE_A_SETTING.at(
            module.span(declared.name.start, declared.name.end),
            related=labels[:1],
            severity=Severity.WARNING if own else None,
            name=name,
            taken=f"of {' and '.join(names)} has its own value" if own else "does not use it",
            help=(
                f"Write `{name} = {name}` in {' and '.join(names) or 'the pipeline'}, or rename "
                "the parameter."
            ),
        )


#: Types that fit a type, besides itself.
_ALSO = {"float": ("int",), "frames": ("seconds",)}


def _own_settings(module: Module, name: str) -> list[tuple[str, Attribute]]:
    """The blocks that have a setting in their braces, or in the call that they are a copy by."""
    found: list[tuple[str, Attribute]] = []
    for block in module.names.values():
        items: tuple[Any, ...] = ()
        if block.word.text == "pipeline" and isinstance(block, Block):
            items = block.items
        elif isinstance(block, Derived) and isinstance(block.value, Call):
            items = block.value.arguments if block.word.text == "pipeline" else ()
        for item in items:
            if isinstance(item, Attribute) and item.key.text == name:
                found.append((block.name.text, item))
    return found


def _unused(module: Module) -> Iterator[Diagnostic]:
    for declared in occurrences.unused(module):
        what, effect = f"the {declared.kind}", ""
        if declared.kind == "use":
            what = "the imported file"
        elif declared in module.locals:
            what, effect = "the value", ", so it produces no output"
        elif declared.kind == "node":
            what = "the node class"
        span = module.span(declared.start, declared.end)
        yield messages.NEVER_USED.at(span, what=what, name=declared.name, effect=effect)


def _twice(module: Module) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Block] = {}
    for declared in module.names.values():
        if not isinstance(declared, Block) or declared.word.text not in kinds.ASSETS:
            continue
        file = _file(declared)
        if file is None:
            continue
        earlier = first.setdefault((declared.word.text, file), declared)
        if earlier is not declared:
            at = module.span(declared.name.start, declared.name.end)
            label = Label(module.span(earlier.name.start, earlier.name.end), "the other one")
            yield messages.DECLARED_TWICE.at(
                at,
                related=[label],
                name=declared.name.text,
                other=earlier.name.text,
                kind=declared.word.text.replace("_", " "),
            )


def _file(declared: Block) -> str | None:
    """The file of an asset as it is written; None where it has none, or one with a name in it."""
    for item in declared.items:
        if isinstance(item, Attribute) and item.key.text == "file" and isinstance(item.value, Text):
            return None if "{" in item.value.text else item.value.text
    return None
