"""Ratings: by the targets of the file, or else by the guide's, only where they say something of the run."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.run.conftest import SPLIT, compiled, run_on
from wan22dsl.resources import schema
from wan22dsl.run import checks, ratings, table
from wan22dsl.run.memory import Usage
from wan22dsl.run.record import model_of
from wan22dsl.run.timing import PassTime, StageTime, Times
from wan22dsl.server.embedded import EmbeddedServer

READY = compiled()
GIB = 2**30

WHOLE = SPLIT.replace("0..2 of 4", "4").replace("2..4 of 4", "4, denoise = 0.5")
TWENTY = SPLIT.replace("0..2 of 4", "0..2 of 20").replace("2..4 of 4", "2..20 of 20")
NO_RIFE = SPLIT.replace("rife(times = 2) -> ", "")


def times(high=70.0, low=70.0, rife=10.0, *, cached=False, cold=True, complete=True):
    passes = tuple(
        PassTime(name, 1.0, 0.0, (9.0,), seconds - 1.0, 0.0, 0.0, cached, 0, cold, complete)
        for name, seconds in (("high", high), ("low", low))
    )
    stages = (StageTime("rife", rife, False), StageTime("save", 1.0, False))
    return Times(passes, stages, 0.0, 0.0, 0.0, high + low + rife + 1.0, 0.0, complete, False)


def rated(text=SPLIT, *, usage=None, target_s=None, **seen):
    ready = READY if text == SPLIT else compiled(text)
    return ratings.rate(ready.graph, ready.plan, times(**seen), usage, target_s)


def verdicts(text=SPLIT, **options):
    return {each.what: each.verdict for each in rated(text, **options)}


def used(peak_gib):
    return Usage(int(peak_gib * GIB), 32 * GIB, ())


# --- the guide ---


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(50.0, "excellent"), (67.0, "excellent"), (80.0, "excellent"), (84.9, "good"), (86.0, "slow")],
)
def test_a_pass_is_rated(seconds, verdict):
    assert verdicts(high=seconds)["high"] == verdict


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(79.0, "excellent"), (85.0, "good"), (95.0, "slow")]
)
def test_both_passes_are_rated(seconds, verdict):
    assert verdicts(high=seconds, low=seconds)["both passes"] == verdict


def test_interpolation_is_rated():
    assert verdicts(rife=10.0)["rife"] == "good"
    assert verdicts(rife=25.0)["rife"] == "slow"
    slow = verdicts(high=80.0, low=80.0, rife=30.0)
    assert slow["the whole run with interpolation"] == "slow"


def test_without_interpolation_nothing_is_said_of_it():
    assert set(verdicts(NO_RIFE)) == {"high", "low", "both passes"}


def test_interpolation_of_another_number_of_frames_is_not_rated():
    half = SPLIT.replace("rife(times = 2)", "take(41f) -> rife(times = 2)")
    assert "rife" not in verdicts(half)


@pytest.mark.parametrize(
    "stage",
    ["film(times = 2)", "interpolate(times = 2)", "`IFRNet VFI`(frames = _, multiplier = 2)"],
)
def test_whatever_interpolates_is_known_by_its_node(stage):
    assert "the whole run with interpolation" in verdicts(SPLIT.replace("rife(times = 2)", stage))


def test_the_guide_speaks_of_four_steps_shared_or_each():
    assert "both passes" in verdicts(WHOLE)
    assert verdicts(TWENTY) == {}


@pytest.mark.parametrize("size", ["832x1216", "1216x832"])
def test_the_guide_speaks_of_its_size_either_way_up(size):
    assert "both passes" in verdicts(SPLIT.replace("832x1216", size))


@pytest.mark.parametrize(("old", "new"), [("832x1216", "640x640"), ("81f", "49f")])
def test_other_cases_are_not_rated_unless_there_is_a_target(old, new):
    other = SPLIT.replace(old, new)
    assert rated(other) == []
    (own,) = rated(other, target_s=100.0)
    assert (own.what, own.verdict) == ("the whole run", "slow")


def test_a_target_of_the_command_comes_besides():
    found = rated(target_s=300.0)
    assert (found[0].what, found[0].verdict) == ("the whole run", "good")
    assert found[0].target == "300 s (--target-seconds)"
    assert "both passes" in {finding.what for finding in found}


# --- what cannot be judged ---


def test_what_comes_from_the_cache_is_not_rated():
    found = rated(high=0.0, cached=True, target_s=300.0)
    by_stage = {finding.what: finding.verdict for finding in found}
    assert by_stage.pop("rife") == "good"
    assert set(by_stage.values()) == {"not rated"}
    assert all("from the cache" in finding.note for finding in found if finding.what != "rife")


def test_what_was_seen_in_part_is_not_rated_but_the_total_is():
    found = verdicts(complete=False)
    total = found.pop("the whole run with interpolation")
    assert total == "good"
    assert set(found.values()) == {"not rated"}


def test_cold_and_warm_are_told_apart():
    for cold, word in ((True, "cold"), (False, "warm")):
        notes = {each.note.partition(":")[0] for each in rated(cold=cold) if each.what != "rife"}
        assert notes == {word}


# --- targets of a file ---

OWN = """
target own {{
    of = clip
    {entries}
}}
"""


def own(entries):
    return SPLIT + OWN.format(entries=entries)


def test_a_target_of_the_file_rates_instead_of_the_guide():
    (found,) = rated(own("whole = 0s..140s"))
    assert (found.what, found.verdict, found.target) == ("the whole run", "slow", "140 s (own)")


def test_conditions_have_to_hold_and_it_is_told_when_none_does():
    fits = "size = 832x1216, length = [49f, 81f], steps = 4, passes = 2, whole = 0s..200s"
    assert verdicts(own(fits)) == {"the whole run": "good"}
    for entries in ("size = 640x640", "length = 49f", "steps = 8", "passes = 3"):
        (found,) = rated(own(f"{entries}, whole = 0s..200s"))
        assert (found.verdict, found.target) == ("not rated", "`own`")
        assert "not apply to this kind" in found.note


def test_conditions_have_to_hold_for_every_pass():
    """The second pass counts 8 steps where the target is for 4."""
    entries = own("steps = 4, whole = 0s..200s").replace("2..4 of 4", "4..8 of 8")
    (found,) = rated(entries)
    assert found.verdict == "not rated"


def test_all_passes_of_however_many():
    three = own("all_passes = 0s..100s").replace("high -> low", "high -> low -> again")
    three = three.replace(
        "pipeline clip", "pass again = low(denoise = 0.5, steps = 4)\n\npipeline clip"
    )
    ready = compiled(three)
    more = times()
    more = more._replace(passes=(*more.passes, more.passes[1]._replace(name="again")))
    (found,) = ratings.rate(ready.graph, ready.plan, more, None)
    assert (found.what, found.seconds, found.verdict) == ("all passes", 210.0, "slow")


@pytest.mark.parametrize(
    ("peak_gib", "verdict"), [(19.9, "excellent"), (24.0, "good"), (24.1, "too much")]
)
def test_the_peak_of_memory_is_rated(peak_gib, verdict):
    text = own("peak_vram = { excellent = 0GiB..20GiB, good = 20GiB..24GiB }")
    (found,) = rated(text, usage=used(peak_gib))
    assert (found.verdict, found.seconds, found.peak_bytes) == (verdict, None, int(peak_gib * GIB))
    assert found.target == "20 GiB excellent, 24 GiB good (own)"


def test_memory_that_nobody_saw_is_not_rated():
    (found,) = rated(own("peak_vram = 0GiB..24GiB"))
    assert (found.verdict, found.note) == ("not rated", "the card's memory was not measured")


def test_a_pipeline_without_passes_is_rated_as_a_whole():
    text = """\
