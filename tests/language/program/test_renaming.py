"""A declaration that is renamed at all its occurrences gives a file that compiles to the same prompt."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.conftest import ROOT
from tests.language.program.programs import EVERYTHING, layered
from tests.prompts import meaning
from wan22dsl.api import compiler
from wan22dsl.diagnostics import has_errors
from wan22dsl.language.program import load_program, occurrences
from wan22dsl.language.program.renaming import rename
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.language.program.module import Declaration, Module
    from wan22dsl.language.program.program import Program

EXAMPLES = ROOT / "examples"
FILES = sorted(EXAMPLES.rglob("*.wan"))

#: Of the kinds of these a declaration can have another name.
RENAMED = {
    "param",
    "let",
    "pass",
    "lora",
    "model",
    "stage",
    "parameter",
    "output",
    "use",
    "pipeline",
    "profile",
    "bench",
}


#: What a `node` declares has ComfyUI's names, and keeps them.
OF_COMFYUI = {"node", "node_input", "node_output"}


def declared_in(program: Program) -> list[Declaration]:
    """All that the files of a program declare, each once."""
    found = {
        occurrence.declaration: None
        for module in occurrences.modules_of(program.main)
        if not module.is_library
        for occurrence in occurrences.of_module(module)
        if occurrence.is_definition and occurrence.declaration.kind != "setting"
    }
    return list(found)


def changed(module: Module, program: Program, declaration: Declaration, name: str) -> str | None:
    """The text of a file when a declaration has another name; None where it cannot be renamed."""
    renamed = rename(program, declaration, name)
    if renamed.problem:
        may_stay = {"output", "parameter", *OF_COMFYUI}
        assert declaration.kind in may_stay, (declaration, renamed.problem)
        return None
    edits = [edit for edit in renamed.edits if edit.span.source is module.source]
    text = module.source.text
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def prompts(file: Source | Path, names: dict[str, str]) -> dict[str, list[str] | None]:
    """What each pipeline of a file compiles to, by its old name; None where it needs values from outside."""
    found: dict[str, list[str] | None] = {}
    source = file if isinstance(file, Source) else Source.read(file)
    program, _ = load_program(source)
    for declared in program.pipelines():
        name = declared.name.text
        prompt = compiler.compile(source, pipeline=name).prompt
        found[names.get(name, name)] = meaning(prompt) if prompt is not None else None
    return found


def holds(text: str) -> int:
    """Renames every declaration of a text in turn; gives how many there were."""
    source = Source(text, "test.wan", EXAMPLES / "test.wan")
    program, diagnostics = load_program(source)
    assert not has_errors(diagnostics), [finding.message for finding in diagnostics]
    before = prompts(source, {})
    assert any(before.values())
    count = 0
    for declaration in declared_in(program):
        after = changed(program.main, program, declaration, "fresh_name")
        if after is not None:
            count += 1
            renamed = Source(after, "test.wan", EXAMPLES / "test.wan")
            old = (
                {"fresh_name": declaration.name}
                if declaration.kind in ("pipeline", "graph")
                else {}
            )
            assert prompts(renamed, old) == before, after
    return count


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_renamed_declaration_of_an_example_changes_no_prompt(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    shutil.copytree(EXAMPLES, folder)
    (tmp_path / "wan.toml").touch()
    copy = folder / file.relative_to(EXAMPLES)
    source = Source.read(copy)
    program, _ = load_program(source)
    before = prompts(copy, {})
    for declaration in declared_in(program):
        old = {}
        if declaration.module is program.main and declaration.kind in ("pipeline", "graph"):
            old = {"fresh_name": declaration.name}
        touched = []
        for module in occurrences.modules_of(program.main):
            after = changed(module, program, declaration, "fresh_name")
            if after is not None and module.source.file is not None and not module.is_library:
                module.source.file.write_bytes(after.encode())
                touched.append(module)
        assert prompts(copy, old) == before, (declaration.kind, declaration.name)
        for module in touched:
            assert module.source.file is not None
            module.source.file.write_bytes(module.source.text.encode())


def test_what_a_node_declares_keeps_the_names_of_comfyui() -> None:
    program, _ = load_program(Source(EVERYTHING, "test.wan"))
    own = [found for found in declared_in(program) if found.kind in OF_COMFYUI]
    assert {found.kind for found in own} == OF_COMFYUI
    assert all(rename(program, found, "fresh_name").problem for found in own)


def test_names_of_all_kinds_are_renamed() -> None:
    program, _ = load_program(Source(EVERYTHING, "test.wan"))
    kinds = {
        declaration.kind
        for declaration in declared_in(program)
        if not rename(program, declaration, "fresh_name").problem
    }
    assert kinds >= RENAMED - {"model"}
    assert holds(EVERYTHING) == len(declared_in(program)) - len(refused(program))


def refused(program: Program) -> list[str]:
    return [
        declaration.name
        for declaration in declared_in(program)
        if rename(program, declaration, "fresh_name").problem
    ]


@given(layered())
def test_a_renamed_declaration_of_a_generated_file_changes_no_prompt(text: str) -> None:
    assert holds(text)


def declaration_of(program: Program, kind: str, name: str) -> Declaration:
    return next(found for found in declared_in(program) if (found.kind, found.name) == (kind, name))


@pytest.mark.parametrize(
    ("kind", "name", "new", "reported"),
    [
        ("param", "seed", "who", "has a `who` already"),
        ("param", "seed", "in", "is a word of the language"),
        ("param", "seed", "Seed", "is not a name"),
        ("param", "seed", "a.b", "is not a name"),
        ("stage", "kept", "rife", "is a standard stage"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused(
    kind: str, name: str, new: str, reported: str
) -> None:
    program, _ = load_program(Source(EVERYTHING, "test.wan"))
    renamed = rename(program, declaration_of(program, kind, name), new)
    assert reported in renamed.problem and not renamed.edits


def test_what_the_library_declares_keeps_its_name() -> None:
    program, _ = load_program(Source(EVERYTHING, "test.wan"))
    high = program.main.uses["wan22"].declarations["high"]
    assert "standard library" in rename(program, high, "fresh_name").problem


def test_an_output_that_only_a_build_can_follow_keeps_its_name() -> None:
    text = (
        "wan 1\n\nstage two(in frames: IMAGE) -> (a: IMAGE, b: IMAGE) {\n    a = frames\n    b = frames\n}\n"
        "\nparam order: flow = two\n\npipeline p {\n"
        '    let start = LoadImage(image = "a.png").IMAGE\n    let made = start -> order\n'
        '    flow = made.b -> save_frames("x")\n}\n'
    )
    program, _ = load_program(Source(text, "test.wan"))
    renamed = rename(program, declaration_of(program, "output", "b"), "fresh_name")
    assert renamed.problem == "`b` in line 13 of test.wan may be it, or not"


def test_a_conditioning_gives_what_the_sampler_takes_by_name() -> None:
    text = (
        "wan 1\n\nstage mine(prompt: text = pipeline.prompt) -> "
        "(positive: CONDITIONING, negative: CONDITIONING, latent: LATENT) {\n"
        "    positive = none\n    negative = none\n    latent = none\n}\n"
    )
    program, _ = load_program(Source(text, "test.wan"))
    assert (
        "conditioning" in rename(program, declaration_of(program, "output", "latent"), "x").problem
    )
