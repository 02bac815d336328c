"""`wan fleet ui`: which batch it shows, which servers it asks, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.conftest import ROOT
from tests.fleet.made_batch import Faults, Made, made, plan
from wan22dsl.api.fleet_page import fleet_page
from wan22dsl.server.embedded import EmbeddedServer


def data_of(page):
    with urllib.request.urlopen(f"{page.url}data.json", timeout=60) as answer:
        return json.load(answer)


def put(folder, name, *, day, fleet=""):
    batch = Made(
        plan(3, 1).model_copy(
            update={"id": name, "fleet": fleet, "made": f"2026-12-0{day}T12:00:00+00:00"}
        ),
        Faults(),
    )
    batch.put(folder / "wan_output" / name, with_records=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none",), "none: has no batch (no batch.json)"),
        (("--port", "70000"), "--port takes a number from 0 to 65535"),
        (("--fleet", "none"), "there is no fleet `none`"),
        ((), "wan_output: has no batch, and there is no fleet to show: no fleet is configured"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_line(wan, words, said):
    found = wan("fleet", "ui", *words)
    assert found.status == 2 and said in found.stderr and not found.stdout


@pytest.mark.parametrize(("module", "library"), [("aiohttp", "aiohttp"), ("jinja2", "jinja2")])
def test_a_missing_library_is_said_with_the_command_that_installs_it(
    wan, monkeypatch, module, library
):
    monkeypatch.setitem(sys.modules, module, None)
    found = wan("fleet", "ui")
    assert found.status == 2
    assert f'the page needs {library}: pip install "wan22dsl[fleet]"' in found.stderr


def test_without_a_folder_the_newest_batch_is_shown_or_the_newest_of_a_fleet(wan, monkeypatch):
    monkeypatch.chdir(wan.folder)
    put(wan.folder, "old", day=1)
    put(wan.folder, "new", day=3)
    put(wan.folder, "night", day=2, fleet="night")
    wan.write("wan_output/broken/batch.json", "{}")
    wan.write("wan.toml", '[fleet.night.servers.a]\nurl = "http://127.0.0.1:9"\n')
    with fleet_page() as page:
        assert data_of(page)["batch"]["id"] == "new"
    with fleet_page(fleet="night", is_allowed=True) as page:
        assert data_of(page)["batch"]["id"] == "night"


def test_a_batch_whose_fleet_is_not_configured_here_is_shown_and_no_server_is_asked(
    wan, monkeypatch
):
    monkeypatch.chdir(wan.folder)
    put(wan.folder, "b", day=1, fleet="elsewhere")
    with fleet_page("wan_output/b") as page:
        found = data_of(page)
    assert found["fleet"] is None and found["batch"]["jobs"]["done"] == 3
    assert "there is no fleet `elsewhere`" in found["fleet_note"]


def test_servers_of_a_fleet_say_what_they_are_without_any_batch(wan, monkeypatch):
    monkeypatch.chdir(wan.folder)
    with EmbeddedServer(card="RTX 5090") as server:
        wan.write(
            "wan.toml",
            f'[fleet.f.servers.there]\nurl = "{server.url}"\n'
            '[fleet.f.servers.gone]\nurl = "http://127.0.0.1:9"\n',
        )
        with fleet_page(fleet="f", is_allowed=True) as page:
            found = data_of(page)
            for _ in range(200):
                if found["fleet"] is not None:
                    break
                found = data_of(page)
            with urllib.request.urlopen(f"{page.url}metrics", timeout=60) as answer:
                metrics = answer.read().decode()
    there, gone = found["fleet"]["servers"]
    assert (there["card"], gone["reachable"]) == ("RTX 5090", False)
    assert 'wan_fleet_server_up{server="there"} 1.0' in metrics
    assert 'wan_fleet_server_up{server="gone"} 0.0' in metrics


def test_a_scheduler_has_a_link_to_its_dashboard(wan, monkeypatch):
    monkeypatch.chdir(wan.folder)
    wan.write("wan.toml", '[fleet.f]\nscheduler = "tcp://10.0.0.1:8786"\n')
    with fleet_page(fleet="f", is_allowed=True) as page:
        found = data_of(page)
    assert found["dashboard"] == "http://10.0.0.1:8787/status"
    assert "behind the scheduler" in found["fleet_note"]


def test_it_serves_until_it_is_stopped(tmp_path):
    made(3, 1).put(tmp_path / "b", with_records=False)
    before = sorted(tmp_path.rglob("*"))
    process = subprocess.Popen(
        [sys.executable, "-m", "wan22dsl", "fleet", "ui", "b"],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert said.endswith("/ shows the batch in b; Ctrl-C ends it\n")
        with urllib.request.urlopen(said.split()[0], timeout=60) as answer:
            assert b"3 of 3 jobs are done" in answer.read()
        process.send_signal(signal.SIGTERM)  # Ctrl-C may be ignored by whoever runs the tests
        process.wait(60)
    finally:
        process.kill()
        process.communicate()
    assert sorted(tmp_path.rglob("*")) == before
