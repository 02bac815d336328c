"""The form of our own: what is written is read again, and one class is one line."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wan22dsl import resources
from wan22dsl.comfyui.catalogue.compact import VERSION, CompactFile, is_compact, write
from wan22dsl.comfyui.catalogue.schema import Growing, Input, NodeClass, Output
from wan22dsl.errors import CatalogueError

names = st.text(min_size=1, max_size=8) | st.sampled_from(
    ["a", "A", "a b", 'a"', 'a","', "a\\", "ä🟨"]
)
numbers = st.integers(-(2**64), 2**64) | st.floats(allow_nan=False, allow_infinity=False)
values = st.booleans() | numbers | st.text(max_size=5) | st.lists(numbers, max_size=2)
choices = st.lists(values, max_size=3).map(tuple)


def inputs(deeper: st.SearchStrategy[Input]) -> st.SearchStrategy[Input]:
    some = st.lists(deeper, min_size=1, max_size=2).map(tuple)
    growing = st.builds(
        Growing,
        item=deeper,
        minimum=st.integers(0, 3),
        maximum=st.integers(3, 50),
        names=st.just(()),
        prefix=names,
        row=st.just(()),
    ) | st.builds(
        Growing,
        item=deeper,
        minimum=st.just(1),
        maximum=st.just(2),
        names=st.just(("a", "b")),
        prefix=st.just(""),
        row=st.just(()),
    )
    rows = st.builds(
        Input,
        name=names,
        type=names,
        required=st.booleans(),
        grows=st.tuples(some, st.integers(0, 3)),
    ).map(_with_rows)
    return (
        st.builds(
            Input,
            name=names,
            type=names,
            required=st.booleans(),
            branches=st.none() | st.dictionaries(names, some, max_size=2),
            flat=st.booleans(),
            grows=st.none() | growing,
        )
        | rows
    )


def _with_rows(input_: Any) -> Input:
    """An input of rows; the item of its template stands for the row."""
    row, least = input_.grows
    item = Input(input_.name, input_.type)
    found: Input = input_._replace(grows=Growing(item, least, 50, row=row))
    return found


plain = st.builds(
    Input,
    name=names,
    type=names,
    required=st.booleans(),
    default=st.none() | values,
    minimum=st.none() | numbers,
    maximum=st.none() | numbers,
    step=st.none() | numbers,
    round=st.none() | numbers,
    options=st.none() | choices,
    files=st.none() | st.sampled_from(["loras", "input"]),
    fixed=choices,
    template=st.sampled_from(["", "t"]),
    force_input=st.booleans(),
    widget=st.booleans(),
    control=st.none() | st.booleans(),
    unchecked=st.booleans(),
)
outputs = st.builds(
    Output, name=names, type=names, is_list=st.booleans(), template=st.sampled_from(["", "t"])
)
classes = st.builds(
    NodeClass,
    name=names,
    inputs=st.lists(st.recursive(plain, inputs, max_leaves=4), max_size=3).map(tuple),
    outputs=st.lists(outputs, max_size=2).map(tuple),
    is_output=st.booleans(),
    pack=st.none() | names,
    takes_anything=st.booleans(),
    declared_facts=st.none(),
)
catalogues = st.lists(classes, max_size=6, unique_by=lambda file: file.name)

VALIDATOR = jsonschema.Draft202012Validator(json.loads(resources.schema("catalogue")))


def read(text: str) -> CompactFile:
    return CompactFile(text.encode(), "some.jsonl")


@given(catalogues)
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_again(known: list[NodeClass]) -> None:
    file = read(write("a target", known))
    assert file.target == "a target"
    assert sorted(file.names()) == sorted(file.name for file in known)
    for node_class in known:
        assert file.get(node_class.name) == node_class
        assert file.get(node_class.name + "?") is None


@given(catalogues, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_in_which_classes_come_does_not_count(
    known: list[NodeClass], random: Any
) -> None:
    other = list(known)
    random.shuffle(other)
    text = write("t", known)
    assert write("t", other) == text
    assert text.count("\n") == len(known) + 1


@given(catalogues)
@settings(max_examples=25, deadline=None)
def test_every_line_is_valid_by_the_schema(known: list[NodeClass]) -> None:
    for line in write("t", known).split("\n")[:-1]:
        VALIDATOR.validate(json.loads(line))


def test_a_class_is_one_line_that_people_can_read() -> None:
    text = write("t", [NodeClass("B", (Input("x", "INT", default=1),), (), is_output=True)])
    header, line = text.splitlines()
    assert json.loads(header) == {"catalogue": VERSION, "target": "t"}
    assert (
        line == '{"class":"B","output_node":true,"inputs":[["x","INT",{"default":1}]],"outputs":[]}'
    )


def test_a_change_of_one_class_changes_one_line() -> None:
    known = [NodeClass(name, (), ()) for name in "ABC"]
    old = write("t", known).splitlines()
    new = write("t", [known[0], known[1]._replace(is_output=True), known[2]]).splitlines()
    assert [a == b for a, b in zip(old, new, strict=True)] == [True, True, False, True]


@pytest.mark.parametrize(
    ("data", "reported"),
    [
        (b'{"catalogue":', "is not a catalogue"),
        (b'{"catalogue":2}', "is not a catalogue"),
        (b'{"catalogue":null,"target":"t"}', "is not a catalogue"),
        (b'{"catalogue":4,"target":"t"}\n', r"format 4.*format 3.*`wan nodes pull`"),
    ],
)
def test_a_header_of_another_shape_is_refused(data: bytes, reported: str) -> None:
    assert is_compact(data)
    with pytest.raises(CatalogueError, match=rf"some\.jsonl: .*{reported}"):
        CompactFile(data, "some.jsonl")


@pytest.mark.parametrize(
    "line", ['{"class":"A",', '{"class":"A","inputs":[["x"]]}', '{"class":"A",}']
)
def test_a_damaged_line_is_named_by_its_number(line: str) -> None:
    file = read(f'{{"catalogue":2,"target":"t"}}\n{line}\n')
    with pytest.raises(CatalogueError, match=r"some\.jsonl: line 2 does not describe a class"):
        file.get("A")


def test_an_empty_catalogue_knows_nothing() -> None:
    file = read(write("t", []))
    assert (list(file.names()), file.get("KSampler")) == ([], None)
