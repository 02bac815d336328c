"""A name that is changed in all files leaves what they compile to, and what is found in them, as it was."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.prompts import meaning
from wan22dsl.api import compiler
from wan22dsl.editor import renaming
from wan22dsl.editor.project import Project
from wan22dsl.editor.renaming import CannotRename
from wan22dsl.language.program import occurrences

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.diagnostics import Edit
    from wan22dsl.language.program.module import Declaration

NEW = "fresh_name"


def project_in(folder: Path, texts: dict[str, str]) -> Project:
    """A project whose files are on disk."""
    (folder / "wan.toml").touch()
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    project = Project()
    project.folders.roots = (folder.resolve(),)
    return project


def declared_in(project: Project, file: Path) -> list[Declaration]:
    """What a file declares that can have another name."""
    module = project.view(file).module
    assert module is not None
    return [
        found.declaration
        for found in occurrences.of_module(module)
        if found.is_definition
        and found.declaration.kind not in ("setting", "node", "node_input", "node_output")
    ]


def applied(edits: tuple[Edit, ...]) -> dict[Path, str]:
    """The texts of the files that edits change."""
    found: dict[Path, str] = {}
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        file = edit.span.source.file
        assert file is not None
        text = found.get(file, edit.span.source.text)
        found[file] = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return found


def state(project: Project, files: list[Path], old: str = "") -> dict[str, object]:
    """What is found in each file, and what each pipeline of it means; the new name is written as the old."""
    made: dict[str, object] = {}
    for file in files:
        view = project.view(file)
        made[f"{file.name} findings"] = sorted(finding.code for finding in view.findings)
        assert view.program is not None
        for declared in view.program.pipelines():
            name = declared.name.text
            prompt = compiler.compile(file, pipeline=name, workspace=project.workspace).prompt
            shown = old if old and name == NEW else name
            made[f"{file.name} {shown}"] = meaning(prompt) if prompt is not None else None
    return made


def holds(project: Project, files: list[Path], wanted: frozenset[str] = frozenset()) -> int:
    """Renames what the files declare, one after the other; gives how many could be renamed."""
    before, count = state(project, files), 0
    for file in files:
        for declaration in declared_in(project, file):
            if wanted and declaration.name not in wanted:
                continue
            view = project.view(file)
            try:
                found = renaming.rename(project, view, declaration.start, NEW)
            except CannotRename:
                continue
            count += 1
            texts = applied(found.edits)
            assert texts
            for changed, text in texts.items():
                project.open(changed, text)
            after = state(project, files, declaration.name)
            for changed in texts:
                project.close(changed)
            assert after == before, (file.name, declaration)
    return count


def test_what_a_house_declares_is_renamed_in_every_file_that_names_it(tmp_path: Path) -> None:
    house = {file.name: file.read_text("utf-8") for file in (ROOT / "examples/house").glob("*.wan")}
    project = project_in(tmp_path, house)
    assert holds(project, [(tmp_path / name).resolve() for name in sorted(house)]) >= 20


def test_a_pass_of_a_used_file_is_renamed_in_files_that_are_not_open(tmp_path: Path) -> None:
    house = {file.name: file.read_text("utf-8") for file in (ROOT / "examples/house").glob("*.wan")}
    project = project_in(tmp_path, house)
    view = project.view(tmp_path / "ada.wan")
    offset = view.source.text.index("house.high") + len("house.")
    texts = applied(renaming.rename(project, view, offset, "noisy").edits)
    assert {file.name for file in texts} == {"ada.wan", "bea.wan", "house.wan"}
    assert "house.noisy -> house.low" in texts[view.source.file]


@pytest.mark.parametrize("name", ["params", "own_assets", "attention", "own_nodes", "plain_graph"])
def test_what_an_example_declares_is_renamed(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    project = project_in(tmp_path, {})
    file = (tmp_path / "examples" / f"{name}.wan").resolve()
    assert holds(project, [file])


NAMES = ("low", "high", "seed", "deep", "clip", "made")


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """Files that use each other at random, with names that several of them declare."""
    count = draw(st.integers(2, 4))
    texts: dict[str, str] = {}
    declared: dict[int, list[tuple[str, str]]] = {}
    names = st.sampled_from(NAMES)
    for number in range(count):
        used = draw(st.lists(st.integers(0, number - 1), unique=True)) if number else []
        lines = ["wan 1", "use wan22"]
        values = ["1.0"]
        passes = ["wan22.high", "wan22.low"]
        stages: list[str] = []
        taken = {"wan22"}
        for each in used:
            alias = draw(st.sampled_from([name for name in NAMES if name not in taken]))
            taken.add(alias)
            lines.append(f'use "f{each}.wan" as {alias}')
            for word, member in declared[each]:
                {"let": values, "param": values, "pass": passes, "stage": stages}[word].append(
                    f"{alias}.{member}"
                )
        own: list[tuple[str, str]] = []
        for word in draw(st.lists(st.sampled_from(["let", "param", "pass", "stage"]), max_size=4)):
            name = draw(names)
            if name in taken:
                continue
            taken.add(name)
            value = draw(st.sampled_from(values))
            if word == "let":
                lines.append(f"let {name} = {value}")
                values.append(name)
            elif word == "param":
                lines.append(f"param {name}: float = {value}")
                values.append(name)
            elif word == "pass":
                lines.append(f"pass {name} = {draw(st.sampled_from(passes))}(cfg = {value})")
                passes.append(name)
            else:
                inner = draw(
                    st.sampled_from([f"{each}(by = by)" for each in stages] or ["scale(by = by)"])
                )
                lines += [
                    f"stage {name}(in frames: IMAGE, by: float = {value}) -> IMAGE {{",
                    f"    out = frames -> {inner}",
                    "}",
                ]
                stages.append(name)
            own.append((word, name))
        steps = [draw(st.sampled_from(passes)), draw(st.sampled_from(passes))]
        steps += [f"{each}(by = 0.5)" for each in stages[:2]]
        lines += [
            f"pipeline p{number} {{",
            '    image = "a.png"',
            f'    prompt = "é {{{draw(st.sampled_from(["wan22.negative", "pipeline.seed"]))}}}"',
            "    size = 832x480",
            "    length = 5s",
            f'    flow = {" -> ".join(steps)} -> save("x")',
            "}",
        ]
        declared[number] = own
        texts[f"f{number}.wan"] = "\n".join(lines) + "\n"
    return texts


@settings(max_examples=5)
@given(texts=projects(), data=st.data())
def test_a_name_of_a_generated_project_is_renamed(
    texts: dict[str, str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("project").resolve()
    project = project_in(folder, texts)
    files = [folder / name for name in texts]
    names = sorted({each.name for file in files for each in declared_in(project, file)})
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    holds(project, files, frozenset(chosen))


HOUSE = """wan 1
use wan22

