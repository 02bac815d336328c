"""Folders that look like ComfyUI, and the user's own configuration."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wan22dsl.launch.installs import Install
from wan22dsl.user_folders import config_folder

HERE = Path(__file__).parent

VENV = "Scripts/python.exe" if os.name == "nt" else "bin/python"


@pytest.fixture(autouse=True)
def _nothing_is_active(monkeypatch):
    for name in ("WAN_COMFYUI", "VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def own_config():
    """Writes the user's own configuration; it is gone after the test."""
    file = Path(config_folder() or "") / "config.toml"

    def write(text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    yield write
    file.unlink(missing_ok=True)


def program(path: Path) -> Path:
    """An executable file at a path: a link to this Python."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":
        path.write_bytes(Path(sys.executable).read_bytes())
    else:
        path.symlink_to(sys.executable)
    return path


def comfyui(folder: Path, version: str = "0.39.2", *, venv: str = "venv") -> Path:
    """A folder with the files that ComfyUI is known by, and a virtual environment."""
    (folder / "comfy").mkdir(parents=True)
    (folder / "main.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    (folder / "comfyui_version.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    if venv:
        program(folder / venv / VENV)
    return folder


@pytest.fixture
def fake(tmp_path):
    """Makes a folder with a program that does what it is told; gives the install."""
    return lambda **does: fake_in(tmp_path / "Comfy UI ä", **does)


def fake_in(folder: Path, **does: object) -> Install:
    """The same in a folder."""
    (folder / "comfy").mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "fake_comfyui.py", folder / "main.py")
    (folder / "does.json").write_text(json.dumps(does), "utf-8")
    (folder / "comfyui_version.py").write_text('__version__ = "0.39.2"\n', "utf-8")
    return Install("", str(folder), sys.executable)


def got(install: Install) -> dict:
    return json.loads(Path(install.folder, "got.json").read_text("utf-8"))


def is_running(pid: int) -> bool:
    try:
        state = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    except OSError:
        pass
    if os.name == "nt":  # where signal 0 is Ctrl-C
        listed = subprocess.run(["tasklist", "/FI", f"PID eq {pid}", "/NH"], capture_output=True)
        return str(pid).encode() in listed.stdout
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return not Path("/proc/self").exists()


def is_gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_running(pid)
