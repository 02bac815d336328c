"""What an expression stands for: its type, what an arrow brings to it, what a dot reads of it.

A guess that needs no build: what is unknown has no type, and fits everywhere.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CatalogueError
from wan22dsl.language.program import kinds, names, values
from wan22dsl.language.program.module import Module
from wan22dsl.language.syntax import parse_expression, spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Chain,
    ClassName,
    Derived,
    Group,
    Index,
    List,
    Member,
    Name,
    Number,
    Param,
    Record,
    Sampler,
    Stage,
    Text,
)
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
    from wan22dsl.language.syntax.tree import TypeName

#: Names are followed so far.
_FARTHEST = 30


class Meaning(NamedTuple):
    """What stands behind an expression.

    `kind` is the word of a declaration, `module`, `node` (a call of a class) or `value`. `type` is that of
    the value, empty where it is unknown; `takes` that of what an arrow brings, empty where nothing.
    `outputs` are those that a dot chooses from, by name. `module` and `name` say where it is declared.
    """

    kind: str = "value"
    type: str = ""
    takes: str = ""
    outputs: tuple[tuple[str, str], ...] = ()
    module: Module | None = None
    name: str = ""


UNKNOWN = Meaning()


@lru_cache(maxsize=256)
def read(text: str) -> Any:
    """The tree of a value; None where it cannot be read."""
    if not text:
        return None
    return parse_expression(Source(text))[0]


def node_class(catalogue: Catalogue, name: str) -> NodeClass | None:
    """A class of the catalogue; None where it has none, or cannot be asked."""
    try:
        return catalogue.get(name)
    except CatalogueError:
        return None


def parameter(written: str) -> Meaning:
    """What a parameter with this type stands for."""
    return Meaning("param", written)


def type_text(written: TypeName) -> str:
    """A type as it is compared: `[lora]`, `IMAGE`, without backticks."""
    return spelling.plain(written.text)


def of_declared(module: Module, name: str, catalogue: Catalogue, depth: int = 0) -> Meaning:
    """What a declaration of a file stands for."""
    if module.is_library:  # what the file declares is not known there
        catalogue = getattr(catalogue, "base", catalogue)
    key = ("meaning", name, catalogue)
    found: Meaning | None = module.kept.get(key)
    if found is None:
        module.kept[key] = UNKNOWN  # a name that leads back to itself
        found = module.kept[key] = _of_declared(module, name, catalogue, depth)
    return found


def _of_declared(module: Module, name: str, catalogue: Catalogue, depth: int) -> Meaning:
    declared = module.names.get(name)
    if isinstance(declared, Param):
        return Meaning("param", type_text(declared.type), module=module, name=name)
    if isinstance(declared, Stage):
        return _of_stage(module, declared)
    if declared is None:
        return UNKNOWN
    word = declared.word.text
    if word == "let" and isinstance(declared, Derived):
        found = of(module, declared.value, catalogue, {}, depth + 1)
        return found._replace(kind="let", module=module, name=name)
    if word in kinds.ASSETS or word == "family":
        return Meaning(word, word, module=module, name=name)
    if word == "pass":
        return Meaning("pass", "LATENT", "LATENT", module=module, name=name)
    if word == "pipeline":
        flow = settings_of(module, name).get("flow")
        given = of(flow[0], flow[1], catalogue, {}, depth + 1).type if flow else ""
        return Meaning("pipeline", given or "IMAGE", module=module, name=name)
    return Meaning(word, word, module=module, name=name)


def _of_stage(module: Module, stage: Stage) -> Meaning:
    first = stage.parameters[0] if stage.parameters else None
    takes = type_text(first.type) if first is not None and first.brought else ""
    outputs = tuple((each.name.text, type_text(each.type)) for each in stage.outputs)
    chosen = dict(outputs).get("out", "")
    if not outputs:
        chosen = takes
    elif not stage.named:
        outputs = ()
    return Meaning("stage", chosen, takes, outputs, module, stage.name.text)


def settings_of(module: Module, name: str) -> dict[str, tuple[Module, Any]]:
    """The settings of a block and of those that it is a copy of, each with the file that it is in."""
    found: dict[str, tuple[Module, Any]] = {}
    for _ in range(_FARTHEST):
        declared = module.names.get(name)
        if isinstance(declared, Block):
            _add(found, module, declared.items)
            return found
        value = declared.value if isinstance(declared, Derived) else None
        if isinstance(value, Call):
            _add(found, module, value.arguments)
            value = value.callee
        if not isinstance(value, Name):
            return found
        parts = spelling.name_parts(value.text)
        known, rest = names.declared(module, parts[0], list(parts[1:]))
        if known is None or rest:
            return found
        module, declared = known
        name = declared.name.text
    return found


def _add(found: dict[str, tuple[Module, Any]], module: Module, items: tuple[Any, ...]) -> None:
    for item in items:
        if isinstance(item, Attribute):
            found.setdefault(spelling.plain(item.key.text), (module, item.value))


_LITERALS = {Text: "text", Sampler: "sampler", List: "list", Record: "record"}


def of(
    module: Module,
    value: Any,
    catalogue: Catalogue,
    local: Mapping[str, Meaning],
    depth: int = 0,
) -> Meaning:
    """What an expression of a file stands for; `local` are names that only its block sees."""
    if value is None or depth > _FARTHEST:
        return UNKNOWN
    literal = _LITERALS.get(type(value))
    if literal is not None:
        return Meaning(type=literal)
    if isinstance(value, Number):
        number = values.read_number(value.text)
        return Meaning(type=number.type) if number is not None else UNKNOWN
    if isinstance(value, Group):
        return of(module, value.inner, catalogue, local, depth + 1)
    if isinstance(value, Name):
        return of_name(module, value.text, catalogue, local, depth + 1)
    if isinstance(value, Call):
        return _of_call(module, value, catalogue, local, depth + 1)
    if isinstance(value, Member):
        target = of(module, value.target, catalogue, local, depth + 1)
        return member(target, spelling.plain(value.name), catalogue)
    if isinstance(value, Index):
        return _of_index(of(module, value.target, catalogue, local, depth + 1), value)
    if isinstance(value, Chain):
        return _of_chain(module, value, catalogue, local, depth + 1)
    return UNKNOWN


def _of_chain(
    module: Module, chain: Chain, catalogue: Catalogue, local: Mapping[str, Meaning], depth: int
) -> Meaning:
    if "->" not in chain.operators:
        if "of" in chain.operators or ".." in chain.operators:
            return Meaning(type="steps" if "of" in chain.operators else "range")
        return of(module, chain.operands[0], catalogue, local, depth)._replace(kind="value")
    found = [of(module, each, catalogue, local, depth) for each in chain.operands]
    first, last = found[0], found[-1]
    takes = first.takes if first.kind == "stage" else ""
    if last.kind == "stage" and last.outputs:
        return last._replace(kind="value", takes=takes)
    given = last.type
    if last.kind == "stage" and (not given or given == "*"):
        given = next((each.type for each in reversed(found[:-1]) if each.type), "")
    if last.kind == "stage" and given == last.takes and len(found) > 1 and found[-2].type:
        given = given if given == "IMAGE" else found[-2].type
    return Meaning("value", given, takes, last.outputs)


def _of_index(target: Meaning, value: Index) -> Meaning:
    number = value.number.text
    if number.isdigit() and int(number) < len(target.outputs):
        return Meaning(type=target.outputs[int(number)][1])
    return UNKNOWN if target.outputs else Meaning(type=target.type)


def _of_call(
    module: Module, call: Call, catalogue: Catalogue, local: Mapping[str, Meaning], depth: int
) -> Meaning:
    if isinstance(call.callee, ClassName):
        return of_class(module, spelling.plain(call.callee.text), catalogue)
    return of_name(module, call.callee.text, catalogue, local, depth)


def of_class(module: Module, name: str, catalogue: Catalogue) -> Meaning:
    """What a call of a node class gives."""
    found = node_class(catalogue, name)
    if found is None:
        return Meaning("node", name=name)
    outputs = tuple((each.name, each.type) for each in found.outputs)
    takes = next((each.type for each in found.inputs if each.is_socket and each.required), "")
    given = outputs[0][1] if len(outputs) == 1 else ""
    return Meaning("node", given, takes, outputs, name=name)


def of_name(
    module: Module,
    written: str,
    catalogue: Catalogue,
    local: Mapping[str, Meaning],
    depth: int = 0,
) -> Meaning:
    """What a name with its members stands for."""
    head, *rest = spelling.name_parts(written)
    if head == "pipeline":
        if not rest:
            return Meaning("settings")
        want = kinds.PASS_SETTINGS.get(rest[0])
        found = Meaning("value", str(want) if want is not None else "")
        rest = rest[1:]
    elif head in ("true", "false"):
        return Meaning(type="bool")
    elif head in local:
        found = local[head]
    else:
        meant = names.find(module, head)
        if isinstance(meant, Module):
            if not rest:
                return Meaning("module", module=meant, name=head)
            if rest[0] not in meant.names:
                return UNKNOWN
            found = of_declared(meant, rest[0], catalogue, depth + 1)
            rest = rest[1:]
        elif meant is None:
            return UNKNOWN
        else:
            found = of_declared(meant[0], meant[1].name.text, catalogue, depth + 1)
    for part in rest:
        found = member(found, part, catalogue, depth + 1)
    return found


def member(target: Meaning, name: str, catalogue: Catalogue, depth: int = 0) -> Meaning:
    """What is behind a dot."""
    for output, kind in target.outputs:
        if output == name:
            return Meaning(type=kind)
    if target.kind in kinds.COPIED and target.module is not None:
        setting = settings_of(target.module, target.name).get(name)
        if setting is not None:
            return of(setting[0], setting[1], catalogue, {}, depth + 1)
        want = kinds.PASS_SETTINGS.get(name)
        return Meaning(type=str(want)) if want is not None else UNKNOWN
    known = kinds.MEMBERS.get(target.type, {}).get(name)
    if known is not None:
        return Meaning(type=str(known))
    return Meaning(type=kinds.FACTS.get(name, ""))
