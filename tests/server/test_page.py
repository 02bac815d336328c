"""What ComfyUI's page needs of a server: its own files, its start, and what it keeps for its user.

The page itself is not installed here. The answers have the shapes of ComfyUI 0.33; a small folder is served
in its place.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.serving import Client, is_end
from wan22dsl.server import front_end, user_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wan22dsl.server.embedded import EmbeddedServer


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A folder that has what the page has: an index, scripts, extensions."""
    root = tmp_path / "static"
    for name, text in {
        "index.html": "<title>a page</title>",
        "assets/index-B2r.js": "export {}",
        "assets/a.css": "b {}",
        "assets/a.woff2": "font",
        "assets/a.unknown": "?",
        "extensions/core/two.js": "2",
        "extensions/core/one.js": "1",
        "queue": "not the queue",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return root


@pytest.fixture
def paged(serve: Callable[..., EmbeddedServer], page: Path) -> Iterator[Client]:
    """A client of a server that serves such a page."""
    with Client(serve(front_end=page, target="0.33.0")) as one:
        yield one


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/assets/index-B2r.js", "text/javascript; charset=utf-8"),
        ("/assets/a.css", "text/css; charset=utf-8"),
        ("/assets/a.woff2", "font/woff2"),
        ("/assets/a.unknown", "application/octet-stream"),
    ],
)
def test_the_files_of_the_page_have_types_that_no_system_changes(
    paged: Client, page: Path, path: str, kind: str
) -> None:
    found = paged.get(path)
    assert (found.status, found.headers["Content-Type"]) == (200, kind)
    assert found.body == (page / (path[1:] or "index.html")).read_bytes()
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert paged.call("HEAD", path).status == 200 or path == "/"


def test_the_page_may_talk_to_its_own_server_only(paged: Client) -> None:
    policy = dict(
        word.strip().split(" ", 1)
        for word in paged.get("/").headers["Content-Security-Policy"].split(";")
    )
    host = paged.url.removeprefix("http://")
    assert policy["connect-src"] == f"'self' data: blob: ws://{host}"
    assert "http" not in policy["default-src"] and "*" not in policy["default-src"]
    assert policy["frame-ancestors"] == "'self'"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.js",
        "/assets",
        "/assets/",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/assets/%00",
        "//etc/passwd",
        "/user.css",
        "/api/nothing",
    ],
)
def test_nothing_beside_the_page_is_served(paged: Client, path: str) -> None:
    found = paged.get(path)
    assert found.status == 404
    assert b"secret" not in found.body


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_a_link_that_leads_out_of_the_page_is_not_followed(paged: Client, page: Path) -> None:
    (page / "out.txt").symlink_to(page.parent / "secret.txt")
    (page / "in.js").symlink_to(page / "assets" / "index-B2r.js")
    assert [paged.get(path).status for path in ("/out.txt", "/in.js")] == [404, 200]


def test_a_file_of_the_page_does_not_hide_what_the_server_answers(paged: Client) -> None:
    assert paged.get("/queue").json() == {"queue_running": [], "queue_pending": []}


def test_the_extensions_of_the_page_are_listed(paged: Client, client: Client) -> None:
    listed = ["/extensions/core/one.js", "/extensions/core/two.js"]
    assert paged.get("/api/extensions").json() == listed
    assert [paged.get(path).body for path in listed] == [b"1", b"2"]
    assert client.get("/api/extensions").json() == []


def test_without_the_page_the_server_says_how_to_get_it(client: Client) -> None:
    found = client.get("/")
    assert found.status == 200
    assert b"pip install comfyui-frontend-package" in found.body
    assert client.get("/assets/index.js").status == 404


def test_the_installed_page_is_found_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "comfyui_frontend_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert front_end.installed() is None
    (package / "static").mkdir()
    (package / "static" / "index.html").write_text("", encoding="utf-8")
    assert front_end.installed() == package / "static"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/users", {"storage": "server", "migrated": True}),
        ("/i18n", {}),
        ("/embeddings", ["bad_hands", "sub/style.v2"]),
        ("/node_replacements", {}),
        ("/global_subgraphs", {}),
        ("/global_subgraphs/0", None),
        ("/workflow_templates", {}),
    ],
)
def test_the_page_gets_what_it_asks_for_at_its_start(
    serve: Callable[..., EmbeddedServer], path: str, answer: object
) -> None:
    files = {"embeddings": ["bad_hands.pt", "sub/style.v2.safetensors"]}
    with Client(serve(models=files)) as client:
        assert client.get(path).json() == answer
        assert client.get(f"/api{path}").json() == answer


