"""Which process listens at a port, where the system says it to everybody: on Linux."""

from __future__ import annotations

import os
from pathlib import Path

_LISTENS = "0A"


def owner_of(port: int) -> str:
    """`python (process 4711)`; empty where it cannot be known without rights or on another system."""
    pid = pid_of(port)
    return f"{_name(Path('/proc', str(pid)))} (process {pid})" if pid else ""


def pid_of(port: int) -> int:
    """The number of the process; 0 where it cannot be known."""
    inodes = _sockets(port)
    if not inodes:
        return 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            links = {os.readlink(link) for link in (folder / "fd").iterdir()}  # noqa: PTH115
        except OSError:  # another user's, or it has ended
            continue
        if links & inodes:
            return int(folder.name)
    return 0


def _sockets(port: int) -> set[str]:
    found = set()
    for name in ("tcp", "tcp6"):
        try:
            rows = Path("/proc/net", name).read_text("ascii").splitlines()[1:]
        except (OSError, ValueError):
            continue
        for row in rows:
            cells = row.split()
            if len(cells) > 9 and cells[3] == _LISTENS and cells[1].endswith(f":{port:04X}"):
                found.add(f"socket:[{cells[9]}]")
    return found


def _name(folder: Path) -> str:
    try:
        return (folder / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return "a program"


def how_to_find(port: int, *, is_windows: bool = os.name == "nt") -> str:
    """The command that shows it."""
    return f"netstat -ano | findstr :{port}" if is_windows else f"lsof -i :{port}"
