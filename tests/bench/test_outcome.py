"""What is said of a bench: the right word for each case, and nothing that was not measured."""

from __future__ import annotations

import math

import pytest

from tests.bench import making
from tests.bench.making import GIB, figures, run, runs, started, stored
from wan22dsl.bench import plan, statistics
from wan22dsl.bench.outcome import close_cells, outcome_of
from wan22dsl.report.benches.outcome import lines as shown
from wan22dsl.report.lines import plain

A, B = making.cell("desktop", baseline=True), making.cell("sage")


def two_rounds(
    one: list[float], two: list[float], three: list[float], four: list[float], **changes
):
    """A bench A B, B A with the times of each session."""
    own = making.plan([A, B], **changes)
    sessions = (*own.sessions, *plan.second_round(own, {A.id, B.id}))
    lines = []
    for item, cell, totals in zip(sessions, (A, B, B, A), (one, two, three, four)):
        lines += [started(item.number, item.round), *runs(item.number, cell, *totals)]
    return outcome_of(stored(own, lines))


def one_round(a: list[float], b: list[float], **changes):
    own = making.plan([A, B], **changes)
    return stored(own, started(1), runs(1, A, *a), started(2), runs(2, B, *b))


FLAT = [150.0, 151.0, 149.0]
SLOW = [165.0, 166.0, 164.0]
FAST = [120.0, 121.0, 119.0]


def test_the_estimate_is_the_mean_of_the_session_medians():
    outcome = two_rounds([150, 151, 170], [120, 121, 122], [123, 124, 125], [152, 153, 154])
    a, b = (own.figures["total_s"] for own in outcome.cells)
    assert (a.medians, a.value, a.rounds) == ((151, 153), 152, (1, 2))
    assert (b.medians, b.value, b.numbers) == ((121, 124), 122.5, (2, 3))
    (comparison,) = outcome.comparisons
    assert comparison.ratio == pytest.approx(122.5 / 152)
    assert comparison.difference == pytest.approx(122.5 - 152)
    assert comparison.word == "faster"


@pytest.mark.parametrize(
    ("second", "word"),
    [(FAST, "faster"), (SLOW, "slower"), (FLAT, "same"), ([157.0, 157.0, 157.0], "unclear")],
)
def test_two_rounds_decide(second, word):
    outcome = two_rounds(FLAT, second, second, FLAT)
    assert outcome.comparisons[0].word == word
    assert outcome.comparisons[0].smallest_percent >= 4.0


def test_one_round_never_says_faster_or_slower_and_asks_for_the_second():
    for totals in (FAST, SLOW):
        bench = one_round(FLAT, totals)
        (comparison,) = outcome_of(bench).comparisons
        assert comparison.word == "unclear" and "second round" in comparison.note
        assert close_cells(bench) == {A.id, B.id}
    bench = one_round(FLAT, FLAT)
    assert outcome_of(bench).comparisons[0].word == "same"
    assert not close_cells(bench)


def test_sessions_that_disagree_are_unclear():
    for first, second in ((SLOW, FAST), ([200, 200, 200], [150, 151, 152])):
        (comparison,) = two_rounds(FLAT, first, second, FLAT).comparisons
        assert comparison.word == "unclear" and "sessions disagree" in comparison.note


def test_runs_that_differ_more_than_the_cells_are_unclear_and_a_session_that_drifts_is_mentioned():
    drifting = [140.0, 160.0, 185.0]
    outcome = two_rounds(FLAT, drifting, drifting, drifting)
    assert outcome.comparisons[0].word == "unclear"
    assert any(
        "got slower from run to run, from 140.0 to 185.0 s" in note for note in outcome.notes
    )


def test_a_steady_drift_over_sessions_cancels_and_is_mentioned():
    times = [[150.0 * 1.03**n] * 3 for n in range(4)]
    outcome = two_rounds(*times)
    assert abs(outcome.comparisons[0].percent) < 0.2
    assert outcome.comparisons[0].word != "slower"
    assert any("drifts: 163.9 s in session 4, +9.3 %" in note for note in outcome.notes)


def test_an_outlier_changes_nothing_and_is_mentioned():
    outcome = two_rounds([150, 151, 175], FLAT, FLAT, FLAT)
    assert outcome.comparisons[0].word == "same"
    assert any("took 175.0 s, +16 %" in note for note in outcome.notes)


