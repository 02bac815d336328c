"""Which name means what: every name of a file with its declaration, for editors, renaming and unused names.

Resolving notes what the names in values mean. The rest (definitions, settings, arguments, members) is looked
up here, when somebody asks, by what can be known without building.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from wan22dsl.language.program import denoting, kinds
from wan22dsl.language.program.denoting import Denoted, Outputs, Settings
from wan22dsl.language.program.module import Declaration, Module, Occurrence
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Chain,
    ClassName,
    Derived,
    Group,
    Header,
    Index,
    Let,
    List,
    Member,
    Name,
    NodeDeclaration,
    Param,
    Record,
    Stage,
    Text,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wan22dsl.language.program.declared_nodes import DeclaredNode

#: The declarations that are there for others; pipelines and graphs are what a file is for.
_FOR_OTHERS = frozenset({"let", "param", "stage", "pass", "family", *kinds.ASSETS})

#: The words that begin a value and are no names of declarations.
_WORDS = frozenset(("true", "false", "none", "null", "_", "pipeline"))


def of_module(module: Module) -> tuple[Occurrence, ...]:
    """Every name of a file in the order of the text, each once."""
    found = module.kept.get("occurrences")
    if found is None:
        found = module.kept["occurrences"] = _Finder(module).all()
    return found


def at(module: Module, offset: int) -> Occurrence | None:
    """The name at an offset of a file, or the one that ends there."""
    found = of_module(module)
    index = bisect_right(found, offset, key=lambda occurrence: occurrence.start) - 1
    for occurrence in found[max(index - 1, 0) : index + 1][::-1]:
        if occurrence.start <= offset <= occurrence.end:
            return occurrence
    return None


def within(module: Module, start: int, end: int) -> Iterator[Occurrence]:
    """The names in a stretch of a file, in its order."""
    found = of_module(module)
    for index in range(bisect_left(found, start, key=lambda item: item.start), len(found)):
        if found[index].end > end:
            return
        yield found[index]


def modules_of(main: Module) -> tuple[Module, ...]:
    """The main file and all that it uses, each once; the standard stages are the last."""
    found = [main]
    for module in found:
        found += [used for _, used in sorted(module.uses.items()) if used not in found]
    standard = main.standard
    return (*found, *([standard] if standard is not None and standard not in found else ()))


def definition_at(main: Module, path: str, offset: int) -> Declaration | None:
    """What the name at an offset of a file means. The file is named as its source is."""
    for module in modules_of(main):
        if module.source.path == path:
            found = at(module, offset)
            return found.declaration if found is not None else None
    return None


def references_of(main: Module, declaration: Declaration) -> Iterator[tuple[Module, Occurrence]]:
    """Where a file and all that it uses name a declaration, its definition among them."""
    for module in modules_of(main):
        for occurrence in of_module(module):
            if occurrence.declaration == declaration:
                yield module, occurrence


def unused(module: Module) -> Iterator[Declaration]:
    """What a file declares for itself, or brings with `use`, and never names."""
    for name, declared in module.names.items():
        if declared.word.text in _FOR_OTHERS and name not in module.asked:
            yield module.declarations[name]
    for name, declaration in module.declarations.items():
        if declaration.kind == "use" and name in module.uses.keys() - module.asked:
            if not _called(module).intersection(module.uses[name].all_nodes):
                yield declaration
    for class_name, node in module.nodes.items():
        if class_name not in _called(module):
            yield Declaration("node", class_name, module, *node.place)
    named = {(found.declaration.module, found.declaration.start) for found in module.references}
    for local in module.locals:
        if (local.module, local.start) not in named:
            yield local


def used_files(module: Module) -> Iterator[Module]:
    """The files that a file uses and those that they use, each once, without the library's."""
    waiting, seen = [module], {module}
    for reader in waiting:
        for used in reader.uses.values():
            if not used.is_library and used not in seen:
                seen.add(used)
                waiting.append(used)
                yield used


def _called(module: Module) -> frozenset[str]:
    """The node classes that a file calls."""
    found: frozenset[str] | None = module.kept.get("called")
    if found is None:
        calls = (
            node.callee.text
            for declaration in module.file.declarations
            for node in walk(declaration)
            if isinstance(node, Call) and isinstance(node.callee, ClassName)
        )
        found = module.kept["called"] = frozenset(map(spelling.plain, calls))
    return found


