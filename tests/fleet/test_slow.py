"""A server that is slower than its equals is found, with since when and why; others are not accused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from random import Random

import pytest

from benchmarks.slow_servers import made
from tests.report.results.made import pass_, put, record, timing
from wan22dsl.api.fleet_status import slow_servers
from wan22dsl.fleet.servers import Fleet, Server
from wan22dsl.fleet.slow import in_words, slow
from wan22dsl.fleet.slow_because import because
from wan22dsl.machine import snapshot as snapshots
from wan22dsl.run import snapshots as kept
from wan22dsl.run.models.record import RunRecord

NOW = datetime(2026, 1, 12, 12, tzinfo=timezone.utc)


def runs(percent: float, *, servers: int = 4, count: int = 40, begins: float = 0.5, seed: int = 1):
    return made(Random(seed), servers=servers, runs=count, percent=percent, begins=begins)


def test_a_slow_server_is_found_with_the_moment_and_its_equals():
    (found,) = slow(runs(22.0))
    assert (found.server, found.equals) == ("gpu-0", ("gpu-1", "gpu-2", "gpu-3"))
    assert 15 < found.percent < 29
    assert abs(datetime.fromisoformat(found.since) - datetime(2026, 1, 10, tzinfo=timezone.utc)) < (
        timedelta(days=1)
    )
    assert {run.server for run in found.others} == set(found.equals)
    assert in_words(found, ("power limit 350 W against 450 W",), NOW) == (
        f"gpu-0 is {found.percent:.0f} % slower than its three equals since Saturday: "
        "power limit 350 W against 450 W"
    )


def test_one_that_was_slow_all_along_has_no_moment():
    (found,) = slow(runs(22.0, begins=0.0))
    assert found.since == ""
    assert in_words(found, (), NOW).endswith(
        "than its three equals, and no difference is known that explains it"
    )


def test_the_order_of_the_runs_does_not_matter():
    given = runs(22.0)
    assert slow(reversed(given)) == slow(given)


def test_equals_are_not_accused_of_chance():
    assert [found for seed in range(30) for found in slow(runs(0.0, seed=seed))] == []


def test_one_that_has_recovered_is_not_accused():
    given = [
        run._replace(seconds=run.seconds * 1.3) if run.server == "gpu-0" and at < 20 else run
        for at, run in ((int(float(run.started[8:10]) - 5) * 4, run) for run in runs(0.0))
    ]
    assert slow(given) == []


def test_a_change_of_the_whole_fleet_accuses_nobody():
    given = [
        run._replace(seconds=run.seconds * 1.3) if run.started > "2026-01-10" else run
        for run in runs(0.0)
    ]
    assert slow(given) == []


@pytest.mark.parametrize("change", ["few runs", "two servers", "other cards", "other recipes"])
def test_nothing_is_said_where_too_little_is_known(change):
    given = runs(50.0, begins=0.0)
    if change == "few runs":
        first = [run for run in given if run.server == "gpu-0"][:4]
        given = [*first, *(run for run in given if run.server != "gpu-0")]
    elif change == "two servers":
        given = [run for run in given if run.server in ("gpu-0", "gpu-1")]
    elif change == "other cards":
        given = [run._replace(card=run.server) for run in given]
    else:
        given = [run._replace(recipe=run.recipe + run.server) for run in given]
    assert slow(given) == []


def snapshot(**card) -> snapshots.Snapshot:
    """A machine with one card."""
    taken = snapshots.take(made_by="test", nvml=None)
    data = json.loads(json.dumps(taken.data))
    data["driver"] = {"version": "580.1", "cuda": "13.0"}
    data["cards"] = [{"name": "RTX 4090", "id": "", "power_limit_w": 450.0, **card}]
    data["digest"] = snapshots._hash(snapshots.lasting(data))
    return snapshots.Snapshot(data)


def fleet_in(folder, **slow_card):
    """Records of four servers, of which the last is slow in its second half, with its snapshots."""
    usual, other = snapshot(), snapshot(**slow_card)
    for each in (usual, other):
        kept.keep(each, folder)
    for number in range(4):
        for at in range(20):
            is_slow = number == 3 and at >= 10
            step_s = 30.0 * (1.22 if is_slow else 1.0) + 0.1 * ((at * 7 + number) % 5)
            whole = record(
                f"r{number}-{at:02}",
                started=f"2026-01-{at + 1:02}T12:00:00.000+00:00",
                timing=timing(pass_("high", step_s), pass_("low", step_s)),
                snapshot=(other if is_slow else usual).digest,
            ).as_json()
            whole["server"]["address"] = f"http://10.0.0.{number}:8188"
            put(folder, RunRecord.model_validate_json(json.dumps(whole)))
    servers = tuple(
        Server(f"gpu-{number:02}", f"http://10.0.0.{number}:8188") for number in range(4)
    )
    return Fleet("f", servers)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    place = tmp_path / "wan_output"
    place.mkdir()
    return place


def test_from_records_and_snapshots_it_is_said_what_differs(folder):
    fleet = fleet_in(folder, power_limit_w=350.0)
    found = slow_servers(fleet, folder)
    assert list(found) == ["gpu-03"]
    assert found["gpu-03"].because == ("power limit 350 W against 450 W",)
    assert found["gpu-03"].since == "2026-01-11T12:00:00.000+00:00"
    assert found["gpu-03"].text == (
        f"gpu-03 is {found['gpu-03'].percent:.0f} % slower than its three equals since 2026-01-11: "
        "power limit 350 W against 450 W"
    )


def test_without_a_difference_none_is_made_up(folder):
    found = slow_servers(fleet_in(folder), folder)
    assert found["gpu-03"].because == ()
    for file in folder.glob("snapshot-*.json"):
        file.write_text("{")
    assert slow_servers(fleet_in(folder), folder)["gpu-03"].because == ()


def test_throttling_of_it_alone_is_named():
    given = [
        run._replace(throttled="too hot (software limit), power limit")
        if run.server == "gpu-0" and run.started > "2026-01-10"
        else run._replace(throttled="power limit")
        for run in runs(22.0)
    ]
    (found,) = slow(given)
    assert because(found) == ("its clocks were lowered: too hot (software limit)",)
