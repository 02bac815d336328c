"""What is refused when it is submitted, and what is taken and goes wrong later: ComfyUI's ways, not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.server.serving import Client, data_of, node, split, types

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.server.embedded import EmbeddedServer


def changed(name: str, **inputs: Any) -> dict[str, Any]:
    """The small split with some inputs of a node changed; `...` takes one away."""
    prompt = split()
    prompt[name]["inputs"] |= inputs
    for key in [key for key, value in inputs.items() if value is ...]:
        del prompt[name]["inputs"][key]
    return prompt


_REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("a missing input", changed("cond", vae=...), "cond", "required_input_missing"),
    ("another type", changed("cond", vae=["clip", 0]), "cond", "return_type_mismatch"),
    ("too small", changed("high.sampler", steps=0), "high.sampler", "value_smaller_than_min"),
    ("too large", changed("high.sampler", cfg=200), "high.sampler", "value_bigger_than_max"),
    ("no choice", changed("high.sampler", scheduler="simpel"), "high.sampler", "value_not_in_list"),
    ("no file", changed("vae", vae_name="x.safetensors"), "vae", "value_not_in_list"),
    ("no number", changed("high.sampler", cfg="x"), "high.sampler", "invalid_input_type"),
    ("three in a link", changed("decode", vae=["vae", 0, 0]), "decode", "bad_linked_input"),
    # It names the node whose input dangles, and tells so where that node is linked on.
    (
        "a link to nothing",
        changed("cond", vae=["99", 0]),
        "cond",
        "exception_during_inner_validation",
    ),
    (
        "a slot that is not there",
        changed("decode", samples=["low.sampler", 7]),
        "decode",
        "exception_during_inner_validation",
    ),
    (
        "a link of the output",
        changed("save", video=["99", 0]),
        "save",
        "exception_during_validation",
    ),
]


@pytest.mark.parametrize("what, prompt, name, kind", _REFUSED, ids=[each[0] for each in _REFUSED])
def test_what_is_wrong_is_refused_with_its_type(
    client: Client, what: str, prompt: dict[str, Any], name: str, kind: str
) -> None:
    answer = client.submit(prompt)
    reported = answer.json()
    assert answer.status == 400
    assert reported["error"]["type"] == "prompt_outputs_failed_validation"
    assert [error["type"] for error in reported["node_errors"][name]["errors"]] == [kind]
    assert reported["node_errors"][name]["dependent_outputs"] == ["save"]


def test_a_bad_node_names_every_output_that_depends_on_it(client: Client) -> None:
    prompt = {**changed("cond", vae=...), "show": node("PreviewImage", images=["decode", 0])}
    reported = client.submit(prompt).json()
    assert reported["node_errors"]["cond"]["dependent_outputs"] == ["save", "show"]


@pytest.mark.parametrize(
    "prompt, kind",
    [
        ({}, "prompt_no_outputs"),
        ({"1": {"inputs": {}}}, "invalid_prompt"),
        ({"1": node("WanImageToVideoXL")}, "invalid_prompt"),
        ({"1": node("VAELoader", vae_name="wan_2.1_vae.safetensors")}, "prompt_no_outputs"),
    ],
)
def test_a_prompt_as_a_whole_is_refused(client: Client, prompt: dict[str, Any], kind: str) -> None:
    answer = client.submit(prompt)
    assert (answer.status, answer.json()["error"]["type"]) == (400, kind)


def test_a_newer_server_has_another_word_for_an_unknown_class(
    serve: Callable[..., EmbeddedServer],
) -> None:
    with Client(serve(target="0.33.0")) as client:
        reported = client.submit({"1": node("WanImageToVideoXL")}).json()
        assert reported["error"]["type"] == "missing_node_type"


@pytest.mark.parametrize("body", [b'{"prompt": {', b'{"prompt": [1]}', b'{"prompt": {"1": null}}'])
def test_what_is_no_prompt_at_all_is_a_500_in_plain_text(client: Client, body: bytes) -> None:
    answer = client.call("POST", "/prompt", body)
    assert answer.status == 500
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_without_a_prompt_nothing_is_done(client: Client) -> None:
    answer = client.post("/prompt", {"workflow": {}})
    assert (answer.status, answer.json()["error"]["type"]) == (400, "no_prompt")


def test_one_bad_output_of_two_is_left_out_and_the_answer_is_200(client: Client) -> None:
    prompt = {**split(), "bad": node("PreviewImage")}
    client.connect()
    answer = client.submit(prompt)
    assert answer.status == 200
    assert list(answer.json()["node_errors"]) == ["bad"]
    assert "execution_success" in types(client.until_end())


@pytest.mark.parametrize(
    "given, kept", [("4", 4), (4.7, 4), (True, 1)], ids=["text", "a fraction", "true"]
)
def test_a_number_takes_on_the_type_of_its_input(client: Client, given: Any, kept: int) -> None:
    client.run(changed("high.sampler", steps=given), prompt_id="mine")
    assert client.history("mine")["prompt"][2]["high.sampler"]["inputs"]["steps"] == kept


@pytest.mark.parametrize(
    "prompt, name, kind",
    [
        (changed("cond", vae=None), "cond", "AttributeError"),
        (changed("cond", end_image=["vae", 0]), "cond", "TypeError"),
        (changed("save", format="bogus"), "save", "ValueError"),
        (changed("save", filename_prefix="../../elsewhere"), "save", "Exception"),
        (changed("clip", type="sd3"), "clip", "RuntimeError"),
    ],
)
def test_what_is_taken_and_wrong_fails_when_its_node_runs(
    client: Client, prompt: dict[str, Any], name: str, kind: str
) -> None:
    messages = client.run(prompt)
    (error,) = data_of(messages, "execution_error")
    assert (error["node_id"], error["exception_type"]) == (name, kind)
    assert types(messages)[-3:] == ["execution_error", "status", "executing"]
    status = client.history(error["prompt_id"])["status"]
    assert (status["status_str"], status["completed"]) == ("error", False)


def test_a_circle_by_an_unknown_input_is_an_error_and_called_a_success(client: Client) -> None:
    messages = client.run(changed("cond", foo=["decode", 0]))
    (error,) = data_of(messages, "execution_error")
    assert error["exception_type"] == "graph.DependencyCycleError"
    assert client.history(error["prompt_id"])["status"]["status_str"] == "success"


@pytest.mark.parametrize(
    "prompt, last",
    [
        (changed("cond", foo=["99", 0]), "execution_cached"),
        (changed("cond", foo=["left", 3]), "execution_cached"),
        ({**split(), "unused": {"class_type": "KSampler"}}, "execution_start"),
    ],
    ids=["an unknown input to nothing", "what looks like a link", "a node without inputs"],
)
def test_three_prompts_kill_the_worker_and_all_after_them_wait_for_ever(
    client: Client, prompt: dict[str, Any], last: str
) -> None:
    client.connect()
    assert client.submit(prompt, prompt_id="deadly").status == 200
    client.until(lambda each: each["type"] == last)
    assert client.submit(split(), prompt_id="after").status == 200
    waiting = client.until(lambda each: each["type"] == "status")
    assert types(waiting) == ["status"]
    queue = client.get("/queue").json()
    assert [each[1] for each in queue["queue_running"]] == ["deadly"]
    assert [each[1] for each in queue["queue_pending"]] == ["after"]
    assert client.get("/history").json() == {}


def test_choices_of_newer_nodes_are_judged_by_newer_servers_only(
    serve: Callable[..., EmbeddedServer],
) -> None:
    prompt = {**split(), "save": node("SaveWEBM", images=["decode", 0], filename_prefix="x")}
    prompt["save"]["inputs"] |= {"codec": "bogus", "fps": 16.0, "crf": 32.0}
    with Client(serve(target="0.3.64")) as old, Client(serve(target="0.33.0")) as new:
        assert old.submit(prompt).status == 200
        assert new.submit(prompt).status == 400
