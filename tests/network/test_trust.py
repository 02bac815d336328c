"""A repository makes no command talk to anybody, and a token goes only where it belongs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.errors import CatalogueError, CommandError, WanError
from wan22dsl.network import trust
from wan22dsl.user_folders import config_folder

CLIP = """\
wan 1
use wan22

pipeline clip {
    prompt = "A lighthouse at dusk"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("clip")
}
"""

#: Every command that reads a configuration, with what it needs besides.
COMMANDS = [
    ("lint", "a.wan"),
    ("lint", "."),
    ("lint", "--fix", "a.wan"),
    ("lint", "--no-cache", "-j", "2", "."),
    ("fmt", "--check", "a.wan"),
    ("compile", "a.wan"),
    ("compile", "--format", "workflow", "a.wan"),
    ("expand", "a.wan"),
    ("describe", "a.wan"),
    ("describe", "--card", "RTX 4090", "a.wan"),
    ("graph", "a.wan"),
    ("diff", "a.wan", "b.wan"),
    ("import", "a.json"),
    ("nodes", "list"),
    ("nodes", "show", "KSampler"),
    ("run", "a.wan"),
    ("explain", "WAN101"),
    ("runs", "list"),
]


@pytest.fixture
def own_config(request):
    """The user's own configuration; gone after the test."""
    file = Path(config_folder() or "") / "config.toml"

    def write(text):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    yield write
    file.unlink(missing_ok=True)


def repository(wan, url):
    """A repository whose every file names a server."""
    wan.write("a.wan", CLIP).write("b.wan", CLIP.replace("dusk", "dawn"))
    wan.write("a.json", '{"1": {"class_type": "EmptyLatentImage", "inputs": {"width": 512}}}')
    return wan.write("wan.toml", f'target = "{url}"\nserver = "{url}/"\n')


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_repository_makes_no_command_talk(wan, listener, monkeypatch, words):
    monkeypatch.setenv("WAN_TOKEN", "t0ken")
    result = repository(wan, listener.url)(*words)
    assert listener.heard == []
    if words[0] not in ("fmt", "explain", "runs"):
        assert result.status == 2
        assert "names a server that you have not allowed" in result.stderr
        assert result.stderr.endswith(f'config.toml:\n[servers."{listener.url}"]\n')


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.wan]\ntarget = "URL"\n'),
        ("pyproject.toml", '[tool.wan]\ntarget = "HTTP://LOCALHOST:PORT"\n'),
        ("wan.toml", 'target = "http://me:pw@127.0.0.1:PORT/?key=k123"\n'),
        ("wan.toml", '[profile.ci]\ntarget = "URL"\n'),
    ],
)
def test_it_is_the_same_wherever_the_url_is_written(wan, listener, monkeypatch, name, text):
    monkeypatch.setenv("WAN_TOKEN", "t0ken")
    text = text.replace("URL", listener.url).replace("PORT", str(listener.port))
    wan.write("sub/a.wan", CLIP).write(f"sub/{name}", text)
    wan.write("wan.toml", "[profile.ci]\n")
    profile = ("--profile", "ci") if "profile" in text else ()
    result = wan("lint", "sub", *profile)
    assert (result.status, listener.heard) == (2, [])
    assert f"sub/{name}: `target` names a server that you have not allowed" in result.stderr
    assert not any(secret in result.stderr for secret in ("t0ken", "pw", "k123"))


@pytest.mark.parametrize("named", ["{url}", "http://LOCALHOST.:{port}/", "{url}/elsewhere"])
def test_wan_server_allows_the_same_server_and_no_other(wan, listener, monkeypatch, named):
    monkeypatch.setenv("WAN_SERVER", named.format(url=listener.url, port=listener.port))
    monkeypatch.setenv("WAN_TOKEN", "t0ken")
    result = repository(wan, listener.url)("lint", "a.wan")
    assert result.status == 2
    if named == "{url}":
        assert b"Authorization: Bearer t0ken" in listener.heard[0]
    else:
        assert listener.heard == []


def test_the_own_configuration_allows_a_server_and_says_which_token_it_gets(
    wan, listener, monkeypatch, own_config
):
    own_config(f'[servers."{listener.url}/"]\n')
    monkeypatch.setenv("WAN_TOKEN", "t0ken")
    repository(wan, listener.url)("lint", "a.wan")
    assert listener.heard and b"Authorization" not in listener.heard[0]
    own_config(f'[servers."{listener.url}/"]\ntoken_env = "GPU_TOKEN"\n')
    monkeypatch.setenv("GPU_TOKEN", "other")
    listener.heard.clear()
    wan("lint", "a.wan")
    assert b"Authorization: Bearer other" in listener.heard[0]


