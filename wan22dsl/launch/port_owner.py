"""Which process listens at a port, where the system says it to everybody: on Linux."""

from __future__ import annotations

import os

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.machine.process import pid_listening_at


def owner_of(port: int) -> str:
    """`python (process 4711)`; empty where it cannot be known without rights or on another system."""
    pid = pid_listening_at(port)
    if not pid:
        return ""
    try:
        name = disk.read(f"/proc/{pid}/comm").decode("utf-8", "replace").strip()
    except UnreadableFile:
        name = "a program"
    return f"{name} (process {pid})"


def how_to_find(port: int, *, is_windows: bool = os.name == "nt") -> str:
    """The command that shows it."""
    return f"netstat -ano | findstr :{port}" if is_windows else f"lsof -i :{port}"
