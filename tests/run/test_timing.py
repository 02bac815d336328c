"""The parts of a time add up, and nothing from the cache counts as fast."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.run.conftest import compiled
from wan22dsl.run.clocks import of_prompt
from wan22dsl.run.events import (
    Cached,
    Disconnected,
    Ended,
    NodeFinished,
    NodeStarted,
    Started,
    Step,
    Submitted,
)
from wan22dsl.run.timing import of_run, scaled

READY = compiled()
NODES = list(READY.prompt)


def story(durations, *, late_s=0.0, steps=(1.0, 1.0), cached=()):
    """Events of a prompt whose nodes take so long; the end arrives `late_s` after it happened."""
    at, found = 10.0, [Submitted(8.0, "x"), Started(10.0, 5_000_000)]
    found.append(Cached(10.0, tuple(cached), 5_000_000))
    for node, seconds in durations.items():
        found.append(NodeStarted(at, node))
        if READY.plan.parts[node].role == "sample":
            done = at
            for number, one in enumerate(steps):
                done += one
                found.append(Step(done, node, number + 1, len(steps)))
        at += seconds
    total_ms = round((at - 10.0) * 1000)
    found.append(Ended(at + late_s, "success", 5_000_000 + total_ms))
    return found


WHOLE = dict.fromkeys(NODES, 0.5) | {"high.sampler": 40.0, "low.sampler": 50.0, "low.decode": 20.0}


def total(times):
    own = [pass_.total_s for pass_ in times.passes] + [stage.seconds for stage in times.stages]
    return sum(own) + times.server_s + times.between_s


def test_a_pass_is_load_sampling_decode_and_rest():
    times = of_run([of_prompt(story(WHOLE, steps=(25.0, 10.0)))], READY.plan)
    high, low = times.passes
    assert high.patching_s == pytest.approx(15.0)
    assert high.steps_s == pytest.approx((10.0, 10.0))
    assert high.load_s == pytest.approx(15.0 + 2 * 0.5)  # the model and the text encoder
    assert high.sampling_s == pytest.approx(25.0)
    assert low.decode_s == pytest.approx(20.0)
    assert low.load_s == pytest.approx(15.0 + 0.5)
    assert times.queue_s == pytest.approx(2.0)


def test_a_late_last_message_does_not_count():
    times = of_prompt(story(WHOLE, late_s=0.7))
    assert times.total_s == pytest.approx(sum(WHOLE.values()), abs=0.001)
    assert times.drift_s == pytest.approx(0.7, abs=0.001)


def test_a_single_step_is_not_divided():
    times = of_run([of_prompt(story(WHOLE, steps=(39.0,)))], READY.plan)
    assert times.passes[0].patching_s == 0.0
    assert times.passes[0].steps_s == pytest.approx((39.0,))


def test_a_sampler_from_the_cache_is_marked():
    held = [node for node in NODES if READY.plan.parts[node].owner == "high"]
    ran = {node: seconds for node, seconds in WHOLE.items() if node not in held}
    times = of_run([of_prompt(story(ran, cached=held))], READY.plan)
    assert times.passes[0].cached and not times.passes[1].cached
    assert not times.all_cached


def test_nothing_run_is_all_cached():
    assert of_run([of_prompt(story({}, cached=NODES))], READY.plan).all_cached


def test_a_broken_connection_is_told():
    events = story(WHOLE)
    events.insert(4, Disconnected(11.0, "gone"))
    assert not of_prompt(events).complete


def test_without_the_servers_clock_ours_counts():
    events = [each for each in story(WHOLE) if not isinstance(each, Cached)]
    events = [
        event._replace(timestamp_ms=None) if isinstance(event, Started | Ended) else event
        for event in events
    ]
    assert of_prompt(events).total_s == pytest.approx(sum(WHOLE.values()))


_SECONDS = st.floats(0.0, 500.0)


@given(
    st.fixed_dictionaries(dict.fromkeys(NODES, _SECONDS)),
    st.floats(0.0, 2.0),
    st.lists(_SECONDS, min_size=1, max_size=6),
    st.sets(st.sampled_from(NODES)),
)
def test_the_parts_add_up_to_the_total(durations, late_s, steps, held):
    ran = {node: seconds for node, seconds in durations.items() if node not in held}
    times = of_run([of_prompt(story(ran, late_s=late_s, steps=steps, cached=held))], READY.plan)
    assert math.isclose(total(times), times.total_s, abs_tol=1e-5)
    # The server counts in milliseconds.
    assert math.isclose(times.total_s, sum(ran.values()), abs_tol=0.002)
    assert all(part >= -1e-9 for pass_ in times.passes for part in (pass_.load_s, pass_.sampling_s))


@given(
    st.fixed_dictionaries(dict.fromkeys(NODES, _SECONDS)),
    st.floats(0.5, 100.0),
    st.floats(0.0, 9.0),
)
def test_scaled_times_still_add_up(durations, by, between_s):
    times = scaled(of_run([of_prompt(story(durations))], READY.plan, between_s), by)
    assert math.isclose(total(times), times.total_s, rel_tol=1e-6, abs_tol=1e-4)


def test_the_time_between_the_prompts_of_a_staged_run_is_not_scaled():
    times = of_run([of_prompt(story(WHOLE)), of_prompt(story(WHOLE))], READY.plan, between_s=3.0)
    slowed = scaled(times, 10.0)
    assert slowed.between_s == 3.0
    assert slowed.total_s == pytest.approx((times.total_s - 3.0) * 10 + 3.0)


def test_no_events_are_no_times():
    assert of_prompt([]).total_s == 0.0


def test_a_pass_in_a_loop_has_the_time_and_the_steps_of_all_its_runs():
    events = [Submitted(8.0, "x"), Started(10.0, None)]
    for start_s in (10.0, 40.0):
        events += [
            NodeStarted(start_s, "high.sampler"),
            Step(start_s + 10.0, "high.sampler", 1, 2),
            Step(start_s + 20.0, "high.sampler", 2, 2),
            NodeStarted(start_s + 20.0, "low.decode"),
        ]
    events.append(Ended(70.0, "success", None))
    prompt = of_prompt(events)
    assert prompt.steps["high.sampler"] == (10.0, 20.0, 30.0, 40.0)
    high, low = of_run([prompt], READY.plan).passes
    assert (high.sampling_s, high.steps_s) == (40.0, (10.0, 10.0, 10.0, 10.0))
    assert low.decode_s == 20.0


def test_a_node_that_failed_in_its_second_run_did_not_come_to_its_end():
    events = [Started(10.0, None), NodeStarted(10.0, "a"), NodeFinished(11.0, "a")]
    events += [NodeStarted(12.0, "a"), Ended(13.0, "error", None)]
    assert [node.finished for node in of_prompt(events).nodes] == [True, False]