def test_each_note_is_shown_once():
    outcome = two_rounds([150, 151, 175], FLAT, FLAT, FLAT)
    assert plain(shown(outcome)).count("took 175.0 s") == 1


def test_a_large_ratio_of_a_tiny_time_is_the_same():
    (comparison,) = two_rounds([1.0] * 3, [1.3] * 3, [1.3] * 3, [1.0] * 3).comparisons
    assert comparison.word == "same" and "+30 %" in comparison.note


@pytest.mark.parametrize(
    "cause",
    [
        "out of memory",
        "throttled",
        "shared card",
        "cached",
        "fell back",
        "not as set",
        "server died",
    ],
)
def test_runs_with_a_reason_never_count(cause):
    own = making.plan([A, B])
    lines = [started(1), runs(1, A, *FLAT), started(2), [run(2, B, 1, 50.0, cause)]]
    outcome = outcome_of(stored(own, *lines))
    assert outcome.cells[1].state == "not measured" and not outcome.cells[1].figures
    (comparison,) = outcome.comparisons
    assert (comparison.word, comparison.ratio) == ("not comparable", None)
    assert comparison.note == f"it was {cause}"
    assert outcome.not_measured == (f"`sage` was not measured. it was {cause}",)
    assert "could not be measured" in outcome.verdict and not outcome.recommendations
    partly = outcome_of(stored(own, *lines, runs(2, B, *FLAT)[1:]))
    assert partly.cells[1].state == "partly"
    assert partly.cells[1].figures["total_s"].sessions == ((151.0, 149.0),)
    assert "measured in part" in partly.comparisons[0].note


def test_without_a_baseline_or_its_times_nothing_is_compared():
    lone = making.plan([making.cell("desktop"), B])
    outcome = outcome_of(stored(lone, runs(1, lone.cells[0], *FLAT), runs(2, B, *FAST)))
    assert {each.word for each in outcome.comparisons} == {"no baseline"}
    assert "Without a baseline" in outcome.verdict
    own = making.plan([A, B])
    lost = outcome_of(stored(own, [run(1, A, 1, None, "out of memory")], runs(2, B, *FAST)))
    assert lost.comparisons[0].word == "no baseline"
    assert "The baseline was not measured" in lost.verdict


def test_a_missing_session_and_a_profile_that_did_not_start_are_told():
    own = making.plan([A, B])
    outcome = outcome_of(stored(own, started(1), runs(1, A, *FLAT)))
    assert any("Session 2 of the plan did not run" in note for note in outcome.notes)
    assert (
        "`sage` was not measured." in outcome.not_measured[0]
        and "--resume" in outcome.not_measured[0]
    )
    reason = {"cause": "not started", "text": "sageattention is not installed: pip install it."}
    failed = outcome_of(stored(own, started(1), runs(1, A, *FLAT), started(2, reason=reason)))
    assert failed.not_measured == (f"`sage` was not measured. {reason['text']}",)


def test_a_run_that_was_repeated_counts_once_and_its_last_line_counts():
    own = making.plan([A, B])
    lines = [run(1, A, 1, 150.0), run(1, A, 2, None, "stopped"), *runs(1, A, 150.0, 151.0, 152.0)]
    (spread,) = outcome_of(stored(own, lines)).cells[0].figures["total_s"].sessions
    assert spread == (150.0, 151.0, 152.0)
    assert outcome_of(stored(own, lines)).cells[0].state == "measured"
    twice = [run(1, A, 1, 150.0), run(1, A, 2, 99.0, record=run(1, A, 1, 150.0).record)]
    assert outcome_of(stored(own, twice)).cells[0].figures["total_s"].sessions == ((150.0,),)


def test_runs_without_a_record_do_not_count():
    own = making.plan([A, B])
    lines = runs(1, A, *FLAT)
    outcome = outcome_of(stored(own, lines, lost={lines[0].record: "no such file"}))
    assert outcome.cells[0].figures["total_s"].sessions == ((151.0, 149.0),)
    assert "no such file" in outcome.cells[0].reasons[0].text


def test_cold_runs_and_warm_ups_are_never_mixed_with_warm_ones():
    own = making.plan([A, B])
    lines = [
        run(1, A, 1, 300.0, role="cold"),
        run(1, A, 1, 250.0, role="warmup"),
        *runs(1, A, *FLAT),
    ]
    found = outcome_of(stored(own, lines)).cells[0]
    assert found.figures["total_s"].value == 150.0 and found.cold["total_s"].value == 300.0