wan 1

pipeline large {
    flow = LoadImage(image = "a.png").IMAGE -> scale(by = 2.0) -> save("large", fps = 16fps)
}

target whole { whole = 0s..5s }
target of_passes { steps = 4, whole = 0s..1s }
target each { each_pass = 0s..1s, all_passes = 0s..1s }
"""
    ready = compiled(text)
    took = Times((), (StageTime("scale", 2.0, False),), 0.0, 0.0, 0.0, 2.0, 0.0, True, False)
    (found,) = ratings.rate(ready.graph, ready.plan, took, None)
    assert (found.target, found.verdict) == ("5 s (whole)", "good")


# --- what is said of a target that was missed ---


def test_a_missed_target_is_told_with_what_was_seen():
    text = own("each_pass = 0s..60s, peak_vram = 0GiB..20GiB")
    ready, took = compiled(text), times()
    found = ratings.rate(ready.graph, ready.plan, took, used(24.0))
    reported = list(checks.slow(found, took, ready.plan, ready.graph, ()))
    assert [finding.code for finding in reported] == ["WAN921", "WAN921", "WAN928"]
    assert reported[0].message == "`high` took 70 s, above the target of 60 s (own)."
    assert (
        reported[2].message
        == "The card used 24.0 GiB at its peak, above the target of 20 GiB (own)."
    )


def test_a_slow_estimate_does_not_blame_the_card():
    text = own("each_pass = 0s..60s")
    ready, took = compiled(text), times()
    found = ratings.rate(ready.graph, ready.plan, took, None)
    real, *_ = checks.slow(found, took, ready.plan, ready.graph, ())
    estimate, *_ = checks.slow(found, took, ready.plan, ready.graph, (), simulated=True)
    assert "clocks" in real.help and "clocks" not in estimate.help
    assert "estimate for this card" in estimate.why


@pytest.mark.parametrize(("load_s", "is_cold"), [(1.0, False), (10.0, False), (20.0, True)])
def test_loading_is_a_reason_where_it_took_a_good_part_of_the_time(load_s, is_cold):
    text = own("each_pass = 0s..60s")
    ready, took = compiled(text), times(low=50.0)
    took = took._replace(passes=(took.passes[0]._replace(load_s=load_s), took.passes[1]))
    found = ratings.rate(ready.graph, ready.plan, took, None)
    (finding,) = checks.slow(found, took, ready.plan, ready.graph, ())
    shown = f"{finding.message} {finding.why} {finding.help}"
    assert (f"cold: loading took {load_s:.0f} s" in shown) is is_cold


def test_ratings_of_a_run_stand_in_its_record_and_its_account(tmp_path):
    text = own("whole = 0s..1s, peak_vram = 0GiB..100GiB")
    with EmbeddedServer(speed=2000) as server:
        ran = run_on(server.url, tmp_path, text)
    record = model_of(ran.done.record)
    found = record.as_json()
    Draft202012Validator(json.loads(schema("run_record"))).validate(found)
    assert [rating["verdict"] for rating in found["ratings"]] == ["slow", "good"]
    assert found["ratings"][1]["peak_bytes"] == found["memory"]["peak_bytes"]
    assert "WAN921" in ran.codes
    lines = "\n".join(table.lines(record))
    assert "target 1 s (own)" in lines
    assert "GiB, good; target 100 GiB (own)" in lines


def test_loading_of_a_pass_that_was_warm_is_not_called_cold():
    """A LoRA that changed is loaded, too, with the model on the card."""
    text = own("each_pass = 0s..60s")
    ready, took = compiled(text), times(low=50.0, cold=False)
    took = took._replace(passes=(took.passes[0]._replace(load_s=20.0), took.passes[1]))
    found = ratings.rate(ready.graph, ready.plan, took, None)
    (finding,) = checks.slow(found, took, ready.plan, ready.graph, ())
    assert "cold" not in f"{finding.message} {finding.why} {finding.help}"


def test_a_cold_pass_is_no_reason_for_another_that_was_slow():
    text = own("each_pass = 0s..60s")
    ready, took = compiled(text), times(low=10.0)
    took = took._replace(passes=(took.passes[0], took.passes[1]._replace(load_s=20.0)))
    found = ratings.rate(ready.graph, ready.plan, took, None)
    (finding,) = checks.slow(found, took, ready.plan, ready.graph, ())
    assert finding.fields["what"] == "`high`"
    assert "cold" not in f"{finding.message} {finding.why} {finding.help}"
