"""The board on small fleets, where one can say what is right."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.fleet.boards import GIB, Fate, Fleet, Given, needs
from wan22dsl.fleet.board import Board, BoardJob, BoardServer
from wan22dsl.fleet.expected import Expectations

FAST, SLOW = "RTX 5090", "RTX 3090"
SECONDS = {
    ("a", FAST): 100.0,
    ("a", SLOW): 400.0,
    ("b", FAST): 100.0,
    ("b", SLOW): 400.0,
    ("long", FAST): 1000.0,
    ("long", SLOW): 4000.0,
    ("big", FAST): 100.0,
}
NEEDS = {
    "a": needs("a", "a-high", "a-low"),
    "b": needs("b", "b-high", "b-low"),
    "long": needs("long", "a-high", "a-low"),
    "big": needs("big", "a-high", "a-low"),
}


def board(jobs, servers, seconds=SECONDS, least=None):
    return Board(jobs, servers, NEEDS, Expectations(Given(seconds, least)))


def fast(number=1, **more):
    return BoardServer(f"fast-{number}", FAST, vram_bytes=32 * GIB, **more)


def slow(number=1, **more):
    return BoardServer(f"slow-{number}", SLOW, vram_bytes=24 * GIB, **more)


def jobs(recipe, many, start=0, **more):
    return [BoardJob(f"{recipe}{number}", recipe, **more) for number in range(start, start + many)]


def given(choices):
    return {choice.server: choice.job for choice in choices}


def test_a_server_stays_with_the_models_that_it_has_loaded():
    mixed = [job for pair in zip(jobs("a", 20), jobs("b", 20)) for job in pair]
    servers = [fast(1), fast(2)]
    lived = Fleet(board(mixed, servers), servers).live()
    for server in servers:
        own = [choice.job[0] for _, choice in lived.chosen if choice.server == server.name]
        changes = sum(first != second for first, second in pairwise(own))
        assert changes <= 1


def test_a_slow_server_is_left_idle_at_the_end_where_the_fast_one_is_done_sooner():
    made = board(jobs("a", 2), [fast(), slow()])
    assert given(made.choose(0.0)) == {"fast-1": "a0"}
    made.ended("a0", "fast-1", "success", 120.0, seconds=120.0, load_s=20.0)
    assert given(made.choose(120.0)) == {"fast-1": "a1"}


def test_a_slow_server_does_take_a_job_where_the_batch_ends_sooner_by_it():
    assert set(given(board(jobs("a", 12), [fast(), slow()]).choose(0.0))) == {"fast-1", "slow-1"}


def test_the_longest_job_begins_first_and_on_the_fast_server():
    made = board([*jobs("a", 10), *jobs("long", 1)], [slow(), fast()])
    assert given(made.choose(0.0))["fast-1"] == "long0"


def test_a_job_that_only_one_server_can_take_is_given_to_it_before_what_others_can():
    servers = [fast(), slow(1), slow(2), slow(3)]
    made = board(
        [*jobs("a", 30), *jobs("big", 20)],
        servers,
        {**SECONDS, ("big", SLOW): None},
        {"big": 28 * GIB},
    )
    lived = Fleet(made, servers).live()
    assert {choice.server for _, choice in lived.chosen if choice.job.startswith("big")} == {
        "fast-1"
    }
    early = [choice.job for _, choice in lived.chosen if choice.server == "fast-1"][:15]
    assert sum(job.startswith("big") for job in early) >= 12


def test_priorities_go_first_and_with_them_what_they_wait_for():
    made = board(
        [*jobs("a", 3), BoardJob("first", "b"), BoardJob("urgent", "a", ("first",), 5)], [fast()]
    )
    assert given(made.choose(0.0)) == {"fast-1": "first"}
    made.ended("first", "fast-1", "success", 100.0)
    assert given(made.choose(100.0)) == {"fast-1": "urgent"}


def test_a_deadline_that_would_be_missed_goes_first_and_one_that_is_missed_is_reported():
    due = BoardJob("due", "b", due_s=150.0)
    made = board([*jobs("a", 20), due, BoardJob("never", "b", due_s=10.0)], [fast()])
    late = made.forecast(0.0).late
    assert [each.job for each in late][:1] == ["never"]
    assert given(made.choose(0.0))["fast-1"] in ("due", "never")


def test_none_starves_behind_urgent_jobs_that_keep_coming():
    made = board([BoardJob("old", "a")], [fast()])
    made.server_state("fast-1", "busy", 0.0)
    now_s = 0.0
    for number in range(200):
        made.add([BoardJob(f"new{number}", "a", (), 2)], now_s)
        made.server_state("fast-1", "ready", now_s)
        (choice,) = made.choose(now_s)
        if choice.job == "old":
            break
        now_s += 100.0
        made.ended(choice.job, choice.server, "success", now_s)
    assert choice.job == "old" and now_s <= 3 * 3600.0


def test_followers_run_on_the_server_that_has_what_they_go_on_from():
    chain = [BoardJob("c0", "a"), BoardJob("c1", "a", ("c0",)), BoardJob("c2", "a", ("c1",))]
    servers = [fast(1), fast(2)]
    lived = Fleet(board([*chain, *jobs("a", 20)], servers), servers).live()
    where = {choice.job: choice.server for _, choice in lived.chosen}
    assert len({where[job.id] for job in chain}) == 1


def test_a_job_that_has_failed_goes_to_another_server_and_is_impossible_when_there_is_none():
    made = board(jobs("a", 1), [fast(1), fast(2)])
    for now_s in (0.0, 100.0):
        (choice,) = made.choose(now_s)
        made.ended(choice.job, choice.server, "error", now_s + 50.0)
    assert made.choose(200.0) == []
    assert made.impossible()["a0"].startswith("has no server that can take it (fast-1, fast-2: ")


def test_a_job_that_was_lost_goes_back_to_its_server_where_no_other_can_take_it():
    made = board(jobs("a", 1), [fast(1)])
    made.choose(0.0)
    made.ended("a0", "fast-1", "lost", 10.0)
    assert given(made.choose(20.0)) == {"fast-1": "a0"}


def test_out_of_memory_goes_to_a_larger_card_and_else_is_staged_once():
    made = board(jobs("a", 1), [slow(1), slow(2), fast()])
    made.server_state("fast-1", "away", 0.0)
    made.choose(0.0)
    made.ended("a0", "slow-1", "out of memory", 10.0)
    assert made.choose(20.0) == []  # the large card is away, but may come back
    made.server_state("fast-1", "ready", 30.0)
    assert given(made.choose(30.0)) == {"fast-1": "a0"}
    made.ended("a0", "fast-1", "out of memory", 40.0)
    (choice,) = made.choose(50.0)
    assert choice.staged
    made.ended("a0", choice.server, "out of memory", 60.0)
    assert made.choose(70.0) == []
    assert "out of memory" in made.impossible()["a0"]


def test_out_of_memory_on_two_servers_keeps_the_other_jobs_of_the_recipe_off_such_cards():
    made = board(jobs("a", 20), [slow(1), slow(2), fast()])
    for job, server in {s: j for j, s in given(made.choose(0.0)).items()}.items():
        if server.startswith("slow"):
            made.ended(job, server, "out of memory", 10.0)
    assert made.choose(20.0) == []


def test_a_server_that_lacks_something_is_not_asked_for_that_recipe_again():
    made = board([*jobs("a", 3), *jobs("b", 3)], [fast()])
    made.lacks("fast-1", "a", "it has no node class `X`")
    assert given(made.choose(0.0))["fast-1"].startswith("b")
    assert made.impossible()["a0"] == (
        "has no server that can take it (fast-1: it has no node class `X`)"
    )


@pytest.mark.parametrize("state", ["busy", "held", "away", "drained"])
def test_only_ready_servers_get_jobs_and_drained_ones_are_not_waited_for(state):
    made = board(jobs("a", 1), [fast()])
    made.server_state("fast-1", state, 0.0)
    assert made.choose(0.0) == []
    assert bool(made.impossible()) == (state == "drained")


def test_a_job_that_is_set_aside_takes_those_with_it_that_need_it():
    made = board(
        [BoardJob("x", "a"), BoardJob("y", "a", ("x",)), BoardJob("z", "a", ("y",))], [fast()]
    )
    assert made.set_aside("x", "it has failed three times", 0.0) == ("x", "y", "z")
    assert made.is_over and made.choose(0.0) == []


def test_a_job_of_which_no_time_is_known_is_placed_and_makes_the_end_unknown():
    made = board([BoardJob("x", "nobody knows"), *jobs("a", 2)], [fast(1), fast(2)])
    forecast = made.forecast(0.0)
    assert forecast.end_s is None and forecast.unknown == ("x",)
    assert forecast.known_s is not None
    assert "x" in given(made.choose(0.0)).values()


def test_a_server_that_turns_out_slow_is_left_less():
    servers = [fast(1), fast(2)]
    slowly = [Fate("success", 3.0)]
    made = board(jobs("a", 60), servers)
    fleet = Fleet(made, servers)

    class Slowly(dict):
        def get(self, job, default=None):
            return list(slowly) if fleet.board._entries[job].server == "fast-2" else default

    fleet.fates = Slowly()
    lived = fleet.live()
    many = [choice.server for _, choice in lived.chosen]
    assert many.count("fast-1") > 2 * many.count("fast-2")
    assert max(lived.done.values()) < 60 * 100.0


def test_what_an_earlier_driver_has_given_counts_as_running():
    made = board(jobs("a", 2), [fast(1), fast(2)])
    made.given("a0", "fast-1", 0.0)
    assert given(made.choose(0.0)) == {"fast-2": "a1"}
    made.ended("a0", "fast-1", "success", 50.0)
    assert made.counts.done == 1


def test_warmth_that_is_lost_is_loaded_again():
    made = board(jobs("a", 3), [fast()])
    (first,) = made.choose(0.0)
    made.ended(first.job, first.server, "success", 100.0)
    (second,) = made.choose(100.0)
    assert (first.is_warm, second.is_warm, second.expected.load_s) == (False, True, 0.0)
    made.ended(second.job, second.server, "success", 200.0)
    made.cold("fast-1")
    (third,) = made.choose(200.0)
    assert not third.is_warm
