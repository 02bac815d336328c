"""Messages of a server → events, whatever the server sends."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.run.events import (
    Cached,
    Closing,
    Ended,
    Garbled,
    NodeFinished,
    NodeOutput,
    NodeStarted,
    QueueChanged,
    Started,
    Step,
)
from wan22dsl.run.protocol import Protocol

ID = "11111111-2222-4333-8444-555555555555"


def frame_of(kind, **data):
    return json.dumps({"type": kind, "data": data})


def state(**nodes):
    """A `progress_state`: node → (state, value, maximum)."""
    return frame_of(
        "progress_state",
        prompt_id=ID,
        nodes={
            name: {
                "state": node[0],
                "value": float(node[1]),
                "max": float(node[2]),
                "node_id": name,
            }
            for name, node in nodes.items()
        },
    )


#: One sampler and a node that saves, as a server tells of them.
STORY = [
    frame_of("status", status={"exec_info": {"queue_remaining": 1}}, sid="x"),
    frame_of("execution_start", prompt_id=ID, timestamp=1_000_000),
    frame_of("execution_cached", nodes=["loader"], prompt_id=ID, timestamp=1_000_004),
    state(sampler=("running", 0, 1)),
    frame_of("executing", node="sampler", display_node="sampler", prompt_id=ID),
    state(sampler=("running", 1, 2)),
    frame_of("progress", value=1, max=2, prompt_id=ID, node="sampler"),
    state(sampler=("running", 2, 2)),
    frame_of("progress", value=2, max=2, prompt_id=ID, node="sampler"),
    state(sampler=("finished", 2, 2)),
    state(sampler=("finished", 2, 2), save=("running", 0, 1)),
    frame_of("executing", node="save", display_node="save", prompt_id=ID),
    frame_of("executed", node="save", display_node="save", output={"images": []}, prompt_id=ID),
    state(sampler=("finished", 2, 2), save=("finished", 1, 1)),
    frame_of("execution_success", prompt_id=ID, timestamp=1_002_000),
    frame_of("status", status={"exec_info": {"queue_remaining": 0}}),
    frame_of("executing", node=None, prompt_id=ID),
]

NODES = ["loader", "sampler", "save"]


def events(frames, protocol=None):
    protocol = protocol or Protocol(ID, NODES)
    return [each for at, frame in enumerate(frames) for each in protocol.receive(frame, float(at))]


def test_a_whole_story_is_told_once():
    assert events(STORY) == [
        QueueChanged(0.0, 1),
        Started(1.0, 1_000_000),
        Cached(2.0, ("loader",), 1_000_004),
        NodeStarted(3.0, "sampler"),
        Step(5.0, "sampler", 1, 2),
        Step(7.0, "sampler", 2, 2),
        NodeFinished(9.0, "sampler"),
        NodeStarted(10.0, "save"),
        NodeOutput(12.0, "save", {"images": []}),
        NodeFinished(13.0, "save"),
        Ended(14.0, "success", 1_002_000),
        QueueChanged(15.0, 0),
        Closing(16.0),
    ]


def test_a_server_that_tells_no_states_is_understood():
    frames = [each for each in STORY if "progress_state" not in each]
    kinds = [type(event) for event in events(frames)]
    assert kinds.count(NodeStarted) == 2
    assert kinds.count(Step) == 2


def test_messages_about_other_prompts_are_nobodys_business():
    others = [frame.replace(ID, "other") for frame in STORY]
    assert {type(event) for event in events(others)} == {QueueChanged}


def test_after_a_gap_what_happened_meanwhile_is_marked_as_late():
    protocol = Protocol(ID, NODES)
    events(STORY[:5], protocol)
    protocol.resumed()
    found = protocol.receive(state(sampler=("finished", 2, 2), save=("running", 0, 1)), 20.0)
    assert found == [NodeFinished(20.0, "sampler", True), NodeStarted(20.0, "save", True)]


def test_on_reconnecting_the_current_node_comes_without_an_id():
    protocol = Protocol(ID, NODES)
    events(STORY[:3], protocol)
    assert protocol.receive(frame_of("executing", node="sampler"), 9.0) == [
        NodeStarted(9.0, "sampler")
    ]
    assert protocol.receive(frame_of("executing", node="somebody_elses"), 9.0) == []
    assert protocol.receive(frame_of("executing", node=None), 9.0) == []


def test_an_error_says_where_and_why():
    frame = frame_of(
        "execution_error", prompt_id=ID, node_id="sampler", node_type="KSampler", timestamp=5,
        exception_type="torch.OutOfMemoryError", exception_message="Allocation on device\n",
        traceback=["a\n", "b\n"], executed=[], current_inputs={"x": ["…"]},
    )  # fmt: skip
    (found,) = events([frame])
    assert found.how == "error"
    assert (found.fault.node, found.fault.type) == ("sampler", "torch.OutOfMemoryError")
    assert found.fault.message == "Allocation on device"
    assert found.fault.traceback == ("a", "b")


def test_a_node_within_a_node_belongs_to_the_one_that_people_know():
    protocol = Protocol(ID, NODES)
    frame = frame_of("executing", node="sampler.0.0.1", display_node="sampler", prompt_id=ID)
    assert protocol.receive(frame, 1.0) == [NodeStarted(1.0, "sampler")]
    step = frame_of("progress", value=1, max=9, prompt_id=ID, node="sampler.0.0.1")
    assert protocol.receive(step, 2.0) == [Step(2.0, "sampler", 1, 9)]


def test_a_node_in_a_loop_begins_once_for_each_copy_and_counts_its_steps_anew():
    protocol = Protocol(ID, NODES)
    found = []
    for position in range(2):
        name = f"loop.0.0.{position}_sampler"
        begun = frame_of("executing", node=name, display_node="sampler", prompt_id=ID)
        step = frame_of("progress", value=1, max=2, prompt_id=ID, node=name)
        found += [*protocol.receive(begun, 1.0), *protocol.receive(step, 2.0)]
    assert found == [NodeStarted(1.0, "sampler"), Step(2.0, "sampler", 1, 2)] * 2


def test_what_finishes_without_having_begun_came_from_the_cache():
    protocol = Protocol(ID, NODES)
    assert protocol.receive(state(save=("finished", 1, 1)), 1.0) == [Cached(1.0, ("save",), None)]


def test_pictures_are_left_out():
    assert Protocol(ID, NODES).receive(b"\x00\x00\x00\x01\x00\x00\x00\x02jpeg", 1.0) == []


def test_numbers_beyond_all_reason_are_no_numbers():
    for number in ("1e999", "9" * 400, "NaN", "-1e400", "true", str(10**9)):
        about = f'"prompt_id": "{ID}", "node": "a", "value": {number}, "max": 9'
        step = f'{{"type": "progress", "data": {{{about}}}}}'
        assert [type(each) for each in Protocol(ID, NODES).receive(step, 1.0)] == [Garbled]
        start = (
            f'{{"type": "execution_start", "data": {{"prompt_id": "{ID}", "timestamp": {number}}}}}'
        )
        (found,) = Protocol(ID, NODES).receive(start, 1.0)
        assert found.timestamp_ms in {None, 10**9}


def test_half_a_character_becomes_a_whole_one():
    frame = json.dumps({"type": "executing", "data": {"node": "a\ud800", "prompt_id": ID}})
    assert Protocol(ID, NODES).receive(frame, 1.0) == [NodeStarted(1.0, "a\ufffd")]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    ["prompt_id", "node", "nodes", "value", "max", "output", "timestamp", "status", "traceback"]
)
_KINDS = st.sampled_from([json.loads(each)["type"] for each in STORY] + ["execution_error", "new"])


@given(_KINDS, st.dictionaries(_KEYS, _JSON | st.just(ID), max_size=6))
def test_no_message_makes_it_raise(kind, data):
    data.setdefault("prompt_id", ID)
    Protocol(ID, NODES).receive(json.dumps({"type": kind, "data": data}), 1.0)


@given(st.text(max_size=40))
def test_what_is_no_message_is_garbled(text):
    found = Protocol(ID, NODES).receive(text, 1.0)
    assert all(isinstance(finding, Garbled) for finding in found)


@given(st.lists(st.sampled_from(STORY), max_size=30))
def test_in_whatever_order_they_come_no_node_starts_twice(frames):
    found = [event.node for event in events(frames) if isinstance(event, NodeStarted)]
    assert len(found) == len(set(found))
