"""`wan report`: what it takes, what it writes, and how it fails."""

from __future__ import annotations

import sys

import pytest

from tests.fleet.made_batch import made
from tests.report.results.made import put, record
from tests.report.results.made_bench import Measured, Whole
from tests.report.results.made_bench import put as put_bench


@pytest.fixture
def runs(wan):
    put(wan.folder / "runs", record(), record("20260301T130000-clip-0002"))
    return wan


def test_a_folder_of_runs_becomes_a_page(runs):
    found = runs("report", "runs")
    assert (found.stdout, found.stderr, found.status) == ("", "wrote report.html\n", 0)
    assert "<h1>2 runs</h1>" in runs.read("report.html")


def test_a_record_becomes_a_page_with_its_twin(runs):
    name = "runs/run-20260301T120000-clip-0001.json"
    found = runs("report", name, "-o", "out/clip.html", "--markdown")
    assert found.status == 2, "a folder that is not there is not made"
    (runs.folder / "out").mkdir()
    found = runs("report", name, "-o", "out/clip.html", "--markdown")
    assert found.stderr == "wrote out/clip.html\nwrote out/clip.md\n"
    assert runs.read("out/clip.md").startswith("# clip, one run\n")


def test_markdown_goes_to_standard_output_or_to_a_file_by_its_ending(runs):
    shown = runs("report", "runs", "-o", "-").stdout
    assert shown.startswith("# 2 runs\n")
    assert runs("report", "runs", "-o", "x.md").stderr == "wrote x.md\n"
    assert runs.read("x.md") == shown


def test_without_the_libraries_markdown_still_works_and_a_page_says_what_to_install(
    runs, monkeypatch
):
    for name in ("jinja2", "vl_convert"):
        monkeypatch.setitem(sys.modules, name, None)
    found = runs("report", "runs")
    assert found.status == 2 and found.stderr.count("\n") == 1
    assert 'pip install "wan22dsl[report]"' in found.stderr
    assert runs("report", "runs", "-o", "x.md").status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "none"), "none: No such file"),
        (("report", "empty"), "empty: has no bench, no batch and no record of a run"),
        (("report", "runs", "-o", "x.pdf"), "x.pdf: a report is a `.html` or a `.md` file"),
        (("report", "a.json"), "a.json: is not the record of a run"),
    ],
)
def test_what_cannot_be_reported_is_said_in_a_line(runs, words, said):
    (runs.folder / "empty").mkdir()
    runs.write("a.json", "{}")
    found = runs(*words)
    assert found.status == 2 and said in found.stderr and found.stderr.count("\n") == 1


def test_a_record_that_is_damaged_does_not_keep_the_others_out(runs):
    runs.write("runs/run-x.json", '{"record": 1}')
    found = runs("report", "runs", "-o", "-")
    assert found.status == 0 and found.stderr.startswith("left out: runs/run-x.json: is damaged")
    assert found.stdout.startswith("# 2 runs\n")


PLAIN, SAGE = (
    Measured(name, ((step_s,) * 3, (step_s * 1.001,) * 3), profile=name)
    for name, step_s in (("plain", 30.0), ("sage", 24.0))
)


@pytest.fixture
def benches(wan):
    put_bench(wan.folder / "all" / "one", (PLAIN, SAGE), Whole(baseline="plain", cold=1))
    whole = Whole(baseline="plain", simulated=True, id="bench-two")
    put_bench(wan.folder / "all" / "two", (PLAIN, SAGE), whole)
    return wan


@pytest.mark.parametrize("path", ["all/one", "all/one/bench.json", "all/one/bench.jsonl"])
def test_a_bench_becomes_a_report_by_its_folder_or_a_file_of_it(benches, path):
    found = benches("report", path, "-o", "-")
    assert found.stdout.startswith("# attention: 2 configurations of clip\n")
    assert "| sage | 121.0 | −16.6 % (−24.0 s) | faster |" in found.stdout
    assert "Simulated" not in found.stdout


def test_a_folder_of_benches_has_all_of_them_below_an_overview(benches):
    found = benches("report", "all", "-o", "-")
    assert found.stdout.startswith("# 2 benches\n\n## Overview\n")
    assert "> **Simulated: no model was run." in found.stdout
    benches("report", "all")
    assert benches.read("report.html").count("<article") == 2


def test_a_bench_whose_plan_is_damaged_is_said_in_a_line(benches):
    benches.write("all/one/bench.json", "{}")
    found = benches("report", "all/one")
    assert found.status == 2 and "all/one/bench.json: is damaged" in found.stderr
    assert found.stderr.count("\n") == 1


def test_the_guide_has_real_benches_only_and_is_markdown(benches):
    assert benches("report", "--guide", "all").stderr == "wrote optimizing.md\n"
    guide = benches.read("optimizing.md")
    assert "## RTX 4090" in guide and "Left out: 1 simulated bench." in guide
    assert benches("report", "--guide", "all", "-o", "-").stdout == guide
    found = benches("report", "--guide", "all", "-o", "guide.html")
    assert found.status == 2 and "the guide is Markdown" in found.stderr


@pytest.mark.parametrize("path", ["all/b", "all/b/batch.json", "all/b/batch.jsonl", "all"])
def test_a_batch_becomes_a_report_by_its_folder_or_a_file_of_it(wan, path):
    made(9, 3, broken=("0004",)).put(wan.folder / "all" / "b")
    found = wan("report", path, "-o", "-")
    assert (found.status, found.stderr) == (0, "")
    assert found.stdout.startswith("# portrait: a batch of 9 jobs\n\n**8 of 9 jobs are done in ")
    assert "was set aside: KeyError in `high.sampler`" in found.stdout


def test_a_batch_whose_plan_is_damaged_is_said_in_a_line(wan):
    made(2, 1).put(wan.folder / "b")
    wan.write("b/batch.json", "{}")
    found = wan("report", "b")
    assert found.status == 2 and "b/batch.json: is damaged" in found.stderr
