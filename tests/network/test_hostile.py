"""Whatever a server does: no command hangs, none reads without end, and nothing is left open.

`WAN_DEEP=1` tries every behaviour at every endpoint with every command.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.network.hostile import BEHAVIOURS, SOCKETS, Hostile
from wan22dsl.comfyui import catalogue
from wan22dsl.network import limits
from wan22dsl.network.limits import Limit
from wan22dsl.run import attempt, client, download, ending, request_retry, stream, submit
from wan22dsl.server.embedded import EmbeddedServer
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.pictures import png

#: The folder of the bundled schemas.
SCHEMAS = str(Path(catalogue.__file__).parent / "data")

DEEP = bool(os.environ.get("WAN_DEEP"))

PICTURE = png(Clip(64, 96, 1, 16.0, "0badcafe"), 0, {})

CLIP = """\
wan 1
use wan22

pipeline clip {
    prompt = "A lighthouse at dusk"
    image  = "a.png"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("clip")
}
"""

#: Commands that ask for node classes only, with the endpoint.
ASKING = {
    "lint --target": ("lint", "a.wan", "--target"),
    "describe": ("describe", "a.wan", "--target"),
    "compile": ("compile", "a.wan", "--target"),
    "expand": ("expand", "a.wan", "--target"),
    "graph": ("graph", "a.wan", "--target"),
    "diff": ("diff", "a.wan", "b.wan", "--target"),
    "import": ("import", "a.json", "--target"),
    "nodes show": ("nodes", "show", "KSampler", "--target"),
    "nodes list": ("nodes", "list", "--target"),
    "nodes pull": ("nodes", "pull"),
    "lint --server": ("lint", "a.wan", "--server"),
}

SOME = (
    'JSON {"a": {"b": null}}',
    "silent",
    "endless body",
    "trickled headers",
    "endless 100 Continue",
    "JSON []",
)

ENDPOINTS = (
    *("/system_stats", "/object_info/", "/view", "/upload/image", "/prompt", "/queue", "/history/"),
    *("/internal/logs/raw", "/free", "/interrupt"),
)

#: What `wan run` is given besides.
SHORT = ("--silence", "1", "--max-download", "1MB")

_BYTES = 256 * 1024

#: What the kernels of both ends hold of a connection that nobody reads.
_BUFFERS_BYTES = 12 * 1024 * 1024


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Every limit is the same, only smaller."""
    for name, value in vars(limits).items():
        if isinstance(value, Limit):
            seconds = 0.3 if name != "FILE" else 1.0
            monkeypatch.setattr(limits, name, Limit(seconds, _BYTES))
    monkeypatch.setattr(limits, "upload", lambda size: Limit(0.3, _BYTES))
    monkeypatch.setattr(request_retry, "DEADLINE_S", 0.2)
    monkeypatch.setattr("wan22dsl.run.preflight._UPLOAD_DEADLINE_S", 0.2)
    monkeypatch.setattr(request_retry, "PAUSES_S", (0.01,))
    monkeypatch.setattr(client, "_WITHIN_S", 0.3)
    monkeypatch.setattr(download, "_TRIES", 2)
    monkeypatch.setattr(attempt, "_TAKE_BACK_S", 0.3)
    monkeypatch.setattr(submit, "_AGAIN_S", 0.05)
    monkeypatch.setattr(submit.submit, "__defaults__", (0.5,))
    monkeypatch.setattr(submit.stop, "__defaults__", (0.5,))
    monkeypatch.setattr(stream, "_READ_S", 0.1)
    short = ending.Limits(1.0, 1.0, 1.0, 0.1, 0.5, 0.5)
    monkeypatch.setattr(ending, "Limits", lambda **_: short)
    for name in ("WAN_SERVER", "WAN_TOKEN_OVER_HTTP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAN_TOKEN", "t0ken")


@pytest.fixture(autouse=True)
def nothing_is_left():
    """No thread and no open file or socket of a command outlives it.

    The schemas of the package, which stay mapped once they were asked for, do not count.
    """
    threads, files = set(threading.enumerate()), open_files()
    yield
    for thread in set(threading.enumerate()) - threads:
        if thread.name.startswith("asyncio_"):
            continue
        thread.join(timeout=5)
    left = set(threading.enumerate()) - threads  # the pool of the server behind stays
    assert not [finding.name for finding in left if not finding.name.startswith("asyncio_")]
    # The server behind, in this process too, closes its ends when it has made the answer that nobody reads.
    until_s = monotonic() + 60
    while len(open_files()) > len(files) and monotonic() < until_s:
        sleep(0.02)
    still_open = open_files()
    assert len(still_open) <= len(files), [name for name in still_open if name not in files]


