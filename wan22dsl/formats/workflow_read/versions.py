"""Nodes that another version of their class wrote: how they can be told, and what is kept of them.

Their values belong to other widgets than those of the catalogue. Checking them against the catalogue would
report mistakes that nobody made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.formats.widgets import UPLOADS
from wan22dsl.formats.workflow_read.ordering import fits
from wan22dsl.formats.workflow_read.widgets import fields_of, fit, names_in, of_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.formats.workflow_read.parts import Given, Raw


def difference(raw: Raw, node_class: NodeClass, found: Mapping[str, Given]) -> str | None:
    """What shows that another version of the class wrote the node; None where nothing does.

    A value that does not fit is no such sign by itself, nor is a link to an input that is not there: people
    write both. The names of widgets, the number of values and the outputs come from the editor alone.
    """
    record = record_of(node_class.name)
    if record.takes_anything:
        return None
    outputs = len(node_class.outputs)
    for number, output in enumerate(raw.outputs[outputs:], outputs):
        if output.links and output.type not in {"", "*"}:
            return f"its output {number} is used"
    known = inputs_of(node_class, {name: given.value for name, given in found.items()})
    linked = [slot for slot in raw.inputs if slot.link is not None and slot.name not in known]
    lost = [slot for slot in linked if slot.name not in dict(record.undocumented)]
    misfit = not fit(found, node_class)
    if not lost and not misfit:
        return None
    for name in [*names_in(raw), *(slot.name for slot in lost if slot.widget)]:
        if name not in known:
            return f"it has `{name}`"
    if misfit and isinstance(raw.values, list):
        fields = fields_of(raw, node_class)
        if not fields <= len(raw.values) <= fields + (node_class.name in UPLOADS):
            return f"it has {len(raw.values)} values for {fields} fields"
    return None


def kept(raw: Raw, node_class: NodeClass, found: Mapping[str, Given]) -> dict[str, Given]:
    """The values of such a node: by their names, or else as far as they fit."""
    if raw.named is not None:
        return of_unknown(raw)
    known = inputs_of(node_class, {name: given.value for name, given in found.items()})
    values: dict[str, Given] = {}
    for name, given in found.items():
        if name in known and not fits(given.value, known[name]):
            break
        values[name] = given
    return values
