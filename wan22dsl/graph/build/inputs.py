"""Values as inputs of nodes: links, or JSON in the type of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.build.values import Wire
from wan22dsl.graph.model import Link
from wan22dsl.program.values import Broken, Constant, Unknown, plain_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.catalogue.schema import Input
    from wan22dsl.graph.build.values import Value

#: What stands in an input whose value is not known: a link to nothing, of which nothing is known.
NOWHERE = Link("", 0)


def to_json(value: Constant, known: Input | None) -> Any:
    """A constant in the type of the input: 4 for an INT that was given 4.0, and so on."""
    data = json_of(value)
    if known is None or isinstance(data, bool):
        return data
    kinds = known.type.split(",")
    if isinstance(data, float) and "FLOAT" not in kinds and "INT" in kinds and data.is_integer():
        return int(data)
    if isinstance(data, int) and "INT" not in kinds and "FLOAT" in kinds:
        return float(data)
    return data


def json_of(value: Constant) -> Any:
    """A constant as ComfyUI gets it: `81f` is 81, `16fps` is 16."""
    kind, data = value
    if kind == "list":
        return [json_of(one) for one in data]
    if kind == "record":
        return {key: json_of(one) for key, one in data}
    if isinstance(data, float):
        return plain_number(data)
    return data


def constants(given: Mapping[str, Value]) -> dict[str, Any]:
    """The inputs that are constants, which decide which others a dynamic choice has; links as Links."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Constant):
            found[name] = json_of(value)
        elif isinstance(value, Wire):
            found[name] = value.link
        elif isinstance(value, (Broken, Unknown)):
            found[name] = NOWHERE
    return found


def key(inputs: Mapping[str, Any]) -> frozenset[tuple[str, type, Any]]:
    """What makes two nodes of one class equal: the inputs, told apart by type (1, 1.0 and true differ)."""
    return frozenset(
        (name, value.__class__, repr(value) if isinstance(value, (list, dict)) else value)
        for name, value in inputs.items()
    )