def test_the_page_can_look_into_folders(client: Client) -> None:
    assert client.get("/internal/folder_paths").json()["loras"] == ["models/loras"]
    client.upload("a.png")
    assert client.get("/internal/files/input").json() == ["a.png"]
    assert client.get("/internal/files/models").status == 400
    folders = client.get("/api/experiment/models").json()
    assert {"name": "vae", "folders": ["models/vae"]} in folders
    names = [each["name"] for each in client.get("/api/experiment/models/vae").json()]
    assert names == client.get("/models/vae").json()
    assert client.get("/api/experiment/models/nothing").status == 404
    found = client.get("/api/view_metadata/vae?filename=wan_2.1_vae.safetensors")
    assert (found.status, found.body) == (404, b"")


def test_nodes_are_not_marked_as_old_and_can_upload(client: Client) -> None:
    def about(node: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = client.get(f"/object_info/{node}").json()[node]
        assert found["category"]
        return dict(found["input"]["required"][name][1])

    assert about("LoadImage", "image")["image_upload"] is True
    assert about("LoadVideo", "file")["video_upload"] is True
    assert about("CLIPTextEncode", "text")["multiline"] is True
    assert "multiline" not in about("SaveVideo", "filename_prefix")


def test_what_is_there_for_older_prompts_is_not_shown(
    serve: Callable[..., EmbeddedServer],
) -> None:
    with Client(serve(target="0.33.0")) as client:
        inputs = client.get("/object_info/SaveVideo").json()["SaveVideo"]["input"]
    assert inputs["optional"]["codec"][1]["hidden"] is True
    assert "hidden" not in json.dumps(inputs["required"])


def test_settings_are_kept_over_a_restart_and_start_without_the_tour(
    serve: Callable[..., EmbeddedServer],
) -> None:
    server = serve()
    with Client(server) as client:
        assert client.get("/api/settings").json() == {
            "Comfy.TutorialCompleted": True,
            "Comfy.Notification.ShowVersionUpdates": False,
        }
        assert client.post("/api/settings/Comfy.Locale", "de").status == 200
        assert client.post("/api/settings", {"a": 1, "b": [2]}).status == 200
        server.restart()
        assert client.get("/api/settings").json()["Comfy.Locale"] == "de"
        assert client.get("/api/settings/b").json() == [2]
        assert client.get("/api/settings/nothing").json() is None


@pytest.mark.parametrize("body", [b"", b"[1]", b'"a"', b"{", b"[" * 100_000])
def test_settings_that_are_none_are_refused(client: Client, body: bytes) -> None:
    before = client.get("/settings").json()
    assert client.call("POST", "/settings", body).status == 400
    assert client.get("/settings").json() == before


def test_files_of_the_user_are_stored_listed_moved_and_deleted(
    client: Client, serve: Callable[..., EmbeddedServer]
) -> None:
    text = b'{"nodes": []}'
    path = "/api/userdata/workflows%2Fsub%2Fa.json"
    assert client.call("POST", path, text).json() == "workflows/sub/a.json"
    client.call("POST", "/api/userdata/workflows%2Fb.json", b"b")
    found = client.get(path)
    assert (found.body, found.headers["Content-Type"]) == (text, "application/json")
    assert client.get("/api/userdata?dir=workflows").json() == ["b.json"]
    listed = "/api/userdata?dir=workflows%2F&recurse=true"
    assert client.get(listed).json() == ["b.json", "sub/a.json"]
    assert client.get(f"{listed}&split=true").json()[1] == ["sub/a.json", "sub", "a.json"]
    full = client.get(f"{listed}&full_info=true").json()[1]
    assert (full["path"], full["size"]) == ("sub/a.json", len(text))
    assert full["created"] <= full["modified"]
    assert client.call("POST", f"{path}?overwrite=false", b"other").status == 409
    moved = client.call("POST", f"{path}/move/workflows%2Fc.json?full_info=true", b"").json()
    assert (moved["path"], moved["size"]) == ("workflows/c.json", len(text))
    assert client.get(path).status == 404
    target = "/api/userdata/workflows%2Fb.json"
    assert (
        client.call("POST", f"{target}/move/workflows%2Fc.json?overwrite=false", b"").status == 409
    )
    assert client.call("DELETE", target).status == 204
    assert client.call("DELETE", target).status == 404
    assert client.get(listed).json() == ["c.json"]


def test_folders_that_are_not_there_are_not_found(client: Client) -> None:
    assert client.get("/api/userdata?dir=workflows").status == 404
    assert client.get("/api/userdata").status == 400
    assert client.get("/api/userdata/user.css").status == 404


@pytest.mark.parametrize(
    "name", ["..%2Fa", "a%2F..%2F..%2Fb", "%2Fetc%2Fpasswd", "..%5Ca", "a%00", "a" * 600, "%2E"]
)
def test_no_name_of_a_user_file_leads_anywhere(client: Client, name: str) -> None:
    assert client.call("POST", f"/api/userdata/{name}", b"x").status == 403
    assert client.get(f"/api/userdata/{name}").status == 403
    assert client.call("DELETE", f"/api/userdata/{name}").status == 403
    client.call("POST", "/api/userdata/a", b"x")
    assert client.call("POST", f"/api/userdata/a/move/{name}", b"").status == 403
    assert client.get("/api/userdata/a").body == b"x"


def test_folders_of_others_are_refused(client: Client) -> None:
    assert client.get("/api/userdata?dir=..%2F..").status == 403


def test_user_data_stays_in_memory(serve: Callable[..., EmbeddedServer], tmp_path: Path) -> None:
    server = serve(place=tmp_path / "server")
    with Client(server) as client:
        client.call("POST", "/api/userdata/a.json", b"{}")
        client.post("/api/settings", {"a": 1})
    found = sorted(path.name for path in server.place.rglob("*"))
    assert found == ["input", "output", "temp"]


def test_a_script_among_the_user_files_is_not_run(client: Client) -> None:
    for name in ("a.html", "a.js", "a.svg", "a"):
        client.call("POST", f"/api/userdata/{name}", b"<script>alert(1)</script>")
        found = client.get(f"/api/userdata/{name}")
        assert found.headers["Content-Type"] == "application/octet-stream"
        assert found.headers["X-Content-Type-Options"] == "nosniff"


def test_user_data_has_limits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in {
        "MOST_FILE_BYTES": 100,
        "MOST_TOTAL_BYTES": 250,
        "MOST_FILES": 4,
        "MOST_SETTINGS_BYTES": 200,
    }.items():
        monkeypatch.setattr(user_store, name, most)

    def store(name: str, size: int) -> int:
        return client.call("POST", f"/api/userdata/{name}", bytes(size)).status

    assert [store("a", 101), store("a", 100), store("b", 100), store("c", 51)] == [
        413,
        200,
        200,
        413,
    ]
    assert [store("c", 50), store("a", 100), store("d", 0), store("e", 0)] == [200, 200, 200, 413]
    assert client.post("/api/settings", {"a": "b" * 190}).status == 413
    assert client.post("/api/settings/a", "b" * 180).status == 413
    assert client.get("/api/settings/a").json() is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:8188"},
        {"Origin": "http://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/index.html"),
        ("GET", "/assets/index-B2r.js"),
        ("GET", "/api/settings"),
        ("POST", "/api/settings/a"),
        ("POST", "/api/userdata/a"),
        ("DELETE", "/api/userdata/a"),
        ("POST", "/api/userdata/a/move/b"),
        ("GET", "/api/userdata?dir=a"),
        ("GET", "/internal/files/input"),
        ("PATCH", "/internal/logs/subscribe"),
        ("POST", "/api/jobs/cancel"),
    ],
)
def test_another_site_reaches_neither_the_page_nor_its_data(
    paged: Client, headers: dict[str, str], method: str, path: str
) -> None:
    body = None if method == "GET" else b"{}"
    assert paged.call(method, path, body, **headers).status == 403


