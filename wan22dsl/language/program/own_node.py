"""The node that a stage is for: the call of a class that its outputs, or its last statement, end with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Call,
    Chain,
    ClassName,
    Group,
    Index,
    Let,
    Member,
    Name,
)

if TYPE_CHECKING:
    from wan22dsl.language.syntax.tree import Stage

#: More `let`s than this in a row lead round in a circle.
_DEEPEST = 20


def own_node(stage: Stage) -> Call | None:
    """The call that makes the node of a stage; None where it makes none itself, or several."""
    lets = {item.name.text: item.value for item in stage.items if isinstance(item, Let)}
    ends = [item.value for item in stage.items if isinstance(item, Attribute)]
    if not stage.outputs:
        ends = [item for item in stage.items if not isinstance(item, (Attribute, Let))]
    found = {id(call): call for end in ends if (call := _call(end, lets)) is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def inputs_set(call: Call) -> dict[str, Any]:
    """The inputs that a call of a class sets, with what it sets them to."""
    items = (item for item in call.arguments if isinstance(item, Attribute))
    return {spelling.plain(item.key.text): item.value for item in items}


def of_experts(name: str, expert: str) -> tuple[str, str]:
    """How packs call an output that each expert has one of."""
    return f"{name}_{expert}", f"{expert}_{name}"


def _call(value: Any, lets: dict[str, Any]) -> Call | None:
    for _ in range(_DEEPEST):
        if isinstance(value, Chain) and "->" in value.operators:
            value = value.operands[-1]
        elif isinstance(value, Group):
            value = value.inner
        elif isinstance(value, (Member, Index)):
            value = value.target
        elif isinstance(value, Name) and spelling.name_parts(value.text)[0] in lets:
            value = lets[spelling.name_parts(value.text)[0]]
        else:
            break
    return value if isinstance(value, Call) and isinstance(value.callee, ClassName) else None