def test_what_the_command_line_names_is_asked_and_gets_the_token(wan, listener, monkeypatch):
    monkeypatch.setenv("WAN_TOKEN", "t0ken")
    result = repository(wan, "https://evil.example")("lint", "--target", listener.url, "a.wan")
    assert result.status == 2 and "t0ken" not in result.stderr
    assert b"Authorization: Bearer t0ken" in listener.heard[0]


def test_the_token_of_wan_server_goes_to_no_other_server(wan, listener, monkeypatch):
    monkeypatch.setenv("WAN_TOKEN", "t0ken")
    monkeypatch.setenv("WAN_SERVER", "https://gpu.example")
    wan.write("a.wan", CLIP)("lint", "--target", listener.url, "a.wan")
    wan("nodes", "pull", listener.url)
    wan("run", "a.wan", "--server", listener.url)
    assert len(listener.heard) >= 3
    assert not any(b"Authorization" in each for each in listener.heard)


def test_a_server_of_a_file_is_run_on_only_when_it_is_the_usual_one(wan, listener, monkeypatch):
    repository(wan, "http://127.0.0.1:8188")
    monkeypatch.setattr("wan22dsl.network.address.DEFAULT", listener.url)
    wan.write("wan.toml", f'server = "{listener.url}"')
    assert wan("run", "a.wan").status == 2
    assert listener.heard and listener.heard[0].startswith(b"GET /system_stats ")


@pytest.mark.parametrize(
    "url", ["http://gpu.example", "http://me:pw@gpu.example", "http://gpu.example?key=k123"]
)
def test_no_login_is_sent_over_plain_http_beyond_this_machine(url, monkeypatch, own_config):
    for name in (trust.SERVER, trust.TOKEN, trust.OVER_HTTP):
        monkeypatch.delenv(name, raising=False)
    if url == "http://gpu.example":
        monkeypatch.setenv(trust.TOKEN, "t0ken")
    with pytest.raises(CommandError, match="plain http is not encrypted") as caught:
        trust.with_login(url)
    assert not any(secret in str(caught.value) for secret in ("t0ken", "pw", "k123"))
    with pytest.raises(CatalogueError, match="plain http is not encrypted"):
        open_catalogue(url)
    own_config('[servers."http://gpu.example"]\ntoken_env = "WAN_TOKEN"\ntoken_over_http = true\n')
    assert trust.with_login(url).base == "http://gpu.example"
    own_config("")
    monkeypatch.setenv(trust.OVER_HTTP, "1")
    assert trust.with_login(url).base == "http://gpu.example"


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("[server]", "unknown setting `server`"),
        ("servers = 3", "write a server as"),
        ('servers = ["https://a"]', "write a server as"),
        ('[servers]\n"https://a" = true', "write a server as"),
        ('[servers."gpu"]', "not a server address"),
        ('[servers."https://a"]\ntoken = "x"', "unknown setting `token`"),
        ('[servers."https://a"]\ntoken_env = 3', "`token_env` must be the name"),
        (
            '[servers."https://a"]\ntoken_over_http = "yes"',
            "`token_over_http` must be true or false",
        ),
        ("[servers", "is not TOML"),
        ('[comfyui.a]\nfolder = "C:\\Users\\me"', "single quotes: folder = 'C:"),
        ("x = " + "9" * 5000, "is not TOML"),
        ("x = " + "[" * 50_000, "is not TOML"),
    ],
)
def test_mistakes_in_the_own_configuration_are_reported(own_config, text, reported):
    own_config(text)
    with pytest.raises(WanError, match=reported):
        trust.with_login("https://gpu.example")
    if "token = " in text:
        with pytest.raises(WanError) as caught:
            trust.with_login("https://gpu.example")
        assert '"x"' not in str(caught.value)


def test_a_configuration_names_no_network_share(wan):
    wan.write("a.wan", CLIP).write("wan.toml", r"target = '\\evil.example\share\nodes.json'")
    result = wan("lint", "a.wan")
    assert result.status == 2 and "network share" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_an_own_configuration_that_is_no_file_is_not_waited_for(own_config, kind):
    own_config("")
    file = Path(config_folder() or "") / "config.toml"
    file.unlink()
    (os.mkfifo if kind == "pipe" else os.mkdir)(file)
    try:
        with pytest.raises(WanError, match=f"is a {kind}"):
            trust.with_login("https://gpu.example")
    finally:
        file.unlink() if kind == "pipe" else file.rmdir()
