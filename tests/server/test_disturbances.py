"""Disturbances of the simulated card: none by default, planted effects where they belong, the same again."""

from __future__ import annotations

from statistics import mean, stdev

import pytest

from tests.run.conftest import run_on
from wan22dsl.errors import CommandError
from wan22dsl.run import store
from wan22dsl.run.ending import Limits
from wan22dsl.server.disturbances import Disturbances, Slowdown, parse
from wan22dsl.server.embedded import EmbeddedServer

MAX = float("inf")


def records(folder, count=1, **changes):
    disturbances = Disturbances(**changes) if changes else None
    with EmbeddedServer(speed=MAX, disturbances=disturbances) as server:
        runs = [run_on(server.url, folder, cold=True, limits=Limits()) for _ in range(count)]
    return [store.load(ran.done.file) for ran in runs]


def parts(record):
    """Seconds of each part of a run."""
    found = {stage.name: stage.seconds for stage in record.timing.stages}
    for own in record.timing.passes:
        found |= {f"{own.name} sampling": own.sampling_s, f"{own.name} load": own.load_s}
    return found | {"total": record.timing.total_s}


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return parts(records(tmp_path_factory.mktemp("usual"))[0])


def test_disturbances_without_values_change_nothing(tmp_path, usual):
    (record,) = records(tmp_path, seed=7)
    assert parts(record) == usual
    assert not record.memory.usage.throttled and record.memory.usage.others_bytes is None


def test_everything_becomes_slower_by_the_factor(tmp_path, usual):
    (record,) = records(tmp_path, slowdowns=(Slowdown(1.08),))
    for name, seconds in parts(record).items():
        assert seconds == pytest.approx(1.08 * usual[name], rel=1e-3, abs=0.02), name


def test_a_single_node_becomes_slower_and_nothing_else(tmp_path, usual):
    (record,) = records(tmp_path, slowdowns=(Slowdown(1.1, "high.sampler"),))
    found = parts(record)
    assert found["high sampling"] == pytest.approx(1.1 * usual["high sampling"], rel=1e-3)
    for name in set(found) - {"high sampling", "high load", "total"}:
        assert found[name] == usual[name], name


def test_a_throttled_run_takes_longer_and_the_card_says_why(tmp_path, usual):
    first, second = records(tmp_path, 2, throttled_from=1, throttled_factor=1.5)
    assert parts(first)["total"] == usual["total"] and not first.memory.usage.throttled
    assert parts(second)["low sampling"] == pytest.approx(1.5 * usual["low sampling"], rel=1e-3)
    assert second.memory.usage.throttled == ("too hot (hardware limit)",)
    assert [finding.code for finding in second.findings].count("WAN922") == 1


def test_other_programs_on_the_card_are_seen(tmp_path):
    (record,) = records(tmp_path, others_bytes=6 * 1024**3)
    assert record.memory.usage.others_bytes == 6 * 1024**3


def test_the_same_seed_has_the_same_times_and_another_one_has_not():
    noisy = Disturbances(seed=1, within=0.01, between=0.015)
    assert [noisy.factor(n) for n in range(5)] == [noisy.factor(n) for n in range(5)]
    others = (noisy._replace(seed=2), noisy.of_session(1))
    assert len({noisy.factor(0), *(other.factor(0) for other in others)}) == 3


def test_spreads_are_those_that_were_planted():
    within = [Disturbances(within=0.01).factor(n) for n in range(4000)]
    assert (mean(within), stdev(within)) == pytest.approx((1.0, 0.01), abs=0.001)
    between = [Disturbances(between=0.015, session=n).factor(0) for n in range(4000)]
    assert (mean(between), stdev(between)) == pytest.approx((1.0, 0.015), abs=0.001)
    outliers = [Disturbances(outliers=0.05).factor(n) for n in range(4000)]
    assert outliers.count(1.08) / 4000 == pytest.approx(0.05, abs=0.01)
    assert set(outliers) == {1.0, 1.08}


def test_drift_goes_on_from_session_to_session_and_warming_from_run_to_run():
    assert [Disturbances(drift=0.004, session=n).factor(9) for n in (0, 1, 2)] == [
        1.0,
        1.004,
        1.008,
    ]
    assert [Disturbances(warming=0.5, session=9).factor(n) for n in (0, 1, 2)] == [1.0, 1.5, 2.0]


def test_no_spread_makes_time_stand_still_or_run_back():
    assert min(Disturbances(within=5.0).factor(n) for n in range(200)) > 0


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("8 % slower at low.sampler", {"slowdowns": (Slowdown(1.08, "low.sampler"),)}),
        ("8% slower", {"slowdowns": (Slowdown(1.08, "*"),)}),
        ("25 % faster at `RIFE VFI`", {"slowdowns": (Slowdown(0.75, "RIFE VFI"),)}),
        ("runs differ by 1 %", {"within": 0.01}),
        ("sessions  differ by 1.5%", {"between": 0.015}),
        ("runs drift by 1 %", {"warming": 0.01}),
        ("sessions drift by 0.4 %", {"drift": 0.004}),
        ("5 % outliers", {"outliers": 0.05}),
        ("throttled from run 3", {"throttled_from": 2}),
        ("others hold 3 GiB", {"others_bytes": 3 * 1024**3}),
    ],
)
def test_disturbances_have_words(text, fields):
    assert parse([text]) == Disturbances(**fields)


def test_several_disturbances_add_up_and_none_is_none():
    found = parse(["8 % slower at low.sampler", "3 % slower", "runs differ by 1 %"])
    assert (len(found.slowdowns), found.within) == (2, 0.01)
    assert parse([]) is None


@pytest.mark.parametrize("text", ["", "slower", "8 slower", "-8 % slower", "100 % faster", "rain"])
def test_what_is_no_disturbance_is_refused_with_what_there_is(text):
    with pytest.raises(CommandError, match="--disturb"):
        parse([text])
