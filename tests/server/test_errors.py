"""The cases of a real server's errors: the same status, the same types of errors, the same end."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from tests.server import facts
from tests.server.serving import START, Client, is_end
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not facts.FACTS, reason="WAN_FACTS names no recordings")

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


def _types(status: int, answer: Any) -> Any:
    """What must be the same of an answer: status, type, and the types of each node's errors."""
    if not isinstance(answer, dict):
        return status, None, {}
    error = (answer.get("error") or {}).get("type")
    node_errors = {
        name: sorted(one["type"] for one in entry["errors"])
        for name, entry in (answer.get("node_errors") or {}).items()
    }
    return status, error, node_errors


def _end(messages: list[Any]) -> str:
    """How a prompt ended."""
    for one in messages:
        if one["type"] == "execution_error":
            return f"{one['data']['exception_type']} at {one['data']['node_id']}"
        if one["type"] in ("execution_success", "execution_interrupted"):
            return str(one["type"])
    return "silence"


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


@pytest.mark.parametrize("path", facts.files("errors"), ids=lambda path: path.stem)
def test_a_case_gets_the_answer_of_a_real_server(path: Path, server: EmbeddedServer) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    request = case["request"]
    if path.stem == "oom":
        server.inject("oom at 30")
        request["prompt"]["30"]["class_type"] = "ImageInvert"
    if isinstance(request, dict):
        request["client_id"] = "tests"
    body = request if isinstance(request, str) else json.dumps(request)
    with Client(server).connect() as client:
        answer = client.call("POST", "/prompt", body.encode())
        found = _types(answer.status, _parsed(answer.body))
        wanted = _types(case["http_status"], case["response"])
        if path.stem in _CIRCLES:
            found, wanted = found[:2], wanted[:2]
        assert found == wanted
        if answer.status == 200:
            expected = _end(case["runtime"]["messages"])
            assert _end(_told(client, expected)) == expected
    server.restart(0.01)


def _told(client: Client, expected: str) -> list[Any]:
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
