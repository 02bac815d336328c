"""`wan fleet status`: what each server is and does, and which could run a file."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from tests.cli.test_gate import EVIL
from tests.test_escapes import UNSAFE
from wan22dsl import resources
from wan22dsl.cli import fleet_status
from wan22dsl.fleet.lease import Holder, take
from wan22dsl.fleet.models_status import FleetStatus
from wan22dsl.network import limits, trust
from wan22dsl.run.client import Client
from wan22dsl.server.embedded import EmbeddedServer

CLIP = """\
wan 1
use wan22
pipeline clip {
    prompt = "a"
    size = 832x1216
    length = 81f
    seed = 1
    flow = wan22.text_high -> wan22.text_low -> save("clip")
}
"""


@pytest.fixture(scope="module")
def fleet():
    """A large card, a small one, nobody, and one that takes connections and says nothing."""
    with ExitStack() as stack:
        large = stack.enter_context(EmbeddedServer(card="RTX 5090", speed=1e6))
        small = stack.enter_context(EmbeddedServer(card="RTX 3060", speed=1e6))
        silent = stack.enter_context(socket.socket())
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        yield {
            "large": large.url,
            "small": small.url,
            "nobody": "http://127.0.0.1:9",
            "silent": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }


@pytest.fixture
def wan(wan, fleet, monkeypatch):
    (wan.folder / ".git").mkdir()
    monkeypatch.delenv(trust.SERVER, raising=False)
    wan.urls = fleet
    wan.write("clip.wan", CLIP)
    return wan.write(
        "wan.toml",
        "".join(f'[fleet.f.servers.{name}]\nurl = "{url}"\n' for name, url in fleet.items())
        + 'card = "RTX 4090"\ntags = ["a"]\n',
    )


def status(wan, *words: str):
    done = wan("fleet", "status", *words, "--allow-project", "--timeout", "1.5", "--json")
    found = json.loads(done.stdout)
    Draft202012Validator(json.loads(resources.schema("fleet_status"))).validate(found)
    return done.status, found["ready"], {each["name"]: each for each in found["servers"]}


def test_each_server_says_what_it_is_or_why_nothing_is_known_of_it(wan):
    code, ready, servers = status(wan)
    assert (code, ready) == (0, 2)
    large = servers["large"]
    assert (large["card"], large["simulated"], large["comfyui"]) == ("RTX 5090", True, "0.39")
    assert large["queue"] == {"ours": 0, "others": 0}
    assert 0 < large["vram_free_bytes"] <= large["vram_bytes"]
    assert servers["nobody"]["reason"] == "cannot be reached (Connection refused)"
    assert servers["silent"]["reason"] == "does not answer within 1.5 s"
    assert (servers["silent"]["card"], servers["silent"]["configured_card"]) == (None, "RTX 4090")


def test_nothing_is_asked_without_permission(wan):
    done = wan("fleet", "status")
    assert done.status == 2 and "names servers that you have not allowed" in done.stderr


def test_for_a_file_it_says_what_each_lacks_and_whether_it_fits(wan):
    code, ready, servers = status(wan, "clip.wan")
    assert (code, ready) == (0, 1)
    takes = {name: each["for_file"]["takes"] for name, each in servers.items()}
    assert takes == {"large": "takes", "small": "cannot", "nobody": "unknown", "silent": "unknown"}
    assert servers["small"]["for_file"]["fits"] is False
    loads = 'file = "mine.safetensors", load = UNETLoader(unet_name = "mine.safetensors")'
    wan.write(
        "other.wan",
        CLIP.replace("use wan22\n", f"use wan22\nmodel mine = wan22.t2v_high({loads})\n").replace(
            "text_high ", "text_high(model = mine) "
        ),
    )
    code, ready, servers = status(wan, "other.wan")
    assert (code, ready) == (1, 0)
    assert servers["large"]["for_file"]["files"] == ["unet_name = mine.safetensors"]
    done = wan("fleet", "status", "other.wan", "--allow-project", "--timeout", "1.5")
    assert "large: lacks model files: unet_name = mine.safetensors\n" in done.stdout
    assert done.stdout.endswith("\n0 of 4 servers can run other.wan\n")


def test_after_a_run_its_models_are_known_and_its_server_is_warm(wan):
    assert wan("run", "clip.wan", "--server", wan.urls["large"], "--quiet").status == 0
    _, _, servers = status(wan, "clip.wan")
    assert servers["large"]["for_file"]["warm"] is True
    assert len(servers["large"]["last_models"]) == 6
    assert servers["small"]["for_file"]["warm"] is None
    Client(trust.with_login(wan.urls["large"])).free()


def test_prompts_of_others_are_told_from_ours(wan):
    wan("compile", "clip.wan", "-o", "clip.json")
    prompt = json.loads(wan.read("clip.json"))
    with EmbeddedServer(speed=1.0) as busy:
        client = Client(trust.with_login(busy.url))
        client.submit(prompt, str(uuid4()), {})
        for _ in range(2):
            client._http.json(
                "POST", "/prompt", limits.PROMPT, {"prompt": prompt, "prompt_id": str(uuid4())}
            )
        done = wan("fleet", "status", "--server", busy.url)
    assert "busy" in done.stdout and "1 ours, 2 others" in done.stdout
    assert done.status == 0


def test_the_batch_that_has_a_server_is_named(wan):
    lease = take(Client(trust.with_login(wan.urls["small"])), Holder("driver", "night"))
    _, _, servers = status(wan)
    assert {name: each["held_by"] for name, each in servers.items()} == {
        "large": None, "small": "night", "nobody": None, "silent": None
    }  # fmt: skip
    done = wan("fleet", "status", "--allow-project", "--timeout", "1.5")
    assert "small: batch night has it, or had it when its driver was killed\n" in done.stdout
    lease.release()
    assert status(wan)[2]["small"]["held_by"] is None


@pytest.mark.parametrize("words", [("nothing.wan",), ("clip.wan", "-p", "clop"), ("--fleet", "g")])
def test_a_wrong_command_asks_nobody(wan, words):
    done = wan("fleet", "status", *words, "--allow-project")
    assert done.status == 2 and done.stdout == ""


def test_a_file_with_errors_is_not_asked_about(wan):
    wan.write("bad.wan", "wan 1\nlet x = y\n")
    done = wan("fleet", "status", "bad.wan", "--allow-project")
    assert (done.status, done.stdout) == (1, "") and "unknown" in done.stderr


def test_a_narrow_terminal_gets_lines_that_fit(wan):
    _, _, servers = status(wan)
    found = FleetStatus.model_validate(
        {
            "fleet_status": 1,
            "fleet": "f",
            "asked": "",
            "file": None,
            "scheduler": "",
            "ready": 2,
            "servers": tuple(servers.values()),
        }
    )
    shown = list(fleet_status.lines(found, 40))
    table = shown[: shown.index("")]
    assert max(map(len, table)) <= 40
    assert "large: ready" in table and "  RTX 5090 (simulated)" in table


class Evil(BaseHTTPRequestHandler):
    """Names that are hostile wherever names can be."""

    def do_GET(self):
        device = {"name": EVIL, "type": EVIL, "vram_total": -1, "vram_free": "much"}
        stats = {"system": {"comfyui_version": EVIL, "argv": EVIL}, "devices": [device]}
        prompt = [1, EVIL, {EVIL: {"inputs": {EVIL: EVIL + ".safetensors"}}}, {}]
        answers = {
            "/system_stats": stats,
            "/queue": {"queue_running": [EVIL, [1]], "queue_pending": [{}]},
            "/history": {EVIL: {"prompt": prompt}},
        }
        body = json.dumps(answers.get(self.path.partition("?")[0], [EVIL])).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_what_a_hostile_server_says_drives_no_terminal(wan):
    with ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        for words in ((), ("clip.wan",), ("--json",)):
            done = wan("fleet", "status", *words, "--server", url)
            assert done.status in (0, 1)
            assert not UNSAFE & set(done.stdout + done.stderr)
            assert not any(line.lstrip().startswith("FORGED") for line in done.stdout.split("\n"))
        server.shutdown()
