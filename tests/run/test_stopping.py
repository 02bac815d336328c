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
from wan22dsl.run import submit as submitting
from wan22dsl.run.client import Client
from wan22dsl.run.events import Downloaded, NodeStarted, Rung, Started, Step, Submitted
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
    "kind", [Submitted, Started, NodeStarted, Step], ids=lambda one: one.__name__
)
def test_while_it_runs_the_prompt_is_stopped(tmp_path, kind):
    with EmbeddedServer(speed=60) as server:
        done = run_on(server.url, tmp_path, tell=pressing(kind)).done
        assert is_idle(server)
    assert done.record.result == "stopped"
    assert "Nothing of it is left" in done.note
    assert [one.how for one in done.record.attempts] == ["stopped"]
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
        done = run_on(server.url, tmp_path, tell=pressing(Rung)).done
        assert is_idle(server)
    assert done.record.result == "stopped"
    assert [one.how for one in done.record.attempts] == ["error", "stopped"]


def test_while_files_are_fetched_it_says_where_they_are(tmp_path):
    with EmbeddedServer(speed=2000) as server:
        done = run_on(server.url, tmp_path, tell=pressing(Downloaded)).done
    assert done.record.result == "stopped"
    assert "clip_00001_.mp4" in done.note
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
    (found,) = [one for one in ran.done.record.found if one.code == "WAN912"]
    assert f"still counts prompt {prompt_id} as running" in found.why


def test_what_waits_in_vain_is_taken_out_of_the_queue(tmp_path):
    with EmbeddedServer(speed=2000, faults=["die at low.sampler"]) as server:
        first = run_on(server.url, tmp_path).done.record.attempts[0].prompt_ids[0]
        ran = run_on(server.url, tmp_path)
        queue = Client(address.read(server.url)).queue()
    (found,) = [one for one in ran.done.record.found if one.code == "WAN913"]
    assert f"`{first}`" in found.why and "Nothing of it is left" in found.why
    assert queue == ((first,), ())


def test_a_server_that_is_gone_cannot_give_anything_back(tmp_path):
    server = EmbeddedServer(speed=200).start()

    def tell(event):
        if isinstance(event, NodeStarted) and event.node == "high.sampler":
            server.stop()

    ran = run_on(server.url, tmp_path, tell=tell)
    (found,) = [one for one in ran.done.record.found if one.code == "WAN914"]
    assert "could not be taken back" in found.why


@pytest.mark.skipif(
    os.name != "posix", reason="signals to other processes are sent otherwise there"
)
@pytest.mark.parametrize("asked", ["SIGINT", "SIGTERM"])
def test_the_command_ends_in_order_when_it_is_asked_to(tmp_path, asked):
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
        out, told = process.communicate(timeout=60)
        assert is_idle(server)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["record"]["result"] == "stopped"
    assert "Stopped. Nothing of it is left in the server's queue." in told
    assert list((tmp_path / "wan_output").glob("run-*.json"))
