"""Recorded transcripts of a real server: nothing in them is unclear."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from tests.recorded import recordings
from wan22dsl.run.clocks import of_prompt
from wan22dsl.run.events import Ended, Garbled, NodeStarted
from wan22dsl.run.protocol import Protocol

#: Runs that nothing stopped and of which no client lost a message.
WHOLE = ("_fresh", "_end4", "_seed_changed")


def transcripts(*endings):
    """The transcripts with these endings of their names; without endings all."""
    return [
        pytest.param(file, id=name)
        for name, file in recordings.transcripts().items()
        if name.endswith(endings or "")
    ]


def read(file):
    """The frames of a transcript with their times, and the id of its first prompt."""
    lines = recordings.lines_of(file)
    answers = [
        line["body"]
        for line in lines
        if line.get("path") == "/prompt" and line.get("dir") == "response"
    ]
    frames = [
        (line["t"], json.dumps({"type": line["type"], "data": line["data"]}))
        for line in lines
        if line["kind"] == "text"
    ]
    ids = [
        answer["prompt_id"]
        for answer in answers
        if isinstance(answer, dict) and "prompt_id" in answer
    ]
    return frames, ids[0] if ids else ""


@pytest.mark.parametrize("file", transcripts())
def test_a_transcript_is_understood(file):
    frames, prompt_id = read(file)
    protocol = Protocol(prompt_id, [])
    events = [each for at, frame in frames for each in protocol.receive(frame, at)]
    assert not [event for event in events if isinstance(event, Garbled)]
    ours = [json.loads(frame) for _, frame in frames]
    ours = [each for each in ours if each["data"].get("prompt_id") == prompt_id]
    endings = [
        each["type"] for each in ours if each["type"] in {"execution_success", "execution_error"}
    ]
    assert [
        event.how for event in events if isinstance(event, Ended) and event.how != "interrupted"
    ] == [ending.removeprefix("execution_") for ending in endings[:1]]


@pytest.mark.parametrize("file", transcripts(*WHOLE))
def test_the_time_of_each_node_is_that_of_the_transcript(file):
    frames, prompt_id = read(file)
    protocol = Protocol(prompt_id, [])
    events = [each for at, frame in frames for each in protocol.receive(frame, at)]
    times = {node.node: node.seconds for node in of_prompt(events).nodes}
    stamps = []
    for at, frame in frames:
        message = json.loads(frame)
        if message["type"] == "executing" and message["data"].get("prompt_id") == prompt_id:
            stamps.append((at, message["data"]["node"]))
    begun = [event.node for event in events if isinstance(event, NodeStarted)]
    assert begun == [node for _, node in stamps if node is not None]
    # The last node ends with the success, by the server's clock; the others when the next one begins.
    for (at, node), (until, _) in pairwise(stamps[:-1]):
        assert times[node] == pytest.approx(until - at, abs=0.01)
