"""Nests that are too deep to be walked, or read."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from wan22dsl.syntax.tree import Attribute, Bad, Block, Derived, Let, Param, Stage, TypeName
from wan22dsl.syntax.walk import NESTING, children

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

DEEPEST = 100  # levels: brackets in brackets, and outputs of outputs

_BRACKETS = re.compile(r"[\[({})\]]")
_STEP = {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}
_OUTPUTS = re.compile(r"(?:(?:\.(?:\w+|`(?:[^`\\\n]|\\.)*`)|\[[ \t]*-?\w+[ \t]*\])[ \t]*){10}")


def is_suspicious(text: str) -> bool:
    """Whether a text may be nested too deeply. A quick look, which takes brackets in texts for brackets."""
    steps = map(_STEP.__getitem__, _BRACKETS.findall(text))
    return max(accumulate(steps), default=0) > DEEPEST // 10 or _OUTPUTS.search(text) is not None


def limited(source: Source, node: Any) -> tuple[Any, list[Diagnostic]]:
    """A declaration or a value; what is nested too deeply in it has become `Bad`."""
    places: list[int] = []
    if isinstance(node, (Block, Stage)):
        node = node._replace(items=tuple(_limited(item, places) for item in node.items))
    elif isinstance(node, Param):
        default, accepts = _limited(node.default, places), _limited(node.accepts, places)
        node = node._replace(default=default, accepts=accepts)
    else:
        node = _limited(node, places)
    head = (*node.parameters, *node.outputs) if isinstance(node, Stage) else ()
    kinds = [one for one in (*head, getattr(node, "type", None)) if one is not None]
    if any(_too_deep(one, places) for one in kinds):
        bad = Bad(node.start, node.end)
        node = Derived(node.word, node.name, bad, node.start, node.end)
    return node, [_say(source, place) for place in places]


def _limited(node: Any, places: list[int]) -> Any:
    if isinstance(node, (Attribute, Derived, Let)):
        return node._replace(value=_limited(node.value, places))
    if isinstance(node, tuple) and _too_deep(node, places):
        return Bad(*node[-2:])
    return node


def _too_deep(node: Any, places: list[int]) -> bool:
    """Whether a node has too many levels; if so, adds the place of the first that is too much."""
    waiting = [(node, 0)]
    while waiting:
        one, level = waiting.pop()
        if isinstance(one, NESTING) or (isinstance(one, TypeName) and one.item is not None):
            level += 1
            if level > DEEPEST:
                places.append(one.start)
                return True
        waiting += [(below, level) for below in children(one)]
    return False


def _say(source: Source, place: int) -> Diagnostic:
    from wan22dsl.source import Span
    from wan22dsl.syntax.messages import TOO_DEEP

    return TOO_DEEP.at(Span(source, place, place + 1), limit=DEEPEST)
