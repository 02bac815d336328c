"""WAN513: a node that no output needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.lint.rules.experts.lora_not_used import loose
from wan22dsl.lint.rules.schedule.following import forgotten, goes_nowhere
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN513",
    name="unused-node",
    severity=Severity.WARNING,
    summary="No saved or shown output needs a node",
    text="No saved or shown output needs {node}.",
    why=(
        "ComfyUI does not run it, so it has no effect: a LoRA that is loaded and not used "
        "changes nothing. It is a note for a number, a file, an empty latent or an option, which "
        "people keep for later, and for a node that lacks a link."
    ),
    help="Link its output, or remove the node.",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = 2.0)
    SaveImage(images = start.IMAGE, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = 2.0)
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py: only what an output needs is run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every last node of what is not needed.

    Where there is no output at all, WAN512 says so; and where a link is missing that should be there,
    that is told, and not what hangs on it. What a muted or bypassed node needs is switched off with it.
    An output of a subgraph may be left alone where another one is used.
    """
    if not view.outputs or len(view.used) == len(view.graph.nodes) or _torn(view):
        return
    if view.is_blueprint:  # what it gives is used where it is inserted
        return
    told = {node.id for node, _ in loose(view)}  # a LoRA that is not used: WAN613
    for pass_ in view.passes:
        end, total = pass_.settings.end, pass_.settings.steps
        if end is not None and total is not None and end < total:
            told.update(node.id for node in goes_nowhere(view, pass_))  # WAN712
        if pass_.before is None and pass_.settings.add_noise is False and pass_.settings.start:
            first = forgotten(view, pass_)  # WAN714
            told.update([first.id] if first is not None else [])
    waiting = []
    for node in view.graph.nodes.values():
        if node.id in view.used or view.graph.consumers[node.id] or node.id in told:
            continue
        if view.whole.consumers.get(node.id) or node.id in view.graph.switched_off:
            continue
        if _is_offered(view, node):
            continue
        if _waits(view, node):
            waiting.append(node)
        elif not _gives_nothing(view, node):
            yield MESSAGE.at(node.span, node=named(node))
    if waiting:
        yield _kept_for_later(waiting)


def _is_offered(view: View, node: Node) -> bool:
    """Whether it makes an output of a subgraph of which something else is used."""
    if node.id not in view.graph.given_out:
        return False
    instance = node.id.rpartition(":")[0] + ":"
    return any(id in view.used and id.startswith(instance) for id in view.graph.given_out)


#: So many nodes are named.
_NAMED = 5


def _kept_for_later(nodes: list[Node]) -> Diagnostic:
    """One finding for all of them."""
    names = [named(node) for node in nodes[:_NAMED]]
    if len(nodes) > _NAMED:
        names.append(f"{len(nodes) - _NAMED} more")
    return MESSAGE.at(
        nodes[0].span,
        severity=Severity.NOTE,
        related=[Label(node.span, "nor this one") for node in nodes[1:] if node.span is not None],
        node=several(names, "or"),
    )


def _gives_nothing(view: View, node: Node) -> bool:
    """Whether a class of a pack has no output: then its script on the page works with it."""
    node_class = view.class_of(node)
    return node_class is not None and node_class.pack is not None and not node_class.outputs


#: What gives nothing but these works on numbers and texts.
_VALUES = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN"})

#: What gives nothing but these, or values, is a setting of a sampler; people keep several to choose from.
_SETTINGS = _VALUES | {"SIGMAS", "GUIDER", "NOISE", "SAMPLER"}


def _waits(view: View, node: Node) -> bool:
    """Whether it is kept for later: a number, a text, or a file or an option without links.

    So is an empty latent whose size is linked, and what lacks a link that it needs: it makes nothing that
    could be saved.
    """
    role, node_class = record_of(node.class_name).role, view.class_of(node)
    if node_class is not None and any(each.is_socket for each in view.missing(node, node_class)):
        return True
    if role == "latent" and all(view.type_of(link) in _VALUES for _, link in node.links()):
        return True
    if role in {"value", "editor"} or (not node.links() and role in {"", "loader", "latent"}):
        return True
    outputs = () if node_class is None else node_class.outputs
    types = {output.type for output in outputs}
    return role in {"", "schedule", "guider", "noise"} and bool(types) and types <= _SETTINGS


def _torn(view: View) -> bool:
    """Whether a link of a needed node goes nowhere or round in a circle, or a value is in its place."""
    nodes = view.graph.nodes
    return (
        bool(view.stuck and view.used.intersection(view.stuck))
        or any(link.node not in nodes for node in view.needed for _, link in node.links())
        or any(slot.input is not None and slot.input.is_socket for slot in view.constants)
    )
