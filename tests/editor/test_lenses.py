"""Lenses: what can be done with a pipeline, and when it ran last."""

from __future__ import annotations

import json
import os

import pytest

from tests.conftest import ROOT
from wan22dsl.editor import lenses
from wan22dsl.editor.configuration import Lenses
from wan22dsl.editor.project import Project, Settings
from wan22dsl.editor.records import Records

EXAMPLES = ROOT / "examples"
PORTRAIT = EXAMPLES / "portrait.wan"


def lenses_of(view, project, records=None, shown=lenses.ALL):
    """The lenses as (what, name, title)."""
    records = records or Records()
    return [
        (
            lens.what,
            lens.name,
            lens.title or lenses.title_of(project, view, records, lens.what, lens.name),
        )
        for lens in lenses.of(project, view, records, shown)
    ]


@pytest.fixture
def portrait(tmp_path):
    (tmp_path / "wan.toml").write_text("")
    (tmp_path / "portrait.wan").write_text(PORTRAIT.read_text("utf-8"))
    return tmp_path / "portrait.wan"


def record(folder, number=1, file="portrait.wan", pipeline="portrait", **more):
    folder.mkdir(parents=True, exist_ok=True)
    about = {
        "record": 1,
        "started": f"2026-01-{number:02}T12:30:00.000+00:00",
        "result": "success",
        "simulated": False,
        "source": {"file": file, "pipeline": pipeline, "text": ""},
        "timing": {"total_s": 150.0 + number},
        "server": {"devices": [{"name": "cuda:0 NVIDIA GeForce RTX 4090 : native"}]},
        **more,
    }
    name = f"run-202601{number:02}T123000-{pipeline}-3f2a91c{number % 10}.json"
    (folder / name).write_text(json.dumps(about))


def test_a_pipeline_can_be_run_compiled_estimated_and_drawn(portrait):
    project = Project(Settings(card="RTX 5090"))
    found = lenses_of(project.view(portrait), project)
    assert [what for what, _, _ in found] == ["run", "compile", "estimate", "graph"]
    assert "s on RTX 5090" in found[2][2]


def test_without_a_card_the_estimate_is_a_description(portrait):
    project = Project()
    assert lenses_of(project.view(portrait), project)[2][2] == "Describe"


def test_a_bench_and_a_graph_have_theirs():
    project = Project()
    view = project.view(EXAMPLES / "attention.wan")
    assert ("bench", "attention", "Run bench") in lenses_of(view, project)
    names = {name for _, name, _ in lenses_of(project.view(EXAMPLES / "plain_graph.wan"), project)}
    assert names == {"workbench"}


def test_each_kind_can_be_switched_off(portrait):
    project = Project()
    found = lenses_of(project.view(portrait), project, shown=Lenses(run=False, compile=False))
    assert [what for what, _, _ in found] == ["estimate", "graph"]


def test_the_last_run_is_the_newest_of_this_pipeline_of_this_file(portrait):
    folder, project = portrait.parent / "wan_output", Project()
    for number in range(1, 6):
        record(folder, number)
    record(folder, 7, pipeline="other")
    record(folder, 8, file="elsewhere/portrait.wan")
    assert lenses_of(project.view(portrait), project)[-1] == (
        "showRun",
        "portrait",
        "Last run: 155 s on GeForce RTX 4090, 2026-01-05 12:30 UTC",
    )


def test_a_new_record_is_seen(portrait):
    folder, project, records = portrait.parent / "wan_output", Project(), Records()
    record(folder, 1)
    lenses_of(project.view(portrait), project, records)
    record(folder, 2)
    os.utime(folder, ns=(1, 1))  # clocks of folders are coarse
    assert "152 s" in lenses_of(project.view(portrait), project, records)[-1][2]


def test_what_did_not_succeed_or_was_simulated_says_so(portrait):
    folder, project = portrait.parent / "wan_output", Project()
    record(folder, 1, simulated=True)
    assert ", simulated, " in lenses_of(project.view(portrait), project)[-1][2]
    record(folder, 2, result="error", timing=None)
    found = lenses_of(project.view(portrait), project)
    assert found[-1][2] == "Last run: error, 2026-01-02 12:30 UTC"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"source": 3}',
        '{"source": {"file": "\\u0000", "pipeline": "portrait"}}',
        "[" * 9000,
    ],
)
def test_a_damaged_record_is_no_run(portrait, text):
    folder, project = portrait.parent / "wan_output", Project()
    folder.mkdir()
    (folder / "run-20260101T123000-portrait-3f2a91c1.json").write_text(text)
    assert len(lenses_of(project.view(portrait), project)) == 4


def test_a_text_with_errors_keeps_its_lenses(portrait):
    project = Project(Settings(card="RTX 5090"))
    project.open(portrait, PORTRAIT.read_text("utf-8").replace("cfg     = 1.0", "cfg = ("))
    assert [what for what, _, _ in lenses_of(project.view(portrait), project)][:2] == [
        "run",
        "compile",
    ]
