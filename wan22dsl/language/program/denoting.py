"""What an expression stands for, as far as it can be told without building: a stage or a block."""

from __future__ import annotations

from typing import Any, Union

from wan22dsl.language.program.module import Declaration, Module, Occurrence
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Chain,
    Derived,
    Group,
    Let,
    Name,
    Param,
    Stage,
)
from wan22dsl.tuples import NamedTuple

#: Names are followed so far: what is longer comes back to itself.
_FARTHEST = 200


class Settings(NamedTuple):
    """A block, or the call that copies one: what a dot behind it reads."""

    module: Module
    block: Block | Derived | Call


class Outputs(NamedTuple):
    """A stage, or a call of one."""

    module: Module
    stage: Stage


Denoted = Union[Settings, Outputs, None]


def references(module: Module) -> dict[int, Occurrence]:
    """What resolving has noted, by where it is."""
    found = module.kept.get("references")
    if found is None:
        found = module.kept["references"] = {item.start: item for item in module.references}
    return found


def meant(declaration: Declaration) -> Denoted:
    """What a name of this declaration stands for, as far as it can be told without building."""
    module = declaration.module
    if module is None or declaration.kind in ("use", "param", "parameter"):
        return None
    declared = module.names.get(declaration.name)
    if declared is None or declared.name.start != declaration.start:
        value = _lets(module).get(declaration.start)
        return denoted(module, value) if value is not None else None
    if isinstance(declared, Stage):
        return Outputs(module, declared)
    if isinstance(declared, Derived) and declared.word.text == "let":
        return denoted(module, declared.value)
    return None if isinstance(declared, Param) else Settings(module, declared)


def _lets(module: Module) -> dict[int, Any]:
    """The values of the `let`s in blocks, by where their names are."""
    found = module.kept.get("lets")
    if found is None:
        found = module.kept["lets"] = {
            item.name.start: item.value
            for declaration in module.file.declarations
            if isinstance(declaration, (Block, Stage))
            for item in declaration.items
            if isinstance(item, Let)
        }
    return found


def denoted(module: Module, value: Any) -> Denoted:
    """What an expression stands for: a stage, a block, or nothing that can be told."""
    copied: Settings | None = None
    for _ in range(_FARTHEST):
        if isinstance(value, Group):
            value = value.inner
        elif isinstance(value, Chain) and value.operators[-1] == "->":
            value = value.operands[-1]
        elif isinstance(value, Call) and isinstance(value.callee, Name):
            copied = copied or Settings(module, value)
            value = value.callee
        elif isinstance(value, Name):
            last = value.start + spelling.name_places(value.text)[-1][0]
            found = references(module).get(last)
            if found is None:
                return None
            let = _value_of_let(found.declaration)
            if let is None:
                known = meant(found.declaration)
                return copied if copied is not None and isinstance(known, Settings) else known
            module, value = let
        else:
            return None
    return None


def _value_of_let(declaration: Declaration) -> tuple[Module, Any] | None:
    module = declaration.module
    if module is None or declaration.kind != "let":
        return None
    declared = module.names.get(declaration.name)
    if isinstance(declared, Derived) and declared.name.start == declaration.start:
        return module, declared.value
    value = _lets(module).get(declaration.start)
    return (module, value) if value is not None else None


def member(target: Denoted, name: str) -> Declaration:
    """What is behind a dot: a setting, an output, a fact, or what only a build can know."""
    if isinstance(target, Settings):
        return _setting(target, name) or Declaration("setting", name)
    if isinstance(target, Outputs):
        return output(target, name) or Declaration("fact", name)
    return Declaration("member", name)


def _setting(target: Settings, name: str) -> Declaration | None:
    """Where a setting of a block is written, in the block or in what it is a copy of."""
    found: Denoted = target
    for _ in range(_FARTHEST):
        if not isinstance(found, Settings):
            return None
        module, block = found
        items = block.arguments if isinstance(block, Call) else getattr(block, "items", ())
        for item in items:
            if isinstance(item, Attribute) and spelling.plain(item.key.text) == name:
                return Declaration("setting", name, module, item.key.start, item.key.end)
        if isinstance(block, Block):
            return None
        found = denoted(module, block.callee if isinstance(block, Call) else block.value)
    return None


def output(target: Outputs, name: str) -> Declaration | None:
    """An output of a stage. The only one of a stage that names none is `out`, which is nowhere declared."""
    for promised in target.stage.outputs if target.stage.named else ():
        if promised.name.text == name:
            return _declared("output", promised.name, target.module)
    return None


def parameter(target: Outputs, name: str) -> Declaration | None:
    """A parameter of a stage."""
    for taken in target.stage.parameters:
        if taken.name.text == name:
            return _declared("parameter", taken.name, target.module)
    return None


def _declared(kind: str, name: Name, module: Module) -> Declaration:
    return Declaration(kind, name.text, module, name.start, name.end)
