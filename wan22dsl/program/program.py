"""A resolved program: the file, what it uses, and the values that were given from outside."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError
from wan22dsl.program import modules
from wan22dsl.program.expressions import Scope, Walker
from wan22dsl.program.modules import Module
from wan22dsl.program.values import Constant, spell
from wan22dsl.source import Source
from wan22dsl.syntax import parse_expression, spelling
from wan22dsl.syntax.depth import DEEPEST
from wan22dsl.syntax.tree import Block, Derived, File, Param

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.syntax.tree import Expression, TypeName

_TEXT_TYPES = ("text", "image", "video", "audio", "STRING")


class Given(NamedTuple):
    """A value from outside: an expression, and the file in which its names are looked up.

    `is_shared` tells that it comes from a file of parameters, which may be for several pipelines.
    """

    expression: Expression
    module: Module
    is_shared: bool = False


class Values(dict[str, Any]):
    """Values of parameters from outside, by name; `shared` are those that a file of parameters has."""

    def __init__(self, values: Mapping[str, Any], shared: Collection[str] = ()) -> None:
        super().__init__(values)
        self.shared = frozenset(shared)


class Program(NamedTuple):
    """The main file with all that it uses, and the parameters' values by (file, name)."""

    main: Module
    given: dict[tuple[int, str], Given]

    def value_of(self, module: Module, name: str) -> Given | None:
        """What was given from outside for a parameter of a file."""
        return self.given.get((id(module), name))

    def outside_name(self, module: Module, name: str) -> str:
        """The name by which a parameter of a file is set from outside; its own, where it cannot be."""
        for outside, home, param in self.parameters():
            if home is module and param.name.text == name:
                return outside
        return name

    def pipelines(self) -> Iterator[Block | Derived]:
        """The pipelines and graphs of the main file, in order."""
        for declared in self.main.names.values():
            if declared.word.text in ("pipeline", "graph") and not isinstance(declared, Param):
                yield declared  # type: ignore[misc]  # a stage never has these words

    def parameters(self) -> Iterator[tuple[str, Module, Param]]:
        """The parameters that can be set, by the name to use outside: `seed`, `house.cfg`."""
        yield from _parameters(self.main, "", set())


def _parameters(module: Module, prefix: str, seen: set[int]) -> Iterator[tuple[str, Module, Param]]:
    if id(module) in seen:
        return
    seen.add(id(module))
    for name, declared in module.names.items():
        if isinstance(declared, Param) and not (prefix and name.startswith("_")):
            yield prefix + name, module, declared
    for alias, used in module.uses.items():
        yield from _parameters(used, f"{prefix}{alias}.", seen)


def load_program(
    source: Source, values: Mapping[str, Any] | None = None
) -> tuple[Program, list[Diagnostic]]:
    """The program of a source. Raises CommandError for a value that no parameter takes."""
    main, diagnostics = modules.load(source)
    program = Program(main, {})
    if values:
        known = {name: (module, param) for name, module, param in program.parameters()}
        for name, raw in values.items():
            if name not in known:
                raise CommandError(_unknown_parameter(name, main, known))
            module, param = known[name]
            given, problems = _given(name, raw, param.type, main)
            diagnostics = diagnostics + problems
            shared = isinstance(values, Values) and name in values.shared
            program.given[id(module), param.name.text] = given._replace(is_shared=shared)
    return program, diagnostics


def _unknown_parameter(name: str, main: Module, known: Mapping[str, Any]) -> str:
    alias, _, member = name.rpartition(".")
    home = main.uses.get(alias) if alias else main
    declared = home.names.get(member) if home is not None else None
    if declared is not None and declared.word.text == "let":
        return (
            f"`{name}` cannot be set from outside: it is a `let`. "
            f"Declare it as `param {member}: type = value` instead."
        )
    guess = nearest(name, known)
    if guess:
        return f"there is no parameter `{name}`. Did you mean `{guess}`?"
    if known:
        return f"there is no parameter `{name}`. There are: " + ", ".join(sorted(known)) + "."
    return f"there is no parameter `{name}`: the file declares none."


def _given(name: str, raw: Any, kind: TypeName, main: Module) -> tuple[Given, list[Diagnostic]]:
    """A value as an expression: a text of another type than text is read as the language has it."""
    if isinstance(raw, str):
        is_text = kind.text in _TEXT_TYPES
        quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
        return _parsed(name, spelling.quote(raw) if is_text and not quoted else raw, main)
    if _is_too_deep(raw):
        raise CommandError(
            f"the value of `{name}` is nested too deep; at most {DEEPEST} levels are read"
        )
    constant = constant_of(raw)
    if constant is None:
        raise CommandError(f"the value of `{name}` is of no kind that the language knows: {raw!r}")
    return _parsed(name, spell(constant), main)


def _is_too_deep(raw: Any) -> bool:
    waiting = [(raw, 0)]
    while waiting:
        value, level = waiting.pop()
        if level > DEEPEST:
            return True
        if isinstance(value, (list, tuple, dict)):
            inside = value.values() if isinstance(value, dict) else value
            waiting += [(one, level + 1) for one in inside]
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
        items = [constant_of(one) for one in raw]
        return None if None in items else Constant("list", tuple(items))
    if isinstance(raw, dict):
        entries = [(str(key), constant_of(one)) for key, one in raw.items()]
        if any(one is None for _, one in entries):
            return None
        return Constant("record", tuple(entries))
    return None


def _parsed(name: str, raw: str, main: Module) -> tuple[Given, list[Diagnostic]]:
    """A text such as `low -> high` or `720x1280`, read with the names of the main file."""
    source = Source(raw, f"--set {name}")
    expression, diagnostics = parse_expression(source)
    module = Module(source.path, source, File(source, (), ()), is_library=False)
    module.home = main
    module.names = main.names
    module.uses = main.uses
    module.broken_uses = main.broken_uses
    module.circular = main.circular
    walker = Walker(module)
    walker.begin(name)
    walker.expression(expression, Scope(None))
    return Given(expression=expression, module=module), diagnostics + walker.diagnostics
