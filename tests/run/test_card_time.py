"""The times of a simulation are those of the cost model: at every speed, live and afterwards."""

from __future__ import annotations

import json
import math

import pytest

from tests.run.conftest import SPLIT, compiled, run_on
from wan22dsl.run.clocks import Timeline, told
from wan22dsl.run.events import Downloaded, Ended, Health, NodeStarted, Started, Step
from wan22dsl.run.progress import Board
from wan22dsl.run.record import model_of
from wan22dsl.server.embedded import EmbeddedServer

SPEEDS = [150.0, 600.0, 5000.0, math.inf]


def timing(tmp_path, speed, **about):
    """What a record says of the times and the memory of a run."""
    faults = about.pop("faults", ())
    with EmbeddedServer(speed=speed, card="RTX 4090", faults=faults) as server:
        ran = run_on(server.url, tmp_path / str(speed), **about)
    assert ran.done.record.result == "success"
    return model_of(ran.done.record).as_json()


@pytest.mark.parametrize("about", [{}, {"staged": True}, {"faults": ["busy with 1 prompts"]}])
def test_times_and_peaks_are_the_same_at_every_speed(tmp_path, about):
    found = [timing(tmp_path, speed, **about) for speed in SPEEDS]
    assert found[0]["timing"]["total_s"] > 100
    for finding in found[1:]:
        assert finding["timing"] == found[0]["timing"]
        assert finding["memory"] == found[0]["memory"]


def test_a_queue_is_waited_for_in_seconds_of_the_card(tmp_path):
    found = timing(tmp_path, 5000.0, faults=["busy with 2 prompts"])
    assert found["timing"]["queue_s"] == pytest.approx(120.0)


def test_the_parts_add_up_exactly(tmp_path):
    one = timing(tmp_path, math.inf)["timing"]
    parts = [own["total_s"] for own in one["passes"]] + [own["seconds"] for own in one["stages"]]
    assert sum(parts) == pytest.approx(one["total_s"], abs=1e-3)
    assert (one["drift_s"], one["between_s"], one["server_s"]) == (0.0, 0.0, 0.0)


def test_a_broken_connection_costs_no_more_than_a_millisecond(tmp_path):
    whole = timing(tmp_path, 600.0)["timing"]["total_s"]
    cut = timing(tmp_path / "cut", 600.0, faults=["drop socket at executing always"])["timing"]
    assert cut["total_s"] == pytest.approx(whole, abs=0.002)


@pytest.mark.parametrize("speed", [600.0, math.inf])
def test_what_is_shown_live_is_what_the_table_says(tmp_path, speed):
    board = Board(compiled().plan, None if speed == math.inf else speed)
    with EmbeddedServer(speed=speed, card="RTX 4090") as server:
        ran = run_on(server.url, tmp_path, tell=board.receive)
    for pass_ in ran.done.record.times.passes:
        row = board.rows[pass_.name]
        assert row.step_s == pytest.approx(pass_.step_s, rel=1e-6)
        assert row.elapsed_s(0.0) == pytest.approx(pass_.total_s, rel=0.02)
        assert row.peak_bytes == ran.done.record.passes_memory[pass_.name].peak_bytes
    rife = ran.done.record.times.stages[0]
    assert board.rows["rife"].elapsed_s(0.0) == pytest.approx(rife.seconds, rel=1e-6)


@pytest.mark.parametrize("words", [{}, {"staged": True}])
def test_after_a_retry_what_is_shown_live_is_of_the_last_attempt(tmp_path, words):
    board = Board(compiled().plan, None)
    lines: list[str] = []
    with EmbeddedServer(speed=math.inf, faults=["oom at low.sampler"]) as server:
        ran = run_on(
            server.url, tmp_path, tell=lambda event: lines.extend(board.receive(event)), **words
        )
    assert [attempt.how for attempt in ran.done.record.attempts] == ["error", "success"]
    for pass_ in ran.done.record.times.passes:
        row = board.rows[pass_.name]
        assert row.step_s == pytest.approx(pass_.step_s, rel=1e-6)
        assert row.elapsed_s(0.0) == pytest.approx(pass_.total_s, rel=0.02)
    assert len([line for line in lines if "low: ended after " in line]) == 1
    assert {row.doing for row in board.rows.values()} == {"done"}


def test_time_never_runs_backwards(tmp_path):
    with EmbeddedServer(speed=math.inf) as server:
        ran = run_on(server.url, tmp_path, staged=True)
    kinds = Started | NodeStarted | Step | Ended | Downloaded
    at = [event.at_s for event in ran.events if isinstance(event, kinds)]
    assert at == sorted(at)
    assert any(isinstance(event, Health) for event in ran.events)


def test_max_is_a_speed(wan):
    wan.write("clip.wan", SPLIT)
    done = wan("run", "clip.wan", "--simulate", "--speed", "max", "--json")
    assert done.status == 0
    record = json.loads(done.stdout.splitlines()[-1])["record"]
    assert record["speed"] is None and record["timing"]["total_s"] > 100


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan"])
def test_what_is_no_speed_is_refused(wan, speed):
    wan.write("clip.wan", SPLIT)
    done = wan("run", "clip.wan", "--simulate", "--speed", speed)
    assert done.status == 2 and "speed" in done.stderr


def test_a_real_server_cannot_say_what_time_it_is():
    timeline = Timeline()
    assert timeline.of(5.0) == 5.0 and not timeline.is_told


@pytest.mark.parametrize(
    "shown",
    [
        None,
        [],
        {},
        {"prompt_id": "b", "at_s": 1.0, "queued_s": 0.0},
        {"prompt_id": "a", "at_s": -1.0, "queued_s": 0.0},
        {"prompt_id": "a", "at_s": math.inf, "queued_s": 0.0},
        {"prompt_id": "a", "at_s": True, "queued_s": 0.0},
        {"prompt_id": "a", "at_s": "1", "queued_s": 0.0},
        {"prompt_id": "a", "at_s": 1.0},
    ],
)
def test_what_is_no_time_is_not_taken_for_one(shown):
    assert told(shown, "a") is None


def test_samples_that_are_none_are_left_out():
    shown = {
        "prompt_id": "a",
        "at_s": 1,
        "queued_s": 0,
        "memory": [[0.5, 7], [1], 3, [math.nan, 1]],
    }
    assert told(shown, "a").samples == ((0.5, 7),)