class _Finder:
    """Goes through a file once and gathers its occurrences."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._found: list[Occurrence] = []
        self._owner = ""

    def all(self) -> tuple[Occurrence, ...]:
        for declaration in self._module.file.declarations:
            if isinstance(declaration, Header):
                if declaration.word.text == "use":
                    self._use(declaration)
            elif isinstance(declaration, NodeDeclaration):
                self._node(declaration)
            else:
                self._owner = declaration.name.text
                self._define(declaration.word.text, declaration.name)
                self._declaration(declaration)
        return tuple(sorted(self._found, key=lambda found: found.start))

    # --- what is noted ---

    def _note(self, start: int, end: int, declaration: Declaration) -> None:
        self._found.append(Occurrence(start, end, declaration, False, self._owner))

    def _define(self, kind: str, name: Name | ClassName) -> None:
        self._found.append(_defined(self._module, kind, name, self._owner))

    def _use(self, header: Header) -> None:
        self._owner = ""
        name = header.alias if header.alias is not None else header.value
        if not isinstance(name, Name):
            return
        used = self._module.uses.get(name.text)
        if header.alias is not None and isinstance(header.value, (Name, Text)):
            shown = header.value.text.strip('"')
            file = Declaration("file", shown, used, 0, 0)
            self._note(header.value.start, header.value.end, file)
        self._define("use", name)

    # --- declarations ---

    def _declaration(self, declaration: Param | Block | Derived | Stage) -> None:
        if declaration.word.text in kinds.RESERVED:
            self._reserved(declaration)
        elif isinstance(declaration, Param):
            for value in (declaration.default, declaration.accepts):
                if value is not None:
                    self._value(value)
        elif isinstance(declaration, Derived):
            self._value(declaration.value)
        elif isinstance(declaration, Stage):
            self._stage(declaration)
        else:
            for item in declaration.items:
                if isinstance(item, Attribute):
                    self._define("setting", item.key)
                    self._value(item.value)
                else:
                    self._item(item)

    def _reserved(self, declaration: Any) -> None:
        """What a declaration names whose meaning comes later is not known."""
        for node in walk(declaration):
            if isinstance(node, Name) and node not in (declaration.word, declaration.name):
                self._note(node.start, node.end, Declaration("reserved", node.text))

    def _stage(self, stage: Stage) -> None:
        for parameter in stage.parameters:
            self._define("parameter", parameter.name)
            for value in (parameter.default, parameter.accepts):
                if value is not None:
                    self._value(value)
        for output in stage.outputs if stage.named else ():
            self._define("output", output.name)
        for item in stage.items:
            if isinstance(item, Attribute):
                name = spelling.plain(item.key.text)
                found = denoting.output(Outputs(self._module, stage), name)
                self._note(item.key.start, item.key.end, found or Declaration("output", name))
                self._value(item.value)
            else:
                self._item(item)

    def _node(self, declaration: NodeDeclaration) -> None:
        """A node class: its name, its inputs and outputs, and the inputs that its facts read."""
        self._owner = spelling.plain(declaration.name.text)
        self._define("node", declaration.name)
        inputs: dict[str, Declaration] = {}
        for input_ in declaration.inputs:
            self._define("node_input", input_.name)
            found = _defined(self._module, "node_input", input_.name, self._owner).declaration
            inputs.setdefault(found.name, found)
            for value in (input_.default, input_.accepts):
                if value is not None:
                    self._value(value)
        for output in declaration.outputs if declaration.named else ():
            self._define("node_output", output.name)
        for item in declaration.items:
            if isinstance(item, Attribute):
                self._stated(item, inputs)

    def _stated(self, item: Attribute, inputs: Mapping[str, Declaration]) -> None:
        """A fact of a node class, or those of one of its outputs."""
        self._note(item.key.start, item.key.end, Declaration("fact", spelling.plain(item.key.text)))
        if isinstance(item.value, Record):
            for inner in item.value.items:
                if isinstance(inner, Attribute):
                    self._stated(inner, inputs)
            return
        for name in walk(item.value):
            if isinstance(name, Name):
                self._formula_name(name, inputs)

    def _formula_name(self, name: Name, inputs: Mapping[str, Declaration]) -> None:
        """The name of an input in a fact, and the fact of it that is read."""
        waits = True  # for the name of the input
        places = spelling.name_places(name.text)
        for part, (first, last) in zip(spelling.name_parts(name.text), places):
            known = inputs.get(part) if waits else None
            waits = waits and known is None and part == "input"
            known = known or Declaration("word" if waits or part in _WORDS else "fact", part)
            self._note(name.start + first, name.start + last, known)

    def _item(self, item: Any) -> None:
        if isinstance(item, Let):
            self._define("let", item.name)
            self._value(item.value)
        elif isinstance(item, Attribute):
            self._key("key", item)
        else:
            self._value(item)

    def _key(self, kind: str, item: Attribute) -> None:
        key = item.key
        known = key.start in denoting.references(self._module)
        if isinstance(key, Name) and known:
            self._name(key, key.start)  # what a bench varies
        elif isinstance(key, Name) and "." in key.text:  # of a pass that is declared elsewhere
            for part, (first, last) in zip(
                spelling.name_parts(key.text), spelling.name_places(key.text)
            ):
                what = Declaration("setting" if first else kind, part)
                self._note(key.start + first, key.start + last, what)
        else:
            self._note(key.start, key.end, Declaration(kind, spelling.plain(key.text)))
        self._value(item.value)

    # --- values ---

    def _value(self, value: Any) -> None:
        if isinstance(value, Name):
            self._name(value, value.start)
        elif isinstance(value, Text):
            if "{" in value.text:
                for part in spelling.text_parts(value.text):
                    if not isinstance(part, str):
                        self._name(
                            Name(part.name, value.start + part.start, value.start + part.end),
                            value.start + part.start + 1,
                        )
        elif isinstance(value, Call):
            self._call(value)
        elif isinstance(value, Chain):
            self._values(value.operands)
        elif isinstance(value, List):
            self._values(value.items)
        elif isinstance(value, Group):
            self._value(value.inner)
        elif isinstance(value, Member):
            self._value(value.target)
            start = value.end - len(value.name)
            found = denoting.member(
                denoting.denoted(self._module, value.target), spelling.plain(value.name)
            )
            self._note(start, value.end, found)
        elif isinstance(value, Index):
            self._value(value.target)
        elif isinstance(value, Record):
            for item in value.items:
                self._item(item)

    def _values(self, values: Iterable[Any]) -> None:
        for value in values:
            self._value(value)

    def _name(self, name: Name, start: int) -> None:
        """The parts of a name: the first, or the first two, have been looked up by resolving."""
        known = denoting.references(self._module)
        parts = spelling.name_parts(name.text)
        meant: Denoted = None
        is_setting = False
        for part, (first, last) in zip(parts, spelling.name_places(name.text)):
            at_start = start + first
            found = known.get(at_start)
            if found is not None:
                self._found.append(found)
                meant = denoting.meant(found.declaration)
                continue
            if first == 0:
                is_setting = part == "pipeline"
                declaration = Declaration("word" if part in _WORDS else "unknown", part)
            elif is_setting:
                declaration, is_setting = Declaration("setting", part), False
            else:
                declaration, meant = denoting.member(meant, part), None
            self._note(at_start, start + last, declaration)

    def _call(self, call: Call) -> None:
        target: Denoted = None
        node: DeclaredNode | None = None
        home = self._module
        if isinstance(call.callee, Name):
            self._name(call.callee, call.callee.start)
            target = denoting.denoted(self._module, call.callee)
        else:
            known = self._module.node(spelling.plain(call.callee.text))
            if known is not None:
                home, node = known
                declared = Declaration("node", node.name, home, *node.place)
                self._note(call.callee.start, call.callee.end, declared)
        for item in call.arguments:
            if not isinstance(item, Attribute):
                self._item(item)
            elif isinstance(target, Settings):
                self._define("setting", item.key)
                self._value(item.value)
            elif isinstance(target, Outputs):
                name = spelling.plain(item.key.text)
                found = denoting.parameter(target, name)
                self._note(item.key.start, item.key.end, found or Declaration("key", name))
                self._value(item.value)
            elif node is not None:
                self._input(home, node, item)
            else:
                self._key("key" if isinstance(call.callee, Name) else "input", item)
        for item in call.about or ():
            if isinstance(item, Attribute):
                self._key("fact", item)
            else:
                self._item(item)

    def _input(self, home: Module, node: DeclaredNode, item: Attribute) -> None:
        """An input of a class that a file declares."""
        name = spelling.plain(item.key.text)
        places = [input_.place for input_ in node.inputs if input_.name == name]
        found = Declaration("input", name)
        if places:
            found = Declaration("node_input", name, home, *places[0])
        self._note(item.key.start, item.key.end, found)
        self._value(item.value)


def _defined(module: Module, kind: str, name: Name | ClassName, owner: str) -> Occurrence:
    declaration = Declaration(kind, spelling.plain(name.text), module, name.start, name.end)
    return Occurrence(name.start, name.end, declaration, True, owner)
