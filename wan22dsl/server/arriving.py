"""What arrives at a node when it runs: its constants, and by its links what other nodes have given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.server.calls import Call, NodeFault
from wan22dsl.server.order import is_link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.graph.model import Facts
    from wan22dsl.server.flow import Flow

#: The inputs by which a sampler takes its latent.
_LATENTS = ("latent_image", "latent")


def call_of(
    node_class: NodeClass,
    inputs: Mapping[str, Any],
    given: Callable[[str], tuple[Flow, ...]],
    shapes: tuple[Facts, ...] = (),
    saved: Facts | None = None,
) -> Call:
    """The node with what arrives at it; `given` tells what a node gave.

    `shapes` are the facts of its outputs, `saved` those of the file that it writes.

    Raises NodeFault for a link that the node's function does not know.
    """
    known = inputs_of(node_class, inputs)
    values: dict[str, Any] = {}
    for name, value in inputs.items():
        if is_link(value):
            values[name] = _output(given(value[0]), int(value[1]))
            if name not in known:
                _look_at_unknown(node_class.name, name, values[name])
        elif name in known:
            values[name] = value
    return Call(node_class, values, shapes, saved)


def _output(outputs: tuple[Flow, ...], slot: int) -> Flow | None:
    try:
        return outputs[slot]
    except IndexError:
        return None


def _look_at_unknown(class_type: str, name: str, flow: Flow | None) -> None:
    """An input that is not in the schema; some classes take such a one."""
    record = record_of(class_type)
    type_ = dict(record.undocumented).get(name)
    if record.takes_anything or name in record.former:
        return
    if type_ is None:
        said = f"{class_type}.execute() got an unexpected keyword argument '{name}'\n"
        raise NodeFault("TypeError", said)
    if flow is not None and flow.type != type_:
        raise NodeFault("TypeError", f"'{flow.type}' object is not subscriptable\n")


def samplers(prompt: Mapping[str, Any]) -> int:
    """How many nodes of a prompt take a latent to sample on. `LoadLatent` takes the name of a file."""
    return sum(
        any(is_link(item["inputs"].get(name)) for name in _LATENTS) for item in prompt.values()
    )
