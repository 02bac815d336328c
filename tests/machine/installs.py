"""Installs of ComfyUI on disk, as small as they can be: the files that a snapshot reads."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COMMIT = "f00dfeed" * 5


def git(folder: Path, *words: str) -> str:
    """A command of git's, by nobody in particular."""
    who = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "init.defaultBranch=master")
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def install(folder: Path, version: str = "0.38.1", packages: dict[str, str] | None = None) -> Path:
    """A ComfyUI in a repository of its own, with a virtual environment beside its files."""
    folder.mkdir(parents=True)
    for name in ("main.py", "nodes.py"):
        (folder / name).write_text("pass\n")
    (folder / "comfyui_version.py").write_text(f'__version__ = "{version}"\n')
    (folder / ".gitignore").write_text("/venv/\n/custom_nodes/\n/models/\n")
    (folder / "custom_nodes").mkdir()
    (folder / "models" / "loras").mkdir(parents=True)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    site = folder / "venv" / "lib" / "python3.13" / "site-packages"
    site.mkdir(parents=True)
    (folder / "venv" / "bin").mkdir()
    (folder / "venv" / "bin" / "python").write_text("")
    for name, number in (packages or {"torch": "2.12.1+cu130", "numpy": "2.3.5"}).items():
        (site / f"{name}-{number}.dist-info").mkdir()
    return folder


def site_packages(folder: Path) -> Path:
    """Where the packages of such an install are."""
    return folder / "venv" / "lib" / "python3.13" / "site-packages"


def safetensors(path: Path, metadata: dict[str, str], size: int = 64) -> None:
    """A model file with a header and a few zeros."""
    header = json.dumps({"__metadata__": metadata}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(size))