def test_the_parts_name_the_pass_that_made_the_difference():
    slow = figures(150.0, high=0.4)
    passes = (slow.passes[0].model_copy(update={"step_s": 7.0, "sampling_s": 70.0}), slow.passes[1])
    slow = slow.model_copy(update={"passes": passes, "total_s": 160.0, "sampling_s": 130.0})
    outcome = two_rounds([150.0] * 3, [slow] * 3, [slow] * 3, [150.0] * 3)
    (comparison,) = outcome.comparisons
    assert comparison.word == "slower"
    assert [(part.name, part.what, part.difference) for part in comparison.parts] == [
        ("high", "sampling", 10.0)
    ]
    assert "high sampling +10.0 s of +10.0 s: its step 6.00 → 7.00 s" in outcome.verdict
    by_step = outcome.compare("high.step_s")[0]
    assert by_step.word == "slower" and by_step.percent == pytest.approx(100 / 6)
    assert outcome.compare("low.step_s")[0].word == "same"
    assert outcome.compare("peak_bytes")[0].word == "same"
    assert outcome.compare("nothing_s")[0].word == "not comparable"


def test_a_recommendation_has_time_and_memory_and_only_follows_from_faster():
    light = figures(120.0, peak_bytes=18 * GIB)
    outcome = two_rounds([150.0] * 3, [light] * 3, [light] * 3, [150.0] * 3)
    (recommendation,) = outcome.recommendations
    assert recommendation.text == (
        "Use `sage` instead of `desktop`: 120.0 instead of 150.0 s, 20.0 % faster, with 2.0 GiB less memory "
        "(peak 18.0 GiB)."
    )
    assert (recommendation.saved_s, recommendation.more_bytes) == (30.0, -2 * GIB)
    assert not two_rounds(FLAT, SLOW, FAST, FLAT).recommendations
    assert not two_rounds(FLAT, SLOW, SLOW, FLAT).recommendations


def test_a_cell_that_makes_another_video_is_no_recommendation_and_one_with_other_settings_has_a_warning():
    fewer = making.cell("sage", workload="832x1216, 49 frames, 16 fps")
    other = making.cell("sage", recipe="1" * 64)
    for cell, count in ((fewer, 0), (other, 1)):
        own = making.plan([A, cell])
        later = plan.second_round(own, {A.id, cell.id})
        sessions = (*own.sessions, *later)
        lines = [
            [started(item.number, item.round), *runs(item.number, each, *totals)]
            for item, each, totals in zip(sessions, (A, cell, cell, A), (FLAT, FAST, FAST, FLAT))
        ]
        outcome = outcome_of(stored(own, *lines))
        assert outcome.comparisons[0].word == "faster"
        assert len(outcome.recommendations) == count
        assert all("The video changes" in each.text for each in outcome.recommendations)
    assert "They make different videos" in two_rounds_of(fewer).comparisons[0].note


def two_rounds_of(cell):
    own = making.plan([A, cell])
    return outcome_of(stored(own, runs(1, A, *FLAT), runs(2, cell, *FAST)))


def test_every_sentence_with_a_time_of_a_simulated_bench_says_so():
    outcome = two_rounds(FLAT, FAST, FAST, FLAT, simulated=True)
    assert "(simulated; high" in outcome.verdict
    assert (
        all("(simulated)" in each.text for each in outcome.recommendations)
        and outcome.recommendations
    )
    assert all(each.simulated for each in outcome.comparisons)
    assert any("estimates of a simulation" in note for note in outcome.notes)
    noisy = two_rounds([150, 151, 175], SLOW, FAST, [165, 165, 165], simulated=True)
    assert noisy.comparisons[0].note.startswith("Simulated: The sessions disagree: ")
    with_numbers = [note for note in noisy.notes if any(letter.isdigit() for letter in note)]
    assert len(with_numbers) == 2 and all("(simulated)" in note for note in with_numbers)
    assert "simulated" not in two_rounds(FLAT, FAST, FAST, FLAT).verdict


def test_each_cell_is_compared_with_the_baseline_that_is_most_like_it():
    a1, a2 = (making.cell("desktop", baseline=True, values={"cfg": cfg}) for cfg in ("1", "3.5"))
    b1, b2 = (making.cell("sage", values={"cfg": cfg}) for cfg in ("1", "3.5"))
    far = making.cell("desktop", baseline=True, values={"cfg": "3.5"}, place="elsewhere", id="far")
    outcome = outcome_of(stored(making.plan([a1, a2, b1, b2, far])))
    assert [(each.cell.id, each.baseline.id) for each in outcome.comparisons] == [
        (b1.id, a1.id),
        (b2.id, a2.id),
        ("far", a2.id),
    ]


