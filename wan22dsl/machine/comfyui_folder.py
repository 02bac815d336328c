"""An install of ComfyUI as its folder shows it: version, commit, node packs, the Python that runs it."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.machine import git
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = re.compile(
    r"""^\s*(?:__version__|version)\s*=\s*["']([\w.+-]{1,40})["']""", re.MULTILINE
)

#: A file of custom nodes that comes with ComfyUI.
_BUNDLED = "websocket_image_save.py"


class Pack(NamedTuple):
    """A folder of custom nodes. `dirty` is None where git does not say it."""

    name: str
    version: str = ""
    commit: str = ""
    dirty: bool | None = None


def is_comfyui(folder: Path) -> bool:
    """Whether ComfyUI can be started from a folder."""
    return all((folder / name).is_file() for name in ("main.py", "nodes.py"))


def version_of(folder: Path) -> str:
    """The version that a folder says it has; empty where it says none."""
    for name in ("comfyui_version.py", "pyproject.toml"):
        found = _VERSION.search(disk.text_of(str(folder / name), 1024**2))
        if found:
            return found[1]
    return ""


def packs_of(folder: Path) -> tuple[Pack, ...]:
    """The node packs in a folder of custom nodes, without those that are switched off."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return ()
    found = []
    for entry in entries:
        name = entry.name
        if name.startswith((".", "__")) or name.endswith(".disabled") or name == _BUNDLED:
            continue
        if name.endswith(".py"):
            found.append(Pack(name))
        elif entry.is_dir():
            commit = git.commit_of(entry)
            dirty = git.is_dirty(entry) if commit else None
            found.append(Pack(name, version_of(entry), commit, dirty))
    return tuple(found)


def python_of(folder: Path) -> Path | None:
    """The Python that an install usually runs with; None where none is next to it."""
    names = ("Scripts/python.exe",) if sys.platform == "win32" else ("bin/python", "bin/python3")
    above = folder.absolute().parent
    bases = [base / venv for base in (folder, above) for venv in (".venv", "venv")]
    places = [base / name for base in bases for name in names]
    places.append(above / "python_embeded" / "python.exe")
    return next((place for place in places if place.is_file()), None)
