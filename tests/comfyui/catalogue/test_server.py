"""A running server is asked for the classes in use, and its faults are said in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.comfyui.catalogue.pull import pull
from wan22dsl.comfyui.catalogue.server import Server
from wan22dsl.errors import CatalogueError
from wan22dsl.network import limits

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import FakeComfy


def with_login(url: str, login: str = "me:s3cret%21") -> str:
    return url.replace("http://", f"http://{login}@")


def test_nothing_is_asked_before_it_is_needed(comfy: FakeComfy) -> None:
    assert open_catalogue(comfy.url).target == f"the server {comfy.url}"
    assert comfy.requests == []


def test_each_class_is_asked_for_once_and_alone(comfy: FakeComfy) -> None:
    catalogue = open_catalogue(comfy.url + "/")
    for _ in range(2):
        found = catalogue.get("UNETLoader")
        assert found is not None
        assert found.inputs[0].options == ("mine_high.safetensors", "mine_low.safetensors")
        assert found.inputs[0].files == "diffusion_models"
        assert catalogue.get("NoSuchClass") is None
    assert comfy.paths == ["/object_info/UNETLoader", "/object_info/NoSuchClass"]


def test_a_name_may_hold_anything(comfy: FakeComfy) -> None:
    found = open_catalogue(comfy.url).get("Süße/Node 🟨")
    assert found is not None
    assert (found.is_output, found.pack) == (True, "Sweet-Pack")


def test_all_classes_are_asked_for_only_to_name_them(comfy: FakeComfy) -> None:
    catalogue = open_catalogue(comfy.url)
    assert list(catalogue.names()) == ["Süße/Node 🟨", "UNETLoader"]
    assert list(catalogue.names()) == ["Süße/Node 🟨", "UNETLoader"]
    assert catalogue.get("UNETLoader") is not None
    assert catalogue.get("NoSuchClass") is None
    assert comfy.paths == ["/object_info"]


def test_a_query_of_the_address_is_sent_and_not_shown(comfy: FakeComfy) -> None:
    catalogue = open_catalogue(comfy.url + "?token=t0ken")
    assert catalogue.get("UNETLoader") is not None
    assert comfy.paths == ["/object_info/UNETLoader?token=t0ken"]
    assert "t0ken" not in catalogue.target


def test_a_login_is_sent_and_not_shown(comfy: FakeComfy) -> None:
    catalogue = open_catalogue(with_login(comfy.url))
    assert catalogue.get("UNETLoader") is not None
    assert comfy.requests == [("/object_info/UNETLoader", "Basic bWU6czNjcmV0IQ==")]
    assert catalogue.target == f"the server {comfy.url}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(start_comfy: Any, status: int) -> None:
    first, second = start_comfy(), start_comfy()
    first.redirect, first.status = second.url + "/object_info/UNETLoader", status
    with pytest.raises(CatalogueError, match=rf"HTTP {status}.*redirect"):
        open_catalogue(with_login(first.url)).get("UNETLoader")
    assert second.requests == []


def test_a_token_is_sent_and_not_shown(comfy: FakeComfy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAN_TOKEN", "t0ken")
    catalogue = open_catalogue(comfy.url)
    assert catalogue.get("UNETLoader") is not None
    assert comfy.requests == [("/object_info/UNETLoader", "Bearer t0ken")]
    assert "t0ken" not in catalogue.target
    comfy.status = 401
    with pytest.raises(CatalogueError, match="WAN_TOKEN") as caught:
        open_catalogue(with_login(comfy.url)).get("UNETLoader")
    assert not any(secret in str(caught.value) for secret in ("t0ken", "s3cret"))


def test_a_token_that_no_header_can_hold(comfy: FakeComfy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAN_TOKEN", "t0\nken")
    with pytest.raises(CatalogueError, match="WAN_TOKEN") as caught:
        open_catalogue(comfy.url)
    assert "ken" not in str(caught.value)


def test_this_machine_is_asked_without_a_proxy(
    comfy: FakeComfy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert open_catalogue(comfy.url).get("UNETLoader") is not None


@pytest.mark.parametrize(
    ("status", "reported"),
    [
        (401, r"HTTP 401.*name:password@host"),
        (403, r"HTTP 403.*name:password@host"),
        (404, "not like ComfyUI"),
        (500, r"HTTP 500.*the server's log"),
    ],
)
def test_a_refusal_is_explained(comfy: FakeComfy, status: int, reported: str) -> None:
    comfy.status = status
    with pytest.raises(CatalogueError, match=reported) as caught:
        open_catalogue(with_login(comfy.url)).get("UNETLoader")
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("raw", [b"<html>hello</html>", b"\xff", b"[]", b"null", b'{"a": 1}', b""])
def test_an_answer_that_is_not_comfyuis_is_refused(comfy: FakeComfy, raw: bytes) -> None:
    comfy.raw = raw
    catalogue = open_catalogue(comfy.url)
    with pytest.raises(CatalogueError, match="answers, but not like ComfyUI"):
        catalogue.get("UNETLoader")
    with pytest.raises(CatalogueError, match="answers, but not like ComfyUI"):
        catalogue.names()


def test_a_server_that_is_not_there(comfy: FakeComfy) -> None:
    closed = comfy.url.rpartition(":")[0] + ":9"
    with pytest.raises(CatalogueError, match=r"cannot be reached.*`--target 0\.39`") as caught:
        open_catalogue(with_login(closed)).get("KSampler")
    assert "s3cret" not in str(caught.value)


def test_a_server_that_does_not_answer(comfy: FakeComfy, monkeypatch: pytest.MonkeyPatch) -> None:
    comfy.silent = True
    monkeypatch.setattr(limits, "NODE_CLASS", limits.Limit(0.1, 1000))
    with pytest.raises(CatalogueError, match=r"did not answer within 0\.1 seconds"):
        open_catalogue(comfy.url).get("KSampler")


@pytest.mark.parametrize(
    "url",
    ["http://", "https://:8188", "http://me:s3cret@", "http://host:port", "http://host:99999999"],
)
def test_an_address_without_a_host_or_with_an_odd_port(url: str) -> None:
    with pytest.raises(CatalogueError, match=r"write it as http://127\.0\.0\.1:8188"):
        open_catalogue(url)


def test_an_address_in_numbers_of_the_newer_kind() -> None:
    assert Server("http://[::1]:8188/x/").shown == "http://[::1]:8188/x"


def test_what_is_pulled_is_a_target(comfy: FakeComfy, tmp_path: Path) -> None:
    pulled = pull(comfy.url)
    assert (pulled.classes, pulled.left_out) == (2, ())
    file = tmp_path / "mine.jsonl"
    file.write_bytes(pulled.text.encode())
    saved, live = open_catalogue(str(file)), open_catalogue(comfy.url)
    assert saved.target.endswith("mine.jsonl (ComfyUI 0.33.0)")
    assert list(saved.names()) == list(live.names())
    assert all(saved.get(name) == live.get(name) for name in live.names())


def test_what_is_pulled_holds_no_secret_and_only_facts(comfy: FakeComfy) -> None:
    comfy.version = ""
    text = pull(with_login(comfy.url)).text
    assert text.startswith(f'{{"catalogue":3,"target":"{comfy.url}"}}\n')
    assert "tooltip" not in text
    assert "mine_high.safetensors" in text
    assert "mine_high.safetensors" not in pull(comfy.url, files=False).text


def test_one_odd_class_of_a_server_is_left_out_and_told(comfy: FakeComfy) -> None:
    comfy.object_info = {**comfy.object_info, "Odd": {"input": {"required": 7}, "output": []}}
    pulled = pull(comfy.url)
    assert pulled.classes == 2
    assert len(pulled.left_out) == 1
    assert "`Odd`" in pulled.left_out[0]