param cfg: float = 1.0
let kept = cfg

pass deep = wan22.high(cfg = kept)

pipeline base {
    image = "a.png"
    prompt = "walks"
    size = 832x480
    length = 5s
    flow = deep -> wan22.low -> save("x")
}
"""

BENCH = """wan 1
use "house.wan" as house

bench orders {
    of   = house.base
    vary = { deep.cfg = [1.0, 1.5], house.cfg = [2.0, 3.0] }
}
"""


def test_a_bench_of_another_file_varies_the_pass_by_its_new_name(tmp_path: Path) -> None:
    project = project_in(tmp_path, {"house.wan": HOUSE, "bench.wan": BENCH})
    view = project.view(tmp_path / "house.wan")
    texts = applied(renaming.rename(project, view, HOUSE.index("deep"), "noisy").edits)
    bench = texts[(tmp_path / "bench.wan").resolve()]
    assert bench == BENCH.replace("deep.cfg", "noisy.cfg")
    texts = applied(renaming.rename(project, view, HOUSE.index("cfg"), "guidance").edits)
    bench = texts[(tmp_path / "bench.wan").resolve()]
    assert bench == BENCH.replace("house.cfg", "house.guidance")


@pytest.mark.parametrize(
    ("word", "new", "reason"),
    [
        ("deep", "Deep", "is not a name"),
        ("deep", "kept", "has a `kept` already"),
        ("deep", "of", "is a word of the language"),
        ("cfg", "_cfg", "would be private"),
        ("wan22.high(", "x", ""),
        ("high(", "x", "belongs to the standard library"),
        ("image", "x", "a setting of the language"),
        ("1.0", "x", "there is no name here"),
    ],
)
def test_what_cannot_be_renamed_is_told(word: str, new: str, reason: str, tmp_path: Path) -> None:
    project = project_in(tmp_path, {"house.wan": HOUSE, "bench.wan": BENCH})
    view = project.view(tmp_path / "house.wan")
    if not reason:
        assert renaming.rename(project, view, HOUSE.index(word), new).edits
        return
    with pytest.raises(CannotRename, match=reason):
        renaming.rename(project, view, HOUSE.index(word), new)


def test_an_unsaved_text_counts_and_a_broken_one_stops_it(tmp_path: Path) -> None:
    project = project_in(tmp_path, {"house.wan": HOUSE, "bench.wan": "wan 1\n"})
    view = project.view(tmp_path / "house.wan")
    assert len(applied(renaming.rename(project, view, HOUSE.index("cfg"), "x").edits)) == 1
    project.open(tmp_path / "bench.wan", BENCH)
    assert len(applied(renaming.rename(project, view, HOUSE.index("cfg"), "x").edits)) == 2
    project.open(tmp_path / "bench.wan", f"{BENCH}let a = [\n")
    with pytest.raises(CannotRename, match=r"bench\.wan has syntax errors"):
        renaming.rename(project, view, HOUSE.index("cfg"), "x")


def test_other_files_that_may_name_it_are_told(tmp_path: Path) -> None:
    project = project_in(tmp_path, {"house.wan": HOUSE, "params.toml": "size = 1\ncfg = 2.0\n"})
    view = project.view(tmp_path / "house.wan")
    notes = renaming.rename(project, view, HOUSE.index("cfg"), "guidance").notes
    assert notes == ("`cfg` also occurs in params.toml line 2: not renamed there",)
    assert not renaming.rename(project, view, HOUSE.index("kept"), "x").notes
