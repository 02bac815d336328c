"""The commit of a folder, and whether its files differ from it. No hook of a repository runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from wan22dsl import disk

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")

#: A repository of ComfyUI's size answers in 0.05 s; one on a network drive may not.
_PATIENCE_S = 5.0


def commit_of(folder: Path) -> str:
    """The commit that is checked out; empty where the folder is no repository of its own."""
    place = folder / ".git"
    if place.is_file():  # a worktree or a submodule
        place = folder / _line(place).removeprefix("gitdir:").strip()
    head = _line(place / "HEAD")
    if _COMMIT.fullmatch(head):
        return head
    name = head.removeprefix("ref:").strip()
    if not re.fullmatch(r"refs/[\w./+@#-]{1,200}", name) or ".." in name:
        return ""
    common = place / (_line(place / "commondir") or ".")
    for base in (place, common):
        found = _line(base / name)
        if _COMMIT.fullmatch(found):
            return found
    packed = disk.text_of(str(common / "packed-refs"), 16 * 1024**2)
    match = re.search(rf"^([0-9a-f]{{40,64}}) {re.escape(name)}$", packed, re.MULTILINE)
    return match[1] if match else ""


def is_dirty(folder: Path) -> bool | None:
    """Whether a file that git knows there was changed; None where git is missing or does not answer."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [
        *(
            git,
            "--no-optional-locks",
            "-c",
            "core.fsmonitor=false",
            "-c",
            f"core.hooksPath={os.devnull}",
        ),
        *(
            "-C",
            str(folder),
            "status",
            "--porcelain",
            "--untracked-files=no",
            "--ignore-submodules=all",
        ),
    ]
    # What the caller's own git is told by the environment is about another repository.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return bool(done.stdout.strip()) if done.returncode == 0 else None


def _line(path: Path) -> str:
    return disk.text_of(str(path), 4096).strip()
