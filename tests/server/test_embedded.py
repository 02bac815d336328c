"""Starting and stopping: nothing is left over, and nobody but this machine is served."""

from __future__ import annotations

import math
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.serving import QUICK_TO_LOAD, Client, split
from wan22dsl.errors import CatalogueError, CommandError
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable


def is_listening(url: str) -> bool:
    """Whether anything takes a connection at that address."""
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def test_when_it_ends_nothing_is_left() -> None:
    before = set(threading.enumerate())
    with EmbeddedServer(speed=math.inf) as server, Client(server) as client:
        url, place = server.url, server.place
        client.run(split())
        assert is_listening(url)
        assert place.is_dir()
    assert set(threading.enumerate()) == before
    assert not is_listening(url)
    assert not place.exists()


def test_it_ends_in_the_middle_of_a_run_with_sockets_open() -> None:
    server = EmbeddedServer(card=QUICK_TO_LOAD, speed=1.0).start()
    with Client(server).connect() as client:
        client.submit(split())
        client.until(lambda each: each["data"].get("node") == "high.sampler")
        server.stop()
        client.lose()
    server.stop()


def test_stopped_while_it_begins_it_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(self: threading.Event, timeout: float | None = None) -> bool:
        raise KeyboardInterrupt

    before = set(threading.enumerate())
    server = EmbeddedServer(speed=math.inf)
    ready = server._ready
    monkeypatch.setattr(ready, "wait", stop.__get__(ready))
    with pytest.raises(KeyboardInterrupt):
        server.start()
    assert set(threading.enumerate()) == before
    assert server._place is None


def test_it_ends_after_its_worker_has_died() -> None:
    server = EmbeddedServer(speed=math.inf, faults=["die at decode"])
    with server, Client(server).connect() as client:
        client.submit(split())
        client.until(lambda each: each["data"].get("node") == "decode")


def test_it_can_be_started_again() -> None:
    server = EmbeddedServer(speed=math.inf)
    for _ in range(2):
        with server, Client(server) as client:
            assert client.get("/queue").status == 200


def test_many_stand_beside_each_other() -> None:
    servers = [EmbeddedServer(speed=math.inf).start() for _ in range(5)]
    try:
        assert len({server.url for server in servers}) == 5
    finally:
        for server in servers:
            server.stop()


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"host": "0.0.0.0"}, "listens on this machine only"),
        ({"host": "example.org"}, "listens on this machine only"),
        ({"card": "Voodoo 2"}, "unknown card `Voodoo 2`"),
        ({"speed": 0}, "must be above zero"),
        ({"speed": math.nan}, "must be above zero"),
        ({"faults": ["rain"]}, "unknown fault `rain`"),
    ],
)
def test_what_cannot_be_is_refused_at_once(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        EmbeddedServer(**settings)


def test_a_port_that_is_taken_is_told() -> None:
    before = set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"cannot listen on 127.0.0.1:{port}"):
            EmbeddedServer(port=port).start()
    assert set(threading.enumerate()) == before


def test_an_unknown_target_is_told() -> None:
    with pytest.raises(CatalogueError, match=r"unknown target `9\.9\.9`"):
        EmbeddedServer(target="9.9.9").start()


def test_a_restart_revives_a_dead_worker(serve: Callable[..., EmbeddedServer]) -> None:
    server = serve(faults=["die at decode"])
    with Client(server).connect() as client:
        client.submit(split())
        client.until(lambda each: each["data"].get("node") == "decode")
        client.lose()
        server.restart(0.01)
        assert client.run(split())[-1]["data"]["node"] is None
