"""What all tests share: the command line under test, and goldens.

A golden is an output kept in a file beside its test. `pytest --refresh-goldens` writes them anew; look at
what changed before you commit it.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from wan22dsl.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent

_QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "quick", deadline=None, max_examples=60, derandomize=True, suppress_health_check=_QUIET
)
settings.register_profile("deep", deadline=None, max_examples=3000, suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-goldens", action="store_true", help="write the goldens anew")


#: Tests that need what is not in the repository, and the variable that names it.
_NEEDS = {
    "run/test_live.py": "WAN_LIVE_SERVER",
    "importing/test_templates.py": "WAN_TEMPLATES",
    "templates/test_official.py": "WAN_TEMPLATES",
    "editor/clients/test_neovim.py": "WAN_NEOVIM",
    "editor/clients/test_vscode.py": "WAN_CODE_SERVER",
}


def pytest_xdist_auto_num_workers() -> int:
    """One process more than processors: tests of servers wait for much of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Tests that need what is not in the repository are not collected without it."""
    for name, variable in _NEEDS.items():
        if collection_path == ROOT / "tests" / name and not os.environ.get(variable):
            return True
    return None


@pytest.fixture(scope="session", autouse=True)
def folders_of_a_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A user without configuration or cache: no test sees or changes those of a person."""
    folder = tmp_path_factory.mktemp("user")
    variables = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")
    with pytest.MonkeyPatch.context() as patch:
        for variable in variables:
            patch.setenv(variable, str(folder / variable))
        if sys.platform == "darwin":
            patch.setenv("HOME", str(folder))
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str | Path, str], None]:
    """`golden(name, text)`: the text is what `goldens/<name>` beside the test holds."""

    def compare(name: str | Path, text: str) -> None:
        file = request.path.parent / "goldens" / name
        if request.config.getoption("--refresh-goldens"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
        assert file.exists(), f"{file} is missing; pytest --refresh-goldens writes it"
        assert text == file.read_bytes().decode("utf-8")

    return compare


class Result(NamedTuple):
    """What a command did."""

    stdout: str
    stderr: str
    status: int

    def gives(self, *, stdout: str = "", stderr: str = "", status: int = 0) -> Result:
        """Asserts all three together; a text that is not named must be empty."""
        assert self == Result(stdout, stderr, status)
        return self


class Wan:
    """`wan` in a folder of its own: write files, then call it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str | bytes) -> Wan:
        """Puts a file into the folder."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        return self

    def read(self, name: str) -> str:
        """The text of a file in the folder."""
        return (self.folder / name).read_bytes().decode("utf-8")

    def __call__(self, *words: str, stdin: str | bytes = b"") -> Result:
        """Calls `wan` within this process: quick, for most tests."""
        data = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
        texts = [io.TextIOWrapper(io.BytesIO(each), encoding="utf-8") for each in (data, b"", b"")]
        before = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stdout, sys.stderr = texts
        try:
            status = main(words)
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
        stdout, stderr = (_written(text) for text in texts[1:])
        return Result(stdout, stderr, status)

    def process(self, *words: str, stdin: str | bytes = b"", **environment: str) -> Result:
        """Calls `wan` as a process of its own: what a user's shell does."""
        data = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
        process = self.start(*words, stdout=subprocess.PIPE, **environment)
        stdout, stderr = process.communicate(data, timeout=120)
        return Result(stdout.decode("utf-8"), stderr.decode("utf-8"), process.returncode)

    def start(self, *words: str, stdout: int, **environment: str) -> subprocess.Popen[bytes]:
        """Starts `wan` as a process, and does not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "wan22dsl", *words],
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )


def _written(text: io.TextIOWrapper) -> str:
    text.flush()
    buffer = text.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


@pytest.fixture
def wan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wan:
    """`wan` in an empty folder, without the colours and widths of whoever runs the tests."""
    for name in ("FORCE_COLOR", "NO_COLOR", "WAN_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return Wan(tmp_path)
