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
        one["body"]
        for one in lines
        if one.get("path") == "/prompt" and one.get("dir") == "response"
    ]
    frames = [
        (one["t"], json.dumps({"type": one["type"], "data": one["data"]}))
        for one in lines
        if one["kind"] == "text"
    ]
    ids = [one["prompt_id"] for one in answers if isinstance(one, dict) and "prompt_id" in one]
    return frames, ids[0] if ids else ""


@pytest.mark.parametrize("file", transcripts())
def test_a_transcript_is_understood(file):
    frames, prompt_id = read(file)
    protocol = Protocol(prompt_id, [])
    events = [one for at, frame in frames for one in protocol.receive(frame, at)]
    assert not [one for one in events if isinstance(one, Garbled)]
    ours = [json.loads(frame) for _, frame in frames]
    ours = [one for one in ours if one["data"].get("prompt_id") == prompt_id]
    endings = [
        one["type"] for one in ours if one["type"] in {"execution_success", "execution_error"}
    ]
    assert [one.how for one in events if isinstance(one, Ended) and one.how != "interrupted"] == [
        one.removeprefix("execution_") for one in endings[:1]
    ]


@pytest.mark.parametrize("file", transcripts(*WHOLE))
def test_the_time_of_each_node_is_that_of_the_transcript(file):
    frames, prompt_id = read(file)
    protocol = Protocol(prompt_id, [])
    events = [one for at, frame in frames for one in protocol.receive(frame, at)]
    times = {one.node: one.seconds for one in of_prompt(events).nodes}
    stamps = []
    for at, frame in frames:
        message = json.loads(frame)
        if message["type"] == "executing" and message["data"].get("prompt_id") == prompt_id:
            stamps.append((at, message["data"]["node"]))
    begun = [one.node for one in events if isinstance(one, NodeStarted)]
    assert begun == [node for _, node in stamps if node is not None]
    # The last node ends with the success, by the server's clock; the others when the next one begins.
    for (at, node), (until, _) in pairwise(stamps[:-1]):
        assert times[node] == pytest.approx(until - at, abs=0.01)
