"""Which values of a node the ComfyUI page does not send as they are, and cannot be made to."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.formats.page import messages
from wan22dsl.formats.page.text import is_sendable, sent, without_comments
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph, Node

#: Up to here JavaScript has every whole number (Number.MAX_SAFE_INTEGER + 1).
_EXACT = 2**53

_MAY_CHANGE = re.compile(r"[{}\\]|/[/*]").search
_REPLACED = re.compile(r"%(?:date:[^%]+|[^%.]+\.[^%.]+)%")


def number_sent(value: int) -> int | None:
    """The whole number that the page sends for this one; None where it sends none.

    JavaScript keeps the nearest double, and writes the fewest digits that tell it from its neighbours.
    """
    if abs(value) <= _EXACT:
        return value
    try:
        return int(Decimal(repr(float(value))))
    except OverflowError:
        return None


def of_graph(graph: Graph) -> Iterator[Diagnostic]:
    """What is lost when the page sends the workflow that is written of this graph."""
    for node in graph.nodes.values():
        values = {name: item for name, item in node.inputs.items() if not isinstance(item, Link)}
        yield from in_node(node, prompts_of(graph.class_of(node), values), values)


def in_node(
    node: Node, prompts: AbstractSet[str], values: Mapping[str, Any], *, is_raw: bool = False
) -> Iterator[Diagnostic]:
    """The findings on the `values` of a node; `is_raw` where they are those of its widgets, unprocessed."""
    for name, value in values.items():
        if name in prompts:
            yield from _text(node, name, value, is_raw=is_raw)
        elif (
            name == "filename_prefix"
            and "page" in record_of(node.class_name).replaces_words
            and isinstance(value, str)
        ):
            yield from _file_name(node, name, value)
        elif type(value) is int and abs(value) > _EXACT:
            yield from _number(node, name, value)


def prompts_of(node_class: NodeClass | None, values: Mapping[str, Any]) -> frozenset[str]:
    """The names of the texts among the values that the page may change."""
    texts = [name for name, item in values.items() if isinstance(item, str) and _MAY_CHANGE(item)]
    if node_class is None or not texts:
        return frozenset()
    inputs = inputs_of(node_class, values)
    return frozenset(name for name in texts if name in inputs and inputs[name].dynamic_prompts)


def text_sent(text: str) -> str:
    """The text that the page sends for that of a widget; with its choices where the page draws lots."""
    found = sent(text)
    return without_comments(text) if found is None else found


def _text(node: Node, name: str, value: str, *, is_raw: bool) -> Iterator[Diagnostic]:
    if is_raw and sent(value) is None:
        yield messages.RANDOM_CHOICE.at(_place(node, name), input=name, node=_named(node))
    if not is_sendable(without_comments(value) if is_raw else value):
        yield messages.BACKSLASH_AT_END.at(_place(node, name), input=name, node=_named(node))


def _file_name(node: Node, name: str, value: str) -> Iterator[Diagnostic]:
    found = _REPLACED.search(value)
    if found is not None:
        yield messages.FILLED_IN_BY_PAGE.at(
            _place(node, name), input=name, node=_named(node), part=found.group()
        )


def _number(node: Node, name: str, value: int) -> Iterator[Diagnostic]:
    changed = number_sent(value)
    if changed != value:
        yield messages.LOST_DIGITS.at(
            _place(node, name),
            input=name,
            node=_named(node),
            value=_short(value),
            changed="nothing" if changed is None else _short(changed),
            usable=abs(value) % _EXACT,
        )


def _short(value: int) -> str:
    """A whole number as it is shown; Python writes none of more than 4,300 digits."""
    return (
        str(value)
        if abs(value) < 10**30
        else f"{float(value):.3g}"
        if abs(value) < 10**300
        else "too long"
    )


def _place(node: Node, name: str) -> Any:
    return node.spans.get(name, node.span)


def _named(node: Node) -> str:
    return node.label or f"`{node.id}` ({node.class_name})"
