"""What is sent, when and to whom: the order measured on ComfyUI 0.3.64."""

from __future__ import annotations

from struct import unpack
from typing import TYPE_CHECKING

import pytest

from tests.server.serving import (
    QUICK_TO_LOAD,
    Client,
    data_of,
    is_end,
    node,
    nodes_run,
    split,
    types,
)
from wan22dsl.comfyui.log.loading import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.server.embedded import EmbeddedServer

_STEP = ["progress_state", "progress"]
_ALL = list(split())


def _is(kind: str, name: str) -> Callable[[object], bool]:
    return lambda each: (
        isinstance(each, dict) and each["type"] == kind and each["data"].get("node") == name
    )


def test_a_prompt_sends_its_messages_in_the_order_of_a_real_server(client: Client) -> None:
    messages = client.run(split())
    assert types(messages)[:5] == ["status"] * 3 + ["execution_start", "execution_cached"]
    assert types(messages)[-4:] == ["progress_state", "execution_success", "status", "executing"]
    start = next(at for at, each in enumerate(messages) if _is("executing", "high.sampler")(each))
    assert types(messages)[start - 1 : start + 6] == [
        "progress_state",
        "executing",
        *_STEP,
        *_STEP,
        "progress_state",
    ]


def test_nodes_run_from_the_outputs_backwards_with_the_last_input_first(client: Client) -> None:
    assert nodes_run(client.run(split())) == [
        "vae", "clip", "text", "cond", "high_model", "high.sampler", "low_model", "low.sampler",
        "decode", "video", "save",
    ]  # fmt: skip


def test_the_progress_of_a_pass_counts_the_steps_of_that_pass(client: Client) -> None:
    steps = data_of(client.run(split()), "progress")
    assert [(step["node"], step["value"], step["max"]) for step in steps] == [
        ("high.sampler", 1, 2), ("high.sampler", 2, 2), ("low.sampler", 1, 2), ("low.sampler", 2, 2),
    ]  # fmt: skip


def test_the_same_prompt_again_sends_the_old_file_and_does_no_work(client: Client) -> None:
    first = data_of(client.run(split()), "executed")
    again = client.run(split())
    assert data_of(again, "execution_cached")[0]["nodes"] == _ALL
    assert nodes_run(again) == []
    assert data_of(again, "executed")[0]["output"] == first[0]["output"]


def test_a_changed_seed_runs_only_what_hangs_on_it(client: Client) -> None:
    client.run(split())
    again = client.run(split(seed=2))
    assert nodes_run(again) == ["high.sampler", "low.sampler", "decode", "video", "save"]


def test_ids_do_not_count_for_the_cache_and_only_one_prompt_is_kept(client: Client) -> None:
    client.run(split())
    renamed = {f"x.{key}": node for key, node in split().items()}
    for one in renamed.values():
        for name, value in one["inputs"].items():
            if isinstance(value, list):
                one["inputs"][name] = [f"x.{value[0]}", value[1]]
    assert nodes_run(client.run(renamed)) == []
    client.run({"1": node("PreviewAny", source="something else")})
    assert len(nodes_run(client.run(split()))) == len(_ALL)


def test_freed_memory_empties_the_cache(client: Client) -> None:
    client.run(split())
    assert client.post("/free", {"free_memory": True}).status == 200
    assert len(nodes_run(client.run(split()))) == len(_ALL)


def test_a_cache_that_is_emptied_takes_the_models_off_the_card_too(client: Client) -> None:
    def used() -> int:
        return client.get("/system_stats").json()["devices"][0]["torch_vram_total"]

    client.run(split())
    assert used() > 0
    client.post("/free", {"free_memory": True})
    client.run({"1": node("PreviewAny", source="the worker frees before it runs this")})
    assert used() == 0


@pytest.mark.parametrize("most", [0, 1, 2, 9])
def test_the_history_has_at_most_as_many_entries_as_are_asked_for(
    client: Client, most: int
) -> None:
    for number in range(2):
        client.run({"1": node("PreviewAny", source=str(number))})
    found = client.get(f"/history?max_items={most}").json()
    assert len(found) == min(most, 2)
    every = list(client.get("/history").json())
    assert list(found) == every[2 - len(found) :]  # the newest
    for offset in (0, 1):
        some = client.get(f"/history?max_items={most}&offset={offset}").json()
        assert list(some) == every[offset : offset + most]


