"""Declarations that are written of node classes say what the catalogue says, as far as they have words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.declared import differences
from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue
from wan22dsl.comfyui.catalogue.schema import Input, NodeClass, Output
from wan22dsl.formats.node_declarations import write
from wan22dsl.graph.build.declared_nodes import class_of
from wan22dsl.language.program import load_program
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_back(classes: Iterable[NodeClass]) -> dict[str, NodeClass]:
    """The classes that the declarations of classes make; the text is laid out, and without findings."""
    made = write([(node_class, ()) for node_class in classes])
    source = Source(made.text, "nodes.wan")
    program, found = load_program(source)
    assert found == []
    assert compiler.format(source)[0] == made.text
    assert len(program.main.nodes) == made.classes
    return {name: class_of(node) for name, node in program.main.nodes.items()}


@pytest.mark.parametrize("version", BUNDLED)
def test_every_bundled_class_is_declared_as_it_is(version: str) -> None:
    catalogue = open_catalogue(version)
    classes = [found for name in catalogue.names() if (found := catalogue.get(name)) is not None]
    found = read_back(classes)
    dynamic = [
        node_class
        for node_class in classes
        if any(item.branches is not None or item.grows is not None for item in node_class.inputs)
    ]
    twice = [
        node_class.name
        for node_class in classes
        if len({item.name for item in node_class.inputs}) < len(node_class.inputs)
    ]
    assert twice == ["CR ControlNet Input Switch", "DrawArcFaceLandmarks"]
    assert len(found) == len(classes) - len(dynamic) - len(twice)
    for node_class in classes:
        own = found.get(node_class.name)
        if own is None:
            continue
        assert list(differences(own, node_class)) == []
        assert [item.name for item in own.inputs] == [item.name for item in node_class.inputs]
        assert [(item.name, item.type) for item in own.outputs] == [
            (item.name, item.type) for item in node_class.outputs
        ]
        assert own.is_output == node_class.is_output
        for one, other in zip(own.inputs, node_class.inputs):
            assert one.is_socket == other.is_socket or other.widget
            if one.required:
                assert other.required
            if one.default is not None:
                assert one.default == other.default


_NAMES = st.text(min_size=1, max_size=8)
_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_INPUTS = st.builds(
    lambda **fields: Input(**fields),
    name=_NAMES,
    type=st.sampled_from(
        ["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "IMAGE", "*", "A,B", "x y"]
    ),
    required=st.booleans(),
    default=_VALUES,
    minimum=st.none() | st.integers() | st.floats(allow_nan=False),
    maximum=st.none() | st.integers() | st.floats(allow_nan=False),
    options=st.none() | st.lists(_VALUES, max_size=4).map(tuple),
    force_input=st.booleans(),
)
_OUTPUTS = st.builds(lambda name, kind: Output(name, kind), _NAMES, _NAMES)
_CLASSES = st.builds(
    lambda **fields: NodeClass(**fields),
    name=_NAMES,
    inputs=st.lists(_INPUTS, max_size=4).map(tuple),
    outputs=st.lists(_OUTPUTS, max_size=3).map(tuple),
    is_output=st.booleans(),
    pack=st.none() | _NAMES,
)


@given(st.lists(_CLASSES, max_size=3, unique_by=lambda node_class: node_class.name))
def test_whatever_a_server_says_of_its_classes_can_be_read_back(classes: list[NodeClass]) -> None:
    found = read_back(classes)
    for node_class in classes:
        if node_class.name in found:
            own = found[node_class.name]
            assert [item.name for item in own.inputs] == [item.name for item in node_class.inputs]
            assert len(own.outputs) == len(node_class.outputs)
