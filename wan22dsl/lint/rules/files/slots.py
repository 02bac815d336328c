"""The inputs that name model files, and what is known of the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import Slot, View
    from wan22dsl.model_files.kinds import Identity
    from wan22dsl.model_files.looking import Looked
    from wan22dsl.model_files.lookup import ModelFiles
    from wan22dsl.source import Span

#: Folders of the server that hold no models.
_OWN = ("input", "output", "temp")


class NamedFile(NamedTuple):
    """An input that names a model file; `looked` is None where there is no such file."""

    slot: Slot
    folder: str
    file: str
    looked: Looked | None


def named_files(view: View) -> Iterator[NamedFile]:
    """Every input of a node that will run which names a model file."""
    models = view.models
    if models is not None:
        for slot, folder, file in model_inputs(view):
            yield NamedFile(slot, folder, file, models.of(folder, file))


def model_inputs(view: View) -> Iterator[tuple[Slot, str, str]]:
    """Every input of a node that will run which names a model file, with its folder below `models`."""
    for slot in view.constants:
        input_ = slot.input
        folder = None if input_ is None else input_.files
        if input_ is None or folder is None or folder in _OWN or slot.value in input_.fixed:
            continue
        if isinstance(slot.value, str) and slot.value.strip():
            yield slot, folder, slot.value


def identity_of(models: ModelFiles, folder: str, file: str) -> Identity | None:
    """What a file is; None where it is not there, or tells nothing."""
    looked = models.of(folder, file)
    return None if looked is None else looked.identity


def folder_of(view: View, node: Node, input: str, default: str) -> str:
    """The folder that an input of a node names files of."""
    node_class = view.class_of(node)
    if node_class is None:
        return default
    found = view.inputs_of(node, node_class).get(input)
    return default if found is None or found.files is None else found.files


def file_of(view: View, node: Node, otherwise: str) -> tuple[str | None, Span | None]:
    """The file that a loader loads, and where it is written."""
    loads = record_of(node.class_name).file
    input = otherwise if loads is None else loads.input
    file = view.value(node, input)
    return (file if isinstance(file, str) else None), place(node, input)


def evidence(identity: Identity) -> str:
    """What an identity follows from, in a few words."""
    return "; ".join(identity.evidence[:2]) or "by its header"
