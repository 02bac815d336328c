"""A server that answers oddly, or with malice, in the middle of a run: a clear end, and nothing lost."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from contextlib import contextmanager, suppress
from time import monotonic

import pytest

from tests.run.conftest import QUICK, run_on
from wan22dsl.errors import CommandError, ServerAnswered
from wan22dsl.network import address
from wan22dsl.run import attempt, memory, store, stream, table, watch
from wan22dsl.run.client import Client, RemoteFile
from wan22dsl.run.events import Disconnected, Garbled, Submitted
from wan22dsl.run.record import Host, model_of
from wan22dsl.run.stream import Frame, Stream
from wan22dsl.server.embedded import EmbeddedServer

FAST = 2000.0


@contextmanager
def shaking_hands(answer: bytes):
    """A server that answers every handshake like this, and then holds the connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    ended = threading.Event()

    def serve() -> None:
        held = []
        while not ended.is_set():
            with suppress(OSError):
                connection, _ = listening.accept()
                held.append(connection)
                connection.recv(10_000)
                connection.sendall(answer)
        for connection in held:
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield address.read(f"http://127.0.0.1:{listening.getsockname()[1]}")
    finally:
        ended.set()
        thread.join()
        listening.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:9/\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
    ],
)
def test_an_odd_handshake_is_no_socket(answer):
    with shaking_hands(answer) as place, Stream(place, "me") as connection:
        assert not connection.ready(10.0)
        frame = connection.next(1.0)
    assert frame is not None and frame.kind == "gone"


def test_a_message_without_end_is_not_taken_in(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "_MOST_BYTES", 300)
    with EmbeddedServer(speed=FAST) as server:
        ran = run_on(server.url, tmp_path)
    assert ran.done.ok and len(ran.done.record.outputs) == 1
    assert any(isinstance(event, Disconnected) for event in ran.events)


def test_a_socket_that_talks_nonsense_hides_no_end(tmp_path, monkeypatch):
    """Every message is garbled, and they never stop: the history is asked all the same."""
    real = Stream.next

    def nonsense(self, wait_s):
        frame = real(self, 0.02)
        return Frame(frame.at_s if frame else 0.0, "message", "{") if frame else frame

    monkeypatch.setattr(Stream, "next", nonsense)
    with EmbeddedServer(speed=FAST) as server:
        ran = run_on(server.url, tmp_path)
    assert ran.done.ok and len(ran.done.record.outputs) == 1
    assert any(isinstance(event, Garbled) for event in ran.events)


def test_news_without_end_hides_no_end(tmp_path, monkeypatch):
    """The socket tells of step after step of a prompt that is over."""
    real = Stream.next
    steps = itertools.count(1)

    def stepping(self, wait_s):
        real(self, 0.01)
        about = {"prompt_id": ids[0], "node": "high.sampler", "value": next(steps), "max": 9**9}
        frame = json.dumps({"type": "progress", "data": about})
        return Frame(monotonic(), "message", frame)

    ids = []

    def tell(event):
        if isinstance(event, Submitted):
            ids.append(event.prompt_id)

    monkeypatch.setattr(Stream, "next", stepping)
    with EmbeddedServer(speed=FAST) as server:
        ran = run_on(server.url, tmp_path, tell=tell, limits=QUICK._replace(look_s=0.5))
    assert ran.done.ok and len(ran.done.record.outputs) == 1


def test_steps_without_end_do_not_fill_the_memory(tmp_path, monkeypatch):
    """A server sends steps as fast as it can: those of the limit are kept, and the ends of all nodes."""
    kept = []
    real_next, real_times = Stream.next, attempt.of_prompt
    garbled = itertools.cycle([False] * 1 + [True] * 50)

    def flood(self, wait_s):
        return Frame(monotonic(), "message", "{") if next(garbled) else real_next(self, 0.02)

    def times(seen):
        kept.append(len(seen))
        return real_times(seen)

    monkeypatch.setattr(Stream, "next", flood)
    monkeypatch.setattr(attempt, "of_prompt", times)
    monkeypatch.setattr(watch, "MOST_SEEN", 20)
    with EmbeddedServer(speed=FAST) as server:
        ran = run_on(server.url, tmp_path)
    assert ran.done.ok
    assert sum(isinstance(event, Garbled) for event in ran.events) > 100
    assert kept[0] < 20 + 60


def test_a_server_that_takes_no_free_still_runs_a_staged_prompt(tmp_path):
    with EmbeddedServer(speed=FAST, faults=["fail /free with 500 always"]) as server:
        ran = run_on(server.url, tmp_path, staged=True, cold=True)
    assert ran.done.ok and len(ran.done.record.attempts[0].prompt_ids) == 3


