"""Whole runs on the embedded server, and everything that can go wrong with them."""

from __future__ import annotations

import json
import math
import threading
from uuid import uuid4

import pytest

from tests.run.conftest import SPLIT, compiled, run_on
from wan22dsl.network import address
from wan22dsl.run.client import Client
from wan22dsl.run.events import Cached, Disconnected, NodeStarted, Retry
from wan22dsl.run.record import model_of
from wan22dsl.server.embedded import EmbeddedServer

FAST = 2000.0


def test_a_run_ends_with_a_file_and_a_record(tmp_path):
    with EmbeddedServer(speed=FAST) as server:
        ran = run_on(server.url, tmp_path)
    record = ran.done.record
    assert record.result == "success"
    (output,) = record.outputs
    assert output.path == tmp_path / "clip-simulated-0001.mp4"
    assert output.path.stat().st_size == output.size_bytes
    assert json.loads(ran.done.file.read_text(encoding="utf-8")) == model_of(record).as_json()
    assert record.host.simulated


def test_every_part_of_the_time_is_told_and_the_parts_add_up(tmp_path):
    with EmbeddedServer(speed=FAST) as server:
        times = run_on(server.url, tmp_path).done.record.times
    assert [pass_.name for pass_ in times.passes] == ["high", "low"]
    assert [stage.name for stage in times.stages] == ["rife", "save"]
    assert all(len(pass_.steps_s) == 2 and pass_.cold for pass_ in times.passes)
    parts = [pass_.total_s for pass_ in times.passes] + [stage.seconds for stage in times.stages]
    assert math.isclose(sum(parts) + times.server_s, times.total_s, abs_tol=1e-6)


def test_a_second_run_is_all_cached_and_is_not_rated(tmp_path):
    with EmbeddedServer(speed=FAST) as server:
        run_on(server.url, tmp_path)
        ran = run_on(server.url, tmp_path)
    record = ran.done.record
    assert record.result == "success"
    assert record.times.all_cached and all(pass_.cached for pass_ in record.times.passes)
    assert "WAN918" in ran.codes
    assert {rating.verdict for rating in record.ratings} <= {"not rated"}
    assert record.outputs[0].path.name == "clip-simulated-0002.mp4"


def test_cold_runs_everything_again(tmp_path):
    with EmbeddedServer(speed=FAST) as server:
        run_on(server.url, tmp_path)
        record = run_on(server.url, tmp_path, cold=True).done.record
    assert not record.times.all_cached
    assert all(pass_.cold for pass_ in record.times.passes)


def test_a_staged_run_has_one_prompt_for_each_pass(tmp_path):
    with EmbeddedServer(speed=FAST) as server:
        ran = run_on(server.url, tmp_path, staged=True)
    record = ran.done.record
    assert record.result == "success"
    (attempt,) = record.attempts
    assert attempt.staged and len(attempt.prompt_ids) == 3
    assert len(record.left_on_server) == 2
    assert len(record.outputs) == 1


# Out of memory: the retries.


@pytest.mark.parametrize(
    ("fault", "retries"),
    [
        ("oom at low.sampler", ["free"]),
        ("oom at high.sampler until freed", ["free"]),
        ("oom at low.sampler twice", ["free", "staged"]),
        ("oom at low.sampler unless staged", ["free", "staged"]),
        ("oom at low.decode unless tiled", ["free", "tiled decode"]),
    ],
)
def test_a_run_recovers_from_out_of_memory(tmp_path, fault, retries):
    with EmbeddedServer(speed=FAST, faults=[fault]) as server:
        ran = run_on(server.url, tmp_path)
    assert ran.done.record.result == "success"
    assert [event.name for event in ran.events if isinstance(event, Retry)] == retries
    assert [after for after, _ in ran.hows] == ["", *retries]
    assert "WAN924" in ran.codes
    assert len(ran.done.record.outputs) == 1


def test_out_of_memory_for_ever_ends_with_what_would_fit(tmp_path):
    with EmbeddedServer(speed=FAST, faults=["oom at low.sampler always"]) as server:
        ran = run_on(server.url, tmp_path)
    assert ran.done.record.result == "error"
    assert [after for after, _ in ran.hows] == ["", "free", "staged", "tiled decode"]
    (found,) = [finding for finding in ran.done.record.found if finding.code == "WAN909"]
    assert "--reserve-vram" in found.help
    assert found.span.text == "low"


def test_without_retries_out_of_memory_ends_at_once(tmp_path):
    with EmbeddedServer(speed=FAST, faults=["oom at low.sampler"]) as server:
        ran = run_on(server.url, tmp_path, retry=False)
    assert len(ran.hows) == 1
    assert "WAN909" in ran.codes


def test_an_error_of_a_node_is_told_on_its_line(tmp_path):
    with EmbeddedServer(speed=FAST, faults=["error at rife"]) as server:
        ran = run_on(server.url, tmp_path)
    (found,) = [finding for finding in ran.done.record.found if finding.is_error]
    assert found.code == "WAN908"
    assert found.span.first.line == SPLIT[: SPLIT.index("rife(")].count("\n") + 1


def test_a_prompt_that_is_taken_in_part_is_stopped(tmp_path):
    text = SPLIT.replace('-> save("clip")', '-> [save("clip"), save_webm("other")]')
    with EmbeddedServer(speed=60, faults=["reject SaveWEBM"]) as server:
        ran = run_on(server.url, tmp_path, text)
    assert ran.done.record.result == "error"
    assert {"WAN906", "WAN926"} <= ran.codes
    assert not ran.done.record.outputs


# The socket and the answers.


