"""Every name of a file that resolves has one occurrence, and what it means has that name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.conftest import ROOT
from tests.language.program.programs import EVERYTHING, layered
from tests.test_generated import Pipeline, pipelines
from wan22dsl.diagnostics import has_errors
from wan22dsl.language.program import load_program, occurrences
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Header, Name, Text, walk
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.language.program.module import Module

FILES = sorted((ROOT / "examples").rglob("*.wan"))


def load(text: str) -> Module:
    program, found = load_program(Source(text, "test.wan"))
    assert not has_errors(found), [finding.message for finding in found]
    return program.main


def names_in(module: Module) -> Counter[tuple[int, int]]:
    """The places of all parts of all names that stand in a file, read from the tree alone."""
    places: Counter[tuple[int, int]] = Counter()
    for declaration in module.file.declarations:
        words = {declaration.word}
        keys = {node.key for node in walk(declaration) if isinstance(node, Attribute)}
        for node in walk(declaration):
            if isinstance(node, Text) and not isinstance(declaration, Header):
                for part in spelling.text_parts(node.text):
                    if not isinstance(part, str):
                        add(places, part.name, node.start + part.start + 1)
            elif not isinstance(node, Name) or node in words or node.start == node.end:
                continue
            elif node in keys and "." not in node.text:  # in a bench, `high.cfg` is two names
                places[node.start, node.end] += 1
            else:
                add(places, node.text, node.start)
    return places


def add(places: Counter[tuple[int, int]], name: str, start: int) -> None:
    for first, last in spelling.name_places(name):
        places[start + first, start + last] += 1


def holds(module: Module) -> None:
    found = occurrences.of_module(module)
    places = Counter((finding.start, finding.end) for finding in found)
    assert max(places.values()) == 1
    wanted = names_in(module)
    text = module.source.text
    lacking = [text[start:end] for start, end in wanted.keys() - places.keys()]
    assert not lacking
    for finding in found:
        declaration = finding.declaration
        if declaration.kind == "file":
            continue
        written = spelling.plain(text[finding.start : finding.end])
        assert written == declaration.name
        if declaration.module is not None:
            assert declaration.span is not None
            assert spelling.plain(declaration.span.text) == written
            assert occurrences.at(declaration.module, declaration.start) is not None
        assert declaration.kind != "unknown"
        assert finding.is_definition == (
            (declaration.module, declaration.start) == (module, finding.start)
        )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_name_of_an_example_has_one_occurrence(file: Path) -> None:
    program, _ = load_program(Source.read(file))
    for module in occurrences.modules_of(program.main):
        holds(module)


@pytest.mark.parametrize("name", ["std", "wan22", "guide"])
def test_every_name_of_the_library_has_one_occurrence(name: str) -> None:
    holds(library_module(name))


def test_every_name_of_a_file_with_all_kinds_of_names_has_one_occurrence() -> None:
    holds(load(EVERYTHING))


@given(layered())
def test_every_name_of_a_generated_file_has_one_occurrence(text: str) -> None:
    holds(load(text))


@given(pipelines())
def test_every_name_of_a_generated_pipeline_has_one_occurrence(pipeline: Pipeline) -> None:
    program, found = load_program(Source(pipeline.text(), "test.wan"))
    if not has_errors(found):
        holds(program.main)


def meant(text: str, marked: str) -> tuple[str, str, int]:
    """The kind, the name and the line of what the name at the mark means; line 0 for what has no place."""
    offset = text.index(marked) + marked.index("|")
    text = text.replace(marked, marked.replace("|", ""))
    program, found = load_program(Source(text, "test.wan"))
    assert not has_errors(found), [finding.message for finding in found]
    declaration = occurrences.definition_at(program.main, "test.wan", offset)
    assert declaration is not None
    line = declaration.span.first.line if declaration.span is not None else 0
    return declaration.kind, declaration.name, line


LINES = EVERYTHING.lstrip().split("\n")


def line_of(start: str) -> int:
    return next(number for number, line in enumerate(LINES, 1) if line.strip().startswith(start))


@pytest.mark.parametrize(
    ("place", "wanted", "declared"),
    [
        ("seed = se|ed\n    let raw", ("param", "seed"), "param seed"),
        ("{who} turns, {se|ed}", ("param", "seed"), "param seed"),
        ("{na|me}_kept", ("parameter", "name"), "stage kept"),
        ("raw -> edges(ne|ar = 0.2)", ("parameter", "near"), "stage edges"),
        ("outlines.ed|ges -> save", ("output", "edges"), "stage edges"),
        ("ra|w.fps", ("let", "raw"), "let raw"),
        ("raw.f|ps", ("fact", "fps"), None),
        ("high_threshold = f|ar", ("parameter", "far"), "stage edges"),
        ("pipeline.se|ed}", ("setting", "seed"), None),
        ("cfg = hi|gh.cfg", ("pass", "high"), "pass high"),
        ("soft(stren|gth = strength)", ("setting", "strength"), None),
        ("gra|in.strength", ("lora", "grain"), "lora grain"),
        ("grain.stren|gth", ("setting", "strength"), "lora grain"),
        ("w|an22.high.loras", ("use", "wan22"), "use wan22"),
        ("start.IM|AGE", ("member", "IMAGE"), None),
        ("{ti|tle =", ("fact", "title"), None),
        ("sca|le_by = strength", ("input", "scale_by"), None),
    ],
)
def test_a_name_means_what_it_is_looked_up_as(
    place: str, wanted: tuple[str, str], declared: str | None
) -> None:
    text = EVERYTHING.lstrip()
    place = place.replace("{ti|tle", "{ ti|tle")
    text = text.replace(place.replace("|", ""), place, 1)
    kind, name, line = meant(text, place)
    assert (kind, name) == wanted
    if declared is not None:
        assert line == line_of(declared)


def test_a_setting_of_the_library_is_found_where_it_is_written() -> None:
    program, _ = load_program(Source(EVERYTHING, "test.wan"))
    offset = EVERYTHING.index("high.loras") + len("high.")
    found = occurrences.definition_at(program.main, "test.wan", offset)
    assert found is not None and found.module is library_module("wan22")
    assert found.span is not None and found.span.source.line(found.span.first.line).strip() != ""
    assert (found.kind, found.name) == ("setting", "loras")


def test_the_references_of_a_declaration_are_found_in_all_files() -> None:
    program, _ = load_program(Source.read(ROOT / "examples" / "house" / "trailer.wan"))
    house = program.main.uses["ada"].uses["house"]
    found = list(occurrences.references_of(program.main, house.declarations["high"]))
    assert {module.name for module, _ in found} == {"house.wan", "ada.wan", "bea.wan"}
    assert sum(occurrence.is_definition for _, occurrence in found) == 1


def test_the_files_that_a_file_uses_are_told_without_the_library() -> None:
    program, _ = load_program(Source.read(ROOT / "examples" / "house" / "trailer.wan"))
    assert {file.name for file in occurrences.used_files(program.main)} == {
        "ada.wan",
        "bea.wan",
        "house.wan",
    }


def test_a_let_that_only_a_shadowing_name_seems_to_use_is_unused() -> None:
    module = load(
        "wan 1\n\nlet a = 1\n\nstage s(in f: IMAGE, a: int = 2) -> IMAGE { out = f -> scale(by = a) }\n"
        'pipeline p { let x = LoadImage(image = "a.png").IMAGE\n flow = x -> s() -> save_frames("x") }\n'
    )
    assert [file.name for file in occurrences.unused(module)] == ["a"]
    assert next(occurrences.unused(module)).start == 11
