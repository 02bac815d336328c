"""A file that is moved or renamed is still found by those that name it, and finds what it names."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.editor.test_renaming import applied, project_in
from wan22dsl.editor import moves
from wan22dsl.editor.moves import Move

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.editor.project import Project

HOUSE = "wan 1\nlet size = 832x480\n"
CLIP = """wan 1
use wan22
use "house.wan" as house

pipeline clip {
    image  = "faces/a.png"
    prompt = "house.wan turns"
    size   = house.size
    length = 5s
    flow   = wan22.high -> wan22.low -> save("clip")
}
"""


def house_in(folder: Path) -> Project:
    project = project_in(folder, {"house.wan": HOUSE, "clip.wan": CLIP, "sub/other.wan": "wan 1\n"})
    (folder / "faces").mkdir()
    (folder / "faces/a.png").write_bytes(b"x")
    return project


def moved(project: Project, folder: Path, old: str, new: str) -> list[str]:
    """Moves a file or a folder with its edits; gives the lines that became others."""
    found = moves.edits_for(project, [Move(folder / old, folder / new)])
    texts = applied(found.edits)
    before = {file: file.read_text("utf-8") for file in texts}
    for file, text in texts.items():
        file.write_text(text, "utf-8")
    (folder / new).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder / old, folder / new)
    project.disk_changed()
    return [
        line
        for file, text in sorted(texts.items())
        for line, old_line in zip(text.split("\n"), before[file].split("\n"), strict=True)
        if line != old_line
    ]


def errors(project: Project, file: Path) -> list[str]:
    """What is wrong in a file; whether its picture is there is a note."""
    return [each.message for each in project.view(file).findings if each.is_error]


def test_a_used_file_that_gets_another_name_and_place_is_used_from_there(tmp_path: Path) -> None:
    project = house_in(tmp_path)
    project.open(tmp_path / "clip.wan", CLIP)
    project.close(tmp_path / "clip.wan")
    assert moved(project, tmp_path, "house.wan", "sub/home.wan") == ['use "sub/home.wan" as house']
    assert not errors(project, tmp_path / "clip.wan")


def test_a_file_that_uses_others_takes_their_names_with_it(tmp_path: Path) -> None:
    project = house_in(tmp_path)
    found = moves.edits_for(project, [Move(tmp_path / "clip.wan", tmp_path / "sub/clip.wan")])
    assert found.notes == ('clip.wan line 6: "faces/a.png" will not be found from the new place',)
    assert moved(project, tmp_path, "clip.wan", "sub/clip.wan") == ['use "../house.wan" as house']
    assert not errors(project, tmp_path / "sub/clip.wan")


def test_a_picture_and_a_folder_are_named_as_they_are_called_then(tmp_path: Path) -> None:
    project = house_in(tmp_path)
    assert moved(project, tmp_path, "faces/a.png", "faces/b.png") == ['    image  = "faces/b.png"']
    assert moved(project, tmp_path, "faces", "people/faces") == [
        '    image  = "people/faces/b.png"'
    ]
    names = [
        each.message
        for each in project.view(tmp_path / "clip.wan").findings
        if "b.png" in each.message
    ]
    assert names and not errors(project, tmp_path / "clip.wan")


def test_a_move_that_nobody_notices_changes_nothing(tmp_path: Path) -> None:
    project = house_in(tmp_path)
    assert moved(project, tmp_path, "sub/other.wan", "sub/more.wan") == []
    outside = tmp_path.parent / "elsewhere.wan"
    assert not moves.edits_for(project, [Move(outside, outside.with_name("x.wan"))]).edits