def test_twins_run_once_and_the_other_shows_nothing(client: Client) -> None:
    prompt = split()
    prompt["twin"] = dict(prompt["vae"])
    prompt["decode"] = node("VAEDecode", samples=["low.sampler", 0], vae=["twin", 0])
    messages = client.run(prompt)
    shown = {each["node"]: each["output"] for each in data_of(messages, "executed")}
    assert shown["vae"] is None
    assert "twin" in nodes_run(messages)
    assert "vae" not in nodes_run(messages)


def test_the_history_tells_what_was_run_and_what_came_out(client: Client) -> None:
    prompt = split()
    prompt["cond"]["inputs"]["width"] = "64"
    client.run(prompt, prompt_id="mine", extra_data={"extra_pnginfo": {"wan": "text"}})
    entry = client.history("mine")
    number, prompt_id, graph, extra, outputs = entry["prompt"]
    assert (number, prompt_id, outputs) == (0, "mine", ["save"])
    assert extra == {"extra_pnginfo": {"wan": "text"}, "client_id": "tests"}
    assert graph["cond"]["inputs"]["width"] == 64
    assert entry["status"]["status_str"] == "success"
    assert [kind for kind, _ in entry["status"]["messages"]] == [
        "execution_start", "execution_cached", "execution_success",
    ]  # fmt: skip
    assert entry["outputs"]["save"]["images"][0]["filename"] == "clip_00001_.mp4"
    assert entry["meta"]["save"]["display_node"] == "save"
    assert client.get("/history/nothing").json() == {}
    client.post("/history", {"delete": ["mine"]})
    assert client.get("/history").json() == {}


def test_without_a_client_id_only_progress_is_told_to_all(client: Client) -> None:
    client.connect()
    client.post("/prompt", {"prompt": split()})
    reported = client.until(
        lambda each: each["type"] == "status" and each["data"]["status"]["exec_info"]["queue_remaining"] == 0
        and "sid" not in each["data"]
    )  # fmt: skip
    assert set(types(reported)) == {"status", "progress_state", "progress"}


def test_what_belongs_to_one_client_is_not_told_to_another(
    serve: Callable[..., EmbeddedServer],
) -> None:
    server = serve()
    with Client(server, "one") as one, Client(server, "two") as two:
        two.connect()
        one.run(split())
        two.run(split(seed=2))
        assert one.history(next(iter(one.get("/history").json())))["status"]["completed"]
        two.hang_up()


def test_a_second_socket_of_the_same_client_takes_over_in_the_middle_of_a_run(
    serve: Callable[..., EmbeddedServer],
) -> None:
    server = serve(card=QUICK_TO_LOAD, speed=30.0)
    with Client(server) as first, Client(server) as second:
        first.connect().submit(split())
        first.until(_is("progress", "high.sampler"))
        second.connect()
        hello, now, *rest = second.until_end()
        assert hello["data"]["sid"] == "tests"
        assert now == {"type": "executing", "data": {"node": now["data"]["node"]}}
        assert "execution_success" in types(rest)


def test_previews_come_after_the_number_and_only_when_they_are_on(
    serve: Callable[..., EmbeddedServer],
) -> None:
    with Client(serve(previews=True)) as client:
        messages = client.run(split())
        at = types(messages).index("progress")
        assert types(messages)[at - 1 : at + 2] == ["progress_state", "progress", "preview"]
        assert unpack(">2I", messages[at + 1][:8]) == (1, 2)
        assert messages[at + 1][8:12] == b"\x89PNG"


def test_previews_with_metadata_come_before_the_number_for_a_client_that_said_so(
    serve: Callable[..., EmbeddedServer],
) -> None:
    with Client(serve(previews=True)) as client:
        client.connect(type="feature_flags", data={"supports_preview_metadata": True})
        assert types([client.receive(), client.receive()]) == ["status", "feature_flags"]
        messages = client.run(split())
        at = types(messages).index("progress")
        assert types(messages)[at - 2 : at] == ["progress_state", "preview"]
        assert unpack(">I", messages[at - 1][:4]) == (4,)


