"""A simulated server for each test, as quick as can be, and a client of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.serving import Client
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def serve() -> Iterator[Callable[..., EmbeddedServer]]:
    """`serve(faults=[…])` starts a server; it ends with the test."""
    running: list[EmbeddedServer] = []

    def start(**settings: Any) -> EmbeddedServer:
        settings = {"speed": math.inf, "target": "0.3.64", **settings}
        running.append(EmbeddedServer(**settings).start())
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def client(serve: Callable[..., EmbeddedServer]) -> Iterator[Client]:
    """A client of a server without faults."""
    with Client(serve()) as one:
        yield one
