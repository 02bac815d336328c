"""What runs in a container: the programs that a Dockerfile takes along, as files of their own."""

from __future__ import annotations

from pathlib import Path

from wan22dsl import disk

#: The programs, in the order in which a Dockerfile has them.
NAMES = ("git-at", "add-pack", "start-comfyui", "comfyui-ready")


def program(name: str) -> str:
    """The text of a program."""
    file = Path(__file__).parent / name
    return disk.read(str(file), file.as_posix()).decode().replace("\r\n", "\n")
