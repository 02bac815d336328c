"""`wan serve`: what it takes, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from wan22dsl.cli import quick, serve
from wan22dsl.cli.declare import Option
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path

_CALL = (
    "import sys; from wan22dsl.cli import quick, serve;"
    "serve.run(**quick.read(serve.COMMAND, sys.argv[1:]))"
)


def values(*words: str) -> dict[str, object]:
    """What the command gets for these words."""
    found = quick.read(serve.COMMAND, words)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "words, message",
    [
        (["--port", "70000"], "--port takes a number"),
        (["--speed", "fast"], "--speed takes a number"),
        (["--speed", "0"], "above zero"),
        (["--card", "abacus"], "unknown card `abacus`"),
        (["--fault", "rain"], "unknown fault `rain`"),
        (["--disturb", "rain"], "unknown disturbance"),
        (["--front-end-root", "nowhere"], "`nowhere` has no index.html"),
    ],
)
def test_what_cannot_be_is_refused(words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        serve.run(**values(*words))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "module, library", [("aiohttp", "aiohttp"), ("av", "PyAV"), ("PIL", "Pillow")]
)
def test_a_missing_library_is_reported_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, module: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(CommandError) as error:
        serve.run(**values("--port", "0"))  # type: ignore[arg-type]
    wanted = f'the simulated server needs {library}: pip install "wan22dsl[simulate]"'
    assert str(error.value) == wanted


def test_it_needs_no_option_and_takes_the_one_of_before() -> None:
    assert values("--simulate") == {**values(), "simulate": True}
    (option,) = [take for take in serve.COMMAND.takes if take.name == "simulate"]
    assert isinstance(option, Option) and option.hidden


def test_speed_is_a_number_or_max() -> None:
    assert [serve.times(text) for text in ("60", "2.5x", "max")] == [60, 2.5, float("inf")]


def test_it_serves_until_it_is_stopped(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = ROOT
    page = tmp_path_factory.mktemp("static")
    (page / "index.html").write_text("the page", encoding="utf-8")
    words = ["--port", "0", "--card", "H100", "--front-end-root", str(page)]
    process = subprocess.Popen(
        [sys.executable, "-c", _CALL, *words],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(place), "TMPDIR": str(tmp_path)},
        text=True,
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        url = said.split()[-4].rstrip(";")
        with urllib.request.urlopen(f"{url}/system_stats", timeout=20) as answer:
            assert json.load(answer)["system"]["simulated"]["card"] == "H100"
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert answer.read() == b"the page"
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        process.wait(20)
    finally:
        process.kill()
        process.communicate()
    if os.name == "posix":
        assert list(tmp_path.iterdir()) == []


LORA = """\
wan 1
use wan22

lora anna { file = "anna_v3.safetensors" }

pipeline p {
    prompt = "x"
    size   = 832x480
    length = 81f
    add_loras = [anna]
    flow   = wan22.text_high -> wan22.text_low -> save("x")
}
"""


class Told(Exception):
    pass


def test_what_is_stood_in_for_is_said_before_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if "simulating" in line:
            raise Told

    monkeypatch.setattr(serve.streams, "say", say)
    (tmp_path / "a.wan").write_text(LORA, encoding="utf-8")
    words = ["--port", "0", "--stand-in", str(tmp_path / "a.wan")]
    with pytest.raises(Told):
        serve.run(**values(*words))  # type: ignore[arg-type]
    assert said[0] == "placeholders for `anna_v3.safetensors`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LORA.replace("[anna]", "[ana]"), "it has errors, so what it uses is not known"),
        ("wan 1\n", "it has no pipeline that can be built without parameters"),
    ],
)
def test_a_file_that_cannot_be_built_is_no_stand_in(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "a.wan").write_text(text, encoding="utf-8")
    words = ["--port", "0", "--stand-in", str(tmp_path / "a.wan")]
    with pytest.raises(CommandError, match=message):
        serve.run(**values(*words))  # type: ignore[arg-type]
