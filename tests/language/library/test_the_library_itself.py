"""Promises that hold for every file of the library: documented, known to the catalogue, laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue
from wan22dsl.language.program.kinds import ASSETS
from wan22dsl.language.program.module import LIBRARY
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.program.names import public
from wan22dsl.language.syntax.tree import Call, ClassName
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Interpolation came with 2026; the sound nodes are missing in the facts of 0.3.64.
NOT_IN_OLDER = {"AudioEncoderEncode", "FrameInterpolate"}

FILES = sorted(file.stem for file in LIBRARY.glob("*.wan"))


def calls(part: Any) -> Iterator[Call]:
    """Every call of a node class in a part of a tree."""
    if isinstance(part, Call) and isinstance(part.callee, ClassName):
        yield part
    if isinstance(part, tuple):
        for inner in part:
            yield from calls(inner)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_library_is_in_the_canonical_layout(name: str) -> None:
    source = Source.read(LIBRARY / f"{name}.wan")
    text, found = compiler.format(source)
    assert found == []
    assert text == source.text


@pytest.mark.parametrize("name", FILES)
def test_every_public_declaration_has_a_doc_comment(name: str) -> None:
    module = library_module(name)
    bare = []
    for declared in public(module):
        first = module.span(module.names[declared].start, 0).first.line
        if not module.source.line(first - 1).startswith("# "):
            bare.append(declared)
    assert bare == []


@pytest.mark.parametrize("target", BUNDLED)
def test_every_class_is_in_the_catalogue(target: str) -> None:
    catalogue = open_catalogue(target)
    used = {
        call.callee.text.strip("`")
        for name in FILES
        for call in calls(library_module(name).file.declarations)
    }
    missing = {name for name in used if catalogue.get(name) is None}
    assert missing == (NOT_IN_OLDER if target == "0.3.64" else set())


def test_the_files_of_models_are_safetensors_and_named_once() -> None:
    module = library_module("wan22")
    declared = [module.names[name] for name in public(module)]
    texts = [
        module.span(each.start, each.end).text for each in declared if each.word.text in ASSETS
    ]
    files = [part for text in texts for part in text.split('"') if part.endswith(".safetensors")]
    assert len(files) == len(set(files)) == len(texts)
