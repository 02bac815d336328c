"""The report of a bench says what its outcome says: no number without a measure, no word of its own."""

from __future__ import annotations

import pytest

from tests.machine.installs import install, site_packages
from tests.machine.test_difference import of as of_machine
from tests.report.results.made_bench import Measured, made, outcome
from tests.report.results.test_of_run import section, texts
from wan22dsl.bench import store
from wan22dsl.machine import snapshot as machine
from wan22dsl.report.results import of_bench
from wan22dsl.report.results.bench import Bench
from wan22dsl.report.results.contents import Chart, Prose, Table
from wan22dsl.run import snapshots

PLAIN = Measured("plain", ((30.0, 30.2, 29.9), (30.1, 30.0, 30.3)))
SAGE = Measured("sage", ((24.0, 24.1, 23.9), (24.2, 24.0, 24.1)), profile="sage")
OOM = Measured("long", profile="sage", cause="out of memory", text="Out of memory in `low`.")
HOT = Measured("hot", cause="throttled", text="The card was throttled by heat.")


@pytest.fixture
def report(tmp_path):
    bench = made(tmp_path, PLAIN, SAGE, OOM, HOT, baseline="plain", cold=1)
    return of_bench.result(bench)


def rows(table):
    """The rows of a table, by their first value: title of the column → text."""
    titles = [column.title for column in table.columns]
    return {row[0].text: dict(zip(titles, (each.text for each in row))) for row in table.rows}


def chart(report, name):
    return next(each for each in section(report, "charts") if each.id.endswith(name))


def test_sections_are_in_the_order_in_which_people_ask(report):
    assert [each.title for each in report.sections] == [
        "What could not be measured",
        "Results",
        "Recommendations for the RTX 4090",
        "Charts",
        "Timelines",
        "Environment",
        "How it was measured",
    ]
    assert report.verdict == "`sage` is 16.5 % faster than `plain`."
    assert dict(report.facts)["measured"] == "24 runs in 4 sessions"


def test_what_failed_has_its_reason_and_no_number(report):
    assert texts(section(report, "gaps")) == [
        "long, not measured: Out of memory in `low`.",
        "hot, not measured: The card was throttled by heat.",
    ]
    found = rows(section(report, "cells")[0])
    for name in ("long", "hot"):
        numbers = {key: text for key, text in found[name].items() if key not in ("cell", "word")}
        assert set(numbers.values()) == {"–", "0"} and found[name]["word"] == "not measured"
    totals = {row.label: row for row in chart(report, "-total").drawing.rows}
    assert (totals["long"].value, totals["long"].points) == (None, ())
    assert totals["long"].note == "out of memory"


def test_the_table_has_the_figures_of_the_outcome_and_its_words(report):
    found = rows(section(report, "cells")[0])
    assert found["sage"] == {
        "cell": "sage",
        "total, s": "121.2",
        "against baseline": "−16.5 %",
        "word": "faster",
        "runs": "3 + 3",
        "high: a step, s": "24.05",
        "low: a step, s": "24.05",
        "peak, GiB": "20.0",
    }
    assert found["plain"]["word"] == "baseline"


def test_every_run_that_counts_is_a_point_and_no_other(report):
    points = {row.label: row.points for row in chart(report, "-total").drawing.rows}
    assert {name: len(found) for name, found in points.items()} == {
        "plain": 6,
        "sage": 6,
        "long": 0,
        "hot": 0,
    }
    assert [point.round for point in points["sage"]] == [1, 1, 1, 2, 2, 2]


def test_target_bands_are_those_of_the_ratings(report):
    assert [(band.start, band.end) for band in chart(report, "-total").drawing.bands] == [
        (0.0, 150.0),
        (150.0, 180.0),
    ]


def test_differences_have_the_band_of_noise_and_a_point_for_each_round(report):
    drawing = chart(report, "-difference").drawing
    (row,) = drawing.rows
    assert drawing.band_percent == 3.9 and row.tone == "good" and len(row.points) == 2
    assert row.value == pytest.approx(sum(row.points) / 2, abs=0.1)


def test_cold_runs_are_apart_from_warm_ones(report):
    cold = rows(next(each for each in section(report, "cells") if each.id.endswith("cold-table")))
    assert cold["sage"]["total, s"] == "167.0"
    assert cold["sage"]["more than warm, s"] == "45.8"


def test_the_parts_of_a_difference_name_the_pass_and_its_step(report):
    table = next(each for each in section(report, "cells") if each.id.endswith("parts-table"))
    first = [value.text for value in table.rows[0]]
    assert first == ["sage", "high: sampling", "−12.0", "60.1", "48.1", "30.05 → 24.05"]


def test_memory_is_drawn_against_that_of_the_card(report):
    assert chart(report, "-memory").drawing.limit == (24.0, "card 24.0")


