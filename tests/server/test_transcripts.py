"""The messages of recorded runs, in the order in which a real server sent them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
import websocket

from tests.recorded import recordings
from tests.server import facts
from tests.server.serving import QUICK_TO_LOAD, Client, is_end
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Recordings of which something else is compared: a second socket, and a server that is killed.
_SPECIAL = {"op_reconnect_second_socket_same_id", "op_server_dies_sig15", "op_server_dies_sig9"}
_ANOTHER_CLIENT = {"op_other_client_submits", "op_other_client_error"}
_NAMES = list(recordings.transcripts())
_SPEED = 100.0


class Recording:
    """One transcript, and how to play it to another server."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines = recordings.lines_of(recordings.transcripts()[name])
        self.histories: dict[str, dict[str, Any]] = {}
        for line in self.lines:
            if line.get("path", "").startswith("/history/") and isinstance(line["body"], dict):
                self.histories |= line["body"]

    def prompt_of(self, prompt_id: str, client_id: str | None) -> dict[str, Any]:
        """What was sent with that id: from its history, else a prompt with nodes of the same names."""
        entry = self.histories.get(prompt_id)
        if entry is not None:
            _, _, prompt, extra, outputs = entry["prompt"]
        else:
            others = [entry["prompt"][2] for entry in self.histories.values()]
            prompt, extra, outputs = (others or [self._alike()])[0], {"client_id": client_id}, None
        # The server keeps outputs in a set: in which order they ran, only the history tells.
        prompt = _with_outputs_in_order(prompt, outputs or [])
        body: dict[str, Any] = {"prompt": prompt}
        if outputs is not None:
            body["partial_execution_targets"] = outputs
        kept = {
            key: value for key, value in extra.items() if key not in ("client_id", "create_time")
        }
        if kept:
            body["extra_data"] = kept
        if extra.get("client_id") and "no_client_id" not in self.name:
            body["client_id"] = "tests"
        return body

    def _alike(self) -> dict[str, Any]:
        steps = [line["data"]["max"] for line in self.lines if line.get("type") == "progress"]
        prompt = recordings.two_passes()
        half = steps[0] if steps else 2
        prompt["13"]["inputs"] |= {"steps": half * 2, "end_at_step": half}
        prompt["14"]["inputs"] |= {"steps": half * 2, "start_at_step": half}
        return prompt

    def images(self) -> set[str]:
        """The pictures that its prompts load."""
        prompts = [entry["prompt"][2] for entry in self.histories.values()]
        nodes = [node for prompt in prompts for node in prompt.values()]
        named = {node["inputs"].get("image") for node in nodes if node["class_type"] == "LoadImage"}
        return {"start.png", *named}

    def cached_before(self, prompt_id: str) -> list[str]:
        """What the server had in its cache when that prompt ran."""
        entry = self.histories.get(prompt_id)
        reported = [
            (line["type"], line["data"]) for line in self.lines if line.get("kind") == "text"
        ]
        reported += [tuple(message) for message in entry["status"]["messages"]] if entry else []
        for kind, data in reported:
            if kind == "execution_cached" and data.get("prompt_id") == prompt_id:
                return list(data["nodes"])
        skipped = {f"{number}" for number in range(1, 13)}
        return sorted(skipped)


def _with_outputs_in_order(prompt: dict[str, Any], outputs: list[str]) -> dict[str, Any]:
    """The prompt with these nodes among themselves in that order, and all others where they are."""
    following = iter(outputs)
    names = [next(following) if name in outputs else name for name in prompt]
    return {name: prompt[name] for name in names}


def _messages(lines: list[dict[str, Any]]) -> Iterator[str]:
    for line in lines:
        shown = facts.token(line) if line.get("kind") in ("text", "binary") else None
        if shown is not None:
            yield shown


def _collapsed(tokens: list[str]) -> list[str]:
    """Steps of a run that was stopped: how many there were is chance. And so is when `status` comes."""
    found: list[str] = []
    for step in tokens:
        if step.startswith("status"):
            continue
        is_step = step.startswith(("progress ", "progress_state")) and "running 0/" not in step
        step = " ".join(step.split()[:2]) if is_step and "finished" not in step else step
        if step not in found[-2:] or not is_step:
            found.append(step)
    return found


