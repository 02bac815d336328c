"""The cases of a real server's errors: the same status, the same types of errors, the same end."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from tests.recorded import recordings
from tests.server import facts
from tests.server.serving import START, Client, is_end
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where in a circle Python gives up is chance: here another node was blamed at every start.
_CIRCLES = {"cycle_self", "cycle_two_nodes", "kill_cycle_two_nodes"}


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """One server for all cases; it is started again after each."""
    with EmbeddedServer(target="0.3.64", speed=math.inf, models=facts.MODELS) as one:
        with Client(one) as client:
            for name in ("start.png", "ref.png", "portrait.png", "corrupt.png"):
                client.upload(name)
            client.upload("notanimage.png", b"these are words")
            client.upload("up2.png", subfolder="proj/a")
            client.upload("refine_webp_00001_.webp", START, subfolder="real", type="output")
        yield one


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


@pytest.mark.parametrize("name", recordings.error_names())
def test_a_case_gets_the_answer_of_a_real_server(name: str, server: EmbeddedServer) -> None:
    case = recordings.error_case(name)
    request = case.request
    if name == "oom":
        server.inject("oom at 30")
        request["prompt"]["30"]["class_type"] = "ImageInvert"
    if isinstance(request, dict):
        request["client_id"] = "tests"
    body = request if isinstance(request, str) else json.dumps(request)
    with Client(server).connect() as client:
        answer = client.call("POST", "/prompt", body.encode())
        error, node_errors = recordings.error_types(_parsed(answer.body))
        assert (answer.status, error) == (case.status, case.error)
        assert node_errors == case.node_errors or name in _CIRCLES
        if case.end is not None:
            assert recordings.end_of(_messages(client, case.end)) == case.end
    server.restart(0.01)


def _messages(client: Client, expected: str) -> list[Any]:
    """All messages of a prompt; of one after which there is silence, all up to the silence."""
    if expected != "silence":
        return client.until_end()
    assert client.socket is not None
    client.socket.settimeout(0.3)
    found: list[Any] = []
    while not (found and is_end(found[-1])):
        try:
            found.append(client.receive())
        except TimeoutError:
            break
        except Exception as error:
            assert "timed out" in str(error)
            break
    assert client.get("/queue").json()["queue_running"], "a dead worker still holds its prompt"
    return found