def test_an_interrupt_stops_a_sampler_at_its_step(serve: Callable[..., EmbeddedServer]) -> None:
    with Client(serve(card=QUICK_TO_LOAD, speed=5.0)) as client:
        client.connect().submit(split())
        client.until(_is("progress", "high.sampler"))
        assert client.post("/interrupt", {"prompt_id": "another"}).status == 200
        client.until(_is("progress", "low.sampler"))  # the first of two steps
        client.post("/interrupt")
        rest = client.until(is_end)
        assert types(rest)[-3:] == ["execution_interrupted", "status", "executing"]
        (stopped,) = data_of(rest, "execution_interrupted")
        assert stopped["node_type"] == "KSamplerAdvanced"
        status = client.history(stopped["prompt_id"])["status"]
        assert (status["status_str"], status["completed"]) == ("error", False)


@pytest.mark.parametrize("named", [{}, {"prompt_id": ""}, {"prompt_id": None}])
def test_an_interrupt_that_names_no_prompt_stops_what_runs(
    serve: Callable[..., EmbeddedServer], named: dict[str, object]
) -> None:
    with Client(serve(card=QUICK_TO_LOAD, speed=30.0)) as client:
        client.connect().submit(split())
        client.until(_is("progress", "high.sampler"))
        client.post("/interrupt", named)
        assert "execution_interrupted" in types(client.until(is_end))


def test_an_interrupt_during_decoding_waits_for_the_next_node(
    serve: Callable[..., EmbeddedServer],
) -> None:
    with Client(serve(card=QUICK_TO_LOAD, speed=5.0)) as client:
        client.connect().submit(split())
        client.until(_is("executing", "decode"))
        client.post("/interrupt")
        rest = client.until(is_end)
        assert nodes_run(rest) == ["video"]
        assert data_of(rest, "execution_interrupted")[0]["node_id"] == "video"


def test_an_interrupt_while_nothing_runs_is_forgotten(client: Client) -> None:
    client.post("/interrupt")
    assert "execution_success" in types(client.run(split()))


def test_the_queue_is_sorted_by_number_and_can_be_changed(
    serve: Callable[..., EmbeddedServer],
) -> None:
    with Client(serve(card=QUICK_TO_LOAD, speed=30.0)) as client:
        client.connect().submit(split(1), prompt_id="running")
        client.until(_is("executing", "high.sampler"))
        client.submit(split(2), prompt_id="later")
        client.submit(split(3), prompt_id="first", front=True)
        client.submit(split(4), prompt_id="between", number=0.5)
        queue = client.get("/queue").json()
        assert [each[1] for each in queue["queue_running"]] == ["running"]
        assert [each[1] for each in queue["queue_pending"]] == ["first", "between", "later"]
        assert client.get("/prompt").json() == {"exec_info": {"queue_remaining": 4}}
        client.post("/queue", {"delete": ["between", "nothing"]})
        assert len(client.get("/queue").json()["queue_pending"]) == 2
        client.post("/queue", {"clear": True})
        assert client.get("/queue").json()["queue_pending"] == []
        client.post("/interrupt")
        client.until(is_end)
        assert list(client.get("/history").json()) == ["running"]


def test_only_the_outputs_that_are_asked_for_run(client: Client) -> None:
    prompt = {**split(), "second": node("PreviewImage", images=["decode", 0])}
    messages = client.run(prompt, partial_execution_targets=["second"])
    assert "save" not in nodes_run(messages)
    assert nodes_run(client.run(prompt)) == ["video", "save"]


def test_every_path_is_there_under_api_too(client: Client) -> None:
    for path in ("/queue", "/system_stats", "/object_info/KSampler", "/features"):
        assert client.get(f"/api{path}").json() == client.get(path).json()


def test_newer_servers_list_jobs(serve: Callable[..., EmbeddedServer]) -> None:
    own = "0badcafe-0000-4000-8000-000000000001"
    with Client(serve(target="0.33.0")) as client:
        client.run(split(), prompt_id=own)
        assert client.get(f"/api/jobs/{own}").json()["status"] == "completed"
        assert client.submit(split(), prompt_id="mine").status == 400


def test_the_log_and_the_stats_tell_of_the_card(client: Client) -> None:
    before = client.get("/system_stats").json()
    client.run(split())
    after = client.get("/system_stats").json()
    assert before["system"]["simulated"]["card"] == "RTX 5090"
    assert "simulated" in before["devices"][0]["name"]
    assert after["devices"][0]["vram_free"] < before["devices"][0]["vram_free"]
    lines = [entry["m"] for entry in client.get("/internal/logs/raw").json()["entries"]]
    assert {load.model for load in read(lines).loads} == {"WanTEModel", "WAN21"}
    assert lines[-1].startswith("Prompt executed in ")
