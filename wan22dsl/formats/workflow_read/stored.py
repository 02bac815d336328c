"""The values that a workflow keeps for a node, whatever becomes of them: for comparing two workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.editor import OF_THE_EDITOR
from wan22dsl.formats.widget_order import entries
from wan22dsl.formats.widgets import CONTROL

if TYPE_CHECKING:
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
        items: list[tuple[int | str, Any]] = [
            (name, value) for name, value in node.values.items() if name not in OF_THE_EDITOR
        ]
    else:
        items = [(number, node.values[number]) for number in entries(node.values, facts)]
    is_whole = isinstance(found.unnamed, list)  # then it is not known which of them are shown
    shown_only = facts.shows == "only" or (facts.shows == "more" and not is_whole)
    return {
        names.get(key, str(key)): value for key, value in items if key in names or not shown_only
    }
