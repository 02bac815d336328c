"""Nodes that exist in the editor only, and never in a prompt: notes, reroutes, primitives, Set and Get."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.formats.workflow_read.parts import Raw

#: Hands its value to the widgets that it is linked to.
PRIMITIVE = "PrimitiveNode"

#: Set and Get nodes: what one is given under a name comes out of the others of that name.
#: (kijai/ComfyUI-KJNodes and yolain/ComfyUI-Easy-Use)
SETS = frozenset({"SetNode", "easy setNode"})
GETS = frozenset({"GetNode", "easy getNode"})

#: ComfyUI's own, those of KJNodes and Easy-Use, and those of rgthree-comfy.
_KNOWN = (
    frozenset({PRIMITIVE, "Note", "MarkdownNote", "Reroute"})
    | SETS
    | GETS
    | frozenset(
        f"{name} (rgthree)"
        for name in (
            "Bookmark",
            "Fast Actions Button",
            "Fast Bypasser",
            "Fast Groups Bypasser",
            "Fast Groups Muter",
            "Fast Muter",
            "Label",
            "Mute / Bypass Relay",
            "Mute / Bypass Repeater",
            "Node Collector",
            "Random Unmuter",
            "Reroute",
        )
    )
)


def is_virtual(node: Raw, *, known: bool) -> bool:
    """Whether a node never reaches the server; `known` says whether the catalogue has its class.

    Nodes that an extension makes in the browser alone are told by what the editor writes beside all
    others, and by having no links: those are decoration, such as labels and timers.
    """
    if node.type in _KNOWN:
        return True
    if known or node.backed:
        return False
    linked = any(one.link for one in node.inputs) or any(one.links for one in node.outputs)
    return not linked and not node.inputs and not node.outputs


def is_constant(node: Raw) -> bool:
    """Whether a node stands for a constant that the editor has no field for; then it has just that value."""
    return node.is_constant and node.mode == "active" and len(node.values) == 1


def set_name(node: Raw) -> str | None:
    """The name under which a Set node keeps, or a Get node fetches."""
    values = node.values
    first = values.get("Constant") if isinstance(values, dict) else next(iter(values), None)
    return first if isinstance(first, str) else None
