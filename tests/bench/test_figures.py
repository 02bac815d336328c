"""Figures and reasons of records: of runs on the simulated server, with faults, and changed by hand."""

from __future__ import annotations

import pytest

from tests.run.conftest import QUICK, run_on
from wan22dsl.bench.figures import SHARED_BYTES, figures_of, reasons_of
from wan22dsl.quality.models import Figures, Finding, Quality
from wan22dsl.run import store
from wan22dsl.run.ending import Limits
from wan22dsl.run.models.record import QualityOfOutput
from wan22dsl.server.disturbances import Disturbances
from wan22dsl.server.embedded import EmbeddedServer

PATIENT = Limits()


def ran(server, folder, limits=PATIENT):
    """The record of a run; only who waits for a dead worker is to lose patience soon."""
    return store.load(run_on(server.url, folder, limits=limits).done.file)


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    with EmbeddedServer(speed=float("inf")) as server:
        return ran(server, folder)


def causes(record, **options):
    return [reason.cause for reason in reasons_of(record, **{"simulated": True, **options})]


def changed(record, **parts):
    """The record with parts of its memory or timing changed."""
    for name, changes in parts.items():
        record = record.model_copy(update={name: getattr(record, name).model_copy(update=changes)})
    return record


def test_the_figures_add_up_and_leave_out_the_first_step(record):
    found = figures_of(record)
    assert found.total_s == record.timing.total_s > 0
    assert [own.name for own in found.passes] == ["high", "low"]
    for own, pass_ in zip(found.passes, record.timing.passes):
        assert own.step_s == pass_.steps_s[1] and own.steps == len(pass_.steps_s)
        assert own.peak_bytes == pass_.memory.peak_bytes
    assert found.sampling_s == pytest.approx(sum(own.sampling_s for own in found.passes))
    assert (
        found.post_s == pytest.approx(sum(stage.seconds for stage in found.stages))
        and found.post_s > 0
    )
    assert found.load_s + found.sampling_s + found.decode_s + found.post_s <= found.total_s + 0.01
    assert not reasons_of(record, simulated=True)


@pytest.mark.parametrize(
    ("fault", "cause", "said"),
    [
        ("oom at low.sampler always", "out of memory", "Out of memory in node"),
        ("oom at low.sampler", "fell back", "It ran out of memory, and succeeded after"),
        ("sage fails at high.sampler", "not as set", "SageAttention failed"),
        ("error at rife", "failed", "ComfyUI stopped in node"),
        ("die at low.sampler", "stuck", "No progress for"),
    ],
)
def test_a_planted_failure_is_a_reason_with_what_to_do(tmp_path, fault, cause, said):
    with EmbeddedServer(speed=5000, faults=[fault]) as server:
        record = ran(server, tmp_path, QUICK if cause == "stuck" else PATIENT)
    (reason,) = reasons_of(record, simulated=True)
    assert reason.cause == cause and reason.text.startswith(said)
    assert reason.text.count(". ") >= 1 and reason.text.endswith(".")
    assert (figures_of(record) is None) == (cause in ("out of memory", "failed", "stuck"))


def test_what_came_from_the_cache_is_a_reason(tmp_path):
    with EmbeddedServer(speed=float("inf")) as server:
        ran(server, tmp_path)
        record = ran(server, tmp_path)
    (reason,) = reasons_of(record, simulated=True)
    assert reason.cause == "cached" and "whole result" in reason.text


def test_a_pass_from_the_cache_is_named(record):
    first, second = record.timing.passes
    passes = (first.model_copy(update={"cached": True}), second)
    (reason,) = reasons_of(changed(record, timing={"passes": passes}), simulated=True)
    assert reason.cause == "cached" and "`high`" in reason.text and "`low`" not in reason.text


def test_a_card_at_its_power_limit_is_not_throttled_and_one_that_is_too_hot_is(record):
    assert not causes(changed(record, memory={"throttled": ("power limit",)}))
    hot = changed(record, memory={"throttled": ("power limit", "too hot (hardware limit)")})
    assert causes(hot) == ["throttled"]
    assert "power limit" not in reasons_of(hot, simulated=True)[0].text


def test_a_desktop_may_be_on_the_card_and_a_game_may_not(record):
    assert not causes(changed(record, memory={"others_bytes": SHARED_BYTES}))
    shared = changed(record, memory={"others_bytes": 6 * 1024**3})
    assert causes(shared) == ["shared card"]
    assert "6.0 GiB" in reasons_of(shared, simulated=True)[0].text
    assert not causes(shared, shared_bytes=8 * 1024**3)


def test_all_reasons_are_given_at_once(record):
    bad = changed(
        record,
        memory={"throttled": ("power brake",), "others_bytes": 6 * 1024**3},
        timing={"complete": False},
    ).model_copy(update={"not_counted": ("`Slow Node`",), "not_as_set": ("flags differ",)})
    assert causes(bad) == ["not as set", "not counted", "incomplete", "throttled", "shared card"]


def test_a_simulated_run_never_counts_in_a_real_bench_and_a_real_one_never_in_a_simulated(record):
    assert causes(record, simulated=False) == ["not as set"]
    assert causes(record.model_copy(update={"simulated": False})) == ["not as set"]


@pytest.mark.parametrize("result", ["stopped", "unfinished"])
def test_a_run_that_was_stopped_has_no_figures(record, result):
    stopped = record.model_copy(update={"result": result})
    assert figures_of(stopped) is None and causes(stopped) == ["stopped"]


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        ("lost", "server died"),
        ("gone", "server died"),
        ("interrupted", "stopped"),
        ("refused", "failed"),
    ],
)
def test_each_end_has_its_cause(record, how, cause):
    attempts = (record.attempts[0].model_copy(update={"how": how}),)
    ended = record.model_copy(update={"result": "error", "attempts": attempts})
    assert causes(ended) == [cause] and figures_of(ended) is None


@pytest.mark.parametrize(
    ("changes", "cause"),
    [({"throttled_from": 0}, "throttled"), ({"others_bytes": 6 * 1024**3}, "shared card")],
)
def test_a_disturbed_card_is_a_reason(tmp_path, changes, cause):
    with EmbeddedServer(speed=float("inf"), disturbances=Disturbances(**changes)) as server:
        assert causes(ran(server, tmp_path)) == [cause]


def test_a_broken_video_is_a_reason_with_what_is_broken(record):
    black = Finding(name="black-frames", message="all 81 frames are black", why="…", help="…")
    video = Quality(
        video="clip.mp4", frames=81, size=(832, 480), fps=16.0, codec="h264", shots=(),
        broken=(black,), suspicious=(), figures=Figures(brightness=0.0),
    )  # fmt: skip
    measured = QualityOfOutput(path="out/clip.mp4", quality=video, not_measured="")
    broken = record.model_copy(update={"quality": (measured,)})
    (reason,) = reasons_of(broken, simulated=True)
    assert reason.cause == "broken video"
    assert reason.text.startswith("All 81 frames are black. ")
    assert figures_of(broken).quality == {"brightness": 0.0}
