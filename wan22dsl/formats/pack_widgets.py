"""Widgets that the scripts of packs make, and keep in ways of their own, as records tell."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from wan22dsl.formats.widget_order import given_at, something
from wan22dsl.formats.workflow_read.parts import Given, Spot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.nodes.widgets import Rows, Widgets
    from wan22dsl.formats.workflow_read.parts import Raw


def of_rows(
    node: Raw, values: list[Any], rows: Rows
) -> tuple[dict[str, Given], dict[str, Any] | None]:
    """The values of widgets that the user adds, and those that are no inputs."""
    found: dict[str, Given] = {}
    left: dict[str, Any] = {}
    for number, value in enumerate(values):
        if isinstance(value, dict) and rows.key in value:
            sent = {
                key: item
                for key, item in value.items()
                if item is not None or key not in rows.not_null
            }
            name = f"{rows.prefix}{sum(item.startswith(rows.prefix) for item in found) + 1}"
            found[name] = given_at(node, sent, number)
        elif rows.text and isinstance(value, str) and value and rows.text not in found:
            found[rows.text] = given_at(node, value, number)
        elif value not in rows.before and value not in rows.behind and something([value]):
            left[str(number)] = value
    return found, left or None


def with_numbers(node: Raw, facts: Widgets, found: Mapping[str, Given]) -> dict[str, Given]:
    """The values with the numbers that the script of the pack puts in when it sends them."""
    values = dict(found)
    for number in facts.numbers:
        value = node.properties.get(number.property)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value):
            spot = Spot(node, "properties", number.property)
            values[number.whole] = Given(int(value // 1), spot)
            values[number.any] = Given(value, spot)
    return values
