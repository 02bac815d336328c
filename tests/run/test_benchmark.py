"""What a server measured by itself, and what of it becomes the times of a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.run.conftest import run_on
from wan22dsl.run import benchmark, server_history, table
from wan22dsl.run.clocks import NodeTime, PromptTimes
from wan22dsl.run.record import model_of
from wan22dsl.server.embedded import EmbeddedServer

TIMES = PromptTimes(
    queue_s=0.1,
    total_s=30.0,
    before_s=1.0,
    nodes=(
        NodeTime("load", 101.0, 4.0),
        NodeTime("high", 105.0, 20.0),
        NodeTime("save", 125.0, 5.0),
    ),
    steps={"high": (12.0, 16.0, 20.0)},
    cached=frozenset(),
    drift_s=0.0,
    complete=True,
)


def measured(**groups: Any) -> dict[str, Any]:
    """A message as the branch of ComfyUI sends it, with other groups."""
    return {
        "type": "benchmark",
        "capture_schema_version": 3,
        "prompt_id": "x",
        "timestamp": 1_790_000_000_000,
        "run": {"status": "success", "image_count": None, "benchmark_id": "wan22dsl"},
        "device": {
            "gpu_model": "NVIDIA GeForce RTX 5090",
            "total_vram_mb": 32607.0,
            "offloaded": False,
            "baseline": {"vram_used_mb": 1830.0, "temperature_c": None},
        },
        "durations": {"total_run_ms": 30010.0, "sampler_ms": 12000.0, "model_load_ms": 3900.0},
        "nodes": [
            {"node_id": "load", "class_type": "UNETLoader", "elapsed_ms": 3900.0},
            {"node_id": "high", "class_type": "KSamplerAdvanced", "elapsed_ms": 20500.0},
            {"node_id": "save", "class_type": "SaveVideo", "elapsed_ms": 4800.0},
        ],
        "sampling": {"step_count": 3, "step_durations_ms": [4500.0, 4000.0, 3500.0]},
        "resources": {
            "series": [
                {"t_ms": 0.0, "vram_used_mb": 1830.0, "power_w": 41.2, "temperature_c": 39.0},
                {
                    "t_ms": 500.2,
                    "vram_used_mb": 22140.0,
                    "vram_util_percent": 98.0,
                    "sm_clock_mhz": 2490.0,
                },
                {"t_ms": None, "vram_used_mb": 1.0},
            ]
        },
        "summary": {"throttled": True, "energy_wh_per_image": 0.076},
        **groups,
    }


def test_the_servers_own_figures_take_the_place_of_ours() -> None:
    found = benchmark.applied(TIMES, benchmark.read(measured()), {"high"})
    assert found.source == "server"
    assert [(node.node, node.seconds) for node in found.nodes] == [
        ("load", 3.9),
        ("high", 20.5),
        ("save", 4.8),
    ]
    assert found.before_s + sum(node.seconds for node in found.nodes) == pytest.approx(30.0)
    assert found.steps["high"] == pytest.approx(
        (13.0, 17.0, 20.5)
    )  # 8.5 s came before the first step


def test_what_is_kept_of_it_are_single_values() -> None:
    found = benchmark.read(measured())
    assert found is not None
    assert found.throttled is True
    assert found.about["schema"] == 3
    assert found.about["device"] == {
        "gpu_model": "NVIDIA GeForce RTX 5090",
        "total_vram_mb": 32607.0,
        "offloaded": False,
        "baseline_vram_used_mb": 1830.0,
    }
    first, second = benchmark.samples_from(found, 100.0)
    assert (first.at_s, first.used_bytes, first.power_w) == (100.0, 1830 * 2**20, 41.2)
    assert (second.at_s, second.utilisation_percent, second.clock_mhz) == (100.5002, 98, 2490)


@pytest.mark.parametrize(
    "groups",
    [
        {"nodes": []},
        {"nodes": "x"},
        {"nodes": [{"node_id": "load", "elapsed_ms": 1.0}]},  # others ran too
        {
            "nodes": [{"node_id": id, "elapsed_ms": 20_000.0} for id in ("load", "high", "save")]
        },  # too long
        {"nodes": [{"node_id": id, "elapsed_ms": None} for id in ("load", "high", "save")]},
    ],
)
def test_what_does_not_fit_the_run_is_not_used(groups: dict[str, Any]) -> None:
    assert benchmark.applied(TIMES, benchmark.read(measured(**groups)), {"high"}) == TIMES


@pytest.mark.parametrize(
    "groups",
    [
        {"sampling": {"step_durations_ms": [1.0, 1.0]}},  # of other steps
        {
            "sampling": {"step_durations_ms": [30.0, 30.0, 30.0]}
        },  # how long the calls took, not the card
        {
            "sampling": {"step_durations_ms": [9e3, 9e3, 9e3]},
            "durations": {},
        },  # longer than the node
        {"sampling": {"step_durations_ms": [1.0, None, 1.0]}},
        {"sampling": None},
    ],
)
def test_steps_that_cannot_be_those_of_the_samplers_are_not_used(groups: dict[str, Any]) -> None:
    found = benchmark.applied(TIMES, benchmark.read(measured(**groups)), {"high"})
    assert found.source == "server"
    assert found.steps == TIMES.steps


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        [],
        {},
        {"nodes": [None]},
        {"nodes": [{"node_id": 7, "elapsed_ms": 1}]},
        {"nodes": [{"node_id": "a", "elapsed_ms": True}]},
        {"nodes": [{"node_id": "a", "elapsed_ms": 10**400}]},
        {"nodes": [{"node_id": "a", "elapsed_ms": -1}]},
    ],
)
def test_a_message_of_another_shape_is_none(odd: Any) -> None:
    assert benchmark.read(odd) is None


def test_odd_groups_of_a_message_do_no_harm() -> None:
    odd = {"device": [1], "durations": "x", "resources": {"series": [None, {"t_ms": float("nan")}]}}
    found = benchmark.read(measured(**odd, summary={"throttled": "yes"}, run=None))
    assert found is not None
    assert (found.throttled, found.samples, found.sampling_s) == (None, (), None)


def test_it_is_read_behind_the_end_in_the_history() -> None:
    messages = [
        ["execution_start", {"timestamp": 1_000}],
        ["execution_success", {"timestamp": 31_000}],
        ["benchmark", measured()],
    ]
    status = {"status_str": "success", "completed": True, "messages": messages}
    verdict = server_history.verdict({"outputs": {}, "status": status})
    assert verdict is not None
    assert (verdict.how, verdict.ended_ms) == ("success", 31_000)
    assert verdict.benchmark is not None


def test_a_run_has_the_figures_of_a_server_that_sends_them(tmp_path) -> None:
    with EmbeddedServer(speed=float("inf"), benchmark=True) as server:
        ran = run_on(server.url, tmp_path)
    with EmbeddedServer(speed=float("inf")) as server:
        without = run_on(server.url, tmp_path)
    record, other = model_of(ran.done.record), model_of(without.done.record)
    assert record.timing is not None and other.timing is not None
    assert (record.timing.source, other.timing.source) == ("server", "simulation")
    assert record.timing.total_s == pytest.approx(other.timing.total_s)
    for own, theirs in zip(record.timing.passes, other.timing.passes, strict=True):
        assert own.sampling_s == pytest.approx(theirs.sampling_s, abs=0.01)
        assert own.load_s == pytest.approx(theirs.load_s, abs=0.01)
        assert own.steps_s == pytest.approx(theirs.steps_s, abs=0.01)
    kept = json.loads(ran.done.file.read_bytes())
    assert kept["benchmarks"][0]["device"]["gpu_model"] == "NVIDIA RTX 5090 (simulated)"
    assert kept["memory"]["peak_bytes"] > 0
    assert json.loads(without.done.file.read_bytes())["benchmarks"] == []
    assert any("the server's own benchmark" in line for line in table.lines(record))


def test_a_staged_run_has_one_for_each_prompt(tmp_path) -> None:
    with EmbeddedServer(speed=float("inf"), benchmark=True) as server:
        ran = run_on(server.url, tmp_path, staged=True)
    record = model_of(ran.done.record)
    assert len(record.benchmarks) == len(ran.done.record.attempts[0].prompt_ids) > 1
    assert record.timing is not None and record.timing.source == "server"
