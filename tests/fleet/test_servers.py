"""Which servers a fleet has, what a configuration may say of them, and where a token goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wan22dsl import user_config
from wan22dsl.errors import CommandError, WanError
from wan22dsl.fleet.servers import address_of, drained_now, fleet_of, named, simulated
from wan22dsl.lint.policy.config import Configs
from wan22dsl.network import trust

if TYPE_CHECKING:
    from wan22dsl.fleet.servers import Fleet


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """An empty project, and a user whose configuration ends with the test."""
    (tmp_path / "project" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    for name in (trust.SERVER, trust.TOKEN, trust.OVER_HTTP):
        monkeypatch.delenv(name, raising=False)


def own(text: str) -> Path:
    file = Path(user_config.shown())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def project(text: str, name: str = "wan.toml") -> Path:
    file = Path(name).absolute()
    file.write_text(text, encoding="utf-8")
    return file


def found(name: str = "", **options: bool) -> Fleet:
    return fleet_of(Configs().of(""), name, **options)


TWO = """\
[fleet.main.servers.gpu-01]
url = "http://127.0.0.1:8188"
card = "4090"
tags = ["fast", "bf16"]
most_jobs = 20

[fleet.main.servers.gpu-02]
url = "http://127.0.0.1:8189/comfy/"
drained = true
reason = "new power supply"
"""


def test_a_fleet_of_the_user_has_its_servers_in_the_order_of_the_file():
    own(TWO)
    fleet = found()
    first, second = fleet.servers
    assert (fleet.name, fleet.project, fleet.file) == ("main", "", user_config.shown())
    assert (first.name, first.card, first.tags, first.most_jobs) == (
        *("gpu-01", "RTX 4090", ("fast", "bf16"), 20),
    )
    assert (second.shown, second.drained) == ("http://127.0.0.1:8189/comfy", True)
    assert (second.card, second.most_jobs, second.reason) == ("", None, "new power supply")


@pytest.mark.parametrize(("name", "above"), [("wan.toml", ""), ("pyproject.toml", "tool.wan.")])
def test_a_project_has_fleets_in_either_of_its_files(name, above):
    project(TWO.replace("[fleet", f"[{above}fleet"), name)
    assert [server.name for server in found(is_allowed=True).servers] == ["gpu-01", "gpu-02"]


def test_the_fleet_of_the_user_comes_before_that_of_the_project():
    own('[fleet.main.servers.mine]\nurl = "http://127.0.0.1:1"')
    project('[fleet.main.servers.theirs]\nurl = "http://evil.example"\n[fleet.other]')
    assert [server.name for server in found("main").servers] == ["mine"]
    with pytest.raises(CommandError, match="several fleets are configured: `main`, `other`"):
        found()


def test_without_a_name_it_is_the_only_one_or_that_called_default():
    with pytest.raises(CommandError, match="no fleet is configured"):
        found()
    own('[fleet.a.servers.x]\nurl = "http://127.0.0.1:1"')
    assert found().name == "a"
    own('[fleet.a]\n[fleet.default.servers.x]\nurl = "http://127.0.0.1:1"')
    assert found().name == "default"
    with pytest.raises(CommandError, match=r"no fleet `defalt`\nDid you mean `default`\?"):
        found("defalt")
    with pytest.raises(CommandError, match="the fleet `a` has no servers"):
        found("a")


A = '[fleet.m.servers.a]\nurl = "http://a"\n'
MISTAKES = [
    (
        '[fleet.servers.gpu-01]\nurl = "http://a"',
        "1:1: a fleet needs a name: write [fleet.main.servers.gpu-01]",
    ),
    (f'{A}cart = "4090"', "3:1: unknown setting `cart`; did you mean `card`?"),
    ("[fleet.m.servers.a]", '1:1: `url` is missing here: add url = "http://10.0.0.7:8188"'),
    ('[fleet.m.servers.a]\nurl = "gpu"', "2:1: `url` is not a server address; write it as http:"),
    (f"{A}most_jobs = 0", "3:1: `most_jobs` must be a whole number from 1"),
    (f"{A}most_jobs = true", "3:1: `most_jobs` must be a whole number from 1"),
    (f'{A}card = "RTX 4091"', "3:1: unknown card `RTX 4091`"),
    (f'{A}tags = ["a b"]', "3:1: a tag has a name of letters"),
    ('[fleet.m.servers."a b"]\nurl = "http://a"', "1:1: a server has a name of letters"),
    ('[fleet."\\u001b[31m".servers.a]\nurl = "http://a"', "1:1: a fleet has a name of letters"),
    (f'{A}[fleet.m.servers.b]\nurl = "HTTP://A:80/"', "4:1: `b` has the address of `a`: http://a"),
    (
        '[fleet.m]\nscheduler = "10.0.0.1"',
        "2:1: `scheduler` must be an address such as tcp://10.0.0.1:8786",
    ),
    ('[fleet.m]\nscheduler = "tcp://[::1"', "2:1: `scheduler` must be an address"),
    (
        '[fleet.m]\nservers = ["http://a"]',
        "2:1: `servers` must be a table of tables, such as [tool.wan.fleet.m.servers.NAME]",
    ),
    ("[fleet.m.servers]\na = 3", "2:1: `a` must be a table of settings"),
    ("[[fleet]]", "`fleet` must be a table of tables"),
]


@pytest.mark.parametrize(("text", "reported"), MISTAKES)
@pytest.mark.parametrize("where", ["user", "project"])
def test_every_mistake_is_told_with_its_place(where, text, reported):
    if where == "project":
        project(text)
        file = "wan.toml"
    else:
        file = str(own(text))
        if text == "[[fleet]]":
            reported = "write a fleet as [fleet.main]"
    with pytest.raises(WanError) as caught:
        found(is_allowed=True)
    assert str(caught.value).startswith(file)
    assert reported in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_all_mistakes_are_told_at_once():
    own('[fleet.m.servers."a b"]\nurl = "gpu"\ncard = "RTX 4091"\n')
    with pytest.raises(CommandError) as caught:
        found()
    assert [line.split(":")[1] for line in str(caught.value).splitlines()] == ["1", "2", "3"]


# --- permission and tokens ---

EVIL = '[fleet.main.servers.gpu]\nurl = "https://evil.example"\n'


def test_a_project_names_servers_only_with_permission():
    project(EVIL + '[fleet.main.servers.b]\nurl = "https://b.example"\n')
    with pytest.raises(CommandError) as caught:
        found()
    said = str(caught.value)
    assert (
        "names servers that you have not allowed: https://evil.example, https://b.example" in said
    )
    assert said.endswith(f"{user_config.shown()}:\n[projects.{toml(Path.cwd())}]\nservers = true")
    own("\n".join(said.splitlines()[-2:]))
    assert len(found().servers) == 2


def test_what_the_user_has_named_needs_no_further_permission(monkeypatch):
    project(EVIL)
    own('[servers."https://EVIL.example/"]')
    assert found().servers
    own('[fleet.mine.servers.a]\nurl = "https://evil.example"')
    assert found("main").servers
    own("")
    monkeypatch.setenv(trust.SERVER, "https://evil.example")
    assert found().servers
    monkeypatch.setenv(trust.SERVER, "https://other.example")
    with pytest.raises(CommandError, match="have not allowed"):
        found()


@pytest.mark.parametrize("at", ["fleet.main", "fleet.main.servers.gpu"])
@pytest.mark.parametrize("key", ["token_env", "token_over_http"])
def test_a_project_never_says_where_a_secret_goes(monkeypatch, at, key):
    monkeypatch.setenv("AWS_SECRET", "t0ken")
    value = '"AWS_SECRET"' if key == "token_env" else "true"
    project(f"[{at}]\n{key} = {value}\n" + (EVIL if at == "fleet.main" else 'url = "http://a"'))
    with pytest.raises(CommandError, match=f"2:1: `{key}` belongs in your own config.toml"):
        found(is_allowed=True)


def test_a_server_of_a_project_gets_only_the_token_that_the_user_gave_to_it(monkeypatch):
    monkeypatch.setenv(trust.TOKEN, "t0ken")
    monkeypatch.setenv("GPU_TOKEN", "its own")
    project(EVIL)
    assert found(is_allowed=True).servers[0].token == ""
    own('[servers."https://evil.example"]\ntoken_env = "GPU_TOKEN"')
    server = found().servers[0]
    assert address_of(server).authorization == "Bearer its own"
    own("")
    monkeypatch.setenv(trust.SERVER, "https://evil.example")
    assert found().servers[0].token == "t0ken"


def test_a_token_of_the_users_fleet_goes_to_its_servers_and_a_server_can_have_another(monkeypatch):
    monkeypatch.setenv(trust.TOKEN, "t0ken")
    monkeypatch.setenv("LAN", "for all")
    monkeypatch.setenv("ONE", "for one")
    own(
        '[fleet.m]\ntoken_env = "LAN"\n[fleet.m.servers.a]\nurl = "https://a"\n'
        '[fleet.m.servers.b]\nurl = "https://b"\ntoken_env = "ONE"\n'
        '[fleet.n.servers.c]\nurl = "https://c"\n'
    )
    assert [server.token for server in found("m").servers] == ["for all", "for one"]
    assert [server.token for server in found("n").servers] == [""]


def test_a_token_goes_over_plain_http_only_where_the_user_says_so(monkeypatch):
    monkeypatch.setenv("LAN", "s3cret")
    text = '[fleet.m]\ntoken_env = "LAN"\n[fleet.m.servers.a]\nurl = "http://10.0.0.1:8188"\n'
    own(text)
    with pytest.raises(CommandError, match="plain http is not encrypted") as caught:
        address_of(found().servers[0])
    assert "s3cret" not in str(caught.value)
    own(text + "token_over_http = true\n")
    assert address_of(found().servers[0]).authorization == "Bearer s3cret"


def test_nothing_that_shows_a_server_shows_its_secrets(monkeypatch):
    monkeypatch.setenv("LAN", "s3cret")
    own('[fleet.m.servers.a]\nurl = "https://me:pw123@a/?key=k123"\ntoken_env = "LAN"')
    fleet = found()
    for text in (repr(fleet), str(fleet), f"{fleet.servers[0]}", fleet.servers[0].shown):
        assert not any(secret in text for secret in ("s3cret", "pw123", "k123"))


def test_a_scheduler_of_a_project_needs_the_permission_to_run_programs():
    folder = toml(Path.cwd())
    project('[fleet.m]\nscheduler = "tcp://10.0.0.1:8786"')
    own(f"[projects.{folder}]\nservers = true")
    with pytest.raises(CommandError, match="names a scheduler that you have not allowed"):
        found()
    own(f"[projects.{folder}]\nservers = true\nlaunch = true")
    assert found().scheduler == "tcp://10.0.0.1:8786"
    own('[fleet.m]\nscheduler = "tls://10.0.0.2:8786"')
    assert found().scheduler == "tls://10.0.0.2:8786"


# --- drained ---


@pytest.mark.parametrize("name", ["wan.toml", "pyproject.toml"])
def test_what_is_drained_is_seen_while_a_batch_runs(name):
    above = "" if name == "wan.toml" else "tool.wan."
    text = TWO.replace("[fleet", f"[{above}fleet")
    file = project(text, name)
    fleet = found(is_allowed=True)
    assert drained_now(fleet) == {"gpu-02": "new power supply"}
    file.write_text(text.replace("most_jobs = 20", "drained = true"), encoding="utf-8")
    assert drained_now(fleet) == {"gpu-01": "", "gpu-02": "new power supply"}
    file.write_text("[fleet", encoding="utf-8")
    assert drained_now(fleet) == {"gpu-01": "", "gpu-02": "new power supply"}, "as it was"
    file.write_text("", encoding="utf-8")
    assert drained_now(fleet) == {}


# --- servers without a configuration ---


def test_servers_of_the_command_line_are_called_by_host_and_port(monkeypatch):
    monkeypatch.setenv(trust.TOKEN, "t0ken")
    fleet = named(["https://a.example:8188/", "https://b.example/comfy"])
    assert [server.name for server in fleet.servers] == ["a.example:8188", "b.example/comfy"]
    assert fleet.servers[0].token == "t0ken"
    with pytest.raises(CommandError, match=r"a\.example is named twice"):
        named(["https://a.example", "HTTPS://A.example:443"])
    with pytest.raises(CommandError, match="not a server address"):
        named(["gpu"])


def test_simulated_servers_have_their_cards_in_turn():
    fleet = simulated(3, ["4090", "RTX 5090"])
    assert [(each.name, each.card_of_simulation) for each in fleet.servers] == [
        *(("sim-01", "RTX 4090"), ("sim-02", "RTX 5090"), ("sim-03", "RTX 4090")),
    ]
    with pytest.raises(CommandError, match="unknown card `RTX 4091`"):
        simulated(1, ["RTX 4091"])


def toml(path: Path) -> str:
    """A path as a key of TOML."""
    text = str(path.resolve())
    return f"'{text}'" if "\\" in text else f'"{text}"'
