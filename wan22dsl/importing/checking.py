"""Whether a graph can be written as a text at all: links lead somewhere, nothing goes round in a circle."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from wan22dsl.graph.order import never_ready
from wan22dsl.rules.engine import judge

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph


def obstacles(graph: Graph) -> list[Diagnostic]:
    """What keeps a graph from being written as a text; empty where nothing does."""
    broken = any(
        link.node not in graph.nodes or link.slot < 0
        for node in graph.nodes.values()
        for _, link in node.links()
    )
    numbers = any(not _has_numbers(one.inputs) for one in graph.nodes.values())
    if graph.nodes and not broken and not numbers and not never_ready(graph):
        return []
    return [one for one in judge(graph)[1] if one.is_error]


def _has_numbers(value: Any) -> bool:
    """Whether all numbers in a value are numbers of JSON, and so of the language."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(_has_numbers, value.values()))
    return all(map(_has_numbers, value)) if type(value) is list else True
