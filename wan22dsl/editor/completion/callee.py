"""What a call is of: a stage with its parameters, a block that is copied, a node class with its inputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.editor.completion import typed
from wan22dsl.language.program import kinds, values
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Name, Number, Stage, Text
from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.editor.completion.place import Frame
    from wan22dsl.editor.completion.scope import Scope
    from wan22dsl.language.program.module import Module


class Argument(NamedTuple):
    """Something that a call takes by name.

    `type` is that of a parameter or a setting, as it is written; `default` its default as text, empty
    where it has to be given. `input` is what the catalogue knows of an input of a node. `accepts` is what
    stands behind `in`.
    """

    name: str
    type: str
    default: str = ""
    input: Input | None = None
    accepts: str = ""
    is_needed: bool = False
    is_brought: bool = False


class Called(NamedTuple):
    """What is called. `kind` is `stage`, `node`, or the word of a block that is copied."""

    kind: str
    name: str
    arguments: tuple[Argument, ...]
    module: Module | None = None
    node: NodeClass | None = None
    gives: str = ""

    def get(self, name: str) -> Argument | None:
        """What is given under a name."""
        return next((each for each in self.arguments if each.name == name), None)

    @property
    def first(self) -> Argument | None:
        """What the one argument without a name is: the first that no arrow brings."""
        if self.kind != "stage":
            return None
        return next((each for each in self.arguments if not each.is_brought), None)


def type_of_setting(kind: str, name: str) -> Type | None:
    """The type of a setting of a declaration; None where the language has none of that name."""
    if kind in ("pass", "pipeline"):
        if kind == "pipeline" and name == "flow":
            return kinds.FLOW
        if kind == "pipeline" and name == "family":
            return Type("family")
        return kinds.PASS_SETTINGS.get(name)
    if kind == "node":
        return kinds.NODE_SETTINGS.get(name)
    return kinds.FIXED_SETTINGS.get(kind, {}).get(name)


def settings_for(kind: str) -> dict[str, Type]:
    """The settings that a declaration of a kind may have."""
    if kind == "pipeline":
        return {**kinds.PASS_SETTINGS, "flow": kinds.FLOW, "family": Type("family")}
    if kind == "pass":
        return kinds.PASS_SETTINGS
    if kind == "node":
        return kinds.NODE_SETTINGS
    return kinds.FIXED_SETTINGS.get(kind, {})


def called_at(scope: Scope, frame: Frame) -> Called | None:
    """What the call of a bracket is of; None where that is not known."""
    return called(scope, frame.head, frame.entries)


def called(scope: Scope, head: str, entries: Mapping[str, str]) -> Called | None:
    """What a call is of, whose arguments are `entries`."""
    if head[:1].isupper() or head.startswith("`"):
        return _node(scope, spelling.plain(head), entries)
    meaning = scope.of_name(head)
    if meaning.kind == "stage" and meaning.module is not None:
        stage = meaning.module.names.get(meaning.name)
        if isinstance(stage, Stage):
            return of_stage(meaning.module, stage)
    if meaning.kind in kinds.COPIED and meaning.module is not None:
        return _copy(meaning.module, meaning.kind, meaning.name)
    return None


def of_stage(module: Module, stage: Stage) -> Called:
    """A stage with its parameters."""
    text = module.source.text

    def written(value: Any) -> str:
        return " ".join(text[value.start : value.end].split()) if value is not None else ""

    arguments = tuple(
        Argument(
            each.name.text,
            typed.type_text(each.type),
            written(each.default),
            accepts=written(each.accepts),
            is_needed=each.default is None and not each.brought,
            is_brought=each.brought,
        )
        for each in stage.parameters
    )
    if stage.outputs and stage.named:
        gives = ", ".join(
            f"{each.name.text}: {typed.type_text(each.type)}" for each in stage.outputs
        )
        gives = f"({gives})"
    else:
        gives = typed.type_text(stage.outputs[0].type) if stage.outputs else ""
    return Called("stage", stage.name.text, arguments, module, gives=gives)


def _copy(module: Module, kind: str, name: str) -> Called:
    """A block with its settings; their defaults are what the copied block has."""
    settings = typed.settings_of(module, name)
    arguments = [
        Argument(key, str(type_of_setting(kind, key) or ""), spelled(*value))
        for key, value in settings.items()
    ]
    arguments += [
        Argument(key, str(want)) for key, want in settings_for(kind).items() if key not in settings
    ]
    return Called(kind, name, tuple(arguments), module)


def spelled(module: Module, value: Any) -> str:
    """A value as it is written, in one line."""
    return " ".join(module.source.text[value.start : value.end].split())


def _node(scope: Scope, name: str, entries: Mapping[str, str]) -> Called | None:
    found = scope.node_class(name)
    own = scope.module.node(name)
    if own is not None and own[1] is not None:
        found = found or None
    if found is None:
        return None
    given = {key: constant_of(value) for key, value in entries.items()}
    arguments = tuple(
        Argument(
            each.name,
            each.type,
            default_text(each),
            input=each,
            is_needed=each.required and default_text(each) == "",
        )
        for each in inputs_of(found, given).values()
    )
    gives = ", ".join(f"{each.name}: {each.type}" for each in found.outputs)
    return Called("node", name, arguments, None, found, f"({gives})" if gives else "")


def constant_of(written: str) -> Any:
    """A value as ComfyUI gets it, where it is a constant; else something that stands for a link."""
    tree = typed.read(written)
    if isinstance(tree, Text):
        parts = spelling.text_parts(tree.text)
        return "".join(part for part in parts if isinstance(part, str))
    if isinstance(tree, Number):
        number = values.read_number(tree.text)
        return number.data if number is not None else 0
    if isinstance(tree, Name) and tree.text in ("true", "false"):
        return tree.text == "true"
    return ["", 0]


def default_text(input_: Input) -> str:
    """The default of an input as it is written; empty where it has none."""
    from wan22dsl.comfyui.catalogue.inputs import default_of

    default = default_of(input_)
    return "" if default is None else value_text(default)


def value_text(value: Any) -> str:
    """A JSON value as it is written in the language."""
    if isinstance(value, str):
        return spelling.quote(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, dict):
        inner = ", ".join(
            f"{spelling.key(str(key))} = {value_text(item)}" for key, item in value.items()
        )
        return f"{{ {inner} }}"
    return json.dumps(value)
