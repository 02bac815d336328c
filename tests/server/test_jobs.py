"""`/api/jobs`: the list by which ComfyUI's page shows its queue and its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.server.serving import Client, node, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wan22dsl.server.embedded import EmbeddedServer

_OTHER = "0badcafe-0000-4000-8000-00000000000f"


def _id(number: int) -> str:
    return f"0badcafe-0000-4000-8000-{number:012}"


def text(words: str) -> dict[str, Any]:
    """The smallest prompt that shows something."""
    return {"1": node("PreviewAny", source=words)}


@pytest.fixture
def newer(serve: Callable[..., EmbeddedServer]) -> Iterator[Client]:
    """A client of a server of 0.33, which has jobs."""
    with Client(serve(target="0.33.0")) as one:
        yield one


def listed(client: Client, query: str = "") -> list[str]:
    """The ids in the list."""
    return [job["id"] for job in client.get(f"/api/jobs{query}").json()["jobs"]]


def test_a_job_that_is_done_has_its_times_and_its_preview(newer: Client) -> None:
    extra = {"extra_pnginfo": {"workflow": {"id": "w1"}}}
    newer.run(split(), prompt_id=_id(1), extra_data=extra)
    newer.history(_id(1))
    (job,) = newer.get("/api/jobs").json()["jobs"]
    assert job["create_time"] <= job["execution_start_time"] <= job["execution_end_time"]
    preview = job["preview_output"]
    assert (preview["type"], preview["subfolder"], preview["nodeId"]) == ("output", "wan", "save")
    assert preview["mediaType"] == "images"
    assert newer.get(f"/view?filename={preview['filename']}&subfolder=wan").status == 200
    counts = (job["outputs_count"], job["previewable_outputs_count"])
    assert (job["id"], job["status"], job["workflow_id"], *counts) == (
        _id(1),
        "completed",
        "w1",
        1,
        1,
    )


def test_one_job_has_its_prompt_and_its_outputs(newer: Client) -> None:
    newer.run(split(), prompt_id=_id(1))
    entry = newer.history(_id(1))
    job = newer.get(f"/api/jobs/{_id(1)}").json()
    assert job["workflow"] == {"prompt": entry["prompt"][2], "extra_data": entry["prompt"][3]}
    assert (job["outputs"], job["execution_status"]) == (entry["outputs"], entry["status"])
    assert newer.get(f"/api/jobs/{_OTHER}").status == 404


def test_jobs_that_fail_wait_run_and_are_cancelled_say_so(
    serve: Callable[..., EmbeddedServer],
) -> None:
    server = serve(target="0.33.0", speed=1, faults=["oom at save"])
    with Client(server) as client:
        client.connect()
        client.submit(text("first"), prompt_id=_id(0))
        client.history(_id(0))
        for number in (1, 2, 3):
            client.submit(split(seed=number), prompt_id=_id(number))
        client.until(
            lambda each: (
                isinstance(each, dict)
                and each["type"] == "executing"
                and each["data"]["prompt_id"] == _id(1)
            )
        )
        assert listed(client, "?status=in_progress") == [_id(1)]
        assert set(listed(client, "?status=pending")) == {_id(2), _id(3)}
        job = client.get(f"/api/jobs/{_id(2)}").json()
        assert (job["status"], job["outputs_count"]) == ("pending", 0)
        assert job["workflow"]["prompt"]["save"]["class_type"] == "SaveVideo"

        def cancel(path: str, reported: Any = None) -> Any:
            return client.post(f"/api/jobs/{path}", reported).json()["cancelled"]

        assert [cancel(f"{_id(2)}/cancel"), cancel(f"{_id(2)}/cancel")] == [True, False]
        assert [cancel(f"{_id(0)}/cancel"), cancel(f"{_OTHER}/cancel")] == [False, False]
        assert cancel("cancel", {"job_ids": [_OTHER]}) is False
        assert cancel("cancel", {"job_ids": [_id(1), _id(3), _OTHER]}) is True
        client.history(_id(1))
        assert listed(client, "?status=cancelled") == [_id(1)]
        assert listed(client, "?status=pending,in_progress") == []
    with Client(serve(target="0.33.0", faults=["oom at save"])) as client:
        client.run(split(), prompt_id=_id(4))
        client.history(_id(4))
        (job,) = client.get("/api/jobs?status=failed").json()["jobs"]
        error = job["execution_error"]
        assert error["exception_type"].endswith("OutOfMemoryError")
        assert error["node_id"] == "save"
        assert {"node_type", "exception_message", "traceback"} <= set(error)
        assert "preview_output" not in job


def test_the_list_comes_in_pages_and_in_order(newer: Client) -> None:
    for number in range(4):
        extra = {"extra_pnginfo": {"workflow": {"id": f"w{number % 2}"}}}
        newer.run(text(str(number)), prompt_id=_id(number), extra_data=extra)
        newer.history(_id(number))
    first = newer.get("/api/jobs?limit=3").json()
    assert first["pagination"] == {"offset": 0, "limit": 3, "total": 4, "has_more": True}
    last = newer.get("/api/jobs?limit=3&offset=3").json()
    assert last["pagination"]["has_more"] is False
    assert len(first["jobs"]) == 3
    assert len(last["jobs"]) == 1
    times = [job["create_time"] for job in (*first["jobs"], *last["jobs"])]
    assert times == sorted(times, reverse=True)
    rising = newer.get("/api/jobs?sort_order=asc").json()["jobs"]
    assert [each["create_time"] for each in rising] == sorted(times)
    assert set(listed(newer, "?workflow_id=w1")) == {_id(1), _id(3)}
    took = newer.get("/api/jobs?sort_by=execution_duration").json()["jobs"]
    lasted = [each["execution_end_time"] - each["execution_start_time"] for each in took]
    assert lasted == sorted(lasted, reverse=True)


@pytest.mark.parametrize(
    "query",
    ["status=done", "sort_by=name", "sort_order=up", "limit=0", "limit=-1", "limit=x", "offset=x"],
)
def test_what_the_list_does_not_know_is_refused(newer: Client, query: str) -> None:
    found = newer.get(f"/api/jobs?{query}")
    assert (found.status, set(found.json())) == (400, {"error"})


@pytest.mark.parametrize(
    "reported", [{}, [], {"job_ids": "a"}, {"job_ids": ["a"]}, {"job_ids": [[]]}]
)
def test_only_ids_of_jobs_can_be_cancelled(newer: Client, reported: Any) -> None:
    assert newer.post("/api/jobs/cancel", reported).status == 400
    assert newer.call("POST", "/api/jobs/cancel", b"{").status == 400


def test_an_old_server_lists_its_jobs_too(client: Client) -> None:
    client.run(text("a"), prompt_id="mine")
    client.history("mine")
    (job,) = client.get("/api/jobs").json()["jobs"]
    assert (job["id"], job["status"], job["create_time"]) == ("mine", "completed", 0)
