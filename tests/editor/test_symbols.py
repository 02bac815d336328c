"""Outlines, folds, colours and links of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import ROOT
from wan22dsl.editor import folding, links, symbols, tokens
from wan22dsl.editor.project import Project
from wan22dsl.editor.workspace_symbols import WorkspaceSymbols

if TYPE_CHECKING:
    from pathlib import Path

TEXT = '''# What it is.
# More of it.
wan 1
use wan22
use "house.wan" as house

param größe: int = 1
param seed: int = 1

model own { file = "own.safetensors", noise = "low" }
pass deep = wan22.high(model = own)

stage twice(in frames: IMAGE, by: float = 2.0) -> (large: IMAGE) {
    large = frames -> scale(by = by)
}

pipeline p {
    prompt = """
        {seed} of
        many
        """
    let start = deep
        -> wan22.low
    flow = [
        start -> save("a")
        start -> twice -> save("b")
    ]
}
'''


def view_of(folder: Path, text: str):
    project, file = Project(), folder / "a.wan"
    project.open(file, text)
    return project, project.view(file)


def test_an_outline_has_settings_and_the_elements_of_flows(tmp_path):
    _, view = view_of(tmp_path, TEXT)
    found = {each.name: each for each in symbols.of(view)}
    assert [each.kind for each in found.values()][-4:] == ["model", "pass", "stage", "pipeline"]
    assert found["seed"].detail == "param: int = 1"
    assert [each.name for each in found["twice"].children] == ["frames", "by", "large", "large"]
    assert [each.name for each in found["p"].children] == ["prompt", "start", "flow"]
    branches = found["p"].children[-1].children
    assert [[each.name for each in branch.children] for branch in branches] == [
        ["start", "save"],
        ["start", "twice", "save"],
    ]


def test_a_broken_text_keeps_its_outline(tmp_path):
    _, view = view_of(tmp_path, TEXT.replace("let start = deep", "let start ="))
    assert {"own", "deep", "twice", "p"} <= {each.name for each in symbols.of(view)}


def test_the_nodes_of_a_workflow_are_called_as_people_call_them():
    view = Project().view(ROOT / "examples/canvas/friday.json")
    found = symbols.of(view)
    assert found[0].name == "#1 (UNETLoader)" and len(found) == 18


def test_folds_are_blocks_comments_uses_strings_and_flows(tmp_path):
    _, view = view_of(tmp_path, TEXT)
    lines = TEXT.split("\n")
    found = {(lines[each.first - 1], lines[each.last - 1], each.kind) for each in folding.of(view)}
    assert found == {
        ("# What it is.", "# More of it.", "comment"),
        ("use wan22", 'use "house.wan" as house', "imports"),
        (lines[12], "    large = frames -> scale(by = by)", "region"),
        ("pipeline p {", "    ]", "region"),
        ('    prompt = """', '        """', "region"),
        ("    let start = deep", "        -> wan22.low", "region"),
        ("    flow = [", '        start -> twice -> save("b")', "region"),
    }


def colours(view, **how):
    """The type and the modifiers of each token, by its text; of several with one text the last counts."""
    return {
        view.source.text[each.start : each.end]: (
            tokens.TYPES[each.type],
            {name for bit, name in enumerate(tokens.MODIFIERS) if each.modifiers >> bit & 1},
        )
        for each in tokens.of(view, **how)
    }


def test_colours_tell_what_a_grammar_cannot_know(tmp_path):
    _, view = view_of(tmp_path, TEXT)
    found = colours(view, has_grammar=True)
    assert found["own"] == ("enumMember", {"model", "readonly", "low"})
    assert found["deep"] == ("event", {"pass", "low"})  # by its model, whatever it is a copy of
    assert found["high"] == ("event", {"pass", "defaultLibrary", "high"})
    assert found["save"] == ("function", {"stage", "defaultLibrary"})
    assert found["seed"] == ("parameter", {"param"})
    assert "pipeline" not in found and "# What it is." not in found
    every = colours(view)
    assert every["pipeline"] == ("keyword", set()) and every["# What it is."][0] == "comment"
    assert every[" of"] == ("string", set()) or every["} of"] == ("string", set())


def test_links_are_files_that_are_there(tmp_path):
    (tmp_path / "house.wan").write_text("wan 1\n", "utf-8")
    (tmp_path / "a.png").write_bytes(b"")
    text = TEXT + 'pipeline q { image = "a.png", prompt = "b.png" }\n# wan: allow(unused-node) x\n'
    project, view = view_of(tmp_path, text)
    found = links.of(project, view)
    assert [each.file and each.file.name for each in found] == ["house.wan", "a.png", None]
    assert found[-1].url.endswith("WAN513-unused-node.md")


def test_names_of_all_files_are_found_the_best_first(tmp_path):
    (tmp_path / "b.wan").write_text("wan 1\nlet deeper = 1\nlet indeed = 2\nlet x = 3\n", "utf-8")
    project, _ = view_of(tmp_path, TEXT)
    project.folders.roots = (tmp_path,)
    find = WorkspaceSymbols(project).find
    assert [each.symbol.name for each in find("deep")] == ["deep", "deeper"]
    assert [each.symbol.name for each in find("dee")] == ["deep", "deeper", "indeed"]
    assert [each.symbol.name for each in find("twc")] == ["twice"]
    (tmp_path / "b.wan").unlink()
    assert [each.symbol.name for each in find("dee")] == ["deep"]
