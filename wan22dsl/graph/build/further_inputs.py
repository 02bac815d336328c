"""Arguments of a stage's call that are inputs of its node, and a node of another class in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import every_input, has_input
from wan22dsl.graph.build import nodes
from wan22dsl.graph.build.values import Further
from wan22dsl.language.program.own_node import inputs_set, own_node
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Call, ClassName

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, StageName
    from wan22dsl.language.syntax.tree import Item, Stage

#: The argument that puts a node of another class in the place of the stage's.
NODE = "node"


def taken(
    b: Builder, target: StageName, items: tuple[Item, ...], env: Env, settings: Settings
) -> tuple[Further | None, tuple[Item, ...]]:
    """What a call says of the stage's node, and the arguments that are left for its parameters."""
    stage = target.stage
    takes = {parameter.name.text for parameter in stage.parameters}
    others = [
        item
        for item in items
        if isinstance(item, Attribute) and spelling.plain(item.key.text) not in takes
    ]
    own = own_of(target) if others else None
    if own is None:
        return None, items
    other, wanted = _other(others), []
    class_name = spelling.plain((own if other is None else other).callee.text)
    schema = b.schemas.get(class_name)
    for item in others:
        name = spelling.plain(item.key.text)
        if name == NODE and item.value is other:
            continue
        if (
            schema is not None
            and name not in inputs_set(own)
            and has_input(schema.node_class, name)
        ):
            wanted.append(item)
    if other is None and not wanted:
        return None, items
    here = (*(() if other is None else other.arguments), *wanted)
    given, spans = nodes.inputs(b, class_name, here, env, settings, f"{b.base}{class_name}")
    about = None if other is None else nodes.read(b, other, env, settings)
    used = {id(item) for item in (*wanted, *(item for item in others if item.value is other))}
    left = tuple(item for item in items if id(item) not in used)
    return Further(own, class_name, given, spans, about), left


def own_of(target: StageName) -> Call | None:
    """The call that makes the node of a stage, looked for once."""
    kept, key = target.module.kept, ("own node", id(target.stage))
    if key not in kept:
        kept[key] = own_node(target.stage)
    found = kept[key]
    return found if isinstance(found, Call) else None


def names(b: Builder, stage: Stage, own: Call | None) -> list[str]:
    """The inputs that a call of a stage may give besides its parameters."""
    schema = None if own is None else b.schemas.get(spelling.plain(own.callee.text))
    if own is None or schema is None:
        return []
    taken = {*inputs_set(own), *(parameter.name.text for parameter in stage.parameters)}
    return [name for name in every_input(schema.node_class.inputs) if name not in taken]


def _other(items: list[Attribute]) -> Call | None:
    """The call of another class, where one is given."""
    for item in items:
        if spelling.plain(item.key.text) == NODE and isinstance(item.value, Call):
            if isinstance(item.value.callee, ClassName):
                return item.value
    return None