def test_cells_of_one_session_are_told_apart_by_its_own_noise_only():
    other = making.cell("desktop", values={"cfg": "2"})
    own = making.plan([A, other])
    lines = [runs(1, A, *FLAT), runs(1, other, *FLAT)]
    within = outcome_of(stored(own, *lines)).comparisons[0].smallest_percent
    assert within < outcome_of(one_round(FLAT, FLAT)).comparisons[0].smallest_percent


@pytest.mark.parametrize("total_s", [0.0, -1.0, 1e300])
def test_times_that_cannot_be_are_a_reason(total_s):
    own = making.plan([A, B])
    broken = figures(150.0).model_copy(update={"total_s": total_s})
    outcome = outcome_of(stored(own, [run(1, A, 1, broken)], runs(2, B, *FLAT)))
    assert outcome.cells[0].state == "not measured"
    assert "which cannot be" in outcome.cells[0].reasons[0].text


def test_parts_that_took_no_time_are_compared_without_a_ratio():
    empty = figures(150.0).model_copy(update={"load_s": 0.0})
    outcome = two_rounds([empty] * 3, [empty] * 3, [empty] * 3, [empty] * 3)
    (comparison,) = outcome.compare("load_s")
    assert (comparison.word, comparison.ratio, comparison.difference) == ("same", None, 0.0)
    loaded = figures(150.0).model_copy(update={"load_s": 9.0})
    (comparison,) = two_rounds([empty] * 3, [loaded] * 3, [loaded] * 3, [empty] * 3).compare(
        "load_s"
    )
    assert (comparison.word, comparison.ratio, comparison.difference) == ("slower", None, 9.0)


@pytest.mark.parametrize("cells", [[], [A], [B], [A, B]])
def test_an_empty_bench_has_an_outcome(cells):
    outcome = outcome_of(stored(making.plan(cells)))
    assert outcome.verdict == "Nothing was measured."
    said = " ".join(outcome.not_measured)
    assert all(f"`{cell.id}`" in said for cell in cells)
    assert len(outcome.not_measured) == bool(cells)  # one reason is said once


def test_a_bench_of_one_cell_is_its_time():
    own = making.plan([A])
    outcome = outcome_of(stored(own, started(1), runs(1, A, *FLAT)))
    assert outcome.verdict == "`desktop` takes 150.0 s." and not outcome.comparisons


def test_thousands_of_cells_have_an_outcome():
    cells = [A, *(making.cell("sage", values={"n": str(n)}) for n in range(2000))]
    own = making.plan(cells)
    lines = [line for cell in cells for line in runs(1, cell, *FLAT)]
    outcome = outcome_of(stored(own, lines))
    assert len(outcome.comparisons) == 2000
    assert outcome.verdict.startswith("2000 cells take as long as `desktop`")


def test_the_rank_test_is_exact():
    assert statistics.rank_p([1, 2, 3], [4, 5, 6]) == pytest.approx(1 / 20)
    assert statistics.rank_p([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(1 / 252)
    assert statistics.rank_p([1, 1], [1, 1]) == 1.0
    assert statistics.rank_p([], [1]) is None
    assert statistics.rank_p([1.0] * 20, [2.0] * 20) is None


def test_quiet_machines_see_no_less_than_four_percent_and_noisy_ones_less():
    quiet = statistics.noise_of([[[100.0] * 3, [100.0] * 3]] * 20)
    assert statistics.smallest_percent(quiet, 2, 3, same_session=False) == 4.0
    noisy = statistics.noise_of([[[100.0] * 3, [120.0] * 3]] * 20)
    found = statistics.smallest_percent(noisy, 2, 3, same_session=False)
    assert 20 < found < 60
    assumed = statistics.noise_of([])
    assert statistics.smallest_percent(assumed, 2, 3, same_session=False) == pytest.approx(
        4.3, abs=0.2
    )
    one = statistics.smallest_percent(assumed, 1, 3, same_session=False)
    assert one == pytest.approx(6.2, abs=0.3)
    assert math.isfinite(
        statistics.smallest_percent(
            statistics.noise_of([[[1e-9], [1e9]]]), 1, 1, same_session=False
        )
    )
