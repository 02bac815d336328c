"""What is uploaded and what is looked at: names, bytes, and no way out of the folders."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.serving import START, Client, data_of, node, split, types
from wan22dsl.comfyui.nodes.latents_saved import latent_in
from wan22dsl.server import files
from wan22dsl.server.folders import Folders, is_safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wan22dsl.server.embedded import EmbeddedServer


def test_the_same_bytes_keep_their_name_and_others_get_a_number(client: Client) -> None:
    assert client.upload("a.png").json() == {"name": "a.png", "subfolder": "", "type": "input"}
    assert client.upload("a.png").json()["name"] == "a.png"
    assert client.upload("a.png", b"other").json()["name"] == "a (1).png"
    assert client.upload("a.png", b"other").json()["name"] == "a (1).png"
    assert client.upload("a.png", b"third", overwrite="true").json()["name"] == "a.png"
    assert client.get("/view?filename=a.png&type=input").body == b"third"


def test_a_subfolder_is_made(client: Client) -> None:
    reported = client.upload("a.png", subfolder="proj/b").json()
    assert reported == {"name": "a.png", "subfolder": "proj/b", "type": "input"}
    assert client.get("/view?filename=a.png&type=input&subfolder=proj/b").body == START


def test_a_part_and_the_head_of_a_file_can_be_had(client: Client) -> None:
    client.upload("a.png")
    part = client.get("/view?filename=a.png&type=input", Range="bytes=1-3")
    assert (part.status, part.body) == (206, b"PNG")
    head = client.call("HEAD", "/view?filename=a.png&type=input")
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(START)))


@pytest.mark.parametrize(
    "path, status",
    [
        ("filename=nothing.png", 404),
        ("filename=../x", 400),
        ("filename=/etc/passwd", 400),
        ("filename=x&subfolder=../..", 403),
        ("filename=x&type=etc", 400),
        ("", 400),
    ],
)
def test_there_is_no_way_out_by_view(client: Client, path: str, status: int) -> None:
    assert client.get(f"/view?{path}").status == status


@pytest.mark.parametrize("fields", [{"subfolder": "../.."}, {"type": "etc"}, {"subfolder": "/etc"}])
def test_there_is_no_way_out_by_upload(client: Client, fields: dict[str, str]) -> None:
    assert client.upload("a.png", **fields).status == 400


@settings(max_examples=200)
@given(st.text(max_size=20), st.text(max_size=20))
def test_no_name_leads_out_of_a_folder(
    tmp_path_factory: pytest.TempPathFactory, one: str, two: str
) -> None:
    place = tmp_path_factory.getbasetemp() / "folders"
    path = Folders(place).inside("input", one, two)
    assert path is None or path.is_relative_to((place / "input").resolve())


@pytest.mark.parametrize(
    "path", ["CON", "nul.png", "sub/com1.txt", "a.png.", "a.png ", "a:b.png", "LPT¹", "aux .png"]
)
def test_what_windows_takes_for_something_else_is_no_name_there(path: str) -> None:
    assert is_safe(path, windows=False)
    assert not is_safe(path, windows=True)
    assert not is_safe("a\0b", windows=False)


@pytest.mark.parametrize("path", ["console.png", "a.b.png", "sub/../a.png", "./a b.png", ""])
def test_other_names_are_names_everywhere(path: str) -> None:
    assert is_safe(path, windows=True)


def test_an_upload_that_is_too_large_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_UPLOAD_BYTES", 1000)
    assert client.upload("a.png", bytes(2000)).status == 413
    assert client.get("/view?filename=a.png&type=input").status == 404


def test_a_page_of_another_site_may_do_nothing(client: Client) -> None:
    assert client.get("/queue", Origin="http://evil.example").status == 403
    assert client.get("/queue", Origin=client.url).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:8188"},
        {"Host": "evil.example:8188", "Origin": "http://evil.example:8188"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "192.168.0.1"},
        {"Host": "["},
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "path", ["/", "/system_stats", "/ws", "/view?filename=a.png", "/api/queue"]
)
def test_a_browser_that_was_led_here_by_another_site_gets_nothing(
    client: Client, headers: dict[str, str], path: str
) -> None:
    assert client.get(path, **headers).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:8188"},
        {"Host": "127.0.0.1"},
        {"Host": "[::1]:9"},
        {"Host": "localhost:8188", "Origin": "http://localhost:8188"},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
    ],
    ids=str,
)
def test_a_page_of_this_server_may_ask(client: Client, headers: dict[str, str]) -> None:
    assert client.get("/system_stats", **headers).status == 200


@pytest.mark.parametrize(
    "name", ["a.html", "a.svg", "a.js", "a.xhtml", "a.css", "a.pdf", "a", "a.htm"]
)
def test_what_a_browser_would_run_is_only_downloaded(client: Client, name: str) -> None:
    stored = client.upload(name, b"<script>alert(1)</script>").json()["name"]
    found = client.get(f"/view?filename={stored}&type=input")
    assert found.headers["Content-Type"] == "application/octet-stream"
    assert found.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert found.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "image/png"), ("a.mp4", "video/mp4"), ("a.webp", "image/webp")]
)
def test_pictures_and_videos_are_shown_and_not_guessed(
    client: Client, name: str, kind: str
) -> None:
    client.upload(name)
    found = client.get(f"/view?filename={name}&type=input")
    assert (found.headers["Content-Type"], found.headers["X-Content-Type-Options"]) == (
        kind,
        "nosniff",
    )
    assert found.headers["Content-Disposition"] == f'filename="{name}"'


def test_an_upload_of_many_or_long_fields_is_refused(client: Client) -> None:
    assert client.upload("a.png", subfolder="x" * 5000).status == 413
    assert client.upload("a.png", **{f"f{number}": "x" for number in range(40)}).status == 400
    assert client.get("/view?filename=a.png&type=input").status == 404


def test_an_upload_is_a_choice_and_can_be_loaded(client: Client) -> None:
    prompt = {
        "load": node("LoadImage", image="a.png"),
        "save": node("SaveImage", images=["load", 0], filename_prefix="copy"),
    }
    assert client.submit(prompt).status == 400
    client.upload("a.png")
    info = client.get("/object_info/LoadImage").json()["LoadImage"]
    assert info["input"]["required"]["image"][0] == ["a.png"]
    (shown,) = data_of(client.run(prompt), "executed")
    assert shown["output"]["images"] == [
        {"filename": "copy_00001_.png", "subfolder": "", "type": "output"}
    ]
    client.upload("a.png", b"not a picture", overwrite="true")
    (error,) = data_of(client.run(prompt), "execution_error")
    assert error["exception_type"] == "PIL.UnidentifiedImageError"


def test_other_bytes_under_the_same_name_run_again(client: Client) -> None:
    prompt = {
        "load": node("LoadImage", image="a.png"),
        "save": node("PreviewImage", images=["load", 0]),
    }
    client.upload("a.png")
    client.run(prompt)
    assert data_of(client.run(prompt), "execution_cached")[0]["nodes"] == ["load", "save"]
    client.upload("a.png", START + b"\0", overwrite="true")
    assert data_of(client.run(prompt), "execution_cached")[0]["nodes"] == []


def test_two_runs_write_two_files_and_both_carry_what_was_sent(client: Client) -> None:
    source = {"wan": "wan 1\n# 雨"}
    client.run(split(), extra_data={"extra_pnginfo": source})
    (shown,) = data_of(client.run(split(seed=2), extra_data={"extra_pnginfo": source}), "executed")
    (file,) = shown["output"]["images"]
    assert file == {"filename": "clip_00002_.mp4", "subfolder": "wan", "type": "output"}
    body = client.get("/view?filename=clip_00002_.mp4&subfolder=wan").body
    assert json.dumps(source["wan"]).encode() in body
    assert b'"noise_seed": 2' in body


def test_a_pass_that_loads_the_latent_of_another_makes_the_same_frames(client: Client) -> None:
    """What `--staged` rests on."""
    whole = _frames(client, client.run(split()))
    first = {key: split()[key] for key in ("high_model", "clip", "text", "vae", "cond")}
    first["high.sampler"] = split()["high.sampler"]
    first["keep"] = node("SaveLatent", samples=["high.sampler", 0], filename_prefix="wan/high")
    (shown,) = data_of(client.run(first), "executed")
    assert shown["output"]["latents"][0]["filename"] == "high_00001_.latent"
    second = {
        key: node for key, node in split().items() if key not in ("high_model", "high.sampler")
    }
    second["load"] = node("LoadLatent", latent="wan/high_00001_.latent [output]")
    second["low.sampler"]["inputs"]["latent_image"] = ["load", 0]
    messages = client.run(second)
    assert "execution_success" in types(messages)
    assert _frames(client, messages) == whole


@pytest.mark.parametrize(("vae", "channels"), [("wan2.2_vae", 48), ("wan_2.1_vae", 16)])
def test_a_latent_is_written_with_the_channels_of_its_vae(
    client: Client, tmp_path: Path, vae: str, channels: int
) -> None:
    client.upload("start.png")
    shown = client.run(
        {
            "load": node("LoadImage", image="start.png"),
            "vae": node("VAELoader", vae_name=f"{vae}.safetensors"),
            "encode": node("VAEEncode", pixels=["load", 0], vae=["vae", 0]),
            "keep": node("SaveLatent", samples=["encode", 0], filename_prefix="kept"),
        }
    )
    name = data_of(shown, "executed")[0]["output"]["latents"][0]["filename"]
    file = tmp_path / "kept.latent"
    file.write_bytes(client.get(f"/view?filename={name}").body)
    assert latent_in(file).channels == channels


def _frames(client: Client, messages: list[object]) -> list[bytes]:
    """The compressed frames, without what the file carries."""
    (shown,) = data_of(messages, "executed")
    (file,) = shown["output"]["images"]
    body = client.get(f"/view?filename={file['filename']}&subfolder={file['subfolder']}").body
    with av.open(io.BytesIO(body)) as video:
        return [bytes(packet) for packet in video.demux(video=0)]


def test_files_stay_where_a_place_was_given(
    serve: Callable[..., EmbeddedServer], tmp_path: Path
) -> None:
    server = serve(place=tmp_path / "here")
    with Client(server) as client:
        client.run(split())
    server.stop()
    assert (tmp_path / "here/output/wan/clip_00001_.mp4").is_file()
