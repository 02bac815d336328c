"""The values that a workflow keeps for a node, whatever becomes of them: for comparing two workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.editor import OF_THE_EDITOR
from wan22dsl.formats.widget_order import entries
from wan22dsl.formats.widgets import CONTROL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.formats.widget_values import Named
    from wan22dsl.formats.workflow_read.parts import Raw


def stored(node: Raw, found: Named) -> dict[str, Any]:
    """All values that the file has for a node, by the names of its inputs as far as they have some.

    What a node shows after a run, and what a script notes for itself, are no values.
    """
    facts = record_of(node.type).widgets
    names: dict[int | str, str] = {}
    for shown, values in (("{}", found.values), (f"{CONTROL} of {{}}", found.control)):
        for name, given in values.items():
            if given.spot is not None and given.spot.part == "widgets_values":
                names[given.spot.key] = shown.format(name)
    if isinstance(node.values, dict):
        keys: list[int | str] = [name for name in node.values if name not in OF_THE_EDITOR]
        values_by_key: Mapping[int | str, Any] = dict(node.values)
    else:
        keys = [*entries(node.values, facts)]
        values_by_key = dict(enumerate(node.values))
    if facts.shows:
        keys = [key for key in keys if key in names]
    return {names.get(key, str(key)): values_by_key[key] for key in keys}
