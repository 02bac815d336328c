"""Placeholders such as `{{WIDTH}}` and `%seed%` in a file that a client fills in before it sends it.

Their values are not known: the graph has a link to no node for each, and `Node.placeholders` the string.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph, Node

#: What stands for a placeholder without quotes begins with one of these characters for private use, which no
#: text has: see `formats.unquoted`.
FIRST_STAND_IN, LAST_STAND_IN = 0xE000, 0xF8FF

#: What a value is that is not known.
UNKNOWN = Link("", 0)

_NAME = r"[A-Za-z_][\w.:-]*"
_WORD = r"[A-Za-z_][\w-]*"

#: `PARAM_PROMPT`, `PARAM_INT_STEPS`: how joenorton/comfyui-mcp-server has them (its README).
_PARAM = r"PARAM_[A-Z][A-Z0-9_]*"

#: In a number nothing else can be meant; `<lora:file:1>` is no name.
IN_NUMBER = (
    rf"(?:\{{\{{[^{{}}]+\}}\}}|\$?\{{\s*{_NAME}\s*\}}|\${_WORD}|%{_WORD}%|<<?{_WORD}>>?"
    rf"|\[\[?{_WORD}\]\]?|__{_WORD}__|@@?{_WORD}@?@?|{_PARAM})"
)
_IN_NUMBER = rf"\s*{IN_NUMBER}\s*"

#: A string that is nothing but a placeholder.
_WHOLE = (
    rf"\s*(?:\{{\{{\s*[A-Za-z_][^{{}}]*\}}\}}|\$\{{\s*{_NAME}\s*\}}"
    rf"|%[A-Za-z_]\w*%|__[A-Z][A-Z0-9_]+__|{_PARAM})\s*"
)

#: In a longer string. `{{red}}` may be emphasis there, and `%date%` is for ComfyUI itself.
PART = rf"\{{\{{\s*[A-Z][A-Z0-9_]+\s*\}}\}}|\$\{{\s*{_NAME}\s*\}}"

#: What is in front of the name in `PARAM_INT_STEPS`.
_BEFORE_NAME = r"\s*PARAM_(?:(?:INT|FLOAT|STR|STRING|BOOL)_)?(?=[A-Z])"

#: Words that ComfyUI itself replaces.
_OF_COMFYUI = frozenset({"year", "month", "day", "hour", "minute", "second", "width", "height"})

_NUMBERS = frozenset({"INT", "FLOAT", "BOOLEAN"})

#: The types of what rows of LoRAs have by these names, in whatever pack; everything else is a string.
_TYPES_INSIDE = {
    **dict.fromkeys(("strength", "strengthTwo", "clipStrength"), "FLOAT"),
    **dict.fromkeys(("on", "active"), "BOOLEAN"),
}

#: Each placeholder has one of them.
_SIGNS = ("{", "%", "__", "$", "<", "[", "@", "PARAM_")


def set_aside(node: Node, node_class: NodeClass | None) -> None:
    """Takes the placeholders out of the inputs of a node, which then are not known."""
    found = placeholders(node.inputs, node_class)
    if found:
        node.placeholders = found
        node.inputs = {name: UNKNOWN if name in found else it for name, it in node.inputs.items()}


def placeholders(values: Mapping[str, Any], node_class: NodeClass | None) -> dict[str, str]:
    """The values that are, or have in them, what a client replaces."""
    strings = {
        name: value for name, value in values.items() if isinstance(value, str) and _may_be(value)
    }
    if not strings:
        return {}
    types = {}
    if node_class is not None:
        types = {name: input_.type for name, input_ in inputs_of(node_class, values).items()}
    return {
        name: value for name, value in strings.items() if is_placeholder(value, types.get(name, ""))
    }


def _may_be(value: str) -> bool:
    return is_stand_in(value) or (len(value) < 100_000 and any(sign in value for sign in _SIGNS))


def is_placeholder(value: str, type: str) -> bool:
    """Whether a string stands for a value, as a whole or in part; `type` is that of the input."""
    if is_stand_in(value):
        return True
    if not _NUMBERS.isdisjoint(type.split(",")):
        return re.fullmatch(_IN_NUMBER, value) is not None
    if re.fullmatch(_WHOLE, value):
        return value.strip().strip("%") not in _OF_COMFYUI
    return re.search(PART, value) is not None


def is_stand_in(value: str) -> bool:
    """Whether a string stands for a placeholder without quotes."""
    return FIRST_STAND_IN <= ord(value[:1] or " ") <= LAST_STAND_IN


def replaced_inside(value: Any, put: Callable[[str, str], Any], key: str = "") -> Any:
    """An object or a list with what `put` gives for each placeholder in it and the type of its place."""
    if isinstance(value, dict):
        return {name: replaced_inside(inner, put, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [replaced_inside(inner, put, key) for inner in value]
    type = _TYPES_INSIDE.get(key, "STRING")
    is_one = isinstance(value, str) and _may_be(value) and is_placeholder(value, type)
    return put(value, type) if is_one else value


def name_in(value: str) -> str:
    """The name in a placeholder: `{{ width | int }}` is `width`."""
    before = re.match(_BEFORE_NAME, value)
    found = re.search(r"[A-Za-z][\w.:-]*", value[before.end() :] if before else value)
    return "" if found is None else found[0]


def with_placeholders(graph: Graph) -> Graph:
    """The graph with the strings of the file where placeholders are."""
    if not any(node.placeholders for node in graph.nodes.values()):
        return graph
    nodes = {
        id: node.changed(inputs={**node.inputs, **node.placeholders}) if node.placeholders else node
        for id, node in graph.nodes.items()
    }
    return graph.with_nodes(nodes)


def _all_of(node: Node) -> Iterator[tuple[str, str]]:
    """The placeholders of a node, with the inputs that they are in."""
    yield from (node.placeholders or {}).items()
    for name, value in node.inputs.items():
        if isinstance(value, (dict, list)):
            yield from ((name, each) for each in _inside(value))


def _inside(value: Any) -> list[str]:
    """The placeholders in an object or a list."""
    found: list[str] = []

    def put(string: str, _: str) -> None:
        found.append(string)

    replaced_inside(value, put)
    return found


def has_some(node: Node) -> bool:
    """Whether a node has a placeholder, also inside of an object or a list."""
    return next(_all_of(node), None) is not None


def note(graph: Graph) -> Iterator[Diagnostic]:
    """What to say of a file that has placeholders, once."""
    from wan22dsl.formats.messages import TEMPLATE

    found = [(node, name, value) for node in graph.nodes.values() for name, value in _all_of(node)]
    if found:
        node, name, value = found[0]
        count = f"{len(found)} placeholders" if len(found) > 1 else "a placeholder"
        shown = value if len(value) <= 40 else value[:39] + "…"
        such = f", such as `{shown}`" if len(found) > 1 else f", `{shown}`"
        yield TEMPLATE.at(node.spans.get(name, node.span), count=count, such=such)
