"""A server is not trusted: odd answers become clear errors, and no secret is told."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wan22dsl.errors import CommandError, ServerAnswered, ServerError, ServerSilent
from wan22dsl.network import address, limits
from wan22dsl.run import client as client_module
from wan22dsl.run.client import Client, RemoteFile


@contextmanager
def answering(status=200, body=b"{}", headers=(), seen=None):
    """A server that says the same to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if seen is not None:
                seen.append((self.path, dict(self.headers)))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            if not any(name == "Content-Length" for name, _ in headers):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_HEAD = do_GET  # noqa: N815

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def trickling():
    """A server whose answer never ends: a blank every now and then."""
    gone = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        one, _ = listening.accept()
        with one, suppress(OSError):
            one.recv(10_000)
            one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not gone.wait(0.02):
                one.sendall(b" ")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        gone.set()
        thread.join()
        listening.close()


def client(host, token=""):
    return Client(address.read(f"http://{host}", token))


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"<html>", b'{"a": ', b"[" * 100_000, b"\xff\xfe"]
)
def test_what_is_no_answer_of_comfyui_is_said_to_be_none(body):
    with answering(body=body) as host, pytest.raises(ServerSilent):
        client(host).system_stats()


def test_half_an_answer_is_no_answer():
    with (
        answering(body=b'{"a": 1}', headers=[("Content-Length", "500")]) as host,
        pytest.raises(ServerSilent, match=r"broke off|middle"),
    ):
        client(host).system_stats()


def test_a_redirect_is_not_followed():
    with (
        answering(status=302, headers=[("Location", "http://127.0.0.1:9/steal")]) as host,
        pytest.raises(ServerAnswered) as caught,
    ):
        client(host, "secret").system_stats()
    assert caught.value.status == 302


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
def test_an_error_says_which_and_hides_the_secrets(status):
    with answering(status=status, body=b"no") as host:
        found = Client(address.read(f"http://user:pass123@{host}/comfy?key=k123", "tok123"))
        with pytest.raises(ServerAnswered) as caught:
            found.system_stats()
    reported = str(caught.value) + repr(caught.value) + found.shown
    assert str(status) in reported
    assert not any(secret in reported for secret in ("pass123", "k123", "tok123", "user"))


def test_the_token_is_sent_as_a_bearer_token():
    seen = []
    with answering(seen=seen) as host:
        client(host, "tok123").system_stats()
    assert seen[0][1]["Authorization"] == "Bearer tok123"


def test_a_login_in_the_address_is_sent_and_its_query_kept():
    seen = []
    with answering(seen=seen) as host:
        Client(address.read(f"http://me:pa%20ss@{host}/base?key=1")).system_stats()
    assert seen[0][0] == "/base/system_stats?key=1"
    assert seen[0][1]["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8188",
        "ftp://a",
        "http://",
        "http://a:x",
        "file:///a",
        "http://a b",
        "http://a..b",
    ],
)
def test_what_is_no_address_is_not_repeated(url):
    with pytest.raises(CommandError) as caught:
        address.read(url)
    assert "http://127.0.0.1:8188" in str(caught.value)


def test_a_server_that_is_not_there_is_said_to_be_so():
    with answering() as host:
        gone = client(host)
    with pytest.raises(ServerSilent, match="cannot be reached"):
        gone.queue()


def test_a_file_that_is_shorter_than_announced_is_an_error():
    with (
        answering(body=b"abc", headers=[("Content-Length", "10")]) as host,
        pytest.raises(ServerError),
    ):
        list(client(host).download(RemoteFile("a.mp4", "", "output")))


def test_a_file_that_is_too_large_to_be_true_is_not_begun():
    with (
        answering(headers=[("Content-Length", str(10**15))]) as host,
        pytest.raises(ServerSilent, match="announced"),
    ):
        list(client(host).download(RemoteFile("a.mp4", "", "output")))


@pytest.mark.parametrize("body", [b"{}", b'{"queue_running": 1, "queue_pending": []}'])
def test_what_is_no_queue_is_not_taken_for_an_empty_one(body):
    with answering(body=body) as host, pytest.raises(ServerSilent, match="not like ComfyUI"):
        client(host).queue()


def test_odd_entries_of_a_queue_are_left_out():
    odd = b'{"queue_running": [[1], "x", [2, 3], [1e999, "b"]], "queue_pending": [[9' + b"9" * 400
    with answering(body=odd + b', "a"]]}') as host:
        assert client(host).queue() == (("b",), ("a",))


@pytest.mark.parametrize("length", ["²", "-1", "9" * 5000, "x"])
def test_a_length_that_is_no_number_is_not_counted_on(length):
    with (
        answering(body=b"{}", headers=[("Content-Length", length)]) as host,
        pytest.raises(ServerError),
    ):
        client(host).queue()


def test_an_answer_that_trickles_in_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(limits, "QUEUE", limits.Limit(0.3, 1000))
    with trickling() as host, pytest.raises(ServerSilent, match="too slowly"):
        client(host).queue()


def test_a_file_that_trickles_in_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(client_module, "_WITHIN_S", 0.3)
    with trickling() as host, pytest.raises(ServerSilent, match="too slowly"):
        list(client(host).download(RemoteFile("a.mp4", "", "output")))


def test_half_a_character_of_a_server_harms_nobody():
    with answering(body=rb'{"system": {"os": "a\ud800b", "\udfff": ["\uD83D\uDE00"]}}') as host:
        found = client(host).system_stats()
    assert found == {"system": {"os": "a\ufffdb", "\ufffd": ["\U0001f600"]}}


def test_this_machine_is_asked_without_a_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with answering(body=b'{"a": 1}') as host:
        assert client(host).system_stats() == {"a": 1}


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://127.0.0.1:1/a b/ü?k=ß d", "http://127.0.0.1:1/a%20b/%C3%BC/queue?k=%C3%9F%20d"),
        ("http://127.0.0.1:1/a%20b/", "http://127.0.0.1:1/a%20b/queue"),
        ("HTTP://BÜCHER.example/", "http://xn--bcher-kva.example/queue"),
        ("http://[::1]:8188", "http://[::1]:8188/queue"),
        ("  http://a:1 ", "http://a:1/queue"),
    ],
)
def test_an_address_in_any_letters_is_one_that_can_be_sent(url, asked):
    assert address.read(url).url("/queue") == asked


def test_logs_that_cannot_be_had_are_no_fault():
    with answering(status=404) as host:
        assert client(host).logs() == []
