"""Walks over trees, in loops: a chain or a nest may be longer than Python's stack is high."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.syntax.tree import Call, Group, Index, List, Member, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

# What counts as a level of nesting: brackets, and outputs of outputs.
NESTING = (Call, Group, Index, List, Member, Record)


def children(node: Any) -> Iterator[Any]:
    """The nodes directly below a node, in the order of its fields."""
    for field in node:
        if field.__class__ is tuple:
            for one in field:
                if isinstance(one, tuple):
                    yield one
        elif isinstance(field, tuple):
            yield field


def walk(node: Any) -> Iterator[Any]:
    """The node and all below it, each before what is below it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += reversed(list(children(found)))
