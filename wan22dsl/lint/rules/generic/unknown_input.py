"""WAN514: a value for an input that the class does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.editor import OF_THE_EDITOR
from wan22dsl.diagnostics import Message, Severity, nearest
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import SMALL, changed
from wan22dsl.lint.rules.generic.packs import is_accepted, is_slip, may_differ, of_another_version
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import Slot, View

MESSAGE = Message(
    code="WAN514",
    name="unknown-input",
    severity=Severity.ERROR,
    summary="A value is set for an input that the node lacks",
    text="{node} has no input `{input}`{hint}; its value is dropped.",
    why=(
        "ComfyUI silently drops a value for an input that a class does not have. It is an error where "
        "another input seems to be meant, a warning there for classes of packs, whose newer versions "
        "may have the input, and else a note: files often keep values of older versions."
    ),
    help="{help}",
    bad=changed(SMALL, ('type = "wan"', 'type = "wan", devise = "cpu"')),
    good=changed(SMALL, ('type = "wan"', 'type = "wan", device = "cpu"')),
    source="Comfy-Org/ComfyUI, execution.py, get_input_data",
)

#: The forms of a pipeline in which it finds nothing, with the reason.
UNSEEN_IN = {"workflow": "workflow JSON has a field for each input of a class, and no other"}


def suggestion(view: View, slot: Slot) -> str | None:
    """The input that was probably meant: one that the class has and that is not written yet.

    A constant is not meant for a socket, which takes links only.
    """
    known = view.inputs_of(slot.node, slot.node_class)
    written = slot.node.inputs if slot.span is None else slot.node.spans
    is_link = isinstance(slot.value, Link)
    open_ = [
        name
        for name, input_ in known.items()
        if name not in written and (is_link or not input_.is_socket)
    ]
    return nearest(slot.name, open_)


def renamed(view: View, slot: Slot) -> str | None:
    """The input that has the name of a link in another version of a pack: the only one that is missing.

    It is of the type that arrives, and the only unknown link of that type arrives for it.
    """
    if not isinstance(slot.value, Link) or not may_differ(view, slot.node_class):
        return None
    given = view.type_of(slot.value)
    known = view.inputs_of(slot.node, slot.node_class)
    unknown = [
        name
        for name, link in slot.node.links()
        if name not in known and view.type_of(link) in (given, None)
    ]
    missing = [
        input_.name
        for input_ in view.missing(slot.node, slot.node_class)
        if input_.is_socket and given in (input_.type, None)
    ]
    return missing[0] if unknown == [slot.name] and len(missing) == 1 else None


def check(view: View) -> Iterator[Diagnostic]:
    """Every constant for an unknown input."""
    for slot in view.slots:
        if slot.input is not None or isinstance(slot.value, Link):
            continue
        if slot.name in OF_THE_EDITOR or is_accepted(slot):
            continue
        if _follows_a_wrong_choice(view, slot):
            continue
        meant = suggestion(view, slot)
        moved = _moved(view, slot) or _newer(view, slot)
        yield MESSAGE.at(
            slot.span,
            severity=_severity(view, slot, meant, moved),
            node=named(slot.node),
            input=slot.name,
            hint=f" (did you mean `{meant}`?)" if meant else "",
            help=moved or (f"Write `{meant}`." if meant else "Remove it: it has no effect."),
        )


def _severity(view: View, slot: Slot, meant: str | None, moved: str | None) -> Severity:
    """A leftover that nothing reads is a note; a misspelt name, or a moved input, means to do something.

    In a node that another version of a pack has written, only a slip is one.
    """
    if meant is not None and moved is None and not is_slip(slot.name, meant):
        if of_another_version(view, slot.node, slot.name):
            return Severity.NOTE
    meant = meant or moved
    if meant is None and slot.name not in dict(record_of(slot.node.class_name).undocumented):
        return Severity.NOTE
    return Severity.ERROR if slot.node_class.pack is None else Severity.WARNING


def _newer(view: View, slot: Slot) -> str | None:
    """Which bundled version of ComfyUI has the input, where this one does not."""
    from wan22dsl.comfyui.catalogue.nearby import version_with_input

    version = version_with_input(slot.node_class, slot.name, view.graph.catalogue)
    name = version.removeprefix("ComfyUI ")
    return (
        f"{version} has it: use `--target {name}` and a server of that version."
        if version
        else None
    )


def _moved(view: View, slot: Slot) -> str | None:
    """Where a newer version of ComfyUI has the input, if it is not on this class any more."""
    for moved in record_of(slot.node.class_name).versions.moved:
        link = slot.node.inputs.get(moved.link)
        source = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        node_class = view.class_of(source) if source is not None else None
        if slot.name != moved.input or source is None or node_class is None:
            continue
        if any(input_.name == moved.to for input_ in node_class.inputs):
            return f"Set `{moved.to}` of {named(source)} instead."
    return None


def _follows_a_wrong_choice(view: View, slot: Slot) -> bool:
    """Whether it belongs to a choice that has a value which is not offered: WAN505 says that."""
    name = slot.name.rpartition(".")[0]
    choice = view.inputs_of(slot.node, slot.node_class).get(name)
    value = slot.node.inputs.get(name)
    return (
        choice is not None
        and choice.branches is not None
        and isinstance(value, str)
        and value not in choice.branches
    )
