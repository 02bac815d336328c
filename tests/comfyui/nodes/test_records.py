"""The records of node classes: one a class, of classes that exist."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from wan22dsl.comfyui import nodes
from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue
from wan22dsl.comfyui.nodes import packs, record_of, records, written
from wan22dsl.comfyui.nodes.packs import modules
from wan22dsl.comfyui.nodes.record import COMFYUI
from wan22dsl.comfyui.nodes.wan import CONDITIONINGS

#: Packs that have another name in the catalogue.
OTHER_NAMES = {"was-ns": "was-node-suite-comfyui"}

#: Classes that no bundled catalogue has: of other versions, or of a pack that data/packs.jsonl lacks.
OF_NO_VERSION = {"ComfySoftSwitchNode"}


def test_a_class_has_one_record():
    themes = [*(value for value in vars(nodes).values() if hasattr(value, "RECORDS")), *modules()]
    names = Counter(record.class_name for theme in themes for record in theme.RECORDS)
    assert [name for name, count in names.items() if count > 1] == []
    assert names.total() == len(records())


def test_every_file_of_a_pack_is_read():
    files = {path.stem for path in Path(packs.__file__).parent.glob("*.py")} - {"__init__"}
    assert {module.__name__.rpartition(".")[2] for module in modules()} == files


@pytest.mark.parametrize("record", records(), ids=lambda record: record.class_name)
def test_a_record_is_of_a_class_that_exists(record):
    catalogues = [open_catalogue(version) for version in BUNDLED]
    found = [known for each in catalogues if (known := each.get(record.class_name)) is not None]
    if record.only_in_editor or record.class_name in OF_NO_VERSION:
        assert not any(known.outputs for known in found)  # what sends by itself gives nothing there
    else:
        assert found, "no bundled catalogue has it: correct its name, or add it to OF_NO_VERSION"
        packs = {known.pack or COMFYUI for known in found}
        assert {OTHER_NAMES.get(pack, pack) for pack in packs} == {record.pack}


@pytest.mark.parametrize("record", records(), ids=lambda record: record.class_name)
def test_a_record_names_inputs_that_its_class_has(record):
    known = open_catalogue("0.33.0").get(record.class_name)
    if known is None:
        return
    names = {input_.name for input_ in known.inputs}
    named = {record.constant, record.passes_on, record.same_shape, record.same_length} - {None, ""}
    if record.file is not None:
        named.add(record.file.input)
    if record.interpolation is not None:
        named.add(record.interpolation.frames)
    if record.player is not None:
        named |= {record.player.frames, record.player.rate}
    if record.conditioning is not None:
        about = record.conditioning
        named |= {*about.encodes, *about.cropped, *about.laid_over, *about.needs}
    if record.stretch is not None:
        named |= {record.stretch.frames, record.stretch.first, record.stretch.number}
    named |= {record.widgets.seed, *record.other_left_out} - {None}
    if record.idle_at is not None:
        named.add(record.idle_at[0])
    if record.latent is not None:
        named |= {record.latent.holds, record.latent.follows} - {None}
    assert named <= names | {name for name, _ in record.undocumented}


@pytest.mark.parametrize("record", records(), ids=lambda record: record.class_name)
def test_a_record_that_keeps_something_of_an_input_works_out_its_facts(record):
    kept = (record.constant, record.passes_on, record.same_shape, record.same_length)
    if any(name is not None for name in kept):
        assert record.facts is not None, (
            "give it `facts`, or make it with constant or pass_on (values.py) or same_shape (frames.py)"
        )


def test_a_conditioning_for_a_family_says_that_it_is_for_it():
    for family, classes in CONDITIONINGS.items():
        for class_name in classes:
            conditioning = record_of(class_name).conditioning
            assert conditioning is not None and family in conditioning.families


def test_an_unknown_class_has_an_empty_record():
    record = record_of("NobodyKnowsThis")
    assert record.role == "" and record.facts is None and record.pack == ""


def test_the_classes_that_the_compiler_writes_have_a_record_and_exist():
    constants = (value for name, value in vars(written).items() if name.isupper())
    names = [value for value in constants if isinstance(value, str)]
    assert set(written.LOADERS.values()) <= set(names)
    assert all(record_of(name).file is not None for name in written.LOADERS.values())
    assert all(record_of(name).role for name in names)
    assert [name for name in names if open_catalogue("0.33.0").get(name) is None] == []