@pytest.mark.parametrize(
    "fault",
    [
        "drop socket after 1 message",
        "drop socket after 3 messages always",
        "drop socket at executing",
        "drop socket at execution_start",
        "drop socket at progress always",
        "drop socket at execution_success",
        "drop socket at executed",
    ],
)
def test_a_broken_socket_loses_nothing(tmp_path, fault):
    with EmbeddedServer(speed=FAST, faults=[fault]) as server:
        ran = run_on(server.url, tmp_path)
        assert server.happened
    record = ran.done.record
    assert record.result == "success"
    assert len(record.outputs) == 1
    if any(isinstance(event, Disconnected) for event in ran.events):
        parts = [pass_.total_s for pass_ in record.times.passes]
        parts += [stage.seconds for stage in record.times.stages]
        assert math.isclose(sum(parts) + record.times.server_s, record.times.total_s, abs_tol=1e-6)


@pytest.mark.parametrize(
    "fault",
    [
        "slow /history by 300ms 3 times",
        "slow /prompt by 500ms once",
        "fail /prompt with 503 twice",
        "fail /prompt with 500",
        "fail /history with 502 3 times",
        "fail /queue with 500 3 times",
        "fail /view with 500 twice",
        "truncate /view at 1000 bytes",
        "truncate /view at 1000 bytes quietly",
        "truncate /history at 20 bytes",
        "truncate /prompt at 5 bytes",
        "busy with 2 prompts",
    ],
)
def test_bad_answers_are_outlived(tmp_path, fault):
    with EmbeddedServer(speed=FAST) as server:
        server.inject(fault)
        ran = run_on(server.url, tmp_path)
    assert ran.done.record.result == "success"
    assert len(ran.done.record.outputs) == 1
    assert len(ran.hows) == 1


def test_a_prompt_whose_answer_got_lost_is_not_submitted_twice(tmp_path):
    with EmbeddedServer(speed=FAST, faults=["truncate /prompt at 5 bytes"]) as server:
        ran = run_on(server.url, tmp_path)
        assert server.happened
    assert ran.done.record.outputs[0].remote == "clip_00001_.mp4"
    assert len([event for event in ran.events if isinstance(event, Cached)]) <= 1


def test_an_output_that_stays_damaged_is_an_error_and_is_kept_apart(tmp_path):
    with EmbeddedServer(speed=FAST, faults=["truncate /view at 1000 bytes always"]) as server:
        ran = run_on(server.url, tmp_path)
    assert ran.done.record.result == "error"
    assert "WAN916" in ran.codes
    assert [file.name for file in tmp_path.glob("*.mp4")] == ["clip-simulated.damaged-0001.mp4"]


# The server itself.


def test_a_dead_worker_is_told_in_time(tmp_path):
    with EmbeddedServer(speed=FAST, faults=["die at low.sampler"]) as server:
        ran = run_on(server.url, tmp_path)
    (found,) = [finding for finding in ran.done.record.found if finding.is_error]
    assert found.code == "WAN912"
    assert "low.sampler" in found.message
    assert "Restart ComfyUI" in found.help


def test_what_others_submit_is_no_news_of_a_prompt_whose_worker_is_dead(tmp_path):
    """Each prompt of somebody else changes the queue, which the server tells everybody."""
    over, others = threading.Event(), []

    def submit(url: str) -> None:
        client, prompt = Client(address.read(url)), compiled().prompt
        for _ in range(200):
            if over.wait(0.1):
                return
            client.submit(prompt, str(uuid4()), {})
        others.append("gave up")

    def reported(event):
        if isinstance(event, NodeStarted) and event.node == "low.sampler":
            busy.start()

    with EmbeddedServer(speed=FAST, faults=["die at low.sampler"]) as server:
        busy = threading.Thread(target=submit, args=(server.url,))
        ran = run_on(server.url, tmp_path, tell=reported)
        over.set()
        busy.join()
    assert "WAN912" in ran.codes
    assert others == []


def test_a_restarted_server_gets_the_prompt_once_more(tmp_path):
    with EmbeddedServer(speed=FAST, faults=["restart at low.sampler for 500ms"]) as server:
        ran = run_on(server.url, tmp_path)
    assert ran.done.record.result == "success"
    assert [after for after, _ in ran.hows] == ["", "submit again"]
    assert len(ran.done.record.outputs) == 1


def test_a_server_that_always_restarts_is_given_up(tmp_path):
    faults = ["restart at low.sampler for 300ms", "restart at low.sampler for 300ms"]
    with EmbeddedServer(speed=FAST, faults=faults) as server:
        ran = run_on(server.url, tmp_path)
    assert ran.done.record.result == "error"
    assert "WAN910" in ran.codes


def test_a_server_that_goes_away_is_told(tmp_path):
    server = EmbeddedServer(speed=200)
    server.start()

    def gone(event):
        if isinstance(event, NodeStarted) and event.node == "high.sampler":
            server.stop()

    ran = run_on(server.url, tmp_path, tell=gone)
    assert ran.done.record.result == "error"
    assert "WAN914" in ran.codes


# Stopping.


def test_stopping_ends_this_prompt_only_and_says_what_is_left(tmp_path):
    def stop(event):
        if isinstance(event, NodeStarted) and event.node == "high.sampler":
            raise KeyboardInterrupt

    with EmbeddedServer(speed=60) as server:
        ran = run_on(server.url, tmp_path, tell=stop)
        queue = Client(address.read(server.url)).queue()
    assert ran.done.record.result == "stopped"
    assert "Nothing of it is left" in ran.done.note
    assert not queue.running and not queue.pending
