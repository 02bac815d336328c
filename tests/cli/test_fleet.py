"""`wan fleet add`, `remove` and `drain`: what they write, and what stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from wan22dsl import user_config
from wan22dsl.fleet.servers import fleet_of
from wan22dsl.lint.policy.config import Configs


@pytest.fixture
def wan(wan, tmp_path_factory, monkeypatch):
    """A project of its own, and a user whose configuration ends with the test."""
    (wan.folder / ".git").mkdir()
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp("config")))
    monkeypatch.delenv("WAN_SERVER", raising=False)
    return wan


def own() -> Path:
    return Path(user_config.shown())


def names(fleet: str = "") -> list[str]:
    return [server.name for server in fleet_of(Configs().of(""), fleet, is_allowed=True).servers]


COMMENTED = """\
# our studio
strict = true   # always

[fleet.night]           # after eight
[fleet.night.servers]
# the old one
gpu-02 = { url = "http://10.0.0.2:8188", tags = ["b", "a"] } # slow
[fleet.night.servers.gpu-01]
url  =  "http://10.0.0.1:8188"
most_jobs = 1_000

[profile.ci]
strict = false
"""


def test_the_first_server_makes_a_fleet_in_the_users_own_configuration(wan):
    done = wan("fleet", "add", "gpu-01", "http://10.0.0.1:8188", "--card", "4090", "--tag", "fast")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout == f"{own()}: added `gpu-01` to the fleet `main`\n"
    assert own().read_text() == (
        '[fleet.main.servers.gpu-01]\nurl = "http://10.0.0.1:8188"\ncard = "4090"\ntags = ["fast"]\n'
    )
    wan("fleet", "add", "gpu-02", "http://10.0.0.2:8188", "--most-jobs", "20")
    assert names() == ["gpu-01", "gpu-02"]
    assert wan("fleet", "remove", "gpu-01").status == 0
    assert names() == ["gpu-02"]


def test_with_project_it_is_that_of_the_project_and_no_token_gets_in(wan):
    words = ("fleet", "add", "a", "http://10.0.0.1", "--project")
    done = wan(*words, "--token-env", "SECRET")
    assert done.status == 2 and "`token_env` belongs in your own config.toml" in done.stderr
    assert not (wan.folder / "wan.toml").exists()
    assert wan(*words).stdout == "wan.toml: added `a` to the fleet `main`\n"
    assert wan("fleet", "add", "b", "http://10.0.0.2").stdout.startswith("wan.toml: ")
    assert names("main") == ["a", "b"] and not own().exists()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["wan.toml", "pyproject.toml"])
def test_comments_order_and_line_ends_stay(wan, name, end):
    text = COMMENTED.replace("\n", end)
    if name == "pyproject.toml":
        text = text.replace("[fleet", "[tool.wan.fleet").replace("[profile", "[tool.wan.profile")
        text = text.replace("# our studio", "[tool.wan]")
    (wan.folder / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert wan("fleet", "drain", "gpu-02", "gpu-01", "--reason", 'loud "fan"').status == 0
    drained = (wan.folder / name).read_bytes().decode("utf-8-sig")
    assert drained.count("drained = true") == 2 and "# slow" in drained
    assert drained.count("\r") == (drained.count("\n") if end == "\r\n" else 0)
    assert wan("fleet", "drain", "gpu-02", "gpu-01", "--undo").status == 0
    after = (wan.folder / name).read_bytes().decode("utf-8-sig")
    # In a table between braces a blank more is left.
    assert after.replace("  }", " }") == text
    assert wan("fleet", "add", "gpu-03", "http://10.0.0.3").status == 0
    added = (wan.folder / name).read_bytes().decode("utf-8-sig")
    assert all(line in added.replace("  }", " }") for line in text.split(end))
    assert names() == ["gpu-02", "gpu-01", "gpu-03"]


@pytest.mark.parametrize(
    "text",
    [
        'fleet = { m = { servers = { a = { url = "http://a" } } } }\n',
        'fleet.m.servers.a.url = "http://a"\n',
        '[fleet.m]\nservers.a = { url = "http://a" }\n',
        '[fleet]\n[fleet.m]\n[fleet.m.servers]\n[fleet.m.servers.a]\nurl = "http://a"\n',
        '[fleet.m.servers.a]\nurl = "http://a"\n[nothing]\n[fleet.m.servers.c]\nurl = "http://c"\n',
    ],
)
def test_every_way_to_write_a_fleet_is_edited_or_left_alone(wan, text):
    text = text.replace("[nothing]", "[profile.ci]")
    wan.write("wan.toml", text)
    for words in (
        ("drain", "a", "--reason", "x"),
        ("add", "b", "http://b"),
        ("drain", "a", "--undo"),
        ("remove", "a"),
    ):
        before = wan.read("wan.toml")
        done = wan("fleet", *words)
        if done.status:
            assert "cannot be edited as it is written; nothing was changed" in done.stderr
            assert wan.read("wan.toml") == before
        else:
            fleet = fleet_of(Configs().of(""), is_allowed=True)
            found = {server.name: server.reason for server in fleet.servers}
            assert ("a" in found) == (words[0] != "remove")
            assert found.get("a", "") == ("x" if words[-1] == "x" or "b" in words else "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "gpu-01", "http://c"), "has a server `gpu-01` already"),
        (("add", "x", "http://10.0.0.1:8188/"), "`x` has the address of `gpu-01`"),
        (("add", "x y", "http://c"), "a server has a name of letters"),
        (("add", "x", "gpu"), "`url` is not a server address"),
        (("add", "x", "http://c", "--card", "RTX 4091"), "unknown card `RTX 4091`"),
        (("add", "x", "http://c", "--most-jobs", "0"), "--most-jobs"),
        (("remove", "gpu-1"), "has no server `gpu-1`\nDid you mean `gpu-01`?"),
        (("drain", "gpu-02", "nobody"), "has no server `nobody`\n"),
        (("drain", "gpu-02", "--undo", "--reason", "x"), "exclude each other"),
        (("drain", "gpu-02", "--fleet", "nigth"), "no fleet `nigth`\nDid you mean `night`?"),
    ],
)
def test_a_mistake_changes_nothing(wan, words, said):
    wan.write("wan.toml", COMMENTED)
    done = wan("fleet", *words)
    assert done.status == 2 and said in done.stderr
    assert wan.read("wan.toml") == COMMENTED


def test_a_configuration_that_is_wrong_is_not_edited(wan):
    wan.write("wan.toml", "[fleet.m.servers.a]\nurl = 3\n")
    done = wan("fleet", "drain", "a")
    assert done.status == 2 and "wan.toml:2:1: `url` must be a string" in done.stderr
    wan.write("wan.toml", "[fleet\n")
    assert "is not TOML" in wan("fleet", "add", "a", "http://a").stderr


def test_a_folder_or_a_link_out_of_the_project_is_not_written(wan, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "other.toml"
    outside.write_text(COMMENTED)
    (wan.folder / "wan.toml").symlink_to(outside)
    assert wan("fleet", "drain", "gpu-01").status == 2
    assert outside.read_text() == COMMENTED
