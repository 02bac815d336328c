"""WAN502: an input that a class needs is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import default_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.lint.rules.generic.packs import may_differ, of_another_version
from wan22dsl.lint.rules.generic.unknown_input import renamed
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN502",
    name="missing-input",
    severity=Severity.ERROR,
    summary="A node lacks a required input",
    text="{node} {verb} {inputs}, {kind}.",
    why=(
        "ComfyUI rejects every output that depends on a node with a missing required input. It is a "
        "warning where that is only a preview, or a value that the page shows. It "
        "is a note for classes of packs whose input has a default, or whose node another version "
        "has written: older versions of the pack may not need it; and in a subgraph blueprint, which is "
        "linked where it is inserted."
    ),
    help="Set {inputs}{unless}.",
    bad="""\
wan 1

graph demo {
    SaveImage(filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    SaveImage(images = LoadImage(image = "start.png").IMAGE, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: required_input_missing",
)


#: So many inputs that only another version of a pack has tell that it needs others as well.
_ENOUGH = 2


def check(view: View) -> Iterator[Diagnostic]:
    """Every required input that is not written; those that a pack may not have yet once for each class."""
    newer: dict[tuple[str, tuple[str, ...]], list[Node]] = {}
    for node in view.needed:
        node_class = view.class_of(node)
        if node_class is None:
            continue
        names = []
        missing = view.missing(node, node_class)
        elsewhere = _reported_elsewhere(view, node, missing) if missing else set()
        for input_ in missing:
            name = input_.name
            if name in elsewhere:
                continue
            others = 0 if input_.is_socket else of_another_version(view, node)
            if may_differ(view, node_class) and (
                others >= _ENOUGH or default_of(input_) is not None
            ):
                names.append(name)
                continue
            kind = "a choice" if input_.type == "COMBO" else f"of type {input_.type}"
            yield MESSAGE.at(
                node.span,
                severity=Severity.WARNING if others else _severity(view, node, input_),
                node=named(node),
                verb="lacks",
                inputs=f"`{name}`",
                kind=kind,
                unless="",
            )
        if names:
            newer.setdefault((node_class.name, tuple(names)), []).append(node)
    for (class_name, lacking), nodes in newer.items():
        yield _newer(nodes, view.classes[class_name], lacking)


def _severity(view: View, node: Node, input_: Input) -> Severity:
    if view.is_blueprint and (node.id, input_.name) in view.graph.open_inputs:
        return Severity.NOTE
    return Severity.WARNING if _shows_only(view, node) else Severity.ERROR


def _shows_only(view: View, node: Node) -> bool:
    """Whether ComfyUI leaves out nothing but what the page shows of it, and runs the other outputs."""
    record = record_of(node.class_name)
    shows = bool(record.widgets.shows) or record.role == "preview"
    return (
        shows
        and node in view.outputs
        and len(view.outputs) > 1
        and not view.graph.consumers[node.id]
    )


def _reported_elsewhere(view: View, node: Node, missing: list[Input]) -> set[str | None]:
    """Those that another version of the pack names otherwise (WAN515), and those of a missing choice."""
    names = {input_.name for input_ in missing}
    unknown = [slot for slot in view.slots if slot.node is node and slot.input is None]
    return {
        *(renamed(view, slot) for slot in unknown),
        *(name for name in names if name.rpartition(".")[0] in names),
    }


def _newer(nodes: list[Node], node_class: NodeClass | None, names: tuple[str, ...]) -> Diagnostic:
    quoted = [f"`{name}`" for name in names]
    inputs = " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
    pack = "its pack" if node_class is None else node_class.pack
    return MESSAGE.at(
        nodes[0].span,
        severity=Severity.NOTE,
        related=[Label(node.span, "this one too") for node in nodes[1:] if node.span is not None],
        node=several(named(node) for node in nodes),
        inputs=inputs,
        verb="lacks" if len(nodes) == 1 else "lack",
        kind=f"which newer versions of {pack} need",
        unless=", unless yours is older",
    )