def test_a_latent_that_was_saved_nowhere_is_a_clear_error(tmp_path, monkeypatch):
    real = Client.history

    def history(self, prompt_id):
        found = real(self, prompt_id)
        if found is not None:
            found["outputs"] = {}
        return found

    monkeypatch.setattr(Client, "history", history)
    monkeypatch.setattr("wan22dsl.run.watch.Watch._take", lambda self, frame: None)
    with EmbeddedServer(speed=FAST) as server:
        ran = run_on(server.url, tmp_path, staged=True)
    (found,) = [finding for finding in ran.done.record.found if finding.is_error]
    assert found.code == "WAN908" and "where it saved the latent" in found.message


def test_a_refused_prompt_is_in_the_record(tmp_path, monkeypatch):
    def submit(self, prompt, prompt_id, extra):
        raise ServerAnswered("http://x", "/prompt", 400, {"error": {"message": "no"}})

    monkeypatch.setattr(Client, "submit", submit)
    with EmbeddedServer(speed=FAST) as server:
        done = run_on(server.url, tmp_path).done
    assert [attempt.how for attempt in done.record.attempts] == ["refused"]
    assert store.load(done.file).findings[0].code == "WAN907"


def test_a_record_that_cannot_be_kept_is_told_and_the_video_is_there(tmp_path, monkeypatch):
    def save(record, folder):
        raise CommandError("run-x.json: No space left on device")

    monkeypatch.setattr(store, "save", save)
    with EmbeddedServer(speed=FAST) as server:
        done = run_on(server.url, tmp_path).done
    assert done.ok and done.file is None
    assert "The record could not be saved: run-x.json: No space left" in done.note
    assert done.record.outputs[0].path.exists()


def test_a_folder_that_is_none_is_told_before_anything_is_sent(tmp_path):
    (tmp_path / "out").write_text("a file")
    with EmbeddedServer(speed=FAST) as server:
        with pytest.raises(CommandError, match="out"):
            run_on(server.url, tmp_path / "out")
        assert Client(address.read(server.url)).queue() == ((), ())
        assert not server.happened


@pytest.mark.parametrize("speed", [0, -3, float("inf"), float("nan"), "fast", 10**400, None, True])
def test_no_time_is_multiplied_by_a_speed_that_cannot_be(speed):
    host = Host("http://x", True, {"system": {"simulated": {"speed": speed}}})
    assert host.scale == 1.0
    assert host.speed == (None if speed is None else 1.0)  # none: it is as fast as it can be


@pytest.mark.parametrize(
    "device",
    [
        {"vram_total": 10**400, "vram_free": 1},
        {"vram_total": 5, "vram_free": 9},
        {"vram_total": True, "vram_free": False},
        {"vram_total": "8", "vram_free": None},
        [],
    ],
)
def test_memory_that_cannot_be_is_not_believed(device, monkeypatch):
    monkeypatch.setattr(Client, "system_stats", lambda self: {"devices": [device]})
    assert memory._from_server(Client(address.read("http://127.0.0.1:9"))) is None


def test_a_meter_of_another_shape_ends_quietly(monkeypatch):
    def broken(client):
        raise AttributeError("nvml")

    monkeypatch.setattr(memory, "_from_server", broken)
    stats = {"devices": [{"name": "x", "type": "cuda"}]}
    with memory.Meter(Client(address.read("http://example.test")), stats) as meter:
        meter._thread.join(5)
    assert meter.samples == []


def test_what_a_server_says_of_itself_may_be_anything(tmp_path):
    with EmbeddedServer(speed=FAST) as server:
        record = run_on(server.url, tmp_path).done.record
    odd = {
        "system": {
            "comfyui_version": ["x"],
            "argv": "--all",
            "os": "o" * 5000,
            "python_version": 3,
        },
        "devices": [7, {"name": None, "vram_total": 10**400}, {"name": "a\ud800"}],
    }
    model = model_of(record._replace(host=Host("http://x", False, odd)))
    assert len(model.server.os) == 200 and model.server.arguments == ()
    assert [device.memory_bytes for device in model.server.devices] == [None, None]
    json.dumps(model.as_json()).encode("utf-8")
    assert list(table.lines(model))


def test_the_latents_of_a_server_are_named_as_it_names_them():
    assert RemoteFile("a.latent", "", "output").path == "a.latent"
    assert RemoteFile("a.latent", "wan22dsl", "output").path == "wan22dsl/a.latent"


def test_the_time_between_the_parts_of_a_simulation_is_not_the_cards(tmp_path):
    with EmbeddedServer(speed=FAST) as server:
        ran = run_on(server.url, tmp_path, staged=True)
    assert ran.done.record.times.between_s == 0.0
