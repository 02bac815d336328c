"""A graph as the text of a `.wan` file: a plain `graph`, one `let` for each node that another one needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.graph.model import Link
from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.model import CheckedGraph, Facts, Graph, Node

#: Words that cannot be names in the language.
_TAKEN = frozenset(("let", "in", "of", "as", "true", "false", "none", "null", "pipeline", "_"))


def write(checked: CheckedGraph) -> str:
    """The text of a graph in the canonical layout. It compiles to the same nodes, with other ids."""
    graph = checked.graph
    names = let_names(graph)
    used = {link.node for node in graph.nodes.values() for _, link in node.links()}
    lines = ["wan 1", "", f"graph {_own_name(graph.name)} {{"]
    for node in _ordered(graph):
        call = _call(node, graph, names)
        lines.append(f"let {names[node.id]} = {call}" if node.id in used else call)
    lines += ["}", ""]
    tree, problems = parse(Source("\n".join(lines), graph.name))
    assert not problems, problems[0].message
    return print_file(tree)


def let_names(graph: Graph) -> dict[str, str]:
    """A name of the language for each id: dots become underscores, and no two are the same."""
    names: dict[str, str] = {}
    taken: set[str] = set(_TAKEN)
    for id in graph.nodes:
        base = name = _own_name(id)
        count = 1
        while name in taken:
            count += 1
            name = f"{base}_{count}"
        taken.add(name)
        names[id] = name
    return names


def _own_name(id: str) -> str:
    """`high.lora.1` → `high_lora_1`, `TrimVideoLatent` → `trim_video_latent`."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", id)
    name = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_").lower()
    if not name or name[0].isdigit():
        name = f"node_{name}".rstrip("_")
    return f"{name}_1" if name in _TAKEN else name


def _ordered(graph: Graph) -> Iterator[Node]:
    """The nodes in their order, but each behind those that it needs, as a `let` has to be."""
    done: set[str] = set()
    for first in graph.nodes:
        pending = [first]
        while pending:
            id = pending[-1]
            if id in done:
                pending.pop()
                continue
            node = graph.nodes[id]
            missing = [link.node for _, link in node.links() if link.node not in done]
            if missing:
                pending.extend(reversed(missing))
                continue
            done.add(id)
            pending.pop()
            yield node


def _call(node: Node, graph: Graph, names: dict[str, str]) -> str:
    arguments = ", ".join(
        f"{spelling.key(name)} = {_value(_as_written(node, name, value), graph, names)}"
        for name, value in node.inputs.items()
    )
    annotations = list(_annotations(node, graph, names))
    about = " { " + ", ".join(annotations) + " }" if annotations else ""
    return f"{spelling.class_name(node.class_name)}({arguments}){about}"


def _as_written(node: Node, name: str, value: Any) -> Any:
    """The file beside the `.wan` file with its folder, so that it is found again from the new text."""
    return node.own_files[name].written if name in node.own_files else value


def _annotations(node: Node, graph: Graph, names: dict[str, str]) -> Iterator[str]:
    if node.title and node.title != node.id:
        yield f"title = {spelling.quote(node.title)}"
    if graph.class_of(node) is None:
        yield from _facts(node.stated, graph, names)
    if isinstance(node.widgets, list):
        yield f"widgets = {_value(node.widgets, graph, names)}"


def _facts(facts: Facts, graph: Graph, names: dict[str, str]) -> Iterator[str]:
    if facts.frames is not None:
        yield f"length = {facts.frames}f"
    if facts.fps is not None:
        yield f"fps = {facts.fps:g}fps"
    if facts.width is not None and facts.height is not None:
        yield f"size = {facts.width}x{facts.height}"
    if facts.vae is not None:
        yield f"vae = {_link(facts.vae, graph, names)}"


def _value(value: Any, graph: Graph, names: dict[str, str]) -> str:
    if isinstance(value, Link):
        return _link(value, graph, names)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return spelling.quote(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item, graph, names) for item in value) + "]"
    entries = (f"{spelling.key(key)} = {_value(item, graph, names)}" for key, item in value.items())
    return "{ " + ", ".join(entries) + " }" if value else "{}"


def _link(link: Link, graph: Graph, names: dict[str, str]) -> str:
    name = names[link.node]
    schema = graph.class_of(graph.nodes[link.node])
    if schema is None or not 0 <= link.slot < len(schema.outputs):
        return f"{name}[{link.slot}]"
    if len(schema.outputs) == 1:
        return name
    output = schema.outputs[link.slot].name
    same = [declared.name for declared in schema.outputs].count(output) > 1
    if same or not output:
        return f"{name}[{link.slot}]"
    return f"{name}.{spelling.member(output)}"
