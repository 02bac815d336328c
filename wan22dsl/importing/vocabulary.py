"""The words that an imported text can use: what the library, and files of the user's own, declare.

Nothing here knows a name of the library: stages, assets, families and passes are read from its text.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Union

from wan22dsl.importing.spellings import canonical
from wan22dsl.language.program import kinds, names
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.program.values import read_number
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Chain,
    Derived,
    List,
    Name,
    Number,
    Sampler,
    Stage,
    Text,
    nest,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.language.program.module import Module
    from wan22dsl.language.syntax.tree import Expression

Declared = Union[Block, Derived]

#: The files of the library for the nodes of packs.
_OF_PACKS = ("wrapper", "samplers")


class Used(NamedTuple):
    """A file that the text uses: its `use` line (none for the standard stages), what goes in front."""

    line: str
    prefix: str
    module: Module


class StageWord(NamedTuple):
    """A stage, and what an imported text calls it."""

    name: str
    stage: Stage
    module: Module


class AssetWord(NamedTuple):
    """An asset with its settings, in canonical spelling."""

    name: str
    kind: str
    settings: dict[str, str]


class PassWord(NamedTuple):
    """A pass of the library with its settings, in canonical spelling."""

    name: str
    settings: dict[str, str]


class Vocabulary:
    """All words; `used` are the files, those of the user first.

    Files of the library for the nodes of a pack are read only where `classes` has one of these.
    """

    def __init__(self, used: tuple[Used, ...] = (), classes: Iterable[str] = ()) -> None:
        library = [library_module("wan22")]
        for name in _OF_PACKS:
            module = library_module(name)
            if any(f" {spelling.class_name(used_class)}(" in module.source.text
                   for used_class in classes):  # fmt: skip
                library.append(module)
        named = (Used(f"use {module.name}", f"{module.name}.", module) for module in library)
        self.used = (*used, Used("", "", library_module("std")), *named)

    def prefix_of(self, module: Module) -> str | None:
        """What goes in front of a name of a file; None where the imported text does not use it."""
        return next((used.prefix for used in self.used if used.module is module), None)

    @cached_property
    def stages(self) -> list[StageWord]:
        """All stages, in order."""
        return [
            StageWord(name, declared, module)
            for name, module, declared in self._all()
            if isinstance(declared, Stage)
        ]

    @cached_property
    def assets(self) -> list[AssetWord]:
        """All assets."""
        return [
            AssetWord(name, declared.word.text, self.settings(module, declared))
            for name, module, declared in self._all()
            if isinstance(declared, (Block, Derived)) and declared.word.text in kinds.ASSETS
        ]

    @cached_property
    def passes(self) -> list[PassWord]:
        """All passes."""
        return [
            PassWord(name, self.settings(module, declared))
            for name, module, declared in self._all()
            if isinstance(declared, (Block, Derived)) and declared.word.text == "pass"
        ]

    @cached_property
    def families(self) -> dict[str, dict[str, str]]:
        """The settings of all families, by the name in the imported text."""
        return {
            name: self.settings(module, declared)
            for name, module, declared in self._all()
            if isinstance(declared, (Block, Derived)) and declared.word.text == "family"
        }

    def _all(self) -> Iterator[tuple[str, Module, Any]]:
        for used in self.used:
            for name, declared in used.module.names.items():
                if not name.startswith("_") and name not in used.module.circular:
                    yield used.prefix + name, used.module, declared

    def stage_of(self, module: Module, name: str) -> StageWord | None:
        """The stage that a name means in a file."""
        found = self.lookup(module, name)
        if found is None or not isinstance(found[1], Stage):
            return None
        home, declared = found
        return StageWord(self.called(home, declared) or "", declared, home)

    def called(self, module: Module, declared: Any) -> str | None:
        """What the imported text calls a declaration; None where it cannot."""
        prefix, name = self.prefix_of(module), declared.name.text
        return None if prefix is None or name.startswith("_") else prefix + name

    def lookup(self, module: Module, name: str) -> tuple[Module, Any] | None:
        """What a name without further members means in a file."""
        head, *rest = spelling.name_parts(name)
        found, more = names.declared(module, head, list(rest))
        return None if found is None or more else found

    def settings(self, module: Module, declared: Declared) -> dict[str, str]:
        """The settings of a block or a copy, those of what it copies among them, in canonical spelling."""
        return {name: self.said(value, home) for name, (value, home) in
                self._flat(module, declared).items()}  # fmt: skip

    def _flat(self, module: Module, declared: Declared) -> dict[str, tuple[Expression, Module]]:
        if isinstance(declared, Block):
            return self._written(declared.items, module)
        value = declared.value
        base = value.callee if isinstance(value, Call) else value
        found = self.lookup(module, base.text) if isinstance(base, Name) else None
        if found is None or not isinstance(found[1], (Block, Derived)):
            return {}
        flat = self._flat(*found)
        if isinstance(value, Call):
            flat = {**flat, **self._written(value.arguments, module)}
        return {name: item for name, item in flat.items() if not _is_none(item[0])}

    def _written(
        self, items: tuple[Any, ...], module: Module
    ) -> dict[str, tuple[Expression, Module]]:
        return {
            spelling.plain(item.key.text): (item.value, module)
            for item in items
            if isinstance(item, Attribute)
        }

    def said(self, value: Any, module: Module) -> str:
        """A value in the spelling in which an imported text would have it; "…" where it has none."""
        if isinstance(value, Number):
            constant = read_number(value.text)
            return "…" if constant is None else canonical(constant)
        if isinstance(value, Text):
            parts = spelling.text_parts(value.text)
            if all(isinstance(part, str) for part in parts):
                return spelling.quote("".join(map(str, parts)))
            return "…"
        if isinstance(value, Sampler):
            return value.text
        if isinstance(value, Name):
            return self._named(value, module)
        if isinstance(value, List):
            return "[" + ", ".join(self.said(item, module) for item in value.items) + "]"
        if isinstance(value, Chain):
            return self._chain(nest(value), module)
        if isinstance(value, Call) and isinstance(value.callee, Name):
            arguments = [
                f"{argument.key.text} = {self.said(argument.value, module)}"
                if isinstance(argument, Attribute)
                else self.said(argument, module)
                for argument in value.arguments
            ]
            text = f"{self.said(value.callee, module)}({', '.join(arguments)})"
            return "…" if "…" in text else text
        return "…"

    def _named(self, value: Name, module: Module) -> str:
        if value.text in ("none", "true", "false", "null"):
            return value.text
        found = self.lookup(module, value.text)
        if found is not None:
            return self.called(*found) or "…"
        head, dot, member = value.text.rpartition(".")
        block = self.lookup(module, head) if dot else None
        if block is not None and isinstance(block[1], (Block, Derived)):
            return self.settings(*block).get(member, "…")
        return "…"

    def _chain(self, value: Any, module: Module) -> str:
        """`0..2 of 4`, and lists put together."""
        operator = getattr(value, "operator", "")
        if not operator:
            return self.said(value, module) if not hasattr(value, "elements") else "…"
        left, right = self._chain(value.left, module), self._chain(value.right, module)
        if operator == "+" and left[:1] == right[:1] == "[":
            inside = [part for part in (left[1:-1], right[1:-1]) if part]
            return f"[{', '.join(inside)}]"
        if operator in ("..", "of") and "…" not in (left, right):
            return f"{left}{operator}{right}" if operator == ".." else f"{left} of {right}"
        return "…"


def is_engine(stage: Stage) -> bool:
    """Whether a stage is written as an engine: it gets a latent, a model and a conditioning."""
    first = stage.parameters[0] if stage.parameters else None
    names = {parameter.name.text for parameter in stage.parameters if parameter.default is None}
    brings = first is not None and first.brought and first.type.text == "LATENT"
    return brings and names >= {"model", "positive"}


def of_a_pass(stage: Stage) -> bool:
    """Whether a stage depends on the pass that calls it: on its part of the schedule, sampler or model."""
    if is_engine(stage):
        return True
    names = [output.name.text for output in stage.outputs]
    if names and any(set(names) <= set(known) for known in (kinds.PARTS, kinds.NOISES)):
        return True
    types = {parameter.type.text for parameter in stage.parameters}
    return bool(stage.outputs) and bool(types & {"steps", "sampler"})


def _is_none(value: Expression) -> bool:
    return isinstance(value, Name) and value.text == "none"
