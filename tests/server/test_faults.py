"""What goes wrong on request: every fault happens as it does on a real server, and as often as it says."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.error
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import websocket

from tests.server.serving import Client, data_of, node, split, types
from wan22dsl.errors import CommandError
from wan22dsl.server.faults import Fault, forms, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.server.embedded import EmbeddedServer

    Serve = Callable[..., EmbeddedServer]


@pytest.mark.parametrize(
    "text, fault",
    [
        ("oom at low.sampler", Fault("oom", "low.sampler")),
        ("oom  at  VAEDecode always", Fault("oom", "VAEDecode", None)),
        ("oom at low.* until freed", Fault("oom", "low.*", None, "until freed")),
        ("oom at decode unless tiled", Fault("oom", "decode", None, "unless tiled")),
        ("oom at `RIFE VFI` 3 times", Fault("oom", "RIFE VFI", 3)),
        ("error at save", Fault("error", "save")),
        ("sage fails at high.sampler always", Fault("sage", "high.sampler", None)),
        ("die at 13", Fault("die", "13")),
        ("restart at 13 for 500ms", Fault("restart", "13", seconds=0.5)),
        ("drop socket after 12", Fault("drop", after=12)),
        ("drop socket at progress twice", Fault("drop", "progress", 2)),
        ("slow /history by 2s", Fault("slow", "/history", None, seconds=2.0)),
        ("fail /prompt with 503 2 times", Fault("fail", "/prompt", 2, status=503)),
        ("truncate /view at 100 bytes", Fault("truncate", "/view", at_bytes=100)),
        ("truncate /view quietly", Fault("truncate", "/view", quietly=True)),
        ("reject save", Fault("reject", "save")),
        ("busy with 3 prompts", Fault("busy", after=3)),
    ],
)
def test_a_sentence_is_a_fault(text: str, fault: Fault) -> None:
    assert parse(text)._replace(text="") == fault


@pytest.mark.parametrize(
    "text", ["", "oom", "oom at", "fire at will", "drop socket", "slow it by 2s"]
)
def test_what_is_no_fault_is_told_with_all_there_are(text: str) -> None:
    with pytest.raises(CommandError, match=r"unknown fault `.*`; write:\n"):
        parse(text)


def test_a_known_first_word_gets_its_own_forms_only() -> None:
    with pytest.raises(CommandError) as raised:
        parse("drop sockets")
    assert str(raised.value).count("\n") == 2
    assert len(forms()) > 10


def test_out_of_memory_happens_once_and_unloads_the_models(serve: Serve) -> None:
    server = serve(faults=["oom at low.sampler"])
    with Client(server) as client:
        messages = client.run(split())
        (error,) = data_of(messages, "execution_error")
        assert error["exception_type"] == "torch.OutOfMemoryError"
        assert error["exception_message"].startswith("CUDA out of memory. Tried to allocate")
        assert "high.sampler" in error["executed"]
        assert client.get("/system_stats").json()["devices"][0]["torch_vram_total"] == 0
        assert "execution_success" in types(client.run(split()))
    assert server.happened == ["oom at low.sampler"]


def test_out_of_memory_until_freed(serve: Serve) -> None:
    with Client(serve(faults=["oom at VAEDecode until freed"])) as client:
        for _ in range(2):
            assert "execution_error" in types(client.run(split()))
        client.post("/free", {"unload_models": True})
        assert "execution_success" in types(client.run(split()))


def test_out_of_memory_unless_tiled(serve: Serve) -> None:
    with Client(serve(faults=["oom at decode unless tiled"])) as client:
        assert "execution_error" in types(client.run(split()))
        tiled = split()
        tiled["decode"] = node("VAEDecodeTiled", **tiled["decode"]["inputs"])
        tiled["decode"]["inputs"] |= {"tile_size": 512, "overlap": 64}
        tiled["decode"]["inputs"] |= {"temporal_size": 64, "temporal_overlap": 8}
        assert "execution_success" in types(client.run(tiled))


def test_out_of_memory_unless_the_passes_are_prompts_of_their_own(serve: Serve) -> None:
    with Client(serve(faults=["oom at *.sampler unless staged"])) as client:
        assert "execution_error" in types(client.run(split()))
        first = {key: node for key, node in split().items() if key not in ("low.sampler", "save")}
        first = {key: first[key] for key in list(first) if key not in ("decode", "video")}
        first["keep"] = node("SaveLatent", samples=["high.sampler", 0], filename_prefix="x")
        assert "execution_success" in types(client.run(first))


def test_a_size_that_no_card_holds_runs_out_of_memory_without_any_fault(serve: Serve) -> None:
    large = split(width=832, height=1216, length=161)
    with Client(serve(card="RTX 4090")) as client:
        (error,) = data_of(client.run(large), "execution_error")
        assert error["exception_type"].endswith("OutOfMemoryError")
    with Client(serve(card="H100")) as client:
        assert "execution_success" in types(client.run(large))


@pytest.mark.parametrize("inputs", [{"filename_prefix": "x" * 5000}, {"filename_prefix": "../x"}])
def test_a_file_that_cannot_be_written_is_the_nodes_own_error(
    client: Client, inputs: dict[str, str]
) -> None:
    prompt = split()
    prompt["save"]["inputs"] |= inputs
    (reported,) = data_of(client.run(prompt), "execution_error")
    assert reported["node_id"] == "save"
    assert types(client.run(split()))[-1] == "executing"


def test_a_dead_worker_is_silence(serve: Serve) -> None:
    server = serve(faults=["die at decode"])
    with Client(server).connect() as client:
        client.submit(split(), prompt_id="lost")
        reported = client.until(lambda each: each["data"].get("node") == "decode")
        assert reported[-1]["type"] == "executing"
        assert client.socket is not None
        client.socket.settimeout(0.1)
        with pytest.raises(websocket.WebSocketTimeoutException):
            client.receive()
        assert [each[1] for each in client.get("/queue").json()["queue_running"]] == ["lost"]


def test_a_restart_forgets_everything_and_cuts_the_socket(serve: Serve) -> None:
    with Client(serve(faults=["restart at decode for 1s"])).connect() as client:
        client.submit(split(), prompt_id="lost")
        with pytest.raises((ConnectionError, websocket.WebSocketConnectionClosedException)):
            client.until(lambda _: False)
        client.lose()
        away = 0
        while True:
            try:
                assert client.get("/history").json() == {}
                break
            except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
                away += 1
        assert away > 0
        assert client.get("/queue").json()["queue_running"] == []
        messages = client.run(split())
        assert data_of(messages, "execution_cached")[0]["nodes"] == []


@pytest.mark.parametrize("fault", ["drop socket after 12", "drop socket at progress"])
def test_a_dropped_socket_loses_nothing_but_messages(serve: Serve, fault: str) -> None:
    server = serve(faults=[fault])
    with Client(server).connect() as client:
        client.submit(split(), prompt_id="mine")
        with pytest.raises((ConnectionError, websocket.WebSocketConnectionClosedException)):
            client.until(lambda _: False)
        client.lose()
        assert client.history("mine")["status"]["completed"]
    assert server.happened == [fault]


def test_requests_fail_as_often_as_asked(serve: Serve) -> None:
    with Client(serve(faults=["fail /history with 503 twice"])) as client:
        assert [client.get("/history").status for _ in range(3)] == [503, 503, 200]
        assert client.get("/queue").status == 200


def test_a_truncated_answer_ends_before_its_length(serve: Serve) -> None:
    with Client(serve(faults=["truncate /object_info at 10 bytes"])) as client:
        with pytest.raises(http.client.IncompleteRead):
            client.get("/object_info/KSampler")
        assert client.get("/object_info/KSampler").json()


def test_a_client_that_hangs_up_before_the_cut_leaves_no_traceback(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(faults=["truncate /object_info/KSampler at 10 bytes always"])
    place = urlsplit(server.url)
    for _ in range(5):
        with socket.create_connection((place.hostname, place.port), timeout=10) as own:
            own.sendall(b"GET /object_info/KSampler HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert own.recv(4096)
    with Client(server) as client:  # it has gone through what came before
        assert client.get("/queue").status == 200
    server.stop()
    assert not [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_a_file_that_is_quietly_shorter_looks_whole(serve: Serve) -> None:
    with Client(serve(faults=["truncate /view quietly"])) as client:
        client.upload("a.png")
        short = client.get("/view?filename=a.png&type=input")
        whole = client.get("/view?filename=a.png&type=input")
        assert whole.body.startswith(short.body)
        assert len(short.body) == len(whole.body) // 2


def test_slow_answers_are_answers(serve: Serve) -> None:
    server = serve(faults=["slow /queue by 10ms twice"])
    with Client(server) as client:
        assert all(client.get("/queue").status == 200 for _ in range(3))
    assert len(server.happened) == 2


def test_a_rejected_output_is_a_200_with_node_errors(serve: Serve) -> None:
    prompt: dict[str, Any] = {**split(), "look": node("PreviewImage", images=["decode", 0])}
    with Client(serve(faults=["reject save"])).connect() as client:
        answer = client.submit(prompt)
        assert (answer.status, list(answer.json()["node_errors"])) == (200, ["save"])
        shown = data_of(client.until_end(), "executed")
        assert [each["node"] for each in shown] == ["look"]
    with Client(serve(faults=["reject save"])) as client:
        assert client.submit(split()).status == 400


def test_others_wait_in_a_busy_queue(serve: Serve) -> None:
    with Client(serve(faults=["busy with 3"], speed=600.0)).connect() as client:
        client.submit(split(), prompt_id="mine")
        assert client.get("/prompt").json()["exec_info"]["queue_remaining"] > 1
        assert client.history("mine")["status"]["completed"]
        assert len(client.get("/history").json()) == 4


def test_a_fault_can_come_while_the_server_runs(serve: Serve) -> None:
    server = serve()
    with Client(server) as client:
        client.run(split())
        server.inject("error at high.sampler")
        (error,) = data_of(client.run(split(seed=2)), "execution_error")
        assert "injected" in error["exception_message"]
        assert json.loads(json.dumps(error["current_inputs"]))["noise_seed"] == [2]
