"""What the inputs of classes are, kept for all classes whose inputs never change with their values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import defaults_of, inputs_of
from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue, Input, NodeClass


class Schema(NamedTuple):
    """A class of nodes, and what is asked of it for each of its nodes.

    `wanted` are the types of the links that its inputs take, None for those that take constants;
    `inputs` and `defaults` are None where they depend on the values of the node; `defaults` also where
    they are lists or objects, of which each node has its own. `required` are those of the `inputs`.
    """

    node_class: NodeClass
    wanted: dict[str, Type | None]
    inputs: dict[str, Input] | None
    defaults: dict[str, Any] | None
    required: tuple[str, ...] = ()


@lru_cache(maxsize=4)
def schemas_of(catalogue: Catalogue) -> Schemas:
    """The classes of a catalogue, kept for all that is built by it."""
    return Schemas(catalogue)


class Schemas:
    """The classes of a catalogue, each looked at once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept: dict[str, Schema | None] = {}

    def get(self, class_name: str) -> Schema | None:
        """The class; None when the catalogue does not know it."""
        if class_name not in self._kept:
            self._kept[class_name] = self._made(class_name)
        return self._kept[class_name]

    def _made(self, class_name: str) -> Schema | None:
        found = self._catalogue.get(class_name)
        if found is None:
            return None
        wanted = {
            input_.name: Type(input_.type) if input_.is_socket else None for input_ in found.inputs
        }
        if any(input_.branches is not None or input_.grows is not None for input_ in found.inputs):
            return Schema(found, wanted, None, None)
        defaults, inputs = defaults_of(found, {}), inputs_of(found, {})
        shared = not any(isinstance(default, (dict, list)) for default in defaults.values())
        required = tuple(name for name, input_ in inputs.items() if input_.required)
        return Schema(found, wanted, inputs, defaults if shared else None, required)

    def inputs(self, schema: Schema, values: Mapping[str, Any]) -> dict[str, Input]:
        """All inputs of a node with these values. Do not change it."""
        return inputs_of(schema.node_class, values) if schema.inputs is None else schema.inputs

    def defaults(self, schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the required inputs that are not given, for those that have one."""
        if schema.defaults is None:
            return defaults_of(schema.node_class, values)
        return {name: item for name, item in schema.defaults.items() if name not in values}
