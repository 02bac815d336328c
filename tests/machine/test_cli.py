"""`wan snapshot`: taken, written, compared."""

from __future__ import annotations

import json

import pytest

from tests.machine.installs import install, site_packages
from tests.machine.serving import START, answering, log, stats


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    """Nothing answers where a ComfyUI usually is."""
    monkeypatch.setenv("WAN_SERVER", "http://127.0.0.1:9")


def test_a_snapshot_is_shown_and_written(wan, tmp_path):
    install(tmp_path / "ComfyUI")
    found = wan("snapshot", "--comfyui", "ComfyUI", "-o", "a.json")
    assert found.status == 0
    assert "wrote a.json" in found.stderr
    data = json.loads(wan.read("a.json"))
    assert f"snapshot  {data['digest'][:16]}" in " ".join(found.stdout.split()).replace(" ", "  ")
    assert "0.38.1, commit" in found.stdout
    assert "no server is named" in found.stdout
    assert wan("schema", "snapshot", "--check", "a.json").status == 0


def test_a_snapshot_as_json_is_all_of_standard_output(wan):
    data = json.loads(wan("snapshot", "--format", "json").stdout)
    assert data["snapshot"] == 1
    assert json.loads(wan("snapshot", "-o", "-").stdout)["digest"] == data["digest"]


def test_a_snapshot_of_a_server_names_what_it_switched_on(wan):
    with answering({"/system_stats": stats(), "/internal/logs/raw": log(*START)}) as url:
        text = wan("snapshot", "--server", url).stdout
    assert "--fast fp16_accumulation  --reserve-vram 2" in text
    assert "sage attention, DynamicVRAM, cudaMallocAsync, NORMAL_VRAM, fp16 accumulation" in text
    assert "the server is on another computer" in text


def test_a_server_that_is_named_and_does_not_answer_is_an_error(wan):
    found = wan("snapshot", "--server", "http://127.0.0.1:9")
    assert (found.status, found.stdout) == (2, "")
    assert "cannot be reached" in found.stderr


def test_differences_are_listed_with_why_they_matter(wan, tmp_path):
    folder = install(tmp_path / "ComfyUI")
    wan("snapshot", "--comfyui", "ComfyUI", "-o", "a.json")
    assert wan("snapshot", "diff", "a.json", "a.json").gives(stdout="the same\n", status=0)
    (site_packages(folder) / "sageattention-2.2.0.dist-info").mkdir()
    wan("snapshot", "--comfyui", "ComfyUI", "-o", "b.json")
    found = wan("snapshot", "diff", "a.json", "b.json")
    assert found.status == 1
    lines = found.stdout.splitlines()
    assert lines[0] == "attention" and lines[1].startswith("  (Attention is 74 %")
    assert lines[2:] == ["  sageattention: (none) -> 2.2.0"]
    (item,) = json.loads(wan("snapshot", "diff", "a.json", "b.json", "--format", "json").stdout)[
        "differences"
    ]
    assert (item["kind"], item["before"], item["after"]) == ("attention", None, "2.2.0")


def test_snapshots_that_share_few_parts_are_not_called_the_same(wan, tmp_path):
    install(tmp_path / "ComfyUI")
    wan("snapshot", "-o", "a.json")
    wan("snapshot", "--comfyui", "ComfyUI", "-o", "b.json")
    found = wan("snapshot", "diff", "a.json", "b.json")
    assert found.status == 0
    assert found.stdout.splitlines()[:2] == ["no difference in what both have", "not compared"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["diff", "a.json"], "wan snapshot diff A B"),
        (["compare", "a.json", "b.json"], "wan snapshot diff A B"),
        (["diff", "a.json", "missing.json"], "missing.json"),
        (["diff", "a.json", "clip.wan"], "clip.wan: is not JSON"),
        (["diff", "a.json", "a.json", "-o", "x"], "only two files"),
        (["--comfyui", "nowhere"], "`nowhere` is neither a folder"),
    ],
)
def test_a_wrong_command_line_or_file_is_2(wan, words, says):
    wan("snapshot", "-o", "a.json")
    wan.write("clip.wan", "pipeline clip {}\n")
    found = wan("snapshot", *words)
    assert found.status == 2
    assert says in found.stderr