class Player:
    """Plays the requests of a recording to a simulated server, and keeps what it sends."""

    def __init__(self, recording: Recording, server: EmbeddedServer, client: Client) -> None:
        self._recording = recording
        self._server = server
        self._client = client
        self.received: list[Any] = []
        self._ids: dict[str, str] = {}

    def play(self) -> list[str]:
        lines = self._recording.lines
        first = next((line for line in lines if "prompt_id" in str(line.get("body"))), None)
        assert first is not None
        self._fill_cache(first["body"]["prompt_id"])
        shown = [line["sent"] for line in lines if "sent" in line]
        self._client.connect(**(shown[0] if shown else {}))
        self._wait_for("status", 1)
        if shown:
            self._wait_for("feature_flags", 1)
        self._requests(lines)
        self._listen(lines)
        return [each for each in map(facts.token, self.received) if each is not None]

    def _fill_cache(self, prompt_id: str) -> None:
        before = self._recording.cached_before(prompt_id)
        if before:
            body = self._recording.prompt_of(prompt_id, "tests")
            body["prompt"] = facts.with_other_work(body["prompt"], before)
            body.pop("partial_execution_targets", None)
            with Client(self._server, "filler") as filler:
                filler.run(body["prompt"])

    def _requests(self, lines: list[dict[str, Any]]) -> None:
        seen: list[str] = []
        for number, line in enumerate(lines):
            shown = facts.token(line) if line.get("kind") in ("text", "binary") else None
            if shown is not None:
                seen.append(shown)
            if line.get("dir") != "request":
                continue
            self._wait_for_ends(sum(each == "executing None True" for each in seen))
            self._wait_for_idle(seen.count("status 0"))
            if line["path"] != "/prompt":
                self._wait_for_last(seen)
            self._request(line, lines[number + 1 :])

    def _request(self, line: dict[str, Any], after: list[dict[str, Any]]) -> None:
        if line["path"] != "/prompt":
            body = line["body"]
            text = json.dumps(body)
            for old, new in self._ids.items():
                text = text.replace(old, new)
            self._client.post(line["path"], json.loads(text))
            return
        answer = next(each for each in after if each.get("dir") == "response")
        if answer["status"] != 200:
            body = {"prompt": {}, "client_id": "tests"}
            assert self._client.post("/prompt", body).status == answer["status"]
            return
        prompt_id = answer["body"]["prompt_id"]
        body = self._recording.prompt_of(prompt_id, "tests")
        if self._recording.name in _ANOTHER_CLIENT:
            body["client_id"] = "another"
        number = answer["body"]["number"]
        if isinstance(number, float):
            body["number"] = number
        elif number < 0:
            body["front"] = True
        found = self._client.post("/prompt", body)
        assert found.status == 200, found.body
        self._ids[prompt_id] = found.json()["prompt_id"]

    def _wait_for(self, kind: str, count: int) -> None:
        while sum(each["type"] == kind for each in self.received if isinstance(each, dict)) < count:
            self.received.append(self._client.receive())

    def _wait_for_ends(self, count: int) -> None:
        while sum(map(is_end, self.received)) < count:
            self.received.append(self._client.receive())

    def _wait_for_idle(self, count: int) -> None:
        while sum(facts.token(each) == "status 0" for each in self.received) < count:
            self.received.append(self._client.receive())

    def _wait_for_last(self, seen: list[str]) -> None:
        """Goes on until the server is where the recording was when it sent a request."""
        steps = [each for each in seen if each.startswith(("progress ", "executing"))]
        if not steps:
            return
        while steps[-1] not in (facts.token(each) for each in self.received):
            self.received.append(self._client.receive())

    def _listen(self, lines: list[dict[str, Any]]) -> None:
        """Takes all messages until as many prompts have ended as in the recording."""
        ends = sum(line.get("kind") == "text" and is_end(line) for line in lines)
        self._wait_for_ends(ends)
        self._wait_for_idle(sum(facts.token(line) == "status 0" for line in lines))


@pytest.mark.parametrize("name", [name for name in _NAMES if name not in _SPECIAL])
def test_a_recording_is_played_in_its_order(name: str) -> None:
    recording = Recording(name)
    is_stopped = any(line.get("path") in ("/interrupt", "/queue") for line in recording.lines)
    settings: dict[str, Any] = {"speed": math.inf}
    if is_stopped or name in _ANOTHER_CLIENT:
        settings = {"speed": _SPEED, "card": QUICK_TO_LOAD}
    previews = any(line.get("kind") == "binary" for line in recording.lines)
    settings["previews"] = previews
    with EmbeddedServer(target="0.3.64", **settings) as server, Client(server) as client:
        for image in recording.images():
            client.upload(image)
        found = Player(recording, server, client).play()
    wanted = list(_messages(recording.lines))
    if is_stopped:
        found, wanted = _collapsed(found), _collapsed(wanted)
    assert found == wanted


@pytest.mark.parametrize("name", [name for name in _NAMES if "server_dies" in name])
def test_up_to_the_end_of_the_server_a_recording_is_the_same(name: str) -> None:
    recording = Recording(name)
    wanted = list(_messages(recording.lines))
    last = next(each for each in reversed(wanted) if each.startswith("progress "))
    previews = "preview" in wanted
    settings: dict[str, Any] = {"speed": _SPEED, "card": QUICK_TO_LOAD, "previews": previews}
    with EmbeddedServer(target="0.3.64", **settings) as server, Client(server) as client:
        client.upload("start.png")
        if "execution_cached " + " ".join(map(str, range(1, 13))) in wanted:
            prompt = recording.prompt_of("", None)["prompt"]
            before = [str(number) for number in range(1, 13)]
            with Client(server, "filler") as filler:
                filler.run(facts.with_other_work(prompt, before))
        client.connect().post("/prompt", {**recording.prompt_of("", None), "client_id": "tests"})
        found = client.until(lambda each: facts.token(each) == last)
        if wanted[-1] == "preview":
            found.append(client.receive())
        server.restart()
        assert [facts.token(finding) for finding in found] == wanted
        with pytest.raises((ConnectionError, websocket.WebSocketConnectionClosedException)):
            client.until(lambda _: False)
        assert client.get("/history").json() == {}
        client.lose()


def test_a_second_socket_gets_what_the_recording_says_it_got() -> None:
    recording = Recording("op_reconnect_second_socket_same_id")
    (reported,) = (line["messages"] for line in recording.lines if "messages" in line)
    wanted = [each for each in reported if each.get("kind") == "text"][:2]
    settings: dict[str, Any] = {"speed": _SPEED, "card": QUICK_TO_LOAD}
    server = EmbeddedServer(target="0.3.64", **settings)
    with server, Client(server) as first, Client(server) as second:
        first.upload("start.png")
        body = recording.prompt_of(next(iter(recording.histories)), "tests")
        first.connect().post("/prompt", body)
        first.until(lambda each: each["type"] == "progress")
        second.connect()
        found = [second.receive(), second.receive()]
        assert [facts.token(finding) for finding in found] == [facts.token(each) for each in wanted]
