"""The report of a run says what is in its record, and what is not there."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.report.results.made import pass_, put, record, timing, usage
from wan22dsl.report.results import of_run
from wan22dsl.report.results.contents import Chart, Items, Prose, Table


def section(result, name):
    """The blocks of a section; none where the report does not have it."""
    return next((each.blocks for each in result.sections if each.id.endswith(f"-{name}")), ())


def texts(blocks):
    found = []
    for block in blocks:
        if isinstance(block, Items):
            found += [f"{item.label}: {item.text}" for item in block.items]
        elif isinstance(block, Prose):
            found.append(block.text)
    return found


def made(tmp_path, **other):
    return of_run.result(record(**other), tmp_path, "run")


def test_the_verdict_has_the_time_the_card_and_the_grade_of_the_whole(tmp_path):
    found = made(tmp_path)
    assert found.verdict == (
        "clip took 151.0 s on the RTX 4090, good against its target of 150 s excellent, "
        "180 s good (guide.two_passes)."
    )
    assert (found.tone, found.warning) == ("good", "")


@pytest.mark.parametrize(
    ("other", "verdict", "tone"),
    [
        (
            {
                "result": "error",
                "findings": [
                    {
                        "code": "WAN904",
                        "name": "out-of-memory",
                        "severity": "error",
                        "message": "Out of memory in `low`.",
                        "place": None,
                    }
                ],
            },
            "clip on the RTX 4090 ended with an error after 151.0 s: Out of memory in `low`.",
            "bad",
        ),
        (
            {"timing": None, "result": "unfinished"},
            "clip on the RTX 4090 was not finished when its record was written.",
            "bad",
        ),
        (
            {"timing": timing(all_cached=True)},
            "clip was not run: the server had every result in its cache.",
            "warn",
        ),
        (
            {"not_counted": ["`Smooth` has no estimate"], "ratings": []},
            "clip has no total on the RTX 4090: a part of it has no estimate.",
            "",
        ),
        ({"ratings": []}, "clip took 151.0 s on the RTX 4090.", ""),
        (
            {
                "ratings": [
                    {
                        "what": "low",
                        "seconds": 90.0,
                        "verdict": "slow",
                        "target": "80 s (t)",
                        "note": "",
                    }
                ]
            },
            "clip took 151.0 s on the RTX 4090; low was slow (target 80 s (t)).",
            "bad",
        ),
    ],
    ids=["error", "unfinished", "cached", "not counted", "not rated", "slow"],
)
def test_the_verdict_of_what_is_no_plain_success(tmp_path, other, verdict, tone):
    found = made(tmp_path, **other)
    assert (found.verdict, found.tone) == (verdict, tone)


def test_a_simulated_run_says_so_at_its_top_and_at_its_chart(tmp_path):
    found = made(tmp_path, simulated=True)
    assert found.warning.startswith("Simulated: no model was run.")
    (chart,) = section(found, "time")
    assert chart.is_simulated


def test_what_is_missing_is_listed_with_its_reason(tmp_path):
    found = made(
        tmp_path,
        not_as_set=["attention: pytorch was used, sage was set"],
        memory={"note": "The server is elsewhere."},
        timing=timing(pass_("high", cached=True), pass_("low"), complete=False),
        ratings=[
            {
                "what": "high",
                "seconds": 1.0,
                "verdict": "not rated",
                "target": "x",
                "note": "cached",
            }
        ],
    )
    assert texts(section(found, "gaps")) == [
        "not as set: attention: pytorch was used, sage was set",
        "times: The connection broke: times of single nodes are not exact, the total is.",
        "times: high came from the cache: its times are no measure.",
        "memory: The server is elsewhere.",
        "log: The server gives no log: nothing is known of fallbacks.",
        "not rated: high: cached",
    ]


def test_the_step_is_the_median_of_the_steps_but_the_first(tmp_path):
    found = made(tmp_path, timing=timing(pass_("high", steps_s=(60.0, 10.0, 12.0, 30.0, 11.0))))
    (table,) = section(found, "passes")
    row = dict(zip((column.title for column in table.columns), table.rows[0]))
    assert (row["a step, s"].text, row["steps"].text) == ("11.50", "5")


def test_times_of_a_pass_from_the_cache_are_left_out(tmp_path):
    found = made(tmp_path, timing=timing(pass_("high", cached=True), pass_("low")))
    (table,) = section(found, "passes")
    assert [value.text for value in table.rows[0]][1:8] == ["–", "–", "2", "–", "–", "–", "–"]
    assert table.rows[0][-1].text == "from the cache"


def test_the_timeline_has_every_second_of_the_parts_and_a_table_of_them(tmp_path):
    chart = section(made(tmp_path), "time")[0]
    assert isinstance(chart, Chart) and isinstance(chart.table, Table)
    spans = chart.drawing.spans
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(spans))
    assert spans[-1].end_s == pytest.approx(151.0)
    assert [row[1].text for row in chart.table.rows if row[0].text == "high"] == [
        "text, image, conditioning",
        "loading the model",
        "sampling, 2 steps",
    ]
    assert chart.drawing.limit_gib == 24.0


def test_a_run_whose_memory_was_not_seen_has_no_curve_and_says_so(tmp_path):
    chart = section(made(tmp_path, memory={"note": "not seen"}), "time")[0]
    assert chart.drawing.curve == () and "is not known" in chart.notes[-1]


def test_without_a_snapshot_the_environment_is_what_the_server_said(tmp_path):
    table, reason = section(made(tmp_path), "environment")
    rows = {name.text: value.text for name, value in table.rows}
    assert rows["flags"] == "--use-sage-attention"
    assert "has no snapshot" in reason.text


def test_a_snapshot_that_is_gone_is_named(tmp_path):
    found = made(tmp_path, snapshot="ab" * 32)
    assert "snapshot-abababababababab.json is missing" in section(found, "environment")[1].text


def test_neither_the_folder_of_the_file_nor_the_prompt_json_goes_into_the_report(tmp_path):
    source = record().source.model_dump() | {"file": "C:\\Users\\joe\\clip.wan"}
    found = made(tmp_path, source=source)
    assert dict(found.facts)["file"] == "clip.wan"
    assert found.data["source"]["file"] == "clip.wan"
    assert "json" not in found.data["prompt"]


def test_what_is_read_back_is_reported_alike(tmp_path):
    from wan22dsl.report.results import gathering

    put(tmp_path, record(memory={**usage(), "note": ""}))
    (run,) = gathering.gather([str(tmp_path)]).runs
    assert of_run.result(run.record, run.folder, "run") == made(tmp_path)
