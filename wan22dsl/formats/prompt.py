"""Prompt JSON: the form in which ComfyUI's `POST /prompt` takes a graph.

`{id: {"class_type": …, "inputs": {…}, "_meta": {"title": …}}}`; a link is `["id", slot]`, and any other
list is in `{"__value__": [...]}`, so that ComfyUI does not take it for a link.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of, spelled_as_now
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue, Input, NodeClass
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import CheckedGraph, Graph, Node
    from wan22dsl.source import Source

#: What a node of a prompt consists of.
_PARTS = frozenset({"class_type", "inputs", "_meta"})

#: A number is written with this many digits, which takes the noise of sums (0.1 + 0.2) away.
_DIGITS = 12


def write(checked: CheckedGraph) -> dict[str, Any]:
    """The prompt JSON of a graph: nodes in its order, numbers in the type of their input."""
    graph = checked.graph
    plain: dict[str, dict[str, Input]] = {}
    return {
        node.id: {
            "class_type": node.class_name,
            "inputs": _inputs(node, graph.class_of(node), plain),
            "_meta": {"title": node.title or node.id},
        }
        for node in graph.nodes.values()
    }


def without_names(checked: CheckedGraph) -> list[Diagnostic]:
    """The nodes whose values have no names, so that no prompt JSON can be written; empty where all have."""
    from wan22dsl.formats.messages import NO_NAMES_FOR_PROMPT

    return [
        NO_NAMES_FOR_PROMPT.at(node.span, node=f"`{node.class_name}`")
        for node in checked.graph.nodes.values()
        if isinstance(node.widgets, list)
    ]


def _known_inputs(
    node: Node, node_class: NodeClass | None, plain: dict[str, dict[str, Input]]
) -> dict[str, Input]:
    """The inputs of a node; `plain` keeps those of classes whose inputs never change."""
    if node_class is None:
        return {}
    if node.class_name not in plain:
        found = inputs_of(node_class, node.inputs)
        if any(
            input_.branches is not None or input_.grows is not None for input_ in node_class.inputs
        ):
            return found
        plain[node.class_name] = found
    return plain[node.class_name]


def _inputs(
    node: Node, node_class: NodeClass | None, plain: dict[str, dict[str, Input]]
) -> dict[str, Any]:
    values = node.inputs if node_class is None else spelled_as_now(node_class, node.inputs)
    if values is not node.inputs:
        node = node.changed(inputs=dict(values))
    known = _known_inputs(node, node_class, plain)
    return {name: _written(value, known.get(name)) for name, value in node.inputs.items()}


def _written(value: Any, input_: Input | None) -> Any:
    if isinstance(value, Link):
        return [value.node, value.slot]
    if isinstance(value, list):
        return {"__value__": _clean(value)}
    if input_ is None or isinstance(value, (bool, dict)) or value is None:
        return _clean(value)
    if input_.options is not None:
        return _choice(value, input_.options)
    if input_.type == "INT" and isinstance(value, float) and value.is_integer():
        return int(value)
    if input_.type == "FLOAT" and isinstance(value, int) and abs(value) < 2**1000:
        return float(value)
    return _clean(value)


def _choice(value: Any, options: tuple[Any, ...]) -> Any:
    """The option as the server spells it: `1` for a choice of `1.0`, `a/b` for a file `a\\b`."""
    if value in options:
        return options[options.index(value)]
    if isinstance(value, str) and "/" in value:
        local = value.replace("/", "\\")
        return local if local in options else value
    return _clean(value)


def _clean(value: Any) -> Any:
    """The value with the noise taken out of its numbers, however deep they are."""
    if isinstance(value, float):
        return (value if value.is_integer() else float(f"{value:.{_DIGITS}g}")) + 0.0
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return value


def dump(prompt: dict[str, Any]) -> str:
    """The text of a prompt JSON: the same for the same prompt, on every platform.

    Raises ValueError for numbers that JSON does not have (NaN, infinity).
    """
    text = json.dumps(prompt, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair, from an escape in imported JSON
        text = json.dumps(prompt, indent=2, allow_nan=False) + "\n"
    return text


def shape_errors(prompt: Any) -> list[str]:
    """What in a prompt JSON is not as `schemas/prompt.schema.json` has it; empty when all is.

    The same judgement as jsonschema's, without its import, which costs six starts of an interpreter.
    """
    if not isinstance(prompt, dict):
        return ["is not an object"]
    if not prompt:
        return ["has no nodes"]
    found = []
    for key, node in prompt.items():
        if not isinstance(key, str) or not key:
            found.append("has a node without an id")
        found.extend(f"{key}: {problem}" for problem in _node_errors(node))
    return found


def _node_errors(node: Any) -> list[str]:
    if not isinstance(node, dict):
        return ["is not an object"]
    found = [f"{key}: is not known" for key in node if key not in _PARTS]
    class_name, inputs, meta = node.get("class_type"), node.get("inputs"), node.get("_meta")
    if not isinstance(class_name, str) or not class_name:
        found.append("has no class_type")
    if not isinstance(inputs, dict):
        found.append("has no inputs")
    else:
        found.extend(
            f"{name}: is not a value" for name, value in inputs.items() if not _is_value(value)
        )
    if not isinstance(meta, dict) or not isinstance(meta.get("title"), str):
        found.append("has no title")
    return found


def _is_value(value: Any) -> bool:
    """Whether it is a constant, or a link: the id of a node and the number of an output."""
    if not isinstance(value, list):
        return value is None or isinstance(value, (bool, int, float, str, dict))
    if len(value) != 2 or not isinstance(value[0], str) or not value[0]:
        return False
    slot = value[1]
    whole = isinstance(slot, int) or (isinstance(slot, float) and slot.is_integer())
    return whole and not isinstance(slot, bool) and slot >= 0


def read(source: Source, catalogue: Catalogue) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of a prompt JSON; None when its form is not right, which the diagnostics then say."""
    from wan22dsl.formats.prompt_read import read as read_prompt  # only where JSON is read

    return read_prompt(source, catalogue)
