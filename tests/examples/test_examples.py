"""Every example: its layout, what it compiles to, and what the linter says of it.

The header of an example has one line for these tests: `# lint: clean`, or the codes of all findings,
sorted, such as `# lint: WAN601 WAN702`. A `.toml` of the same name holds values for its parameters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.conftest import ROOT
from wan22dsl.api import compiler
from wan22dsl.api.values import gather
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.diagnostics import has_errors
from wan22dsl.formats import prompt as prompt_format
from wan22dsl.language.syntax import parse
from wan22dsl.language.syntax.tree import Block, Derived
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic

EXAMPLES = ROOT / "examples"
FILES = sorted(EXAMPLES.rglob("*.wan"))
DEFAULT, OLDER = "0.39", "0.3.64"

_LINT = re.compile(r"^# lint: (clean|WAN\d{3}(?: WAN\d{3})*)$", re.MULTILINE)


class Example(NamedTuple):
    """A pipeline or graph of an example."""

    file: Path
    name: str

    @property
    def label(self) -> str:
        """Such as `house/ada/ada`: the file without its ending, and the pipeline."""
        return f"{_name(self.file)}/{self.name}"


def _name(file: Path) -> str:
    return file.relative_to(EXAMPLES).with_suffix("").as_posix()


def _examples() -> Iterator[Example]:
    for file in FILES:
        tree, _ = parse(Source.read(file))
        for declared in tree.declarations:
            kinds = ("pipeline", "graph")
            if isinstance(declared, (Block, Derived)) and declared.word.text in kinds:
                yield Example(file, declared.name.text)


def _values(file: Path) -> dict[str, Any]:
    values = file.with_suffix(".toml")
    return gather({}, str(values)) if values.exists() else {}


def _compile(example: Example, target: str = DEFAULT) -> compiler.Compiled:
    values = _values(example.file)
    return compiler.compile(example.file, pipeline=example.name, values=values, target=target)


def _said(diagnostics: list[Diagnostic]) -> str:
    return "\n".join(f"{finding.code} {finding.message}" for finding in diagnostics)


def _is_in(target: str, prompt: dict[str, Any]) -> bool:
    """Whether a version of ComfyUI has all classes of a prompt, but for those that the examples declare."""
    catalogue = open_catalogue(target)
    classes = {node["class_type"] for node in prompt.values()} - DECLARED
    return all(catalogue.get(name) is not None for name in classes)


#: The node classes that the examples declare, whatever version there is.
DECLARED = {"Smooth Motion (example)"}


#: Pipelines that save nothing: they are made to be used by others.
PARTS = {
    "animate/first",
    "animate/second",
    "batch/seed_8",
    "batch/seed_9",
    "batch/seed_10",
    "long_video/shot_1",
    "long_video/shot_2",
    "long_video/shot_3",
}
ALL = list(_examples())
WHOLE = [example for example in ALL if example.label not in PARTS]

EACH = pytest.mark.parametrize("example", WHOLE, ids=lambda example: example.label)
EACH_FILE = pytest.mark.parametrize("file", FILES, ids=_name)


@EACH_FILE
def test_an_example_is_in_the_canonical_layout(file: Path) -> None:
    source = Source.read(file)
    text, diagnostics = compiler.format(source)
    assert diagnostics == []
    assert text == source.text


def _header(file: Path) -> str:
    header = _LINT.findall(file.read_text(encoding="utf-8"))
    assert len(header) == 1, "an example has one line `# lint: …` in its header"
    return str(header[0])


def _codes(diagnostics: list[Diagnostic]) -> str:
    return " ".join(sorted({finding.code for finding in diagnostics})) or "clean"


@EACH_FILE
def test_an_example_is_linted_as_its_header_says(file: Path) -> None:
    checked = compiler.check(file, values=_values(file))
    assert _codes(checked.diagnostics) == _header(file), _said(checked.diagnostics)


@EACH_FILE
def test_the_older_version_finds_the_same_where_it_has_the_classes(file: Path) -> None:
    newer = compiler.check(file, values=_values(file)).graphs.values()
    checked = compiler.check(file, values=_values(file), target=OLDER)
    if all(_is_in(OLDER, prompt_format.write(graph)) for graph in newer):
        assert _codes(checked.diagnostics) == _header(file), _said(checked.diagnostics)
    else:
        assert has_errors(checked.diagnostics)


@EACH
def test_an_example_compiles_to_its_golden(
    example: Example, golden: Callable[[str, str], None]
) -> None:
    compiled = _compile(example)
    assert compiled.prompt is not None, _said(compiled.diagnostics)
    golden(f"{example.label}.json", prompt_format.dump(compiled.prompt))


@EACH
def test_an_example_compiles_for_the_older_version_where_that_has_its_classes(
    example: Example,
) -> None:
    newer = _compile(example).prompt
    assert newer is not None
    older = _compile(example, OLDER)
    if _is_in(OLDER, newer):
        assert older.prompt is not None, _said(older.diagnostics)
        assert _is_in(OLDER, older.prompt)
    else:
        assert has_errors(older.diagnostics)


@pytest.mark.parametrize("label", sorted(PARTS))
def test_a_part_is_told_that_it_saves_nothing(label: str) -> None:
    (example,) = (example for example in ALL if example.label == label)
    compiled = _compile(example)
    assert compiled.prompt is None
    assert [finding.code for finding in compiled.diagnostics if finding.is_error] == ["WAN512"]


def test_every_file_name_in_the_readme_of_the_examples_exists() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\(([\w/]+\.wan)\)", text))
    assert named == {file.relative_to(EXAMPLES).as_posix() for file in FILES}