def open_files():
    """The names of all, but for the schemas; none where the system does not say."""
    folder = Path("/proc/self/fd")
    found = []
    for each in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):  # closed meanwhile
            found.append(str(each.readlink()))
    return [name for name in found if not name.startswith(SCHEMAS)]


@pytest.fixture(scope="module")
def real():
    """A simulated server, for the endpoints that behave."""
    with EmbeddedServer(speed=1e6) as server:
        yield server


def files(wan):
    wan.write("a.wan", CLIP).write("b.wan", CLIP.replace("dusk", "dawn")).write("a.png", PICTURE)
    return wan.write("a.json", '{"1": {"class_type": "KSampler", "inputs": {}}}')


def judge(wan, result, server, *, attempts=8):
    """What holds after every command."""
    reported = result.stdout + result.stderr
    assert result.status in (0, 1, 2), reported
    assert "Traceback" not in reported and "internal error" not in reported
    assert "t0ken" not in reported and "\x1b" not in reported
    assert "root:" not in reported
    for record in wan.folder.rglob("run-*.json"):
        assert "t0ken" not in record.read_text(encoding="utf-8")
    assert server.sent_bytes <= attempts * (2 * _BYTES + _BUFFERS_BYTES)


@pytest.mark.parametrize(
    ("command", "behaviour"),
    [
        (command, behaviour)
        for command in ASKING
        for behaviour in BEHAVIOURS
        if DEEP or behaviour in SOME or command == "lint --target"
    ],
)
def test_no_question_is_waited_for_or_read_for_ever(wan, real, command, behaviour):
    with Hostile("/", BEHAVIOURS[behaviour], real.url) as server:
        result = files(wan)(*ASKING[command], server.url)
    assert result.status == 2 or behaviour in ("JSON {}", "cookies")
    judge(wan, result, server)


@pytest.mark.parametrize(
    ("where", "behaviour"),
    [
        (where, behaviour)
        for where in ENDPOINTS
        for behaviour in BEHAVIOURS
        if DEEP or behaviour in ("endless body", "trickled headers", "JSON null")
    ],
)
def test_no_endpoint_hangs_a_run(wan, real, where, behaviour):
    with Hostile(where, BEHAVIOURS[behaviour], real.url) as server:
        result = files(wan)("run", "a.wan", "--server", server.url, *SHORT)
    judge(wan, result, server, attempts=60)


@pytest.mark.parametrize("behaviour", [*SOCKETS, *(BEHAVIOURS if DEEP else SOME)])
def test_no_websocket_hangs_a_run_or_hides_its_end(wan, real, behaviour, monkeypatch):
    for name, value in vars(limits).items():
        if isinstance(value, Limit) and name != "HANDSHAKE":
            monkeypatch.setattr(limits, name, Limit(30.0, value.most_bytes * 4))
    with Hostile("/ws", {**BEHAVIOURS, **SOCKETS}[behaviour], real.url) as server:
        result = files(wan)("run", "a.wan", "--server", server.url, *SHORT)
    assert result.status == 0, result.stderr
    assert list((wan.folder / "wan_output").glob("*.mp4"))


@pytest.mark.parametrize("where", ENDPOINTS)
@pytest.mark.parametrize("seed", range(0, 3000 if DEEP else 300, 100))
def test_wrong_types_in_any_field_are_no_fault(wan, real, where, seed):
    with Hostile(where, None, real.url, seed) as server:
        result = files(wan)("run", "a.wan", "--server", server.url, *SHORT)
        judge(wan, result, server)
        if where == "/object_info/":
            for command in ("lint --target", "lint --server", "nodes show"):
                judge(wan, wan(*ASKING[command], server.url), server)
    if where == "/object_info/":
        with Hostile("/object_info", None, real.url, seed) as server:
            judge(wan, wan(*ASKING["nodes pull"], server.url), server)


def test_more_outputs_than_allowed_are_left_and_named(wan, real):
    files(wan)
    result = wan("run", "a.wan", "--server", real.url, "--max-download", "1KB")
    assert result.status == 1
    assert "`--max-download` allows more" in result.stderr
    assert not list((wan.folder / "wan_output").glob("*.mp4"))


def test_the_deadline_is_that_of_the_whole_exchange(wan, monkeypatch):
    """A byte every 10 ms for ever: a timeout for each byte would never be reached."""
    monkeypatch.setattr(limits, "NODE_CLASS", Limit(0.3, _BYTES))
    with Hostile("/", BEHAVIOURS["trickled headers"]) as server:
        since_s = monotonic()
        result = files(wan)("lint", "a.wan", "--target", server.url)
        took_s = monotonic() - since_s
    assert "did not answer within 0.3 seconds" in result.stderr
    assert took_s < 30  # a hang, not a measurement
    assert len(server.asked) == 1
