"""The files of an editor: a view is as the texts are now."""

from __future__ import annotations

from tests.conftest import ROOT
from wan22dsl.editor.project import Project, Settings

#: The portrait, whose length another file has.
PIPELINE = (
    (ROOT / "examples" / "portrait.wan")
    .read_text(encoding="utf-8")
    .replace("use wan22\n", 'use wan22\nuse "house.wan" as house\n')
    .replace("length = 5s", "length = house.length")
)


def codes(view):
    return [finding.code for finding in view.findings]


def test_a_view_is_kept_until_the_text_changes(tmp_path):
    project, file = Project(), tmp_path / "a.wan"
    project.open(file, "pass high {\n")
    first = project.view(file)
    assert project.view(file) is first
    project.open(file, "")
    assert project.view(file) is not first
    assert project.view(file).source.text == ""


def test_an_unsaved_text_of_a_used_file_counts_for_those_that_use_it(tmp_path):
    project, file, used = Project(), tmp_path / "a.wan", tmp_path / "house.wan"
    used.write_text("wan 1\nlet length = 5s\n", encoding="utf-8")
    project.open(file, PIPELINE)
    assert not any(finding.is_error for finding in project.view(file).findings)
    before = codes(project.view(file))
    project.open(used, "wan 1\nlet size = 5s\n")
    assert set(codes(project.view(file))) - set(before)
    project.close(used)
    assert codes(project.view(file)) == before
    assert project.view(file).used_files == {used.resolve()}


def test_suppressions_and_the_configuration_count(tmp_path):
    project, file = Project(), tmp_path / "a.wan"
    project.open(file, "wan 1\npass high { model = nothing }\n")
    assert codes(project.view(file))
    (tmp_path / "wan.toml").write_text(
        f'ignore = ["{codes(project.view(file))[0]}"]\n', encoding="utf-8"
    )
    project.disk_changed()
    assert not codes(project.view(file))
    assert not project.view(file).problem


def test_a_wrong_configuration_is_told_and_nothing_is_judged(tmp_path):
    project, file = Project(), tmp_path / "a.wan"
    (tmp_path / "wan.toml").write_text("select = 1\n", encoding="utf-8")
    project.open(file, PIPELINE)
    view = project.view(file)
    assert "wan.toml" in view.problem and not view.findings and view.program is None


def test_another_card_is_judged_at_once(tmp_path):
    project, file = Project(), tmp_path / "a.wan"
    project.open(file, PIPELINE)
    assert project.view(file).card is None
    project.settings = Settings(card="RTX 4090")
    assert project.view(file).card == "RTX 4090"