def test_a_client_that_asks_for_it_gets_the_log_as_it_grows(client: Client) -> None:
    def subscribe(client_id: str, enabled: bool) -> None:
        reported = json.dumps({"clientId": client_id, "enabled": enabled}).encode()
        assert client.call("PATCH", "/internal/logs/subscribe", reported).status == 200

    def lines() -> list[str]:
        messages = client.run({"1": {"class_type": "PreviewAny", "inputs": {"source": "a"}}})
        assert is_end(messages[-1])
        logs = [message["data"] for message in messages if message["type"] == "logs"]
        return [entry["m"] for data in logs for entry in data["entries"]]

    client.connect()
    subscribe("nobody", True)
    assert lines() == []
    subscribe(client.client_id, True)
    assert "got prompt\n" in lines()
    subscribe(client.client_id, False)
    assert lines() == []


def test_the_keys_of_an_account_are_not_kept(client: Client) -> None:
    secrets = {"auth_token_comfy_org": "key-1", "api_key_comfy_org": "key-2", "other": 3}
    prompt = {"1": {"class_type": "PreviewAny", "inputs": {"source": "a"}}}
    client.connect()
    answer = client.submit(prompt, extra_data=secrets)
    entry = client.history(answer.json()["prompt_id"])
    assert entry["prompt"][3]["other"] == 3
    assert "key-" not in json.dumps(entry)
