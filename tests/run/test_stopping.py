"""Ctrl-C at any moment, and other ends that come from outside: nothing of ours goes on running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.run.conftest import SPLIT, run_on
from wan22dsl.cli.streams import ClosedPipe
from wan22dsl.network import address
from wan22dsl.run import store, table
from wan22dsl.run import submit as submitting
from wan22dsl.run.client import Client
from wan22dsl.run.events import Downloaded, NodeStarted, Retry, Started, Step, Submitted
from wan22dsl.run.record import model_of
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable


def pressing(kind: type, number: int = 1) -> Callable[[object], None]:
    """Whoever is told of events, and presses Ctrl-C at the first of a kind, or a later one."""
    seen = 0

    def tell(event: object) -> None:
        nonlocal seen
        seen += isinstance(event, kind)
        if seen == number:
            seen += 1
            raise KeyboardInterrupt

    return tell


def is_idle(server: EmbeddedServer) -> bool:
    queue = Client(address.read(server.url)).queue()
    return not queue.running and not queue.pending


@pytest.mark.parametrize(
    "kind", [Submitted, Started, NodeStarted, Step], ids=lambda each: each.__name__
)
def test_while_it_runs_the_prompt_is_stopped(tmp_path, kind):
    with EmbeddedServer(speed=60) as server:
        done = run_on(server.url, tmp_path, tell=pressing(kind)).done
        assert is_idle(server)
    assert done.record.result == "stopped"
    assert "Nothing of it is left" in done.note
    assert [attempt.how for attempt in done.record.attempts] == ["stopped"]
    assert len(done.record.attempts[0].prompt_ids) == 1
    assert done.file.exists()


def test_while_it_is_submitted_the_prompt_is_stopped(tmp_path, monkeypatch):
    """The server has taken it, and the answer has not come yet."""
    real = Client.submit

    def submit(self, *given):
        real(self, *given)
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "submit", submit)
    with EmbeddedServer(speed=60) as server:
        done = run_on(server.url, tmp_path).done
        assert is_idle(server)
    assert done.record.result == "stopped" and "Nothing of it is left" in done.note


def test_between_two_tries_nothing_runs(tmp_path):
    with EmbeddedServer(speed=2000, faults=["oom at low.sampler"]) as server:
        done = run_on(server.url, tmp_path, tell=pressing(Retry)).done
        assert is_idle(server)
    assert done.record.result == "stopped"
    assert [attempt.how for attempt in done.record.attempts] == ["error", "stopped"]


def test_when_all_files_are_fetched_it_says_so(tmp_path):
    with EmbeddedServer(speed=2000) as server:
        done = run_on(server.url, tmp_path, tell=pressing(Downloaded)).done
    assert done.record.result == "stopped"
    assert done.note == "Stopped. All outputs are here."
    assert len(done.record.outputs) == 1 and done.record.outputs[0].path.exists()


def test_a_second_ctrl_c_ends_the_waiting(tmp_path, monkeypatch):
    def queue(self):
        raise KeyboardInterrupt

    def tell(event):
        if isinstance(event, NodeStarted):
            monkeypatch.setattr(Client, "queue", queue)
            raise KeyboardInterrupt

    with EmbeddedServer(speed=60) as server:
        done = run_on(server.url, tmp_path, tell=tell).done
    assert done.record.result == "stopped"
    assert "may still run" in done.note


def test_when_nobody_reads_the_output_the_prompt_is_stopped(tmp_path):
    def tell(event):
        if isinstance(event, Step):
            raise ClosedPipe

    with EmbeddedServer(speed=60) as server:
        with pytest.raises(ClosedPipe):
            run_on(server.url, tmp_path, tell=tell)
        assert is_idle(server)


def test_the_prompts_of_others_are_left_alone(tmp_path):
    with EmbeddedServer(speed=60, faults=["busy with 2 prompts"]) as server:
        done = run_on(server.url, tmp_path, tell=pressing(Submitted)).done
        queue = Client(address.read(server.url)).queue()
    assert "Nothing of it is left" in done.note
    assert len(queue.running) + len(queue.pending) == 2


def test_what_the_server_does_not_let_go_of_is_said(tmp_path):
    with EmbeddedServer(speed=2000, faults=["die at low.sampler"]) as server:
        client = Client(address.read(server.url))
        ran = run_on(server.url, tmp_path)
        prompt_id = ran.done.record.attempts[0].prompt_ids[0]
        left = submitting.stop(client, prompt_id, 0.5)
    assert left.busy and not left.is_nothing
    (found,) = [finding for finding in ran.done.record.found if finding.code == "WAN912"]
    assert f"still lists prompt {prompt_id} as running" in found.why


def test_what_waits_in_vain_is_taken_out_of_the_queue(tmp_path):
    with EmbeddedServer(speed=2000, faults=["die at low.sampler"]) as server:
        first = run_on(server.url, tmp_path).done.record.attempts[0].prompt_ids[0]
        ran = run_on(server.url, tmp_path)
        queue = Client(address.read(server.url)).queue()
    (found,) = [finding for finding in ran.done.record.found if finding.code == "WAN913"]
    assert f"`{first}`" in found.why and "Nothing of it is left" in found.why
    assert queue == ((first,), ())


def test_a_server_that_is_gone_cannot_give_anything_back(tmp_path):
    server = EmbeddedServer(speed=200).start()

    def tell(event):
        if isinstance(event, NodeStarted) and event.node == "high.sampler":
            server.stop()

    ran = run_on(server.url, tmp_path, tell=tell)
    (found,) = [finding for finding in ran.done.record.found if finding.code == "WAN914"]
    assert "could not be cancelled" in found.why


@pytest.mark.skipif(
    os.name != "posix", reason="signals to other processes are sent otherwise there"
)
@pytest.mark.parametrize(("asked", "by"), [("SIGINT", ""), ("SIGTERM", " by SIGTERM")])
def test_the_command_ends_in_order_when_it_is_asked_to_and_names_the_signal(tmp_path, asked, by):
    (tmp_path / "clip.wan").write_text(SPLIT, encoding="utf-8")
    with EmbeddedServer(speed=20) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "wan22dsl", "run", "clip.wan", "--json", "--server", server.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            # Whoever runs the tests in the background has a shell that ignores Ctrl-C for them.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        lines = [process.stdout.readline()]
        while json.loads(lines[-1])["event"] != "step":
            lines.append(process.stdout.readline())
        process.send_signal(getattr(signal, asked))
        out, reported = process.communicate(timeout=60)
        assert is_idle(server)
    assert process.returncode == 130
    record = json.loads(out.splitlines()[-1])["record"]
    assert record["result"] == "stopped"
    assert record["attempts"][-1]["reason"] == by.removeprefix(" by ")
    assert f"Stopped{by}. Nothing of it is left in the server's queue." in reported
    assert list((tmp_path / "wan_output").glob("run-*.json"))


# What was seen until then is kept.


def seen_of(done):
    """What a record says of each pass."""
    return {pass_.name: pass_ for pass_ in model_of(done.record).timing.passes}


def at_node(node: str) -> Callable[[object], None]:
    def tell(event: object) -> None:
        if isinstance(event, NodeStarted) and event.node == node:
            raise KeyboardInterrupt

    return tell


def test_a_pass_that_was_finished_is_in_the_record_and_in_the_table(tmp_path):
    with EmbeddedServer(speed=600) as server:
        whole = seen_of(run_on(server.url, tmp_path / "a").done)
    with EmbeddedServer(speed=30) as server:
        done = run_on(server.url, tmp_path / "b", tell=at_node("low.sampler")).done
        assert is_idle(server)
    passes = seen_of(done)
    assert passes["high"].finished and not passes["low"].finished
    assert passes["high"].sampling_s == pytest.approx(whole["high"].sampling_s, rel=1e-6)
    assert passes["high"].memory.peak_bytes == whole["high"].memory.peak_bytes
    shown = "\n".join(table.lines(model_of(done.record)))
    assert "until it ended" in shown and "low took" not in shown
    assert "rife" in shown and "not run" in shown
    assert not done.record.ratings


def test_steps_that_were_done_are_counted(tmp_path):
    with EmbeddedServer(speed=60) as server:
        done = run_on(server.url, tmp_path, tell=pressing(Step)).done
    passes = seen_of(done)
    assert not passes["high"].finished and len(passes["high"].steps_s) >= 1
    shown = list(table.lines(model_of(done.record)))
    assert any(each.startswith("high") and "ended after step" in each for each in shown)
    assert any(each.startswith("low") and each.endswith("before its first step") for each in shown)
    assert any(each.startswith("rife") and each.endswith("not run") for each in shown)


def test_in_the_queue_there_is_nothing_to_keep_and_it_says_so(tmp_path):
    with EmbeddedServer(speed=60, faults=["busy with 1 prompts"]) as server:
        done = run_on(server.url, tmp_path, tell=pressing(Submitted)).done
    record = model_of(done.record)
    assert record.timing is None or not any(pass_.total_s for pass_ in record.timing.passes)
    assert list(table.lines(record))


def test_the_passes_of_a_staged_run_that_were_finished_are_kept(tmp_path):
    with EmbeddedServer(speed=30) as server:
        done = run_on(server.url, tmp_path, tell=at_node("low.sampler"), staged=True).done
    passes = seen_of(done)
    assert passes["high"].finished and not passes["low"].finished
    assert len(done.record.left_on_server) == 1


def test_while_files_are_fetched_the_rest_can_be_fetched_later(tmp_path):
    text = SPLIT.replace('-> save("clip")', '-> [save("clip"), save_webm("other")]')
    with EmbeddedServer(speed=2000) as server:
        done = run_on(server.url, tmp_path, text, tell=pressing(Downloaded)).done
    record = model_of(done.record)
    assert len(record.outputs) == 1 and len(record.not_fetched) == 1
    assert f"wan runs fetch {record.id}" in done.note
    assert record.timing is not None


def test_ctrl_c_while_the_record_is_written_does_not_lose_it(tmp_path, monkeypatch):
    real, pressed = store.save, []

    def save(record, folder):
        if record.result != "unfinished" and not pressed:
            pressed.append(1)
            raise KeyboardInterrupt
        return real(record, folder)

    monkeypatch.setattr(store, "save", save)
    with EmbeddedServer(speed=2000) as server:
        done = run_on(server.url, tmp_path).done
    assert done.file is not None and store.load(done.file).result == "stopped"


def test_when_nobody_reads_the_output_the_record_says_stopped(tmp_path):
    def tell(event):
        if isinstance(event, Step):
            raise ClosedPipe

    with EmbeddedServer(speed=60) as server, pytest.raises(ClosedPipe):
        run_on(server.url, tmp_path, tell=tell)
    assert store.find(tmp_path, "last").result == "stopped"


def test_after_an_error_passes_that_did_not_finish_are_not_compared(tmp_path):
    with EmbeddedServer(speed=2000, faults=["error at low.sampler"]) as server:
        done = run_on(server.url, tmp_path).done
    shown = "\n".join(table.lines(model_of(done.record)))
    assert "low took" not in shown and "ended before its first step" in shown
