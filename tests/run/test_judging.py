"""What a history says, however odd it is: an end, or none yet."""

from __future__ import annotations

import pytest

from wan22dsl.run import server_history
from wan22dsl.run.client import RemoteFile


def history(*messages, status_str="success", outputs=None):
    reported = [[kind, {"timestamp": at_ms, **more}] for kind, at_ms, more in messages]
    status = {"status_str": status_str, "completed": True, "messages": reported}
    return {"outputs": outputs or {}, "status": status}


START = ("execution_start", 1_000, {})


def test_the_last_message_counts_and_not_what_the_status_says():
    fault = {"node_id": "a", "exception_type": "DependencyCycleError", "exception_message": "x"}
    found = server_history.verdict(history(START, ("execution_error", 2_000, fault)))
    assert (found.how, found.fault.node, found.started_ms, found.ended_ms) == (
        "error",
        "a",
        1000,
        2000,
    )


def test_an_error_without_a_message_is_an_error_all_the_same():
    found = server_history.verdict(history(status_str="error"))
    assert found.how == "error" and "not why" in found.fault.message


@pytest.mark.parametrize("status", [None, 7, [], {}, {"messages": 3}, {"status_str": "running"}])
def test_without_an_end_there_is_none(status):
    assert server_history.verdict({"outputs": {}, "status": status}) is None


@pytest.mark.parametrize("stamp", [None, "x", -5, 10**400, float("nan"), True])
def test_a_time_that_is_none_is_left_out(stamp):
    found = server_history.verdict(history(START, ("execution_success", stamp, {})))
    assert (found.how, found.ended_ms) == ("success", None)


def test_each_file_is_named_once_and_previews_are_not():
    one = {"filename": "a.mp4", "subfolder": "x", "type": "output"}
    other = {"filename": "b.png", "subfolder": "", "type": "temp"}
    odd = [{"filename": 7}, {"filename": ""}, {"filename": "c", "subfolder": 1}, "d", None]
    outputs = {
        "save": {"images": [one, other, *odd], "gifs": [one], "animated": [True], "text": "x"}
    }
    assert list(server_history.files(outputs)) == [("save", RemoteFile("a.mp4", "x", "output"))]
