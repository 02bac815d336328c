"""What an output carries is enough to have the whole text back."""

from __future__ import annotations

import json

import pytest

from tests.run.conftest import SPLIT
from wan22dsl.api.compiler import compile
from wan22dsl.cli import quick
from wan22dsl.cli import run as command
from wan22dsl.formats.embedded import read
from wan22dsl.language.program.modules import used_texts
from wan22dsl.run import store
from wan22dsl.run.carried import extra_pnginfo
from wan22dsl.run.record import Subject
from wan22dsl.source import Source

HOUSE = 'wan 1\nuse "../words.wan" as words\nparam cfg: float = 1.0\nlet prompt = words.scene\n'
WORDS = 'wan 1\nparam scene: text = "A lighthouse"\n'
MAIN = (
    SPLIT.replace("use wan22\n", 'use wan22\nuse "parts/house.wan" as house\n')
    .replace("cfg     = 1.0", "cfg     = house.cfg")
    .replace('"A lighthouse at dusk"', "house.prompt")
    .replace('save("clip")', 'save_frames("clip")')
    .replace("832x1216", "64x64")
    .replace("81f", "5f")
)
FILES = {"wan.toml": "", "clips/clip.wan": MAIN, "clips/parts/house.wan": HOUSE}
FILES["clips/words.wan"] = WORDS


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("WAN_SERVER", "WAN_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, text in FILES.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path


def test_the_text_can_be_had_back_from_an_output(project):
    words = ("clips/clip.wan", "--simulate", "--speed", "5000", "-q", "--set", "seed=7")
    values = quick.read(command.COMMAND, words)
    values["params"] = str(project / "more.json")
    (project / "more.json").write_text(json.dumps({"house.cfg": 2.5}), encoding="utf-8")
    assert command.run(**values) == 0
    (first, *_) = sorted((project / "project" / "wan_output").glob("*.png"))
    carried = read(first).wan
    assert carried["uses"] == {"parts/house.wan": HOUSE, "words.wan": WORDS}
    assert carried["parameters"] == {"house.cfg": 2.5, "seed": "7"}
    assert (carried["name"], carried["pipeline"], carried["shape"]) == ("clip.wan", "clip", 1)

    again = project / "again"
    # The empty wan.toml marks the top of the project, within which files may use each other.
    whole = {carried["name"]: carried["source"], "wan.toml": "", **carried["uses"]}
    for path, text in whole.items():
        (again / path).parent.mkdir(parents=True, exist_ok=True)
        (again / path).write_text(text, encoding="utf-8")
    made = compile(again / carried["name"], values=carried["parameters"])
    sent = json.loads(read(first).prompt)
    assert {id: node["inputs"] for id, node in made.prompt.items()} == {
        id: node["inputs"] for id, node in sent.items()
    }


def test_the_record_has_them_too(project):
    source = Source.read(project / "project" / "clips" / "clip.wan")
    values = quick.read(command.COMMAND, ("clips/clip.wan", "--simulate", "--speed", "5000", "-q"))
    assert command.run(**values) == 0
    (record,) = store.each(project / "project" / "wan_output").records
    assert (
        record.source.uses == used_texts(source) == {"parts/house.wan": HOUSE, "words.wan": WORDS}
    )


def test_no_folder_of_this_machine_goes_along():
    for path in ("/home/me/secret/clip.wan", "C:\\Users\\me\\clip.wan", "clip.wan"):
        carried = extra_pnginfo(Subject(path, "wan 1\n", "clip", {}, "x", {}), 0)
        assert carried["wan"]["name"] == "clip.wan"
        assert not any(word in json.dumps(carried) for word in ("home", "secret", "Users"))
