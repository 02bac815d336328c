"""What an editor has made of a file: answers are data, whatever is wrong with the file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from wan22dsl.diagnostics import Severity
from wan22dsl.editor import commands, graph_map
from wan22dsl.editor.project import Project, Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
PORTRAIT = EXAMPLES / "portrait.wan"


@pytest.fixture(scope="module")
def project():
    return Project(Settings(card="RTX 5090"))


@pytest.fixture(scope="module")
def portrait(project):
    return project.view(PORTRAIT)


def test_a_pipeline_is_compiled_in_both_formats(project, portrait):
    prompt = commands.compile(project, portrait, "portrait")
    assert prompt.problem == ""
    assert json.loads(prompt.data["text"])["high.sampler"]["inputs"]["end_at_step"] == 2
    workflow = commands.compile(project, portrait, None, "workflow")
    assert json.loads(workflow.data["text"])["nodes"]


def test_values_from_outside_are_compiled_in(project, portrait):
    answer = commands.compile(project, portrait, None, values={"seed": 7})
    assert json.loads(answer.data["text"])["high.sampler"]["inputs"]["noise_seed"] == 7


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda p, v: commands.compile(p, v, "potrait"), "Did you mean `portrait`?"),
        (lambda p, v: commands.compile(p, v, None, "yaml"), "formats: prompt, workflow"),
        (lambda p, v: commands.compile(p, v, None, values={"nix": 1}), "nix"),
        (lambda p, v: commands.describe(v, "x"), "no pipeline or graph `x`"),
        (lambda p, v: commands.graph(v, "x"), "no pipeline or graph `x`"),
        (lambda p, v: commands.run_command(p, v, "x"), "no pipeline or graph `x`"),
        (lambda p, v: commands.diff(p, v, Path("nowhere.json"), None), "nowhere.json"),
        (lambda p, v: commands.import_file(p, Path("nowhere.json")), "nowhere.json"),
    ],
)
def test_what_cannot_be_done_is_a_problem_in_words(project, portrait, ask, problem):
    assert problem in ask(project, portrait).problem


def test_errors_of_the_text_come_with_the_problem(tmp_path):
    project, file = Project(), tmp_path / "a.wan"
    project.open(file, PORTRAIT.read_text().replace("wan22.i2v_high\n", "wan22.i2v_hihg\n"))
    answer = commands.compile(project, project.view(file), None)
    assert answer.problem == "1 error; nothing was written"
    assert [each.severity for each in answer.findings][:1] == [Severity.ERROR]


def test_an_estimate_has_its_passes_and_a_summary(portrait):
    (row,) = commands.estimate(portrait, None).data["pipelines"]
    assert re.fullmatch(r"\d+ ± \d+ s on RTX 5090", row["summary"])
    assert row["passes"] == {"high.sampler": "high", "low.sampler": "low"}
    assert [each["pass_id"] for each in row["cost"]["passes"]] == ["high.sampler", "low.sampler"]


def test_without_a_card_no_time_is_guessed():
    view = Project().view(PORTRAIT)
    answer = commands.estimate(view, "portrait")
    assert answer.data["card"] is None
    assert answer.data["pipelines"][0]["summary"] == ""
    assert answer.data["pipelines"][0]["cost"]["seconds"] is None


def test_the_boxes_of_a_picture_are_in_it_and_lead_to_the_text(portrait):
    answer = commands.graph(portrait, None)
    assert answer.data["is_whole"]
    for box in answer.data["boxes"]:
        assert f'<g id="{box["id"]}">' in answer.data["svg"]
    (rife,) = (box for box in answer.data["boxes"] if box["node"] == "rife")
    assert rife["places"][0].text == "rife(times = 2)"


@pytest.mark.parametrize(
    ("marked", "nodes"),
    [
        ("ri|fe(times", {"rife"}),
        ('image  = "port|rait', {"image"}),
        ("steps   = 0.|.2", {"high.sampler"}),
        ("pass hi|gh {", {"high.lora.1", "high.shift", "high.sampler"}),
        ("# Another se|ed makes", set()),
    ],
)
def test_the_picture_follows_the_cursor(portrait, marked, nodes):
    before, after = marked.split("|")
    offset = portrait.source.text.index(before + after) + len(before)
    found = commands.graph_at(portrait, "portrait", offset).data["nodes"]
    assert set(found) >= nodes
    assert bool(found) == bool(nodes)


def test_the_picture_of_a_pipeline_with_errors_shows_what_there_is(tmp_path):
    project, file = Project(), tmp_path / "a.wan"
    project.open(file, PORTRAIT.read_text().replace("cfg     = 1.0", "cfg     = prompt"))
    answer = commands.graph(project.view(file), None)
    assert not answer.data["is_whole"]
    assert "high.sampler" in {box["node"] for box in answer.data["boxes"]}


def test_a_difference_counts_what_is_not_saved(tmp_path):
    project = Project()
    (tmp_path / "a.wan").write_text(PORTRAIT.read_text())
    project.open(tmp_path / "b.wan", PORTRAIT.read_text().replace("cfg     = 1.0", "cfg     = 2.0"))
    view = project.view(tmp_path / "b.wan")
    answer = commands.diff(project, view, tmp_path / "a.wan", None)
    assert answer.data["lines"] == ["both passes: cfg 1.0 → 2.0"]
    project.open(tmp_path / "a.wan", view.source.text)
    assert commands.diff(project, view, tmp_path / "a.wan", None).data["same"]


def test_a_workflow_is_imported_as_text(project, portrait, tmp_path):
    made = commands.compile(project, portrait, None, "prompt").data["text"]
    (tmp_path / "w.json").write_text(made)
    answer = commands.import_file(project, tmp_path / "w.json")
    assert "flow" in answer.data["text"]


def test_a_command_line_runs_the_pipeline_of_the_saved_file(tmp_path):
    project, file = Project(Settings(card="RTX 5090")), tmp_path / "a.wan"
    (tmp_path / "wan.toml").write_text("")
    file.write_text(PORTRAIT.read_text())
    answer = commands.run_command(project, project.view(file), "portrait", simulate=True, json=True)
    assert answer.data["argv"][1:4] == ["-m", "wan22dsl", "run"]
    assert answer.data["argv"][5:] == [
        "--pipeline", "portrait", "--simulate", "--card", "RTX 5090", "--json",
    ]  # fmt: skip
    assert (answer.data["cwd"], answer.data["is_saved"]) == (str(tmp_path), True)
    project.open(file, file.read_text() + "\n# later")
    assert not commands.run_command(project, project.view(file), "portrait").data["is_saved"]


def test_a_real_run_goes_to_the_server_that_the_editor_was_told():
    project = Project(Settings(server="http://127.0.0.1:9"))
    view = project.view(PORTRAIT)
    assert commands.run_command(project, view, None).data["argv"][-2:] == [
        "--server", "http://127.0.0.1:9",
    ]  # fmt: skip
    assert "--server" not in commands.run_command(project, view, None, simulate=True).data["argv"]


@pytest.mark.parametrize("name", ["wan.toml", "data.json", "notes.txt", "large.wan"])
def test_what_has_no_pipelines_is_a_problem_of_every_command(tmp_path, name):
    project, file = Project(), tmp_path / name
    project.open(file, "# x\n" * 60_000 if name == "large.wan" else "{}")
    view = project.view(file)
    for answer in (
        commands.compile(project, view, None),
        commands.estimate(view, None),
        commands.graph(view, None),
        commands.graph_at(view, None, 0),
        commands.diff(project, view, PORTRAIT, None),
    ):
        assert answer.problem


def test_a_bench_is_run_by_its_name():
    project = Project()
    view = project.view(EXAMPLES / "attention.wan")
    name = next(each.name.text for each in view.tree.declarations if each.word.text == "bench")
    words = commands.run_command(project, view, name).data["argv"]
    assert (words[3], words[5]) == ("bench", name)


def test_a_wrong_configuration_is_the_problem_of_every_command(tmp_path):
    (tmp_path / "wan.toml").write_text("card = 3\n")
    (tmp_path / "a.wan").write_text(PORTRAIT.read_text())
    project = Project()
    view = project.view(tmp_path / "a.wan")
    for answer in (
        commands.compile(project, view, None),
        commands.describe(view, None),
        commands.graph(view, None),
        commands.run_command(project, view, None),
    ):
        assert "card" in answer.problem


def test_workflow_json_is_described_and_drawn(project, portrait, tmp_path):
    made = commands.compile(project, portrait, None, "workflow").data["text"]
    (tmp_path / "w.json").write_text(made)
    view = project.view(tmp_path / "w.json")
    assert "# Passes" in commands.describe(view, None).data["markdown"]
    assert commands.graph(view, None).data["boxes"]
    assert "only a .wan file" in commands.compile(project, view, None).problem


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.wan")), ids=lambda file: file.stem)
def test_every_example_is_drawn_and_every_box_is_known_to_the_cursor(project, file):
    view = project.view(file)
    for name, graph in view.graphs.items():
        if graph.nodes:
            for box in graph_map.picture(view, name).boxes:
                for place in box.places:
                    if place.source.path == view.source.path:
                        assert graph_map.at(view, name, place.start)
