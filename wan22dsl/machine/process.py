"""The process of a server on this computer: its environment and its packages, where Linux shows them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

_LISTENS = "0A"


class Process(NamedTuple):
    """A process. `site_packages` are the folders that its packages are from, `folder` is where it runs."""

    environment: dict[str, str]
    site_packages: tuple[Path, ...]
    folder: Path | None


def listening_at(port: int) -> Process | None:
    """The process that listens at a port of this computer; None where that cannot be seen."""
    pid = pid_listening_at(port)
    return _process(Path("/proc", str(pid))) if pid else None


def pid_listening_at(port: int) -> int:
    """The number of the process that listens at a port of this computer; 0 where that cannot be seen."""
    if not sys.platform.startswith("linux"):
        return 0
    sockets = {
        match
        for name in ("tcp", "tcp6")
        for match in _inodes(_bytes(Path("/proc/net", name)).decode("ascii", "replace"), port)
    }
    if not sockets:
        return 0
    links = {f"socket:[{inode}]" for inode in sockets}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and _has(folder, links):
            return int(folder.name)
    return 0


def _inodes(table: str, port: int) -> list[str]:
    """The sockets of a table of the kernel that listen at a port."""
    found = []
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 9 and fields[3] == _LISTENS and fields[1].endswith(f":{port:04X}"):
            found.append(fields[9])
    return found


def _has(folder: Path, links: set[str]) -> bool:
    try:
        return any(_link(file) in links for file in (folder / "fd").iterdir())
    except OSError:  # of somebody else, or over
        return False


def _process(folder: Path) -> Process | None:
    data = _bytes(folder / "environ")
    if not data:
        return None
    pairs = (item.decode("utf-8", "replace").partition("=") for item in data.split(b"\0") if item)
    maps = _bytes(folder / "maps").decode("utf-8", "replace")
    loaded = dict.fromkeys(re.findall(r" (/.*?/(?:site|dist)-packages)/", maps))
    has_torch = re.search(r"/(?:site|dist)-packages/torch/", maps) is not None
    words = _bytes(folder / "cmdline").split(b"\0")
    if not has_torch and not any(word.endswith(b"main.py") for word in words):
        return None  # a proxy in front of ComfyUI: its environment is not the one that counts
    runs_in = _link(folder / "cwd")
    return Process(
        {name: value for name, _, value in pairs},
        tuple(map(Path, loaded)) if has_torch else (),
        Path(runs_in) if runs_in else None,
    )


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _bytes(path: Path) -> bytes:
    try:
        return disk.read(str(path))
    except UnreadableFile:
        return b""
