"""The text of a plain `graph`, which holds for every graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.model import Link
from wan22dsl.importing.computed import Remarks, Statement
from wan22dsl.importing.flow import about
from wan22dsl.importing.placeholders import Params
from wan22dsl.importing.sections import in_sections, with_titles
from wan22dsl.importing.simplified import Sight
from wan22dsl.importing.spellings import Namings, json_value, of_title
from wan22dsl.importing.text import groups, joined, laid_out
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.importing.computed import Origins
    from wan22dsl.importing.text import Comments


def write(graph: Graph, name: str, comments: Comments, origins: Origins) -> str:
    """The text of a graph whose links all lead somewhere and never in a circle."""
    sight = Sight(graph)
    used = {link.node for node in graph.nodes.values() for _, link in node.links()}
    names, remarks = Namings(), Remarks(origins)
    params = Params(names)
    called: dict[str, str] = {}
    lines = []
    of = comments.sections.of
    ordered = in_sections([node.id for node in sight.ordered], sight.needs, of)
    for node in map(sight.node, ordered):
        title = of_title(node.title or node.id, node.class_name)
        call = _call(node, sight, called, title, params)
        if node.id in used:
            called[node.id] = names.new(title, node.class_name, f"node_{node.id}")
            call = f"let {called[node.id]} = {call}"
        lines.append((node.id, Statement(call, remarks.of_nodes([node.id])).shown))
    shown = {of.get(id) for id in ordered}
    untitled = [title for title in comments.sections.titles if title not in shown]
    comments = comments._replace(below=joined(comments.below, groups(untitled)))
    body = "\n".join([f"graph {name} {{", *with_titles(lines, of), "}"])
    return laid_out(comments, [], [*params.declared(), body])


def _call(node: Node, sight: Sight, called: dict[str, str], title: str, params: Params) -> str:
    arguments = ", ".join(
        f"{spelling.key(name)} = "
        + (
            params.used(value, sight.type_of_input(node, name))
            if name in node.placeholders
            else _value(value, sight, called)
        )
        for name, value in node.inputs.items()
    )
    says_more = node.title and node.title not in (node.class_name, title)
    behind = about(node.title if says_more else "", node)
    return f"{spelling.class_name(node.class_name)}({arguments}){behind}"


def _value(value: object, sight: Sight, called: dict[str, str]) -> str:
    if not isinstance(value, Link):
        return json_value(value)
    found = sight.class_of(value.node)
    name = called[value.node]
    if found is None or not 0 <= value.slot < len(found.outputs):
        return f"{name}[{value.slot}]"
    if len(found.outputs) == 1:
        return name
    output = found.outputs[value.slot].name
    if not output or sight.slot_named(value.node, output) is None:
        return f"{name}[{value.slot}]"
    return f"{name}.{spelling.member(output)}"
