"""The report of a batch: what was planted is said once, in one sentence, and in bounded tables."""

from __future__ import annotations

import pytest

from tests.fleet.made_batch import Faults, Made, made, plan
from tests.report.results.test_of_run import section
from tests.report.results.test_page import HOSTILE, Read
from wan22dsl.fleet import store
from wan22dsl.report.results import gathering, markdown, of_batch, page, reports
from wan22dsl.report.results.batch import batch_of
from wan22dsl.report.results.contents import Items, Lanes, Table

FULL = {f"{n:04}": "RTX 3090" for n in range(1, 30, 4)}


def result_of(batch, folder, **with_):
    return of_batch.result(batch_of(batch.stored(folder, **with_), "batch-1"))


def tables(result, name):
    return [each for each in section(result, name) if isinstance(each, Table)]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    batch = made(
        60, 8, broken=("0017",), full=FULL, away={"gpu-03": (0.1, 0.2)}, slow={"gpu-01": 1.25}
    )
    return result_of(batch, tmp_path_factory.mktemp("done"))


def test_the_verdict_is_one_sentence_with_the_reason(done):
    assert done.verdict.startswith("59 of 60 jobs are done in ")
    reason = "KeyError in `high.sampler`: 'latent' is not there (job 0017, attempt 3)"
    assert done.verdict.endswith(f"on 8 servers; 1 was set aside: {reason}.")
    assert done.tone == "bad"


def test_a_slow_server_is_marked_against_its_equals_and_no_other(done):
    (servers, kinds) = tables(done, "servers")
    marked = [row[0].text for row in servers.rows if row[6].tone == "bad"]
    assert marked == ["gpu-01"]
    assert next(row for row in servers.rows if row[0].text == "gpu-01")[6].text == "+25 %"
    assert {row[1].text for row in kinds.rows} == {"RTX 4090", "RTX 5090", "RTX 3090", "L40S"}


def test_a_server_that_was_away_says_for_how_long_and_why(done):
    row = next(row for row in tables(done, "servers")[0].rows if row[0].text == "gpu-03")
    assert row[0].note.startswith("away for ") and "connection refused" in row[0].note


def test_reasons_are_grouped_with_their_jobs_and_servers(done):
    aside, attempts = tables(done, "failed")
    assert [(row[1].text, row[2].text) for row in aside.rows] == [("1", "0017")]
    notes = [row[0].note for row in attempts.rows]
    assert "error, of 1 job" in notes and any(note.startswith("out of memory") for note in notes)


def test_the_timeline_has_a_lane_for_each_server_and_all_its_attempts(done):
    timeline = next(each for each in section(done, "time") if isinstance(each.drawing, Lanes))
    assert timeline.drawing.lanes == tuple(f"gpu-{n:02}" for n in range(1, 9))
    many = [each for each in timeline.drawing.stretches if each.kind == "done"]
    assert len(many) == 59
    assert {each.lane for each in timeline.drawing.stretches if each.kind == "away"} == {"gpu-03"}
    assert all(
        0 <= each.start < each.end <= timeline.drawing.end for each in timeline.drawing.stretches
    )
    assert len(timeline.table.rows) == 8


def test_jobs_per_hour_add_up_to_the_jobs_that_are_done(done):
    growth = next(each for each in section(done, "time") if each.id.endswith("throughput"))
    assert sum(int(row[2].text) for row in growth.table.rows) == 59
    assert growth.drawing.points[-1][1] == 59 and growth.drawing.limit == 60


def test_of_an_unfinished_batch_it_says_what_is_left_and_what_is_not_known(tmp_path):
    batch = Made(plan(40, 4), Faults(killed_s=500))
    batch.lines.append((600.0, {"line": "batch ended", "driver": "one", "how": "stopped"}))
    found = result_of(batch, tmp_path)
    assert found.verdict.startswith("10 of 40 jobs are done after ")
    assert found.verdict.endswith("26 are waiting and 4 not known to have ended.")
    notes = [
        item.text
        for block in section(found, "failed")
        if isinstance(block, Items)
        for item in block.items
    ]
    assert any(text.startswith("4 jobs may still be on a server") for text in notes)


def test_a_batch_that_was_only_planned_says_so_and_shows_no_chart(tmp_path):
    batch = made(3, 2, until_s=0.1)
    batch.lines.clear()
    found = result_of(batch, tmp_path, with_records=False)
    assert found.verdict == "None of 3 jobs was begun: the batch is only planned."
    assert "Over time" not in [each.title for each in found.sections]


def test_what_is_shown_of_many_jobs_and_servers_is_bounded_and_said(tmp_path):
    found = result_of(made(400, 120), tmp_path, with_records=False)
    servers, jobs = tables(found, "servers")[0], tables(found, "jobs-section")[0]
    assert len(servers.rows) == 80 and "80 of 120 servers" in servers.notes[0]
    assert len(jobs.rows) == 100 and "100 of 400 jobs" in jobs.notes[0]


def test_hostile_names_are_text_in_page_and_markdown(tmp_path):
    hostile = plan(6, 2)
    jobs = tuple(
        job.model_copy(update={"label": HOSTILE, "pipeline": HOSTILE, "workload": HOSTILE})
        for job in hostile.jobs
    )
    server = hostile.servers[0].model_copy(update={"name": HOSTILE, "card": "RTX 4090"})
    hostile = hostile.model_copy(
        update={"name": HOSTILE, "jobs": jobs, "servers": (server, hostile.servers[1])}
    )
    batch = Made(hostile, Faults(broken=("0002",), text=HOSTILE))
    batch.put(tmp_path)
    report = reports.report(gathering.gather([str(tmp_path)]))
    read = Read(page.write(report))
    assert not read.open and len(read.scripts) == 2
    assert not [each for each in read.of("img") if not str(each.get("src")).startswith("data:")]
    assert not any(name.startswith("on") for _, attributes in read.elements for name in attributes)
    text = markdown.write(report)
    assert "<script" not in text.replace("\\<script", "") and "\x1b" not in text


def test_a_folder_of_batches_has_each_and_no_record_of_them_alone(tmp_path):
    for name in ("a", "b"):
        made(6, 2).put(tmp_path / name)
    found = gathering.gather([str(tmp_path), str(tmp_path / "a" / store.LINES)])
    assert [folder.name for folder in found.batches] == ["a", "b"] and not found.runs
    report = reports.report(found)
    assert report.title == "2 batches" and len(report.results) == 2
    assert report.overview[0].id == "overview-batches"
