"""A batch as people look at it: what was planted is found again, and nothing is there that was not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.fleet import batches
from tests.fleet.made_batch import LOAD_S, ZERO, Faults, Made, made, plan, stamp
from wan22dsl.fleet import store
from wan22dsl.fleet.facts import FactsOf
from wan22dsl.fleet.overview import overview

FULL = {f"{n:04}": "RTX 3090" for n in range(1, 30, 4)}


def of_lines(folder, of_plan, *lines):
    """A batch of these lines, each with its second."""
    folder.mkdir(exist_ok=True)
    (folder / store.PLAN).write_text(json.dumps(of_plan.as_json()))
    texts = [json.dumps(line.as_json() | {"at": stamp(at_s)}) + "\n" for at_s, line in lines]
    (folder / store.LINES).write_text("".join(texts))
    return store.load(folder, with_records=False)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("done")
    batch = made(60, 8, broken=("0017",), full=FULL, away={"gpu-03": (0.1, 0.2)})
    stored = batch.stored(folder)
    facts = FactsOf(folder).of(id for state in stored.jobs.values() for id in state.records)
    return batch, overview(stored, None, facts)


def test_every_job_is_counted_once(done):
    batch, seen = done
    assert seen.counts.done + seen.counts.set_aside == len(batch.plan.jobs)
    assert seen.counts.left == 0 and seen.is_complete and not seen.notes
    assert len(seen.ends) == seen.counts.done


def test_reasons_that_differ_in_numbers_and_servers_are_one(done):
    _, seen = done
    assert [(each.how, each.times) for each in seen.reasons if each.how == "error"] == [
        ("error", 3)
    ]
    error = next(each for each in seen.reasons if each.how == "error")
    assert error.jobs == ("0017",) and len(error.servers) == 3
    full = [each for each in seen.reasons if each.how == "out of memory"]
    assert len(full) == 1 and set(full[0].jobs) <= set(FULL)
    assert [(each.times, each.jobs) for each in seen.set_aside] == [(1, ("0017",))]


def test_attempts_of_all_servers_are_those_of_the_lines(done):
    batch, seen = done
    placed = [line for _, line in batch.lines if line["line"] == "placed"]
    assert sum(len(server.attempts) for server in seen.servers) == len(placed)
    assert {each.how for server in seen.servers for each in server.attempts} == {
        "success", "error", "out of memory",
    }  # fmt: skip


def test_warmth_is_checked_by_the_records(done):
    _, seen = done
    assert seen.warmth.warm_wrong == seen.warmth.cold_wrong == seen.warmth.unknown == 0
    assert seen.warmth.known == seen.counts.done
    assert seen.warmth.loads == 2 * 8  # two experts for the first job of each server


def test_without_records_loads_are_unknown_and_not_zero(tmp_path):
    seen = overview(made(6, 2).stored(tmp_path, with_records=False))
    assert seen.warmth.unknown == 6 and seen.warmth.known == 0
    assert [server.loads for server in seen.servers] == [None, None]


def test_a_server_that_was_away_has_worked_less(done):
    _, seen = done
    away = next(server for server in seen.servers if server.name == "gpu-03")
    assert [spell.state for spell in away.spells] == ["ready", "away", "ready"]
    others = [server.busy_share for server in seen.servers if server.card == away.card]
    assert away.busy_share == min(others) and away.busy_share < 1.0


def test_what_runs_at_a_moment_is_seen_with_the_rate_and_what_is_left(tmp_path):
    stored = made(40, 4, until_s=900).stored(tmp_path)
    seen = overview(stored, ZERO + timedelta(seconds=900))
    assert seen.counts.running == 4 and seen.has_driver
    assert all(server.running is not None for server in seen.servers)
    assert seen.rate_per_h == pytest.approx(seen.counts.done / 900 * 3600)
    assert seen.left_s == pytest.approx(seen.counts.left / seen.rate_per_h * 3600)


def test_after_a_driver_has_died_nothing_counts_as_running(tmp_path):
    batch = Made(plan(40, 4), Faults(killed_s=500))
    second = {"line": "driver", "driver": "two", "wan22dsl": "0.1"}
    batch.lines.append((2000.0, second))
    seen = overview(batch.stored(tmp_path), ZERO + timedelta(seconds=2010))
    assert seen.counts.running == 0 and seen.counts.unknown == 4
    assert [drive.how for drive in seen.drives] == ["gone", ""]
    assert seen.driven_s < 520  # not the time in which nobody was there
    assert all(server.busy_share <= 1.0 for server in seen.servers)


def test_an_adopted_attempt_has_its_end_and_no_second_one(tmp_path):
    stored = of_lines(
        tmp_path,
        plan(1, 1),
        (0, batches.started()),
        (1, batches.placed("0001", server="gpu-01")),
        (90, batches.started("two")),
        (95, batches.ended("0001", how="lost", server="gpu-01")),
        (99, batches.ended("0001", server="gpu-01", adopted=True, seconds=80.0)),
    )
    seen = overview(stored)
    (attempt,) = seen.attempts["0001"]
    assert (attempt.how, attempt.adopted, attempt.ended_s) == ("success", True, 99)
    assert not seen.reasons and seen.counts.done == 1


def test_a_clock_that_goes_back_is_said_and_makes_no_negative_time(tmp_path):
    stored = of_lines(
        tmp_path,
        plan(1, 1),
        (0, batches.started()),
        (100, batches.placed("0001", server="gpu-01")),
        (40, batches.ended("0001", server="gpu-01")),
    )
    seen = overview(stored)
    assert seen.attempts["0001"][0].ended_s == 100
    assert seen.notes == (
        "the clock of a driver went back by 60 s: times around that are not exact",
    )


def test_jobs_that_need_others_are_blocked_until_these_are_done(tmp_path):
    first, second = plan(2, 1).jobs
    chained = plan(2, 1).model_copy(
        update={"jobs": (first, second.model_copy(update={"after": ("0001",)}))}
    )
    lines = [(0, batches.started())]
    assert overview(of_lines(tmp_path, chained, *lines)).counts[:2] == (1, 1)
    lines.append((9, batches.ended("0001", server="gpu-01")))
    assert overview(of_lines(tmp_path, chained, *lines)).counts[:2] == (1, 0)


def test_a_batch_that_was_only_planned_has_no_rate_and_no_times(tmp_path):
    seen = overview(of_lines(tmp_path, plan(3, 2)))
    assert seen.counts.waiting == 3 and seen.rate_per_h is None and seen.left_s is None
    assert [server.busy_share for server in seen.servers] == [None, None]
    assert not seen.has_driver and seen.drives == ()


def test_the_first_job_of_a_server_took_longer_by_its_load(done):
    _, seen = done
    server = next(each for each in seen.servers if len(each.done) > 1 and not each.failures)
    first, later = server.done[0], server.done[1]
    assert first.load_s == LOAD_S and (later.load_s, later.loads) == (0.0, 0)