def test_timelines_are_of_runs_near_the_figure_of_their_cell_and_on_one_scale(report):
    charts = [each for each in section(report, "time") if isinstance(each, Chart)]
    assert [each.title.partition(":")[0] for each in charts] == ["plain", "sage"]
    assert len({each.drawing.end_s for each in charts}) == 1


def test_without_a_baseline_nothing_is_compared(tmp_path):
    report = of_bench.result(made(tmp_path, PLAIN, SAGE))
    found = rows(section(report, "cells")[0])
    assert {row["word"] for row in found.values()} == {"no baseline"}
    assert {row["against baseline"] for row in found.values()} == {"–"}
    assert not any(each.id.endswith("-difference") for each in section(report, "charts"))
    assert "smallest difference" in section(report, "how")[1].text


def test_where_nothing_was_measured_there_are_no_charts_and_no_recommendation(tmp_path):
    report = of_bench.result(made(tmp_path, OOM, HOT, baseline="long"))
    assert section(report, "charts") == () and section(report, "time") == ()
    (sentence,) = section(report, "use")
    assert isinstance(sentence, Prose) and sentence.text.startswith("None:")


def test_a_bench_that_was_only_planned_says_that_nothing_was_run(tmp_path):
    made(tmp_path, PLAIN, baseline="plain")
    (tmp_path / "bench.jsonl").unlink()
    stored = store.load(tmp_path)
    report = of_bench.result(Bench("bench-1", stored, outcome(stored)))
    assert texts(section(report, "gaps")) == ["plain, not measured: It was not run."]
    assert dict(report.facts)["measured"] == "nothing"


def test_a_simulated_bench_says_so_everywhere(tmp_path):
    report = of_bench.result(made(tmp_path, PLAIN, SAGE, baseline="plain", simulated=True))
    assert (
        report.warning.startswith("Simulated: no model was run.") and "RTX 4090" in report.warning
    )
    charts = [
        each
        for name in ("charts", "time")
        for each in section(report, name)
        if isinstance(each, Chart)
    ]
    assert len(charts) == 6 and all(each.is_simulated for each in charts)
    assert "simulation" in section(report, "use")[-1].text


def test_how_it_was_measured_has_design_words_sessions_and_all_runs(report):
    blocks = section(report, "how")
    assert "1 discarded run (3 where something compiles), then 3 measured runs" in blocks[0].text
    assert "3.9 %" in blocks[1].text
    tables = {each.id: each for each in blocks if isinstance(each, Table)}
    assert [row[1].text for row in tables["bench-1-sessions"].rows] == ["1", "1", "2", "2"]
    runs = tables["bench-1-runs"]
    assert runs.is_folded and len(runs.rows) == 24
    assert {row[-1].text for row in runs.rows} == {"yes", "no", "apart", "no, a warm-up"}


def test_the_data_has_the_lines_and_no_folder(report):
    assert report.data["plan"]["file"] == "attention.wan"
    assert [cell["state"] for cell in report.data["cells"]] == [
        "measured",
        "measured",
        "not measured",
        "not measured",
    ]


def test_machines_of_sessions_are_compared_by_effect(tmp_path):
    folder = install(tmp_path / "ComfyUI", packages={"torch": "2.9.1", "numpy": "2.3.5"})
    plain = of_machine(folder)
    for name in ("numpy-2.4.0", "sageattention-2.2.0"):
        (site_packages(folder) / f"{name}.dist-info").mkdir()
    (site_packages(folder) / "numpy-2.3.5.dist-info").rmdir()
    sage = of_machine(folder)
    for each in (plain, sage):
        snapshots.keep(each, tmp_path)
    kept = (("plain", plain.digest), ("sage", sage.digest))
    report = of_bench.result(made(tmp_path, PLAIN, SAGE, baseline="plain", snapshots=kept))
    first, *others = [each for each in section(report, "environment") if isinstance(each, Table)]
    assert first.caption == "The machine in session 1 (plain)"
    (difference,) = others
    assert difference.caption == "Session 2 (sage) against session 1 (plain)"
    assert [row[3].text for row in difference.rows] == ["attention", "packages"]
    assert [value.text for value in difference.rows[0][:3]] == ["sageattention", "(none)", "2.2.0"]


def test_a_card_of_which_a_snapshot_has_only_the_name_is_shown(tmp_path):
    install(tmp_path / "ComfyUI")
    whole = of_machine(tmp_path / "ComfyUI")
    bare = machine.Snapshot({**whole.data, "cards": [{"name": "a card"}]})
    bare = machine.Snapshot({**bare.data, "digest": machine._hash(machine.lasting(bare.data))})
    snapshots.keep(bare, tmp_path)
    kept = (("plain", bare.digest),)
    report = of_bench.result(made(tmp_path, PLAIN, SAGE, baseline="plain", snapshots=kept))
    assert rows(section(report, "environment")[0])["card"]["value"] == "a card"
