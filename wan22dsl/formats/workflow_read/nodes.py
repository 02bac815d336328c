"""Makes a node of the graph from one of the file: values first, then links, as the editor sends them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.open import BUNDLED
from wan22dsl.diagnostics import Edit, Fix, Severity
from wan22dsl.formats.labels import label
from wan22dsl.formats.page.changes import in_node, prompts_of, text_sent
from wan22dsl.formats.placeholders import UNKNOWN, placeholders
from wan22dsl.formats.widget_values import named
from wan22dsl.formats.workflow_read import messages
from wan22dsl.formats.workflow_read.parts import GROUP_SIGNS, PRIMITIVE, Given, Place, Raw, Spot
from wan22dsl.formats.workflow_read.sheet import LateSpans
from wan22dsl.formats.workflow_read.stored import stored
from wan22dsl.graph.model import Link, Node, Sockets, Stored
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
    from wan22dsl.formats.workflow_read.following import Ways
    from wan22dsl.formats.workflow_read.sheet import Sheet

#: How many digits stand between the hyphens of the id of a subgraph, a UUID.
_UUID = (8, 4, 4, 4, 12)


def missing_subgraph(raw: Raw) -> bool:
    """Whether the type of a node is that of a subgraph, or of a group of nodes."""
    if raw.type.startswith(tuple(f"workflow{sign}" for sign in GROUP_SIGNS)):
        return True
    parts = raw.type.split("-")
    return tuple(map(len, parts)) == _UUID and not set("".join(parts).lower()) - set(
        "0123456789abcdef"
    )


def _say_other_version(
    sheet: Sheet, node: Node, node_class: NodeClass | None, catalogue: Catalogue, what: str
) -> None:
    """Reports that a node does not fit its class; the bundled schema of a pack need not be the user's."""
    target = catalogue.target
    bundled = target in {f"ComfyUI {version}" for version in BUNDLED}
    if node_class is not None and node_class.pack is not None and bundled:
        known, or_target = f"the bundled one of {node_class.pack}", ""
        severity = Severity.NOTE
    else:
        known, severity = f"{target} has", None
        or_target = ", or set the ComfyUI version with `--target` or `--server`"
    sheet.say_other_version(node, known, what, severity, or_target)


def made(
    sheet: Sheet, place: Place, raw: Raw, node_class: NodeClass | None, ways: Ways
) -> tuple[Node, Stored]:
    """The node of the graph that a node of the file stands for, and the values that it has there."""
    node = Node(place.path + raw.id, raw.type, {}, title=raw.title)
    node.mode = raw.mode if place.mode == "active" else place.mode
    node.label = label(node.id, raw.title, raw.type)
    node.span = sheet.of_type(raw)
    if node_class is not None and node_class.pack is not None and _packs(raw):
        from wan22dsl.comfyui.catalogue.packs import other_pack

        if other_pack(node_class, _packs(raw)) is not None:
            node_class = None
    read = named(raw, node_class)
    other = read.other_version
    if other is not None and node.mode == "active":
        _say_other_version(sheet, node, node_class, ways.catalogue, other)
    _check_seed(sheet, raw, node, read.bare_seed)
    found, behind, unchanged = _linked(
        place, raw, ways, _of_instance(place, raw, ways, read.values)
    )
    values = {
        name: given.value for name, given in found.items() if not isinstance(given.value, Link)
    }
    node.placeholders = placeholders(values, node_class)
    for name in node.placeholders:
        del values[name]
        found[name] = found[name]._replace(value=UNKNOWN)
    prompts = prompts_of(node_class, {**behind, **values}) - unchanged
    for name in prompts:
        if name in behind:
            behind[name] = text_sent(behind[name])
        else:
            found[name] = found[name]._replace(value=text_sent(values[name]))
    node.inputs = {name: _data(given.value) for name, given in found.items()}
    if node_class is not None and other is None and raw.unset:
        from wan22dsl.formats.workflow_read.unset import without_unset

        node.inputs = without_unset(node, node_class, raw.unset)
    spots = {name: given.spot for name, given in found.items() if given.spot is not None}
    node.spans = LateSpans(sheet, spots)
    node.behind = behind or None
    node.widgets = read.unnamed
    sheet.found += in_node(node, prompts, values, is_raw=True)
    if node_class is None or other is not None:
        node.sockets = _sockets(raw)
    elif node_class.pack is not None:
        node.saved = _sockets(raw)
    return node, Stored(node.label, raw.type, stored(raw, read))


def _sockets(raw: Raw) -> Sockets:
    inputs = tuple((slot.name, slot.type) for slot in raw.inputs)
    outputs = tuple(out.type for out in raw.outputs)
    return Sockets(inputs, outputs, _packs(raw), str(raw.properties.get("ver", "")))


def _packs(raw: Raw) -> tuple[str, ...]:
    """What the file calls the pack of a node: its id in the registry of ComfyUI, its repository on GitHub."""
    names = (raw.properties.get("cnr_id"), raw.properties.get("aux_id"))
    return tuple(name for name in names if isinstance(name, str) and name)


def _of_instance(place: Place, raw: Raw, ways: Ways, found: dict[str, Given]) -> dict[str, Given]:
    """The values with those that the instance of the subgraph has for widgets of this node."""
    if place.host is None:
        return found
    more = {name: ways.promoted.of_instance(place, raw.id, name) for name in found}
    return {name: more[name] or given for name, given in found.items()}


def _linked(
    place: Place, raw: Raw, ways: Ways, found: dict[str, Given]
) -> tuple[dict[str, Given], dict[str, Any], set[str]]:
    """The values with what is linked in their place, and those of the widgets that have a link now.

    Then the names of those that an instance of a subgraph gives: they are sent as they are, where a
    primitive puts its value into the widget.
    """
    found = dict(found)
    behind: dict[str, Any] = {}
    unchanged: set[str] = set()
    for slot in raw.inputs:
        if slot.link is None or not slot.name:
            continue
        source = ways.source(place, raw, slot)
        if isinstance(source, Given):
            found[slot.name] = source
            if source.spot is None or source.spot.node.type != PRIMITIVE:
                unchanged.add(slot.name)
        elif source is not None:
            if slot.name in found:
                behind[slot.name] = _data(found[slot.name].value)
            found[slot.name] = Given(source, Spot(raw, "inputs", slot.number))
    return found, behind, unchanged


def _check_seed(sheet: Sheet, raw: Raw, node: Node, seed: Spot | None) -> None:
    if seed is None or not isinstance(raw.values, list) or not isinstance(seed.key, int):
        return
    span = sheet.at(seed)
    edit = Edit(Span(span.source, span.end, span.end), ', "fixed"')
    following = json.dumps(raw.values[seed.key + 1], ensure_ascii=False)
    shown = following if len(following) <= 40 else following[:39] + "…"
    fix = Fix('Write "fixed" after it', (edit,))
    sheet.say(messages.SEED_WITHOUT_ENTRY, span, fix=fix, node=node.label, value=shown)


def _data(value: Any) -> Any:
    """A value as the graph has it: a list that is data stands in the file as it is or wrapped."""
    if isinstance(value, dict) and isinstance(value.get("__value__"), list):
        return value["__value__"]
    return value
