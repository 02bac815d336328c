"""Reads workflow JSON, as ComfyUI's editor saves it, into the graph that the editor would send.

Subgraphs are opened (`57:12` is node 12 of instance 57), reroutes, primitives, Set and Get nodes and notes
are followed and left out. Muted and bypassed nodes stay, with their `mode`, for `graph.modes.active`.
What `workflow_write` drew has its own ids and constants again.

Facts on the form: Comfy-Org/ComfyUI_frontend, workflowSchema, graphToPrompt and ExecutableNodeDTO.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import has_errors
from wan22dsl.formats.json_text import BrokenJsonError, document, doubled
from wan22dsl.formats.labels import label
from wan22dsl.formats.messages import WRITTEN_TWICE
from wan22dsl.formats.prompt_read import broken
from wan22dsl.formats.widget_values import Named
from wan22dsl.formats.workflow_read import messages
from wan22dsl.formats.workflow_read.drawing import read_drawing
from wan22dsl.formats.workflow_read.following import Ways
from wan22dsl.formats.workflow_read.groups import with_groups
from wan22dsl.formats.workflow_read.nodes import made, missing_subgraph
from wan22dsl.formats.workflow_read.opening import MOST_NODES, opened, too_many
from wan22dsl.formats.workflow_read.parts import GETS, is_constant, is_virtual
from wan22dsl.formats.workflow_read.renaming import renamed
from wan22dsl.formats.workflow_read.sheet import Sheet
from wan22dsl.formats.workflow_read.stored import stored
from wan22dsl.graph.model import Graph, Stored
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.formats.workflow_read.parts import Raw
    from wan22dsl.graph.model import Node
    from wan22dsl.source import Source


def read(source: Source, catalogue: Catalogue) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of a workflow JSON; None when its form is not right, which the diagnostics then say.

    A node stands where its `type` does, a value where it does in `widgets_values`, and a link where the
    input has its name.
    """
    try:
        value, start, _ = document(source.text)
    except BrokenJsonError as error:
        return None, [broken(source, error)]
    return read_at(source, catalogue, value, start)


def read_at(
    source: Source, catalogue: Catalogue, value: Any, start: int
) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of the workflow JSON `value`, which stands at `start` in a text that is JSON."""
    sheet = Sheet(source)
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), list):
        wrong = "it has no list of `nodes`"
        if isinstance(value, dict) and isinstance(value.get("nodes"), dict):
            wrong = "its `nodes` is an object, as prompt JSON is, and no list"
        sheet.wrong(start, f"Not a workflow: {wrong}")
        return None, sheet.found
    if len(value["nodes"]) > MOST_NODES:
        too_many(sheet)
        return None, sheet.found
    double = doubled(source.text, start)
    if double is not None:
        where = "an object of the workflow"
        span = Span(source, double.start, double.end)
        sheet.say(WRITTEN_TWICE, span, key=f'"{double.key}"', where=where)
        return None, sheet.found
    drawing = read_drawing(sheet, value, start)
    if has_errors(sheet.found):
        return None, sheet.found
    drawing = with_groups(sheet, drawing, value, start, catalogue)
    if has_errors(sheet.found):
        return None, sheet.found
    nodes = opened(sheet, drawing)
    ways = Ways(sheet, drawing, catalogue)
    found: dict[str, Node] = {}
    kept: dict[str, Stored] = {}
    old_ids: dict[str, str] = {}
    for place, raw in nodes:
        if place.host is not None and place.outer is not None:
            host = f"{place.outer.path}{place.host.id}"
            kept.setdefault(host, _of_editor(host, place.host))
        node_class = catalogue.get(raw.type)
        if node_class is None and missing_subgraph(raw):
            sheet.say(messages.NO_SUCH_SUBGRAPH, sheet.of_type(raw), node=f"#{place.path}{raw.id}")
            continue
        if is_virtual(raw, known=node_class is not None) or is_constant(raw):
            kept[place.path + raw.id] = _of_editor(place.path + raw.id, raw)
            continue
        node, kept[place.path + raw.id] = made(sheet, place, raw, node_class, ways)
        found[node.id] = node
        if raw.wan_id and place.host is None:
            old_ids[node.id] = raw.wan_id
    if any(
        finding.is_error and finding.kind is not messages.SEED_WITHOUT_ENTRY
        for finding in sheet.found
    ):
        return None, sheet.found  # that one is read as it was meant
    name = source.path.rpartition("/")[2].rpartition(".")[0] or "workflow"
    span = Span(source, start, start + 1)
    called = renamed(found, old_ids)
    by_id = {found[id].id if id in found else id: values for id, values in kept.items()}
    offered = frozenset((found[id].id, input_) for id, input_ in ways.open_inputs if id in found)
    given = {id for place in {place for place, _ in nodes} for id in ways.given_out(place)}
    given_out = frozenset(found[id].id for id in given if id in found)
    off = {
        ways.behind_get(place, raw)
        for place, raw in nodes
        if raw.type in GETS and (raw.mode != "active" or place.mode != "active")
    }
    switched_off = frozenset(found[id].id for id in off if id in found)
    about = (name, called, catalogue, span)
    graph = Graph(
        *about,
        drawn=True,
        stored=by_id,
        open_inputs=offered,
        given_out=given_out,
        switched_off=switched_off,
    )
    return graph, sheet.found


def _of_editor(id: str, raw: Raw) -> Stored:
    """The values of a node that the server does not get: a note, a name, what an instance has for others.

    The note that shows the text of which the workflow was made has none of its own.
    """
    if raw.properties.get("wan note") is True:
        return Stored(raw.type, raw.type, {})
    return Stored(label(id, raw.title, raw.type), raw.type, stored(raw, Named({})))
